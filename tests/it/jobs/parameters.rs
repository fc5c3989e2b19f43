use linq_tests::job_parameters;

use crate::prelude::*;

mod given_the_suite_is_new {
    use super::*;

    #[test]
    fn it_has_version_one_alone() {
        let world = World::new();
        let jobs = world.suite.jobs;
        let read = |version| world.call(world.cast.eve, jobs, &IJobs::parametersCall { version });
        assert_eq!(read(1).expect("the first version"), job_parameters());
        for version in [0, 2, u16::MAX] {
            assert_refused(read(version), &IJobs::JobsUnknownParameters { version, current: 1 });
        }
        let limits = world.read(jobs, &IJobs::limitsCall {});
        assert_eq!((limits.minWindowSecs, limits.currentParameters), (MIN_WINDOW, 1));
    }
}

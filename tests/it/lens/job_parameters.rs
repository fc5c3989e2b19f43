use linq_tests::job_parameters;

use crate::prelude::*;

mod given_the_suite_is_new {
    use super::*;

    #[test]
    fn it_has_version_one_alone() {
        let world = World::new();
        let lens = world.suite.lens;
        let read = |version| world.call(world.cast.eve, lens, &ILens::jobParametersCall { version });
        assert_eq!(read(1).expect("the first version"), job_parameters());
        for version in [0, 2, u16::MAX] {
            assert_refused(read(version), &ILens::LensUnknownParameters { version, current: 1 });
        }
        let limits = world.read(lens, &ILens::jobLimitsCall {});
        assert_eq!((limits.minWindowSecs, limits.currentParameters), (MIN_WINDOW, 1));
    }
}

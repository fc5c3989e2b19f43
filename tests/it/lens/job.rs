use crate::{
    jobs::{NOWHERE, Scene},
    prelude::*,
};

mod given_it_was_not_posted {
    use super::*;

    #[test]
    fn it_reverts_with_unknown_job() {
        let world = World::new();
        let result = world.call(world.cast.eve, world.suite.lens, &ILens::jobCall { id: NOWHERE });
        assert_refused(result, &ILens::LensUnknownJob { job: NOWHERE });
    }
}

mod given_it_was_posted {
    use super::*;

    #[test]
    fn it_shows_who_decides() {
        let judged = Scene::posted_with(|terms| terms.judge = Cast::ALL.judge);
        let expects = Scene::posted_with(|terms| terms.expected = B256::repeat_byte(1));
        let flags = |scene: &Scene| {
            let job = scene.world.job(scene.job);
            (job.judged, job.expects)
        };
        assert_eq!(
            [flags(&Scene::posted()), flags(&judged), flags(&expects)],
            [(false, false), (true, false), (false, true)]
        );
    }

    #[test]
    fn it_shows_the_same_after_every_slot_is_closed() {
        let mut scene = Scene::submitted(20);
        let before = scene.world.job(scene.job);
        scene.wait();
        scene.world.step(scene.job).expect("step");
        assert_eq!(scene.world.job(scene.job), before);
    }
}

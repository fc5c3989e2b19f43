use super::*;

mod given_the_job_was_not_posted {
    use super::*;

    #[test]
    fn it_reverts_with_unknown_job() {
        let world = World::new();
        let result = world.call(world.cast.eve, world.suite.jobs, &IJobs::slotCall { id: NOWHERE, index: 0 });
        assert_refused(result, &IJobs::JobsUnknownJob { job: NOWHERE });
    }
}

mod when_there_is_no_such_slot {
    use super::*;

    #[test]
    fn it_reverts_with_unknown_slot() {
        let scene = Scene::posted_with(|terms| terms.tasks = 256);
        let (world, job) = (&scene.world, scene.job);
        let result = world.call(world.cast.eve, world.suite.jobs, &IJobs::slotCall { id: job, index: 256 });
        assert_refused(result, &IJobs::JobsUnknownSlot { job, slot: 256 });
    }
}

mod given_it_goes_through_its_life {
    use super::*;

    #[test]
    fn it_shows_each_state_and_when_that_ends() {
        let mut scene = Scene::posted();
        let start = scene.now();
        let at = |offset: u32| start + u64::from(offset);
        let seen = |scene: &Scene| (scene.state(), scene.slot().until);
        assert_eq!(seen(&scene), (SlotState::Open, at(Times::OPEN)));
        scene = scene.then_taken();
        assert_eq!(seen(&scene), (SlotState::Taken, at(Times::BID)));
        scene.world.at(at(Times::BID) - 1);
        assert_eq!(scene.state(), SlotState::Taken);
        scene.world.at(at(Times::BID));
        assert_eq!(seen(&scene), (SlotState::Running, at(Times::BID + Times::RUN)));
        let (operator, job) = (scene.world.cast.operator, scene.job);
        scene.world.submit(operator, job, 20).expect("submit");
        assert_eq!(seen(&scene), (SlotState::Submitted, at(Times::BID + Times::WINDOW)));
        scene.wait();
        assert_eq!(scene.state(), SlotState::Submitted, "it stays so until somebody steps");
        scene.world.step(job).expect("step");
        assert_eq!(seen(&scene), (SlotState::Closed, 0));
    }

    #[test]
    fn it_shows_a_lock_while_there_is_one() {
        let locks = [Scene::posted(), Scene::taken(), Scene::running(), Scene::submitted(20)];
        assert_eq!(locks.map(|scene| scene.slot().lock), [0, lnq(20), lnq(20), lnq(20)].map(u96));
        let mut closed = Scene::submitted(20);
        closed.wait();
        closed.world.step(closed.job).expect("step");
        assert_eq!(closed.slot().lock, U96::ZERO);
    }
}

use super::*;

fn nothing_due(scene: &Scene, state: SlotState, until: u64) -> IJobs::JobsNothingDue {
    IJobs::JobsNothingDue { job: scene.job, slot: 0, state: state as u8, until }
}

mod given_the_job_was_not_posted {
    use super::*;

    #[test]
    fn it_reverts_with_unknown_job() {
        let mut world = World::new();
        assert_refused(world.step(NOWHERE), &IJobs::JobsUnknownJob { job: NOWHERE });
    }
}

mod when_there_is_no_such_slot {
    use super::*;

    #[test]
    fn it_reverts_with_unknown_slot() {
        let mut scene = Scene::posted();
        let (keeper, job) = (scene.world.cast.keeper, scene.job);
        let result = scene.world.jobs(keeper, &IJobs::stepCall { job, slot: 1 });
        assert_refused(result, &IJobs::JobsUnknownSlot { job, slot: 1 });
    }
}

mod given_the_state_has_not_ended {
    use super::*;

    #[test]
    fn it_reverts_with_nothing_due_until_the_very_second() {
        for (mut scene, state) in [
            (Scene::posted(), SlotState::Open),
            (Scene::taken(), SlotState::Taken),
            (Scene::running(), SlotState::Running),
            (Scene::submitted(20), SlotState::Submitted),
        ] {
            let until = scene.slot().until;
            let error = nothing_due(&scene, state, until);
            assert_refused(scene.world.step(scene.job), &error);
            scene.world.at(until - 1);
            assert_refused(scene.world.step(scene.job), &error);
        }
    }

    #[test]
    fn it_has_nothing_to_do_when_the_bidding_ends() {
        let mut scene = Scene::taken();
        scene.wait();
        let error = nothing_due(&scene, SlotState::Running, scene.slot().due);
        assert_refused(scene.world.step(scene.job), &error);
    }
}

mod given_the_slot_is_closed {
    use super::*;

    #[test]
    fn it_reverts_with_nothing_due_for_ever() {
        let mut scene = Scene::submitted(20);
        scene.wait();
        scene.world.step(scene.job).expect("step");
        let error = nothing_due(&scene, SlotState::Closed, 0);
        assert_refused(scene.world.step(scene.job), &error);
        scene.world.warp(10_000_000);
        assert_refused(scene.world.step(scene.job), &error);
    }
}

mod given_nobody_took_it_in_time {
    use super::*;

    #[test]
    fn it_closes_with_a_refund() {
        let mut scene = Scene::posted();
        scene.wait();
        let (job, requester, escrow) = (scene.job, scene.world.cast.requester, scene.world.suite.escrow);
        let before = scene.world.holdings();
        let sent = scene.world.step(job).expect("step");
        assert_eq!(
            sent.emitted(),
            [
                scene.by_jobs(&IJobs::SlotClosed {
                    job,
                    slot: 0,
                    provider: 0,
                    outcome: Outcome::Expired as u8,
                    paid: U96::ZERO,
                    fee: U96::ZERO,
                }),
                scene.by_escrow(&IEscrow::SlotSettled {
                    job,
                    payee: Address::ZERO,
                    paid: U96::ZERO,
                    fee: U96::ZERO,
                    refunded: u96(lnq(100)),
                }),
                scene.moves(escrow, requester, lnq(100)),
            ]
        );
        assert_eq!(scene.world.changes(&before), [("requester", lnq(100) as i128), ("escrow", -(lnq(100) as i128))]);
        assert_eq!((scene.state(), scene.outcome()), (SlotState::Closed, Outcome::Expired));
    }
}

mod given_the_result_is_late {
    use super::*;

    #[test]
    fn it_slashes_frees_and_opens_the_slot_again() {
        let mut scene = Scene::running();
        scene.wait();
        let (job, registry) = (scene.job, scene.world.suite.registry);
        let before = scene.world.holdings();
        let sent = scene.world.step(job).expect("step");
        let slash = lnq(20) * 5 / 20;
        assert_eq!(
            sent.emitted(),
            [
                scene.by_jobs(&IJobs::SlotReopened { job, slot: 0, provider: 1, end: WorkEnd::Late as u8, attempt: 1 }),
                scene.work_closed(WorkEnd::Late, 0, slash),
                scene.moves(registry, Address::ZERO, slash),
            ]
        );
        assert_eq!(scene.world.changes(&before), [("registry", -(slash as i128))]);
        let slot = scene.slot();
        assert_eq!((slot.state, slot.left, slot.attempt), (SlotState::Open as u8, 1, 1));
        let provider = scene.world.provider(1);
        assert_eq!((provider.used, provider.locked, provider.record.late), (Resources::default(), U96::ZERO, 1));
    }

    #[test]
    fn it_closes_with_a_refund_after_the_last_attempt() {
        let mut scene = Scene::posted_with(|terms| terms.attempts = 1).then_running();
        scene.wait();
        let (job, requester) = (scene.job, scene.world.cast.requester);
        let before = scene.world.balance(requester);
        scene.world.step(job).expect("step");
        assert_eq!(scene.world.balance(requester), before + lnq(100));
        assert_eq!((scene.state(), scene.outcome()), (SlotState::Closed, Outcome::Late));
        assert_eq!(scene.world.escrow_owes(), 0);
    }

    #[test]
    fn it_closes_with_a_refund_once_the_job_is_open_no_longer() {
        let mut scene = Scene::running();
        let late = scene.terms.endBy;
        scene.world.at(late);
        scene.world.step(scene.job).expect("step");
        assert_eq!((scene.state(), scene.outcome()), (SlotState::Closed, Outcome::Late));
    }
}

mod given_the_window_has_passed {
    use super::*;

    #[test]
    fn it_pays_the_claim() {
        let mut scene = Scene::submitted(20);
        scene.wait();
        let (job, requester, payout, escrow) =
            (scene.job, scene.world.cast.requester, scene.world.cast.payout, scene.world.suite.escrow);
        let before = scene.world.holdings();
        let sent = scene.world.step(job).expect("step");
        assert_eq!(
            sent.emitted(),
            [
                scene.by_jobs(&IJobs::SlotClosed {
                    job,
                    slot: 0,
                    provider: 1,
                    outcome: Outcome::Undisputed as u8,
                    paid: u96(lnq(78)),
                    fee: u96(lnq(2)),
                }),
                scene.work_closed(WorkEnd::Settled, lnq(80), 0),
                scene.by_escrow(&IEscrow::SlotSettled {
                    job,
                    payee: payout,
                    paid: u96(lnq(78)),
                    fee: u96(lnq(2)),
                    refunded: u96(lnq(20)),
                }),
                scene.moves(escrow, payout, lnq(78)),
                scene.moves(escrow, requester, lnq(20)),
            ]
        );
        assert_eq!(
            scene.world.changes(&before),
            [("requester", lnq(20) as i128), ("payout", lnq(78) as i128), ("escrow", -(lnq(98) as i128))]
        );
        assert_eq!((scene.state(), scene.outcome()), (SlotState::Closed, Outcome::Undisputed));
        let provider = scene.world.provider(1);
        assert_eq!((provider.record.completed, provider.locked), (1, U96::ZERO));
    }

    #[test]
    fn it_pays_however_late_it_is_called() {
        let mut scene = Scene::submitted(20);
        scene.world.warp(400 * 86_400);
        scene.world.renew();
        scene.world.step(scene.job).expect("step");
        assert_eq!(scene.world.balance(scene.world.cast.payout), lnq(78));
    }
}

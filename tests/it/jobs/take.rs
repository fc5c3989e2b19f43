use super::*;

/// The rival's operator takes slot 0 at `price`.
fn rival_takes(scene: &mut Scene, price: u128) -> Result<Sent<IJobs::takeReturn>, Refusal> {
    let operator = scene.world.cast.rival_operator;
    scene.world.take(operator, &scene.terms, 2, price)
}

/// The first provider's operator takes slot 0 at `price`.
fn first_takes(scene: &mut Scene, price: u128) -> Result<Sent<IJobs::takeReturn>, Refusal> {
    let operator = scene.world.cast.operator;
    scene.world.take(operator, &scene.terms, 1, price)
}

/// What the first provider asks for the job of `scene`.
fn quote(scene: &Scene) -> u128 {
    scene.world.quote(1, &scene.terms.resources, scene.terms.runSecs)
}

mod given_taking_is_paused {
    use super::*;

    #[test]
    fn it_reverts_with_paused() {
        let mut scene = Scene::posted();
        let operator = scene.world.cast.operator;
        scene.world.jobs(scene.world.cast.guardian, &IJobs::pauseCall {}).expect("pause");
        let until = scene.world.read(scene.world.suite.lens, &ILens::jobLimitsCall {}).pausedUntil;
        assert_refused(scene.world.take(operator, &scene.terms, 1, lnq(80)), &IJobs::JobsPaused { until });
    }
}

mod given_the_job_was_not_posted {
    use super::*;

    #[test]
    fn it_reverts_with_unknown_job() {
        let mut world = World::with_providers();
        let terms = world.terms();
        let job = world.read(world.suite.lens, &ILens::jobIdCall { terms: terms.clone() });
        let operator = world.cast.operator;
        assert_refused(world.take(operator, &terms, 1, lnq(80)), &IJobs::JobsUnknownJob { job });
    }
}

mod when_the_terms_are_not_exactly_those_posted {
    use super::*;

    #[test]
    fn it_reverts_with_unknown_job() {
        let mut scene = Scene::posted();
        let operator = scene.world.cast.operator;
        let changed = Terms { price: u96(lnq(101)), ..scene.terms.clone() };
        let job = scene.world.read(scene.world.suite.lens, &ILens::jobIdCall { terms: changed.clone() });
        assert_refused(scene.world.take(operator, &changed, 1, lnq(80)), &IJobs::JobsUnknownJob { job });
    }
}

mod when_there_is_no_such_slot {
    use super::*;

    #[test]
    fn it_reverts_with_unknown_slot() {
        let mut scene = Scene::posted_with(|terms| terms.tasks = 3);
        let (operator, job) = (scene.world.cast.operator, scene.job);
        for slot in [3, 255, 256, u16::MAX] {
            let call = IJobs::takeCall { terms: scene.terms.clone(), slot, provider: 1, price: u96(lnq(80)) };
            assert_refused(scene.world.jobs(operator, &call), &IJobs::JobsUnknownSlot { job, slot });
        }
    }
}

mod when_another_provider_is_named {
    use super::*;

    #[test]
    fn it_reverts_with_other_provider_named() {
        let mut scene = Scene::posted_with(|terms| (terms.provider, terms.attempts) = (1, 1));
        let error = IJobs::JobsOtherProviderNamed { named: 1, provider: 2 };
        assert_refused(rival_takes(&mut scene, lnq(80)), &error);
        first_takes(&mut scene, lnq(80)).expect("the named one takes");
    }
}

mod given_the_slot_is_in_another_state {
    use super::*;

    #[test]
    fn it_reverts_with_wrong_state() {
        let running = Scene::running();
        let submitted = Scene::submitted(20);
        let mut closed = Scene::submitted(20);
        closed.wait();
        closed.world.step(closed.job).expect("step");
        for (mut scene, state) in
            [(running, SlotState::Running), (submitted, SlotState::Submitted), (closed, SlotState::Closed)]
        {
            let error = scene.wrong_state(state);
            assert_refused(rival_takes(&mut scene, lnq(1)), &error);
        }
    }

    #[test]
    fn it_reverts_with_wrong_state_at_once_where_there_is_no_bidding() {
        let mut scene = Scene::posted_with(|terms| terms.bidSecs = 0).then_taken();
        let error = scene.wrong_state(SlotState::Running);
        assert_refused(rival_takes(&mut scene, lnq(1)), &error);
    }
}

mod when_it_is_open_no_longer {
    use super::*;

    #[test]
    fn it_reverts_with_too_late() {
        let mut scene = Scene::posted();
        scene.wait();
        let error = scene.too_late(scene.now());
        assert_refused(first_takes(&mut scene, lnq(80)), &error);
    }
}

mod when_the_price_is_too_high {
    use super::*;

    #[test]
    fn it_reverts_with_price_too_high_above_the_posted_one() {
        let mut scene = Scene::posted();
        let error = IJobs::JobsPriceTooHigh { price: u96(lnq(100) + 1), limit: u96(lnq(100)) };
        assert_refused(first_takes(&mut scene, lnq(100) + 1), &error);
        first_takes(&mut scene, lnq(100)).expect("the posted price itself");
    }

    #[test]
    fn it_reverts_with_price_too_high_unless_it_is_a_64th_below_who_has_it() {
        let mut scene = Scene::taken();
        let limit = lnq(80) * 63 / 64;
        let error = IJobs::JobsPriceTooHigh { price: u96(limit + 1), limit: u96(limit) };
        assert_refused(rival_takes(&mut scene, limit + 1), &error);
        rival_takes(&mut scene, limit).expect("a 64th less");
    }
}

mod when_the_provider_left_the_slot_last {
    use super::*;

    /// A job that the first provider took and was late with.
    fn left() -> Scene {
        let mut scene = Scene::running();
        scene.wait();
        scene.world.step(scene.job).expect("step");
        scene
    }

    #[test]
    fn it_reverts_with_provider_left() {
        let mut scene = left();
        let error = IJobs::JobsProviderLeft { job: scene.job, slot: 0, provider: 1 };
        assert_refused(first_takes(&mut scene, lnq(80)), &error);
    }

    #[test]
    fn it_reverts_with_provider_left_when_it_would_displace() {
        let mut scene = left();
        rival_takes(&mut scene, lnq(80)).expect("take");
        let error = IJobs::JobsProviderLeft { job: scene.job, slot: 0, provider: 1 };
        assert_refused(first_takes(&mut scene, lnq(1)), &error);
    }

    #[test]
    fn it_takes_again_once_another_has_left() {
        let mut scene = left();
        rival_takes(&mut scene, lnq(80)).expect("take");
        scene.wait();
        scene.wait();
        scene.world.step(scene.job).expect("step");
        first_takes(&mut scene, lnq(80)).expect("take");
        assert_eq!(scene.slot().attempt, 3);
    }
}

mod when_the_provider_has_it_already {
    use super::*;

    #[test]
    fn it_reverts_with_already_theirs() {
        let mut scene = Scene::taken();
        let error = IJobs::JobsAlreadyTheirs { job: scene.job, slot: 0, provider: 1 };
        assert_refused(first_takes(&mut scene, lnq(40)), &error);
    }
}

mod when_the_registry_refuses {
    use super::*;

    #[test]
    fn it_passes_that_on_and_takes_nothing() {
        let mut scene = Scene::posted();
        let caller = scene.world.cast.eve;
        let price = quote(&scene);
        let result = scene.world.take(caller, &scene.terms, 1, price);
        assert_refused(result, &IRegistry::RegistryNotAssignable { provider: 1, caller });
        let operator = scene.world.cast.operator;
        let result = scene.world.take(operator, &scene.terms, 3, price);
        assert_refused(result, &IRegistry::RegistryUnknownProvider { provider: 3 });
        assert_eq!(scene.state(), SlotState::Open);
    }

    #[test]
    fn it_leaves_the_one_who_would_be_displaced() {
        let mut scene = Scene::taken();
        let before = (scene.slot(), scene.world.provider(1));
        let caller = scene.world.cast.eve;
        let result = scene.world.take(caller, &scene.terms, 2, lnq(10));
        assert_refused(result, &IRegistry::RegistryNotAssignable { provider: 2, caller });
        assert_eq!((scene.slot(), scene.world.provider(1)), before);
    }
}

mod when_a_judge_or_a_hash_decides {
    use super::*;

    #[test]
    fn it_is_for_operators_alone() {
        let judged: fn(&mut Terms) = |terms| terms.judge = Cast::ALL.judge;
        let expected: fn(&mut Terms) = |terms| terms.expected = B256::repeat_byte(1);
        for change in [judged, expected] {
            let mut scene = Scene::posted_with(|terms| {
                change(terms);
                terms.anyoneMatches = true;
            });
            let price = quote(&scene);
            for caller in [scene.world.cast.requester, scene.world.cast.keeper] {
                let result = scene.world.take(caller, &scene.terms, 1, price);
                assert_refused(result, &IRegistry::RegistryNotAssignable { provider: 1, caller });
            }
            first_takes(&mut scene, lnq(80)).expect("the operator takes");
        }
    }
}

mod when_the_operator_takes_an_open_slot {
    use super::*;

    #[test]
    fn it_reserves_locks_and_says_so() {
        let mut scene = Scene::posted();
        let (job, now) = (scene.job, scene.now());
        let before = scene.world.holdings();
        let sent = first_takes(&mut scene, lnq(80)).expect("take");
        let bid_until = now + u64::from(Times::BID);
        assert_eq!(
            sent.emitted(),
            [
                scene.by_registry(&IRegistry::WorkTaken { provider: 1, lock: u96(lnq(20)), locked: u96(lnq(20)) }),
                scene.by_jobs(&IJobs::SlotTaken {
                    job,
                    slot: 0,
                    provider: 1,
                    attempt: 1,
                    price: u96(lnq(80)),
                    lock: u96(lnq(20)),
                    bidUntil: bid_until,
                    due: bid_until + u64::from(Times::RUN),
                    standing: false,
                }),
            ]
        );
        assert_eq!(scene.world.changes(&before), [], "a take moves no money");
        let provider = scene.world.provider(1);
        assert_eq!((provider.used, provider.locked), (scene.terms.resources.clone(), u96(lnq(20))));
    }

    #[test]
    fn it_fills_the_slot() {
        let mut scene = Scene::posted();
        let now = scene.now();
        first_takes(&mut scene, lnq(80)).expect("take");
        let slot = scene.slot();
        let bid_until = now + u64::from(Times::BID);
        assert_eq!((slot.state, slot.until), (SlotState::Taken as u8, bid_until));
        assert_eq!((slot.provider, slot.left, slot.attempt), (1, 0, 1));
        assert_eq!((slot.price, slot.lock), (u96(lnq(80)), u96(lnq(20))));
        assert_eq!((slot.takenAt, slot.due), (now, bid_until + u64::from(Times::RUN)));
        assert!(!slot.standing);
    }

    #[test]
    fn it_runs_at_once_where_there_is_no_bidding() {
        let scene = Scene::posted_with(|terms| terms.bidSecs = 0).then_taken();
        assert_eq!(scene.state(), SlotState::Running);
        assert_eq!(scene.slot().until, scene.now() + u64::from(Times::RUN));
    }

    #[test]
    fn it_takes_in_the_last_second() {
        let mut scene = Scene::posted();
        let last = scene.slot().until - 1;
        scene.world.at(last);
        first_takes(&mut scene, lnq(80)).expect("take");
        assert!(scene.slot().due <= scene.terms.endBy);
    }

    #[test]
    fn it_takes_for_nothing_if_it_likes() {
        let mut scene = Scene::posted();
        first_takes(&mut scene, 0).expect("take");
        assert_eq!(scene.slot().price, U96::ZERO);
    }

    #[test]
    fn it_takes_each_slot_by_itself() {
        let mut scene = Scene::posted_with(|terms| terms.tasks = 3);
        let operator = scene.world.cast.operator;
        let call = IJobs::takeCall { terms: scene.terms.clone(), slot: 2, provider: 1, price: u96(lnq(80)) };
        scene.world.jobs(operator, &call).expect("take");
        let state = |index| scene.world.read(scene.world.suite.jobs, &IJobs::slotCall { id: scene.job, index }).state;
        assert_eq!([state(0), state(1), state(2)], [0, 0, SlotState::Taken as u8]);
    }

    #[test]
    fn it_rounds_the_lock_up() {
        let mut scene = Scene::posted_with(|terms| terms.price = u96(lnq(100) + 1));
        first_takes(&mut scene, lnq(80)).expect("take");
        // A fifth of a unit is a unit.
        assert_eq!(scene.slot().lock, u96(lnq(20) + 1));
    }
}

mod when_it_is_assigned_from_the_standing_offer {
    use super::*;

    #[test]
    fn it_counts_for_the_requester_at_the_providers_quote() {
        let mut scene = Scene::posted();
        let (requester, price) = (scene.world.cast.requester, quote(&scene));
        let sent = scene.world.take(requester, &scene.terms, 1, price).expect("take");
        let taken = &sent.events::<IJobs::SlotTaken>()[0];
        assert!(taken.standing);
        assert_eq!(taken.price, u96(price));
        assert!(scene.slot().standing);
    }

    #[test]
    fn it_counts_for_anyone_where_the_terms_say_so() {
        let mut scene = Scene::posted_with(|terms| terms.anyoneMatches = true);
        let (keeper, price) = (scene.world.cast.keeper, quote(&scene));
        scene.world.take(keeper, &scene.terms, 1, price).expect("take");
        assert!(scene.slot().standing);
    }

    #[test]
    fn it_has_to_be_the_quote() {
        let mut scene = Scene::posted();
        let (requester, quote) = (scene.world.cast.requester, quote(&scene));
        for price in [quote - 1, quote + 1] {
            let result = scene.world.take(requester, &scene.terms, 1, price);
            let error = IRegistry::RegistryNotTheQuote { provider: 1, price: u96(price), quote: u96(quote) };
            assert_refused(result, &error);
        }
    }

    #[test]
    fn it_is_the_operators_own_take_when_the_operator_calls() {
        let mut scene = Scene::posted();
        let price = quote(&scene);
        first_takes(&mut scene, price).expect("take");
        assert!(!scene.slot().standing);
    }
}

mod when_it_displaces {
    use super::*;

    #[test]
    fn it_frees_the_other_without_a_record_and_uses_up_no_attempt() {
        let mut scene = Scene::taken();
        let (job, until) = (scene.job, scene.slot().until);
        scene.world.warp(30);
        let sent = rival_takes(&mut scene, lnq(60)).expect("take");
        assert_eq!(
            sent.emitted(),
            [
                scene.by_jobs(&IJobs::SlotDisplaced { job, slot: 0, provider: 1 }),
                scene.work_closed(WorkEnd::Displaced, 0, 0),
                scene.by_registry(&IRegistry::WorkTaken { provider: 2, lock: u96(lnq(20)), locked: u96(lnq(20)) }),
                scene.by_jobs(&IJobs::SlotTaken {
                    job,
                    slot: 0,
                    provider: 2,
                    attempt: 1,
                    price: u96(lnq(60)),
                    lock: u96(lnq(20)),
                    bidUntil: until,
                    due: until + u64::from(Times::RUN),
                    standing: false,
                }),
            ]
        );
        let slot = scene.slot();
        assert_eq!((slot.provider, slot.left, slot.attempt, slot.until), (2, 0, 1, until));
        let first = scene.world.provider(1);
        assert_eq!((first.used, first.locked), (Resources::default(), U96::ZERO));
        assert_eq!(
            (first.record.accepted, first.record.completed, first.record.late, first.record.unable),
            (0, 0, 0, 0)
        );
    }

    #[test]
    fn it_can_be_displaced_in_turn_until_the_bidding_ends() {
        let mut scene = Scene::taken();
        let until = scene.slot().until;
        rival_takes(&mut scene, lnq(60)).expect("take");
        scene.world.at(until - 1);
        first_takes(&mut scene, lnq(50)).expect("take");
        assert_eq!((scene.slot().provider, scene.slot().until), (1, until));
        scene.world.at(until);
        let error = scene.wrong_state(SlotState::Running);
        assert_refused(rival_takes(&mut scene, lnq(40)), &error);
    }
}

use linq_tests::MANIFEST;

use super::*;

/// The most a slot can be posted for.
const PRICE_LIMIT: u128 = (1 << 87) - 1;
/// The last second by which a run may have to end.
const LATEST_END: u64 = 4_000_000_000;

/// Posts the usual terms, changed, with the escrow approved.
fn post(world: &mut World, change: impl FnOnce(&mut Terms)) -> Result<Sent<B256>, Refusal> {
    let mut terms = world.terms();
    change(&mut terms);
    world.post(&terms)
}

/// Asserts that the usual terms, changed, are refused with `error`.
#[track_caller]
fn refused<E: SolError + std::fmt::Debug>(change: impl FnOnce(&mut Terms), error: &E) {
    let mut world = World::new();
    assert_refused(post(&mut world, change), error);
}

/// Asserts that the usual terms, changed, can be posted.
#[track_caller]
fn accepted(change: impl FnOnce(&mut Terms)) -> Scene {
    let mut world = World::new();
    let mut terms = world.terms();
    change(&mut terms);
    let requester = terms.requester;
    let total = u128::from_be_bytes(U256::from(terms.price).to_be_bytes::<32>()[16..].try_into().expect("16 bytes"));
    world.give(requester, total.saturating_mul(terms.tasks.into()).min(lnq(500_000_000)));
    let job = world.post(&terms).expect("post").value;
    Scene { world, terms, job, taken_at: 0 }
}

mod given_it_is_not_wired {
    use super::*;

    #[test]
    fn it_reverts_with_not_wired() {
        let mut world = World::unwired();
        assert_refused(post(&mut world, |_| {}), &IJobs::JobsNotWired {});
    }
}

mod given_posting_is_paused {
    use super::*;

    #[test]
    fn it_reverts_with_paused() {
        let mut world = World::new();
        let terms = world.terms();
        world.jobs(world.cast.guardian, &IJobs::pauseCall {}).expect("pause");
        let until = world.read(world.suite.lens, &ILens::jobLimitsCall {}).pausedUntil;
        assert_refused(world.post(&terms), &IJobs::JobsPaused { until });
    }
}

mod when_the_caller_is_not_the_requester {
    use super::*;

    #[test]
    fn it_reverts_with_not_requester() {
        let mut world = World::new();
        let (terms, caller) = (world.terms(), world.cast.eve);
        let job = world.read(world.suite.lens, &ILens::jobIdCall { terms: terms.clone() });
        assert_refused(world.post_as(caller, &terms), &IJobs::JobsNotRequester { job, caller });
    }
}

mod given_it_was_posted {
    use super::*;

    #[test]
    fn it_reverts_with_already_posted() {
        let mut scene = Scene::posted();
        let error = IJobs::JobsAlreadyPosted { job: scene.job };
        assert_refused(scene.world.post(&scene.terms), &error);
    }

    #[test]
    fn it_reverts_with_already_posted_even_when_every_slot_is_closed() {
        let mut scene = Scene::posted();
        let (requester, job) = (scene.world.cast.requester, scene.job);
        scene.world.jobs(requester, &IJobs::cancelCall { job, slot: 0 }).expect("cancel");
        assert_refused(scene.world.post(&scene.terms), &IJobs::JobsAlreadyPosted { job });
    }
}

mod when_the_parameters_are_not_the_current_ones {
    use super::*;

    #[test]
    fn it_reverts_with_unknown_parameters() {
        for version in [0, 2, u16::MAX] {
            refused(|terms| terms.parameters = version, &IJobs::JobsUnknownParameters { version, current: 1 });
        }
    }
}

mod when_the_number_of_tasks_is_out_of_range {
    use super::*;

    #[test]
    fn it_reverts_with_bad_tasks() {
        for tasks in [0, 257, u16::MAX] {
            refused(|terms| terms.tasks = tasks, &IJobs::JobsBadTasks { tasks });
        }
    }
}

mod when_the_price_is_out_of_range {
    use super::*;

    #[test]
    fn it_reverts_with_bad_price() {
        for price in [0, PRICE_LIMIT + 1, (1 << 96) - 1] {
            let error = IJobs::JobsBadPrice { price: u96(price), limit: u96(PRICE_LIMIT) };
            refused(|terms| terms.price = u96(price), &error);
        }
    }
}

mod when_the_resources_do_not_fit {
    use super::*;

    #[test]
    fn it_reverts_with_bad_resources() {
        let changes: [fn(&mut Resources); 6] = [
            |resources| resources.cpuMillis = 1 << 20,
            |resources| resources.memoryMib = 1 << 22,
            |resources| resources.storageGib = 1 << 17,
            |resources| resources.gpus = 1 << 8,
            |resources| resources.bandwidthMbps = 1 << 20,
            |resources| resources.gpuClass = 1,
        ];
        for change in changes {
            refused(|terms| change(&mut terms.resources), &IJobs::JobsBadResources {});
        }
    }

    #[test]
    fn it_takes_the_largest_that_fit() {
        let largest = Resources {
            cpuMillis: (1 << 20) - 1,
            memoryMib: (1 << 22) - 1,
            storageGib: (1 << 17) - 1,
            gpus: (1 << 8) - 1,
            gpuClass: u16::MAX,
            bandwidthMbps: (1 << 20) - 1,
        };
        let scene = accepted(|terms| terms.resources = largest.clone());
        assert_eq!(scene.world.job(scene.job).resources, largest);
    }
}

mod when_there_is_a_judge_and_an_expected_result {
    use super::*;

    #[test]
    fn it_reverts_with_judge_and_expected() {
        let change = |terms: &mut Terms| {
            terms.judge = Cast::ALL.judge;
            terms.expected = B256::repeat_byte(1);
        };
        refused(change, &IJobs::JobsJudgeAndExpected {});
    }
}

mod when_the_bidding_is_too_long {
    use super::*;

    #[test]
    fn it_reverts_with_bad_bidding() {
        for bid in [6 * 3_600 + 1, u32::MAX] {
            refused(|terms| terms.bidSecs = bid, &IJobs::JobsBadBidding { bidSecs: bid, limit: 6 * 3_600 });
        }
        accepted(|terms| terms.bidSecs = 6 * 3_600);
    }
}

mod when_the_run_is_out_of_range {
    use super::*;

    #[test]
    fn it_reverts_with_bad_run() {
        for run in [0, 90 * DAY + 1, u32::MAX] {
            refused(|terms| terms.runSecs = run, &IJobs::JobsBadRun { runSecs: run, limit: 90 * DAY });
        }
        accepted(|terms| {
            terms.runSecs = 90 * DAY;
            terms.endBy += u64::from(90 * DAY);
        });
    }
}

mod when_the_window_is_out_of_range {
    use super::*;

    #[test]
    fn it_reverts_with_bad_window() {
        for window in [0, MIN_WINDOW - 1, 14 * DAY + 1, u32::MAX] {
            let error = IJobs::JobsBadWindow { windowSecs: window, least: MIN_WINDOW, most: 14 * DAY };
            refused(|terms| terms.windowSecs = window, &error);
        }
        accepted(|terms| terms.windowSecs = 14 * DAY);
    }

    #[test]
    fn it_needs_none_where_a_result_is_expected() {
        accepted(|terms| (terms.windowSecs, terms.expected) = (0, B256::repeat_byte(1)));
    }
}

mod when_the_number_of_attempts_is_out_of_range {
    use super::*;

    #[test]
    fn it_reverts_with_bad_attempts() {
        for attempts in [0, 5, u8::MAX] {
            refused(|terms| terms.attempts = attempts, &IJobs::JobsBadAttempts { attempts, limit: 4 });
        }
    }

    #[test]
    fn it_allows_a_named_provider_one() {
        let change = |terms: &mut Terms| (terms.provider, terms.attempts) = (1, 2);
        refused(change, &IJobs::JobsBadAttempts { attempts: 2, limit: 1 });
        accepted(|terms| (terms.provider, terms.attempts) = (1, 1));
    }
}

mod when_the_end_is_out_of_range {
    use super::*;

    #[test]
    fn it_reverts_with_bad_end() {
        let mut world = World::new();
        let now = world.now();
        let earliest = now + u64::from(Times::BID + Times::RUN) + 1;
        for end_by in [0, now, earliest - 1, LATEST_END + 1, u64::MAX] {
            let error = IJobs::JobsBadEnd { endBy: end_by, earliest, latest: LATEST_END };
            assert_refused(post(&mut world, |terms| terms.endBy = end_by), &error);
        }
    }

    #[test]
    fn it_takes_the_earliest_and_the_latest() {
        let earliest = World::new().now() + u64::from(Times::BID + Times::RUN) + 1;
        let scene = accepted(|terms| terms.endBy = earliest);
        assert_eq!(scene.world.job(scene.job).openUntil, scene.now() + 1);
        accepted(|terms| terms.endBy = LATEST_END);
    }
}

mod when_it_is_never_open {
    use super::*;

    #[test]
    fn it_reverts_with_bad_opening() {
        refused(|terms| terms.openSecs = 0, &IJobs::JobsBadOpening { openSecs: 0 });
    }
}

mod when_the_uri_is_too_long {
    use super::*;

    #[test]
    fn it_reverts_with_uri_too_long() {
        let mut world = World::new();
        let (terms, requester, escrow) = (world.terms(), world.cast.requester, world.suite.escrow);
        world.approve(requester, escrow);
        let call = |length| IJobs::postCall { terms: terms.clone(), uri: "x".repeat(length) };
        let error = IJobs::JobsUriTooLong { length: 257, limit: 256 };
        assert_refused(world.jobs(requester, &call(257)), &error);
        world.jobs(requester, &call(256)).expect("post");
    }
}

mod when_the_uri_is_not_printable_ascii {
    use super::*;

    #[test]
    fn it_is_malformed_calldata() {
        let mut world = World::new();
        let (terms, requester, escrow) = (world.terms(), world.cast.requester, world.suite.escrow);
        world.approve(requester, escrow);
        for uri in MALFORMED {
            let call = IJobs::postCall { terms: terms.clone(), uri: uri.into() };
            assert_refused_bare(world.jobs(requester, &call));
        }
        world.jobs(requester, &IJobs::postCall { terms, uri: PRINTABLE.into() }).expect("post");
    }
}

mod when_the_requester_cannot_pay {
    use super::*;

    #[test]
    fn it_passes_the_tokens_refusal_on_and_keeps_nothing() {
        let mut world = World::new();
        let (terms, requester, escrow) = (world.terms(), world.cast.requester, world.suite.escrow);
        let error = ILnqToken::ERC20InsufficientAllowance {
            spender: escrow,
            allowance: U256::ZERO,
            needed: U256::from(lnq(100)),
        };
        assert_refused(world.post_as(requester, &terms), &error);
        let job = world.read(world.suite.lens, &ILens::jobIdCall { terms: terms.clone() });
        let read = world.call(requester, world.suite.lens, &ILens::jobCall { id: job });
        assert_refused(read, &ILens::LensUnknownJob { job });
        world.post(&terms).expect("the same job, paid for");
    }
}

mod when_everything_is_right {
    use super::*;

    #[test]
    fn it_locks_the_price_of_every_slot_and_says_so() {
        let mut world = World::new();
        let mut terms = world.terms();
        terms.tasks = 3;
        world.approve(terms.requester, world.suite.escrow);
        let before = world.holdings();
        let sent = world.post_as(terms.requester, &terms).expect("post");
        let scene = Scene { job: sent.value, terms, world, taken_at: 0 };
        let (requester, escrow, job) = (scene.terms.requester, scene.world.suite.escrow, scene.job);
        let open_until = scene.now() + u64::from(Times::OPEN);
        assert_eq!(
            sent.emitted(),
            [
                scene.by_jobs(&IJobs::JobPosted {
                    job,
                    requester,
                    terms: scene.terms.clone(),
                    openUntil: open_until,
                    uri: MANIFEST.into(),
                }),
                scene.by_escrow(&IEscrow::RewardLocked { job, requester, price: u96(lnq(100)), slots: 3 }),
                scene.moves(requester, escrow, lnq(300)),
            ]
        );
        let moved = lnq(300) as i128;
        assert_eq!(scene.world.changes(&before), [("requester", -moved), ("escrow", moved)]);
        assert_eq!(scene.world.read(scene.world.suite.lens, &ILens::jobIdCall { terms: scene.terms.clone() }), job);
    }

    #[test]
    fn it_keeps_what_later_calls_need() {
        let scene = Scene::posted();
        let expected = Job {
            tasks: 1,
            resources: scene.terms.resources.clone(),
            bidSecs: Times::BID,
            runSecs: Times::RUN,
            windowSecs: Times::WINDOW,
            openUntil: scene.now() + u64::from(Times::OPEN),
            endBy: scene.terms.endBy,
            attempts: 4,
            parameters: 1,
            judged: false,
            expects: false,
        };
        assert_eq!(scene.world.job(scene.job), expected);
    }

    #[test]
    fn it_opens_every_slot() {
        let scene = Scene::posted_with(|terms| terms.tasks = 256);
        for index in [0, 1, 255] {
            let slot = scene.world.read(scene.world.suite.jobs, &IJobs::slotCall { id: scene.job, index });
            let until = scene.now() + u64::from(Times::OPEN);
            assert_eq!((slot.state, slot.until, slot.attempt), (SlotState::Open as u8, until, 0));
        }
    }

    #[test]
    fn it_is_open_no_longer_than_a_run_can_still_end() {
        let scene = accepted(|terms| (terms.openSecs, terms.endBy) = (u32::MAX, terms.endBy));
        let latest = scene.terms.endBy - u64::from(Times::BID + Times::RUN);
        assert_eq!(scene.world.job(scene.job).openUntil, latest);
    }

    #[test]
    fn it_posts_the_same_twice_with_another_salt() {
        let mut scene = Scene::posted();
        let other = Terms { salt: B256::repeat_byte(1), ..scene.terms.clone() };
        let second = scene.world.post(&other).expect("post").value;
        assert_ne!(second, scene.job);
    }
}

use super::*;

/// The most a slot can be posted for.
const LIMIT: u128 = (1 << 87) - 1;

mod given_it_is_not_wired {
    use super::*;

    #[test]
    fn it_reverts_with_not_wired() {
        let mut world = World::unwired();
        let (jobs, call) = (world.suite.jobs, lock_of(&world, JOB, 1));
        assert_refused(world.escrow(jobs, &call), &IEscrow::EscrowNotWired {});
    }
}

mod when_the_caller_is_not_jobs {
    use super::*;

    #[test]
    fn it_reverts_with_not_jobs() {
        let mut world = World::new();
        let (caller, call) = (world.cast.requester, lock_of(&world, JOB, 1));
        assert_refused(world.escrow(caller, &call), &IEscrow::EscrowNotJobs { caller });
    }
}

mod when_the_price_is_out_of_range {
    use super::*;

    #[test]
    fn it_reverts_with_bad_price() {
        let mut world = World::new();
        let jobs = world.suite.jobs;
        for price in [0, LIMIT + 1, (1 << 96) - 1] {
            let call = IEscrow::lockCall { price: u96(price), ..lock_of(&world, JOB, 1) };
            let error = IEscrow::EscrowBadPrice { price: u96(price), limit: u96(LIMIT) };
            assert_refused(world.escrow(jobs, &call), &error);
        }
    }
}

mod when_the_number_of_slots_is_out_of_range {
    use super::*;

    #[test]
    fn it_reverts_with_bad_slots() {
        let mut world = World::new();
        let jobs = world.suite.jobs;
        for slots in [0, 257, u16::MAX] {
            let call = lock_of(&world, JOB, slots);
            assert_refused(world.escrow(jobs, &call), &IEscrow::EscrowBadSlots { slots });
        }
    }
}

mod given_the_job_has_something_locked {
    use super::*;

    #[test]
    fn it_reverts_with_already_locked() {
        let mut world = locked(1);
        let (jobs, call) = (world.suite.jobs, lock_of(&world, JOB, 2));
        assert_refused(world.escrow(jobs, &call), &IEscrow::EscrowAlreadyLocked { job: JOB });
    }
}

mod when_the_requester_cannot_pay {
    use super::*;

    #[test]
    fn it_passes_on_that_the_allowance_is_too_low() {
        let mut world = World::new();
        let (jobs, escrow, requester) = (world.suite.jobs, world.suite.escrow, world.cast.requester);
        world
            .token(requester, &ILnqToken::approveCall { spender: escrow, value: U256::from(lnq(99)) })
            .expect("approval");
        let call = lock_of(&world, JOB, 1);
        let error = ILnqToken::ERC20InsufficientAllowance {
            spender: escrow,
            allowance: U256::from(lnq(99)),
            needed: U256::from(lnq(100)),
        };
        assert_refused(world.escrow(jobs, &call), &error);
    }

    #[test]
    fn it_passes_on_that_the_balance_is_too_low() {
        let mut world = World::new();
        let (jobs, escrow, keeper) = (world.suite.jobs, world.suite.escrow, world.cast.keeper);
        world.approve(keeper, escrow);
        let call = IEscrow::lockCall { requester: keeper, ..lock_of(&world, JOB, 1) };
        let error =
            ILnqToken::ERC20InsufficientBalance { sender: keeper, balance: U256::ZERO, needed: U256::from(lnq(100)) };
        assert_refused(world.escrow(jobs, &call), &error);
    }

    #[test]
    fn it_locks_nothing() {
        let mut world = World::new();
        let (jobs, call) = (world.suite.jobs, lock_of(&world, JOB, 1));
        assert!(world.escrow(jobs, &call).is_err());
        assert_eq!(reward(&world, JOB), (Address::ZERO, 0, 0));
        assert_eq!(owed(&world), (0, 0));
    }
}

mod when_the_token_misbehaves {
    use super::*;

    /// What an escrow over a token that answers like `stub` makes of a lock.
    fn lock_with(stub: &Stub) -> Result<(), Refusal> {
        let mut world = World::new();
        let (cast, jobs) = (world.cast, world.suite.jobs);
        let token = world.place(stub);
        let escrow =
            world.construct("escrow", (cast.deployer, token, cast.treasury).abi_encode_params()).expect("construction");
        world.send(cast.deployer, escrow, &IEscrow::wireCall { jobs }).expect("wiring");
        let call = lock_of(&world, JOB, 1);
        world.send(jobs, escrow, &call).map(|_| ())
    }

    #[test]
    fn it_reverts_with_token_failed_unless_the_answer_is_exactly_true() {
        let long = [B256::with_last_byte(1).to_vec(), vec![0; 32]].concat();
        let answers = [
            Stub::Returns(Vec::new()),
            Stub::Returns(vec![1]),
            Stub::Returns(vec![0; 31]),
            Stub::Returns(long),
            Stub::word(0),
            Stub::word(2),
            Stub::Returns(vec![0xff; 32]),
            Stub::Reverts(Vec::new()),
            Stub::Halts,
        ];
        for answer in answers {
            assert_refused(lock_with(&answer), &IEscrow::EscrowTokenFailed {});
        }
        lock_with(&Stub::word(1)).expect("a token that says true");
    }

    #[test]
    fn it_passes_its_reason_on() {
        let error = ILnqToken::ERC20InvalidReceiver { receiver: Address::repeat_byte(7) };
        assert_refused(lock_with(&Stub::Reverts(error.abi_encode())), &error);
    }
}

mod when_everything_is_right {
    use super::*;

    #[test]
    fn it_records_the_reward_and_takes_its_sum() {
        let mut world = World::new();
        let (requester, escrow, jobs) = (world.cast.requester, world.suite.escrow, world.suite.jobs);
        world.approve(requester, escrow);
        let before = world.holdings();
        let call = lock_of(&world, JOB, 3);
        let sent = world.escrow(jobs, &call).expect("lock");
        assert_eq!(
            sent.emitted(),
            [
                emitted(escrow, &IEscrow::RewardLocked { job: JOB, requester, price: u96(lnq(100)), slots: 3 }),
                emitted(
                    world.suite.token,
                    &ILnqToken::Transfer { from: requester, to: escrow, value: U256::from(lnq(300)) }
                ),
            ]
        );
        assert_eq!(reward(&world, JOB), (requester, lnq(100), 3));
        assert_eq!(owed(&world), (lnq(300), 0));
        let moved = lnq(300) as i128;
        assert_eq!(world.changes(&before), [("requester", -moved), ("escrow", moved)]);
    }

    #[test]
    fn it_takes_the_largest_job_there_can_be() {
        let mut world = World::new();
        let (requester, escrow, jobs) = (world.cast.requester, world.suite.escrow, world.suite.jobs);
        world.approve(requester, escrow);
        world.give(requester, LIMIT);
        let call = IEscrow::lockCall { price: u96(LIMIT), ..lock_of(&world, JOB, 1) };
        world.escrow(jobs, &call).expect("lock");
        let call = IEscrow::lockCall { job: OTHER, price: u96(1), slots: 256, ..call };
        world.escrow(jobs, &call).expect("lock");
        assert_eq!(reward(&world, JOB), (requester, LIMIT, 1));
        assert_eq!(reward(&world, OTHER), (requester, 1, 256));
        assert_eq!(owed(&world), (LIMIT + 256, 0));
    }
}

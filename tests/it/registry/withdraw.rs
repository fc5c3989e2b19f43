use super::{unbond::requests, *};

fn unbond(world: &mut World, amount: u128) -> u64 {
    let owner = world.cast.owner;
    world.registry(owner, &IRegistry::unbondCall { provider: 1, amount: u96(amount) }).expect("unbonding").value
}

fn withdraw(world: &mut World) -> Result<Sent<U96>, Refusal> {
    let owner = world.cast.owner;
    world.registry(owner, &IRegistry::withdrawCall { provider: 1 })
}

mod given_there_is_no_such_provider {
    use super::*;

    #[test]
    fn it_reverts_with_unknown_provider() {
        let mut world = World::with_providers();
        let owner = world.cast.owner;
        let result = world.registry(owner, &IRegistry::withdrawCall { provider: NOBODY });
        assert_refused(result, &IRegistry::RegistryUnknownProvider { provider: NOBODY });
    }
}

mod when_the_caller_is_not_the_owner {
    use super::*;

    #[test]
    fn it_reverts_with_not_owner() {
        let mut world = World::with_providers();
        let end = unbond(&mut world, lnq(1));
        world.at(end);
        for caller in [world.cast.operator, world.cast.payout, world.cast.rival, world.cast.eve] {
            let result = world.registry(caller, &IRegistry::withdrawCall { provider: 1 });
            assert_refused(result, &IRegistry::RegistryNotOwner { provider: 1, caller });
        }
    }
}

mod given_nothing_is_ready {
    use super::*;

    #[test]
    fn it_reverts_with_nothing_to_withdraw_and_says_when() {
        let mut world = World::with_providers();
        assert_refused(withdraw(&mut world), &IRegistry::RegistryNothingToWithdraw { provider: 1, next: 0 });
        let end = unbond(&mut world, lnq(1));
        world.at(end - 1);
        assert_refused(withdraw(&mut world), &IRegistry::RegistryNothingToWithdraw { provider: 1, next: end });
    }

    #[test]
    fn it_pays_nothing_twice() {
        let mut world = World::with_providers();
        let end = unbond(&mut world, lnq(1));
        world.at(end);
        withdraw(&mut world).expect("withdrawal");
        assert_refused(withdraw(&mut world), &IRegistry::RegistryNothingToWithdraw { provider: 1, next: 0 });
    }
}

mod when_everything_is_right {
    use super::*;

    #[test]
    fn it_sends_what_has_waited_to_the_owner_and_says_so() {
        let mut world = World::with_providers();
        let (owner, registry) = (world.cast.owner, world.suite.registry);
        unbond(&mut world, lnq(1));
        let second = unbond(&mut world, lnq(2));
        world.warp(10);
        let third = unbond(&mut world, lnq(4));
        world.at(second);
        let before = world.holdings();
        let sent = withdraw(&mut world).expect("withdrawal");
        assert_eq!(sent.value, u96(lnq(3)));
        assert_eq!(
            sent.emitted(),
            [
                by_registry(&world, &IRegistry::StakeWithdrawn { provider: 1, owner, amount: u96(lnq(3)) }),
                moves(&world, registry, owner, lnq(3)),
            ]
        );
        let moved = lnq(3) as i128;
        assert_eq!(world.changes(&before), [("owner", moved), ("registry", -moved)]);
        assert_eq!(requests(&world), [(lnq(4), third)]);
        let provider = world.provider(1);
        assert_eq!((provider.bonded, provider.unbonding), (u96(lnq(9_993)), u96(lnq(4))));
    }

    #[test]
    fn it_can_go_round_the_ring_many_times() {
        let mut world = World::with_providers();
        for round in 1..=40_u128 {
            unbond(&mut world, round);
            let end = unbond(&mut world, 1);
            world.at(end);
            assert_eq!(withdraw(&mut world).expect("withdrawal").value, u96(round + 1));
            assert_eq!(requests(&world), []);
        }
    }

    #[test]
    fn it_lets_the_owner_leave_with_everything() {
        let mut world = World::with_providers();
        let owner = world.cast.owner;
        let end = unbond(&mut world, lnq(10_000));
        world.at(end);
        withdraw(&mut world).expect("withdrawal");
        assert_eq!(world.balance(owner), SHARE);
        let provider = world.provider(1);
        assert_eq!((provider.bonded, provider.unbonding), (U96::ZERO, U96::ZERO));
    }
}

mod given_a_version_with_a_shorter_wait {
    use linq_abi::RegistryParameters;
    use linq_tests::registry_parameters;

    use super::*;

    const DAY: u64 = 86_400;

    /// From the next day on, which begins now, stake waits `unbonding` seconds.
    fn wait(world: &mut World, unbonding: u64) {
        let (governor, from) = (world.cast.governor, next_day(world));
        let parameters = RegistryParameters { unbondingSecs: unbonding as u32, ..registry_parameters() };
        world.registry(governor, &IRegistry::setParametersCall { parameters }).expect("parameters");
        world.at(from);
    }

    /// Unbonds so many LNQ.
    fn unbond_lnq(world: &mut World, amount: u128) -> u64 {
        let owner = world.cast.owner;
        let call = IRegistry::unbondCall { provider: 1, amount: u96(lnq(amount)) };
        world.registry(owner, &call).expect("unbonding").value
    }

    /// LNQ withdrawn, or the second from which on there is some.
    fn withdraw_lnq(world: &mut World) -> Result<u128, u64> {
        let owner = world.cast.owner;
        match world.registry(owner, &IRegistry::withdrawCall { provider: 1 }) {
            Ok(sent) => Ok(sent.value.to::<u128>() / lnq(1)),
            Err(refusal) => Err(IRegistry::RegistryNothingToWithdraw::abi_decode(&refusal.data).expect("waiting").next),
        }
    }

    /// What waits, in whole LNQ, oldest first.
    fn waiting(world: &World) -> Vec<u128> {
        let waiting = world.read(world.suite.lens, &ILens::unbondingsCall { id: 1 });
        waiting.into_iter().map(|request| request.amount.to::<u128>() / lnq(1)).collect()
    }

    #[test]
    fn it_sends_a_shorter_wait_that_began_after_a_longer_one() {
        let mut world = World::with_providers();
        wait(&mut world, 60 * DAY);
        let long = unbond_lnq(&mut world, 1);
        wait(&mut world, 60);
        let short = unbond_lnq(&mut world, 2);
        assert_eq!(withdraw_lnq(&mut world), Err(short), "the next that is ready, not the oldest");
        world.at(short);
        assert_eq!(withdraw_lnq(&mut world), Ok(2));
        assert_eq!((withdraw_lnq(&mut world), waiting(&world)), (Err(long), vec![1]));
        world.at(long);
        assert_eq!((withdraw_lnq(&mut world), waiting(&world)), (Ok(1), vec![]));
    }

    #[test]
    fn it_keeps_the_others_in_their_order_all_round_the_ring() {
        for start in 0..16 {
            let mut world = World::with_providers();
            for _ in 0..start {
                let end = unbond_lnq(&mut world, 1);
                world.at(end);
                assert_eq!(withdraw_lnq(&mut world), Ok(1));
            }
            for (unbonding, first) in [(60 * DAY, 1), (30 * DAY, 4), (60, 7), (2 * DAY, 10)] {
                wait(&mut world, unbonding);
                for number in 0..3 {
                    unbond_lnq(&mut world, first + number);
                }
            }
            assert_eq!(waiting(&world), (1..=12).collect::<Vec<_>>());
            assert_eq!((withdraw_lnq(&mut world), waiting(&world)), (Ok(24), vec![1, 2, 3, 4, 5, 6, 10, 11, 12]));
            let later = world.now() + 29 * DAY;
            world.at(later);
            assert_eq!((withdraw_lnq(&mut world), waiting(&world)), (Ok(48), vec![1, 2, 3]));
            assert_eq!(unbond_lnq(&mut world, 13), later + 2 * DAY);
            let later = later + 2 * DAY;
            world.at(later);
            assert_eq!((withdraw_lnq(&mut world), waiting(&world)), (Ok(13), vec![1, 2, 3]));
            let later = later + 60 * DAY;
            world.at(later);
            assert_eq!((withdraw_lnq(&mut world), waiting(&world)), (Ok(6), vec![]));
        }
    }
}

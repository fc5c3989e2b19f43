use linq_tests::UNBONDING;

use super::*;

fn unbond(world: &mut World, amount: u128) -> Result<Sent<u64>, Refusal> {
    let owner = world.cast.owner;
    world.registry(owner, &IRegistry::unbondCall { provider: 1, amount: u96(amount) })
}

/// The requests of the first provider.
pub fn requests(world: &World) -> Vec<(u128, u64)> {
    let requests = world.read(world.suite.lens, &ILens::unbondingsCall { id: 1 });
    requests.into_iter().map(|request| (request.amount.to(), request.end)).collect()
}

mod given_there_is_no_such_provider {
    use super::*;

    #[test]
    fn it_reverts_with_unknown_provider() {
        let mut world = World::with_providers();
        let owner = world.cast.owner;
        let result = world.registry(owner, &IRegistry::unbondCall { provider: NOBODY, amount: u96(1) });
        assert_refused(result, &IRegistry::RegistryUnknownProvider { provider: NOBODY });
    }
}

mod when_the_caller_is_not_the_owner {
    use super::*;

    #[test]
    fn it_reverts_with_not_owner() {
        let mut world = World::with_providers();
        for caller in [world.cast.operator, world.cast.payout, world.cast.rival, world.cast.deployer, world.suite.jobs]
        {
            let result = world.registry(caller, &IRegistry::unbondCall { provider: 1, amount: u96(1) });
            assert_refused(result, &IRegistry::RegistryNotOwner { provider: 1, caller });
        }
    }
}

mod when_the_amount_is_zero {
    use super::*;

    #[test]
    fn it_reverts_with_no_amount() {
        let mut world = World::with_providers();
        assert_refused(unbond(&mut world, 0), &IRegistry::RegistryNoAmount {});
    }
}

mod when_the_amount_is_not_free {
    use super::*;

    #[test]
    fn it_reverts_with_not_free_above_what_is_bonded() {
        let mut world = World::with_providers();
        let error = IRegistry::RegistryNotFree { amount: u96(lnq(10_000) + 1), free: u96(lnq(10_000)) };
        assert_refused(unbond(&mut world, lnq(10_000) + 1), &error);
    }

    #[test]
    fn it_reverts_with_not_free_for_what_is_locked() {
        let mut world = taken();
        let error = IRegistry::RegistryNotFree { amount: u96(lnq(9_980) + 1), free: u96(lnq(9_980)) };
        assert_refused(unbond(&mut world, lnq(9_980) + 1), &error);
        unbond(&mut world, lnq(9_980)).expect("what is free");
        let error = IRegistry::RegistryNotFree { amount: u96(1), free: U96::ZERO };
        assert_refused(unbond(&mut world, 1), &error);
    }
}

mod given_sixteen_requests_wait {
    use super::*;

    #[test]
    fn it_reverts_with_too_many_unbondings() {
        let mut world = World::with_providers();
        for _ in 0..16 {
            unbond(&mut world, 1).expect("unbonding");
        }
        assert_refused(unbond(&mut world, 1), &IRegistry::RegistryTooManyUnbondings { provider: 1, limit: 16 });
    }

    #[test]
    fn it_goes_on_once_some_are_withdrawn() {
        let mut world = World::with_providers();
        let owner = world.cast.owner;
        for _ in 0..16 {
            unbond(&mut world, 1).expect("unbonding");
            world.warp(1);
        }
        let ready = requests(&world)[2].1;
        world.at(ready);
        world.registry(owner, &IRegistry::withdrawCall { provider: 1 }).expect("withdrawal");
        for amount in [2, 3, 4] {
            unbond(&mut world, amount).expect("unbonding");
        }
        assert_refused(unbond(&mut world, 1), &IRegistry::RegistryTooManyUnbondings { provider: 1, limit: 16 });
        let waiting = requests(&world);
        assert_eq!(
            waiting.iter().map(|(amount, _)| *amount).collect::<Vec<_>>(),
            [[1; 13].as_slice(), &[2, 3, 4]].concat()
        );
        assert!(waiting.is_sorted_by_key(|(_, end)| *end));
    }
}

mod when_everything_is_right {
    use super::*;

    #[test]
    fn it_starts_to_wait_and_says_so() {
        let mut world = World::with_providers();
        let end = world.now() + u64::from(UNBONDING);
        let before = world.holdings();
        let sent = unbond(&mut world, lnq(300)).expect("unbonding");
        assert_eq!(sent.value, end);
        let bonded = u96(lnq(9_700));
        let started = IRegistry::UnbondingStarted { provider: 1, amount: u96(lnq(300)), end, bonded };
        assert_eq!(sent.emitted(), [by_registry(&world, &started)]);
        assert_eq!(world.changes(&before), [], "it waits where it is");
        let provider = world.provider(1);
        assert_eq!((provider.bonded, provider.unbonding), (bonded, u96(lnq(300))));
        assert_eq!(requests(&world), [(lnq(300), end)]);
    }

    #[test]
    fn it_can_leave_less_than_the_minimum_which_takes_no_more_work() {
        let mut world = taken();
        unbond(&mut world, lnq(9_000)).expect("unbonding");
        let request = request(&world);
        let error = IRegistry::RegistryBelowMinimum { provider: 1, bonded: u96(lnq(1_000)), minimum: u96(lnq(1_400)) };
        assert_refused(take(&mut world, &request), &error);
        let work = settled(&world);
        close(&mut world, &work).expect("it keeps the work it has");
    }
}

use super::*;

/// A world with both providers, and [`request`] changed.
fn changed(change: impl FnOnce(&mut WorkRequest)) -> (World, WorkRequest) {
    let world = World::with_providers();
    let mut request = request(&world);
    change(&mut request);
    (world, request)
}

/// Asserts that [`request`], changed, is refused with `error`.
#[track_caller]
fn refused<E: SolError + std::fmt::Debug>(change: impl FnOnce(&mut WorkRequest), error: &E) {
    let (mut world, request) = changed(change);
    assert_refused(take(&mut world, &request), error);
}

/// Makes `request` one that the keeper assigns to the standing offer at its quote.
fn assign(world: &World, request: &mut WorkRequest) {
    request.caller = world.cast.keeper;
    request.price = u96(world.quote(1, &request.resources, request.runSecs));
}

mod when_the_caller_is_not_jobs {
    use super::*;

    #[test]
    fn it_reverts_with_not_jobs() {
        let (mut world, request) = changed(|_| {});
        for caller in [world.cast.operator, world.cast.deployer, world.suite.escrow] {
            let result = world.registry(caller, &IRegistry::takeCall { request: request.clone() });
            assert_refused(result, &IRegistry::RegistryNotJobs { caller });
        }
    }
}

mod given_there_is_no_such_provider {
    use super::*;

    #[test]
    fn it_reverts_with_unknown_provider() {
        for provider in [0, 3, NOBODY] {
            refused(|request| request.provider = provider, &IRegistry::RegistryUnknownProvider { provider });
        }
    }
}

mod when_somebody_else_assigns_what_may_not_be_assigned {
    use super::*;

    #[test]
    fn it_reverts_with_not_assignable() {
        for caller in [Cast::ALL.requester, Cast::ALL.owner, Cast::ALL.rival_operator] {
            let change = |request: &mut WorkRequest| (request.caller, request.assignable) = (caller, false);
            refused(change, &IRegistry::RegistryNotAssignable { provider: 1, caller });
        }
    }
}

mod given_the_provider_is_leaving {
    use super::*;

    #[test]
    fn it_reverts_with_draining() {
        let mut world = World::with_providers();
        let request = request(&world);
        world.registry(world.cast.owner, &IRegistry::drainCall { provider: 1 }).expect("drain");
        assert_refused(take(&mut world, &request), &IRegistry::RegistryDraining { provider: 1 });
    }
}

mod when_features_are_missing {
    use super::*;

    #[test]
    fn it_reverts_with_missing_features() {
        // The provider has bits 0 and 10.
        let change = |request: &mut WorkRequest| request.features = 1 | 1 << 3 | 1 << 10 | 1 << 63;
        refused(change, &IRegistry::RegistryMissingFeatures { provider: 1, missing: 1 << 3 | 1 << 63 });
    }
}

mod when_the_region_is_another {
    use super::*;

    #[test]
    fn it_reverts_with_wrong_region() {
        for regions in [840, 840 | 250 << 16, 276 << 8, u128::from(u16::MAX) << 112] {
            let error = IRegistry::RegistryWrongRegion { provider: 1, region: 276 };
            refused(|request| request.regions = regions, &error);
        }
    }

    #[test]
    fn it_takes_in_any_of_the_eight_places() {
        for place in 0..8 {
            let other = (place + 3) % 8;
            let regions = 276 << (16 * place) | 840 << (16 * other);
            let (mut world, request) = changed(|request| request.regions = regions);
            take(&mut world, &request).expect("take");
        }
    }
}

mod when_there_is_no_room {
    use super::*;

    #[test]
    fn it_reverts_with_no_capacity_for_each_resource() {
        let changes: [fn(&mut Resources); 5] = [
            |resources| resources.cpuMillis = 4_001,
            |resources| resources.memoryMib = 8_193,
            |resources| resources.storageGib = 101,
            |resources| resources.bandwidthMbps = 1_001,
            |resources| (resources.gpus, resources.gpuClass) = (1, 1),
        ];
        for change in changes {
            refused(|request| change(&mut request.resources), &IRegistry::RegistryNoCapacity { provider: 1 });
        }
    }

    #[test]
    fn it_reverts_with_no_capacity_beside_what_is_in_use() {
        let mut world = taken();
        let mut request = request(&world);
        request.resources.cpuMillis = 3_001;
        assert_refused(take(&mut world, &request), &IRegistry::RegistryNoCapacity { provider: 1 });
        request.resources.cpuMillis = 3_000;
        take(&mut world, &request).expect("what is left");
    }

    #[test]
    fn it_is_not_fooled_by_a_sum_that_overflows() {
        let mut world = taken();
        let mut request = request(&world);
        request.resources.cpuMillis = u32::MAX;
        assert_refused(take(&mut world, &request), &IRegistry::RegistryNoCapacity { provider: 1 });
    }
}

mod when_the_gpus_are_of_another_class {
    use super::*;

    #[test]
    fn it_reverts_with_no_capacity() {
        let mut world = World::new();
        let cast = world.cast;
        let mut registration = world.registration(cast.operator, cast.payout);
        (registration.capacity.gpus, registration.capacity.gpuClass) = (2, 7);
        world.register_as(cast.owner, registration).expect("registration");
        world.registry(cast.operator, &IRegistry::acceptRoleCall { provider: 1 }).expect("acceptance");
        let mut request = request(&world);
        (request.resources.gpus, request.resources.gpuClass) = (1, 8);
        assert_refused(take(&mut world, &request), &IRegistry::RegistryNoCapacity { provider: 1 });
        request.resources.gpuClass = 7;
        take(&mut world, &request).expect("take");
    }
}

mod given_the_stake_is_below_the_minimum {
    use super::*;

    #[test]
    fn it_reverts_with_below_minimum() {
        let (mut world, request) = changed(|_| {});
        let owner = world.cast.owner;
        let amount = u96(lnq(8_600) + 1);
        world.registry(owner, &IRegistry::unbondCall { provider: 1, amount }).expect("unbonding");
        let error =
            IRegistry::RegistryBelowMinimum { provider: 1, bonded: u96(lnq(1_400) - 1), minimum: u96(lnq(1_400)) };
        assert_refused(take(&mut world, &request), &error);
    }
}

mod given_the_tier_is_too_low {
    use super::*;

    #[test]
    fn it_reverts_with_tier_too_low() {
        for needed in [1, 2, 3, 4, u8::MAX] {
            let error = IRegistry::RegistryTierTooLow { provider: 1, tier: 0, needed };
            refused(|request| request.tier = needed, &error);
        }
    }
}

mod when_the_price_is_above_what_the_tier_goes_up_to {
    use super::*;

    #[test]
    fn it_reverts_with_price_above_tier() {
        let error = IRegistry::RegistryPriceAboveTier { provider: 1, posted: u96(lnq(500) + 1), cap: u96(lnq(500)) };
        refused(|request| request.posted = u96(lnq(500) + 1), &error);
        let (mut world, request) = changed(|request| request.posted = u96(lnq(500)));
        take(&mut world, &request).expect("the cap itself");
    }
}

mod when_the_lock_is_more_than_is_free {
    use super::*;

    #[test]
    fn it_reverts_with_not_enough_stake() {
        let mut world = taken();
        let mut request = request(&world);
        request.lock = u96(lnq(9_980) + 1);
        let error = IRegistry::RegistryNotEnoughStake { provider: 1, free: u96(lnq(9_980)), needed: request.lock };
        assert_refused(take(&mut world, &request), &error);
        request.lock = u96(lnq(9_980));
        take(&mut world, &request).expect("all that is free");
    }
}

mod given_the_standing_offer_is_closed {
    use super::*;

    #[test]
    fn it_reverts_with_offer_closed() {
        let mut world = World::with_providers();
        let mut request = request(&world);
        assign(&world, &mut request);
        let owner = world.cast.owner;
        let (rates, offer) = (world.provider(1).rates, StandingOffer::default());
        world.registry(owner, &IRegistry::setOfferCall { provider: 1, rates, offer }).expect("offer");
        assert_refused(take(&mut world, &request), &IRegistry::RegistryOfferClosed { provider: 1 });
        request.caller = world.cast.operator;
        take(&mut world, &request).expect("the operator needs no offer");
    }
}

mod when_the_work_is_outside_the_standing_offer {
    use super::*;

    #[test]
    fn it_reverts_with_outside_offer() {
        let changes: [fn(&mut WorkRequest); 4] = [
            |request| request.runSecs = 59,
            |request| request.runSecs = 86_401,
            |request| request.windowSecs = 1_209_601,
            |request| request.lock = u96(lnq(1_000) + 1),
        ];
        for change in changes {
            let (mut world, mut request) = changed(change);
            assign(&world, &mut request);
            assert_refused(take(&mut world, &request), &IRegistry::RegistryOutsideOffer { provider: 1 });
            request.caller = world.cast.operator;
            take(&mut world, &request).expect("the operator may go further");
        }
    }

    #[test]
    fn it_takes_at_every_limit() {
        let changes: [fn(&mut WorkRequest); 4] = [
            |request| request.runSecs = 60,
            |request| request.runSecs = 86_400,
            |request| request.windowSecs = 1_209_600,
            |request| request.lock = u96(lnq(1_000)),
        ];
        for change in changes {
            let (mut world, mut request) = changed(change);
            assign(&world, &mut request);
            take(&mut world, &request).expect("take");
        }
    }
}

mod when_the_price_is_not_the_quote {
    use super::*;

    #[test]
    fn it_reverts_with_not_the_quote() {
        let (mut world, mut request) = changed(|_| {});
        assign(&world, &mut request);
        let quote = request.price;
        for price in [quote - U96::from(1), quote + U96::from(1), U96::ZERO] {
            request.price = price;
            let error = IRegistry::RegistryNotTheQuote { provider: 1, price, quote };
            assert_refused(take(&mut world, &request), &error);
        }
    }
}

mod when_the_operator_takes {
    use super::*;

    #[test]
    fn it_reserves_and_locks_and_says_so() {
        let (mut world, request) = changed(|_| {});
        let before = world.holdings();
        let sent = take(&mut world, &request).expect("take");
        assert_eq!((sent.value.payoutVersion, sent.value.standing), (0, false));
        let taken = IRegistry::WorkTaken { provider: 1, lock: u96(lnq(20)), locked: u96(lnq(20)) };
        assert_eq!(sent.emitted(), [by_registry(&world, &taken)]);
        assert_eq!(world.changes(&before), []);
        let provider = world.provider(1);
        assert_eq!((provider.used, provider.locked), (request.resources.clone(), u96(lnq(20))));
        assert_eq!((provider.record.accepted, provider.bonded), (1, u96(lnq(10_000))));
        let sent = take(&mut world, &request).expect("take");
        let taken = IRegistry::WorkTaken { provider: 1, lock: u96(lnq(20)), locked: u96(lnq(40)) };
        assert_eq!(sent.emitted(), [by_registry(&world, &taken)]);
    }

    #[test]
    fn it_names_any_price() {
        for price in [0, lnq(100)] {
            let (mut world, request) = changed(|request| request.price = u96(price));
            take(&mut world, &request).expect("take");
        }
    }
}

mod when_it_is_assigned {
    use super::*;

    #[test]
    fn it_reserves_and_locks_the_same_and_says_that_it_is_standing() {
        let (mut world, mut request) = changed(|_| {});
        assign(&world, &mut request);
        let sent = take(&mut world, &request).expect("take");
        assert!(sent.value.standing);
        let provider = world.provider(1);
        assert_eq!((provider.used, provider.locked), (request.resources, u96(lnq(20))));
    }

    #[test]
    fn it_is_the_same_for_the_owner_who_is_not_the_operator() {
        let (mut world, mut request) = changed(|_| {});
        assign(&world, &mut request);
        request.caller = world.cast.owner;
        assert!(take(&mut world, &request).expect("take").value.standing);
    }
}

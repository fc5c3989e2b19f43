use super::*;

/// Eight cores and four GPUs of class 7.
const LARGER: Resources =
    Resources { cpuMillis: 8_000, memoryMib: 16_384, storageGib: 200, gpus: 4, gpuClass: 7, bandwidthMbps: 2_000 };

/// `setCapacity` of the first provider, in Austria and with no feature but the first.
fn call(capacity: Resources) -> IRegistry::setCapacityCall {
    IRegistry::setCapacityCall { provider: 1, capacity, features: 1, region: 40 }
}

fn set_capacity(world: &mut World, capacity: Resources) -> Result<Sent<IRegistry::setCapacityReturn>, Refusal> {
    let owner = world.cast.owner;
    world.registry(owner, &call(capacity))
}

mod given_there_is_no_such_provider {
    use super::*;

    #[test]
    fn it_reverts_with_unknown_provider() {
        let mut world = World::with_providers();
        let owner = world.cast.owner;
        for provider in [0, 3, NOBODY] {
            let call = IRegistry::setCapacityCall { provider, ..call(LARGER) };
            assert_refused(world.registry(owner, &call), &IRegistry::RegistryUnknownProvider { provider });
        }
    }
}

mod when_the_caller_is_neither_owner_nor_operator {
    use super::*;

    #[test]
    fn it_reverts_with_not_operator() {
        let mut world = World::with_providers();
        let cast = world.cast;
        for caller in [cast.payout, cast.rival, cast.rival_operator, cast.governor, cast.guardian, cast.eve] {
            let error = IRegistry::RegistryNotOperator { provider: 1, caller };
            assert_refused(world.registry(caller, &call(LARGER)), &error);
        }
    }

    #[test]
    fn it_reverts_with_not_operator_for_one_that_has_not_accepted() {
        let mut world = World::new();
        let cast = world.cast;
        let registration = world.registration(cast.operator, cast.payout);
        world.register_as(cast.owner, registration).expect("registration");
        let error = IRegistry::RegistryNotOperator { provider: 1, caller: cast.operator };
        assert_refused(world.registry(cast.operator, &call(LARGER)), &error);
    }
}

mod when_it_runs_nothing {
    use super::*;

    #[test]
    fn it_reverts_with_bad_capacity() {
        let changes: [fn(&mut Resources); 4] = [
            |capacity| capacity.cpuMillis = 0,
            |capacity| capacity.memoryMib = 0,
            |capacity| capacity.gpuClass = 0,
            |capacity| capacity.gpus = 0,
        ];
        let mut world = World::with_providers();
        for change in changes {
            let mut capacity = LARGER;
            change(&mut capacity);
            assert_refused(set_capacity(&mut world, capacity), &IRegistry::RegistryBadCapacity {});
        }
    }
}

mod when_less_is_left_than_is_reserved {
    use super::*;

    /// The first provider has four GPUs and runs something that needs a little of everything.
    fn busy() -> (World, Resources) {
        let mut world = World::with_providers();
        let owner = world.cast.owner;
        world.registry(owner, &IRegistry::setCapacityCall { features: 1 | 1 << 10, ..call(LARGER) }).expect("capacity");
        let needed =
            Resources { cpuMillis: 2_000, memoryMib: 512, storageGib: 1, gpus: 1, gpuClass: 7, bandwidthMbps: 5 };
        let request = WorkRequest { resources: needed.clone(), ..request(&world) };
        take(&mut world, &request).expect("take");
        (world, needed)
    }

    #[test]
    fn it_reverts_with_capacity_in_use_for_each_resource() {
        let changes: [fn(&mut Resources); 5] = [
            |capacity| capacity.cpuMillis -= 1,
            |capacity| capacity.memoryMib -= 1,
            |capacity| capacity.storageGib -= 1,
            |capacity| capacity.bandwidthMbps -= 1,
            |capacity| (capacity.gpus, capacity.gpuClass) = (0, 0),
        ];
        let (mut world, needed) = busy();
        for change in changes {
            let mut capacity = needed.clone();
            change(&mut capacity);
            assert_refused(set_capacity(&mut world, capacity), &IRegistry::RegistryCapacityInUse { provider: 1 });
        }
    }

    #[test]
    fn it_reverts_with_capacity_in_use_for_another_class() {
        let (mut world, _) = busy();
        let other = Resources { gpuClass: 8, ..LARGER };
        assert_refused(set_capacity(&mut world, other), &IRegistry::RegistryCapacityInUse { provider: 1 });
    }

    #[test]
    fn it_can_shrink_to_exactly_what_is_reserved() {
        let (mut world, needed) = busy();
        set_capacity(&mut world, needed.clone()).expect("capacity");
        let provider = world.provider(1);
        assert_eq!((&provider.capacity, &provider.used), (&needed, &needed));
    }
}

mod when_everything_is_right {
    use super::*;

    #[test]
    fn it_replaces_what_the_provider_has_and_says_so() {
        for caller in [Cast::ALL.owner, Cast::ALL.operator] {
            let mut world = World::with_providers();
            let before = world.provider(1);
            let sent = world.registry(caller, &call(LARGER)).expect("capacity");
            let changed = IRegistry::CapacityChanged { provider: 1, capacity: LARGER, features: 1, region: 40 };
            assert_eq!(sent.emitted(), [by_registry(&world, &changed)]);
            let expected = Provider { capacity: LARGER, features: 1, region: 40, ..before };
            assert_eq!(world.provider(1), expected);
        }
    }

    #[test]
    fn it_keeps_work_that_was_taken_and_takes_none_below_the_larger_minimum() {
        let mut world = taken();
        let work = settled(&world);
        // 1,000, 100 for each of 64 cores, and 1,000 for each of four GPUs.
        set_capacity(&mut world, Resources { cpuMillis: 64_000, ..LARGER }).expect("capacity");
        let request = WorkRequest { features: 0, ..request(&world) };
        let error =
            IRegistry::RegistryBelowMinimum { provider: 1, bonded: u96(lnq(10_000)), minimum: u96(lnq(11_400)) };
        assert_refused(take(&mut world, &request), &error);
        close(&mut world, &work).expect("close");
        assert_eq!(world.provider(1).used, Resources::default());
    }

    #[test]
    fn it_keeps_a_provider_that_drains_draining() {
        let mut world = World::with_providers();
        let owner = world.cast.owner;
        world.registry(owner, &IRegistry::drainCall { provider: 1 }).expect("drain");
        set_capacity(&mut world, LARGER).expect("capacity");
        assert!(world.provider(1).draining);
    }
}

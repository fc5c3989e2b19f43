use super::*;

/// Returns what [`request`] reserved.
fn call(world: &World) -> IRegistry::freeCall {
    IRegistry::freeCall { provider: 1, operator: world.cast.operator, resources: world.terms().resources }
}

mod when_the_caller_is_not_jobs {
    use super::*;

    #[test]
    fn it_reverts_with_not_jobs() {
        let mut world = taken();
        let (caller, call) = (world.cast.operator, call(&world));
        assert_refused(world.registry(caller, &call), &IRegistry::RegistryNotJobs { caller });
    }
}

mod given_there_is_no_such_provider {
    use super::*;

    #[test]
    fn it_reverts_with_unknown_provider() {
        let mut world = taken();
        let jobs = world.suite.jobs;
        let call = IRegistry::freeCall { provider: NOBODY, ..call(&world) };
        assert_refused(world.registry(jobs, &call), &IRegistry::RegistryUnknownProvider { provider: NOBODY });
    }
}

mod when_it_is_not_the_operator {
    use super::*;

    #[test]
    fn it_reverts_with_not_operator() {
        let mut world = taken();
        let jobs = world.suite.jobs;
        for operator in [world.cast.owner, world.cast.rival_operator, Address::ZERO] {
            let call = IRegistry::freeCall { operator, ..call(&world) };
            assert_refused(
                world.registry(jobs, &call),
                &IRegistry::RegistryNotOperator { provider: 1, caller: operator },
            );
        }
    }

    #[test]
    fn it_reverts_with_not_operator_for_one_that_has_not_accepted() {
        let mut world = World::new();
        let (cast, jobs) = (world.cast, world.suite.jobs);
        let registration = world.registration(cast.operator, cast.payout);
        world.register_as(cast.owner, registration).expect("registration");
        let error = IRegistry::RegistryNotOperator { provider: 1, caller: cast.operator };
        let call = call(&world);
        assert_refused(world.registry(jobs, &call), &error);
    }
}

mod when_it_is_more_than_is_reserved {
    use super::*;

    #[test]
    fn it_reverts_with_bad_work() {
        let changes: [fn(&mut Resources); 5] = [
            |resources| resources.cpuMillis += 1,
            |resources| resources.memoryMib += 1,
            |resources| resources.storageGib += 1,
            |resources| resources.bandwidthMbps += 1,
            |resources| resources.gpus += 1,
        ];
        let mut world = taken();
        let jobs = world.suite.jobs;
        for change in changes {
            let mut call = call(&world);
            change(&mut call.resources);
            assert_refused(world.registry(jobs, &call), &IRegistry::RegistryBadWork { provider: 1 });
        }
    }
}

mod when_everything_is_right {
    use super::*;

    #[test]
    fn it_returns_the_capacity_but_not_the_lock_and_says_so() {
        let mut world = taken();
        let (jobs, call) = (world.suite.jobs, call(&world));
        let sent = world.registry(jobs, &call).expect("free");
        assert_eq!(sent.emitted(), [by_registry(&world, &IRegistry::CapacityFreed { provider: 1 })]);
        let provider = world.provider(1);
        assert_eq!((provider.used, provider.locked, provider.record.accepted), (Resources::default(), u96(lnq(20)), 1));
    }
}

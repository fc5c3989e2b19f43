use super::*;

mod when_an_address_has_no_code {
    use super::*;

    #[test]
    fn it_reverts_with_bad_address() {
        let mut world = World::new();
        let (registry, jobs, eve) = (world.suite.registry, world.suite.jobs, world.cast.eve);
        for (arguments, given) in [((eve, jobs), eve), ((registry, Address::ZERO), Address::ZERO)] {
            let result = world.construct("lens", arguments.abi_encode_params());
            assert_refused(result, &ILens::LensBadAddress { given });
        }
    }
}

mod given_a_registry_that_answers_otherwise {
    use super::*;

    #[test]
    fn it_reverts_with_sibling_failed() {
        let mut world = World::new();
        let jobs = world.suite.jobs;
        for answer in [Vec::new(), vec![0; 32], vec![0xff; 96]] {
            let registry = world.place(&Stub::Returns(answer));
            let lens = world.construct("lens", (registry, jobs).abi_encode_params()).expect("construction");
            let failed = ILens::LensSiblingFailed {};
            let (resources, eve) = (world.terms().resources, world.cast.eve);
            let requirements = Requirements { resources: resources.clone(), ..Requirements::default() };
            assert_refused(world.call(eve, lens, &ILens::providerCountCall {}), &failed);
            assert_refused(world.call(eve, lens, &ILens::providerCall { id: 1 }), &failed);
            assert_refused(world.call(eve, lens, &ILens::providersCall { from: 1, limit: 1 }), &failed);
            assert_refused(world.call(eve, lens, &ILens::unbondingsCall { id: 1 }), &failed);
            assert_refused(world.call(eve, lens, &ILens::minimumStakeCall { capacity: resources.clone() }), &failed);
            assert_refused(world.call(eve, lens, &ILens::quoteCall { id: 1, resources, runSecs: 60 }), &failed);
            let eligible = ILens::eligibleCall { id: 1, requirements: requirements.clone() };
            assert_refused(world.call(eve, lens, &eligible), &failed);
            assert_refused(world.call(eve, lens, &ILens::bestMatchCall { requirements, from: 1, limit: 1 }), &failed);
            assert_refused(world.call(eve, lens, &ILens::parametersCall {}), &failed);
            assert_refused(world.call(eve, lens, &ILens::governanceCall {}), &failed);
        }
    }
}

mod when_everything_is_right {
    use super::*;

    #[test]
    fn it_looks_at_both() {
        let world = World::new();
        let wiring = world.read(world.suite.lens, &ILens::wiringCall {});
        assert_eq!((wiring.registry, wiring.jobs), (world.suite.registry, world.suite.jobs));
    }
}

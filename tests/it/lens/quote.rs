use super::*;

mod given_there_is_no_such_provider {
    use super::*;

    #[test]
    fn it_reverts_with_unknown_provider() {
        let world = World::with_providers();
        let call = ILens::quoteCall { id: NOBODY, resources: Resources::default(), runSecs: 1 };
        let error = ILens::LensUnknownProvider { provider: NOBODY };
        assert_refused(world.call(Address::ZERO, world.suite.lens, &call), &error);
    }
}

mod given_a_provider {
    use super::*;

    #[test]
    fn it_is_rates_times_resources_times_seconds() {
        let mut world = World::with_providers();
        let owner = world.cast.owner;
        let rates = Rates { cpuMilli: 7, memoryMib: 11, storageGib: 13, gpu: 17 };
        let offer = StandingOffer { minPrice: U96::ZERO, ..world.provider(1).offer };
        world.registry(owner, &IRegistry::setOfferCall { provider: 1, rates, offer }).expect("offer");
        let resources =
            Resources { cpuMillis: 2, memoryMib: 3, storageGib: 5, gpus: 1, gpuClass: 9, bandwidthMbps: 1_000 };
        assert_eq!(world.quote(1, &resources, 60), (7 * 2 + 11 * 3 + 13 * 5 + 17) * 60);
        assert_eq!(world.quote(1, &resources, 0), 0);
    }

    #[test]
    fn it_is_never_less_than_the_least_price() {
        let world = World::with_providers();
        assert_eq!(world.quote(1, &Resources::default(), 1), lnq(1));
    }

    #[test]
    fn it_is_clipped_where_it_is_more_than_there_is() {
        let mut world = World::with_providers();
        let owner = world.cast.owner;
        let rates = Rates { cpuMilli: u64::MAX, memoryMib: u64::MAX, storageGib: u64::MAX, gpu: u64::MAX };
        let offer = world.provider(1).offer;
        world.registry(owner, &IRegistry::setOfferCall { provider: 1, rates, offer }).expect("offer");
        let everything = Resources {
            cpuMillis: u32::MAX,
            memoryMib: u32::MAX,
            storageGib: u32::MAX,
            gpus: u16::MAX,
            gpuClass: 1,
            bandwidthMbps: u32::MAX,
        };
        assert_eq!(world.quote(1, &everything, u32::MAX), (1 << 96) - 1);
    }
}

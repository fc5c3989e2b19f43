use super::*;

mod given_there_is_no_such_provider {
    use super::*;

    #[test]
    fn it_reverts_with_unknown_provider() {
        let world = World::with_providers();
        let lens = world.suite.lens;
        for id in [0, 3, NOBODY] {
            let unknown = ILens::LensUnknownProvider { provider: id };
            assert_refused(world.call(Address::ZERO, lens, &ILens::providerCall { id }), &unknown);
            assert_refused(world.call(Address::ZERO, lens, &ILens::unbondingsCall { id }), &unknown);
        }
    }
}

mod given_it_has_just_registered {
    use super::*;

    #[test]
    fn it_shows_what_was_stated_and_an_empty_record() {
        let world = World::with_providers();
        let cast = world.cast;
        let stated = world.registration(cast.operator, cast.payout);
        let expected = Provider {
            owner: cast.owner,
            operator: cast.operator,
            operatorAccepted: true,
            payout: cast.payout,
            invitedOwner: Address::ZERO,
            draining: false,
            capacity: stated.capacity,
            used: Resources::default(),
            features: stated.features,
            region: stated.region,
            rates: stated.rates,
            offer: stated.offer,
            bonded: stated.stake,
            locked: U96::ZERO,
            unbonding: U96::ZERO,
            registeredAt: world.now(),
            record: Record::default(),
            reputation: 0,
            tier: 0,
        };
        assert_eq!(world.provider(1), expected);
    }
}

mod given_it_grows_old_rich_and_respected {
    use super::*;

    /// Earns the first provider `fee` of good marks.
    fn earn(world: &mut World, fee: u128) {
        let request = request(world);
        take(world, &request).expect("take");
        let work = WorkClose { fee: u96(fee), paid: u96(fee * 40), ..settled(world) };
        close(world, &work).expect("close");
    }

    #[test]
    fn it_climbs_the_tiers_only_with_all_three() {
        let mut world = World::with_providers();
        let owner = world.cast.owner;
        let tier = |world: &World| world.provider(1).tier;
        // 64 times the minimum of 1,400.
        let amount = u96(lnq(89_600 - 10_000));
        world.registry(owner, &IRegistry::addStakeCall { provider: 1, amount }).expect("stake");
        assert_eq!(tier(&world), 0, "rich alone");
        world.warp(90 * 86_400);
        assert_eq!(tier(&world), 0, "rich and old");
        // good ÷ (good + 50) reaches a half at 50 LNQ, 80 % at 200 and 95 % at 950.
        earn(&mut world, lnq(50) - 1_000_000_000);
        assert_eq!(tier(&world), 0);
        earn(&mut world, 1_000_000_000);
        assert_eq!((tier(&world), world.provider(1).reputation), (1, 5_000));
        earn(&mut world, lnq(150));
        assert_eq!((tier(&world), world.provider(1).reputation), (2, 8_000));
        earn(&mut world, lnq(750));
        assert_eq!((tier(&world), world.provider(1).reputation), (3, 9_500));
        let amount = u96(lnq(89_600 - 22_400) + 1);
        world.registry(owner, &IRegistry::unbondCall { provider: 1, amount }).expect("unbonding");
        assert_eq!(tier(&world), 1, "a unit short of 16 times the minimum");
    }

    #[test]
    fn it_takes_dearer_work_in_a_higher_tier() {
        let mut world = World::with_providers();
        world.warp(7 * 86_400);
        earn(&mut world, lnq(50));
        let mut request = WorkRequest { posted: u96(lnq(5_000)), tier: 1, ..request(&world) };
        take(&mut world, &request).expect("take");
        request.posted = u96(lnq(5_000) + 1);
        let error = IRegistry::RegistryPriceAboveTier { provider: 1, posted: request.posted, cap: u96(lnq(5_000)) };
        assert_refused(take(&mut world, &request), &error);
    }
}

mod given_its_keys_change_and_it_leaves {
    use super::*;

    #[test]
    fn it_shows_who_is_invited_who_has_yet_to_accept_and_that_it_drains() {
        let mut world = World::with_providers();
        let (cast, before) = (world.cast, world.provider(1));
        let keys =
            IRegistry::setKeysCall { provider: 1, owner: cast.mallory, operator: cast.keeper, payout: cast.treasury };
        world.registry(cast.owner, &keys).expect("keys");
        world.registry(cast.owner, &IRegistry::drainCall { provider: 1 }).expect("drain");
        let expected = Provider {
            invitedOwner: cast.mallory,
            operator: cast.keeper,
            operatorAccepted: false,
            payout: cast.treasury,
            draining: true,
            ..before
        };
        assert_eq!(world.provider(1), expected);
    }
}

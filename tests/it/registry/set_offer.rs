use super::*;

/// Changes that make an open offer one that takes nothing.
pub const UNSOUND: [fn(&mut StandingOffer); 6] = [
    |offer| offer.minRunSecs = offer.maxRunSecs + 1,
    |offer| (offer.minRunSecs, offer.maxRunSecs) = (0, 0),
    |offer| offer.maxRunSecs = 90 * 86_400 + 1,
    |offer| offer.maxWindowSecs = 14 * 86_400 + 1,
    |offer| offer.maxHoldBackSecs = 7 * 86_400 + 1,
    |offer| offer.maxNoticeSecs = offer.maxHoldBackSecs + 1,
];

/// Rates and an offer that differ from the first ones in every field.
fn new_offer(world: &World) -> (Rates, StandingOffer) {
    let rates = Rates { cpuMilli: 2, memoryMib: 3, storageGib: 4, gpu: 5 };
    let first = world.registration(world.cast.operator, world.cast.payout).offer;
    let offer = StandingOffer {
        open: true,
        minPrice: u96(lnq(7)),
        minRunSecs: first.minRunSecs + 1,
        maxRunSecs: first.maxRunSecs + 1,
        maxWindowSecs: first.maxWindowSecs - 1,
        maxHoldBackSecs: first.maxHoldBackSecs - 1,
        maxNoticeSecs: first.maxNoticeSecs - 2,
        maxLock: u96(lnq(11)),
    };
    (rates, offer)
}

fn set_offer(
    world: &mut World,
    caller: Address,
    provider: u32,
    change: impl FnOnce(&mut StandingOffer),
) -> Result<Sent<IRegistry::setOfferReturn>, Refusal> {
    let (rates, mut offer) = new_offer(world);
    change(&mut offer);
    world.registry(caller, &IRegistry::setOfferCall { provider, rates, offer })
}

mod given_there_is_no_such_provider {
    use super::*;

    #[test]
    fn it_reverts_with_unknown_provider() {
        let mut world = World::with_providers();
        let owner = world.cast.owner;
        for provider in [0, NOBODY] {
            let error = IRegistry::RegistryUnknownProvider { provider };
            assert_refused(set_offer(&mut world, owner, provider, |_| {}), &error);
        }
    }
}

mod when_the_caller_is_neither_owner_nor_operator {
    use super::*;

    #[test]
    fn it_reverts_with_not_operator() {
        let mut world = World::with_providers();
        for caller in [world.cast.payout, world.cast.rival, world.cast.rival_operator, world.cast.eve] {
            let error = IRegistry::RegistryNotOperator { provider: 1, caller };
            assert_refused(set_offer(&mut world, caller, 1, |_| {}), &error);
        }
    }

    #[test]
    fn it_reverts_with_not_operator_for_one_that_has_not_accepted() {
        let mut world = World::new();
        let caller = world.cast.operator;
        let registration = world.registration(caller, world.cast.payout);
        world.register_as(world.cast.owner, registration).expect("registration");
        let error = IRegistry::RegistryNotOperator { provider: 1, caller };
        assert_refused(set_offer(&mut world, caller, 1, |_| {}), &error);
    }
}

mod when_the_offer_takes_nothing {
    use super::*;

    #[test]
    fn it_reverts_with_bad_offer() {
        let mut world = World::with_providers();
        let owner = world.cast.owner;
        for change in UNSOUND {
            assert_refused(set_offer(&mut world, owner, 1, change), &IRegistry::RegistryBadOffer {});
        }
    }

    #[test]
    fn it_takes_a_closed_offer_whatever_else_it_says() {
        for change in UNSOUND {
            let mut world = World::with_providers();
            let owner = world.cast.owner;
            let changed = |offer: &mut StandingOffer| {
                change(offer);
                offer.open = false;
            };
            set_offer(&mut world, owner, 1, changed).expect("offer");
        }
    }
}

mod when_everything_is_right {
    use super::*;

    #[test]
    fn it_replaces_both_for_owner_and_operator_and_says_so() {
        for caller in [Cast::ALL.owner, Cast::ALL.operator] {
            let mut world = World::with_providers();
            let (rates, offer) = new_offer(&world);
            let sent = set_offer(&mut world, caller, 1, |_| {}).expect("offer");
            let changed = IRegistry::OfferChanged { provider: 1, rates: rates.clone(), offer: offer.clone() };
            assert_eq!(sent.emitted(), [by_registry(&world, &changed)]);
            let provider = world.provider(1);
            assert_eq!((provider.rates, provider.offer), (rates, offer));
        }
    }

    #[test]
    fn it_keeps_everything_else() {
        let mut world = World::with_providers();
        let owner = world.cast.owner;
        let before = world.provider(1);
        set_offer(&mut world, owner, 1, |_| {}).expect("offer");
        let (rates, offer) = new_offer(&world);
        assert_eq!(world.provider(1), Provider { rates, offer, ..before });
        assert_ne!(world.provider(2).rates, world.provider(1).rates);
    }

    #[test]
    fn it_keeps_nothing_of_a_closed_offer() {
        let mut world = World::with_providers();
        let owner = world.cast.owner;
        set_offer(&mut world, owner, 1, |offer| offer.open = false).expect("offer");
        assert_eq!(world.provider(1).offer, StandingOffer::default());
    }

    #[test]
    fn it_changes_what_the_provider_asks() {
        let mut world = World::with_providers();
        let owner = world.cast.owner;
        set_offer(&mut world, owner, 1, |_| {}).expect("offer");
        let resources = world.terms().resources;
        assert_eq!(world.quote(1, &resources, 600), lnq(7), "the least price, for the rates are next to nothing");
    }
}

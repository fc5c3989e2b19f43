use super::*;

/// What the lens says of provider `id`.
fn eligible(world: &World, id: u32, requirements: &Requirements) -> (Obstacle, u128) {
    let call = ILens::eligibleCall { id, requirements: requirements.clone() };
    let answer = world.read(world.suite.lens, &call);
    (Obstacle::from_u8(answer.obstacle).expect("a code"), answer.quote.to())
}

/// Asserts that the first provider is hindered by `obstacle` once [`requirements`] are changed, and that the registry,
/// asked for the same by jobs, refuses with `error`.
#[track_caller]
fn hindered<E: SolError + std::fmt::Debug>(change: impl FnOnce(&mut Requirements), obstacle: Obstacle, error: &E) {
    let mut world = World::with_providers();
    let mut asked = requirements(&world);
    change(&mut asked);
    assert_eq!(eligible(&world, 1, &asked).0, obstacle);
    let work = as_request(&world, &asked);
    assert_refused(take(&mut world, &work), error);
}

/// The request that jobs makes of a job with these requirements.
fn as_request(world: &World, asked: &Requirements) -> WorkRequest {
    WorkRequest {
        caller: world.cast.requester,
        assignable: true,
        resources: asked.resources.clone(),
        features: asked.features,
        regions: asked.regions,
        tier: asked.tier,
        price: u96(world.quote(1, &asked.resources, asked.runSecs)),
        posted: asked.price,
        runSecs: asked.runSecs,
        windowSecs: asked.windowSecs,
        lock: u96(asked.price.to::<u128>().div_ceil(5)),
        ..request(world)
    }
}

#[test]
fn it_knows_no_provider_that_nobody_registered() {
    let world = World::with_providers();
    for id in [0, 3, NOBODY] {
        assert_eq!(eligible(&world, id, &requirements(&world)), (Obstacle::UnknownProvider, 0));
    }
}

#[test]
fn it_names_what_the_registry_refuses() {
    use IRegistry::*;
    let provider = 1;
    hindered(
        |asked| asked.features = 1 | 1 << 3,
        Obstacle::MissingFeatures,
        &RegistryMissingFeatures { provider, missing: 1 << 3 },
    );
    hindered(|asked| asked.regions = 840, Obstacle::WrongRegion, &RegistryWrongRegion { provider, region: 276 });
    hindered(|asked| asked.resources.cpuMillis = 4_001, Obstacle::NoCapacity, &RegistryNoCapacity { provider });
    hindered(|asked| asked.tier = 1, Obstacle::TierTooLow, &RegistryTierTooLow { provider, tier: 0, needed: 1 });
    let posted = u96(lnq(501));
    hindered(
        |asked| asked.price = posted,
        Obstacle::PriceAboveTier,
        &RegistryPriceAboveTier { provider, posted, cap: u96(lnq(500)) },
    );
    hindered(|asked| asked.runSecs = 59, Obstacle::OutsideOffer, &RegistryOutsideOffer { provider });
    hindered(|asked| asked.windowSecs = 1_209_601, Obstacle::OutsideOffer, &RegistryOutsideOffer { provider });
}

#[test]
fn it_sees_stake_below_the_minimum_and_stake_that_is_locked() {
    let mut world = World::with_providers();
    let (owner, asked) = (world.cast.owner, requirements(&world));
    // 1,400 are the minimum of its four cores.
    let unbond = |world: &mut World, amount| {
        world.registry(owner, &IRegistry::unbondCall { provider: 1, amount: u96(amount) }).expect("unbonding");
    };
    unbond(&mut world, lnq(8_600));
    let caller = world.cast.operator;
    let work = WorkRequest { caller, lock: u96(lnq(1_400) - 1), ..as_request(&world, &asked) };
    take(&mut world, &work).expect("take");
    assert_eq!(eligible(&world, 1, &asked).0, Obstacle::NotEnoughStake);
    unbond(&mut world, 1);
    assert_eq!(eligible(&world, 1, &asked).0, Obstacle::BelowMinimum);
}

#[test]
fn it_sees_a_closed_offer_unless_the_operator_takes() {
    let mut world = World::with_providers();
    let (owner, rates) = (world.cast.owner, world.provider(1).rates);
    let offer = StandingOffer::default();
    world.registry(owner, &IRegistry::setOfferCall { provider: 1, rates, offer }).expect("offer");
    let asked = requirements(&world);
    assert_eq!(eligible(&world, 1, &asked).0, Obstacle::OfferClosed);
    assert_eq!(eligible(&world, 1, &Requirements { standing: false, ..asked }).0, Obstacle::None);
}

#[test]
fn it_says_when_the_quote_is_above_the_price() {
    let world = World::with_providers();
    let asked = requirements(&world);
    let quote = world.quote(1, &asked.resources, asked.runSecs);
    let at = |price, standing| eligible(&world, 1, &Requirements { price: u96(price), standing, ..asked.clone() });
    assert_eq!(at(quote, true), (Obstacle::None, quote));
    assert_eq!(at(quote - 1, true), (Obstacle::QuoteAbovePrice, quote));
    assert_eq!(at(quote - 1, false), (Obstacle::None, quote), "its operator may take for less");
}

#[test]
fn it_calls_eligible_whom_the_registry_lets_take() {
    let mut world = World::with_providers();
    let asked = requirements(&world);
    assert_eq!(eligible(&world, 1, &asked).0, Obstacle::None);
    let work = as_request(&world, &asked);
    take(&mut world, &work).expect("take");
}

#[test]
fn it_sees_who_drains_before_anything_else() {
    let mut world = World::with_providers();
    let owner = world.cast.owner;
    world.registry(owner, &IRegistry::drainCall { provider: 1 }).expect("drain");
    for standing in [false, true] {
        let asked = Requirements { features: u64::MAX, standing, ..requirements(&world) };
        assert_eq!(eligible(&world, 1, &asked).0, Obstacle::Draining);
    }
    assert_eq!(eligible(&world, 2, &requirements(&world)).0, Obstacle::None);
}

mod given_no_price_is_named {
    use super::*;

    /// What is said of the first provider when it offers that.
    fn offering(change: impl FnOnce(&mut Rates, &mut StandingOffer)) -> (Obstacle, u128) {
        let mut world = World::with_providers();
        let (mut rates, mut offer) = (world.provider(1).rates, world.provider(1).offer);
        change(&mut rates, &mut offer);
        let owner = world.cast.owner;
        world.registry(owner, &IRegistry::setOfferCall { provider: 1, rates, offer }).expect("offer");
        let asked = Requirements { price: U96::ZERO, ..requirements(&world) };
        eligible(&world, 1, &asked)
    }

    #[test]
    fn it_posts_at_what_the_provider_quotes() {
        assert_eq!(offering(|_, _| {}), (Obstacle::None, lnq(1)));
    }

    #[test]
    fn it_locks_the_collateral_of_the_quote() {
        // A fifth of 100 LNQ.
        let locking = |limit| offering(|_, offer| (offer.minPrice, offer.maxLock) = (u96(lnq(100)), u96(limit)));
        assert_eq!(locking(lnq(20)), (Obstacle::None, lnq(100)));
        assert_eq!(locking(lnq(20) - 1), (Obstacle::OutsideOffer, lnq(100)));
    }

    #[test]
    fn it_holds_the_quote_against_the_cap_of_the_tier() {
        let quoting = |price| offering(|_, offer| offer.minPrice = u96(price));
        assert_eq!(quoting(lnq(500)), (Obstacle::None, lnq(500)));
        assert_eq!(quoting(lnq(500) + 1), (Obstacle::PriceAboveTier, lnq(500) + 1));
    }

    #[test]
    fn it_passes_over_who_quotes_nothing() {
        let free = offering(|rates, offer| (*rates, offer.minPrice) = (Rates::default(), U96::ZERO));
        assert_eq!(free, (Obstacle::NotTheQuote, 0));
    }
}

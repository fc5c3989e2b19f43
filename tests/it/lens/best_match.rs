use super::*;

/// The best of a page: provider, quote, reputation, next.
fn best(world: &World, requirements: &Requirements, from: u32, limit: u16) -> (u32, u128, u16, u32) {
    let call = ILens::bestMatchCall { requirements: requirements.clone(), from, limit };
    let best = world.read(world.suite.lens, &call);
    (best.provider, best.quote.to(), best.reputation, best.next)
}

/// Makes `provider` ask `factor` times what it asked for a core.
fn reprice(world: &mut World, provider: u32, factor: u64) {
    let stated = world.provider(provider);
    let rates = Rates { cpuMilli: stated.rates.cpuMilli * factor, ..stated.rates };
    let call = IRegistry::setOfferCall { provider, rates, offer: stated.offer };
    world.registry(stated.owner, &call).expect("offer");
}

#[test]
fn it_finds_nobody_where_nobody_is_eligible() {
    let world = World::with_providers();
    let asked = Requirements { tier: 3, ..requirements(&world) };
    assert_eq!(best(&world, &asked, 1, 10), (0, 0, 0, 0));
}

#[test]
fn it_takes_the_first_of_equals() {
    let world = World::with_providers();
    let asked = requirements(&world);
    let quote = world.quote(1, &asked.resources, asked.runSecs);
    assert_eq!(best(&world, &asked, 1, 10), (1, quote, 0, 0));
}

#[test]
fn it_takes_the_cheapest_wherever_it_stands() {
    for (dear, cheap) in [(1, 2), (2, 1)] {
        let mut world = World::with_providers();
        reprice(&mut world, dear, 3);
        let asked = requirements(&world);
        let quote = world.quote(cheap, &asked.resources, asked.runSecs);
        assert_eq!(best(&world, &asked, 1, 10), (cheap, quote, 0, 0));
    }
}

#[test]
fn it_takes_the_better_reputation_at_the_same_quote() {
    let mut world = World::with_providers();
    let work = WorkRequest { provider: 2, caller: world.cast.rival_operator, ..request(&world) };
    take(&mut world, &work).expect("take");
    let end = WorkClose { provider: 2, fee: u96(lnq(50)), paid: u96(lnq(2_000)), ..settled(&world) };
    close(&mut world, &end).expect("close");
    let asked = requirements(&world);
    let quote = world.quote(2, &asked.resources, asked.runSecs);
    assert_eq!(best(&world, &asked, 1, 10), (2, quote, 5_000, 0));
}

#[test]
fn it_looks_at_one_page_and_says_where_to_go_on() {
    let mut world = World::with_providers();
    reprice(&mut world, 1, 3);
    let asked = requirements(&world);
    assert_eq!((best(&world, &asked, 1, 1).0, best(&world, &asked, 1, 1).3), (1, 2));
    assert_eq!((best(&world, &asked, 2, 1).0, best(&world, &asked, 2, 1).3), (2, 0));
}

#[test]
fn it_passes_over_the_cheapest_that_is_hindered() {
    let mut world = World::with_providers();
    reprice(&mut world, 2, 2);
    let mut work = request(&world);
    work.resources.cpuMillis = 4_000;
    take(&mut world, &work).expect("take");
    assert_eq!(best(&world, &requirements(&world), 1, 10).0, 2);
}

#[test]
fn it_finds_the_lowest_quote_without_a_price() {
    let mut world = World::with_providers();
    reprice(&mut world, 1, 3);
    let asked = requirements(&world);
    let unpriced = Requirements { price: U96::ZERO, ..asked.clone() };
    let quote = world.quote(2, &asked.resources, asked.runSecs);
    assert_eq!(best(&world, &unpriced, 1, 10), (2, quote, 0, 0));
    // At a price of 500 LNQ it would have to lock more than it wants to; at its own it does not.
    let stated = world.provider(2);
    let offer = StandingOffer { maxLock: u96(lnq(99)), ..stated.offer };
    let call = IRegistry::setOfferCall { provider: 2, rates: stated.rates, offer };
    world.registry(stated.owner, &call).expect("offer");
    assert_eq!(best(&world, &Requirements { price: u96(lnq(500)), ..asked }, 1, 10).0, 1);
    assert_eq!(best(&world, &unpriced, 1, 10).0, 2);
}

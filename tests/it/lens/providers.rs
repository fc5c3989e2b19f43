use super::*;

/// The owners on a page, and where the next one begins.
fn page(world: &World, from: u32, limit: u16) -> (Vec<Address>, u32) {
    let answer = world.read(world.suite.lens, &ILens::providersCall { from, limit });
    (answer.page.iter().map(|provider| provider.owner).collect(), answer.next)
}

#[test]
fn it_has_no_page_without_providers() {
    let world = World::new();
    assert_eq!(page(&world, 1, 10), (Vec::new(), 0));
}

#[test]
fn it_cuts_pages_and_says_where_to_go_on() {
    let world = World::with_providers();
    let (first, second) = (world.cast.owner, world.cast.rival);
    assert_eq!(page(&world, 0, 10), (vec![first, second], 0));
    assert_eq!(page(&world, 1, 2), (vec![first, second], 0));
    assert_eq!(page(&world, 1, 1), (vec![first], 2));
    assert_eq!(page(&world, 2, 1), (vec![second], 0));
    assert_eq!(page(&world, 3, 1), (Vec::new(), 0));
    assert_eq!(page(&world, u32::MAX, u16::MAX), (Vec::new(), 0));
    assert_eq!(page(&world, 1, 0), (Vec::new(), 1));
}

#[test]
fn it_shows_each_as_alone() {
    let world = World::with_providers();
    let answer = world.read(world.suite.lens, &ILens::providersCall { from: 1, limit: 2 });
    assert_eq!(answer.page, [world.provider(1), world.provider(2)]);
}

use super::*;

#[test]
fn it_is_the_second_of_the_block() {
    let mut world = World::new();
    for _ in 0..3 {
        let second = next_second(&mut world);
        let clock: u64 = world.read(world.suite.token, &ILnqToken::clockCall {}).to();
        assert_eq!(clock, second);
    }
}

#[test]
fn it_says_that_it_counts_seconds() {
    let world = World::new();
    assert_eq!(world.read(world.suite.token, &ILnqToken::CLOCK_MODECall {}), "mode=timestamp");
}

use linq_abi::RegistryParameters;
use linq_tests::registry_parameters;

use super::*;

mod given_a_version_is_announced {
    use super::*;

    #[test]
    fn it_shows_what_counts_at_the_present_second() {
        let mut world = World::with_providers();
        let (governor, lens, from) = (world.cast.governor, world.suite.lens, next_day(&world));
        let asked = requirements(&world);
        let later = RegistryParameters { minimumLnq: 500_000, ..registry_parameters() };
        let shown = |world: &World| {
            let least = ILens::minimumStakeCall { capacity: asked.resources.clone() };
            let obstacle = world.read(lens, &ILens::eligibleCall { id: 1, requirements: asked.clone() }).obstacle;
            (world.read(lens, &ILens::parametersCall {}), world.read(lens, &least), obstacle)
        };
        let before = (registry_parameters(), u96(lnq(1_100)), Obstacle::None as u8);
        assert_eq!(shown(&world), before);
        world.registry(governor, &IRegistry::setParametersCall { parameters: later.clone() }).expect("parameters");
        assert_eq!(shown(&world), before);
        world.at(from);
        assert_eq!(shown(&world), (later, u96(lnq(500_100)), Obstacle::BelowMinimum as u8));
    }
}

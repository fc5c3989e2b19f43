use crate::prelude::*;

mod given_it_is_not_wired {
    use super::*;

    #[test]
    fn it_shows_zero_for_jobs() {
        let world = World::unwired();
        assert_eq!(world.read(world.suite.escrow, &IEscrow::wiringCall {}).jobs, Address::ZERO);
    }
}

mod given_it_is_wired {
    use super::*;

    #[test]
    fn it_shows_all_four() {
        let world = World::new();
        let wiring = world.read(world.suite.escrow, &IEscrow::wiringCall {});
        assert_eq!(
            (wiring.deployer, wiring.token, wiring.jobs, wiring.treasury),
            (world.cast.deployer, world.suite.token, world.suite.jobs, world.cast.treasury)
        );
    }
}

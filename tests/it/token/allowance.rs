use super::*;

mod given_nothing_was_approved {
    use super::*;

    #[test]
    fn it_is_zero() {
        let world = World::new();
        assert_eq!(allowance(&world, world.cast.eve, world.cast.keeper), U256::ZERO);
    }
}

mod given_several_approvals {
    use super::*;

    #[test]
    fn it_keeps_each_pair_apart() {
        let mut world = World::new();
        let (eve, keeper, judge) = (world.cast.eve, world.cast.keeper, world.cast.judge);
        approve(&mut world, eve, keeper, U256::from(1));
        approve(&mut world, eve, judge, U256::from(2));
        approve(&mut world, keeper, eve, U256::from(3));
        assert_eq!(allowance(&world, eve, keeper), U256::from(1));
        assert_eq!(allowance(&world, eve, judge), U256::from(2));
        assert_eq!(allowance(&world, keeper, eve), U256::from(3));
        assert_eq!(allowance(&world, judge, eve), U256::ZERO);
    }
}

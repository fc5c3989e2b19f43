use super::*;

fn past_votes(world: &World, account: Address, timepoint: u64) -> Result<U256, Refusal> {
    let timepoint = U256::from(timepoint);
    world.call(Address::ZERO, world.suite.token, &ILnqToken::getPastVotesCall { account, timepoint })
}

fn past_supply(world: &World, timepoint: u64) -> Result<U256, Refusal> {
    let call = ILnqToken::getPastTotalSupplyCall { timepoint: U256::from(timepoint) };
    world.call(Address::ZERO, world.suite.token, &call)
}

/// What was looked up, which is past.
fn known(found: Result<U256, Refusal>) -> u128 {
    found.expect("it is past").to()
}

mod when_the_second_has_not_passed {
    use alloy::primitives::aliases::U48;

    use super::*;

    #[test]
    fn it_reverts_with_future_lookup() {
        let mut world = World::new();
        let (now, eve, token) = (next_second(&mut world), world.cast.eve, world.suite.token);
        let times = [U256::from(now), U256::from(now + 1), U256::from(u64::MAX) + U256::from(1), U256::MAX];
        for timepoint in times {
            let error = ILnqToken::ERC5805FutureLookup { timepoint, clock: U48::from(now) };
            let votes = ILnqToken::getPastVotesCall { account: eve, timepoint };
            assert_refused(world.call(eve, token, &votes), &error);
            assert_refused(world.call(eve, token, &ILnqToken::getPastTotalSupplyCall { timepoint }), &error);
        }
        assert_eq!(known(past_votes(&world, eve, now - 1)), 0);
    }
}

mod given_votes_that_changed {
    use super::*;

    #[test]
    fn it_returns_what_they_were_at_the_end_of_each_second() {
        let mut world = World::new();
        let (eve, judge) = (world.cast.eve, world.cast.judge);
        let start = next_second(&mut world);
        delegate(&mut world, eve, eve);
        let mut expected = vec![(start - 1, 0), (start, SHARE)];
        let mut left = SHARE;
        for step in 1..=9_u64 {
            // Seconds without a change in between, and two changes in each that has one.
            world.at(start + 3 * step);
            for _ in 0..2 {
                transfer(&mut world, eve, judge, u128::from(step));
                left -= u128::from(step);
            }
            let before = expected.last().expect("there are some").1;
            expected.extend([(start + 3 * step - 1, before), (start + 3 * step, left)]);
        }
        let now = next_second(&mut world);
        expected.push((now - 1, left));
        for (second, votes) in expected {
            assert_eq!(
                known(past_votes(&world, eve, second)),
                votes,
                "{} s after the start",
                second.wrapping_sub(start)
            );
        }
        assert_eq!(known(past_votes(&world, eve, 0)), 0);
        assert_eq!(known(past_votes(&world, judge, now - 1)), 0);
    }
}

mod given_burns {
    use super::*;

    #[test]
    fn it_returns_the_supply_of_each_second_and_none_before_the_mint() {
        let mut world = World::new();
        let eve = world.cast.eve;
        let mut supply = SUPPLY;
        let mut expected = Vec::new();
        for value in [5, 0, 7, 11] {
            let second = next_second(&mut world);
            world.token(eve, &ILnqToken::burnCall { value: U256::from(value) }).expect("burn");
            world.token(eve, &ILnqToken::burnCall { value: U256::from(1) }).expect("burn");
            supply -= value + 1;
            expected.push((second, supply));
        }
        let first = expected[0].0;
        next_second(&mut world);
        for (second, supply) in expected {
            assert_eq!(known(past_supply(&world, second)), supply);
        }
        assert_eq!(known(past_supply(&world, first - 1)), SUPPLY);
        assert_eq!(known(past_supply(&world, 1)), 0);
    }
}

//! What closed work does to a provider's reputation, and what time does.

use super::*;

/// Closes a piece of work of the first provider, changed from [`settled`].
fn work(world: &mut World, change: impl FnOnce(&mut WorkClose)) {
    let request = request(world);
    take(world, &request).expect("take");
    let mut work = settled(world);
    change(&mut work);
    close(world, &work).expect("close");
}

fn reputation(world: &World) -> u16 {
    world.provider(1).reputation
}

/// good ÷ (good + bad + 50 LNQ), in bps.
fn ratio(good: u128, bad: u128) -> u16 {
    u16::try_from(good * 10_000 / (good + bad + lnq(50))).expect("bps")
}

mod when_work_is_paid {
    use super::*;

    #[test]
    fn it_adds_the_fee_that_was_taken_to_the_good() {
        let mut world = World::with_providers();
        work(&mut world, |work| work.fee = u96(lnq(10)));
        assert_eq!(reputation(&world), ratio(lnq(10), 0));
        work(&mut world, |work| work.fee = u96(lnq(20)));
        assert_eq!(reputation(&world), ratio(lnq(30), 0));
    }

    #[test]
    fn it_adds_nothing_that_would_not_have_cost_anything() {
        let mut world = World::with_providers();
        work(&mut world, |work| (work.fee, work.priceFee) = (U96::ZERO, u96(lnq(10))));
        assert_eq!(reputation(&world), 0);
    }
}

mod when_work_is_late {
    use super::*;

    #[test]
    fn it_adds_the_fee_of_the_price_to_the_bad() {
        let mut world = World::with_providers();
        work(&mut world, |work| work.fee = u96(lnq(40)));
        work(&mut world, |work| {
            work.end = WorkEnd::Late as u8;
            (work.claim, work.share, work.fee, work.paid) = (0, 0, U96::ZERO, U96::ZERO);
            work.priceFee = u96(lnq(10));
        });
        assert_eq!(reputation(&world), ratio(lnq(40), lnq(10)));
    }
}

mod when_work_was_overclaimed {
    use super::*;

    #[test]
    fn it_adds_four_times_the_fee_in_proportion_to_the_bad() {
        let mut world = World::with_providers();
        work(&mut world, |work| work.fee = u96(lnq(40)));
        // Overclaimed by 12: half of four times the fee.
        work(&mut world, |work| {
            (work.claim, work.share) = (20, 8);
            (work.fee, work.priceFee) = (u96(lnq(4)), u96(lnq(10)));
        });
        assert_eq!(reputation(&world), ratio(lnq(44), lnq(20)));
    }

    #[test]
    fn it_forgives_four_twentieths() {
        let mut world = World::with_providers();
        work(&mut world, |work| {
            (work.claim, work.share) = (20, 16);
            (work.fee, work.priceFee) = (u96(lnq(8)), u96(lnq(10)));
        });
        assert_eq!(reputation(&world), ratio(lnq(8), 0));
    }
}

mod when_work_was_given_back_in_time_or_displaced {
    use super::*;

    #[test]
    fn it_adds_nothing() {
        for end in [WorkEnd::Unable, WorkEnd::Displaced] {
            let mut world = World::with_providers();
            work(&mut world, |work| work.fee = u96(lnq(40)));
            let before = reputation(&world);
            work(&mut world, |work| {
                work.end = end as u8;
                (work.claim, work.share, work.fee, work.paid) = (0, 0, U96::ZERO, U96::ZERO);
            });
            assert_eq!(reputation(&world), before);
        }
    }
}

mod when_time_passes {
    use super::*;

    #[test]
    fn it_halves_in_90_days_and_falls_evenly_in_between() {
        let mut world = World::with_providers();
        work(&mut world, |work| work.fee = u96(lnq(400)));
        let half_life = 90 * 86_400;
        let start = world.now();
        for (elapsed, left) in
            [(0, 400), (half_life / 2, 300), (half_life, 200), (half_life * 3 / 2, 150), (2 * half_life, 100)]
        {
            world.at(start + elapsed);
            let expected = ratio(lnq(left), 0);
            assert!(reputation(&world).abs_diff(expected) <= 1, "after {elapsed} s: {}", reputation(&world));
        }
    }

    #[test]
    fn it_is_forgotten_in_the_end() {
        let mut world = World::with_providers();
        work(&mut world, |work| work.fee = u96(lnq(400)));
        world.warp(70 * 90 * 86_400);
        world.renew();
        assert_eq!(reputation(&world), 0);
    }
}

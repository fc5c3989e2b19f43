use super::*;

mod given_nothing_was_locked {
    use super::*;

    #[test]
    fn it_is_all_zero() {
        assert_eq!(reward(&World::new(), JOB), (Address::ZERO, 0, 0));
    }
}

mod given_slots_are_settled_one_by_one {
    use super::*;

    #[test]
    fn it_counts_those_that_are_left() {
        let mut world = locked(3);
        let (requester, jobs) = (world.cast.requester, world.suite.jobs);
        assert_eq!(reward(&world, JOB), (requester, lnq(100), 3));
        settle(&mut world);
        assert_eq!(reward(&world, JOB), (requester, lnq(100), 2));
        world.escrow(jobs, &IEscrow::refundCall { job: JOB }).expect("refund");
        assert_eq!(reward(&world, JOB), (requester, lnq(100), 1));
        settle(&mut world);
        assert_eq!(reward(&world, JOB), (Address::ZERO, 0, 0));
    }
}

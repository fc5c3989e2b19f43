use super::*;

mod given_jobs_come_and_go {
    use super::*;

    #[test]
    fn it_is_what_the_escrow_holds() {
        let mut world = locked(2);
        assert_eq!(owed(&world), (lnq(200), 0));
        lock(&mut world, OTHER, 1);
        assert_eq!(owed(&world), (lnq(300), 0));
        settle(&mut world);
        assert_eq!(owed(&world), (lnq(200), lnq(2)));
        assert_eq!(world.balance(world.suite.escrow), lnq(202));
    }
}

use super::*;

mod when_there_are_too_many {
    use super::*;

    #[test]
    fn it_reverts_with_too_many() {
        let bench = Bench::new();
        let result = bench.world.call(Address::ZERO, bench.jurors, &IJurors::stakesCall { jurors: vec![1; 65] });
        assert_refused(result, &IJurors::JurorsTooMany { given: 65, limit: 64 });
        assert_eq!(bench.read(&IJurors::stakesCall { jurors: vec![1; 64] }), [U96::ZERO; 64]);
    }
}

mod when_everything_is_right {
    use super::*;

    #[test]
    fn it_is_what_is_active_now() {
        let mut bench = Bench::new();
        bench.stake(Cast::ALL.owner, 10);
        bench.stake(Cast::ALL.eve, 20);
        bench.send(Cast::ALL.eve, &IJurors::leaveCall { amount: u96(lnq(20)) }).expect("leaving");
        bench.seize(&[(1, 1)]).expect("seizure");
        let stakes = bench.read(&IJurors::stakesCall { jurors: vec![2, 1, 0, 3, 1] });
        let one = u96(lnq(10) - 1);
        assert_eq!(stakes, [U96::ZERO, one, U96::ZERO, U96::ZERO, one]);
        assert_eq!(bench.read(&IJurors::stakesCall { jurors: vec![] }), Vec::<U96>::new());
    }
}

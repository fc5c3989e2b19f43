use super::*;

mod given_a_number_that_was_not_given_out {
    use super::*;

    #[test]
    fn it_is_all_zero() {
        let mut bench = Bench::new();
        bench.stake(Cast::ALL.eve, 10);
        for id in [0, 2, u32::MAX] {
            assert_eq!(bench.juror(id), Juror::default());
            assert_eq!(bench.read(&IJurors::accountCall { juror: id }), Address::ZERO);
        }
        for account in [Address::ZERO, Cast::ALL.owner] {
            assert_eq!(bench.read(&IJurors::jurorOfCall { account }), 0);
        }
    }
}

mod given_a_juror {
    use super::*;

    #[test]
    fn it_shows_who_it_is_and_what_it_holds() {
        let mut bench = Bench::new();
        let eve = Cast::ALL.eve;
        bench.stake(eve, 10);
        let leave = IJurors::leaveCall { amount: u96(lnq(4)) };
        let leaving_end = bench.send(eve, &leave).expect("leaving").value;
        let expected = Juror { account: eve, active: u96(lnq(6)), leaving: u96(lnq(4)), leavingEnd: leaving_end };
        assert_eq!(bench.juror(1), expected);
    }

    #[test]
    fn every_field_lies_where_its_documentation_says() {
        let mut bench = Bench::new();
        let (eve, jurors, day) = (Cast::ALL.eve, bench.jurors, bench.today());
        bench.stake(eve, 10);
        bench.send(eve, &IJurors::leaveCall { amount: u96(lnq(4)) }).expect("leaving");
        bench.send(Cast::ALL.guardian, &IJurors::pauseCall {}).expect("pause");
        let end = stake_of(&bench, 1).2;
        let account = |account: Address| U256::from_be_bytes(account.into_word().0);
        let mapped = |key: U256, root: u8| -> U256 { keccak256((key, U256::from(root)).abi_encode()).into() };
        let settings = account(bench.world.suite.token)
            | (U256::from(1) << 160)
            | (U256::from(UNSTAKING) << 192)
            | (U256::from(day) << 224)
            | (U256::from(1) << 240);
        let node = U256::from(day) | (U256::from(6) << 32);
        let words = [
            (U256::from(0), account(Cast::ALL.deployer)),
            (U256::from(1), settings),
            (U256::from(2), account(bench.court)),
            (U256::from(3), account(Cast::ALL.guardian)),
            (mapped(U256::from(1), 4), account(eve) | (U256::from(lnq(6)) << 160)),
            (mapped(account(eve), 5), U256::from(1) | (U256::from(lnq(4)) << 32) | (U256::from(end) << 128)),
            (mapped(U256::ZERO, 6), node),
        ];
        for (slot, word) in words {
            assert_eq!(bench.world.slot(jurors, slot), B256::from(word), "{slot}");
        }
    }
}

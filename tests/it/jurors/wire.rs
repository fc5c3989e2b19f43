use super::*;

mod when_the_caller_is_not_the_deployer {
    use super::*;

    #[test]
    fn it_reverts_with_not_deployer() {
        let mut bench = Bench::unwired();
        let court = bench.court;
        for caller in [Cast::ALL.eve, Cast::ALL.guardian, court] {
            let result = bench.send(caller, &IJurors::wireCall { court });
            assert_refused(result, &IJurors::JurorsNotDeployer { caller });
        }
    }
}

mod given_it_is_wired_already {
    use super::*;

    #[test]
    fn it_reverts_with_already_wired() {
        let mut bench = Bench::new();
        let token = bench.world.suite.token;
        let result = bench.send(Cast::ALL.deployer, &IJurors::wireCall { court: token });
        assert_refused(result, &IJurors::JurorsAlreadyWired {});
        assert_eq!(bench.read(&IJurors::wiringCall {}).court, bench.court);
    }
}

mod when_the_court_has_no_code {
    use super::*;

    #[test]
    fn it_reverts_with_bad_address() {
        let mut bench = Bench::unwired();
        for given in [Address::ZERO, Cast::ALL.eve] {
            let result = bench.send(Cast::ALL.deployer, &IJurors::wireCall { court: given });
            assert_refused(result, &IJurors::JurorsBadAddress { given });
        }
    }
}

mod when_everything_is_right {
    use super::*;

    #[test]
    fn it_names_the_court_and_says_so() {
        let mut bench = Bench::unwired();
        let court = bench.court;
        let sent = bench.send(Cast::ALL.deployer, &IJurors::wireCall { court }).expect("wiring");
        assert_eq!(sent.emitted(), [by_jurors(&bench, &IJurors::Wired { court })]);
        let wiring = bench.read(&IJurors::wiringCall {});
        assert_eq!((wiring.court, wiring.unstakeSecs), (court, UNSTAKING));
    }
}

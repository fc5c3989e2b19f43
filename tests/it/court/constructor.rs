use super::*;

fn construct(
    room: &mut Courtroom,
    deployer: Address,
    token: Address,
    parameters: &CourtParameters,
) -> Result<Address, Refusal> {
    with_window(room, deployer, token, 60, parameters)
}

fn with_window(
    room: &mut Courtroom,
    deployer: Address,
    token: Address,
    window: u32,
    parameters: &CourtParameters,
) -> Result<Address, Refusal> {
    let governor = room.world.cast.governor;
    room.world.construct("court", court_arguments(deployer, token, governor, window, parameters))
}

mod when_an_address_is_wrong {
    use super::*;

    #[test]
    fn it_reverts_with_bad_address() {
        let mut room = Courtroom::unwired();
        let (cast, token) = (room.world.cast, room.world.suite.token);
        let made = construct(&mut room, Address::ZERO, token, &court_parameters());
        assert_refused(made, &ICourt::CourtBadAddress { given: Address::ZERO });
        let made = construct(&mut room, cast.deployer, cast.eve, &court_parameters());
        assert_refused(made, &ICourt::CourtBadAddress { given: cast.eve });
    }
}

mod when_a_parameter_is_outside_its_limits {
    use super::*;

    #[test]
    fn it_reverts_with_bad_parameters() {
        let mut room = Courtroom::unwired();
        let (cast, token) = (room.world.cast, room.world.suite.token);
        for window in [0, 59, 7 * 86_400 + 1, u32::MAX] {
            let made = with_window(&mut room, cast.deployer, token, window, &court_parameters());
            assert_refused(made, &ICourt::CourtBadParameters {});
        }
    }

    #[test]
    fn a_public_chain_has_limits_of_its_own() {
        let mut room = Courtroom::unwired();
        let (deployer, token) = (room.world.cast.deployer, room.world.suite.token);
        let window = 36 * 3_600;
        let public = CourtParameters {
            evidenceSecs: 25 * 3_600,
            appealEvidenceSecs: 25 * 3_600,
            commitSecs: window,
            revealSecs: window,
            appealSecs: window,
            drawSecs: 3_600,
            floorMilliLnq: 10_000,
        };
        with_window(&mut room, deployer, token, window, &public).expect("the least of everything");
        let changes: [fn(&mut CourtParameters); 6] = [
            |given| given.evidenceSecs -= 1,
            |given| given.appealEvidenceSecs -= 1,
            |given| given.commitSecs -= 1,
            |given| given.revealSecs -= 1,
            |given| given.appealSecs -= 1,
            |given| given.drawSecs -= 1,
        ];
        for change in changes {
            let mut given = public.clone();
            change(&mut given);
            let made = with_window(&mut room, deployer, token, window, &given);
            assert_refused(made, &ICourt::CourtBadParameters {});
        }
    }
}

mod when_it_was_constructed_before {
    use super::*;

    #[test]
    fn it_reverts() {
        let mut room = Courtroom::unwired();
        let (court, eve, token) = (room.court, room.world.cast.eve, room.world.suite.token);
        let arguments = court_arguments(eve, token, eve, 60, &court_parameters());
        assert!(room.world.construct_again(court, arguments).is_err());
        let words = room.world.read(court, &ICourt::settingsCall { version: 1 });
        assert_eq!(Address::from_word(words[4]), room.world.cast.deployer);
    }
}

mod when_everything_is_right {
    use super::*;

    #[test]
    fn it_stores_who_is_who_and_the_first_version() {
        let room = Courtroom::unwired();
        let (cast, token) = (room.world.cast, room.world.suite.token);
        let words = room.world.read(room.court, &ICourt::settingsCall { version: 1 });
        let today = room.world.now() / 86_400;
        let number = |word: B256| U256::from_be_bytes(word.0);
        assert_eq!(words.len(), 7);
        // Version and day lie above the opener and the number of disputes.
        assert_eq!(number(words[0]), (U256::from(1) << 224) | (U256::from(today) << 240));
        assert_eq!(
            [1, 2, 3, 4].map(|at| Address::from_word(words[at])),
            [token, Address::ZERO, Address::ZERO, cast.deployer]
        );
        assert_eq!(number(words[5]), U256::from_be_bytes(cast.governor.into_word().0) | (U256::from(60) << 160));
        let secs: Vec<u32> =
            (0..7_usize).map(|at| ((number(words[6]) >> (32 * at)) & U256::from(u32::MAX)).to()).collect();
        assert_eq!(secs, [300, 200, 100, 90, 80, 70, 10_000]);
        let none = room.world.read(room.court, &ICourt::settingsCall { version: 2 });
        assert_eq!(none[6], B256::ZERO);
    }
}

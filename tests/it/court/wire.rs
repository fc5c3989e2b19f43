use super::*;

fn call(room: &Courtroom) -> ICourt::wireCall {
    ICourt::wireCall { jurors: room.jurors, beacon: room.beacon, opener: room.opener }
}

mod when_the_caller_is_not_the_deployer {
    use super::*;

    #[test]
    fn it_reverts_with_not_deployer() {
        let mut room = Courtroom::unwired();
        let call = call(&room);
        for caller in [room.world.cast.eve, room.world.cast.governor, room.opener] {
            assert_refused(room.send(caller, &call), &ICourt::CourtNotDeployer { caller });
        }
    }
}

mod when_it_is_wired_already {
    use super::*;

    #[test]
    fn it_reverts_with_already_wired() {
        let mut room = Courtroom::unwired();
        room.wire();
        let (call, deployer) = (call(&room), room.world.cast.deployer);
        assert_refused(room.send(deployer, &call), &ICourt::CourtAlreadyWired {});
    }
}

mod when_a_sibling_has_no_code {
    use super::*;

    #[test]
    fn it_reverts_with_bad_address() {
        let mut room = Courtroom::unwired();
        let (right, deployer, given) = (call(&room), room.world.cast.deployer, room.world.cast.eve);
        for call in [
            ICourt::wireCall { jurors: given, ..right.clone() },
            ICourt::wireCall { beacon: given, ..right.clone() },
            ICourt::wireCall { opener: given, ..right.clone() },
        ] {
            assert_refused(room.send(deployer, &call), &ICourt::CourtBadAddress { given });
        }
    }
}

mod when_everything_is_right {
    use super::*;

    #[test]
    fn it_names_them_and_says_so() {
        let mut room = Courtroom::unwired();
        let (call, deployer) = (call(&room), room.world.cast.deployer);
        let sent = room.done(deployer, &call);
        let ICourt::wireCall { jurors, beacon, opener } = call;
        assert_eq!(sent.emitted(), [room.emits(&ICourt::Wired { jurors, beacon, opener })]);
        let words = room.world.read(room.court, &ICourt::settingsCall { version: 1 });
        assert_eq!([0, 2, 3].map(|at| Address::from_slice(&words[at][12..])), [opener, jurors, beacon]);
    }
}

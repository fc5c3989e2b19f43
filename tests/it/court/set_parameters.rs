use super::*;

fn announce(
    room: &mut Courtroom,
    caller: Address,
    parameters: CourtParameters,
) -> Result<Sent<ICourt::setParametersReturn>, Refusal> {
    room.send(caller, &ICourt::setParametersCall { parameters })
}

/// The first second of the next UTC day.
fn tomorrow(room: &Courtroom) -> u64 {
    (room.world.now() / 86_400 + 1) * 86_400
}

fn slower() -> CourtParameters {
    CourtParameters { commitSecs: 7 * 86_400, floorMilliLnq: 20_000, ..court_parameters() }
}

mod when_the_caller_is_not_the_governor {
    use super::*;

    #[test]
    fn it_reverts_with_not_governor() {
        let mut room = Courtroom::unwired();
        for caller in [room.world.cast.deployer, room.world.cast.guardian, room.world.cast.eve] {
            assert_refused(announce(&mut room, caller, slower()), &ICourt::CourtNotGovernor { caller });
        }
    }
}

mod when_a_parameter_is_outside_its_limits {
    use super::*;

    #[test]
    fn it_reverts_with_bad_parameters() {
        let mut room = Courtroom::unwired();
        let governor = room.world.cast.governor;
        let changes: [fn(&mut CourtParameters); 14] = [
            |given| given.evidenceSecs = 2,
            |given| given.evidenceSecs = 7 * 86_400 + 1,
            |given| given.appealEvidenceSecs = 2,
            |given| given.appealEvidenceSecs = 7 * 86_400 + 1,
            |given| given.commitSecs = 59,
            |given| given.commitSecs = 7 * 86_400 + 1,
            |given| given.revealSecs = 59,
            |given| given.revealSecs = 7 * 86_400 + 1,
            |given| given.appealSecs = 59,
            |given| given.appealSecs = 7 * 86_400 + 1,
            |given| given.drawSecs = 59,
            |given| given.drawSecs = 7 * 86_400 + 1,
            |given| given.floorMilliLnq = 99,
            |given| given.floorMilliLnq = 1_000_001,
        ];
        for change in changes {
            let mut given = court_parameters();
            change(&mut given);
            assert_refused(announce(&mut room, governor, given), &ICourt::CourtBadParameters {});
        }
    }
}

mod given_a_version_was_announced_today {
    use super::*;

    #[test]
    fn it_reverts_with_parameters_pending() {
        let mut room = Courtroom::unwired();
        let (governor, from) = (room.world.cast.governor, tomorrow(&room));
        announce(&mut room, governor, slower()).expect("the second version");
        assert_refused(announce(&mut room, governor, slower()), &ICourt::CourtParametersPending { from });
        room.world.at(from);
        announce(&mut room, governor, slower()).expect("the third version");
    }
}

mod when_everything_is_right {
    use super::*;

    #[test]
    fn it_counts_from_the_next_day_on_for_disputes_that_name_it() {
        let mut room = Courtroom::new();
        let (governor, opener, funder) = (room.world.cast.governor, room.opener, room.world.cast.requester);
        let old = room.open(LARGE);
        let from = tomorrow(&room);
        let sent = announce(&mut room, governor, slower()).expect("the second version");
        assert_eq!(sent.emitted(), [room.emits(&ICourt::ParametersSet { version: 2, from, parameters: slower() })]);
        let open = |version| ICourt::openCall { funder, value: u96(LARGE), version };
        let unknown = ICourt::CourtUnknownParameters { version: 2, current: 1 };
        assert_refused(room.send(opener, &open(2)), &unknown);
        room.draw(old);
        room.world.at(from);
        let cost = room.done(opener, &open(2)).value.cost;
        // The floor is 20 LNQ now, and 32 of them are 640.
        assert_eq!(cost, u96(lnq(60)));
        assert_eq!(room.done(opener, &open(1)).value.cost, u96(lnq(30)));
        // The one that was open goes on as it was: silence all the way, and ten.
        assert_eq!(room.verdict(old), (CourtPhase::Final, 10, false, 0));
    }

    #[test]
    fn it_takes_every_limit() {
        let mut room = Courtroom::unwired();
        let governor = room.world.cast.governor;
        for (evidence, phase, draw, floor) in [(3, 60, 60, 100), (7 * 86_400, 7 * 86_400, 7 * 86_400, 1_000_000)] {
            let parameters = CourtParameters {
                evidenceSecs: evidence,
                appealEvidenceSecs: evidence,
                commitSecs: phase,
                revealSecs: phase,
                appealSecs: phase,
                drawSecs: draw,
                floorMilliLnq: floor,
            };
            announce(&mut room, governor, parameters).expect("a version");
            let next = tomorrow(&room);
            room.world.at(next);
        }
    }
}

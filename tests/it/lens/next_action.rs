use super::*;

/// What `step` would do to slot 0, and from when on.
fn next(world: &World, job: B256) -> (Action, u64) {
    let answer = world.read(world.suite.lens, &ILens::nextActionCall { job, slot: 0 });
    (Action::from_u8(answer.action).expect("a code"), answer.since)
}

#[test]
fn it_passes_on_that_there_is_no_such_job() {
    let world = World::new();
    let job = B256::repeat_byte(1);
    let result = world.call(Address::ZERO, world.suite.lens, &ILens::nextActionCall { job, slot: 0 });
    assert_refused(result, &IJobs::JobsUnknownJob { job });
}

/// At the second it names, and not before, `step` does what it names.
#[test]
fn it_says_what_step_does_from_that_second_on() {
    for (expected, outcome) in
        [(Action::Expire, Outcome::Expired), (Action::Late, Outcome::Late), (Action::Pay, Outcome::Undisputed)]
    {
        let mut world = World::with_providers();
        let terms = Terms { attempts: 1, ..world.terms() };
        let (cast, job) = (world.cast, world.post(&terms).expect("post").value);
        if expected != Action::Expire {
            world.take(cast.operator, &terms, 1, lnq(80)).expect("take");
            assert_eq!(next(&world, job).0, Action::Late, "a take that nobody displaces is late when it is due");
        }
        if expected == Action::Pay {
            world.warp(u64::from(Times::BID));
            world.submit(cast.operator, job, 20).expect("submit");
        }
        let (action, since) = next(&world, job);
        assert_eq!(action, expected);
        world.warp(since - world.now() - 1);
        assert!(world.step(job).is_err(), "{expected:?} a second early");
        world.warp(1);
        world.step(job).expect("step");
        assert_eq!((world.slot_of(job).outcome, next(&world, job)), (outcome as u8, (Action::None, 0)));
    }
}

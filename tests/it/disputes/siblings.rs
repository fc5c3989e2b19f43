//! Siblings that answer as ours never do: their reasons are passed on, and silence has a name.

use super::*;

/// A disputes contract over siblings that always do the same.
struct Lonely {
    world: World,
    disputes: Address,
}

/// What the escrow answers about a job of the requester.
fn locked() -> Stub {
    Stub::Returns((Cast::ALL.requester, U256::from(lnq(400)), U256::from(1)).abi_encode())
}

impl Lonely {
    fn over(escrow: &Stub, jobs: &Stub, court: &Stub) -> Self {
        let mut world = World::new();
        let deployer = world.cast.deployer;
        let disputes = world.construct("disputes", (deployer,).abi_encode_params()).expect("construction");
        let [escrow, jobs, court] = [escrow, jobs, court].map(|stub| world.place(stub));
        let call = IDisputes::wireCall { jobs, registry: world.suite.registry, escrow, court };
        world.send(deployer, disputes, &call).expect("wiring");
        Self { world, disputes }
    }

    fn dispute(&mut self) -> Result<Sent<IDisputes::disputeReturn>, Refusal> {
        let (requester, disputes) = (self.world.cast.requester, self.disputes);
        self.world.send(requester, disputes, &IDisputes::disputeCall { job: NOWHERE, slot: 0, claim: 0 })
    }
}

/// What jobs answers about a submitted slot of 400 LNQ, and to everything else.
fn submitted() -> Stub {
    let slot = Slot {
        state: SlotState::Submitted as u8,
        until: 0,
        outcome: 0,
        provider: 1,
        left: 0,
        attempt: 1,
        price: u96(lnq(400)),
        lock: u96(lnq(80)),
        takenAt: 0,
        due: 0,
        claim: 20,
        standing: false,
        payoutVersion: 0,
    };
    Stub::Returns(slot.abi_encode())
}

/// Answers that are none.
fn silences() -> [Stub; 4] {
    [Stub::Returns(Vec::new()), Stub::Returns(vec![0xff; 31]), Stub::Reverts(Vec::new()), Stub::Halts]
}

#[test]
fn silence_of_any_of_them_reverts_with_sibling_failed() {
    for silence in silences() {
        for [escrow, jobs, court] in [
            [&silence, &submitted(), &Stub::word(0)],
            [&locked(), &silence, &Stub::word(0)],
            [&locked(), &submitted(), &silence],
        ] {
            let mut lonely = Lonely::over(escrow, jobs, court);
            assert_refused(lonely.dispute(), &IDisputes::DisputesSiblingFailed {});
        }
    }
}

#[test]
fn a_court_that_answers_with_other_words_reverts_with_sibling_failed() {
    let words = vec![B256::ZERO; 6].abi_encode();
    let mut lonely = Lonely::over(&locked(), &submitted(), &Stub::Returns(words));
    assert_refused(lonely.dispute(), &IDisputes::DisputesSiblingFailed {});
}

#[test]
fn their_reasons_are_passed_on() {
    let reason = ICourt::CourtNotWired {};
    let mut lonely = Lonely::over(&locked(), &submitted(), &Stub::Reverts(reason.abi_encode()));
    assert_refused(lonely.dispute(), &reason);
    let reason = IJobs::JobsUnknownJob { job: NOWHERE };
    let mut lonely = Lonely::over(&locked(), &Stub::Reverts(reason.abi_encode()), &Stub::word(0));
    assert_refused(lonely.dispute(), &reason);
}

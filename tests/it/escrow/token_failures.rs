//! A token that agrees to a lock and to nothing afterwards: whatever pays out fails as a whole. `lock.rs` has the locks.

use super::*;

/// An escrow over a token of the test's own, with a slot locked and fees earned while the token still agreed.
struct Betrayed {
    world: World,
    escrow: Address,
    token: Address,
}

impl Betrayed {
    fn new() -> Self {
        let mut world = World::new();
        let (cast, jobs) = (world.cast, world.suite.jobs);
        let token = world.place(&Stub::word(1));
        let arguments = (cast.deployer, token, cast.treasury).abi_encode_params();
        let escrow = world.construct("escrow", arguments).expect("construction");
        world.send(cast.deployer, escrow, &IEscrow::wireCall { jobs }).expect("wiring");
        let (lock, settle) = (lock_of(&world, JOB, 2), settle_of(&world));
        world.send(jobs, escrow, &lock).expect("lock");
        world.send(jobs, escrow, &settle).expect("settlement");
        Self { world, escrow, token }
    }

    /// What becomes of a call by jobs once the token behaves like `stub`; nothing in the books if it is refused.
    fn call<C: SolCall>(&mut self, stub: &Stub, call: &C) -> Result<(), Refusal> {
        let (jobs, escrow, token) = (self.world.suite.jobs, self.escrow, self.token);
        self.world.rehearse(|world| {
            let owed = |world: &World| world.read(escrow, &IEscrow::liabilitiesCall {});
            world.node_mut().set_code(token, stub.code().into());
            let before = owed(world);
            let result = world.send(jobs, escrow, call).map(drop);
            let after = owed(world);
            if result.is_err() {
                assert_eq!((after.rewards, after.fees), (before.rewards, before.fees), "a failed call changes nothing");
            }
            result
        })
    }
}

/// Answers to a transfer that are no yes.
fn refusals() -> [Stub; 6] {
    [
        Stub::Returns(Vec::new()),
        Stub::Returns(vec![1]),
        Stub::word(0),
        Stub::word(2),
        Stub::Reverts(Vec::new()),
        Stub::Halts,
    ]
}

#[test]
fn whatever_transfers_reverts_with_token_failed() {
    let mut betrayed = Betrayed::new();
    let (settle, forfeit) = (settle_of(&betrayed.world), IEscrow::forfeitCall { job: JOB, price: U96::ZERO, share: 0 });
    for stub in refusals() {
        let failed = IEscrow::EscrowTokenFailed {};
        assert_refused(betrayed.call(&stub, &settle), &failed);
        assert_refused(betrayed.call(&stub, &forfeit), &failed);
        assert_refused(betrayed.call(&stub, &IEscrow::refundCall { job: JOB }), &failed);
        assert_refused(betrayed.call(&stub, &IEscrow::sweepCall {}), &failed);
    }
}

#[test]
fn a_burn_that_answers_anything_reverts_with_token_failed() {
    let mut betrayed = Betrayed::new();
    // Transfers are agreed to; a burn has nothing to say.
    let forfeit = IEscrow::forfeitCall { job: JOB, price: u96(lnq(100)), share: 20 };
    for result in [betrayed.call(&Stub::word(1), &forfeit), betrayed.call(&Stub::word(1), &IEscrow::sweepCall {})] {
        assert_refused(result, &IEscrow::EscrowTokenFailed {});
    }
}

#[test]
fn a_reason_is_passed_on() {
    let error = ILnqToken::ERC20InvalidReceiver { receiver: Address::repeat_byte(7) };
    let mut betrayed = Betrayed::new();
    let (stub, settle) = (Stub::Reverts(error.abi_encode()), settle_of(&betrayed.world));
    assert_refused(betrayed.call(&stub, &settle), &error);
}

#[test]
fn a_skim_needs_a_balance_that_covers_what_is_owed() {
    let mut betrayed = Betrayed::new();
    assert_refused(betrayed.call(&Stub::word(1), &IEscrow::skimCall {}), &IEscrow::EscrowOverflow {});
    assert_refused(betrayed.call(&Stub::Returns(Vec::new()), &IEscrow::skimCall {}), &IEscrow::EscrowTokenFailed {});
    // A balance, and an answer to the transfer that is no yes.
    let rich = Stub::Returns(B256::from(U256::from(lnq(1_000))).to_vec());
    assert_refused(betrayed.call(&rich, &IEscrow::skimCall {}), &IEscrow::EscrowTokenFailed {});
}

//! Disputed results, one file for each function, before a real court with a real beacon.

mod concede;
mod constructor;
mod dispute;
mod layout;
mod settle;
mod settle_neutral;
mod siblings;
mod wire;

use linq_abi::{
    CourtParameters, Disputed,
    codes::{CourtPhase, Side},
};
use linq_tests::{Courtroom, court_parameters};

use crate::{jobs::NOWHERE, prelude::*};

/// What a seat is paid in these disputes, and the least seat fee.
const FEE: u128 = lnq(10);

/// A result worth 400 LNQ behind a lock of 80, before a court of twenty jurors.
struct Quarrel {
    room: Courtroom,
    job: B256,
}

impl Quarrel {
    /// The first provider has submitted a result, claiming `claim` twentieths.
    fn submitted(claim: u8) -> Self {
        Self::submitted_with(claim, |_| {})
    }

    /// The same under other terms than usual.
    fn submitted_with(claim: u8, change: impl FnOnce(&mut Terms)) -> Self {
        let mut room = Courtroom::in_suite(World::with_providers(), 20);
        let world = &mut room.world;
        let mut terms = Terms { price: u96(lnq(400)), bidSecs: 0, ..world.terms() };
        change(&mut terms);
        let job = world.post(&terms).expect("post").value;
        world.take(world.cast.operator, &terms, 1, terms.price.to()).expect("take");
        world.submit(world.cast.operator, job, claim).expect("submit");
        Self { room, job }
    }

    /// The requester has disputed a result that the provider claims the whole for.
    fn disputed(claim: u8) -> Self {
        let mut quarrel = Self::submitted(20);
        quarrel.dispute(claim).expect("dispute");
        quarrel
    }

    /// A jury of three has voted like this, and nobody appealed.
    fn decided(claim: u8, votes: [u8; 3]) -> Self {
        let mut quarrel = Self::disputed(claim);
        quarrel.room.bring(1);
        quarrel.room.vote(1, &votes.map(Some));
        quarrel.room.wait(1);
        quarrel
    }

    fn dispute(&mut self, claim: u8) -> Result<Sent<IDisputes::disputeReturn>, Refusal> {
        self.dispute_as(self.room.world.cast.requester, claim)
    }

    fn dispute_as(&mut self, caller: Address, claim: u8) -> Result<Sent<IDisputes::disputeReturn>, Refusal> {
        let call = IDisputes::disputeCall { job: self.job, slot: 0, claim };
        self.room.world.disputes(caller, &call)
    }

    fn concede(&mut self, caller: Address, claim: u8) -> Result<Sent<IDisputes::concedeReturn>, Refusal> {
        let call = IDisputes::concedeCall { job: self.job, slot: 0, claim };
        self.room.world.disputes(caller, &call)
    }

    fn settle(&mut self) -> Result<Sent<IDisputes::settleReturn>, Refusal> {
        let keeper = self.room.world.cast.keeper;
        self.room.world.disputes(keeper, &IDisputes::settleCall { job: self.job, slot: 0 })
    }

    fn settle_neutral(&mut self) -> Result<Sent<IDisputes::settleNeutralReturn>, Refusal> {
        let keeper = self.room.world.cast.keeper;
        self.room.world.disputes(keeper, &IDisputes::settleNeutralCall { job: self.job, slot: 0 })
    }

    /// What is kept of the dispute.
    fn kept(&self) -> Disputed {
        let world = &self.room.world;
        world.read(world.suite.disputes, &IDisputes::disputedCall { job: self.job, slot: 0 })
    }

    fn slot(&self) -> Slot {
        self.room.world.slot_of(self.job)
    }

    /// Stake of the first provider, and what of it is locked.
    fn stake(&self) -> (u128, u128) {
        let provider = self.room.world.provider(1);
        (provider.bonded.to(), provider.locked.to())
    }

    fn not_disputed(&self) -> IDisputes::DisputesNotDisputed {
        IDisputes::DisputesNotDisputed { job: self.job, slot: 0 }
    }

    /// How the slot was settled, in a call that did nothing else to the slot.
    fn settled(&self, verdict: Verdict, trial: Trial, share: u8, owed: u128) -> IDisputes::DisputeSettled {
        IDisputes::DisputeSettled {
            job: self.job,
            slot: 0,
            dispute: 1,
            verdict: verdict as u8,
            trial: trial as u8,
            share,
            owed: u96(owed),
        }
    }

    /// The slot is closed like that, and nothing is kept of the dispute.
    #[track_caller]
    fn assert_closed(&self, outcome: Outcome) {
        let slot = self.slot();
        assert_eq!((slot.state, slot.outcome), (SlotState::Closed as u8, outcome as u8));
        assert_eq!(self.kept(), Disputed::default());
        assert_eq!(self.stake().1, 0, "nothing is locked");
        let world = &self.room.world;
        assert_eq!(world.escrow_owes(), world.balance(world.suite.escrow));
    }
}

/// LNQ as a change of somebody's holdings.
fn gained(amount: u128) -> i128 {
    i128::try_from(amount).expect("less than the supply")
}

//! Jobs, one file for each function.

mod accept;
mod cancel;
mod constructor;
mod dispute;
mod pause;
mod payees;
mod post;
mod rule;
mod set_parameters;
mod settle;
mod siblings;
mod slot;
mod step;
mod submit;
mod take;
mod unable;
mod wire;

use crate::prelude::*;

/// A day.
const DAY: u32 = 86_400;

/// A job that nobody posted.
pub(crate) const NOWHERE: B256 = B256::repeat_byte(0x0e);

/// Texts that are no URI: what could hide or break something where it is shown.
const MALFORMED: [&str; 6] = ["a place", "tab\t", "line\n", "nul\0", "delete\u{7f}", "ipfs://caf\u{e9}"];

/// Every character that a URI may have.
const PRINTABLE: &str = "!\"#$%&'()*+,-./09:;<=>?@AZ[\\]^_`az{|}~";

/// A world with a job of slot 0 in some state, and the terms it was posted with.
pub(crate) struct Scene {
    pub(crate) world: World,
    pub(crate) terms: Terms,
    pub(crate) job: B256,
    /// When slot 0 was taken by the steps below.
    pub(crate) taken_at: u64,
}

impl Scene {
    /// A job posted with the usual terms.
    pub(crate) fn posted() -> Self {
        Self::posted_with(|_| {})
    }

    /// A job posted with the usual terms, changed.
    pub(crate) fn posted_with(change: impl FnOnce(&mut Terms)) -> Self {
        let mut world = World::with_providers();
        let mut terms = world.terms();
        change(&mut terms);
        let job = world.post(&terms).expect("post").value;
        Self { world, terms, job, taken_at: 0 }
    }

    /// The first provider's operator has taken the slot at 80 LNQ.
    pub(crate) fn taken() -> Self {
        Self::posted().then_taken()
    }

    /// The bidding is over and the first provider at work.
    pub(crate) fn running() -> Self {
        Self::posted().then_running()
    }

    /// The first provider has submitted a result worth `claim` twentieths.
    pub(crate) fn submitted(claim: u8) -> Self {
        Self::posted().then_submitted(claim)
    }

    pub(crate) fn then_taken(mut self) -> Self {
        let operator = self.world.cast.operator;
        self.world.take(operator, &self.terms, 1, lnq(80)).expect("take");
        self.taken_at = self.now();
        self
    }

    pub(crate) fn then_running(self) -> Self {
        let mut scene = self.then_taken();
        let begins = scene.now() + u64::from(scene.terms.bidSecs);
        scene.world.at(begins);
        scene
    }

    pub(crate) fn then_submitted(self, claim: u8) -> Self {
        let mut scene = self.then_running();
        let (operator, job) = (scene.world.cast.operator, scene.job);
        scene.world.submit(operator, job, claim).expect("submit");
        scene
    }

    /// Slot 0 as it is now.
    pub(crate) fn slot(&self) -> Slot {
        self.world.slot_of(self.job)
    }

    /// State of slot 0.
    pub(crate) fn state(&self) -> SlotState {
        SlotState::from_u8(self.slot().state).expect("a state")
    }

    /// How slot 0 was closed.
    pub(crate) fn outcome(&self) -> Outcome {
        Outcome::from_u8(self.slot().outcome).expect("an outcome")
    }

    pub(crate) fn now(&self) -> u64 {
        self.world.now()
    }

    /// Waits until the state of slot 0 has ended.
    pub(crate) fn wait(&mut self) {
        let until = self.slot().until;
        self.world.at(until);
    }

    /// An event of jobs.
    pub(crate) fn by_jobs<E: alloy::sol_types::SolEvent>(&self, event: &E) -> Emitted {
        emitted(self.world.suite.jobs, event)
    }

    /// An event of the registry.
    pub(crate) fn by_registry<E: alloy::sol_types::SolEvent>(&self, event: &E) -> Emitted {
        emitted(self.world.suite.registry, event)
    }

    /// An event of the escrow.
    pub(crate) fn by_escrow<E: alloy::sol_types::SolEvent>(&self, event: &E) -> Emitted {
        emitted(self.world.suite.escrow, event)
    }

    /// What the registry says just now of the end of the first provider's work on slot 0, which pays `paid` before the fee.
    pub(crate) fn work_closed(&self, end: WorkEnd, paid: u128, slashed: u128) -> Emitted {
        self.by_registry(&IRegistry::WorkClosed {
            provider: 1,
            work: self.work(),
            end: end as u8,
            tookSecs: u32::try_from(self.now() - self.taken_at).expect("not long ago"),
            paid: u96(paid),
            trial: Trial::None as u8,
            unlocked: u96(lnq(20) - slashed),
            slashed: u96(slashed),
            compensated: U96::ZERO,
            bonded: u96(lnq(10_000) - slashed),
        })
    }

    /// LNQ that moves.
    pub(crate) fn moves(&self, from: Address, to: Address, value: u128) -> Emitted {
        emitted(self.world.suite.token, &ILnqToken::Transfer { from, to, value: U256::from(value) })
    }

    /// What the registry names the work of slot 0 by.
    pub(crate) fn work(&self) -> B256 {
        keccak256((self.job, 0_u16).abi_encode())
    }

    /// The error of a call that the state of slot 0 does not allow.
    pub(crate) fn wrong_state(&self, state: SlotState) -> IJobs::JobsWrongState {
        IJobs::JobsWrongState { job: self.job, slot: 0, state: state as u8 }
    }

    /// The error of a call that comes after `deadline`.
    pub(crate) fn too_late(&self, deadline: u64) -> IJobs::JobsTooLate {
        IJobs::JobsTooLate { job: self.job, slot: 0, deadline }
    }
}

//! Giving a slot to a provider.

use alloy_primitives::{B256, aliases::U96};
use linq_abi::{
    IJobs::*,
    Slot, Terms, WorkRequest,
    codes::SlotState,
    wire::{Abi, Raw},
};
use linq_common::{Amount, log};
use stylus_sdk::prelude::*;

use crate::{
    JobsError,
    calls::Reward,
    math::lock_up,
    state::{Jobs, SlotRecord},
    transition,
};

/// Taking slots.
#[public]
#[allow(missing_docs, reason = "the macro adds a hidden method of its own")]
pub trait Taking {
    /// Gives `slot` of the job of exactly these `terms` to `provider` at `price`. While the bidding lasts, this displaces
    /// whoever has it if 64 · price ≤ 63 · theirs.
    ///
    /// Who:   the provider's operator, at any price; from the provider's standing offer, at its own quote, the requester,
    ///        and anyone where the terms say so, but nobody where a judge or an expected hash decides.
    /// Needs: the slot is open before `openUntil`, or taken before `bidUntil`; the provider is eligible, has the capacity
    ///        and enough free stake to lock.
    /// Does:  takes a displaced take off the registry's books, has the registry reserve capacity and lock collateral, and
    ///        records the take. The first take of an attempt sets `bidUntil`.
    /// Emits: [`SlotDisplaced`] when there was another, [`SlotTaken`].
    /// Fails: [`JobsPaused`], [`JobsUnknownJob`], [`JobsUnknownSlot`], [`JobsOtherProviderNamed`], [`JobsWrongState`], [`JobsTooLate`],
    ///        [`JobsPriceTooHigh`], [`JobsProviderLeft`], [`JobsAlreadyTheirs`]; a refusal of the registry passes through,
    ///        as [`JobsSiblingFailed`] if it has no reason.
    /// Units: LNQ base units.
    /// Note:  the registry is called before the slot is written, because half of what is written is its answer. It calls
    ///        nobody, and the entry point admits no second call meanwhile.
    fn take(&mut self, terms: Raw<Terms>, slot: u16, provider: u32, price: U96) -> Result<(), JobsError>;

    /// A slot at the present second.
    ///
    /// Fails: [`JobsUnknownJob`], [`JobsUnknownSlot`]; [`JobsSiblingFailed`] if the escrow of a held slot does not answer.
    /// Units: LNQ base units; seconds; twentieths.
    fn slot(&self, id: B256, index: u16) -> Result<Abi<Slot>, JobsError>;
}

#[public]
impl Taking for Jobs {
    fn take(&mut self, terms: Raw<Terms>, slot: u16, provider: u32, price: U96) -> Result<(), JobsError> {
        self.require_not_paused(&self.setup())?;
        let job = self.id_of(&terms);
        let work = self.work(job, slot)?;
        let terms = terms.read();
        let named = terms.provider;
        if named != 0 && named != provider {
            return Err(JobsOtherProviderNamed { named, provider }.into());
        }
        let posted = Amount::from(terms.price);
        let take = transition::take(&work.conditions, &work.slot, self.now(), provider, price.into(), posted)
            .map_err(|why| work.refused(why))?;
        let lock = lock_up(posted, self.parameters_of(work.conditions.version).collateral).into();
        let caller = self.vm().msg_sender();
        // A requester could have its own judge rule a stranger's stake away, or expect a hash that nobody can reach; so
        // such work is only for providers that asked for it.
        let decided = work.conditions.judged || work.conditions.expects;
        let assignable = !decided && (terms.anyoneMatches || caller == terms.requester);
        let request = WorkRequest {
            provider,
            caller,
            assignable,
            resources: terms.resources,
            features: terms.features,
            regions: terms.regions,
            tier: terms.tier,
            price,
            posted: terms.price,
            runSecs: terms.runSecs,
            windowSecs: terms.windowSecs,
            lock,
        };

        if let Some(displaced) = &take.displaced {
            log(self.vm(), &SlotDisplaced { job, slot, provider: displaced.provider });
            let reward = Reward { requester: terms.requester, price: posted };
            self.displace(&work, displaced, reward)?;
        }
        let (payout_version, standing) = self.registry_take(&request)?;

        let next = SlotRecord { payout_version, standing, ..take.next };
        self.put(&work, &next)?;

        let taken = SlotTaken {
            job,
            slot,
            provider,
            attempt: next.attempt,
            price,
            lock,
            bidUntil: next.until.secs(),
            due: take.due.secs(),
            standing: next.standing,
        };
        log(self.vm(), &taken);
        Ok(())
    }

    fn slot(&self, id: B256, index: u16) -> Result<Abi<Slot>, JobsError> {
        let work = self.work(id, index)?;
        let slot = work.slot;
        let (state, until) = transition::state_at(&work.conditions, &slot, self.now());
        let held = !matches!(state, SlotState::Open | SlotState::Closed);
        let lock = if held {
            lock_up(self.reward_of(id)?.price, self.parameters_of(work.conditions.version).collateral)
        } else {
            Amount::ZERO
        };
        let working = matches!(state, SlotState::Taken | SlotState::Running);
        let due = if working { transition::due_at(&work.conditions, &slot).secs() } else { 0 };
        let slot = Slot {
            state: state.number(),
            until: until.secs(),
            outcome: slot.outcome.number(),
            provider: slot.provider,
            left: slot.left,
            attempt: slot.attempt,
            price: slot.price.into(),
            lock: lock.into(),
            takenAt: slot.taken_at.secs(),
            due,
            claim: slot.claim.twentieths(),
            standing: slot.standing,
            payoutVersion: slot.payout_version,
        };
        Ok(slot.into())
    }
}

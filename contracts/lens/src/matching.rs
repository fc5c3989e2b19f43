//! Who can take a piece of work, who does it cheapest, and what is due.

// The SDK's macros name `Vec` without a path.
use alloc::vec::Vec;

use alloy_primitives::{Address, B256, aliases::U96};
use linq_abi::{
    IJobs, Requirements, Slot, WorkRequest,
    codes::{Action, Obstacle, SlotState},
};
use linq_common::{Abi, Amount, Bps, view};
use linq_records::{
    eligibility::{Rules, Shelf, fit},
    words::Operator,
};
use stylus_sdk::prelude::*;

use crate::{Lens, LensError, books::Fetched};

/// Matching work with providers.
#[public]
#[allow(missing_docs, reason = "the macro adds a method of its own")]
pub trait Matching {
    /// Whether a provider can take a slot posted now with these requirements: an `Obstacle` code, 0 when it can; and its
    /// quote, 0 for a provider that there is none of. Where the requirements name no price, the slot is posted at the
    /// provider's own quote; at nothing none can be posted.
    ///
    /// Fails: `LensSiblingFailed` as every view here, if registry or jobs do not answer.
    /// Units: LNQ base units; seconds.
    /// Note:  a take by the operator itself may have any price up to the posted one; its quote hinders nothing.
    fn eligible(&self, id: u32, requirements: Abi<Requirements>) -> Result<(u8, U96), LensError>;

    /// The provider of a page (as `providers` cuts it) that is eligible at the lowest quote, the one of better reputation
    /// among equals, and then the one registered first; 0 if none is. With it its quote, its reputation, and the id to go
    /// on from, or 0 when there are no more.
    ///
    /// Units: LNQ base units; seconds; bps.
    fn best_match(
        &self,
        requirements: Abi<Requirements>,
        from: u32,
        limit: u16,
    ) -> Result<(u32, U96, u16, u32), LensError>;

    /// What `step` would do to a slot, an `Action` code, and from which second on; 0 and 0 once it is closed.
    ///
    /// Fails: what the jobs contract says of a job or slot that there is none of.
    /// Units: seconds.
    fn next_action(&self, job: B256, slot: u16) -> Result<(u8, u64), LensError>;
}

#[public]
impl Matching for Lens {
    fn eligible(&self, id: u32, requirements: Abi<Requirements>) -> Result<(u8, U96), LensError> {
        let terms = self.terms(requirements.0)?;
        let (obstacle, quote) = examine(&self.fetch(id)?, &terms);
        Ok((obstacle.number(), quote.into()))
    }

    fn best_match(
        &self,
        requirements: Abi<Requirements>,
        from: u32,
        limit: u16,
    ) -> Result<(u32, U96, u16, u32), LensError> {
        let terms = self.terms(requirements.0)?;
        let (ids, next) = self.page(from, limit)?;
        let (mut best, mut lowest, mut best_reputation) = (0, Amount::MAX, 0);
        for id in ids {
            let fetched = self.fetch(id)?;
            let (obstacle, quote) = examine(&fetched, &terms);
            if obstacle != Obstacle::None || (best != 0 && quote > lowest) {
                continue;
            }
            let (reputation, _) = fetched.rank(&terms.rules);
            if best == 0 || quote < lowest || reputation > best_reputation {
                (best, lowest, best_reputation) = (id, quote, reputation);
            }
        }
        let quote = if best == 0 { Amount::ZERO } else { lowest };
        Ok((best, quote.into(), best_reputation, next))
    }

    fn next_action(&self, job: B256, slot: u16) -> Result<(u8, u64), LensError> {
        let slot: Slot = view::<IJobs::slotCall, _, _, _>(self, self.jobs.get(), &(job, slot))?;
        let (action, since) = match SlotState::from_u8(slot.state) {
            Some(SlotState::Open) => (Action::Expire, slot.until),
            Some(SlotState::Taken | SlotState::Running) => (Action::Late, slot.due),
            Some(SlotState::Submitted) => (Action::Pay, slot.until),
            _ => (Action::None, 0),
        };
        Ok((action.number(), since))
    }
}

/// What providers are held against.
struct Terms {
    requirements: Requirements,
    rules: Rules,
    collateral: Bps,
}

impl Lens {
    fn terms(&self, requirements: Requirements) -> Result<Terms, LensError> {
        Ok(Terms { requirements, rules: self.rules()?, collateral: self.job_rules()?.collateral })
    }
}

/// What stands in the way of a provider, and what it quotes.
fn examine(fetched: &Fetched, terms: &Terms) -> (Obstacle, Amount) {
    let (asked, operator): (&Requirements, Operator) = (&terms.requirements, fetched.read());
    if operator.registered_at.is_zero() {
        return (Obstacle::UnknownProvider, Amount::ZERO);
    }
    let quote = fetched.quote(&asked.resources, asked.runSecs);
    let posted = if asked.price.is_zero() { quote } else { asked.price.into() };
    let request = WorkRequest {
        provider: 0,
        caller: Address::ZERO,
        assignable: true,
        resources: asked.resources.clone(),
        features: asked.features,
        regions: asked.regions,
        tier: asked.tier,
        price: quote.into(),
        posted: posted.into(),
        runSecs: asked.runSecs,
        windowSecs: asked.windowSecs,
        lock: posted.bps_up(terms.collateral).into(),
    };
    match fit(fetched, &operator, &terms.rules, &request, asked.standing) {
        Err(hindrance) => (hindrance.obstacle, quote),
        Ok(_) if asked.standing && quote > posted => (Obstacle::QuoteAbovePrice, quote),
        // Only where no price is named and nothing is quoted.
        Ok(_) if posted.is_zero() => (Obstacle::NotTheQuote, quote),
        Ok(_) => (Obstacle::None, quote),
    }
}

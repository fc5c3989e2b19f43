//! `linq match`

use std::collections::BTreeMap;

use alloy::primitives::{B256, U256};
use clap::Args;
use linq_abi::codes::SlotState;
use linq_abi::{IJobs, Slot, Terms};
use serde::Serialize;

use super::Context;
use super::slots::{SlotName, state_name};
use crate::client::{Linq, Sent};
use crate::error::{Error, Kind, Result};
use crate::market::{self, MAX_EXPLAINED, Offer, Passed};
use crate::output::{Page, Report};
use crate::units::Lnq;

/// How many providers may be refused by the chain one after another before the search is given up.
const MAX_REFUSED: usize = 8;

/// Give a posted job to the best standing offer: the cheapest eligible one, the better reputation among equals
///
/// For the requester, and for anyone where the terms let anyone match. Slots that are open again after a failure are
/// given away like new ones. The lens finds the provider and the chain checks it; one that it refuses is passed over.
#[derive(Args, Debug)]
pub(super) struct Arguments {
    #[command(flatten)]
    slot: SlotName,
    /// List every cheaper provider, and why it was not taken
    #[arg(long)]
    explain: bool,
    /// Show the match and stop
    #[arg(long)]
    estimate: bool,
}

/// The slots that were open, and who has them now.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Document {
    job: B256,
    /// The most one task pays.
    price: Lnq,
    matches: Vec<Match>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Match {
    slot: u16,
    /// Absent where no standing offer fits.
    #[serde(skip_serializing_if = "Option::is_none")]
    provider: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    quote: Option<Lnq>,
    #[serde(skip_serializing_if = "Option::is_none")]
    tx_hash: Option<B256>,
    #[serde(skip_serializing_if = "Option::is_none")]
    gas_used: Option<u64>,
    /// Cheaper providers, or all that ask for no more than the price where none fits.
    #[serde(skip_serializing_if = "Option::is_none")]
    cheaper: Option<Vec<Passed>>,
    /// Whether `cheaper` is all of them.
    #[serde(skip_serializing_if = "Option::is_none")]
    complete: Option<bool>,
}

impl Arguments {
    pub(super) async fn run(self, context: &Context) -> Result<()> {
        let linq = if self.estimate { context.estimator().await? } else { context.writer().await? };
        let terms = linq.posted(self.slot.job).await?.terms;
        self.require_assignable(&linq, &terms)?;
        let mut matches = Vec::new();
        for slot in self.open_slots(&linq, &terms).await? {
            matches.push(self.one(context, &linq, &terms, slot).await?);
        }
        let missing = matches.iter().any(|one| one.provider.is_none());
        if missing && !self.explain {
            return Err(Error::policy("no standing offer fits this work at its price")
                .hint("--explain lists who asks for no more, and why it does not fit"));
        }
        context.output.report(&Document { job: self.slot.job, price: Lnq(terms.price), matches })?;
        if missing { Err(Error::policy("no standing offer fits this work at its price")) } else { Ok(()) }
    }

    /// Requires that this account may give the job away at all.
    fn require_assignable(&self, linq: &Linq, terms: &Terms) -> Result<()> {
        if market::is_decided_by_others(terms) {
            return Err(Error::policy("work with a judge or an expected result is not taken unasked")
                .hint("providers take it themselves"));
        }
        let requester = self.estimate || linq.client.account()? == terms.requester;
        if terms.anyoneMatches || requester {
            return Ok(());
        }
        Err(Error::policy("only the requester of this job gives it to standing offers")
            .hint("its terms would have to say `matching: anyone`"))
    }

    /// The slot that was named, which has to be open; or all that are.
    async fn open_slots(&self, linq: &Linq, terms: &Terms) -> Result<Vec<(u16, Slot)>> {
        let second = linq.second().await?;
        let indices = match self.slot.slot {
            Some(_) => vec![self.slot.slot(linq).await?],
            None => (0..terms.tasks).collect(),
        };
        let mut open = Vec::new();
        let mut why = "no slot is open".to_owned();
        for index in indices {
            let slot = linq.slot(self.slot.job, index).await?;
            if slot.state == SlotState::Open.number() && second < slot.until {
                open.push((index, slot));
            } else if slot.state == SlotState::Open.number() {
                why = format!("slot {index} was open for too long, and nobody can take it any more");
            } else {
                why = format!("slot {index} is {}", state_name(slot.state));
            }
        }
        if open.is_empty() {
            return Err(Error::policy(why).hint(format!("`linq status {}` shows what can be done", self.slot.job)));
        }
        Ok(open)
    }

    /// Finds the best offer for a slot and has it take it, unless only an estimate is wanted.
    async fn one(&self, context: &Context, linq: &Linq, terms: &Terms, (index, slot): (u16, Slot)) -> Result<Match> {
        let mut passed = BTreeMap::new();
        if slot.left != 0 {
            passed.insert(slot.left, "it has just left this slot".to_owned());
        }
        for _ in 0..MAX_REFUSED {
            let offer = market::best(linq, terms, &passed).await?;
            let cheaper = self.explained(linq, terms, offer, &passed).await?;
            let Some(offer) = offer else { return Ok(Match::new(index, None, None, cheaper)) };
            if self.estimate {
                return Ok(Match::new(index, Some(offer), None, cheaper));
            }
            let call =
                IJobs::takeCall { terms: terms.clone(), slot: index, provider: offer.provider, price: offer.quote.0 };
            match linq.client.send(linq.suite.jobs, &call, U256::ZERO).await {
                Ok(sent) => {
                    context.output.progress(format!("slot {index}: provider {} at {}", offer.provider, offer.quote));
                    return Ok(Match::new(index, Some(offer), Some(&sent), cheaper));
                }
                Err(error) if error.kind() == Kind::Revert && of_registry(&error) => {
                    passed.insert(offer.provider, format!("the chain refused it: {error}"));
                }
                Err(error) => return Err(error.context(format!("slot {index}"))),
            }
        }
        Err(Error::policy(format!("slot {index}: the chain refused {MAX_REFUSED} providers that the lens had found"))
            .hint("run the command again"))
    }

    async fn explained(
        &self,
        linq: &Linq,
        terms: &Terms,
        offer: Option<Offer>,
        passed: &BTreeMap<u32, String>,
    ) -> Result<Option<(Vec<Passed>, bool)>> {
        if !self.explain {
            return Ok(None);
        }
        let limit = match offer {
            Some(offer) => offer.quote,
            None => Lnq(terms.price.saturating_add(alloy::primitives::aliases::U96::from(1))),
        };
        market::cheaper(linq, terms, limit, passed).await.map(Some)
    }
}

/// Whether it is the provider that the chain refuses, and not the slot.
fn of_registry(error: &Error) -> bool {
    error.revert().and_then(|revert| revert.name()).is_some_and(|name| name.starts_with("Registry"))
}

impl Match {
    fn new(slot: u16, offer: Option<Offer>, sent: Option<&Sent>, cheaper: Option<(Vec<Passed>, bool)>) -> Self {
        let (cheaper, complete) = cheaper.unzip();
        Self {
            slot,
            provider: offer.map(|offer| offer.provider),
            quote: offer.map(|offer| offer.quote),
            tx_hash: sent.map(|sent| sent.hash),
            gas_used: sent.map(|sent| sent.gas_used),
            cheaper,
            complete,
        }
    }
}

impl Report for Document {
    fn page(&self, page: &mut Page) {
        page.heading(format!("Job {}, {} a task", self.job, self.price));
        for one in &self.matches {
            match (one.provider, one.quote) {
                (Some(provider), Some(quote)) => {
                    let sent = one.tx_hash.map_or_else(|| "not sent".to_owned(), |hash| hash.to_string());
                    page.line(format!("slot {}: provider {provider} at {quote} ({sent})", one.slot));
                }
                _ => page.line(format!("slot {}: no standing offer fits", one.slot)),
            }
            let Some(cheaper) = one.cheaper.as_ref().filter(|cheaper| !cheaper.is_empty()) else { continue };
            let why = |passed: &Passed| passed.why.clone().unwrap_or_default();
            page.table(
                ["passed over", "asks for", "because"],
                cheaper.iter().map(|passed| [passed.provider.to_string(), passed.quote.to_string(), why(passed)]),
            );
            if one.complete == Some(false) {
                page.line(format!("Only the first {MAX_EXPLAINED} providers were asked why."));
            }
        }
    }
}

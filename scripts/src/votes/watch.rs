//! Showing what was sealed in time and collecting rewards, without anybody asking.
//!
//! Nothing is remembered that counts: each look reads the chain, so that a process can end at any instant and the next one
//! goes on. What was shown or claimed before is not sent again, and nothing is shown while votes are sealed.

use std::collections::BTreeSet;
use std::path::PathBuf;

use alloy::primitives::{B256, U256};
use serde::Serialize;

use super::{Ballot, Bench, Case, Showing, Todo, Vote, VoteFile};
use crate::error::{Error, Kind, Result};
use crate::units::Lnq;

/// Blocks that are searched again at the next look, in case the chain has taken some back.
const OVERLAP_BLOCKS: u64 = 64;

/// Which rewards are worth claiming.
#[derive(Clone, Copy, Debug)]
pub struct Worth {
    /// The least of one jury.
    pub least: Lnq,
    /// What one ether is worth; then a reward has to be worth more than the gas.
    pub ether: Option<Lnq>,
}

impl Worth {
    /// Whether to claim a reward at this cost of gas.
    pub fn claims(&self, reward: Lnq, gas_wei: U256) -> bool {
        let gas = self.ether.map(|ether| gas_wei.saturating_mul(ether.to_token()) / U256::from(10_u64.pow(18)));
        reward >= self.least && gas.is_none_or(|gas| reward.to_token() > gas)
    }
}

/// What a look has led to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "did", rename_all = "camelCase", rename_all_fields = "camelCase")]
pub enum Deed {
    /// A vote was shown.
    Revealed {
        /// The dispute.
        dispute: u64,
        /// Its jury.
        round: u8,
        /// The seat.
        seat: u8,
        /// The vote.
        vote: Vote,
        /// The transaction.
        #[serde(skip_serializing_if = "Option::is_none")]
        tx_hash: Option<B256>,
    },
    /// A reward was paid.
    Claimed {
        /// The dispute.
        dispute: u64,
        /// Its jury.
        round: u8,
        /// How much.
        amount: Lnq,
        /// The transaction.
        tx_hash: B256,
    },
    /// A vote has to be sealed by somebody who has looked at the case. Said once for each jury.
    Waiting {
        /// The dispute.
        dispute: u64,
        /// Its jury.
        round: u8,
        /// Until when.
        #[serde(skip_serializing_if = "Option::is_none")]
        until: Option<u64>,
    },
}

/// A juror's disputes, watched.
#[derive(Debug)]
pub struct Watch<'a> {
    bench: Bench<'a>,
    votes: PathBuf,
    worth: Option<Worth>,
    /// The next block whose draws were not read.
    next: u64,
    open: BTreeSet<u64>,
    said: BTreeSet<(u64, u8)>,
}

impl<'a> Watch<'a> {
    /// Watches the disputes of a juror, whose votes are kept in the file `votes`. Without `worth` no reward is claimed.
    pub fn new(bench: Bench<'a>, votes: PathBuf, worth: Option<Worth>) -> Self {
        let next = bench.linq.suite.from_block;
        Self { bench, votes, worth, next, open: BTreeSet::new(), said: BTreeSet::new() }
    }

    /// Looks at every dispute once and does what is due. A dispute that fails does not keep the others waiting; what was done,
    /// and what failed, is told to `tell`.
    ///
    /// Fails: [`Kind::Network`] where the chain could not be read at all.
    pub async fn look(&mut self, mut tell: impl FnMut(std::result::Result<Deed, Error>)) -> Result<()> {
        let head = self.bench.linq.client.block_number().await?;
        self.open.extend(self.bench.drawn_since(self.next).await?);
        self.next = head.saturating_sub(OVERLAP_BLOCKS).max(self.bench.linq.suite.from_block);
        for dispute in self.open.clone() {
            match self.bench.case(dispute).await {
                Ok(case) => self.act(&case, &mut tell).await,
                Err(error) if error.kind() == Kind::Network => return Err(error),
                Err(error) => tell(Err(error)),
            }
        }
        Ok(())
    }

    async fn act(&mut self, case: &Case, tell: &mut impl FnMut(std::result::Result<Deed, Error>)) {
        match case.todo {
            Todo::Reveal => self.reveal(case, tell).await,
            Todo::Claim => self.claim(case, tell).await,
            Todo::Commit if self.said.insert((case.dispute, case.phase.round)) => {
                let (dispute, round, until) = (case.dispute, case.phase.round, case.phase.until);
                tell(Ok(Deed::Waiting { dispute, round, until }));
            }
            Todo::Nothing => drop(self.open.remove(&case.dispute)),
            Todo::Commit | Todo::Wait | Todo::Settle => {}
        }
    }

    async fn reveal(&self, case: &Case, tell: &mut impl FnMut(std::result::Result<Deed, Error>)) {
        match self.bench.require_showing(case).await {
            // The next look comes soon enough.
            Err(error) if error.kind() == Kind::Pending => return,
            Err(error) => return tell(Err(error)),
            Ok(()) => {}
        }
        let client = &self.bench.linq.client;
        let file = VoteFile::open(self.votes.clone(), client, self.bench.linq.suite.court);
        let file = file.map_err(|error| tell(Err(error))).ok();
        for own in case.last_seats().filter(|own| own.ballot == Ballot::Sealed) {
            let shown = self.bench.reveal(case.dispute, own, file.as_ref()).await;
            tell(shown.map(|Showing { seat, vote, tx_hash }| {
                let (dispute, round) = (case.dispute, own.round);
                Deed::Revealed { dispute, round, seat, vote, tx_hash }
            }));
        }
    }

    async fn claim(&self, case: &Case, tell: &mut impl FnMut(std::result::Result<Deed, Error>)) {
        let (Some(worth), dispute) = (self.worth, case.dispute) else { return };
        for &(round, reward) in &case.rewards {
            match self.claim_one(worth, dispute, round, reward).await {
                Ok(Some(deed)) => tell(Ok(deed)),
                Ok(None) => {}
                Err(error) => tell(Err(error)),
            }
        }
    }

    async fn claim_one(&self, worth: Worth, dispute: u64, round: u8, reward: Lnq) -> Result<Option<Deed>> {
        if !worth.claims(reward, self.bench.claim_cost_wei(dispute, round).await?) {
            return Ok(None);
        }
        let (amount, sent) = self.bench.claim(dispute, round).await?;
        Ok(Some(Deed::Claimed { dispute, round, amount, tx_hash: sent.hash }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reward_has_to_be_worth_its_gas() {
        let gas = U256::from(10_u64.pow(15));
        let worth = |least, ether: Option<u64>| Worth { least: Lnq::whole(least), ether: ether.map(Lnq::whole) };
        assert!(worth(5, None).claims(Lnq::whole(5), gas));
        assert!(!worth(6, None).claims(Lnq::whole(5), gas));
        // A thousandth of an ether at 4,999 and 5,000 LNQ each.
        assert!(worth(0, Some(4_999)).claims(Lnq::whole(5), gas));
        assert!(!worth(0, Some(5_000)).claims(Lnq::whole(5), gas));
    }
}

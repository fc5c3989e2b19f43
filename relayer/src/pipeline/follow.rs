//! Following the chain: a durable cursor, bounded queries, back to the fork after a reorganisation.

use std::sync::Arc;

use alloy_primitives::{Address, B256};
use linq_abi::Terms;
use linq_manifest::job_id;

use super::Failure;
use crate::{
    chain::{Chain, ChainError, Head, Hint, SlotId},
    store::{JobRecord, Store},
};

/// Blocks before the cursor that are read again now and then, in case a node left something out.
const RESCANNED_BLOCKS: u64 = 1_000;

/// What some blocks hinted at.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Batch {
    /// Jobs posted, their terms verified.
    pub jobs: Vec<JobRecord>,
    /// Slots that something happened to.
    pub touched: Vec<SlotId>,
}

/// Reads logs block by block, as far as the head.
pub struct Follower {
    chain: Arc<dyn Chain>,
    store: Arc<Store>,
    chain_id: u64,
    jobs: Address,
    start_block: u64,
    max_range: u64,
    /// The range of the next query: halved when a node finds it too large, doubled when it works.
    range: u64,
}

impl Follower {
    /// A follower of the jobs contract at `jobs`.
    pub fn new(
        chain: Arc<dyn Chain>,
        store: Arc<Store>,
        (chain_id, jobs): (u64, Address),
        start_block: u64,
        max_range: u64,
    ) -> Self {
        Self { chain, store, chain_id, jobs, start_block, max_range, range: max_range }
    }

    /// The next blocks up to `head`, kept in the journal together with the cursor; nothing when it is there already.
    /// `keep` says which terms are worth watching.
    pub async fn next(&mut self, head: Head, keep: impl Fn(&Terms) -> bool + Send) -> Result<Option<Batch>, Failure> {
        let from = self.first_unread().await?;
        if from > head.number {
            return Ok(None);
        }
        let (to, hints) = self.query(from, head.number).await?;
        let hash = match to == head.number {
            true => head.hash,
            // Without the block the cursor would point to nowhere; the next pass asks again.
            false => self.chain.block_hash(to).await?.ok_or(ChainError::NoBlock)?,
        };
        let batch = self.sort(hints, keep);
        self.store.advance(to, hash, &batch.jobs)?;
        Ok(Some(batch))
    }

    /// The blocks just before the cursor once more.
    pub async fn rescan(&mut self, keep: impl Fn(&Terms) -> bool + Send) -> Result<Batch, Failure> {
        let Some((cursor, hash)) = self.store.cursor()? else { return Ok(Batch::default()) };
        let mut hints = Vec::new();
        let mut from = cursor.saturating_sub(RESCANNED_BLOCKS).max(self.start_block);
        while from <= cursor {
            let (to, found) = self.query(from, cursor).await?;
            hints.extend(found);
            from = to + 1;
        }
        let batch = self.sort(hints, keep);
        self.store.advance(cursor, hash, &batch.jobs)?;
        Ok(batch)
    }

    /// The block after the cursor, once the cursor is in the chain.
    async fn first_unread(&self) -> Result<u64, Failure> {
        while let Some((number, hash)) = self.store.cursor()? {
            match self.chain.block_hash(number).await? {
                Some(found) if found == hash => return Ok(number + 1),
                Some(_) => {
                    tracing::warn!(number, "the chain was reorganised below the cursor");
                    metrics::counter!("linq_relayer_reorganised_blocks_total").increment(1);
                    self.store.rewind_below(number)?;
                }
                // A node that lags says nothing about the chain.
                None => return Err(ChainError::NoBlock.into()),
            }
        }
        Ok(self.start_block)
    }

    /// Hints from `from` to at most `last`, and how far they reach.
    async fn query(&mut self, from: u64, last: u64) -> Result<(u64, Vec<Hint>), Failure> {
        loop {
            let to = last.min(from + self.range - 1);
            match self.chain.hints(from, to).await {
                Ok(hints) => {
                    self.range = (self.range * 2).min(self.max_range);
                    return Ok((to, hints));
                }
                Err(ChainError::TooManyLogs) if to > from => self.range = (to - from).div_ceil(2),
                Err(error) => return Err(error.into()),
            }
        }
    }

    fn sort(&self, hints: Vec<Hint>, keep: impl Fn(&Terms) -> bool) -> Batch {
        let mut batch = Batch::default();
        for hint in hints {
            match hint {
                Hint::Touched(slot) => batch.touched.push(slot),
                Hint::Posted { job, terms, uri, block } => {
                    if self.id(&terms) != job {
                        tracing::warn!(%job, "a log states terms that do not hash to its job: left alone");
                    } else if keep(&terms) {
                        batch.jobs.push(JobRecord { id: job, terms: *terms, uri, block });
                    }
                }
            }
        }
        batch
    }

    fn id(&self, terms: &Terms) -> B256 {
        job_id(self.chain_id, self.jobs, terms)
    }
}

//! The outbox at work: one transaction at a time from plan to receipt, and an eye on mined ones until they are final.
//!
//! One at a time means no gap in the nonces, ever: nothing is signed while something signed has no receipt. Blocks come
//! several times a second, and a provider sends two or three transactions for each piece of work.

use std::{
    collections::HashMap,
    sync::Arc,
    time::{Duration, Instant},
};

use super::{Failure, Shared};
use crate::{
    chain::{ChainError, Receipt, Refusal, SlotId, Unsigned},
    store::{Intent, IntentState, Kind, Sent},
};

/// How long the same is not tried again after a refusal, by what it means.
const AFTER_MOVED_ON: Duration = Duration::from_secs(2);
const AFTER_NOT_NOW: Duration = Duration::from_secs(60);
const AFTER_NEVER: Duration = Duration::from_secs(3_600);
/// Looks at a used-up nonce without a receipt before the intent is given up: a node may lag behind itself.
const PATIENCE: u32 = 20;

/// Sends what is planned, and sees it through.
pub struct Sender {
    shared: Arc<Shared>,
    /// When the pending transaction was last sent by this process, and last signed.
    sent: HashMap<i64, (Instant, Instant)>,
    /// Looks at which the nonce was used up and no receipt was there.
    misses: HashMap<i64, u32>,
    /// What was refused last, and until when not to try it again.
    refused: HashMap<(SlotId, Kind), Instant>,
}

impl Sender {
    /// A sender with nothing sent yet: what the journal holds as pending is sent again at once.
    pub fn new(shared: Arc<Shared>) -> Self {
        Self { shared, sent: HashMap::new(), misses: HashMap::new(), refused: HashMap::new() }
    }

    /// Whether the same was refused a moment ago.
    pub fn leaves_alone(&mut self, id: SlotId, kind: Kind) -> bool {
        let now = Instant::now();
        self.refused.retain(|_, until| *until > now);
        self.refused.contains_key(&(id, kind))
    }

    /// Sends and confirms as far as it goes now. Says which slots have changed by it.
    pub async fn drive(&mut self) -> Result<Vec<SlotId>, Failure> {
        let mut changed = self.watch_mined().await?;
        loop {
            if let Some(intent) = self.shared.store.pending_intent()? {
                match self.confirm(&intent).await? {
                    true => changed.push(intent.slot),
                    false => return Ok(changed),
                }
            }
            let Some(intent) = self.shared.store.planned_intents()?.into_iter().next() else { return Ok(changed) };
            if !self.dispatch(&intent).await? {
                changed.push(intent.slot);
            }
        }
    }

    /// Makes sure that mined intents are still in the chain, and final ones looked at no more.
    async fn watch_mined(&mut self) -> Result<Vec<SlotId>, Failure> {
        let mined = self.shared.store.mined_intents()?;
        if mined.is_empty() {
            return Ok(Vec::new());
        }
        let finalized = self.shared.chain.finalized().await?;
        let mut changed = Vec::new();
        for intent in mined {
            let Some((number, hash)) = intent.block else { continue };
            // A block that the node does not know says nothing: it may lag.
            let Some(found) = self.shared.chain.block_hash(number).await? else { continue };
            if found != hash {
                changed.push(intent.slot);
                match self.receipt(&intent).await? {
                    Some(receipt) if receipt.succeeded => self.shared.store.mark_mined(intent.id, &receipt)?,
                    Some(_) => self.shared.store.drop_intent(intent.id, "reverted after a reorganisation")?,
                    None => self.shared.store.mark_vanished(intent.id)?,
                }
                tracing::warn!(kind = intent.kind.name(), slot = %intent.slot, number, "its block has vanished");
            } else if number <= finalized {
                self.shared.store.mark_final(intent.id)?;
            }
        }
        Ok(changed)
    }

    async fn receipt(&self, intent: &Intent) -> Result<Option<Receipt>, Failure> {
        for version in self.shared.store.versions(intent.id)?.iter().rev() {
            if let Some(receipt) = self.shared.chain.receipt(version.signed.hash).await? {
                return Ok(Some(receipt));
            }
        }
        Ok(None)
    }

    /// Looks for the receipt of what was signed, and sends it again when there is none. Says whether it is settled.
    async fn confirm(&mut self, intent: &Intent) -> Result<bool, Failure> {
        let kind = intent.kind.name();
        if let Some(receipt) = self.receipt(intent).await? {
            self.point(intent.kind, "mined");
            self.settle(intent, &receipt).await?;
            return Ok(true);
        }
        let Some(nonce) = intent.nonce else { return Ok(false) };
        if self.shared.chain.nonce(self.shared.signer.address()).await? > nonce {
            let misses = self.misses.entry(intent.id).or_default();
            *misses += 1;
            if *misses < PATIENCE {
                return Ok(false);
            }
            tracing::error!(kind, slot = %intent.slot, nonce, "the nonce went to a transaction of somebody else");
            self.shared.store.drop_intent(intent.id, "its nonce went to another transaction")?;
            return Ok(true);
        }
        self.resend(intent, nonce).await?;
        Ok(false)
    }

    async fn settle(&mut self, intent: &Intent, receipt: &Receipt) -> Result<(), Failure> {
        let (kind, slot) = (intent.kind.name(), intent.slot);
        self.sent.remove(&intent.id);
        self.misses.remove(&intent.id);
        if receipt.succeeded {
            self.shared.store.mark_mined(intent.id, receipt)?;
            metrics::counter!("linq_relayer_transactions_total", "kind" => kind, "outcome" => "mined").increment(1);
            tracing::info!(kind, %slot, block = receipt.block, "mined");
            return Ok(());
        }
        // The receipt does not say why, so the call is tried once more without sending it.
        let refusal = match self.shared.chain.estimate(self.shared.signer.address(), &intent.data).await {
            Err(ChainError::Refused(refusal)) => refusal,
            _ => Refusal::NotNow("reverted; it would not now".into()),
        };
        metrics::counter!("linq_relayer_transactions_total", "kind" => kind, "outcome" => "reverted").increment(1);
        self.give_up(intent, &refusal)
    }

    /// Sends the last signed version again, byte for byte; after a while a version with a higher fee.
    async fn resend(&mut self, intent: &Intent, nonce: u64) -> Result<(), Failure> {
        let now = Instant::now();
        let last = self.shared.store.versions(intent.id)?.pop();
        let Some(last) = last else { return Ok(()) };
        let (sent, signed) = match self.sent.get(&intent.id) {
            None => return self.send(intent, &last, now, now).await,
            Some((sent, signed)) => (*sent, *signed),
        };
        if now - signed >= self.shared.timing.bump && last.fees.max < self.shared.timing.max_fee_wei {
            let fees = last.fees.bumped(self.shared.timing.max_fee_wei);
            let version = self.sign(intent, Unsigned { nonce, gas: last.gas, fees, data: intent.data.clone() })?;
            tracing::warn!(kind = intent.kind.name(), slot = %intent.slot, max_fee = fees.max, "raising the fee");
            return self.send(intent, &version, now, now).await;
        }
        if now - sent >= self.shared.timing.resend {
            return self.send(intent, &last, now, signed).await;
        }
        Ok(())
    }

    /// Signs and sends a planned intent, unless the contract would refuse it. Says whether it was sent.
    async fn dispatch(&mut self, intent: &Intent) -> Result<bool, Failure> {
        let account = self.shared.signer.address();
        let gas = match self.shared.chain.estimate(account, &intent.data).await {
            Ok(gas) => gas,
            Err(ChainError::Refused(refusal)) => {
                let label = refusal.metric_label();
                metrics::counter!("linq_relayer_refusals_total", "kind" => intent.kind.name(), "means" => label)
                    .increment(1);
                self.give_up(intent, &refusal)?;
                return Ok(false);
            }
            Err(error) => return Err(error.into()),
        };
        let mut fees = self.shared.chain.fees().await?;
        fees.max = fees.max.min(self.shared.timing.max_fee_wei);
        // What a program costs depends on what ran before it in the block, so an estimate has a margin.
        let gas = gas.saturating_add(gas / 2);
        let nonce = self.shared.store.next_nonce(self.shared.chain.nonce(account).await?)?;
        let version = self.sign(intent, Unsigned { nonce, gas, fees, data: intent.data.clone() })?;
        self.point(intent.kind, "signed");
        let now = Instant::now();
        self.send(intent, &version, now, now).await?;
        Ok(true)
    }

    fn sign(&self, intent: &Intent, unsigned: Unsigned) -> Result<Sent, Failure> {
        let signed = self.shared.signer.sign(&unsigned)?;
        let version = Sent { signed, gas: unsigned.gas, fees: unsigned.fees };
        self.shared.store.record_signed(intent.id, unsigned.nonce, &version)?;
        Ok(version)
    }

    async fn send(&mut self, intent: &Intent, version: &Sent, sent: Instant, signed: Instant) -> Result<(), Failure> {
        let (kind, slot) = (intent.kind.name(), intent.slot);
        match self.shared.chain.send(&version.signed.raw).await {
            Ok(()) => {
                self.point(intent.kind, "broadcast");
                tracing::info!(kind, %slot, transaction = %version.signed.hash, "sent");
            }
            // Perhaps it is in a block already, perhaps it never arrived: receipt and nonce tell, at the next look.
            Err(error) => tracing::warn!(kind, %slot, %error, "sending it failed"),
        }
        self.sent.insert(intent.id, (sent, signed));
        if intent.state != IntentState::Sent {
            self.shared.store.mark_sent(intent.id)?;
            self.point(intent.kind, "sent");
        }
        Ok(())
    }

    fn give_up(&mut self, intent: &Intent, refusal: &Refusal) -> Result<(), Failure> {
        let pause = match refusal {
            Refusal::MovedOn(_) => AFTER_MOVED_ON,
            Refusal::NotNow(_) => AFTER_NOT_NOW,
            Refusal::Never(_) => AFTER_NEVER,
        };
        tracing::warn!(kind = intent.kind.name(), slot = %intent.slot, %refusal, "given up");
        self.refused.insert((intent.slot, intent.kind), Instant::now() + pause);
        self.shared.store.drop_intent(intent.id, &refusal.to_string())?;
        Ok(())
    }

    /// The points of the kinds whose interruption is worth a test of its own.
    fn point(&self, kind: Kind, reached: &str) {
        if kind != Kind::Unable {
            self.shared.kill.point(&format!("{}-{reached}", kind.name()));
        }
    }
}

//! The outbox: what is to be sent, from the plan to finality.
//!
//! ```text
//! planned ──sign──▶ signed ──send──▶ sent ──receipt──▶ mined ──finality──▶ final
//!    │                 ▲               │                 │
//!    ▼                 └──higher fee───┘◀──reorganised───┘
//! dropped ◀── refused in simulation, reverted, or its nonce went to another
//! ```
//!
//! An intent has a nonce from `signed` on and keeps it. Its bytes are on disk before they are sent, so that whatever
//! happens the same bytes are sent again, and the chain takes them once.

use alloy_primitives::{B256, Bytes};
use rusqlite::{OptionalExtension as _, Row, params};

use super::{Store, StoreError, word};
use crate::chain::{Fees, Receipt, Signed, SlotId};

/// What an intent is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Kind {
    /// Take a slot.
    Take,
    /// Submit a result.
    Submit,
    /// Give a slot back.
    Unable,
    /// Settle a slot.
    Step,
}

impl Kind {
    const ALL: [Self; 4] = [Self::Take, Self::Submit, Self::Unable, Self::Step];

    /// Its name in the journal and in metrics.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Take => "take",
            Self::Submit => "submit",
            Self::Unable => "unable",
            Self::Step => "step",
        }
    }
}

/// How far an intent is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum IntentState {
    /// Decided, not signed.
    Planned,
    /// Signed, on disk, perhaps sent.
    Signed,
    /// Sent, not yet in a block.
    Sent,
    /// In a block that may still vanish.
    Mined,
    /// In a block that stays.
    Final,
    /// Given up; the reason is kept.
    Dropped,
}

impl IntentState {
    const ALL: [(&'static str, Self); 6] = [
        ("planned", Self::Planned),
        ("signed", Self::Signed),
        ("sent", Self::Sent),
        ("mined", Self::Mined),
        ("final", Self::Final),
        ("dropped", Self::Dropped),
    ];
}

/// Something to be sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Intent {
    /// Its number in the journal.
    pub id: i64,
    /// What it is for.
    pub kind: Kind,
    /// The slot it is about.
    pub slot: SlotId,
    /// The attempt it is about.
    pub attempt: u8,
    /// The call.
    pub data: Bytes,
    /// How far it is.
    pub state: IntentState,
    /// Its nonce, from `signed` on.
    pub nonce: Option<u64>,
    /// Number and hash of the block that holds it, once mined.
    pub block: Option<(u64, B256)>,
}

/// One signed version of an intent's transaction.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sent {
    /// Bytes and hash.
    pub signed: Signed,
    /// The most gas it may use.
    pub gas: u64,
    /// What it pays.
    pub fees: Fees,
}

const COLUMNS: &str = "id, kind, job, slot, attempt, data, state, nonce, block, block_hash";

impl Store {
    /// Plans an intent, unless the same is there already and was not dropped. Says whether it is new.
    pub fn plan_intent(&self, kind: Kind, id: SlotId, attempt: u8, data: &Bytes) -> Result<bool, StoreError> {
        let changed = self.connection().execute(
            "INSERT OR IGNORE INTO intents (kind, job, slot, attempt, data) VALUES (?1, ?2, ?3, ?4, ?5)",
            params![kind.name(), id.job.as_slice(), id.slot, attempt, data.as_ref()],
        )?;
        Ok(changed == 1)
    }

    /// The oldest intent that is planned and whose turn it may be.
    pub fn planned_intents(&self) -> Result<Vec<Intent>, StoreError> {
        self.intents("state = 'planned' ORDER BY id LIMIT 64", [])
    }

    /// The intent that was signed and is in no block: there is at most one.
    pub fn pending_intent(&self) -> Result<Option<Intent>, StoreError> {
        Ok(self.intents("state IN ('signed', 'sent') ORDER BY nonce LIMIT 1", [])?.pop())
    }

    /// The intents in blocks that may still vanish.
    pub fn mined_intents(&self) -> Result<Vec<Intent>, StoreError> {
        self.intents("state = 'mined' ORDER BY nonce", [])
    }

    /// The intents about a slot that are under way, not in a block yet.
    pub fn open_intents(&self) -> Result<Vec<Intent>, StoreError> {
        self.intents("state IN ('planned', 'signed', 'sent')", [])
    }

    /// The intents about one slot, dropped ones left out.
    pub fn intents_about(&self, id: SlotId) -> Result<Vec<Intent>, StoreError> {
        self.intents("state <> 'dropped' AND job = ?1 AND slot = ?2 ORDER BY id", params![id.job.as_slice(), id.slot])
    }

    fn intents(&self, condition: &str, values: impl rusqlite::Params) -> Result<Vec<Intent>, StoreError> {
        let connection = self.connection();
        let mut statement = connection.prepare_cached(&format!("SELECT {COLUMNS} FROM intents WHERE {condition}"))?;
        let rows = statement.query_map(values, read_intent)?;
        rows.map(|row| row?).collect()
    }

    /// The first nonce that no intent has and the chain has not used, as far as `in_chain` says.
    pub fn next_nonce(&self, in_chain: u64) -> Result<u64, StoreError> {
        let used: Option<i64> = self.connection().query_row("SELECT max(nonce) FROM intents", [], |row| row.get(0))?;
        Ok(used.map_or(in_chain, |used| in_chain.max(used as u64 + 1)))
    }

    /// Keeps a signed version. The nonce of the first is the nonce of all.
    pub fn record_signed(&self, intent: i64, nonce: u64, sent: &Sent) -> Result<(), StoreError> {
        let mut connection = self.connection();
        let transaction = connection.transaction()?;
        let changed = transaction.execute(
            "UPDATE intents SET state = 'signed', nonce = ?2
             WHERE id = ?1 AND state IN ('planned', 'signed', 'sent') AND (nonce IS NULL OR nonce = ?2)",
            params![intent, nonce as i64],
        )?;
        if changed != 1 {
            return Err(StoreError::Damaged("an intent was signed twice with different nonces"));
        }
        transaction.execute(
            "INSERT OR IGNORE INTO transactions (intent, hash, raw, gas, max_fee, tip) VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
            params![
                intent,
                sent.signed.hash.as_slice(),
                sent.signed.raw.as_ref(),
                sent.gas as i64,
                sent.fees.max.to_string(),
                sent.fees.tip.to_string()
            ],
        )?;
        Ok(transaction.commit()?)
    }

    /// Every signed version of an intent, the last signed last.
    pub fn versions(&self, intent: i64) -> Result<Vec<Sent>, StoreError> {
        let connection = self.connection();
        let mut statement = connection
            .prepare_cached("SELECT hash, raw, gas, max_fee, tip FROM transactions WHERE intent = ?1 ORDER BY id")?;
        let rows = statement.query_map([intent], |row| {
            Ok((
                row.get::<_, Vec<u8>>(0)?,
                row.get::<_, Vec<u8>>(1)?,
                row.get::<_, i64>(2)?,
                row.get::<_, String>(3)?,
                row.get::<_, String>(4)?,
            ))
        })?;
        rows.map(|row| {
            let (hash, raw, gas, max, tip) = row?;
            let fee = |text: String| text.parse().map_err(|_| StoreError::Damaged("a fee"));
            Ok(Sent {
                signed: Signed { raw: raw.into(), hash: word(&hash)? },
                gas: gas as u64,
                fees: Fees { max: fee(max)?, tip: fee(tip)? },
            })
        })
        .collect()
    }

    /// Notes that an intent was sent.
    pub fn mark_sent(&self, intent: i64) -> Result<(), StoreError> {
        self.set_state(intent, "sent", "'signed', 'sent'")
    }

    /// Notes in which block an intent was found.
    pub fn mark_mined(&self, intent: i64, receipt: &Receipt) -> Result<(), StoreError> {
        self.connection().execute(
            "UPDATE intents SET state = 'mined', block = ?2, block_hash = ?3 WHERE id = ?1",
            params![intent, receipt.block as i64, receipt.block_hash.as_slice()],
        )?;
        Ok(())
    }

    /// Notes that the block of an intent has vanished: it is sent again as it was.
    pub fn mark_vanished(&self, intent: i64) -> Result<(), StoreError> {
        self.connection().execute(
            "UPDATE intents SET state = 'sent', block = NULL, block_hash = NULL WHERE id = ?1 AND state = 'mined'",
            [intent],
        )?;
        Ok(())
    }

    /// Notes that the block of an intent stays.
    pub fn mark_final(&self, intent: i64) -> Result<(), StoreError> {
        self.set_state(intent, "final", "'mined'")
    }

    /// Gives an intent up, so that another may be planned.
    pub fn drop_intent(&self, intent: i64, reason: &str) -> Result<(), StoreError> {
        self.connection()
            .execute("UPDATE intents SET state = 'dropped', reason = ?2 WHERE id = ?1", params![intent, reason])?;
        Ok(())
    }

    fn set_state(&self, intent: i64, state: &str, from: &str) -> Result<(), StoreError> {
        let sql = format!("UPDATE intents SET state = ?2 WHERE id = ?1 AND state IN ({from})");
        self.connection().execute(&sql, params![intent, state])?;
        Ok(())
    }

    /// How many intents are in each state, for metrics.
    pub fn outbox_depth(&self) -> Result<u64, StoreError> {
        let connection = self.connection();
        let sql = "SELECT count(*) FROM intents WHERE state IN ('planned', 'signed', 'sent')";
        Ok(connection.query_row(sql, [], |row| row.get::<_, i64>(0)).optional()?.unwrap_or_default() as u64)
    }
}

fn read_intent(row: &Row<'_>) -> rusqlite::Result<Result<Intent, StoreError>> {
    let (id, kind, job, slot): (i64, String, Vec<u8>, u16) = (row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?);
    let (attempt, data, state): (u8, Vec<u8>, String) = (row.get(4)?, row.get(5)?, row.get(6)?);
    let (nonce, block): (Option<i64>, Option<i64>) = (row.get(7)?, row.get(8)?);
    let block_hash: Option<Vec<u8>> = row.get(9)?;
    Ok((|| {
        Ok(Intent {
            id,
            kind: Kind::ALL
                .into_iter()
                .find(|known| known.name() == kind)
                .ok_or(StoreError::Damaged("a kind of intent"))?,
            slot: SlotId { job: word(&job)?, slot },
            attempt,
            data: data.into(),
            state: IntentState::ALL
                .into_iter()
                .find_map(|(name, known)| (name == state).then_some(known))
                .ok_or(StoreError::Damaged("a state of an intent"))?,
            nonce: nonce.map(|nonce| nonce as u64),
            block: block
                .zip(block_hash)
                .map(|(number, hash)| Ok::<_, StoreError>((number as u64, word(&hash)?)))
                .transpose()?,
        })
    })())
}

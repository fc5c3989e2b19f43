//! The journal: what was seen, what was run, what is to be sent. SQLite, one writer, on disk before anything follows
//! from it.

mod outbox;

use std::{
    fs::{self, File, TryLockError},
    path::{Path, PathBuf},
    sync::{Mutex, MutexGuard, PoisonError},
};

use alloy_primitives::B256;
use alloy_sol_types::SolValue as _;
use linq_abi::Terms;
use rusqlite::{Connection, OptionalExtension as _, Row, params};
use thiserror::Error;

use crate::chain::SlotId;

pub use outbox::{Intent, IntentState, Kind, Sent};

/// The version of the schema, kept in SQLite's `user_version`.
const SCHEMA_VERSION: i64 = 1;
/// Blocks remembered behind the cursor: how deep a reorganisation is followed before everything is read anew.
const REMEMBERED_BLOCKS: u64 = 1_024;

/// Why the journal does not serve.
#[derive(Debug, Error)]
pub enum StoreError {
    /// Another process has the directory.
    #[error("{0} is in use by another relayer")]
    InUse(PathBuf),
    /// The directory was made for something else.
    #[error("the data directory belongs to {name} {found}, the configuration says {expected}")]
    OtherIdentity {
        /// What differs.
        name: &'static str,
        /// What it belongs to.
        found: String,
        /// What is configured.
        expected: String,
    },
    /// The journal was written by a later version.
    #[error("the journal has version {0}, this relayer knows {SCHEMA_VERSION}")]
    Newer(i64),
    /// The directory cannot be used.
    #[error("the data directory: {0}")]
    Io(#[from] std::io::Error),
    /// SQLite failed.
    #[error("the journal: {0}")]
    Sqlite(#[from] rusqlite::Error),
    /// A row does not hold what was written to it.
    #[error("the journal is damaged: {0}")]
    Damaged(&'static str),
}

/// What a data directory belongs to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Identity {
    /// Each part with its name.
    pub parts: Vec<(&'static str, String)>,
}

/// A job worth watching.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct JobRecord {
    /// Its id.
    pub id: B256,
    /// Its terms, verified against the id.
    pub terms: Terms,
    /// Where its manifest is.
    pub uri: String,
    /// The block it was posted in.
    pub block: u64,
}

/// One attempt of ours at a slot.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WorkRecord {
    /// How often a run was begun.
    pub starts: u32,
    /// Whether it has failed for good by our fault.
    pub failed: bool,
    /// The result, once there is one.
    pub result: Option<ResultRecord>,
}

/// A recorded result.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ResultRecord {
    /// The root of the output.
    pub root: B256,
    /// The claim, in twentieths.
    pub claim: u8,
    /// Where others find it.
    pub uri: String,
}

/// The journal of one data directory.
pub struct Store {
    connection: Mutex<Connection>,
    /// Held as long as the journal is open; the system lets go of it when the process ends in any way.
    _lock: File,
}

impl Store {
    /// Opens the journal in `dir`, or begins one.
    ///
    /// Fails: [`StoreError::InUse`], [`StoreError::Newer`], [`StoreError::OtherIdentity`], [`StoreError::Io`],
    /// [`StoreError::Sqlite`].
    pub fn open(dir: &Path, identity: &Identity) -> Result<Self, StoreError> {
        fs::create_dir_all(dir)?;
        let lock = File::create(dir.join("lock"))?;
        match lock.try_lock() {
            Ok(()) => (),
            Err(TryLockError::WouldBlock) => return Err(StoreError::InUse(dir.to_owned())),
            Err(TryLockError::Error(error)) => return Err(error.into()),
        }
        let connection = Connection::open(dir.join("journal.sqlite"))?;
        // FULL: a commit that was answered is on disk, which every step that follows relies on.
        connection.pragma_update(None, "journal_mode", "WAL")?;
        connection.pragma_update(None, "synchronous", "FULL")?;
        connection.pragma_update(None, "foreign_keys", true)?;
        let store = Self { connection: Mutex::new(connection), _lock: lock };
        store.prepare(identity)?;
        Ok(store)
    }

    fn prepare(&self, identity: &Identity) -> Result<(), StoreError> {
        let mut connection = self.connection();
        let transaction = connection.transaction()?;
        let version: i64 = transaction.pragma_query_value(None, "user_version", |row| row.get(0))?;
        match version {
            0 => {
                transaction.execute_batch(include_str!("schema.sql"))?;
                transaction.pragma_update(None, "user_version", SCHEMA_VERSION)?;
            }
            SCHEMA_VERSION => (),
            newer => return Err(StoreError::Newer(newer)),
        }
        for (name, expected) in &identity.parts {
            transaction.execute("INSERT OR IGNORE INTO identity VALUES (?1, ?2)", params![name, expected])?;
            let found: String =
                transaction.query_row("SELECT value FROM identity WHERE name = ?1", [name], |row| row.get(0))?;
            if found != *expected {
                return Err(StoreError::OtherIdentity { name, found, expected: expected.clone() });
            }
        }
        Ok(transaction.commit()?)
    }

    fn connection(&self) -> MutexGuard<'_, Connection> {
        // A panic under the lock leaves an open transaction at most, which SQLite rolls back.
        self.connection.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The last block whose logs were read.
    pub fn cursor(&self) -> Result<Option<(u64, B256)>, StoreError> {
        let row = self
            .connection()
            .query_row("SELECT number, hash FROM blocks ORDER BY number DESC LIMIT 1", [], |row| {
                Ok((row.get::<_, i64>(0)?, row.get::<_, Vec<u8>>(1)?))
            })
            .optional()?;
        row.map(|(number, hash)| Ok((number as u64, word(&hash)?))).transpose()
    }

    /// Moves the cursor to a block and keeps what was found up to there, in one step.
    pub fn advance(&self, number: u64, hash: B256, found: &[JobRecord]) -> Result<(), StoreError> {
        let mut connection = self.connection();
        let transaction = connection.transaction()?;
        for job in found {
            transaction.execute(
                "INSERT OR REPLACE INTO jobs (id, terms, uri, block) VALUES (?1, ?2, ?3, ?4)",
                params![job.id.as_slice(), job.terms.abi_encode(), job.uri, job.block as i64],
            )?;
        }
        transaction.execute(
            "INSERT OR REPLACE INTO blocks (number, hash) VALUES (?1, ?2)",
            params![number as i64, hash.as_slice()],
        )?;
        let oldest = number.saturating_sub(REMEMBERED_BLOCKS);
        transaction.execute("DELETE FROM blocks WHERE number < ?1", [oldest as i64])?;
        Ok(transaction.commit()?)
    }

    /// Moves the cursor back behind a block that is not in the chain any more. Jobs stay: whether they still exist is
    /// read from the contract, and what hangs on them must not be lost on a guess.
    pub fn rewind_below(&self, number: u64) -> Result<(), StoreError> {
        self.connection().execute("DELETE FROM blocks WHERE number >= ?1", [number as i64])?;
        Ok(())
    }

    /// Every job worth watching, oldest first.
    pub fn jobs(&self) -> Result<Vec<JobRecord>, StoreError> {
        let connection = self.connection();
        let mut statement = connection.prepare_cached("SELECT id, terms, uri, block FROM jobs ORDER BY block, id")?;
        let rows = statement.query_map([], |row| {
            Ok((row.get::<_, Vec<u8>>(0)?, row.get::<_, Vec<u8>>(1)?, row.get(2)?, row.get::<_, i64>(3)?))
        })?;
        rows.map(|row| {
            let (id, terms, uri, block) = row?;
            let terms = Terms::abi_decode(&terms).map_err(|_| StoreError::Damaged("terms"))?;
            Ok(JobRecord { id: word(&id)?, terms, uri, block: block as u64 })
        })
        .collect()
    }

    /// Watches a job no more.
    pub fn forget(&self, job: B256) -> Result<(), StoreError> {
        self.connection().execute("DELETE FROM jobs WHERE id = ?1", [job.as_slice()])?;
        Ok(())
    }

    /// What is recorded of an attempt.
    pub fn work(&self, id: SlotId, attempt: u8) -> Result<Option<WorkRecord>, StoreError> {
        let found = self
            .connection()
            .prepare_cached(
                "SELECT starts, failed, root, claim, uri FROM work WHERE job = ?1 AND slot = ?2 AND attempt = ?3",
            )?
            .query_row(params![id.job.as_slice(), id.slot, attempt], read_work)
            .optional()?;
        found.transpose()
    }

    /// Notes that a run begins, and says for which time.
    pub fn begin_run(&self, id: SlotId, attempt: u8) -> Result<u32, StoreError> {
        Ok(self.connection().query_row(
            "INSERT INTO work (job, slot, attempt, starts) VALUES (?1, ?2, ?3, 1)
             ON CONFLICT DO UPDATE SET starts = starts + 1 RETURNING starts",
            params![id.job.as_slice(), id.slot, attempt],
            |row| row.get(0),
        )?)
    }

    /// Notes that a run failed by our fault and is worth no other.
    pub fn fail_run(&self, id: SlotId, attempt: u8) -> Result<(), StoreError> {
        self.connection().execute(
            "UPDATE work SET failed = 1 WHERE job = ?1 AND slot = ?2 AND attempt = ?3",
            params![id.job.as_slice(), id.slot, attempt],
        )?;
        Ok(())
    }

    /// Records the result of an attempt, unless there is one: the first stays. Says whether this was the first.
    pub fn record_result(&self, id: SlotId, attempt: u8, result: &ResultRecord) -> Result<bool, StoreError> {
        let changed = self.connection().execute(
            "UPDATE work SET root = ?4, claim = ?5, uri = ?6
             WHERE job = ?1 AND slot = ?2 AND attempt = ?3 AND root IS NULL",
            params![id.job.as_slice(), id.slot, attempt, result.root.as_slice(), result.claim, result.uri],
        )?;
        Ok(changed == 1)
    }
}

fn read_work(row: &Row<'_>) -> rusqlite::Result<Result<WorkRecord, StoreError>> {
    let (starts, failed): (u32, bool) = (row.get(0)?, row.get(1)?);
    let (root, claim, uri): (Option<Vec<u8>>, Option<u8>, Option<String>) = (row.get(2)?, row.get(3)?, row.get(4)?);
    Ok((|| {
        let result = match (root, claim, uri) {
            (Some(root), Some(claim), Some(uri)) => Some(ResultRecord { root: word(&root)?, claim, uri }),
            (None, None, None) => None,
            _ => return Err(StoreError::Damaged("half a result")),
        };
        Ok(WorkRecord { starts, failed, result })
    })())
}

fn word(bytes: &[u8]) -> Result<B256, StoreError> {
    B256::try_from(bytes).map_err(|_| StoreError::Damaged("a hash of another length"))
}

#[cfg(test)]
mod tests;

//! From decision to effect: follow → plan → prepare → run → submit → confirm.

mod desk;
mod follow;
mod prepare;
mod run;
mod send;

use std::{path::PathBuf, sync::Arc, time::Duration};

use thiserror::Error;

use crate::{
    backend::Backend,
    chain::{Chain, ChainError, SignError, Signer},
    fetch::Fetcher,
    kill::KillSwitch,
    policy::Policy,
    results::Results,
    store::{Store, StoreError},
};

pub use desk::{Desk, Pace};
pub use follow::{Batch, Follower};
pub use send::Sender;

/// What the parts of the pipeline share.
pub struct Shared {
    /// The chain.
    pub chain: Arc<dyn Chain>,
    /// The journal.
    pub store: Arc<Store>,
    /// Where work runs.
    pub backend: Arc<dyn Backend>,
    /// Where content comes from.
    pub fetcher: Fetcher,
    /// Where results go.
    pub results: Results,
    /// The operator.
    pub signer: Signer,
    /// Which work is wanted.
    pub policy: Policy,
    /// Whether own slots are stepped.
    pub step: bool,
    /// Where runs have their folders.
    pub runs: PathBuf,
    /// When to send again, and for how much.
    pub timing: Timing,
    /// The test facility.
    pub kill: KillSwitch,
}

/// When to send again, and for how much at most.
#[derive(Clone, Copy, Debug)]
pub struct Timing {
    /// Time between two looks at everything.
    pub resync: Duration,
    /// Time after which a transaction is sent again.
    pub resend: Duration,
    /// Time after which it is sent with a higher fee.
    pub bump: Duration,
    /// The most that a unit of gas may cost, in wei.
    pub max_fee_wei: u128,
}

/// Why a pass through the pipeline ended early.
#[derive(Debug, Error)]
pub enum Failure {
    /// The chain did not answer as hoped.
    #[error(transparent)]
    Chain(#[from] ChainError),
    /// The journal does not serve.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The disk does not serve.
    #[error("the disk: {0}")]
    Disk(#[from] std::io::Error),
    /// The key did not sign.
    #[error(transparent)]
    Sign(#[from] SignError),
}

impl Failure {
    /// Whether another pass may go better. Without a journal nothing may be sent, so its failure ends the relayer.
    pub const fn retryable(&self) -> bool {
        match self {
            Self::Chain(error) => error.retryable(),
            Self::Disk(_) => true,
            Self::Store(_) | Self::Sign(_) => false,
        }
    }

    /// Its name in metrics.
    pub const fn metric_label(&self) -> &'static str {
        match self {
            Self::Chain(error) => error.metric_label(),
            Self::Store(_) => "store",
            Self::Disk(_) => "disk",
            Self::Sign(_) => "sign",
        }
    }
}

#[cfg(test)]
mod tests;

//! Bringing the rounds of the beacon that juries are drawn by, for whoever keeps a chain going.

use std::collections::BTreeSet;
use std::time::Duration;

use linq_abi::ICourt;
use linq_abi::codes::CourtPhase;
use linq_beacon::Network;

use crate::beacon::{Beacon, Source};
use crate::client::{Linq, Sent};
use crate::error::{Error, Kind, Result};

/// Looks in a row that may fail before a keeper gives up.
const MAX_FAILURES: u32 = 20;

/// Knows the juries that wait for a round of the beacon, and brings it.
///
/// It keeps nothing: what juries were ordered it reads from the chain, so that another one goes on where it ended.
#[derive(Debug)]
pub struct Keeper {
    linq: Linq,
    network: Network,
    source: Source,
    /// Juries that were ordered in earlier blocks are known.
    next_block: u64,
    waiting: BTreeSet<Jury>,
}

/// A jury that waits for a round; those whose round is due first come first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Jury {
    beacon_round: u64,
    dispute: u64,
    round: u8,
}

/// A round that a jury waited for and that was brought.
#[derive(Clone, Debug)]
pub struct Brought {
    /// The round of the beacon.
    pub beacon_round: u64,
    /// The dispute whose jury can be drawn now.
    pub dispute: u64,
    /// The transaction.
    pub sent: Sent,
}

impl Keeper {
    /// A keeper of a deployment. Its rounds come from the relay, or from where the key of the beacon says.
    pub async fn new(linq: Linq, relay: Option<&str>) -> Result<Self> {
        let network = Beacon::at(&linq.client, linq.suite.beacon).await?.network;
        let source = Source::of(&network.key, relay)?;
        let next_block = linq.suite.from_block;
        Ok(Self { linq, network, source, next_block, waiting: BTreeSet::new() })
    }

    /// Brings the next round that is due and waited for; nothing when there is none.
    pub async fn turn(&mut self) -> Result<Option<Brought>> {
        self.look().await?;
        if self.waiting.is_empty() {
            return Ok(None);
        }
        let now = self.linq.second().await?;
        while let Some(jury) = self.waiting.first().copied() {
            if self.network.time_of(jury.beacon_round).is_none_or(|time| time > now) {
                return Ok(None);
            }
            let brought = if self.is_wanted(&jury, now).await? { Some(self.bring(&jury).await?) } else { None };
            self.waiting.remove(&jury);
            if brought.is_some() {
                return Ok(brought);
            }
        }
        Ok(None)
    }

    /// Goes on until it is dropped, or until so many looks in a row have failed that waiting will not help. Tells `heed` of
    /// every round it brings and of every look that fails.
    pub async fn run(mut self, pause: Duration, mut heed: impl FnMut(std::result::Result<&Brought, &Error>)) -> Error {
        let mut failures = 0;
        loop {
            match self.turn().await {
                Ok(Some(brought)) => {
                    failures = 0;
                    heed(Ok(&brought));
                    continue;
                }
                Ok(None) => failures = 0,
                Err(error) => {
                    failures += 1;
                    if failures == MAX_FAILURES {
                        return error;
                    }
                    heed(Err(&error));
                }
            }
            tokio::time::sleep(pause).await;
        }
    }

    /// Learns of juries that were ordered since the last look.
    async fn look(&mut self) -> Result<()> {
        let last = self.linq.client.block_number().await?;
        if last < self.next_block {
            // Nothing new; or a chain that was taken back to an earlier block, from where it goes on otherwise.
            self.next_block = last + 1;
            return Ok(());
        }
        let ordered =
            self.linq.client.events::<ICourt::JuryOrdered>(self.linq.suite.court, self.next_block, [None; 3]).await?;
        self.waiting.extend(ordered.into_iter().map(|(jury, _)| Jury {
            beacon_round: jury.beaconRound,
            dispute: jury.dispute,
            round: jury.round,
        }));
        self.next_block = last + 1;
        Ok(())
    }

    /// Whether the jury can still be drawn, and lacks nothing but the round.
    async fn is_wanted(&self, jury: &Jury, now: u64) -> Result<bool> {
        let stands = self.linq.client.call(self.linq.suite.court, &ICourt::phaseCall { dispute: jury.dispute }).await;
        let stands = match stands {
            Ok(stands) => stands,
            // The chain was taken back to before the dispute.
            Err(error) if error.kind() == Kind::Revert => return Ok(false),
            Err(error) => return Err(error),
        };
        let can_be_drawn =
            stands.round == jury.round && stands.phase == CourtPhase::Drawing.number() && now < stands.until;
        Ok(can_be_drawn && self.beacon().randomness(jury.beacon_round).await?.is_none())
    }

    async fn bring(&self, jury: &Jury) -> Result<Brought> {
        let Jury { beacon_round, dispute, .. } = *jury;
        let signature = self.source.round(beacon_round).await?;
        let sent = self.beacon().submit(beacon_round, &signature).await?;
        Ok(Brought { beacon_round, dispute, sent })
    }

    fn beacon(&self) -> Beacon<'_> {
        Beacon::new(&self.linq.client, self.linq.suite.beacon, self.network.clone())
    }
}

//! What anyone may do for a dispute now.

use std::fmt;

use alloy::primitives::U256;
use linq_abi::codes::CourtPhase;
use linq_abi::{ICourt, IDisputes};

use crate::beacon::{Beacon, Source};
use crate::client::{Dispute, Linq, Sent};
use crate::error::Result;
use crate::votes::Round;

/// A step of a dispute that is due, which anyone may take.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Due {
    /// The round of the beacon that the jury is drawn by.
    Bring(u64),
    /// Up to eight seats.
    Draw,
    /// The jury was not drawn in time.
    Lapse,
    /// The slot, as the court decided.
    Settle,
    /// Up to eight seats of a round, against the final verdict.
    SettleRound(u8),
    /// The slot, without the court.
    SettleNeutral,
}

impl Due {
    /// The next one; nothing while only the parties, the jurors or the clock can go on.
    pub fn of(dispute: &Dispute) -> Option<Self> {
        let Dispute { phase, until, second, beacon_time, .. } = *dispute;
        let open = dispute.claims.as_ref();
        let round = dispute.rounds.last()?;
        let of_court = match phase {
            CourtPhase::Drawing if second >= until => Some(Self::Lapse),
            CourtPhase::Drawing if dispute.brought => Some(Self::Draw),
            CourtPhase::Drawing if second >= beacon_time => Some(Self::Bring(round.beacon_round)),
            CourtPhase::Final if open.is_some() => Some(Self::Settle),
            CourtPhase::Final => {
                let mut rounds = (0..).zip(&dispute.rounds);
                rounds.find(|(_, round)| !round.is_settled()).map(|(number, _)| Self::SettleRound(number))
            }
            _ => None,
        };
        of_court.or_else(|| open.filter(|claims| second >= claims.neutralFrom).map(|_| Self::SettleNeutral))
    }

    /// When to look at a dispute again in which nothing is due and nothing happens; nothing once all of it is settled.
    pub fn next_look(dispute: &Dispute) -> Option<u64> {
        let Dispute { phase, until, second, beacon_time, .. } = *dispute;
        let over = match phase {
            CourtPhase::Cancelled => true,
            CourtPhase::Final => dispute.rounds.iter().all(Round::is_settled),
            _ => false,
        };
        if over && dispute.claims.is_none() {
            return None;
        }
        let neutral = dispute.claims.as_ref().map_or(0, |claims| claims.neutralFrom);
        let times = [until, beacon_time, neutral].into_iter().filter(|time| *time > second);
        Some(times.min().unwrap_or(u64::MAX))
    }

    /// Takes it. The relay is asked for the round, where the beacon's key does not say that everybody can sign it.
    pub async fn take(self, linq: &Linq, dispute: &Dispute, relay: Option<&str>) -> Result<Sent> {
        let (client, court, disputes) = (&linq.client, linq.suite.court, linq.suite.disputes);
        let IDisputes::ResultDisputed { job, slot, dispute: number, .. } = dispute.opened;
        match self {
            Self::Bring(round) => {
                let beacon = Beacon::at(client, linq.suite.beacon).await?;
                let signature = Source::of(&beacon.network.key, relay)?.round(round).await?;
                beacon.submit(round, &signature).await
            }
            Self::Draw => client.send(court, &ICourt::drawCall { dispute: number }, U256::ZERO).await,
            Self::Lapse => client.send(court, &ICourt::lapseCall { dispute: number }, U256::ZERO).await,
            Self::Settle => client.send(disputes, &IDisputes::settleCall { job, slot }, U256::ZERO).await,
            Self::SettleRound(round) => {
                client.send(court, &ICourt::settleCall { dispute: number, round }, U256::ZERO).await
            }
            Self::SettleNeutral => client.send(disputes, &IDisputes::settleNeutralCall { job, slot }, U256::ZERO).await,
        }
    }

    /// In one word, for documents.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Bring(_) => "bring",
            Self::Draw => "draw",
            Self::Lapse => "lapse",
            Self::Settle => "settle",
            Self::SettleRound(_) => "settleRound",
            Self::SettleNeutral => "settleNeutral",
        }
    }
}

impl fmt::Display for Due {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Bring(round) => write!(f, "brings round {round} of the beacon"),
            Self::Draw => f.write_str("draws jurors"),
            Self::Lapse => f.write_str("gives up on a jury that was not drawn in time"),
            Self::Settle => f.write_str("settles the slot as the court decided"),
            Self::SettleRound(round) => write!(f, "settles round {round} against the final verdict"),
            Self::SettleNeutral => f.write_str("settles the slot without the court"),
        }
    }
}

#[cfg(test)]
mod tests {
    use alloy::primitives::B256;
    use alloy::primitives::aliases::U96;
    use linq_abi::Disputed;

    use super::*;
    use crate::client::Tariff;
    use crate::units::Lnq;

    fn round(beacon_round: u8, settled: bool) -> Round {
        let mut words = [B256::ZERO; 8];
        (words[1][31], words[1][23]) = (1, beacon_round);
        words[1][0] = if settled { u8::MAX } else { 0 };
        Round::from_words(&words).unwrap()
    }

    fn dispute(phase: CourtPhase, second: u64) -> Dispute {
        let opened = IDisputes::ResultDisputed {
            job: B256::ZERO,
            slot: 0,
            dispute: 1,
            provider: 1,
            requesterClaim: 0,
            providerClaim: 20,
            value: U96::ZERO,
            cost: U96::ZERO,
            neutralFrom: 1_000,
        };
        Dispute {
            opened,
            claims: Some(Disputed { dispute: 1, neutralFrom: 1_000, ..Disputed::default() }),
            settled: None,
            rounds: vec![round(40, false), round(41, false)],
            phase,
            until: 200,
            beacon_time: 102,
            brought: false,
            tariff: Tariff::of(Lnq::whole(1), Lnq::whole(1)),
            second,
        }
    }

    #[test]
    fn a_jury_is_drawn_as_soon_as_its_round_is_there_and_given_up_when_its_time_is_over() {
        use CourtPhase::{Drawing, Evidence};
        assert_eq!(Due::of(&dispute(Evidence, 99)), None);
        assert_eq!(Due::of(&dispute(Drawing, 101)), None, "the beacon's next round is not due");
        assert_eq!(Due::of(&dispute(Drawing, 102)), Some(Due::Bring(41)));
        assert_eq!(Due::of(&Dispute { brought: true, ..dispute(Drawing, 102) }), Some(Due::Draw));
        assert_eq!(Due::of(&Dispute { brought: true, ..dispute(Drawing, 200) }), Some(Due::Lapse));
    }

    #[test]
    fn while_others_act_nothing_is_due() {
        for phase in [CourtPhase::Commit, CourtPhase::Reveal, CourtPhase::Appeal, CourtPhase::Cancelled] {
            assert_eq!(Due::of(&dispute(phase, 199)), None, "{phase}");
        }
    }

    #[test]
    fn at_the_end_the_slot_is_settled_and_then_every_round() {
        let mut dispute = dispute(CourtPhase::Final, 300);
        assert_eq!(Due::of(&dispute), Some(Due::Settle));
        dispute.claims = None;
        assert_eq!(Due::of(&dispute), Some(Due::SettleRound(0)));
        dispute.rounds[0] = round(40, true);
        assert_eq!(Due::of(&dispute), Some(Due::SettleRound(1)));
        dispute.rounds[1] = round(41, true);
        assert_eq!(Due::of(&dispute), None);
    }

    #[test]
    fn the_next_look_is_when_the_clock_changes_something() {
        let at = |dispute: &Dispute| Due::next_look(dispute);
        assert_eq!(at(&dispute(CourtPhase::Evidence, 99)), Some(102), "the beacon's time");
        assert_eq!(at(&dispute(CourtPhase::Commit, 110)), Some(200), "the end of the phase");
        assert_eq!(at(&dispute(CourtPhase::Reveal, 200)), Some(1_000), "the court is not waited for any longer");
        let settled = Dispute { claims: None, ..dispute(CourtPhase::Reveal, 200) };
        assert_eq!(at(&settled), Some(u64::MAX));
        let mut over = Dispute { claims: None, ..dispute(CourtPhase::Final, 300) };
        over.rounds = vec![round(40, true), round(41, true)];
        assert_eq!(at(&over), None);
        assert_eq!(at(&Dispute { claims: None, ..dispute(CourtPhase::Cancelled, 300) }), None);
    }

    #[test]
    fn a_court_that_is_silent_for_too_long_is_not_waited_for() {
        assert_eq!(Due::of(&dispute(CourtPhase::Commit, 999)), None);
        assert_eq!(Due::of(&dispute(CourtPhase::Commit, 1_000)), Some(Due::SettleNeutral));
        let settled = Dispute { claims: None, ..dispute(CourtPhase::Commit, 1_000) };
        assert_eq!(Due::of(&settled), None);
    }
}

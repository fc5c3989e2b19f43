//! A juror's view of the court: its seats, what they wait for, and showing what was sealed.

use std::collections::BTreeSet;

use alloy::eips::BlockId;
use alloy::network::TransactionBuilder;
use alloy::primitives::{B256, U256};
use alloy::providers::Provider;
use alloy::rpc::types::TransactionRequest;
use alloy::sol_types::SolCall;
use linq_abi::codes::CourtPhase;
use linq_abi::{ICourt, ILnqToken};

use super::{Ballot, Round, Sealed, Seat, Step, Vote, VoteFile, restore, salt};
use crate::client::{Linq, Sent};
use crate::error::{Error, Result};
use crate::units::{Lnq, show_moment};

/// How long a commit phase that ended by the clock has to be over before a vote is shown. The block of the transaction could
/// have an earlier second than the node reckons with, and a vote that is seen before the phase has ended voids its seat.
pub const SAFE_SECS: u64 = 15;

/// Jurors whose numbers one event has.
const SEATS_A_DRAW: usize = 8;

/// Where a dispute stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Phase {
    /// The last round.
    pub round: u8,
    /// What is going on in it.
    pub phase: CourtPhase,
    /// When that ends, if it does.
    pub until: Option<u64>,
}

/// A seat of the juror.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OwnSeat {
    /// The jury.
    pub round: u8,
    /// The seat.
    pub seat: u8,
    /// What it has done.
    pub ballot: Ballot,
}

/// What a juror has to do about a dispute.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Todo {
    /// Seal a vote.
    Commit,
    /// Show it.
    Reveal,
    /// Wait for others or for the clock.
    Wait,
    /// Have a round settled, which anyone can.
    Settle,
    /// Collect what was earned.
    Claim,
    /// Nothing, now or later.
    Nothing,
}

impl Todo {
    /// What people call it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Commit => "commit",
            Self::Reveal => "reveal",
            Self::Wait => "wait",
            Self::Settle => "settle",
            Self::Claim => "claim",
            Self::Nothing => "nothing",
        }
    }
}

/// A dispute in which the juror sits.
#[derive(Clone, Debug)]
pub struct Case {
    /// Its number in the court.
    pub dispute: u64,
    /// Where it stands.
    pub phase: Phase,
    /// Its juries so far.
    pub rounds: Vec<Round>,
    /// The juror's seats in them.
    pub seats: Vec<OwnSeat>,
    /// What can be claimed now: round and amount.
    pub rewards: Vec<(u8, Lnq)>,
    /// What is to be done.
    pub todo: Todo,
}

impl Case {
    /// The juror's seats in the last jury.
    pub fn last_seats(&self) -> impl Iterator<Item = &OwnSeat> {
        self.seats.iter().filter(|seat| seat.round == self.phase.round)
    }
}

/// A vote that was shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Showing {
    /// The seat.
    pub seat: u8,
    /// The vote.
    pub vote: Vote,
    /// The transaction; none where it was shown before.
    pub tx_hash: Option<B256>,
}

/// One juror before its court.
#[derive(Clone, Copy, Debug)]
pub struct Bench<'a> {
    /// The contracts.
    pub linq: &'a Linq,
    /// The number of the juror.
    pub juror: u32,
}

impl Phase {
    /// Where a dispute stands at the present second.
    pub async fn of(linq: &Linq, dispute: u64) -> Result<Self> {
        let found = linq.client.call(linq.suite.court, &ICourt::phaseCall { dispute }).await?;
        let phase = CourtPhase::from_u8(found.phase).ok_or_else(|| unknown(linq))?;
        Ok(Self { round: found.round, phase, until: (found.until != 0).then_some(found.until) })
    }

    /// Fails unless votes are sealed now.
    pub fn expect_commit(&self, dispute: u64) -> Result<()> {
        match self.phase {
            CourtPhase::Commit => Ok(()),
            CourtPhase::None | CourtPhase::Evidence | CourtPhase::Drawing => Err(self.not_drawn(dispute)),
            CourtPhase::Reveal => Err(Error::policy(format!("no vote is sealed any more in dispute {dispute}"))
                .hint(format!("`linq juror reveal {dispute}` shows what you have sealed"))),
            CourtPhase::Appeal | CourtPhase::Final | CourtPhase::Cancelled => Err(self.over(dispute)),
        }
    }

    /// Fails unless votes are shown now.
    pub fn expect_reveal(&self, dispute: u64) -> Result<()> {
        match self.phase {
            CourtPhase::Reveal => Ok(()),
            CourtPhase::None | CourtPhase::Evidence | CourtPhase::Drawing => Err(self.not_drawn(dispute)),
            CourtPhase::Commit => Err(Error::pending(format!(
                "votes are still being sealed in dispute {dispute}{}; one that is shown now voids its seat",
                self.end()
            ))
            .hint("show it then, or let `linq juror watch` do it")),
            CourtPhase::Appeal | CourtPhase::Final | CourtPhase::Cancelled => Err(self.over(dispute)),
        }
    }

    /// Fails unless there is a verdict for good.
    pub fn expect_final(&self, dispute: u64) -> Result<()> {
        match self.phase {
            CourtPhase::Final => Ok(()),
            CourtPhase::Cancelled => Err(self.over(dispute)),
            phase => Err(Error::pending(format!(
                "dispute {dispute} has no final verdict: it is in its {phase} phase{}",
                self.end()
            ))
            .hint("jurors are paid by the final verdict: `linq juror cases` shows how far it is")),
        }
    }

    fn end(&self) -> String {
        self.until.map_or_else(String::new, |until| format!(", until {}", show_moment(until)))
    }

    fn not_drawn(&self, dispute: u64) -> Error {
        Error::pending(format!("the jury of dispute {dispute} is not drawn yet"))
            .hint("`linq juror cases` shows when your seats can vote")
    }

    fn over(&self, dispute: u64) -> Error {
        let why = match self.phase {
            CourtPhase::Cancelled => "its claims met before a jury was drawn",
            CourtPhase::Final => "its verdict is final",
            _ => "the votes are counted",
        };
        Error::policy(format!("nobody votes in dispute {dispute} now: {why}"))
            .hint(format!("`linq juror show {dispute}` shows the whole case"))
    }
}

impl<'a> Bench<'a> {
    /// The juror with this number.
    pub const fn new(linq: &'a Linq, juror: u32) -> Self {
        Self { linq, juror }
    }

    /// A seat of the juror, named for good.
    pub fn seat(&self, dispute: u64, round: u8, seat: u8) -> Seat {
        let (chain_id, court) = (self.linq.client.chain_id(), self.linq.suite.court);
        Seat { chain_id, court, dispute, round, seat, juror: self.juror }
    }

    /// The disputes whose juries the juror was drawn into from block `from` on.
    pub async fn drawn_since(&self, from: u64) -> Result<BTreeSet<u64>> {
        let events = self.linq.client.events::<ICourt::SeatsDrawn>(self.linq.suite.court, from, [None; 3]).await?;
        let own = events.into_iter().filter(|(event, _)| drawn(&event.jurors).any(|juror| juror == self.juror));
        Ok(own.map(|(event, _)| event.dispute).collect())
    }

    /// A dispute as the juror sees it. [`Kind::NotFound`](crate::error::Kind::NotFound) where it does not sit in it.
    pub async fn case(&self, dispute: u64) -> Result<Case> {
        let phase = Phase::of(self.linq, dispute).await?;
        let mut rounds = Vec::new();
        for round in 0..=phase.round {
            rounds.push(round_of(self.linq, dispute, round).await?);
        }
        let seats: Vec<OwnSeat> = (0..).zip(&rounds).flat_map(|(number, round)| self.seats_in(number, round)).collect();
        if seats.is_empty() {
            return Err(Error::not_found(format!("juror {} does not sit in dispute {dispute}", self.juror))
                .hint("`linq juror cases` lists the disputes in which you do"));
        }
        let rewards = self.rewards(dispute, &phase, &rounds).await?;
        let todo = todo(&phase, &rounds, &seats, !rewards.is_empty());
        Ok(Case { dispute, phase, rounds, seats, rewards, todo })
    }

    fn seats_in(&self, number: u8, round: &Round) -> Vec<OwnSeat> {
        let seats = round.seats_of(self.juror).into_iter();
        seats.map(|seat| OwnSeat { round: number, seat, ballot: round.ballot(seat) }).collect()
    }

    /// What the juror can claim.
    async fn rewards(&self, dispute: u64, phase: &Phase, rounds: &[Round]) -> Result<Vec<(u8, Lnq)>> {
        let mut rewards = Vec::new();
        if phase.phase != CourtPhase::Final {
            return Ok(rewards);
        }
        for (number, round) in (0..).zip(rounds) {
            let unpaid = |seat: &u8| voted(round.ballot(*seat)) && !round.is_claimed(*seat);
            if !round.is_settled() || !round.seats_of(self.juror).iter().any(unpaid) {
                continue;
            }
            let call = ICourt::claimCall { dispute, round: number, juror: self.juror };
            match self.linq.client.call(self.linq.suite.court, &call).await {
                Ok(amount) => rewards.push((number, Lnq(amount))),
                // Too far from the verdict to be paid.
                Err(error) if is_revert(&error, "CourtNothingToClaim") => {}
                Err(error) => return Err(error),
            }
        }
        Ok(rewards)
    }

    /// What seals the vote of a seat.
    pub async fn commitment(&self, seat: &Seat) -> Result<B256> {
        let topics = [Some(topic(seat.dispute)), Some(topic(seat.juror.into())), None];
        let linq = self.linq;
        let events =
            linq.client.events::<ICourt::VoteCommitted>(linq.suite.court, linq.suite.from_block, topics).await?;
        let found = events.into_iter().find(|(event, _)| (event.round, event.seat) == (seat.round, seat.seat));
        found.map(|(event, _)| event.commitment).ok_or_else(|| {
            Error::network(format!("{} has no event of the vote in seat {}", linq.client.host(), seat.seat))
                .hint("the node may have forgotten old events: use another one with --rpc")
        })
    }

    /// The vote that was sealed in a seat, with its salt: from the file if it is there, else from the key.
    pub fn recover(&self, seat: &Seat, commitment: B256, file: Option<&VoteFile>) -> Result<Sealed> {
        let kept = file.and_then(|file| file.get(seat));
        if let Some(kept) = kept.filter(|kept| seat.seal(kept.vote, kept.salt) == commitment) {
            return Ok(kept.clone());
        }
        let salt = salt(&self.linq.client, seat)?;
        restore(seat, salt, commitment).map(|vote| Sealed { vote, salt }).ok_or_else(|| {
            Error::signing(format!("the vote in seat {} was sealed with a salt that this key does not give", seat.seat))
                .hint("whoever sealed it has to show it: vote and salt are known there alone")
        })
    }

    /// Seals a vote in a seat.
    pub async fn commit(&self, seat: &Seat, commitment: B256) -> Result<Sent> {
        let Seat { dispute, round, seat, .. } = *seat;
        let call = ICourt::commitCall { dispute, round, seat, commitment };
        self.linq.client.send(self.linq.suite.court, &call, U256::ZERO).await
    }

    /// Fails unless a vote can be shown without danger: in the reveal phase, and not so close to its beginning that the
    /// transaction could get into the phase before.
    pub async fn require_showing(&self, case: &Case) -> Result<()> {
        case.phase.expect_reveal(case.dispute)?;
        let now = self.linq.client.call(self.linq.suite.token, &ILnqToken::clockCall {}).await?.to::<u64>();
        let from = safe_from(&self.mined_round(case.dispute, case.phase.round).await?);
        if now < from {
            return Err(Error::pending(
                "votes have just begun to be shown, and the chain's clock could still be behind",
            )
            .hint(format!("show yours in {} seconds", from - now)));
        }
        Ok(())
    }

    /// A jury as the latest block has it. What only waits for a block, such as the last seal of a jury, may come into it after
    /// a vote that is shown because of it.
    async fn mined_round(&self, dispute: u64, round: u8) -> Result<Round> {
        let (client, call) = (&self.linq.client, ICourt::recordsCall { dispute, round });
        let request = TransactionRequest::default().with_to(self.linq.suite.court).with_input(call.abi_encode());
        let answer = client.provider().call(request).block(BlockId::latest()).await;
        let answer = answer.map_err(|error| client.explain(error))?;
        let words = ICourt::recordsCall::abi_decode_returns(&answer).map_err(|_| unknown(self.linq))?;
        Round::from_words(&words).ok_or_else(|| unknown(self.linq))
    }

    /// Shows the vote of a seat. The caller has seen that it [can be shown](Self::require_showing).
    pub async fn reveal(&self, dispute: u64, own: &OwnSeat, file: Option<&VoteFile>) -> Result<Showing> {
        let seat = self.seat(dispute, own.round, own.seat);
        let Sealed { vote, salt } = self.recover(&seat, self.commitment(&seat).await?, file)?;
        let call = ICourt::revealCall { dispute, round: own.round, seat: own.seat, vote: vote.number(), salt };
        let sent = self.linq.client.send(self.linq.suite.court, &call, U256::ZERO).await?;
        Ok(Showing { seat: own.seat, vote, tx_hash: Some(sent.hash) })
    }

    /// Pays the juror for a round.
    pub async fn claim(&self, dispute: u64, round: u8) -> Result<(Lnq, Sent)> {
        let call = ICourt::claimCall { dispute, round, juror: self.juror };
        let sent = self.linq.client.send(self.linq.suite.court, &call, U256::ZERO).await?;
        let claimed = sent.expect_event::<ICourt::RewardClaimed>(self.linq.suite.court)?;
        Ok((Lnq(claimed.amount), sent))
    }

    /// What paying the juror for a round costs, in wei.
    pub async fn claim_cost_wei(&self, dispute: u64, round: u8) -> Result<U256> {
        let client = &self.linq.client;
        let call = ICourt::claimCall { dispute, round, juror: self.juror };
        let gas = client.estimate(self.linq.suite.court, &call, U256::ZERO).await?;
        Ok(U256::from(gas) * U256::from(client.gas_price_wei().await?))
    }
}

/// One jury of a dispute.
pub async fn round_of(linq: &Linq, dispute: u64, round: u8) -> Result<Round> {
    let words = linq.client.call(linq.suite.court, &ICourt::recordsCall { dispute, round }).await?;
    Round::from_words(&words).ok_or_else(|| unknown(linq))
}

fn unknown(linq: &Linq) -> Error {
    Error::failure(format!("the court at {} answers with what is not known here", linq.suite.court))
        .hint("the contract is not the one this version knows: `linq doctor` compares them")
}

/// A number as an indexed argument of an event.
pub fn topic(number: u64) -> B256 {
    U256::from(number).into()
}

fn is_revert(error: &Error, name: &str) -> bool {
    error.revert().and_then(|revert| revert.name()) == Some(name)
}

/// The jurors of one draw, from the left; 0 for an empty seat.
fn drawn(word: &B256) -> impl Iterator<Item = u32> + '_ {
    word.chunks_exact(size_of::<B256>() / SEATS_A_DRAW)
        .map(|four| four.iter().fold(0, |number, byte| number << 8 | u32::from(*byte)))
}

/// From when on a sealed vote can be shown without danger.
fn safe_from(round: &Round) -> u64 {
    match round.step {
        // The chain says that the phase began: no block after it can be in the one before.
        Step::Sealed => 0,
        _ => round.until.saturating_add(SAFE_SECS),
    }
}

/// Whether a seat said how much is due.
fn voted(ballot: Ballot) -> bool {
    matches!(ballot, Ballot::Shown(vote) if vote != Vote::REFUSAL)
}

fn todo(phase: &Phase, rounds: &[Round], seats: &[OwnSeat], has_reward: bool) -> Todo {
    let last = |ballot: Ballot| seats.iter().any(|seat| seat.round == phase.round && seat.ballot == ballot);
    let unsettled = |seat: &OwnSeat| {
        let round = rounds.get(usize::from(seat.round));
        voted(seat.ballot) && round.is_some_and(|round| !round.is_settled())
    };
    match phase.phase {
        CourtPhase::Commit if last(Ballot::Silent) => Todo::Commit,
        CourtPhase::Reveal if last(Ballot::Sealed) => Todo::Reveal,
        CourtPhase::Final if has_reward => Todo::Claim,
        CourtPhase::Final if seats.iter().any(unsettled) => Todo::Settle,
        CourtPhase::Final | CourtPhase::Cancelled | CourtPhase::None => Todo::Nothing,
        _ => Todo::Wait,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::Kind;

    fn round(step: u8, until: u64, settled: u8) -> Round {
        let mut words = [B256::ZERO; 8];
        words[1][31] = step;
        words[1][22..32 - 1].copy_from_slice(&[&[0; 4][..], &until.to_be_bytes()[3..]].concat());
        words[1][25] = 3;
        words[1][0] = settled;
        Round::from_words(&words).unwrap()
    }

    fn at(phase: CourtPhase) -> Phase {
        Phase { round: 0, phase, until: Some(1_000) }
    }

    fn own(ballot: Ballot) -> OwnSeat {
        OwnSeat { round: 0, seat: 1, ballot }
    }

    #[test]
    fn a_draw_names_eight_jurors() {
        let mut word = B256::ZERO;
        word[..8].copy_from_slice(&[0, 0, 1, 2, 255, 255, 255, 255]);
        assert_eq!(drawn(&word).collect::<Vec<_>>(), [258, u32::MAX, 0, 0, 0, 0, 0, 0]);
    }

    #[test]
    fn what_is_to_be_done_follows_from_phase_and_seat() {
        use Ballot::{Exposed, Sealed, Shown, Silent};
        let (vote, refusal) = (Shown(Vote::new(7).unwrap()), Shown(Vote::REFUSAL));
        let todo_of =
            |phase, ballot, settled, reward| todo(&at(phase), &[round(5, 0, settled)], &[own(ballot)], reward);
        for (phase, ballot, expected) in [
            (CourtPhase::Drawing, Silent, Todo::Wait),
            (CourtPhase::Commit, Silent, Todo::Commit),
            (CourtPhase::Commit, Sealed, Todo::Wait),
            (CourtPhase::Commit, Exposed, Todo::Wait),
            (CourtPhase::Reveal, Sealed, Todo::Reveal),
            (CourtPhase::Reveal, Silent, Todo::Wait),
            (CourtPhase::Appeal, vote, Todo::Wait),
            (CourtPhase::Final, vote, Todo::Settle),
            (CourtPhase::Final, refusal, Todo::Nothing),
            (CourtPhase::Final, Silent, Todo::Nothing),
            (CourtPhase::Cancelled, Silent, Todo::Nothing),
        ] {
            assert_eq!(todo_of(phase, ballot, 0, false), expected, "{phase} {ballot:?}");
        }
        assert_eq!(todo_of(CourtPhase::Final, vote, 255, true), Todo::Claim);
        assert_eq!(todo_of(CourtPhase::Final, vote, 255, false), Todo::Nothing);
    }

    #[test]
    fn only_seats_of_the_last_jury_vote() {
        let phase = Phase { round: 1, ..at(CourtPhase::Commit) };
        let rounds = [round(5, 0, 0), round(2, 0, 0)];
        assert_eq!(todo(&phase, &rounds, &[own(Ballot::Silent)], false), Todo::Wait);
    }

    #[test]
    fn a_phase_that_ended_by_the_clock_is_given_time() {
        assert_eq!(safe_from(&round(2, 1_000, 0)), 1_000 + SAFE_SECS);
        assert_eq!(safe_from(&round(3, 1_000, 0)), 0);
    }

    #[test]
    fn every_phase_says_why_not() {
        use CourtPhase::{Appeal, Cancelled, Commit, Drawing, Evidence, Final, Reveal};
        let kind = |result: Result<()>| result.err().map(|error| error.kind());
        let (early, late) = (Some(Kind::Pending), Some(Kind::Policy));
        for (phase, commit, reveal, claim) in [
            (Evidence, early, early, early),
            (Drawing, early, early, early),
            (Commit, None, early, early),
            (Reveal, late, None, early),
            (Appeal, late, late, early),
            (Final, late, late, None),
            (Cancelled, late, late, late),
        ] {
            assert_eq!(kind(at(phase).expect_commit(1)), commit, "{phase}");
            assert_eq!(kind(at(phase).expect_reveal(1)), reveal, "{phase}");
            assert_eq!(kind(at(phase).expect_final(1)), claim, "{phase}");
        }
    }
}

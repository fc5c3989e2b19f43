//! Evidence, sealed votes, and showing them.

use alloy_primitives::{B256, aliases::U96};
use linq_abi::{
    ICourt::*,
    codes::CourtPhase,
    wire::{Uri, bytes_of},
};
use linq_common::{Word, log};
use stylus_sdk::{crypto, prelude::*};

use crate::{
    CourtError,
    ballots::Ballot,
    calls::Penalty,
    juries::{SEATS_A_CALL, seats_place},
    logs,
    opening::wrong_phase,
    rules,
    state::{Court, Round, Stage, juror_at, place},
    transition,
};

/// The longest URI that is logged, in bytes.
const MAX_URI: usize = 256;

/// What is said in a round.
#[public]
#[allow(missing_docs, reason = "the macro adds a hidden method of its own")]
pub trait Voting {
    /// Brings evidence: the hash of a document, and where it is found.
    ///
    /// Who:   anyone.
    /// Needs: the commit phase of the last round has not ended; a URI of at most 256 bytes.
    /// Does:  nothing but log it.
    /// Emits: [`EvidenceGiven`].
    /// Fails: [`CourtUnknownDispute`], [`CourtWrongPhase`], [`CourtUriTooLong`].
    /// Note:  a URI of anything but printable ASCII is malformed calldata, which is refused without a reason.
    fn evidence(&mut self, dispute: u64, hash: B256, uri: Uri) -> Result<(), CourtError>;

    /// Seals the vote of one seat: keccak256(abi.encode(chain id, court, dispute, round, seat, juror, vote, salt)).
    ///
    /// Who:   the account of the juror that sits there.
    /// Needs: the commit phase; the seat has not acted.
    /// Does:  stores it; when every seat has acted the next phase begins.
    /// Emits: [`VoteCommitted`], and [`PhaseBegun`] with the last seat.
    /// Fails: [`CourtUnknownRound`], [`CourtWrongPhase`], [`CourtEmptySeat`], [`CourtSeatHasActed`], [`CourtNotJuror`]; a
    ///        refusal of the jurors passes through, as [`CourtSiblingFailed`] if it has no reason.
    fn commit(&mut self, dispute: u64, round: u8, seat: u8, commitment: B256) -> Result<(), CourtError>;

    /// Shows the sealed vote of a seat while others are still being sealed. A vote that can be shown can be sold.
    ///
    /// Who:   anyone who knows it.
    /// Needs: the commit phase; vote and salt are what was sealed.
    /// Does:  voids the seat and takes its stake from the juror: a quarter for the caller, the rest for the round's pool.
    /// Emits: [`VoteExposed`].
    /// Fails: [`CourtUnknownRound`], [`CourtWrongPhase`], [`CourtNoCommitment`], [`CourtWrongPreimage`]; a refusal of the
    ///        jurors or the token passes through, as [`CourtSiblingFailed`] if it has no reason.
    /// Units: LNQ base units. Returns what the caller received.
    fn expose(&mut self, dispute: u64, round: u8, seat: u8, vote: u8, salt: B256) -> Result<U96, CourtError>;

    /// Shows the sealed vote of a seat: 0…20 twentieths of the whole are due, or 255 for a refusal.
    ///
    /// Who:   anyone who knows it.
    /// Needs: the reveal phase; vote and salt are what was sealed.
    /// Does:  counts the vote; when every sealed vote is shown the verdict is there.
    /// Emits: [`VoteRevealed`], and [`PhaseBegun`] with the last vote.
    /// Fails: [`CourtUnknownRound`], [`CourtWrongPhase`], [`CourtNoCommitment`], [`CourtWrongPreimage`], [`CourtBadVote`].
    fn reveal(&mut self, dispute: u64, round: u8, seat: u8, vote: u8, salt: B256) -> Result<(), CourtError>;
}

#[public]
impl Voting for Court {
    fn evidence(&mut self, dispute: u64, hash: B256, uri: Uri) -> Result<(), CourtError> {
        let number = self.case(dispute)?.last;
        let round = self.round_of(dispute, number)?;
        let (phase, until) = self.phase_of(dispute, &round)?;
        if !matches!(phase, CourtPhase::Evidence | CourtPhase::Drawing | CourtPhase::Commit) {
            return Err(wrong_phase(dispute, phase, until));
        }
        if uri.length() > MAX_URI {
            let length = u32::try_from(uri.length()).unwrap_or(u32::MAX);
            return Err(CourtUriTooLong { length, limit: u32::try_from(MAX_URI).unwrap_or(u32::MAX) }.into());
        }

        let log = logs::evidence(dispute, number, self.vm().msg_sender(), hash, &uri);
        self.vm().emit_log(&log, logs::EVIDENCE_TOPICS);
        Ok(())
    }

    fn commit(&mut self, dispute: u64, round: u8, seat: u8, commitment: B256) -> Result<(), CourtError> {
        let mut found = self.round_of(dispute, round)?;
        self.require_phase(dispute, &found, CourtPhase::Commit)?;
        match found.ballots.get(seat) {
            Ballot::Empty => return Err(CourtEmptySeat { dispute, round, seat }.into()),
            Ballot::Silent => {}
            _ => return Err(CourtSeatHasActed { dispute, round, seat }.into()),
        }
        let (juror, caller) = (self.juror_of(dispute, round, seat), self.vm().msg_sender());
        if self.juror_account(juror)? != caller {
            return Err(CourtNotJuror { juror, caller }.into());
        }

        self.set_word(dispute, round, seat, commitment);
        self.act(dispute, round, &mut found, seat, Ballot::Committed);

        log(self.vm(), &VoteCommitted { dispute, round, seat, juror, commitment });
        if !found.ballots.any(Ballot::Silent) {
            let times = self.parameters_of(self.case(dispute)?.version);
            self.begin(dispute, round, &transition::reveal(&found.stage, &times, self.now()));
        }
        Ok(())
    }

    fn expose(&mut self, dispute: u64, round: u8, seat: u8, vote: u8, salt: B256) -> Result<U96, CourtError> {
        let mut found = self.round_of(dispute, round)?;
        self.require_phase(dispute, &found, CourtPhase::Commit)?;
        let juror = self.sealed_by(dispute, round, &found, seat, vote, salt)?;
        let by = self.vm().msg_sender();
        let amount = rules::seat_stake(self.fee_of(&self.case(dispute)?)?)?;

        // Another seat is silent still, or the phase would have ended; so it does not end with this one.
        self.act(dispute, round, &mut found, seat, Ballot::Exposed);

        // What there is to share is known only once it was taken. Nobody on the way calls back.
        let taken = self.jurors_seize(&[Penalty { juror, amount }])?;
        let reward = rules::exposer_reward(taken);
        let purse = found.stage.purse.plus(taken.minus(reward)?)?;
        self.set_stage(dispute, round, &Stage { purse, ..found.stage });

        log(self.vm(), &VoteExposed { dispute, round, seat, juror, by, taken: taken.into(), reward: reward.into() });

        self.pay(by, reward)?;
        Ok(reward.into())
    }

    fn reveal(&mut self, dispute: u64, round: u8, seat: u8, vote: u8, salt: B256) -> Result<(), CourtError> {
        let mut found = self.round_of(dispute, round)?;
        self.require_phase(dispute, &found, CourtPhase::Reveal)?;
        let juror = self.sealed_by(dispute, round, &found, seat, vote, salt)?;
        let ballot = Ballot::of_vote(vote).ok_or(CourtBadVote { vote })?;

        self.act(dispute, round, &mut found, seat, ballot);

        log(self.vm(), &VoteRevealed { dispute, round, seat, juror, vote });
        if !found.ballots.any(Ballot::Committed) {
            let times = self.parameters_of(self.case(dispute)?.version);
            self.begin(dispute, round, &transition::decide(&found.stage, &times, self.now()));
        }
        Ok(())
    }
}

impl Court {
    /// The juror of a seat that was drawn.
    #[inline(never)]
    pub(crate) fn juror_of(&self, dispute: u64, round: u8, seat: u8) -> u32 {
        let word = self.word(dispute, round, seats_place(seat));
        juror_at(&word, seat % SEATS_A_CALL)
    }

    /// The juror of a seat that has sealed exactly this vote.
    fn sealed_by(
        &self,
        dispute: u64,
        round: u8,
        found: &Round,
        seat: u8,
        vote: u8,
        salt: B256,
    ) -> Result<u32, CourtError> {
        if found.ballots.get(seat) != Ballot::Committed {
            return Err(CourtNoCommitment { dispute, round, seat }.into());
        }
        let juror = self.juror_of(dispute, round, seat);
        let place = (self.vm().chain_id(), self.own_address(), dispute, round);
        if crypto::keccak(bytes_of(&(place, seat, juror, vote, salt))) != self.word(dispute, round, seat) {
            return Err(CourtWrongPreimage {}.into());
        }
        Ok(juror)
    }

    /// Notes what a seat has done.
    #[inline(never)]
    fn act(&mut self, dispute: u64, number: u8, round: &mut Round, seat: u8, ballot: Ballot) {
        round.ballots.set(seat, ballot);
        self.set_word(dispute, number, place::BALLOTS, round.ballots.to_word());
    }
}

//! Disputes, their juries, and the verdict.

use alloy_sol_types::sol;
#[cfg(feature = "contract")]
#[allow(unused_imports, reason = "what the SDK derives names `String` when an interface is exported")]
use {alloc::string::String, stylus_sdk::prelude::*};

sol! {
    /// How long the phases of a round are, and the least that a seat is paid.
    #[cfg_attr(feature = "contract", derive(AbiType))]
    #[derive(Debug, Default, PartialEq, Eq)]
    struct CourtParameters {
        /// From the opening of a dispute to the beacon's time.
        uint32 evidenceSecs;
        /// From an appeal to the beacon's time.
        uint32 appealEvidenceSecs;
        uint32 commitSecs;
        uint32 revealSecs;
        uint32 appealSecs;
        /// How long the seats can be drawn from the beacon's time on.
        uint32 drawSecs;
        /// The least seat fee, in thousandths of one LNQ.
        uint32 floorMilliLnq;
    }

    /// Disputes: juries drawn by the beacon, sealed votes, the median as verdict, appeals.
    #[derive(Debug, PartialEq, Eq)]
    interface ICourt {
        event Wired(address jurors, address beacon, address opener);
        event ParametersSet(uint16 indexed version, uint64 from, CourtParameters parameters);
        event DisputeOpened(uint64 indexed dispute, uint96 value, uint16 version, uint96 seatFee);
        /// A jury was paid for. `side` is a `Side` code; `standing` is the verdict that it was ordered against.
        event JuryOrdered(uint64 indexed dispute, uint8 round, address indexed funder, uint8 side, uint8 standing, uint8 seats, uint96 cost, uint64 beaconRound, uint64 evidenceEnd);
        event DisputeCancelled(uint64 indexed dispute, uint96 returned, uint96 burned);
        event EvidenceGiven(uint64 indexed dispute, uint8 round, address indexed by, bytes32 hash, string uri);
        /// Up to eight seats from `from` on: their jurors, four bytes each from the left, 0 for an empty seat.
        event SeatsDrawn(uint64 indexed dispute, uint8 round, uint8 from, bytes32 jurors);
        /// A phase began by a call, a `CourtPhase` code. One that begins by the clock has no event.
        event PhaseBegun(uint64 indexed dispute, uint8 round, uint8 phase, uint64 until);
        event VoteCommitted(uint64 indexed dispute, uint8 round, uint8 seat, uint32 indexed juror, bytes32 commitment);
        /// A vote was shown while others were still being sealed: the seat is void.
        event VoteExposed(uint64 indexed dispute, uint8 round, uint8 seat, uint32 indexed juror, address indexed by, uint96 taken, uint96 reward);
        event VoteRevealed(uint64 indexed dispute, uint8 round, uint8 seat, uint32 indexed juror, uint8 vote);
        event JuryLapsed(uint64 indexed dispute, uint8 round, address indexed funder, uint96 returned);
        /// The penalties of up to eight seats from `from` on were taken from their jurors.
        event PenaltiesCollected(uint64 indexed dispute, uint8 round, uint8 from, uint96 amount);
        /// `returned` to who paid for the jury, `repaid` to who paid for the next one, `bonus` a point to seats near the verdict.
        event RoundSettled(uint64 indexed dispute, uint8 round, uint8 verdict, uint96 returned, uint96 repaid, uint96 bonus, uint96 burned);
        event RewardClaimed(uint64 indexed dispute, uint8 round, uint32 indexed juror, address account, uint96 amount);

        error CourtNotDeployer(address caller);
        error CourtNotWired();
        error CourtAlreadyWired();
        error CourtBadAddress(address given);
        error CourtNotGovernor(address caller);
        error CourtBadParameters();
        error CourtParametersPending(uint64 from);
        error CourtUnknownParameters(uint16 version, uint16 current);
        error CourtNotOpener(address caller);
        error CourtBadValue(uint96 value, uint96 limit);
        error CourtUnknownDispute(uint64 dispute);
        error CourtUnknownRound(uint64 dispute, uint8 round);
        /// The call is not for this phase, a `CourtPhase` code, which lasts until then. Drawing past its end waits for `lapse`.
        error CourtWrongPhase(uint64 dispute, uint8 phase, uint64 until);
        error CourtUriTooLong(uint32 length, uint32 limit);
        /// Nobody has brought this round of the beacon yet.
        error CourtBeaconSilent(uint64 beaconRound);
        error CourtEmptySeat(uint64 dispute, uint8 round, uint8 seat);
        error CourtNotJuror(uint32 juror, address caller);
        error CourtSeatHasActed(uint64 dispute, uint8 round, uint8 seat);
        error CourtNoCommitment(uint64 dispute, uint8 round, uint8 seat);
        error CourtWrongPreimage();
        error CourtBadVote(uint8 vote);
        error CourtBadSide(uint8 side);
        error CourtAlreadySettled(uint64 dispute, uint8 round);
        error CourtNotSettled(uint64 dispute, uint8 round);
        error CourtNothingToClaim(uint64 dispute, uint8 round, uint32 juror);
        error CourtOverflow();
        error CourtSiblingFailed(address sibling);

        function wire(address jurors, address beacon, address opener) external;
        function setParameters(CourtParameters calldata parameters) external;

        /// Opens a dispute over `value` and takes the first jury's whole cost from `funder`, by its allowance to the court.
        function open(address funder, uint96 value, uint16 version) external returns (uint64 dispute, uint96 cost);
        /// The claims met before the beacon's time: returns the jury's cost to who paid it, less what burns.
        function cancel(uint64 dispute, uint96 burn) external returns (uint96 returned);
        /// A `CourtPhase` code. Once it is final: the share; whether a jury voted it, which is 10 otherwise; and how much of
        /// the first jury's cost was used up.
        function verdict(uint64 dispute) external view returns (uint8 phase, uint8 share, bool voted, uint96 used);

        function evidence(uint64 dispute, bytes32 hash, string calldata uri) external;
        /// Draws up to eight seats of the last round.
        function draw(uint64 dispute) external returns (uint8 drawn);
        /// Ends a dispute whose jury could not be drawn in time: the last verdict is final.
        function lapse(uint64 dispute) external returns (uint96 returned);
        /// Orders the next jury in the name of a side, a `Side` code.
        function appeal(uint64 dispute, uint8 round, uint8 side) external returns (uint96 cost);

        /// Seals the vote of one seat: keccak256(abi.encode(chain id, court, dispute, round, seat, juror, vote, salt)).
        function commit(uint64 dispute, uint8 round, uint8 seat, bytes32 commitment) external;
        /// Shows a sealed vote too early: voids the seat, and pays who shows it.
        function expose(uint64 dispute, uint8 round, uint8 seat, uint8 vote, bytes32 salt) external returns (uint96 reward);
        /// Shows a sealed vote: 0…20 twentieths, or 255 for a refusal.
        function reveal(uint64 dispute, uint8 round, uint8 seat, uint8 vote, bytes32 salt) external;

        /// Collects the penalties of up to eight seats; after the last ones, shares the round's money out.
        function settle(uint64 dispute, uint8 round) external returns (bool settled);
        /// Pays a juror for all its seats of a settled round.
        function claim(uint64 dispute, uint8 round, uint32 juror) external returns (uint96 amount);

        /// The last round of a dispute, a `CourtPhase` code for the present second, and when that phase ends; 0 where it
        /// does not.
        function phase(uint64 dispute) external view returns (uint8 round, uint8 phase, uint64 until);
        /// Eight words of a round: the dispute, the stage, the ballots, the funding, and the jurors of four times eight seats.
        /// All zero where there is none.
        function records(uint64 dispute, uint8 round) external view returns (bytes32[] memory words);
        /// Seven words: who opens disputes with the number of disputes, the version announced last and the day it counts
        /// from; the token; the jurors; the beacon; the deployer; the governor with the shortest phase; and one version of the
        /// parameters, which is zero where there is none.
        function settings(uint16 version) external view returns (bytes32[] memory words);
    }
}

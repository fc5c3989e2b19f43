//! The life of a job.

use alloy_sol_types::sol;
#[cfg(feature = "contract")]
use stylus_sdk::prelude::*;

use crate::Resources;

sol! {
    /// A job. Its id is keccak256(abi.encode(chain id, jobs contract, terms)): accepting an id is accepting exactly these terms.
    #[cfg_attr(feature = "contract", derive(AbiType))]
    #[derive(Debug, Default, PartialEq, Eq)]
    struct Terms {
        address requester;
        /// SHA-256 of the canonical manifest.
        bytes32 specHash;
        /// The most one slot pays; also what collateral is reckoned from.
        uint96 price;
        /// Number of slots, 1–256.
        uint16 tasks;
        /// What one slot needs.
        Resources resources;
        /// Feature bits a provider must have.
        uint64 features;
        /// Up to eight `uint16` region codes, packed from the low end; 0 = anywhere.
        uint128 regions;
        /// Least tier of a provider.
        uint8 tier;
        /// The only provider that may take it, or 0.
        uint32 provider;
        /// Who rules on results instead of a jury, or zero.
        address judge;
        /// keccak256 of the output root that is paid at once, or zero.
        bytes32 expected;
        /// How long takes are accepted after posting.
        uint32 openSecs;
        /// How long a take can be displaced; 0 = the first is final.
        uint32 bidSecs;
        uint32 runSecs;
        /// How long a result can be accepted, ruled on or disputed.
        uint32 windowSecs;
        uint8 attempts;
        /// No attempt begins that could not end by this second.
        uint64 endBy;
        /// Whether anyone may assign it to a standing offer, or the requester alone.
        bool anyoneMatches;
        /// Version of the parameters it is made under.
        uint16 parameters;
        bytes32 salt;
    }

    /// The parameters a job names by version.
    #[cfg_attr(feature = "contract", derive(AbiType))]
    #[derive(Debug, PartialEq, Eq)]
    struct JobParameters {
        uint16 feeBps;
        uint16 collateralBps;
        uint8 maxAttempts;
    }

    /// What the chain keeps of a job.
    #[cfg_attr(feature = "contract", derive(AbiType))]
    #[derive(Debug, PartialEq, Eq)]
    struct Job {
        address requester;
        uint96 price;
        uint16 tasks;
        Resources resources;
        uint32 bidSecs;
        uint32 runSecs;
        uint32 windowSecs;
        uint64 openUntil;
        uint64 endBy;
        uint8 attempts;
        uint16 parameters;
        bool judged;
        bool expects;
    }

    /// One slot at the present second.
    #[cfg_attr(feature = "contract", derive(AbiType))]
    #[derive(Debug, PartialEq, Eq)]
    struct Slot {
        /// A `SlotState` code.
        uint8 state;
        /// When that state ends; 0 once closed.
        uint64 until;
        /// An `Outcome` code.
        uint8 outcome;
        /// The provider that has it, or had it last.
        uint32 provider;
        /// The provider that left it last, which may not take it next.
        uint32 left;
        /// Attempts used up or under way.
        uint8 attempt;
        uint96 price;
        /// Collateral locked for it.
        uint96 lock;
        uint64 takenAt;
        uint64 due;
        uint8 claim;
        bool standing;
        uint16 payoutVersion;
    }

    /// Posting, taking, running and settling.
    #[derive(Debug, PartialEq, Eq)]
    interface IJobs {
        event Wired(address registry, address escrow);
        event JobPosted(bytes32 indexed job, address indexed requester, Terms terms, uint64 openUntil, string uri);
        event SlotTaken(bytes32 indexed job, uint16 indexed slot, uint32 indexed provider, uint8 attempt, uint96 price, uint96 lock, uint64 bidUntil, uint64 due, bool standing);
        event SlotDisplaced(bytes32 indexed job, uint16 indexed slot, uint32 indexed provider);
        event ResultSubmitted(bytes32 indexed job, uint16 indexed slot, uint32 indexed provider, uint8 attempt, bytes32 root, uint8 claim, uint64 windowEnd, string uri);
        /// The provider left without a result (`end` is a `WorkEnd` code) and the slot is open again.
        event SlotReopened(bytes32 indexed job, uint16 indexed slot, uint32 indexed provider, uint8 end, uint8 attempt);
        /// `outcome` is an `Outcome` code; `provider` is 0 when nobody had it.
        event SlotClosed(bytes32 indexed job, uint16 indexed slot, uint32 indexed provider, uint8 outcome, uint96 paid, uint96 fee);

        error JobsNotDeployer(address caller);
        error JobsNotWired();
        error JobsAlreadyWired();
        error JobsBadAddress(address given);
        error JobsReentered();
        error JobsNotRequester(bytes32 job, address caller);
        error JobsAlreadyPosted(bytes32 job);
        error JobsUnknownParameters(uint16 version, uint16 current);
        error JobsBadTasks(uint16 tasks);
        error JobsBadPrice(uint96 price, uint96 limit);
        error JobsBadResources();
        error JobsJudgeAndExpected();
        error JobsBadBidding(uint32 bidSecs, uint32 limit);
        error JobsBadRun(uint32 runSecs, uint32 limit);
        error JobsBadWindow(uint32 windowSecs, uint32 least, uint32 most);
        error JobsBadAttempts(uint8 attempts, uint8 limit);
        error JobsBadEnd(uint64 endBy, uint64 earliest);
        error JobsUriTooLong(uint32 length, uint32 limit);
        error JobsUnknownJob(bytes32 job);
        error JobsUnknownSlot(bytes32 job, uint16 slot);
        error JobsWrongState(bytes32 job, uint16 slot, uint8 state);
        error JobsTooLate(bytes32 job, uint16 slot, uint64 deadline);
        error JobsOtherProviderNamed(uint32 named, uint32 provider);
        error JobsPriceTooHigh(uint96 price, uint96 limit);
        error JobsProviderLeft(bytes32 job, uint16 slot, uint32 provider);
        error JobsAlreadyTheirs(bytes32 job, uint16 slot, uint32 provider);
        error JobsBadClaim(uint8 claim, uint8 least, uint8 most);
        error JobsWrongResult(bytes32 given, bytes32 expected);
        error JobsNotJudge(bytes32 job, address caller);
        error JobsJudged(bytes32 job);
        error JobsBadShare(uint8 share, uint8 claim);
        error JobsNothingDue(bytes32 job, uint16 slot, uint8 state, uint64 until);
        error JobsSiblingFailed(address sibling);

        function wire(address registry, address escrow) external;
        function post(Terms calldata terms, string calldata uri) external returns (bytes32 job);
        function take(Terms calldata terms, uint16 slot, uint32 provider, uint96 price) external;
        function submit(bytes32 job, uint16 slot, bytes32 root, uint8 claim, string calldata uri) external;
        function accept(bytes32 job, uint16 slot) external;
        function rule(bytes32 job, uint16 slot, uint8 share) external;
        function unable(bytes32 job, uint16 slot, uint8 reason) external;
        function cancel(bytes32 job, uint16 slot) external;
        function step(bytes32 job, uint16 slot) external;

        function jobId(Terms calldata terms) external view returns (bytes32 job);
        function job(bytes32 id) external view returns (Job memory);
        function slot(bytes32 id, uint16 index) external view returns (Slot memory);
        function parameters(uint16 version) external view returns (JobParameters memory);
        function limits() external view returns (uint32 minWindowSecs, uint16 currentParameters);
        function wiring() external view returns (address deployer, address registry, address escrow);
    }
}

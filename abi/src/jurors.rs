//! The jurors of the court: their stake, and what each weighs on each day.

use alloy_sol_types::sol;
#[cfg(feature = "contract")]
#[allow(unused_imports, reason = "what the SDK derives names `String` when an interface is exported")]
use {alloc::string::String, stylus_sdk::prelude::*};

sol! {
    /// A juror. All of it is zero for an id that was not given out.
    #[cfg_attr(feature = "contract", derive(AbiType))]
    #[derive(Debug, Default, PartialEq, Eq)]
    struct Juror {
        address account;
        /// Stake that weighs in draws from the next UTC day on: every whole LNQ of it.
        uint96 active;
        /// Stake on its way out. It weighs nothing and can still be seized.
        uint96 leaving;
        /// From when on `leaving` can be withdrawn; zero while nothing is leaving.
        uint64 leavingEnd;
    }

    /// Juror stake, the tree of weights by day, picks and penalties. Jurors are numbered from 1 on.
    #[derive(Debug, PartialEq, Eq)]
    interface IJurors {
        /// [`crate::Permit`]: a struct of one macro call cannot be a field in another.
        struct Permit {
            uint256 deadline;
            uint8 v;
            bytes32 r;
            bytes32 s;
        }

        event Wired(address court);
        /// Nobody adds stake before `until`.
        event Paused(uint64 until);
        /// The first of a juror gave out its number.
        event StakeAdded(uint32 indexed juror, address indexed account, uint96 amount, uint96 active);
        /// All that is leaving can be withdrawn from `end` on.
        event LeavingStarted(uint32 indexed juror, uint96 amount, uint64 end, uint96 active, uint96 leaving);
        event StakeWithdrawn(uint32 indexed juror, address indexed account, uint96 amount);
        /// What a penalty took, which went to the court.
        event StakeSeized(uint32 indexed juror, uint96 fromActive, uint96 fromLeaving);

        error JurorsNotDeployer(address caller);
        error JurorsNotWired();
        error JurorsAlreadyWired();
        error JurorsBadAddress(address given);
        /// The wait of stake that leaves lies outside its limits.
        error JurorsBadUnstaking(uint32 secs);
        error JurorsNotGuardian(address caller);
        error JurorsPaused(uint64 until);
        error JurorsPausedLately(uint64 next);
        error JurorsNoAmount();
        /// Less than a whole LNQ would be active, which weighs nothing.
        error JurorsTooLittle(uint96 active, uint96 least);
        error JurorsNotJuror(address caller);
        error JurorsNotActive(uint96 amount, uint96 active);
        /// Nothing can be withdrawn before `next`; zero when nothing is leaving.
        error JurorsNothingToWithdraw(uint64 next);
        error JurorsNotCourt(address caller);
        error JurorsTooMany(uint32 given, uint32 limit);
        error JurorsUnequalLists(uint32 jurors, uint32 amounts);
        /// Weights are known up to the start of the present day.
        error JurorsDayAhead(uint16 day, uint16 today);
        error JurorsOverflow();
        error JurorsTokenFailed();

        function wire(address court) external;

        /// Adds to the caller's stake, by allowance. Returns the number of the juror.
        function stake(uint96 amount) external returns (uint32 juror);
        function stakeWithPermit(uint96 amount, Permit calldata permit) external returns (uint32 juror);
        /// Moves active stake to the one sum that leaves, and restarts its clock. Returns its end.
        function leave(uint96 amount) external returns (uint64 end);
        /// Sends what has left to the caller.
        function unstake() external returns (uint96 amount);

        /// By the court: takes from active stake, then from what is leaving, as far as it reaches, and sends the sum to the
        /// court. At most 31 entries.
        function seize(uint32[] memory jurors, uint96[] memory amounts) external returns (uint96[] memory taken);

        /// Keeps new stake out for the rest of the day and six more.
        function pause() external;

        /// Seats `from` to `from + count − 1`, at most 8 of them: each is the first of 16 tries that falls on a juror that
        /// weighed at least `least` at the start of `day`, or 0. Try t of seat i falls on
        /// keccak256(abi.encodePacked(seed, uint8(i), uint8(t))) mod total(day), counted through the weights by number.
        function pick(uint16 day, bytes32 seed, uint8 from, uint8 count, uint32 least) external view returns (uint32[] memory seats);
        /// The weight of all jurors at the start of a UTC day, the present one or an earlier: whole LNQ.
        function total(uint16 day) external view returns (uint32);
        /// What one juror weighed then.
        function weight(uint32 juror, uint16 day) external view returns (uint32);
        /// Active stake of up to 64 jurors, as it is now.
        function stakes(uint32[] memory jurors) external view returns (uint96[] memory active);
        function juror(uint32 id) external view returns (Juror memory);
        function account(uint32 juror) external view returns (address);
        /// The number of the juror that `account` is, or 0.
        function jurorOf(address account) external view returns (uint32);
        /// How many numbers were given out.
        function count() external view returns (uint32);
        /// From when on stake can be added; zero or past while it can.
        function pausedUntil() external view returns (uint64);
        function wiring() external view returns (address deployer, address token, address court, address guardian, uint32 unstakeSecs);
    }
}

impl From<crate::Permit> for IJurors::Permit {
    fn from(permit: crate::Permit) -> Self {
        let crate::Permit { deadline, v, r, s } = permit;
        Self { deadline, v, r, s }
    }
}

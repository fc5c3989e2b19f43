//! Disputed results: what is claimed of them, and how a dispute ends.

use alloy_sol_types::sol;
#[cfg(feature = "contract")]
#[allow(unused_imports, reason = "what the SDK derives names `String` when an interface is exported")]
use {alloc::string::String, stylus_sdk::prelude::*};

sol! {
    /// What is disputed of a slot, and by whom.
    #[cfg_attr(feature = "contract", derive(AbiType))]
    #[derive(Debug, Default, PartialEq, Eq)]
    struct Disputed {
        /// Its number in the court; 0 if the slot is not disputed.
        uint64 dispute;
        uint32 provider;
        /// What the requester and the provider claimed as the dispute opened, in twentieths.
        uint8 requesterOpened;
        uint8 providerOpened;
        /// What they claim now.
        uint8 requesterClaim;
        uint8 providerClaim;
        /// From this second on anyone can settle it without the court.
        uint64 neutralFrom;
    }

    /// Disputes over results of jobs.
    #[derive(Debug, PartialEq, Eq)]
    interface IDisputes {
        event Wired(address jobs, address registry, address escrow, address court);
        /// `dispute` is its number in the court, 0 where the lock is too small for a jury; `value` is what the jury decides
        /// on, `cost` what the requester paid for it.
        event ResultDisputed(bytes32 indexed job, uint16 indexed slot, uint64 indexed dispute, uint32 provider, uint8 requesterClaim, uint8 providerClaim, uint96 value, uint96 cost, uint64 neutralFrom);
        /// One side moved its claim towards the other's.
        event ClaimMoved(bytes32 indexed job, uint16 indexed slot, uint64 indexed dispute, uint8 requesterClaim, uint8 providerClaim);
        /// `verdict` is a `Verdict` code, `trial` a `Trial` code; `owed` is what the provider owes of the jury's cost.
        event DisputeSettled(bytes32 indexed job, uint16 indexed slot, uint64 indexed dispute, uint8 verdict, uint8 trial, uint8 share, uint96 owed);

        error DisputesNotDeployer(address caller);
        error DisputesNotWired();
        error DisputesAlreadyWired();
        error DisputesBadAddress(address given);
        error DisputesNotRequester(bytes32 job, address caller);
        /// The caller is neither the requester nor owner or operator of the provider.
        error DisputesNotParty(bytes32 job, uint16 slot, address caller);
        /// A claim that is not between `least` and `most`.
        error DisputesBadClaim(uint8 claim, uint8 least, uint8 most);
        error DisputesNotDisputed(bytes32 job, uint16 slot);
        /// The beacon's time has come: the jury decides.
        error DisputesTooLate(uint64 dispute);
        /// The court has not decided; its phase is a `CourtPhase` code.
        error DisputesUndecided(uint64 dispute, uint8 phase);
        error DisputesTooEarly(uint64 dispute, uint64 neutralFrom);
        error DisputesSiblingFailed();
        error DisputesOverflow();

        function wire(address jobs, address registry, address escrow, address court) external;
        /// Disputes a result, of whose price `claim` twentieths are due in the requester's eyes. Takes the first jury's cost
        /// from the caller by its allowance to the court.
        function dispute(bytes32 job, uint16 slot, uint8 claim) external returns (uint64 dispute, uint96 cost);
        /// Moves the caller's claim to `claim`, towards the other's; where they meet, the slot is settled there.
        function concede(bytes32 job, uint16 slot, uint8 claim) external;
        /// Settles a slot as the court decided.
        function settle(bytes32 job, uint16 slot) external;
        /// Settles a slot that the court did not decide on in time.
        function settleNeutral(bytes32 job, uint16 slot) external;

        function disputed(bytes32 job, uint16 slot) external view returns (Disputed memory);
        function wiring() external view returns (address deployer, address jobs, address registry, address escrow, address court);
    }
}

//! Bounty rewards and protocol fees.

use alloy_sol_types::sol;

sol! {
    /// Locks a price per slot and settles it once.
    #[derive(Debug, PartialEq, Eq)]
    interface IEscrow {
        event Wired(address jobs);
        event RewardLocked(bytes32 indexed job, address indexed requester, uint96 price, uint16 slots);
        /// One slot settled: `paid` to `payee` net of `fee`, `refunded` to the requester, what is owed to it included.
        event SlotSettled(bytes32 indexed job, address indexed payee, uint96 paid, uint96 fee, uint96 refunded);
        /// One slot settled without a payee: `burned` of its price is nobody's, `refunded` went to the requester.
        event SlotForfeited(bytes32 indexed job, uint96 burned, uint96 refunded);
        event FeesSwept(uint96 toTreasury, uint96 burned);
        /// LNQ that nobody is owed went to the treasury.
        event SurplusSkimmed(uint96 toTreasury);

        error EscrowNotDeployer(address caller);
        error EscrowNotWired();
        error EscrowAlreadyWired();
        error EscrowBadAddress(address given);
        error EscrowNotJobs(address caller);
        error EscrowAlreadyLocked(bytes32 job);
        error EscrowBadPrice(uint96 price, uint96 limit);
        error EscrowBadSlots(uint16 slots);
        error EscrowNothingLocked(bytes32 job);
        error EscrowPriceAbovePosted(uint96 price, uint96 posted);
        error EscrowBadShare(uint8 share);
        error EscrowBadFee(uint16 feeBps, uint16 limit);
        error EscrowOverflow();
        error EscrowTokenFailed();

        function wire(address jobs) external;
        /// Takes `price` for each of `slots` from `requester` by allowance.
        function lock(bytes32 job, address requester, uint96 price, uint16 slots) external;
        /// Settles one slot: `share` twentieths of `price` are the pay; `owed` comes out of it as far as it goes, the fee out of
        /// what is left, and the rest goes to `payee`; everything else of the posted price, and what was owed, to the requester.
        /// Returns what the payee received, and the fee.
        function settle(bytes32 job, address payee, uint96 price, uint8 share, uint96 owed, uint16 feeBps) external returns (uint96 paid, uint96 fee);
        /// Settles one slot of which `share` twentieths of `price` burn; the rest of the posted price goes to the requester.
        function forfeit(bytes32 job, uint96 price, uint8 share) external returns (uint96 burned);
        /// Settles one slot by returning its whole posted price to the requester.
        function refund(bytes32 job) external returns (uint96 refunded);
        /// Sends half of the fees to the treasury and burns half; anyone may call.
        function sweep() external returns (uint96 toTreasury, uint96 burned);

        /// Sends what the balance holds above the liabilities to the treasury; anyone may call.
        function skim() external returns (uint96 toTreasury);

        function locked(bytes32 job) external view returns (address requester, uint96 price, uint16 unsettled);
        /// Posted prices of unsettled slots, and fees not yet swept.
        function liabilities() external view returns (uint96 rewards, uint96 fees);
        function wiring() external view returns (address deployer, address token, address jobs, address treasury);
    }
}

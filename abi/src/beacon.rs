//! Verified rounds of a public randomness beacon.

use alloy_sol_types::sol;

sol! {
    /// Verifies rounds of drand's scheme `bls-bn254-unchained-on-g1` and keeps what each is worth as randomness.
    #[derive(Debug, PartialEq, Eq)]
    interface IBeacon {
        /// The signature of `round` was verified; `randomness` is its keccak256, for ever.
        event RoundKept(uint64 indexed round, bytes32 randomness);

        error BeaconBadKey();
        error BeaconBadPeriod();
        error BeaconNoRound(uint64 round);
        error BeaconNotYet(uint64 round, uint64 time);
        error BeaconBadPoint(uint256 x, uint256 y);
        error BeaconWrongSignature(uint64 round);
        error BeaconOverflow();
        error BeaconPrecompileFailed();

        /// Verifies the signature (x, y) of `round` and keeps its hash; anyone may call, and call again.
        function submit(uint64 round, uint256 x, uint256 y) external;

        /// keccak256 of the 64 bytes of the signature of `round`; zero until it was submitted.
        function randomness(uint64 round) external view returns (bytes32);
        /// The first round whose time lies after `time`.
        function roundAfter(uint64 time) external view returns (uint64 round);
        /// When `round` is due: genesis + (round − 1) · period.
        function timeOf(uint64 round) external view returns (uint64 time);
        /// The key, a point of G2, in the order of the pairing precompile.
        function key() external view returns (uint256 xImaginary, uint256 xReal, uint256 yImaginary, uint256 yReal);
        /// When round 1 is due, and how many seconds lie between two rounds.
        function schedule() external view returns (uint64 genesis, uint32 periodSecs);
    }
}

//! What the court asks of its siblings.

use alloy_sol_types::sol;

sol! {
    /// Verified rounds of a beacon.
    interface IBeacon {
        /// What a round said; zero until somebody has brought it.
        function randomness(uint64 round) external view returns (bytes32);
        /// The first round after `time`.
        function roundAfter(uint64 time) external view returns (uint64);
    }
}

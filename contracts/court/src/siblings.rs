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

    /// The stake of jurors.
    interface IJurors {
        /// Who sits on `count` seats from `from` on, by the weights at the start of `day`; 0 for an empty seat.
        function pick(uint16 day, bytes32 seed, uint8 from, uint8 count, uint32 least) external view returns (uint32[] memory seats);
        function account(uint32 juror) external view returns (address);
        /// Takes up to `amounts` from the stakes of `jurors` and sends it to the court.
        function seize(uint32[] calldata jurors, uint96[] calldata amounts) external returns (uint96[] memory taken);
    }
}

//! What providers say of themselves.

use alloy_sol_types::sol;

sol! {
    /// The part of a provider that informs and binds nobody: its sealing key, its self-test, its metadata.
    #[derive(Debug, PartialEq, Eq)]
    interface IProfiles {
        event ProfileSet(uint32 indexed provider, bytes32 sealingKey, string metadata);
        /// Both are zero when a self-test was taken back.
        event SelfTestPublished(uint32 indexed provider, bytes32 report, uint64 validUntil);

        error ProfilesBadAddress(address given);
        error ProfilesUnknownProvider(uint32 provider);
        error ProfilesNotOwner(uint32 provider, address caller);
        /// The caller is neither the owner nor an operator that has accepted.
        error ProfilesNotOperator(uint32 provider, address caller);
        error ProfilesMetadataTooLong(uint32 length, uint32 limit);
        /// A report counts from now on, until `latest` at the most; without a report there is nothing that counts.
        error ProfilesBadSelfTest(uint64 validUntil, uint64 latest);
        /// The registry did not answer as its interface says.
        error ProfilesRegistryFailed();

        /// Replaces the sealing key (X25519; zero for none) and the metadata (a URI; empty for none).
        function setProfile(uint32 provider, bytes32 sealingKey, string calldata metadata) external;
        /// Publishes the SHA-256 of a benchmark report, and until when it is valid; zero and zero take it back.
        function publishSelfTest(uint32 provider, bytes32 report, uint64 validUntil) external;

        /// What the present owner stated, and when; what an owner before it stated does not count any more.
        function profile(uint32 id) external view returns (bytes32 sealingKey, string memory metadata, uint64 statedAt, bytes32 report, uint64 validUntil);
        function wiring() external view returns (address registry);
    }
}

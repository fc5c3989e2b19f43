//! What people sign, by the names that EIP-712 hashes: structs of their own, beside those that travel in calls.

use alloy_sol_types::sol;

sol! {
    /// What an owner of LNQ signs; ERC-2612 fixes name and order of the fields.
    #[derive(Debug)]
    struct Permit {
        address owner;
        address spender;
        uint256 value;
        uint256 nonce;
        uint256 deadline;
    }

    /// What a delegator of votes signs, as OpenZeppelin's votes have it.
    #[derive(Debug)]
    struct Delegation {
        address delegatee;
        uint256 nonce;
        uint256 expiry;
    }
}

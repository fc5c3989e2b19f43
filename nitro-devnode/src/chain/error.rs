//! What can go wrong, in the words clients know.

use alloy::primitives::{Address, Bytes, U256};

/// Why a node refused a request. The texts are those of geth and Nitro, since clients match on them.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum NodeError {
    /// The call or estimated transaction reverted.
    #[error("{message}")]
    Reverted {
        /// Revert data.
        output: Bytes,
        /// "execution reverted", with the reason when it can be read.
        message: String,
    },
    /// The call ended in another way than by return or revert, e.g. "out of gas".
    #[error("{message}")]
    Halted {
        /// What the virtual machine says.
        message: String,
    },
    /// The nonce was used already.
    #[error("nonce too low: address {address}, tx: {tx} state: {state}")]
    NonceTooLow {
        /// Sender.
        address: Address,
        /// Nonce of the transaction.
        tx: u64,
        /// Next nonce of the sender.
        state: u64,
    },
    /// An earlier nonce is missing.
    #[error("nonce too high: address {address}, tx: {tx} state: {state}")]
    NonceTooHigh {
        /// Sender.
        address: Address,
        /// Nonce of the transaction.
        tx: u64,
        /// Next nonce of the sender.
        state: u64,
    },
    /// The sender cannot pay for value and gas.
    #[error("insufficient funds for gas * price + value: address {address} have {have} want {want}")]
    InsufficientFunds {
        /// Sender.
        address: Address,
        /// Balance.
        have: U256,
        /// What the transaction may cost.
        want: U256,
    },
    /// As [`NodeError::InsufficientFunds`], in a call or an estimate.
    #[error(
        "err: insufficient funds for gas * price + value: address {address} have {have} want {want} (supplied gas {supplied})"
    )]
    CallInsufficientFunds {
        /// Sender.
        address: Address,
        /// Balance.
        have: U256,
        /// What the call may cost.
        want: U256,
        /// Gas limit of the call.
        supplied: u64,
    },
    /// The fee cap is below the base fee.
    #[error("max fee per gas less than block base fee: address {address}, maxFeePerGas: {max_fee} baseFee: {base_fee}")]
    FeeCapTooLow {
        /// Sender.
        address: Address,
        /// Fee cap in wei.
        max_fee: u128,
        /// Base fee in wei.
        base_fee: u64,
    },
    /// As [`NodeError::FeeCapTooLow`], in a call or an estimate.
    #[error(
        "err: max fee per gas less than block base fee: address {address}, maxFeePerGas: {max_fee}, baseFee: {base_fee} (supplied gas {supplied})"
    )]
    CallFeeCapTooLow {
        /// Sender.
        address: Address,
        /// Fee cap in wei.
        max_fee: u128,
        /// Base fee in wei.
        base_fee: u64,
        /// Gas limit of the call.
        supplied: u64,
    },
    /// The gas limit does not cover the intrinsic gas of a transaction.
    #[error("intrinsic gas too low")]
    IntrinsicGasTooLow,
    /// The gas limit does not cover the intrinsic gas of a call.
    #[error("err: intrinsic gas too low: have {have}, want {want} (supplied gas {have})")]
    CallIntrinsicGasTooLow {
        /// Gas limit of the call.
        have: u64,
        /// Intrinsic gas.
        want: u64,
    },
    /// No gas limit within the cap makes the transaction succeed.
    #[error("gas required exceeds allowance ({0})")]
    GasAboveAllowance(u64),
    /// The initcode is too long.
    #[error("max initcode size exceeded: code size {size} limit {limit}")]
    InitcodeTooLong {
        /// Its length.
        size: usize,
        /// The longest allowed.
        limit: usize,
    },
    /// The sender is a contract.
    #[error("sender not an eoa: address {0}, len(code): {1}")]
    SenderNotEoa(Address, usize),
    /// The transaction type is not supported (blobs, for example).
    #[error("transaction type not supported")]
    TransactionType,
    /// A set-code transaction without authorisations.
    #[error("EIP-7702 transaction with empty auth list (sender {0})")]
    EmptyAuthorizationList(Address),
    /// A set-code transaction without recipient.
    #[error("input string too short for common.Address, decoding into (types.SetCodeTx).To")]
    SetCodeCreate,
    /// The transaction names another chain.
    #[error("invalid chain id for signer: have {have} want {want}")]
    WrongChain {
        /// Chain id of the transaction.
        have: u64,
        /// Chain id of the node.
        want: u64,
    },
    /// The transaction has no chain id.
    #[error("only replay-protected (EIP-155) transactions allowed over RPC")]
    UnprotectedTransaction,
    /// The bytes are not a signed transaction.
    #[error("invalid transaction: {0}")]
    Undecodable(String),
    /// The signature is not valid.
    #[error("invalid sender")]
    InvalidSender,
    /// The node has no key for the sender and does not impersonate it.
    #[error("unknown account")]
    UnknownAccount(Address),
    /// The same transaction is in the chain or waits for a block.
    #[error("already known")]
    AlreadyKnown,
    /// The block does not exist.
    #[error("header not found")]
    BlockNotFound,
    /// The transaction does not exist.
    #[error("transaction not found")]
    TransactionNotFound,
    /// The state of the block is no longer kept.
    #[error("missing trie node: state of block {0} is not available")]
    StateNotAvailable(u64),
    /// A parameter makes no sense; the text says why.
    #[error("{0}")]
    InvalidParams(String),
    /// A state override is refused; the text says why.
    #[error("{0}")]
    InvalidOverride(String),
    /// State of the chain this one is a fork of cannot be read.
    #[error("fork: {0}")]
    Fork(String),
    /// A dump cannot be read or written.
    #[error("state file: {0}")]
    Dump(String),
}

impl NodeError {
    /// JSON-RPC error code: 3 for reverts, -32602 for bad parameters, -32000 otherwise.
    pub const fn code(&self) -> i64 {
        match self {
            Self::Reverted { .. } => 3,
            Self::InvalidParams(_) => -32_602,
            _ => -32_000,
        }
    }

    /// Revert data, for the `data` field of the error object.
    pub const fn data(&self) -> Option<&Bytes> {
        match self {
            Self::Reverted { output, .. } => Some(output),
            _ => None,
        }
    }
}

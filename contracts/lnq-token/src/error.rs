//! Why a call to the token fails.

use linq_abi::ILnqToken::{
    ERC20InsufficientAllowance, ERC20InsufficientBalance, ERC20InvalidApprover, ERC20InvalidReceiver,
    ERC20InvalidSender, ERC20InvalidSpender, ERC2612ExpiredSignature, ERC2612InvalidSigner, LnqBadAllocation,
    LnqBadHolders,
};
use stylus_sdk::prelude::*;

/// Every reason, as ERC-6093 and ERC-2612 name it where they do.
#[derive(SolidityError, Debug, PartialEq, Eq)]
#[allow(missing_docs, reason = "each variant is the error of linq-abi that it wraps")]
pub enum TokenError {
    InsufficientBalance(ERC20InsufficientBalance),
    InvalidSender(ERC20InvalidSender),
    InvalidReceiver(ERC20InvalidReceiver),
    InsufficientAllowance(ERC20InsufficientAllowance),
    InvalidApprover(ERC20InvalidApprover),
    InvalidSpender(ERC20InvalidSpender),
    ExpiredSignature(ERC2612ExpiredSignature),
    InvalidSigner(ERC2612InvalidSigner),
    BadHolders(LnqBadHolders),
    BadAllocation(LnqBadAllocation),
}

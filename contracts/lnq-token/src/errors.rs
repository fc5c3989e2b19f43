//! Why a call to the token fails.

use linq_abi::ILnqToken::{
    ERC20InsufficientAllowance, ERC20InsufficientBalance, ERC20InvalidReceiver, ERC20InvalidSender,
    ERC20InvalidSpender, ERC2612ExpiredSignature, ERC2612InvalidSigner, LnqBadAllocation, LnqBadHolders,
};
use linq_common::contract_errors;

contract_errors! {
    /// Every reason, as ERC-6093 and ERC-2612 name it where they do. No invalid approver: it is always the caller.
    pub enum TokenError {
        InsufficientBalance(ERC20InsufficientBalance),
        InvalidSender(ERC20InvalidSender),
        InvalidReceiver(ERC20InvalidReceiver),
        InsufficientAllowance(ERC20InsufficientAllowance),
        InvalidSpender(ERC20InvalidSpender),
        ExpiredSignature(ERC2612ExpiredSignature),
        InvalidSigner(ERC2612InvalidSigner),
        BadHolders(LnqBadHolders),
        BadAllocation(LnqBadAllocation),
    }
}

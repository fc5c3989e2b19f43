//! Why a call to the token fails.

use linq_abi::ILnqToken::{
    ECDSAInvalidSignature, ECDSAInvalidSignatureLength, ECDSAInvalidSignatureS, ERC20InsufficientAllowance,
    ERC20InsufficientBalance, ERC20InvalidApprover, ERC20InvalidReceiver, ERC20InvalidSpender, ERC2612ExpiredSignature,
    ERC2612InvalidSigner, ERC5805FutureLookup, InvalidAccountNonce, LnqBadAllocation, LnqBadHolders,
    VotesExpiredSignature, VotesInvalidSigner, VotesNoCheckpoint,
};
use linq_common::contract_errors;

contract_errors! {
    /// Every reason, under the name that ERC-6093 or OpenZeppelin's contracts have for it where they do.
    pub enum TokenError {
        InsufficientBalance(ERC20InsufficientBalance),
        InvalidReceiver(ERC20InvalidReceiver),
        InsufficientAllowance(ERC20InsufficientAllowance),
        InvalidApprover(ERC20InvalidApprover),
        InvalidSpender(ERC20InvalidSpender),
        ExpiredPermit(ERC2612ExpiredSignature),
        InvalidPermitSigner(ERC2612InvalidSigner),
        InvalidSignature(ECDSAInvalidSignature),
        InvalidSignatureLength(ECDSAInvalidSignatureLength),
        InvalidSignatureS(ECDSAInvalidSignatureS),
        InvalidNonce(InvalidAccountNonce),
        ExpiredDelegation(VotesExpiredSignature),
        InvalidDelegator(VotesInvalidSigner),
        FutureLookup(ERC5805FutureLookup),
        NoCheckpoint(VotesNoCheckpoint),
        BadHolders(LnqBadHolders),
        BadAllocation(LnqBadAllocation),
    }
}

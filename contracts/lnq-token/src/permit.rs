//! Allowances by signature.

// The SDK's macros name `Vec` without a path.
use alloc::{string::String, vec::Vec};

use alloy_primitives::{Address, B256, FixedBytes, U256};
use linq_abi::ILnqToken::{
    ECDSAInvalidSignature, ECDSAInvalidSignatureLength, ECDSAInvalidSignatureS, ERC2612ExpiredSignature,
    ERC2612InvalidSigner,
};
use stylus_sdk::{abi::Bytes, prelude::*};

use crate::{
    LnqToken, TokenError,
    signature::{self, Signature},
};

/// ERC-2612 with the domain of ERC-5267.
#[public]
#[allow(missing_docs, reason = "the macro adds a method of its own")]
pub trait Permit {
    /// Sets an allowance that `owner` signed for.
    ///
    /// Who:   anyone who brings the signature.
    /// Needs: the owner's next nonce signed over, with `s` in the lower half, for this chain and this token.
    /// Does:  uses up the nonce, then sets the allowance.
    /// Emits: `Approval`.
    /// Fails: `ERC2612ExpiredSignature`; `ECDSAInvalidSignatureS`, `ECDSAInvalidSignature`; `ERC2612InvalidSigner`;
    ///        `ERC20InvalidSpender` for zero.
    /// Units: LNQ base units; unix seconds.
    /// Note:  valid up to and at `deadline`, as ERC-2612 has it, other than deadlines elsewhere in the suite.
    #[expect(clippy::too_many_arguments, reason = "ERC-2612 has them")]
    fn permit(
        &mut self,
        owner: Address,
        spender: Address,
        value: U256,
        deadline: U256,
        v: u8,
        r: B256,
        s: B256,
    ) -> Result<(), TokenError>;

    /// As [`Permit::permit`] for an `owner` that may be a contract, which knows its signatures by ERC-1271.
    ///
    /// Who:   anyone who brings the signature.
    /// Needs: the owner's next nonce signed over, for this chain and this token.
    /// Does:  uses up the nonce, then sets the allowance.
    /// Emits: `Approval`.
    /// Fails: `ERC2612ExpiredSignature`; `ECDSAInvalidSignatureLength`, `ECDSAInvalidSignatureS`,
    ///        `ECDSAInvalidSignature`; `ERC2612InvalidSigner`, with signer zero where a contract does not know it;
    ///        `ERC20InvalidSpender` for zero.
    /// Units: LNQ base units; unix seconds.
    /// Note:  the contract is asked by a static call and finds no way back in; whoever brings the signature pays for what
    ///        it does.
    #[selector(name = "permit")]
    fn permit_by_signature(
        &mut self,
        owner: Address,
        spender: Address,
        value: U256,
        deadline: U256,
        signature: Bytes,
    ) -> Result<(), TokenError>;

    /// How many signatures of `owner` were used, for permits and delegations, which is the nonce of the next.
    fn nonces(&self, owner: Address) -> U256;

    /// What EIP-712 hashes in front of every message, for the chain and address of this very moment.
    #[selector(name = "DOMAIN_SEPARATOR")]
    fn domain_separator(&self) -> B256;

    /// The parts of the domain: which are used, name, version, chain, address, no salt, no extensions.
    fn eip712_domain(&self) -> (FixedBytes<1>, String, String, U256, Address, B256, Vec<U256>);
}

#[public]
impl Permit for LnqToken {
    fn permit(
        &mut self,
        owner: Address,
        spender: Address,
        value: U256,
        deadline: U256,
        v: u8,
        r: B256,
        s: B256,
    ) -> Result<(), TokenError> {
        self.require_before(deadline)?;
        let digest = self.permit_digest(owner, spender, value, deadline);
        let signer = self.recover(digest, &Signature { v, r, s })?;
        self.allow_signed(signer, owner, spender, value)
    }

    #[selector(name = "permit")]
    fn permit_by_signature(
        &mut self,
        owner: Address,
        spender: Address,
        value: U256,
        deadline: U256,
        signature: Bytes,
    ) -> Result<(), TokenError> {
        self.permit_signed(owner, spender, value, deadline, &signature)
    }

    fn nonces(&self, owner: Address) -> U256 {
        self.nonce_of(owner, &self.account(owner))
    }

    #[selector(name = "DOMAIN_SEPARATOR")]
    fn domain_separator(&self) -> B256 {
        let words = signature::domain_words(self.vm().chain_id(), self.vm().contract_address());
        self.vm().native_keccak256(words.as_flattened())
    }

    // Inlined where it is answered, so that its texts are never built: as data they would cost every call.
    #[inline(always)]
    fn eip712_domain(&self) -> (FixedBytes<1>, String, String, U256, Address, B256, Vec<U256>) {
        let chain = U256::from(self.vm().chain_id());
        let (name, version) = (signature::NAME.into(), signature::VERSION.into());
        (signature::FIELDS, name, version, chain, self.vm().contract_address(), B256::ZERO, Vec::new())
    }
}

impl LnqToken {
    /// [`Permit::permit_by_signature`] with the bytes where they lie.
    pub(crate) fn permit_signed(
        &mut self,
        owner: Address,
        spender: Address,
        value: U256,
        deadline: U256,
        signature: &[u8],
    ) -> Result<(), TokenError> {
        self.require_before(deadline)?;
        let digest = self.permit_digest(owner, spender, value, deadline);
        let signer = self.signer(owner, digest, signature)?;
        self.allow_signed(signer, owner, spender, value)
    }

    /// Sets an allowance of `owner` that `signer` signed for.
    fn allow_signed(
        &mut self,
        signer: Address,
        owner: Address,
        spender: Address,
        value: U256,
    ) -> Result<(), TokenError> {
        if signer != owner {
            return Err(ERC2612InvalidSigner { signer, owner }.into());
        }
        let mut account = self.account(owner);
        self.use_nonce(owner, &mut account);
        self.allow(owner, spender, value)?;
        Ok(())
    }

    fn require_before(&self, deadline: U256) -> Result<(), ERC2612ExpiredSignature> {
        if deadline < U256::from(self.vm().block_timestamp()) {
            return Err(ERC2612ExpiredSignature { deadline });
        }
        Ok(())
    }

    #[inline(never)]
    fn permit_digest(&self, owner: Address, spender: Address, value: U256, deadline: U256) -> B256 {
        let words = signature::permit_words(owner, spender, value, self.nonces(owner), deadline);
        self.typed_digest(self.vm().native_keccak256(words.as_flattened()))
    }

    /// What is signed where `message` is meant.
    #[inline(never)]
    pub(crate) fn typed_digest(&self, message: B256) -> B256 {
        self.vm().native_keccak256(&signature::typed_bytes(self.domain_separator(), message))
    }

    /// Who signed `digest`, who is never zero: the precompile answers nothing to what is no signature.
    #[inline(never)]
    pub(crate) fn recover(&self, digest: B256, given: &Signature) -> Result<Address, TokenError> {
        if !given.is_low() {
            return Err(ECDSAInvalidSignatureS { s: given.s }.into());
        }
        let input = given.recovery_words(digest);
        let answer = static_call(self.vm(), calls::Call::new(), signature::ECRECOVER, input.as_flattened());
        let word = answer.ok().and_then(|word| B256::try_from(word.as_slice()).ok()).unwrap_or_default();
        let signer = Address::from_word(word);
        if signer.is_zero() { Err(ECDSAInvalidSignature {}.into()) } else { Ok(signer) }
    }

    /// Who signed `digest` in the name of `account`: `account` itself, some other key, or nobody, who is zero.
    ///
    /// An account with code is asked and no key counts for it, as OpenZeppelin's `SignatureChecker` has it.
    pub(crate) fn signer(&self, account: Address, digest: B256, given: &[u8]) -> Result<Address, TokenError> {
        if self.vm().code_size(account) == 0 {
            let length = U256::from(given.len());
            let signature = Signature::from_bytes(given).ok_or(ECDSAInvalidSignatureLength { length })?;
            return self.recover(digest, &signature);
        }
        let input = signature::question(digest, given);
        // Static, and answered while this call is on the stack: nothing can change before it is back.
        let answer = static_call(self.vm(), calls::Call::new(), account, &input).unwrap_or_default();
        Ok(if signature::is_agreed(&answer) { account } else { Address::ZERO })
    }
}

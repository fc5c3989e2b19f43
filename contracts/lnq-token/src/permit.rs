//! Allowances by signature.

// The SDK's macros name `Vec` without a path.
use alloc::{string::String, vec::Vec};

use alloy_primitives::{Address, B256, FixedBytes, U256};
use linq_abi::ILnqToken::{ERC2612ExpiredSignature, ERC2612InvalidSigner};
use stylus_sdk::prelude::*;

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
    /// Fails: `ERC2612ExpiredSignature`; `ERC2612InvalidSigner`, with signer zero where there is none;
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

    /// How many permits of `owner` were used, which is the nonce of the next.
    fn nonces(&self, owner: Address) -> U256;

    /// What EIP-712 hashes in front of every permit, for the chain and address of this very moment.
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
        if deadline < U256::from(self.vm().block_timestamp()) {
            return Err(ERC2612ExpiredSignature { deadline }.into());
        }
        let mut account = self.account(owner);
        let words = signature::permit_words(owner, spender, value, account.nonce, deadline);
        let digest = self.typed_digest(self.vm().native_keccak256(words.as_flattened()));
        let signer = self.recover(digest, &Signature { v, r, s });
        // A nonce that could not count on would let its permit be used again; nobody signs 2^32 of them.
        let next = account.nonce.checked_add(1).filter(|_| signer == owner && !signer.is_zero());
        let Some(next) = next else {
            return Err(ERC2612InvalidSigner { signer, owner }.into());
        };
        account.nonce = next;
        self.set_account(owner, &account);
        self.allow(owner, spender, value)?;
        Ok(())
    }

    fn nonces(&self, owner: Address) -> U256 {
        U256::from(self.account(owner).nonce)
    }

    #[selector(name = "DOMAIN_SEPARATOR")]
    fn domain_separator(&self) -> B256 {
        let words = signature::domain_words(self.vm().chain_id(), self.vm().contract_address());
        self.vm().native_keccak256(words.as_flattened())
    }

    fn eip712_domain(&self) -> (FixedBytes<1>, String, String, U256, Address, B256, Vec<U256>) {
        let chain = U256::from(self.vm().chain_id());
        let fields = FixedBytes([0x0f]);
        let (name, version) = (signature::NAME.into(), signature::VERSION.into());
        (fields, name, version, chain, self.vm().contract_address(), B256::ZERO, Vec::new())
    }
}

impl LnqToken {
    fn typed_digest(&self, message: B256) -> B256 {
        self.vm().native_keccak256(&signature::typed_bytes(self.domain_separator(), message))
    }

    /// Who signed `digest`, or zero: the precompile answers nothing to what is no signature.
    fn recover(&self, digest: B256, given: &Signature) -> Address {
        if !given.is_low() {
            return Address::ZERO;
        }
        let context = calls::Call::new();
        let input = given.recovery_words(digest);
        let answer = static_call(self.vm(), context, signature::ECRECOVER, input.as_flattened());
        answer.ok().and_then(|word| B256::try_from(word.as_slice()).ok()).map_or(Address::ZERO, Address::from_word)
    }
}

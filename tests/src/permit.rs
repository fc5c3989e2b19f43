//! Allowances and delegations by signature, as a wallet makes them.

use alloy::{
    primitives::{Address, Signature, U256},
    signers::SignerSync,
    sol_types::{Eip712Domain, SolStruct},
};
use linq_abi::ILnqToken;
pub use linq_abi::typed::{Delegation, Permit};
use nitro_devnode::chain::accounts;

use crate::World;

impl World {
    /// The domain of the token's signatures, as wallets compute it.
    pub fn permit_domain(&self) -> Eip712Domain {
        let chain = self.node().config().chain_id;
        Eip712Domain::new(Some("LNQ".into()), Some("1".into()), Some(U256::from(chain)), Some(self.suite.token), None)
    }

    /// A permit for `owner`'s next nonce that counts for an hour.
    pub fn permit(&self, owner: Address, spender: Address, value: U256) -> Permit {
        let nonce = self.read(self.suite.token, &ILnqToken::noncesCall { owner });
        Permit { owner, spender, value, nonce, deadline: U256::from(self.now() + 3_600) }
    }

    /// The signature of `message` for `domain` by `signer`, who is one of the development accounts.
    pub fn sign(&self, message: &impl SolStruct, domain: &Eip712Domain, signer: Address) -> Signature {
        let key = accounts::signer(signer).expect("a development account");
        key.sign_hash_sync(&message.eip712_signing_hash(domain)).expect("a hash can be signed")
    }

    /// The call that carries `permit`, signed for `domain` by `signer`, who is one of the development accounts.
    pub fn signed(&self, permit: &Permit, domain: &Eip712Domain, signer: Address) -> ILnqToken::permit_0Call {
        let signature = self.sign(permit, domain, signer);
        ILnqToken::permit_0Call {
            owner: permit.owner,
            spender: permit.spender,
            value: permit.value,
            deadline: permit.deadline,
            v: 27 + u8::from(signature.v()),
            r: signature.r().into(),
            s: signature.s().into(),
        }
    }

    /// A delegation to `delegatee` over `delegator`'s next nonce that counts for an hour.
    pub fn delegation(&self, delegator: Address, delegatee: Address) -> Delegation {
        let nonce = self.read(self.suite.token, &ILnqToken::noncesCall { owner: delegator });
        Delegation { delegatee, nonce, expiry: U256::from(self.now() + 3_600) }
    }

    /// The call that carries `delegation`, signed for `domain` by `signer`, who is one of the development accounts.
    pub fn signed_delegation(
        &self,
        delegation: &Delegation,
        domain: &Eip712Domain,
        signer: Address,
    ) -> ILnqToken::delegateBySig_0Call {
        let signature = self.sign(delegation, domain, signer);
        ILnqToken::delegateBySig_0Call {
            delegatee: delegation.delegatee,
            nonce: delegation.nonce,
            expiry: delegation.expiry,
            v: 27 + u8::from(signature.v()),
            r: signature.r().into(),
            s: signature.s().into(),
        }
    }
}

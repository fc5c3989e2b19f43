//! Signatures that let a contract take exactly what a call is about.

use alloy::primitives::{Address, B256, U256};
use alloy::sol_types::Eip712Domain;
use linq_abi::{ILnqToken, Permit, typed};

use super::Linq;
use crate::error::Result;
use crate::units::Lnq;

/// How long a signature counts: longer than any transaction waits for its block, and no longer.
const VALID_SECS: u64 = 3_600;

impl Linq {
    /// A signature by which the registry may take `amount` from the own account; none where it is allowed to already, so
    /// that an allowance somebody gave on purpose is used and not replaced.
    ///
    /// Whoever sees it can give the registry that allowance, which uses it for the account's own calls alone.
    pub async fn permit(&self, amount: Lnq) -> Result<Option<Permit>> {
        self.permit_for(self.suite.registry, amount).await
    }

    /// The same for another contract that uses it for the account's own calls alone.
    pub async fn permit_for(&self, spender: Address, amount: Lnq) -> Result<Option<Permit>> {
        let (owner, token) = (self.client.account()?, self.suite.token);
        if self.allowance(owner, spender).await? >= amount.to_token() {
            return Ok(None);
        }
        let nonce = self.client.call(token, &ILnqToken::noncesCall { owner }).await?;
        let named = self.client.call(token, &ILnqToken::eip712DomainCall {}).await?;
        // The chain's own second: its next block may be far from the clock of this machine.
        let second = self.client.call(token, &ILnqToken::clockCall {}).await?;
        let deadline = U256::from(second.to::<u64>().saturating_add(VALID_SECS));

        // Chain and contract are ours, whatever the token says about itself.
        let chain_id = U256::from(self.client.chain_id());
        let (name, version) = (named.name.into(), named.version.into());
        let domain = Eip712Domain::new(Some(name), Some(version), Some(chain_id), Some(token), None);
        let message = typed::Permit { owner, spender, value: amount.to_token(), nonce, deadline };
        let signature = self.client.sign(&message, &domain)?;
        Ok(Some(Permit {
            deadline,
            v: 27 + u8::from(signature.v()),
            r: B256::from(signature.r()),
            s: B256::from(signature.s()),
        }))
    }
}

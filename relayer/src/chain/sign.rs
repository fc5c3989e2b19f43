//! Transactions of the operator: call data, fees, signatures. What is signed goes to the jobs contract and nowhere else.

use alloy::{
    consensus::{SignableTransaction as _, TxEip1559, TxEnvelope},
    eips::eip2718::Encodable2718 as _,
    network::TxSignerSync as _,
    primitives::{TxKind, U256},
    signers::local::PrivateKeySigner,
    sol_types::SolCall as _,
};
use alloy_primitives::{Address, B256, Bytes, aliases::U96};
use linq_abi::{IJobs, Terms};
use thiserror::Error;

use super::SlotId;

/// What a unit of gas may cost, in wei.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Fees {
    /// At most, the base fee included.
    pub max: u128,
    /// On top of the base fee.
    pub tip: u128,
}

impl Fees {
    /// Higher by an eighth, which is more than the tenth that nodes ask of a replacement, but never above `cap`.
    pub fn bumped(self, cap: u128) -> Self {
        let higher = |fee: u128| (fee + fee / 8 + 1).min(cap);
        Self { max: higher(self.max), tip: higher(self.tip).min(higher(self.max)) }
    }
}

/// A transaction before it is signed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unsigned {
    /// Its place among the account's transactions.
    pub nonce: u64,
    /// The most gas it may use.
    pub gas: u64,
    /// What a unit of gas may cost.
    pub fees: Fees,
    /// The call.
    pub data: Bytes,
}

/// A signed transaction.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Signed {
    /// The bytes to send.
    pub raw: Bytes,
    /// What the chain calls it.
    pub hash: B256,
}

/// The key did not sign.
#[derive(Debug, Error)]
#[error("the key did not sign: {0}")]
pub struct SignError(String);

/// Signs calls of one jobs contract on one chain.
#[derive(Clone, Debug)]
pub struct Signer {
    key: PrivateKeySigner,
    chain_id: u64,
    jobs: Address,
}

impl Signer {
    /// A signer for the contract at `jobs` on chain `chain_id`.
    pub const fn new(key: PrivateKeySigner, chain_id: u64, jobs: Address) -> Self {
        Self { key, chain_id, jobs }
    }

    /// The account that signs.
    pub const fn address(&self) -> Address {
        self.key.address()
    }

    /// Signs a transaction. The same transaction always gives the same bytes.
    pub fn sign(&self, unsigned: &Unsigned) -> Result<Signed, SignError> {
        let mut transaction = TxEip1559 {
            chain_id: self.chain_id,
            nonce: unsigned.nonce,
            gas_limit: unsigned.gas,
            max_fee_per_gas: unsigned.fees.max,
            max_priority_fee_per_gas: unsigned.fees.tip,
            to: TxKind::Call(self.jobs),
            value: U256::ZERO,
            input: unsigned.data.clone(),
            ..Default::default()
        };
        let signature =
            self.key.sign_transaction_sync(&mut transaction).map_err(|error| SignError(error.to_string()))?;
        let envelope = TxEnvelope::from(transaction.into_signed(signature));
        Ok(Signed { raw: envelope.encoded_2718().into(), hash: *envelope.tx_hash() })
    }
}

/// The call that takes a slot.
pub fn take(terms: &Terms, slot: u16, provider: u32, price: u128) -> Bytes {
    IJobs::takeCall { terms: terms.clone(), slot, provider, price: U96::saturating_from(price) }.abi_encode().into()
}

/// The call that submits a result.
pub fn submit(id: SlotId, root: B256, claim: u8, uri: String) -> Bytes {
    IJobs::submitCall { job: id.job, slot: id.slot, root, claim, uri }.abi_encode().into()
}

/// The call that gives a slot back.
pub fn unable(id: SlotId, reason: u8) -> Bytes {
    IJobs::unableCall { job: id.job, slot: id.slot, reason }.abi_encode().into()
}

/// The call that does what is due.
pub fn step(id: SlotId) -> Bytes {
    IJobs::stepCall { job: id.job, slot: id.slot }.abi_encode().into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_transaction_signs_to_the_same_bytes() {
        let signer = Signer::new(PrivateKeySigner::from_bytes(&B256::repeat_byte(1)).unwrap(), 7, Address::ZERO);
        let unsigned = Unsigned {
            nonce: 3,
            gas: 21_000,
            fees: Fees { max: 10, tip: 0 },
            data: step(SlotId { job: B256::ZERO, slot: 1 }),
        };
        let signed = signer.sign(&unsigned).unwrap();
        assert_eq!(signed, signer.sign(&unsigned).unwrap());
        assert_eq!(signed.hash, alloy_primitives::keccak256(&signed.raw));
        let bumped = Unsigned { fees: unsigned.fees.bumped(1_000), ..unsigned };
        assert_ne!(signed.hash, signer.sign(&bumped).unwrap().hash);
    }

    #[test]
    fn a_bump_is_a_tenth_at_least_and_stops_at_the_cap() {
        assert_eq!(Fees { max: 80, tip: 0 }.bumped(1_000), Fees { max: 91, tip: 1 });
        assert_eq!(Fees { max: 80, tip: 0 }.bumped(85), Fees { max: 85, tip: 1 });
    }
}

//! Transactions on their way into a block.

use alloy::consensus::{Transaction as _, TxEnvelope, Typed2718};
use alloy::eips::eip2718::{Decodable2718, Encodable2718};
use alloy::primitives::{Address, B256, Bytes, Signature, U256};
use revm::precompile::crypto;

use super::arbos::ArbosVersion;
use super::error::NodeError;
use super::transaction::Message;

/// The second half of every made-up signature.
const MADE_UP_S: U256 = U256::ONE;

/// A transaction whose sender is known.
#[derive(Clone, Debug)]
pub(crate) struct Pending {
    pub envelope: TxEnvelope,
    pub hash: B256,
    pub from: Address,
}

impl Pending {
    /// A transaction that is not checked further: the node made it itself.
    pub fn trusted(envelope: TxEnvelope, from: Address) -> Self {
        Self { hash: *envelope.tx_hash(), envelope, from }
    }

    /// Decodes a signed transaction and recovers who signed it.
    pub fn decode(raw: &[u8], chain_id: u64, arbos: ArbosVersion) -> Result<Self, NodeError> {
        let envelope = TxEnvelope::decode_2718_exact(raw).map_err(|error| NodeError::Undecodable(error.to_string()))?;
        let supported = match envelope.ty() {
            0..=2 => true,
            4 => arbos.has_set_code_transactions(),
            _ => false,
        };
        if !supported {
            return Err(NodeError::TransactionType);
        }
        match envelope.chain_id() {
            Some(id) if id == chain_id => {}
            Some(have) => return Err(NodeError::WrongChain { have, want: chain_id }),
            None => return Err(NodeError::UnprotectedTransaction),
        }
        let from = signer(&envelope)?;
        Ok(Self::trusted(envelope, from))
    }

    pub fn message(&self) -> Message {
        message(&self.envelope, self.from)
    }
}

fn signer(envelope: &TxEnvelope) -> Result<Address, NodeError> {
    let signature = envelope.signature();
    // The other half of the curve's order would be a second signature of the same transaction (EIP-2).
    if signature.normalize_s().is_some() {
        return Err(NodeError::InvalidSender);
    }
    let mut bytes = [0; 64];
    bytes[..32].copy_from_slice(&signature.r().to_be_bytes::<32>());
    bytes[32..].copy_from_slice(&signature.s().to_be_bytes::<32>());
    // By the library of the precompile, which takes a fraction of the time of the one for signing. Most of what a
    // simple transaction costs the node is spent here.
    let recovered = crypto().secp256k1_ecrecover(&bytes, signature.v().into(), &envelope.signature_hash().0);
    recovered.map(|word| Address::from_word(word.into())).map_err(|_| NodeError::InvalidSender)
}

/// A signature for a sender without a key. Nobody can have made it: `s` is far too small to occur.
pub(crate) fn made_up_signature(from: Address) -> Signature {
    Signature::new(U256::from_be_slice(from.as_slice()), MADE_UP_S, false)
}

/// What a transaction asks for.
pub(crate) fn message(envelope: &TxEnvelope, from: Address) -> Message {
    Message {
        from,
        to: envelope.to(),
        nonce: envelope.nonce(),
        gas_limit: envelope.gas_limit(),
        fee_cap: envelope.max_fee_per_gas(),
        value: envelope.value(),
        input: envelope.input().clone(),
        access_list: envelope.access_list().cloned().unwrap_or_default(),
        authorizations: envelope.authorization_list().map(<[_]>::to_vec),
        from_contract: envelope.signature().s() == MADE_UP_S,
        encoded: Some(Bytes::from(envelope.encoded_2718())),
    }
}

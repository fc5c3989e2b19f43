//! Merkle proofs of accounts and slots (EIP-1186).
//!
//! The trie is built when somebody asks: no header of this chain commits to the state, so that the root of a proof
//! is that of the state and not the one of a header. On a fork most of the state is elsewhere: what is still as it was
//! there is proven by the other chain, against the state root of the block that the fork goes on from.

use alloy::consensus::EMPTY_ROOT_HASH;
use alloy::eips::BlockId;
use alloy::primitives::{Address, B256, Bytes, KECCAK256_EMPTY, U256, keccak256};
use alloy::rlp;
use alloy_trie::proof::ProofRetainer;
use alloy_trie::{HashBuilder, Nibbles, TrieAccount};

use crate::fork::Fork;

use super::error::NodeError;
use super::node::Node;
use super::state::StoredAccount;

/// An account with the nodes of the trie that lead to it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AccountProof {
    /// Balance in wei.
    pub balance: U256,
    /// Next nonce.
    pub nonce: u64,
    /// Hash of its code; zero if the account does not exist.
    pub code_hash: B256,
    /// Root of its storage; zero if the account does not exist.
    pub storage_root: B256,
    /// Nodes from the root of the state downwards.
    pub nodes: Vec<Bytes>,
    /// The slots asked for, in order.
    pub slots: Vec<SlotProof>,
}

/// A slot with the nodes of the account's trie that lead to it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SlotProof {
    /// Its key.
    pub key: B256,
    /// Its value.
    pub value: U256,
    /// Nodes from the root of the account's storage downwards.
    pub nodes: Vec<Bytes>,
}

impl Node {
    /// Proves what an account and some of its slots were after a block. On a fork, only of an account that has not
    /// changed since: no root commits to what is here together with what is there.
    pub fn proof(
        &self,
        address: Address,
        slots: &[B256],
        block: impl Into<BlockId>,
    ) -> Result<AccountProof, NodeError> {
        let block = block.into();
        let view = self.view_at(self.resolve(block)?)?;
        if let Some(fork) = view.fork() {
            let unchanged = view.is_as_in_fork(address);
            Fork::take_failure().map_or(Ok(()), |error| Err(NodeError::Fork(error)))?;
            return if unchanged { remote_proof(fork, address, slots) } else { Err(unprovable(fork, address)) };
        }
        let accounts = view.accounts();
        let account = accounts.get(&address);
        let leaves = accounts.iter().map(|(address, account)| (keccak256(address), trie_account(account)));
        let nodes = Trie::new(leaves.collect(), &[keccak256(address)]).path(keccak256(address));

        let keys: Vec<B256> = slots.iter().map(keccak256).collect();
        let storage = Trie::new(account.map(slot_leaves).unwrap_or_default(), &keys);
        let proven = slots.iter().zip(&keys).map(|(slot, key)| {
            let value = account.and_then(|account| account.storage.get(&U256::from_be_bytes(slot.0)));
            SlotProof { key: *slot, value: value.copied().unwrap_or_default(), nodes: storage.path(*key) }
        });
        let info = account.map(|account| account.info.clone()).unwrap_or_default();
        Ok(AccountProof {
            balance: info.balance,
            nonce: info.nonce,
            code_hash: account.map_or(B256::ZERO, |account| account.info.code_hash),
            storage_root: account.map_or(B256::ZERO, |_| storage.root),
            nodes,
            slots: proven.collect(),
        })
    }

    /// Root of the trie of all accounts as they were after a block. A fork has none.
    pub fn state_root(&self, block: impl Into<BlockId>) -> Result<B256, NodeError> {
        let view = self.view_at(self.resolve(block.into())?)?;
        if view.fork().is_some() {
            return Err(NodeError::Fork("there is no root of the state, since most of it is elsewhere".to_owned()));
        }
        let accounts = view.accounts();
        let leaves = accounts.iter().map(|(address, account)| (keccak256(address), trie_account(account)));
        Ok(Trie::new(leaves.collect(), &[]).root)
    }
}

/// What the other chain proves.
fn remote_proof(fork: &Fork, address: Address, slots: &[B256]) -> Result<AccountProof, NodeError> {
    let proof = fork.proof(address, slots).map_err(NodeError::Fork)?;
    let proven = slots.iter().zip(proof.storage_proof);
    Ok(AccountProof {
        balance: proof.balance,
        nonce: proof.nonce,
        code_hash: proof.code_hash,
        storage_root: proof.storage_hash,
        nodes: proof.account_proof,
        slots: proven.map(|(key, slot)| SlotProof { key: *key, value: slot.value, nodes: slot.proof }).collect(),
    })
}

fn unprovable(fork: &Fork, address: Address) -> NodeError {
    NodeError::Fork(format!(
        "{address} has changed since block {} of the other chain, whose state root is all that proofs can be made against",
        fork.block
    ))
}

/// A trie of which only the paths to some keys are kept.
struct Trie {
    root: B256,
    nodes: Vec<(Nibbles, Bytes)>,
}

impl Trie {
    fn new(mut leaves: Vec<(B256, Vec<u8>)>, targets: &[B256]) -> Self {
        if leaves.is_empty() {
            return Self { root: EMPTY_ROOT_HASH, nodes: Vec::new() };
        }
        leaves.sort_unstable();
        let targets = targets.iter().map(Nibbles::unpack).collect();
        let mut builder = HashBuilder::default().with_proof_retainer(ProofRetainer::new(targets));
        for (key, value) in &leaves {
            builder.add_leaf(Nibbles::unpack(key), value);
        }
        let root = builder.root();
        Self { root, nodes: builder.take_proof_nodes().into_nodes_sorted() }
    }

    fn path(&self, key: B256) -> Vec<Bytes> {
        let key = Nibbles::unpack(key);
        self.nodes.iter().filter(|(place, _)| key.starts_with(place)).map(|(_, node)| node.clone()).collect()
    }
}

fn trie_account(account: &StoredAccount) -> Vec<u8> {
    let code_hash = if account.info.is_empty_code_hash() { KECCAK256_EMPTY } else { account.info.code_hash };
    rlp::encode(TrieAccount {
        nonce: account.info.nonce,
        balance: account.info.balance,
        storage_root: Trie::new(slot_leaves(account), &[]).root,
        code_hash,
    })
}

fn slot_leaves(account: &StoredAccount) -> Vec<(B256, Vec<u8>)> {
    account.storage.iter().map(|(key, value)| (keccak256(B256::from(*key)), rlp::encode(value))).collect()
}

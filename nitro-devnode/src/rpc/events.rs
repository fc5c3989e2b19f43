//! What subscribers are told.

use std::sync::Arc;

use alloy::primitives::B256;
use alloy::rpc::types::Log;
use serde_json::Value;

use super::view;
use crate::Block;

/// Something that happened to the chain.
#[derive(Clone)]
pub(crate) enum ChainEvent {
    /// A block was made.
    Block(Arc<NewBlock>),
    /// A transaction was taken in.
    Transaction(B256),
}

/// What subscribers may want of a block, built once for all of them.
pub(crate) struct NewBlock {
    /// The header as clients see it.
    pub(crate) header: Value,
    /// Every log of the block, in order.
    pub(crate) logs: Vec<Log>,
}

impl ChainEvent {
    /// The event of a new block.
    pub(crate) fn block(block: &Block) -> Self {
        let logs = block.receipts.iter().flat_map(|receipt| &receipt.logs).cloned().collect();
        Self::Block(Arc::new(NewBlock { header: view::header(block), logs }))
    }
}

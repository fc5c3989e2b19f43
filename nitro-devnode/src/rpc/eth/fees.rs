//! Fee history. Prices hardly move on this chain, and nobody is paid a tip.

use alloy::eips::BlockNumberOrTag;
use serde_json::{Value, json};

use super::super::backend::Backend;
use super::super::dispatch::Outcome;
use super::super::error::RpcError;
use super::super::params::Params;
use super::super::view::quantity;
use crate::{Block, Node, NodeError};

/// Most blocks in one answer; more are cut down to it, as other nodes do.
const MAX_BLOCKS: u64 = 1_024;

/// Most percentiles in one request.
const MAX_PERCENTILES: usize = 100;

/// Gas of a full block. The limit in the header is out of reach, and a ratio to it would always be zero.
const FULL_BLOCK_GAS: f64 = 32_000_000.0;

/// `eth_feeHistory`.
pub(crate) fn history(_: &Backend, node: &Node, params: &mut Params) -> Outcome {
    let wanted = params.quantity()?.min(MAX_BLOCKS);
    let newest: BlockNumberOrTag = params.required()?;
    let percentiles: Vec<f64> = params.optional()?.unwrap_or_default();
    check_percentiles(&percentiles)?;
    if wanted == 0 {
        return Ok(json!({ "oldestBlock": "0x0", "gasUsedRatio": null }));
    }
    let newest = node.block(newest).ok_or(NodeError::BlockNotFound)?.header.number;
    let oldest = (newest + 1).saturating_sub(wanted);
    let blocks: Vec<&Block> = (oldest..=newest).filter_map(|number| node.block(number)).collect();

    let mut base_fees: Vec<Value> = blocks.iter().map(|block| base_fee(block)).collect();
    base_fees.push(node.block(newest + 1).map_or_else(|| quantity(node.base_fee()), base_fee));
    let mut answer = json!({
        "oldestBlock": quantity(oldest),
        "baseFeePerGas": base_fees,
        "gasUsedRatio": blocks.iter().map(|block| gas_used_ratio(block)).collect::<Vec<_>>(),
    });
    if !percentiles.is_empty() {
        answer["reward"] = json!(vec![vec![quantity(0); percentiles.len()]; blocks.len()]);
    }
    Ok(answer)
}

fn base_fee(block: &Block) -> Value {
    quantity(block.header.base_fee_per_gas.unwrap_or_default())
}

fn gas_used_ratio(block: &Block) -> f64 {
    (block.header.gas_used as f64 / FULL_BLOCK_GAS).min(1.0)
}

fn check_percentiles(percentiles: &[f64]) -> Result<(), RpcError> {
    if percentiles.len() > MAX_PERCENTILES {
        return Err(RpcError::server(format!("over the query limit {MAX_PERCENTILES}")));
    }
    let in_range = percentiles.iter().all(|percentile| (0.0..=100.0).contains(percentile));
    if !in_range || !percentiles.is_sorted() {
        return Err(RpcError::server("invalid reward percentile"));
    }
    Ok(())
}

//! What only a development chain can do: time, snapshots, state, impersonation.
//!
//! The names are those of the usual development nodes. The three prefixes `evm_`, `anvil_` and
//! `hardhat_` mean the same, except that `evm_mine` takes a time where the others take a number of blocks.

use std::time::Duration;

use alloy::primitives::{Address, B256, Bytes, U256};
use alloy::rpc::types::anvil::MineOptions;
use serde_json::{Value, json};

use super::backend::Backend;
use super::dispatch::Method::{self, Read, Write};
use super::dispatch::Outcome;
use super::error::RpcError;
use super::net_web3::CLIENT;
use super::params::{Params, bounded_seconds};
use super::view::{self, quantity};
use crate::{Mining, Node, SnapshotId};

/// Most blocks one request may make.
const MAX_MINED: u64 = 10_000;

/// The method `<namespace>_<name>`.
pub(super) fn lookup(namespace: &str, name: &str) -> Option<Method> {
    Some(match name {
        "mine" if namespace == "evm" => Write(mine_at),
        "mine" => Write(mine),
        "mine_detailed" => Write(mine_detailed),
        "setAutomine" => Write(set_automine),
        "getAutomine" => Read(|_, node, _| Ok((node.mining() == Mining::Automatic).into())),
        "setIntervalMining" => Write(set_interval),
        "getIntervalMining" => {
            Read(|backend, _, _| Ok(json!(backend.block_time().borrow().map(|time| time.as_secs()))))
        }

        "snapshot" => Write(|_, node, _| Ok(json!(U256::from(node.snapshot().0)))),
        "revert" => Write(revert),
        "increaseTime" => Write(|_, node, params| Ok(node.increase_time(params.seconds()?).into())),
        "setNextBlockTimestamp" => Write(set_next_timestamp),
        "setTime" => Write(set_time),

        "setBalance" | "setAccountBalance" => Write(set_balance),
        "addBalance" => Write(add_balance),
        "setCode" | "setAccountCode" => Write(set_code),
        "setNonce" | "setAccountNonce" => Write(set_nonce),
        "setStorageAt" | "setAccountStorageAt" => Write(set_storage),
        "impersonateAccount" => Write(impersonate),
        "stopImpersonatingAccount" => Write(stop_impersonating),
        "autoImpersonateAccount" => Write(auto_impersonate),

        "dumpState" => Read(|_, node, _| Ok(json!(Bytes::from(node.dump()?.into_bytes())))),
        "loadState" => Write(load),
        "reset" => Write(reset),
        "nodeInfo" => Read(node_info),
        "metadata" => Read(metadata),
        _ => return None,
    })
}

/// `evm_mine`: the time of the block, or an object with a time and a number of blocks.
fn mine_at(_: &Backend, node: &mut Node, params: &mut Params) -> Outcome {
    mine_with(node, params.optional()?.unwrap_or_default())?;
    Ok(quantity(0))
}

/// `evm_mine_detailed`: as `evm_mine`, and answers with the blocks.
fn mine_detailed(_: &Backend, node: &mut Node, params: &mut Params) -> Outcome {
    let before = node.block_number();
    mine_with(node, params.optional()?.unwrap_or_default())?;
    let blocks = (before + 1..=node.block_number()).filter_map(|number| node.block(number));
    Ok(blocks.map(|block| view::block(block, true, node.config().chain_id)).collect())
}

fn mine_with(node: &mut Node, options: MineOptions) -> Result<(), RpcError> {
    let (timestamp, blocks) = match options {
        MineOptions::Timestamp(timestamp) => (timestamp, None),
        MineOptions::Options { timestamp, blocks } => (timestamp, blocks),
    };
    let blocks = bounded_blocks(blocks.unwrap_or(1))?;
    if let Some(timestamp) = timestamp {
        node.set_next_timestamp(bounded_seconds(timestamp)?)?;
    }
    node.mine(blocks);
    Ok(())
}

/// `anvil_mine`: a number of blocks, and the seconds between them.
fn mine(_: &Backend, node: &mut Node, params: &mut Params) -> Outcome {
    let blocks = bounded_blocks(params.optional_quantity()?.unwrap_or(1))?;
    match bounded_seconds(params.optional_quantity()?.unwrap_or(0))? {
        0 => node.mine(blocks),
        interval => {
            bounded_seconds(interval.saturating_mul(blocks))?;
            for index in 0..blocks {
                if index > 0 {
                    node.increase_time(interval);
                }
                node.mine(1);
            }
        }
    }
    Ok(Value::Null)
}

fn bounded_blocks(blocks: u64) -> Result<u64, RpcError> {
    match blocks {
        0..=MAX_MINED => Ok(blocks),
        _ => Err(RpcError::limit_exceeded(format!("at most {MAX_MINED} blocks at a time"))),
    }
}

fn set_automine(_: &Backend, node: &mut Node, params: &mut Params) -> Outcome {
    let on: bool = params.required()?;
    node.set_mining(if on { Mining::Automatic } else { Mining::Manual });
    Ok(Value::Null)
}

/// Blocks at an interval of so many seconds, instead of one for each transaction; zero ends it.
fn set_interval(backend: &Backend, node: &mut Node, params: &mut Params) -> Outcome {
    let interval = match params.seconds()? {
        0 => None,
        seconds => Some(Duration::from_secs(seconds)),
    };
    if interval.is_some() {
        node.set_mining(Mining::Manual);
    }
    backend.set_block_time(interval);
    Ok(Value::Null)
}

fn revert(backend: &Backend, node: &mut Node, params: &mut Params) -> Outcome {
    let id = SnapshotId(params.quantity()?);
    let reverted = node.revert(id);
    backend.filters().rewind(node.block_number());
    Ok(reverted.into())
}

fn set_next_timestamp(_: &Backend, node: &mut Node, params: &mut Params) -> Outcome {
    node.set_next_timestamp(params.seconds()?)?;
    Ok(Value::Null)
}

fn set_time(_: &Backend, node: &mut Node, params: &mut Params) -> Outcome {
    let before = node.now();
    node.set_time(params.seconds()?);
    Ok(node.now().saturating_sub(before).into())
}

fn set_balance(_: &Backend, node: &mut Node, params: &mut Params) -> Outcome {
    node.set_balance(params.required()?, params.required()?);
    Ok(Value::Null)
}

fn add_balance(_: &Backend, node: &mut Node, params: &mut Params) -> Outcome {
    let (address, amount): (Address, U256) = (params.required()?, params.required()?);
    let balance = node.balance(address, alloy::eips::BlockId::latest())?;
    node.set_balance(address, balance.saturating_add(amount));
    Ok(Value::Null)
}

fn set_code(_: &Backend, node: &mut Node, params: &mut Params) -> Outcome {
    node.set_code(params.required()?, params.required()?);
    Ok(Value::Null)
}

fn set_nonce(_: &Backend, node: &mut Node, params: &mut Params) -> Outcome {
    node.set_nonce(params.required()?, params.quantity()?);
    Ok(Value::Null)
}

/// Address, slot, value; slot and value may be full words or short quantities.
fn set_storage(_: &Backend, node: &mut Node, params: &mut Params) -> Outcome {
    let (address, slot, value): (Address, U256, U256) = (params.required()?, params.required()?, params.required()?);
    node.set_storage(address, slot, B256::from(value));
    Ok(true.into())
}

fn impersonate(_: &Backend, node: &mut Node, params: &mut Params) -> Outcome {
    node.impersonate(params.required()?);
    Ok(Value::Null)
}

fn stop_impersonating(_: &Backend, node: &mut Node, params: &mut Params) -> Outcome {
    node.stop_impersonating(params.required()?);
    Ok(Value::Null)
}

fn auto_impersonate(_: &Backend, node: &mut Node, params: &mut Params) -> Outcome {
    node.set_auto_impersonate(params.required()?);
    Ok(Value::Null)
}

fn load(backend: &Backend, node: &mut Node, params: &mut Params) -> Outcome {
    let dump: Bytes = params.required()?;
    let text = std::str::from_utf8(&dump).map_err(|_| RpcError::invalid_params("not a dump of this node"))?;
    node.load(text)?;
    backend.filters().rewind(node.block_number());
    Ok(true.into())
}

/// Back to the first block. Forks of other chains are not supported, so that nothing can be chosen.
fn reset(backend: &Backend, node: &mut Node, params: &mut Params) -> Outcome {
    if let Some(options) = params.optional::<Value>()?
        && options.as_object().is_none_or(|options| !options.is_empty())
    {
        return Err(RpcError::invalid_params("forks of other chains are not supported"));
    }
    *node = Node::new(node.config().clone());
    backend.filters().rewind(node.block_number());
    Ok(Value::Null)
}

fn node_info(_: &Backend, node: &Node, _: &mut Params) -> Outcome {
    let latest = node.latest();
    Ok(json!({
        "currentBlockNumber": quantity(latest.header.number),
        "currentBlockTimestamp": latest.header.timestamp,
        "currentBlockHash": latest.hash,
        "hardFork": format!("arbos{}", node.config().arbos.0),
        "transactionOrder": "fifo",
        "environment": {
            "baseFee": quantity(node.base_fee()),
            "chainId": node.config().chain_id,
            "gasLimit": quantity(latest.header.gas_limit),
            "gasPrice": quantity(node.base_fee()),
        },
        "forkConfig": { "forkUrl": null, "forkBlockNumber": null, "forkRetryBackoff": null },
    }))
}

fn metadata(_: &Backend, node: &Node, _: &mut Params) -> Outcome {
    let latest = node.latest();
    // The genesis block tells one chain from another, which is what this identifier is for.
    let genesis = node.block(0).map_or(B256::ZERO, |block| block.hash);
    Ok(json!({
        "clientVersion": CLIENT,
        "clientSemver": env!("CARGO_PKG_VERSION"),
        "clientCommitSha": null,
        "chainId": node.config().chain_id,
        "instanceId": genesis,
        "latestBlockNumber": latest.header.number,
        "latestBlockHash": latest.hash,
        "forkedNetwork": null,
        "snapshots": {},
    }))
}

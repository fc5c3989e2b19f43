//! The `eth` namespace: what wallets, libraries and deployment tools ask for.

mod blocks;
mod execution;
mod fees;
mod logs;
pub(super) mod signing;
mod simulate;
mod state;
pub(super) mod transactions;

use serde_json::Value;

use super::dispatch::Method::{self, Plain, Read, Write};
use super::view::quantity;

/// The method `eth_<name>`.
pub(super) fn lookup(name: &str) -> Option<Method> {
    Some(match name {
        "chainId" => Read(|_, node, _| Ok(quantity(node.config().chain_id))),
        "syncing" | "mining" => Plain(|_| Ok(false.into())),
        "hashrate" => Plain(|_| Ok(quantity(0))),
        "blockNumber" => Read(|_, node, _| Ok(quantity(node.block_number()))),
        "accounts" => Read(signing::accounts),

        "getBlockByNumber" | "getBlockByHash" => Read(blocks::block),
        "getHeaderByNumber" | "getHeaderByHash" => Read(blocks::header),
        "getBlockReceipts" => Read(blocks::receipts),
        "getBlockTransactionCountByNumber" | "getBlockTransactionCountByHash" => Read(blocks::transaction_count),
        "getUncleCountByBlockNumber" | "getUncleCountByBlockHash" => Read(blocks::uncle_count),
        "getUncleByBlockNumberAndIndex" | "getUncleByBlockHashAndIndex" => Plain(|_| Ok(Value::Null)),

        "getTransactionByHash" => Read(transactions::by_hash),
        "getTransactionByBlockNumberAndIndex" | "getTransactionByBlockHashAndIndex" => Read(transactions::by_place),
        "getRawTransactionByHash" => Read(transactions::raw_by_hash),
        "getTransactionReceipt" => Read(transactions::receipt),
        "sendRawTransaction" => Write(transactions::send_raw),
        "sendRawTransactionSync" => Write(transactions::send_raw_sync),
        "sendTransaction" => Write(transactions::send),

        "getBalance" => Read(state::balance),
        "getCode" => Read(state::code),
        "getStorageAt" => Read(state::storage),
        "getTransactionCount" => Read(state::nonce),
        "getProof" => Read(state::proof),

        "call" => Read(execution::call),
        "estimateGas" => Read(execution::estimate),
        "createAccessList" => Read(execution::access_list),
        "simulateV1" => Read(simulate::simulate),

        "gasPrice" => Read(|_, node, _| Ok(quantity(node.base_fee()))),
        // The chain never pays a tip, so that none is the right proposal.
        "maxPriorityFeePerGas" => Plain(|_| Ok(quantity(0))),
        "blobBaseFee" => Plain(|_| Ok(Value::Null)),
        "feeHistory" => Read(fees::history),

        "getLogs" => Read(logs::get),
        "newFilter" => Read(logs::new_filter),
        "newBlockFilter" => Read(logs::new_block_filter),
        "newPendingTransactionFilter" => Read(logs::new_transaction_filter),
        "getFilterChanges" => Read(logs::changes),
        "getFilterLogs" => Read(logs::filter_logs),
        "uninstallFilter" => Read(logs::uninstall),

        "sign" => Read(signing::sign),
        "signTypedData" | "signTypedData_v3" | "signTypedData_v4" => Read(signing::sign_typed_data),
        "signTransaction" => Read(signing::sign_transaction),
        _ => return None,
    })
}

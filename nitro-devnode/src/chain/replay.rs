//! Transactions and calls run again, with all there is to know about them.

use alloy::primitives::{Address, B256, Bytes, U256};
use alloy::rpc::types::TransactionRequest;
use revm::state::AccountInfo;

use super::arbos_state::{ARBOS_ACCOUNT, ARBOS_STORAGE};
use super::block::TransactionBody;
use super::calls::CallOptions;
use super::error::NodeError;
use super::node::Node;
use super::pool;
use super::program::RecentPrograms;
use super::state::View;
use super::trace::{CallTrace, EvmStep, Recording};
use super::transaction::{Execution, Mode, Status, execute};

/// A run and what was recorded of it.
#[derive(Debug)]
pub struct Replay {
    /// The call tree.
    pub trace: CallTrace,
    /// Instructions of EVM code ([`Recording::Instructions`]).
    pub steps: Vec<EvmStep>,
    /// Accounts it looked at or changed, by address. ArbOS's own are left out.
    pub touched: Vec<Touched>,
    /// Gas used, after refunds.
    pub gas_used: u64,
    /// Whether it reverted or halted.
    pub failed: bool,
    /// Return or revert data.
    pub output: Bytes,
}

/// One account before and after.
#[derive(Clone, Debug)]
pub struct Touched {
    /// Its address.
    pub address: Address,
    /// What it was; `None` if it did not exist.
    pub before: Option<AccountState>,
    /// What it is; `None` if it does not exist any more or still not.
    pub after: Option<AccountState>,
    /// Slots, their values before and after, by key.
    pub slots: Vec<(U256, U256, U256)>,
}

/// An account without its storage.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AccountState {
    /// Balance in wei.
    pub balance: U256,
    /// Next nonce.
    pub nonce: u64,
    /// Code.
    pub code: Bytes,
}

/// Runs that are recorded.
impl Node {
    /// Runs a transaction of the chain again on the state it ran on.
    pub fn replay_transaction(&self, hash: B256, recording: Recording) -> Result<Replay, NodeError> {
        let (number, index) = self.chain.blocks.place(hash).ok_or(NodeError::TransactionNotFound)?;
        let block = self.chain.blocks.get(number).ok_or(NodeError::TransactionNotFound)?;
        let mut view = self.view_at(number.checked_sub(1).ok_or(NodeError::TransactionNotFound)?)?;
        view.absorb(self.start_block(view.clone(), number, block.header.timestamp));
        let base_fee = block.header.base_fee_per_gas.unwrap_or_default();
        let mut recent = RecentPrograms::default();
        for (at, transaction) in block.transactions.iter().enumerate().take(index + 1) {
            let TransactionBody::User(envelope) = &transaction.body else { continue };
            let message = pool::message(envelope, transaction.from);
            let env = self.environment(&view, number, block.header.timestamp, base_fee);
            let wanted = if at == index { recording } else { Recording::Nothing };
            let run = execute(view.clone(), &env, &message, Mode::Transaction, wanted, recent)?;
            if at == index {
                return replay(&view, run);
            }
            recent = run.recent;
            view.commit(run.changes);
        }
        Err(NodeError::TransactionNotFound)
    }

    /// Runs a call.
    pub fn replay_call(
        &self,
        request: &TransactionRequest,
        options: &CallOptions,
        recording: Recording,
    ) -> Result<Replay, NodeError> {
        let message = self.call_message(request)?;
        let (view, env) = self.call_context(options)?;
        let run = execute(view.clone(), &env, &message, Mode::Call, recording, RecentPrograms::default())?;
        replay(&view, run)
    }
}

fn replay(before: &View<'_>, run: Execution) -> Result<Replay, NodeError> {
    let touched = touched(before, &run);
    Ok(Replay {
        trace: run.trace.ok_or(NodeError::TransactionNotFound)?,
        steps: run.steps,
        touched,
        gas_used: run.gas_used,
        failed: run.status != Status::Success,
        output: run.output,
    })
}

fn touched(before: &View<'_>, run: &Execution) -> Vec<Touched> {
    let own = |address: &Address| [ARBOS_ACCOUNT, ARBOS_STORAGE].contains(address);
    let mut touched: Vec<Touched> = run
        .changes
        .iter()
        .filter(|(address, _)| !own(address))
        .map(|(address, account)| {
            let gone = account.is_selfdestructed() || account.is_empty();
            let slots = account.storage.iter();
            let mut slots: Vec<_> =
                slots.map(|(key, slot)| (*key, before.slot(*address, *key), slot.present_value)).collect();
            slots.sort_unstable();
            Touched {
                address: *address,
                before: before.info(*address).map(account_state),
                after: (!gone).then(|| account_state(account.info.clone())),
                slots,
            }
        })
        .collect();
    touched.sort_by_key(|account| account.address);
    touched
}

fn account_state(info: AccountInfo) -> AccountState {
    AccountState {
        balance: info.balance,
        nonce: info.nonce,
        code: info.code.map(|code| code.original_bytes()).unwrap_or_default(),
    }
}

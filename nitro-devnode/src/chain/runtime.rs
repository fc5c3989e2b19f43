//! What lasts as long as one transaction, and the machine that runs its frames.

use std::collections::HashMap;

use alloy::primitives::{Address, B256, U256};
use revm::Context;
use revm::Journal;
use revm::bytecode::opcode;
use revm::context::{BlockEnv, CfgEnv, JournalTr, LocalContext, TxEnv};
use revm::handler::instructions::EthInstructions;
use revm::interpreter::interpreter::EthInterpreter;
use revm::interpreter::{Instruction, InstructionContext, InstructionExecResult, InstructionResult, instructions};
use revm::primitives::hardfork::SpecId;
use revm::state::AccountInfo;

use super::arbos::ArbosVersion;
use super::arbos_state::{ARBOS_STORAGE, ArbosStorage};
use super::blocks::Blocks;
use super::program::RecentPrograms;
use super::state::View;
use super::trace::Recording;
use super::tracer::Tracer;

/// The EVM's view of the chain.
pub(crate) type Ctx<'a> = Context<BlockEnv, TxEnv, CfgEnv, View<'a>, Journal<View<'a>>, Runtime<'a>, LocalContext>;

/// A contract that is running or waits for one that is.
#[derive(Clone, Copy, Debug)]
pub(crate) struct OpenFrame {
    /// Whose storage and balance it uses.
    pub acting: Address,
    /// Who called it.
    pub caller: Address,
    /// Whether it is a DELEGATECALL or CALLCODE.
    pub delegate: bool,
}

/// The block a transaction runs in, and the little of the chain it can see.
#[derive(Clone, Debug)]
pub(crate) struct Environment<'a> {
    pub chain_id: u64,
    pub arbos: ArbosVersion,
    pub debug: bool,
    pub max_code_size: usize,
    /// L2 block number.
    pub number: u64,
    pub timestamp: u64,
    pub coinbase: Address,
    pub gas_limit: u64,
    pub prevrandao: B256,
    /// The real base fee, even where BASEFEE shows zero.
    pub base_fee: u64,
    /// What NUMBER shows.
    pub l1_block_number: u64,
    /// The L2 blocks so far.
    pub blocks: &'a Blocks,
}

/// State of the transaction that is neither in the journal nor in a frame.
#[derive(Debug)]
pub(crate) struct Runtime<'a> {
    pub env: Environment<'a>,
    /// Pages of program memory open now.
    pub open_pages: u16,
    /// Most pages open at once so far; stays when frames revert.
    pub ever_pages: u16,
    /// Running contracts, outermost first.
    pub frames: Vec<OpenFrame>,
    /// Open frames by acting account, delegate frames left out.
    open: HashMap<Address, u32>,
    /// What the transaction paid for L1 data, in wei.
    pub poster_fee_wei: U256,
    /// Programs called in this block.
    pub recent: RecentPrograms,
    /// Records the call tree, when somebody wants it.
    pub tracer: Option<Tracer>,
}

impl<'a> Runtime<'a> {
    pub fn new(env: Environment<'a>, recording: Recording) -> Self {
        Self {
            env,
            open_pages: 0,
            ever_pages: 0,
            frames: Vec::new(),
            open: HashMap::new(),
            poster_fee_wei: U256::ZERO,
            recent: RecentPrograms::default(),
            tracer: Tracer::of(recording),
        }
    }

    pub fn enter(&mut self, frame: OpenFrame) {
        if !frame.delegate {
            *self.open.entry(frame.acting).or_default() += 1;
        }
        self.frames.push(frame);
    }

    pub fn leave(&mut self) {
        let Some(frame) = self.frames.pop() else { return };
        if !frame.delegate
            && let Some(count) = self.open.get_mut(&frame.acting)
        {
            *count -= 1;
        }
    }

    /// Whether `acting` has more than one open frame, delegate frames left out.
    pub fn is_reentrant(&self, acting: Address) -> bool {
        self.open.get(&acting).is_some_and(|count| *count > 1)
    }
}

/// Runs the frames of one transaction.
pub(crate) struct Machine<'a> {
    pub ctx: Ctx<'a>,
    pub instructions: EthInstructions<EthInterpreter, Ctx<'a>>,
}

impl<'a> Machine<'a> {
    pub fn new(view: View<'a>, env: Environment<'a>, tx: TxEnv, basefee: u64, recording: Recording) -> Self {
        let spec = spec(env.arbos);
        let mut cfg = CfgEnv::new_with_spec(spec).with_chain_id(env.chain_id);
        cfg.limit_contract_code_size = Some(env.max_code_size);
        cfg.tx_gas_limit_cap = Some(u64::MAX);
        // The rule on the first byte of code has exceptions here; `frames` applies it.
        cfg.disable_eip3541 = true;
        let block = BlockEnv {
            number: U256::from(env.l1_block_number),
            beneficiary: env.coinbase,
            timestamp: U256::from(env.timestamp),
            gas_limit: env.gas_limit,
            basefee,
            difficulty: U256::from(1),
            prevrandao: Some(env.prevrandao),
            blob_excess_gas_and_price: None,
            slot_num: 0,
        };
        let mut journal = Journal::new(view);
        journal.set_spec_id(spec);
        let ctx = Context {
            block,
            tx,
            cfg,
            journaled_state: journal,
            chain: Runtime::new(env, recording),
            local: LocalContext::default(),
            error: Ok(()),
        };
        Self { ctx, instructions: instruction_set(spec) }
    }

    /// Balance, nonce and code of an account, without making it warm.
    pub fn info(&self, address: Address) -> Option<AccountInfo> {
        let journal = &self.ctx.journaled_state;
        match journal.inner.state.get(&address) {
            Some(account) if account.is_empty() => None,
            Some(account) => Some(account.info.clone()),
            None => journal.database.info(address),
        }
    }

    /// Whether the account destroyed itself in this transaction.
    pub fn is_selfdestructed(&self, address: Address) -> bool {
        self.ctx.journaled_state.inner.state.get(&address).is_some_and(|account| account.is_selfdestructed_locally())
    }

    /// The storage of ArbOS, journaled with everything else.
    pub fn arbos(&mut self) -> JournaledArbos<'_, 'a> {
        JournaledArbos(&mut self.ctx.journaled_state)
    }
}

/// See [`Machine::arbos`].
pub(crate) struct JournaledArbos<'m, 'a>(pub &'m mut Journal<View<'a>>);

impl ArbosStorage for JournaledArbos<'_, '_> {
    fn get(&mut self, slot: U256) -> U256 {
        let Ok(_) = self.0.load_account(ARBOS_STORAGE);
        let Ok(load) = self.0.sload(ARBOS_STORAGE, slot);
        load.data
    }

    fn set(&mut self, slot: U256, value: U256) {
        let Ok(_) = self.0.load_account(ARBOS_STORAGE);
        let Ok(_) = self.0.sstore(ARBOS_STORAGE, slot, value);
    }
}

/// The Ethereum fork whose instructions an ArbOS version has.
pub(crate) fn spec(arbos: ArbosVersion) -> SpecId {
    match arbos.0 {
        0..20 => SpecId::SHANGHAI,
        20..40 => SpecId::CANCUN,
        40..50 => SpecId::PRAGUE,
        _ => SpecId::OSAKA,
    }
}

fn instruction_set<'a>(spec: SpecId) -> EthInstructions<EthInterpreter, Ctx<'a>> {
    let mut set = EthInstructions::new_mainnet_with_spec(spec);
    set.insert_instruction(opcode::BLOBBASEFEE, Instruction::new(blob_base_fee), 0);
    let gas = set.gas_table()[opcode::SELFDESTRUCT as usize];
    set.insert_instruction(opcode::SELFDESTRUCT, Instruction::new(self_destruct), gas);
    set
}

/// There are no blobs on this chain.
fn blob_base_fee(_: InstructionContext<'_, Ctx<'_>, EthInterpreter>) -> InstructionExecResult {
    Err(InstructionResult::NotActivated)
}

/// SELFDESTRUCT, which programs cannot be subject to: one that delegates to EVM code with it pays and sees a revert.
fn self_destruct(context: InstructionContext<'_, Ctx<'_>, EthInterpreter>) -> InstructionExecResult {
    let acting = context.interpreter.input.target_address;
    let Ok(account) = context.host.journaled_state.load_account_with_code(acting);
    let code = account.data.info.code.clone().unwrap_or_default();
    let balance = account.data.info.balance;
    let beneficiary = context.interpreter.stack.peek(0).map(|word| Address::from_word(word.into()));
    if context.host.chain.env.arbos.runs_as_program(code.original_byte_slice())
        && !context.interpreter.runtime_flag.is_static
    {
        let beneficiary = beneficiary?;
        let Ok(load) = context.host.journaled_state.load_account(beneficiary);
        let creates = !balance.is_zero() && load.data.is_empty();
        let cost = context.host.cfg.gas_params.selfdestruct_cost(creates, load.is_cold);
        let affordable = context.interpreter.gas.record_regular_cost(cost);
        return Err(if affordable { InstructionResult::Revert } else { InstructionResult::OutOfGas });
    }
    if let Some(tracer) = &mut context.host.chain.tracer {
        tracer.self_destruct(acting, beneficiary.unwrap_or_default(), balance);
    }
    instructions::host::selfdestruct(context)
}

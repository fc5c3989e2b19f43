//! What programs do to a chain and what that costs, written down once more and as plainly as possible: a frame that
//! fails puts back a copy of everything.

mod hosts;

use std::collections::{BTreeMap, BTreeSet};

use alloy::primitives::{Address, B256, U256, keccak256};

use hosts::Frame;

use super::evaluate::{Module, Stop};
use super::{evm, prices};

/// Ink per gas.
pub const INK: u64 = 10_000;

/// What the code of a program begins with.
const PREFIX: [u8; 3] = [0xef, 0xf0, 0];

/// Bytes of code that an account may have.
const LONGEST_CODE: usize = 24_576;

/// A program that may be called.
pub struct Program<'a> {
    pub module: Module<'a>,
    pub code: Vec<u8>,
}

/// What does not change within a block.
#[derive(Clone)]
pub struct Block {
    pub arbos: u64,
    pub timestamp: u64,
    pub chain_id: u64,
    pub base_fee: u64,
    pub coinbase: Address,
    pub origin: Address,
    pub stack_words: u32,
}

/// What a failing frame undoes.
#[derive(Clone, Default)]
pub struct State {
    pub storage: BTreeMap<(Address, B256), B256>,
    pub balances: BTreeMap<Address, U256>,
    pub logs: Vec<(Address, Vec<B256>, Vec<u8>)>,
    /// Nonces of contracts that created others, and of those.
    pub nonces: BTreeMap<Address, u64>,
    /// Code of contracts that were created.
    pub codes: BTreeMap<Address, Vec<u8>>,
    transient: BTreeMap<(Address, B256), B256>,
    warm_accounts: BTreeSet<Address>,
    warm_slots: BTreeSet<(Address, B256)>,
    refund: i64,
}

/// One transaction on the chain.
pub struct Chain<'p, 'a> {
    pub block: Block,
    pub programs: &'p BTreeMap<Address, Program<'a>>,
    /// Programs without activation: whoever calls them loses all gas.
    pub inactive: &'p BTreeMap<Address, Vec<u8>>,
    pub state: State,
    original: BTreeMap<(Address, B256), B256>,
    open_pages: u64,
    most_pages: u64,
    /// Acting accounts of open frames that are not delegate calls.
    open: Vec<Address>,
    /// Code of the programs called so far.
    recent: BTreeSet<Vec<u8>>,
    /// Whether a precompile or an unknown instruction was reached by chance: what those do is not written down here.
    pub beyond: bool,
}

/// How a frame or a transaction ended.
#[derive(Debug, PartialEq, Eq)]
pub struct Outcome {
    pub success: bool,
    pub output: Vec<u8>,
    pub gas_left: u64,
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    Call,
    Delegate,
    Static,
}

/// What a frame is started with.
pub struct Message {
    pub kind: Kind,
    pub code_of: Address,
    pub acting: Address,
    pub caller: Address,
    pub value: U256,
    pub transfers: bool,
    pub input: Vec<u8>,
    pub gas: u64,
    pub is_static: bool,
}

impl<'p, 'a> Chain<'p, 'a> {
    /// Starts a transaction: what the protocol makes warm is warm.
    pub fn new(
        block: Block,
        programs: &'p BTreeMap<Address, Program<'a>>,
        inactive: &'p BTreeMap<Address, Vec<u8>>,
        state: State,
    ) -> Self {
        let original = state.storage.clone();
        let State { storage, balances, nonces, codes, .. } = state;
        let state = State { storage, balances, nonces, codes, ..State::default() };
        Self {
            block,
            programs,
            inactive,
            state,
            original,
            open_pages: 0,
            most_pages: 0,
            open: Vec::new(),
            recent: BTreeSet::new(),
            beyond: false,
        }
    }

    /// Runs a transaction and returns how it ended and the gas it used.
    pub fn transact(&mut self, to: Address, value: U256, input: Vec<u8>, gas_limit: u64) -> (Outcome, u64) {
        let zeros = input.iter().filter(|byte| **byte == 0).count() as u64;
        let intrinsic = 21_000 + 4 * zeros + 16 * (input.len() as u64 - zeros);
        let origin = self.block.origin;
        self.state.warm_accounts.extend([origin, to, self.block.coinbase]);
        let outcome = self.frame(Message {
            kind: Kind::Call,
            code_of: to,
            acting: to,
            caller: origin,
            value,
            transfers: true,
            input,
            gas: gas_limit - intrinsic,
            is_static: false,
        });
        let used = gas_limit - outcome.gas_left;
        let refund = if outcome.success { self.state.refund.max(0) as u64 } else { 0 };
        (outcome, used - refund.min(used / 5))
    }

    pub fn balance(&self, of: Address) -> U256 {
        self.state.balances.get(&of).copied().unwrap_or_default()
    }

    fn nonce(&self, of: Address) -> u64 {
        self.state.nonces.get(&of).copied().unwrap_or_default()
    }

    pub fn code(&self, of: Address) -> &[u8] {
        let program = self.programs.get(&of).map(|program| &program.code);
        let found = program.or_else(|| self.inactive.get(&of)).or_else(|| self.state.codes.get(&of));
        found.map_or(&[], Vec::as_slice)
    }

    pub fn is_empty(&self, of: Address) -> bool {
        let has_acted = self.nonce(of) > 0 || of == self.block.origin;
        self.code(of).is_empty() && self.balance(of).is_zero() && !has_acted
    }

    /// Gas for reaching an account, which is warm afterwards.
    pub fn access(&mut self, address: Address) -> u64 {
        let is_low = address[..18].iter().all(|byte| *byte == 0) && !address.is_zero();
        self.beyond |= is_low || address == self.block.coinbase || address == self.block.origin;
        if self.state.warm_accounts.insert(address) { 2_600 } else { 100 }
    }

    pub fn frame(&mut self, message: Message) -> Outcome {
        let before = self.state.clone();
        let outcome = self.frame_unprotected(&message);
        if !outcome.success {
            self.state = before;
        }
        outcome
    }

    fn frame_unprotected(&mut self, message: &Message) -> Outcome {
        let gas = message.gas;
        if message.transfers && !self.transfer(message.caller, message.acting, message.value) {
            return Outcome { success: false, output: Vec::new(), gas_left: gas };
        }
        let code = self.code(message.code_of).to_vec();
        self.execute(message, &code)
    }

    /// Runs code of whatever kind it is. Programs are active by their code, wherever that is.
    fn execute(&mut self, message: &Message, code: &[u8]) -> Outcome {
        if !code.starts_with(&PREFIX) {
            return evm::run(self, message, code);
        }
        let programs = self.programs;
        match programs.values().find(|program| program.code == code) {
            Some(program) => self.run(program, message),
            None => Outcome { success: false, output: Vec::new(), gas_left: 0 },
        }
    }

    /// Creates a contract with `gas` and returns its address or nothing, what its constructor reverted with, and the gas
    /// that is left.
    fn create(
        &mut self,
        creator: Address,
        init_code: &[u8],
        value: U256,
        salt: Option<B256>,
        gas: u64,
    ) -> (Option<Address>, Vec<u8>, u64) {
        if self.balance(creator) < value {
            return (None, Vec::new(), gas);
        }
        let nonce = self.nonce(creator);
        self.state.nonces.insert(creator, nonce + 1);
        let address = match salt {
            Some(salt) => creator.create2(salt, keccak256(init_code)),
            None => creator.create(nonce),
        };
        self.state.warm_accounts.insert(address);
        if self.nonce(address) > 0 || !self.code(address).is_empty() {
            return (None, Vec::new(), 0);
        }
        let before = self.state.clone();
        let message = Message {
            kind: Kind::Call,
            code_of: address,
            acting: address,
            caller: creator,
            value,
            transfers: true,
            input: Vec::new(),
            gas,
            is_static: false,
        };
        let ended = self.construct(&message, init_code);
        if ended.success {
            return (Some(address), Vec::new(), ended.gas_left);
        }
        self.state = before;
        (None, ended.output, ended.gas_left)
    }

    fn construct(&mut self, message: &Message, init_code: &[u8]) -> Outcome {
        let lost = Outcome { success: false, output: Vec::new(), gas_left: 0 };
        self.state.nonces.insert(message.acting, 1);
        self.transfer(message.caller, message.acting, message.value);
        // Init code has not been activated, even where it is a program's.
        if init_code.starts_with(&PREFIX) {
            return lost;
        }
        let ended = evm::run(self, message, init_code);
        if !ended.success {
            return ended;
        }
        let code = ended.output;
        let is_reserved = code.first() == Some(&0xef) && !(code.starts_with(&PREFIX) && code.len() > PREFIX.len());
        match ended.gas_left.checked_sub(200 * code.len() as u64) {
            Some(gas_left) if code.len() <= LONGEST_CODE && !is_reserved => {
                self.state.codes.insert(message.acting, code);
                Outcome { success: true, output: Vec::new(), gas_left }
            }
            _ => lost,
        }
    }

    /// Moves value between two accounts and tells whether there was enough.
    fn transfer(&mut self, from: Address, to: Address, value: U256) -> bool {
        // The sender's fees are not modelled, and its balance is out of reach of any value used here.
        if from != self.block.origin {
            let Some(rest) = self.balance(from).checked_sub(value) else { return false };
            self.state.balances.insert(from, rest);
        }
        let received = self.balance(to) + value;
        self.state.balances.insert(to, received);
        true
    }

    fn run(&mut self, program: &Program<'a>, message: &Message) -> Outcome {
        let lost = Outcome { success: false, output: Vec::new(), gas_left: 0 };
        let counts = &program.module.counts;
        let entry = self.entry_gas(program);
        let Some(gas) = message.gas.checked_sub(entry) else { return lost };

        let pages_before = self.open_pages;
        self.open_pages += counts.pages;
        self.most_pages = self.most_pages.max(self.open_pages);
        if message.kind != Kind::Delegate {
            self.open.push(message.acting);
        }
        let stack_words = self.block.stack_words;
        let mut frame = Frame::new(self, message);
        let (ended, ink) = program.module.run(gas * INK, stack_words, message.input.len() as u32, &mut frame);
        let result = frame.into_result();
        if message.kind != Kind::Delegate {
            self.open.pop();
        }
        self.open_pages = pages_before;

        let (success, output) = match ended {
            Ok(0) | Err(Stop::Exit(0)) => (true, result),
            Ok(_) | Err(Stop::Exit(_)) => (false, result),
            Err(Stop::Trap) => (false, Vec::new()),
            Err(Stop::OutOfInk | Stop::OutOfStack) => return lost,
        };
        let words = output.len().div_ceil(32) as u64;
        let least = 3 * words + words * words / 512;
        if message.gas < least {
            return lost;
        }
        Outcome { success, output, gas_left: (ink / INK).min(message.gas - least) }
    }

    fn entry_gas(&mut self, program: &Program<'a>) -> u64 {
        let (init, cached) = entry_costs(&program.module);
        let memory = self.page_gas(program.module.counts.pages);
        let was_called = self.block.arbos >= 60 && !self.recent.insert(program.code.clone());
        let init = if was_called { 0 } else { 8_832 + init };
        memory.saturating_add(init + 352 + cached)
    }

    fn page_gas(&self, new: u64) -> u64 {
        let now = self.open_pages + new;
        let most = self.most_pages.max(now);
        if most <= 2 {
            return 0;
        }
        let linear = 1_000 * (now.saturating_sub(2) - self.open_pages.saturating_sub(2));
        linear.saturating_add(prices::pages(most) - prices::pages(self.most_pages))
    }

    /// Reads a slot, and says what the access costs.
    pub fn load(&mut self, of: Address, key: B256) -> (B256, u64) {
        let value = self.state.storage.get(&(of, key)).copied().unwrap_or_default();
        (value, if self.state.warm_slots.insert((of, key)) { 2_100 } else { 100 })
    }

    /// Writes a slot; the gas and the refund are those of EIP-2200, 2929 and 3529.
    pub fn store(&mut self, of: Address, key: B256, new: B256) -> u64 {
        let slot = (of, key);
        let original = self.original.get(&slot).copied().unwrap_or_default();
        let state = &mut self.state;
        let current = state.storage.get(&slot).copied().unwrap_or_default();
        let cold = if state.warm_slots.insert(slot) { 2_100 } else { 0 };
        state.storage.insert(slot, new);
        let gas = match (current == new, current == original, original.is_zero()) {
            (true, _, _) | (_, false, _) => 100,
            (_, true, true) => 20_000,
            (_, true, false) => 2_900,
        };
        if current != new {
            if current == original {
                if !original.is_zero() && new.is_zero() {
                    state.refund += 4_800;
                }
            } else {
                if !original.is_zero() && current.is_zero() {
                    state.refund -= 4_800;
                }
                if !original.is_zero() && new.is_zero() {
                    state.refund += 4_800;
                }
                if original == new {
                    state.refund += if original.is_zero() { 19_900 } else { 2_800 };
                }
            }
        }
        gas + cold
    }
}

/// What a program's record says: gas of an uncached entry, and of every entry, without the fixed parts.
fn entry_costs(module: &Module<'_>) -> (u64, u64) {
    let counts = &module.counts;
    let init = counts.functions * 8_252 / 1_000 + counts.type_words * 1_059 / 1_000 + counts.wasm_len * 1_286 / 10_000;
    let cached = counts.functions * 13_420 / 100_000
        + counts.type_words * 89 / 100_000
        + counts.wasm_len * 122 / 100_000
        + counts.globals * 1_628 / 1_000
        + (counts.data_entry_bytes + counts.element_entry_bytes) * 75_244 / 100_000
        + counts.pages * 5;
    (init, cached)
}

/// Gas of an activation of `address`, from the transaction's first byte to its last.
pub fn activation_gas(module: &Module<'_>, address: Address, arbos: u64) -> u64 {
    let counts = &module.counts;
    let units = counts.wasm_len * 31_733 / 100_000
        + counts.functions * 17_263 / 100_000
        + counts.data_bytes * 17_376 / 100_000
        + counts.element_entry_bytes * 17_376 / 100_000
        + counts.pages * 2_217
        + counts.operators * 535 / 1_000;
    let zeros = address.iter().filter(|byte| **byte == 0).count() as u64;
    let intrinsic = 21_000 + 4 * 16 + 4 * (12 + zeros) + 16 * (20 - zeros);
    let later = if arbos >= 59 { 800 } else { 0 };
    intrinsic + 1_747_826 + later + 28 * units
}

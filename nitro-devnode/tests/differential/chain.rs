//! What programs do to a chain and what that costs, written down once more and as plainly as possible: a frame that
//! fails puts back a copy of everything.

use std::collections::{BTreeMap, BTreeSet};

use alloy::primitives::{Address, B256, KECCAK256_EMPTY, U256, keccak256};

use super::evaluate::{Hooks, Instance, Module, Stop};
use super::prices;

/// Ink per gas.
pub const INK: u64 = 10_000;

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
    /// Programs called so far.
    recent: BTreeSet<Address>,
    /// Whether a precompile was reached by chance: what those do is not written down here.
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
enum Kind {
    Call,
    Delegate,
    Static,
}

struct Message {
    kind: Kind,
    code_of: Address,
    acting: Address,
    caller: Address,
    value: U256,
    transfers: bool,
    input: Vec<u8>,
    gas: u64,
    is_static: bool,
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
        let state = State { storage: state.storage, balances: state.balances, ..State::default() };
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

    fn balance(&self, of: Address) -> U256 {
        self.state.balances.get(&of).copied().unwrap_or_default()
    }

    fn code(&self, of: Address) -> &[u8] {
        let program = self.programs.get(&of).map(|program| &program.code);
        program.or_else(|| self.inactive.get(&of)).map_or(&[], Vec::as_slice)
    }

    fn is_empty(&self, of: Address) -> bool {
        self.code(of).is_empty() && self.balance(of).is_zero() && of != self.block.origin
    }

    /// Gas for reaching an account, which is warm afterwards.
    fn access(&mut self, address: Address) -> u64 {
        let is_low = address[..18].iter().all(|byte| *byte == 0) && !address.is_zero();
        self.beyond |= is_low || address == self.block.coinbase || address == self.block.origin;
        if self.state.warm_accounts.insert(address) { 2_600 } else { 100 }
    }

    fn frame(&mut self, message: Message) -> Outcome {
        let before = self.state.clone();
        let outcome = self.frame_unprotected(&message);
        if !outcome.success {
            self.state = before;
        }
        outcome
    }

    fn frame_unprotected(&mut self, message: &Message) -> Outcome {
        let gas = message.gas;
        if message.transfers {
            let held = self.balance(message.caller);
            // The sender's fees are not modelled, and its balance is out of reach of any value used here.
            if message.caller != self.block.origin {
                let Some(rest) = held.checked_sub(message.value) else {
                    return Outcome { success: false, output: Vec::new(), gas_left: gas };
                };
                self.state.balances.insert(message.caller, rest);
            }
            let received = self.balance(message.acting) + message.value;
            self.state.balances.insert(message.acting, received);
        }
        if self.inactive.contains_key(&message.code_of) {
            return Outcome { success: false, output: Vec::new(), gas_left: 0 };
        }
        let programs = self.programs;
        match programs.get(&message.code_of) {
            Some(program) => self.run(program, message),
            None => Outcome { success: true, output: Vec::new(), gas_left: gas },
        }
    }

    fn run(&mut self, program: &Program<'a>, message: &Message) -> Outcome {
        let lost = Outcome { success: false, output: Vec::new(), gas_left: 0 };
        let counts = &program.module.counts;
        let entry = self.entry_gas(program, message.code_of);
        let Some(gas) = message.gas.checked_sub(entry) else { return lost };

        let pages_before = self.open_pages;
        self.open_pages += counts.pages;
        self.most_pages = self.most_pages.max(self.open_pages);
        if message.kind != Kind::Delegate {
            self.open.push(message.acting);
        }
        let stack_words = self.block.stack_words;
        let mut frame = Frame {
            chain: self,
            message,
            result: Vec::new(),
            return_data: Vec::new(),
            slots: BTreeMap::new(),
            reads: 0,
            writes: 0,
            last_code: None,
        };
        let (ended, ink) = program.module.run(gas * INK, stack_words, message.input.len() as u32, &mut frame);
        let result = frame.result;
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

    fn entry_gas(&mut self, program: &Program<'a>, address: Address) -> u64 {
        let (init, cached) = entry_costs(&program.module);
        let memory = self.page_gas(program.module.counts.pages);
        let was_called = self.block.arbos >= 60 && !self.recent.insert(address);
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

/// A program while it runs.
struct Frame<'c, 'p, 'a> {
    chain: &'c mut Chain<'p, 'a>,
    message: &'c Message,
    result: Vec<u8>,
    return_data: Vec<u8>,
    /// The frame's view of its storage: the value, and the one the chain is known to have.
    slots: BTreeMap<B256, (B256, Option<B256>)>,
    reads: u64,
    writes: u64,
    last_code: Option<Address>,
}

fn buy_gas(at: &mut Instance, gas: u64) -> Result<(), Stop> {
    at.buy(gas.saturating_mul(INK))
}

fn require_gas(at: &Instance, gas: u64) -> Result<(), Stop> {
    if at.ink < gas * INK { Err(Stop::OutOfInk) } else { Ok(()) }
}

fn word(at: &Instance, place: u64) -> Result<B256, Stop> {
    at.read(place, 32).map(B256::from_slice)
}

fn number(at: &Instance, place: u64) -> Result<U256, Stop> {
    at.read(place, 32).map(U256::from_be_slice)
}

fn address(at: &Instance, place: u64) -> Result<Address, Stop> {
    at.read(place, 20).map(Address::from_slice)
}

impl Hooks for Frame<'_, '_, '_> {
    fn call(&mut self, at: &mut Instance, name: &str, arguments: &[u64]) -> Result<Option<u64>, Stop> {
        let argument = |index: usize| arguments.get(index).copied().unwrap_or_default();
        let (a, b, c, d) = (argument(0), argument(1), argument(2), argument(3));
        at.buy(base(name, a) + prices::error(name))?;
        let acting = self.message.acting;
        let block = self.chain.block.clone();
        match name {
            "read_args" => {
                at.buy(prices::write(self.message.input.len() as u64))?;
                at.write(a, &self.message.input)?;
            }
            "write_result" => {
                at.buy(2 * prices::read(b))?;
                self.result = at.read(a, b)?.to_vec();
            }
            "exit_early" => return Err(Stop::Exit(a as u32)),
            "storage_load_bytes32" => {
                require_gas(at, 2_115)?;
                let key = word(at, a)?;
                let (value, gas) = self.load(key);
                buy_gas(at, gas)?;
                at.write(b, value.as_slice())?;
            }
            "storage_cache_bytes32" => {
                require_gas(at, 2_310)?;
                let (key, value) = (word(at, a)?, word(at, b)?);
                self.writes += 1;
                let known = self.slots.get(&key).and_then(|(_, known)| *known);
                self.slots.insert(key, (value, known));
                buy_gas(
                    at,
                    if self.writes <= 8 {
                        0
                    } else if self.writes <= 64 {
                        7
                    } else {
                        10
                    },
                )?;
            }
            "storage_flush_cache" => {
                require_gas(at, 2_300)?;
                self.flush(at)?;
                if a != 0 {
                    self.slots.clear();
                }
            }
            "transient_load_bytes32" => {
                buy_gas(at, 100)?;
                let key = word(at, a)?;
                let value = self.chain.state.transient.get(&(acting, key)).copied().unwrap_or_default();
                at.write(b, value.as_slice())?;
            }
            "transient_store_bytes32" => {
                buy_gas(at, 100)?;
                let (key, value) = (word(at, a)?, word(at, b)?);
                self.refuse_if_static()?;
                self.chain.state.transient.insert((acting, key), value);
            }
            "call_contract" => return self.call_contract(at, Kind::Call, [a, b, c, argument(4), argument(5)], Some(d)),
            "delegate_call_contract" => {
                return self.call_contract(at, Kind::Delegate, [a, b, c, d, argument(4)], None);
            }
            "static_call_contract" => return self.call_contract(at, Kind::Static, [a, b, c, d, argument(4)], None),
            "read_return_data" => {
                let start = self.return_data.len().min(b as usize);
                let len = (self.return_data.len() - start).min(c as usize);
                at.buy(prices::write(len as u64))?;
                if len > 0 {
                    at.write(a, &self.return_data[start..start + len])?;
                }
                return Ok(Some(len as u64));
            }
            "return_data_size" => return Ok(Some(self.return_data.len() as u64)),
            "emit_log" => {
                if c > 4 || b < 32 * c {
                    return Err(Stop::Trap);
                }
                at.buy(prices::read(b))?;
                buy_gas(at, 375 * (1 + c) + 8 * (b - 32 * c))?;
                let bytes = at.read(a, b)?.to_vec();
                self.refuse_if_static()?;
                let (topics, data) = bytes.split_at(32 * c as usize);
                let topics = topics.chunks(32).map(B256::from_slice).collect();
                self.chain.state.logs.push((acting, topics, data.to_vec()));
            }
            "account_balance" => {
                require_gas(at, 2_600)?;
                let of = address(at, a)?;
                let gas = self.chain.access(of);
                buy_gas(at, gas)?;
                at.write(b, &self.chain.balance(of).to_be_bytes::<32>())?;
            }
            "account_code" => {
                require_gas(at, 2_600)?;
                let of = address(at, a)?;
                self.pay_for_code(at, of)?;
                let code = self.chain.code(of).to_vec();
                at.buy(prices::write(code.len() as u64))?;
                let start = code.len().min(b as usize);
                let len = (code.len() - start).min(c as usize);
                at.write(d, &code[start..start + len])?;
                return Ok(Some(len as u64));
            }
            "account_code_size" => {
                require_gas(at, 2_600)?;
                let of = address(at, a)?;
                self.pay_for_code(at, of)?;
                return Ok(Some(self.chain.code(of).len() as u64));
            }
            "account_codehash" => {
                require_gas(at, 2_600)?;
                let of = address(at, a)?;
                let gas = self.chain.access(of);
                buy_gas(at, gas)?;
                let hash = match self.chain.code(of) {
                    [] if self.chain.is_empty(of) => B256::ZERO,
                    [] => KECCAK256_EMPTY,
                    code => keccak256(code),
                };
                at.write(b, hash.as_slice())?;
            }
            "evm_gas_left" => return Ok(Some(at.ink / INK)),
            "evm_ink_left" => return Ok(Some(at.ink)),
            "block_basefee" | "tx_gas_price" => at.write(a, &U256::from(block.base_fee).to_be_bytes::<32>())?,
            "chainid" => return Ok(Some(block.chain_id)),
            "block_coinbase" => at.write(a, block.coinbase.as_slice())?,
            "block_gas_limit" => return Ok(Some(1 << 50)),
            "block_number" => return Ok(Some(0)),
            "block_timestamp" => return Ok(Some(block.timestamp)),
            "contract_address" => at.write(a, acting.as_slice())?,
            "math_div" => combine(at, a, [b, b], |x, y, _| x.checked_div(y).unwrap_or_default())?,
            "math_mod" => combine(at, a, [b, b], |x, y, _| x.checked_rem(y).unwrap_or_default())?,
            "math_pow" => {
                let exponent = word(at, b)?;
                let zeros = exponent.iter().take_while(|byte| **byte == 0).count() as u64;
                number(at, a)?;
                at.buy(3_000 + 17_500 * (33 - zeros))?;
                combine(at, a, [b, b], |x, y, _| x.wrapping_pow(y))?;
            }
            "math_add_mod" => combine(at, a, [b, c], |x, y, m| x.add_mod(y, m))?,
            "math_mul_mod" => combine(at, a, [b, c], |x, y, m| x.mul_mod(y, m))?,
            "msg_reentrant" => {
                let open = self.chain.open.iter().filter(|open| **open == acting).count();
                return Ok(Some(u64::from(open > 1)));
            }
            "msg_sender" => at.write(a, self.message.caller.as_slice())?,
            "msg_value" => at.write(a, &self.message.value.to_be_bytes::<32>())?,
            "native_keccak256" => {
                at.buy(121_800 + 21_000 * b.div_ceil(32).saturating_sub(2))?;
                let hash = keccak256(at.read(a, b)?);
                at.write(c, hash.as_slice())?;
            }
            "tx_ink_price" => return Ok(Some(INK)),
            "tx_origin" => at.write(a, block.origin.as_slice())?,
            "pay_for_memory_grow" => self.grow(at, a)?,
            other => panic!("{other} is not generated"),
        }
        Ok(None)
    }
}

/// What a host function costs before it does anything.
fn base(name: &str, first_argument: u64) -> u64 {
    match name {
        "exit_early" | "native_keccak256" => 0,
        "pay_for_memory_grow" => {
            if first_argument as u16 == 0 {
                8_400
            } else {
                0
            }
        }
        "storage_load_bytes32" | "storage_cache_bytes32" => 18_480,
        "storage_flush_cache" | "read_return_data" | "emit_log" | "account_code" | "account_code_size" => 68_073,
        "transient_load_bytes32" | "transient_store_bytes32" | "account_balance" | "account_codehash" => 78_153,
        "call_contract" | "delegate_call_contract" | "static_call_contract" => 83_193,
        "block_basefee" | "block_coinbase" | "contract_address" | "msg_sender" | "msg_value" | "tx_gas_price"
        | "tx_origin" => 13_440,
        "math_div" | "math_mod" => 43_520,
        "math_pow" => 23_520,
        "math_add_mod" => 49_560,
        "math_mul_mod" => 52_660,
        _ => 8_400,
    }
}

/// Replaces the first of three numbers by what comes out of them.
fn combine(at: &mut Instance, first: u64, rest: [u64; 2], operation: fn(U256, U256, U256) -> U256) -> Result<(), Stop> {
    let (x, y, z) = (number(at, first)?, number(at, rest[0])?, number(at, rest[1])?);
    at.write(first, &operation(x, y, z).to_be_bytes::<32>())
}

impl Frame<'_, '_, '_> {
    fn refuse_if_static(&self) -> Result<(), Stop> {
        if self.message.is_static { Err(Stop::Trap) } else { Ok(()) }
    }

    fn load(&mut self, key: B256) -> (B256, u64) {
        self.reads += 1;
        let counted = if self.reads <= 32 {
            0
        } else if self.reads <= 128 {
            2
        } else {
            10
        };
        if let Some((value, _)) = self.slots.get(&key) {
            return (*value, counted);
        }
        let slot = (self.message.acting, key);
        let state = &mut self.chain.state;
        let value = state.storage.get(&slot).copied().unwrap_or_default();
        let access = if state.warm_slots.insert(slot) { 2_100 } else { 100 };
        self.slots.insert(key, (value, Some(value)));
        (value, counted + 5 + access)
    }

    fn flush(&mut self, at: &mut Instance) -> Result<(), Stop> {
        let dirty: Vec<_> = self.slots.iter().filter(|(_, (value, known))| *known != Some(*value)).collect();
        let dirty: Vec<(B256, B256)> = dirty.into_iter().map(|(key, (value, _))| (*key, *value)).collect();
        if dirty.is_empty() {
            return Ok(());
        }
        self.refuse_if_static()?;
        let budget = at.ink / INK + 1;
        let mut total = 0;
        for (key, value) in dirty {
            total += self.store(key, value);
            if total > budget {
                let is_out_of_ink = self.chain.block.arbos >= 50;
                return Err(if is_out_of_ink { Stop::OutOfInk } else { Stop::Trap });
            }
            self.slots.insert(key, (value, Some(value)));
        }
        buy_gas(at, total)
    }

    /// Writes a slot; the gas and the refund are those of EIP-2200, 2929 and 3529.
    fn store(&mut self, key: B256, new: B256) -> u64 {
        let slot = (self.message.acting, key);
        let original = self.chain.original.get(&slot).copied().unwrap_or_default();
        let state = &mut self.chain.state;
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

    fn pay_for_code(&mut self, at: &mut Instance, of: Address) -> Result<(), Stop> {
        if self.last_code == Some(of) {
            return Ok(());
        }
        let gas = self.chain.access(of);
        buy_gas(at, 700 + gas)?;
        let remembered = self.chain.block.arbos < 40 || !self.chain.code(of).is_empty();
        self.last_code = remembered.then_some(of);
        Ok(())
    }

    fn grow(&mut self, at: &mut Instance, pages: u64) -> Result<(), Stop> {
        if self.chain.block.arbos >= 59 && pages > 65_535 {
            return Err(Stop::OutOfInk);
        }
        let pages = pages % 65_536;
        if pages == 0 {
            return Ok(());
        }
        let chain = &mut *self.chain;
        if chain.block.arbos >= 59 && chain.open_pages + pages > 128 {
            return Err(Stop::OutOfInk);
        }
        let gas = chain.page_gas(pages);
        chain.open_pages += pages;
        chain.most_pages = chain.most_pages.max(chain.open_pages);
        buy_gas(at, gas)
    }

    fn call_contract(
        &mut self,
        at: &mut Instance,
        kind: Kind,
        [target, data, len, wanted, return_len]: [u64; 5],
        value: Option<u64>,
    ) -> Result<Option<u64>, Stop> {
        at.buy(2 * prices::read(len))?;
        let gas_left = at.ink / INK;
        let target = address(at, target)?;
        let input = at.read(data, len)?.to_vec();
        let value = value.map(|place| number(at, place)).transpose()?.unwrap_or_default();

        let (outcome, cost) = self.make_call(kind, target, input, value, wanted.min(gas_left), gas_left);
        buy_gas(at, cost)?;
        self.return_data = outcome.output;
        at.write(return_len, &(self.return_data.len() as u32).to_le_bytes())?;
        Ok(Some(if outcome.success { 0 } else { 2 }))
    }

    fn make_call(
        &mut self,
        kind: Kind,
        target: Address,
        input: Vec<u8>,
        value: U256,
        wanted: u64,
        gas_left: u64,
    ) -> (Outcome, u64) {
        let failed = Outcome { success: false, output: Vec::new(), gas_left: 0 };
        let sends = !value.is_zero();
        if sends && self.message.is_static {
            return (failed, 0);
        }
        let mut base = self.chain.access(target);
        if sends {
            base += 9_000 + if self.chain.is_empty(target) { 25_000 } else { 0 };
        }
        if base > gas_left {
            return (failed, gas_left);
        }
        let gas = ((gas_left - base) * 63 / 64).min(wanted) + if sends { 2_300 } else { 0 };
        let acting = self.message.acting;
        let (acting, caller, value) = match kind {
            Kind::Delegate => (acting, self.message.caller, self.message.value),
            _ => (target, acting, value),
        };
        let is_static = self.message.is_static || kind == Kind::Static;
        let transfers = kind == Kind::Call;
        let message = Message { kind, code_of: target, acting, caller, value, transfers, input, gas, is_static };
        let outcome = self.chain.frame(message);
        let cost = base + gas - outcome.gas_left;
        (outcome, cost)
    }
}

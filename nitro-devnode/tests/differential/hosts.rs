//! The host functions of a program, and what they cost.

use std::collections::BTreeMap;

use alloy::primitives::{Address, B256, KECCAK256_EMPTY, U256, keccak256};

use super::{Chain, INK, Kind, Message, Outcome};
use crate::evaluate::{Hooks, Instance, Stop};
use crate::prices;

/// A program while it runs.
pub struct Frame<'c, 'p, 'a> {
    chain: &'c mut Chain<'p, 'a>,
    message: &'c Message,
    result: Vec<u8>,
    return_data: Vec<u8>,
    /// The frame's view of its storage: the value, and the one the chain is known to have.
    slots: BTreeMap<B256, (B256, Option<B256>)>,
    reads: u64,
    writes: u64,
    /// The account whose code was last asked for, and that code.
    last_code: Option<(Address, Vec<u8>)>,
}

impl<'c, 'p, 'a> Frame<'c, 'p, 'a> {
    pub fn new(chain: &'c mut Chain<'p, 'a>, message: &'c Message) -> Self {
        let (result, return_data, slots) = (Vec::new(), Vec::new(), BTreeMap::new());
        Self { chain, message, result, return_data, slots, reads: 0, writes: 0, last_code: None }
    }

    /// What the program has written as its result.
    pub fn into_result(self) -> Vec<u8> {
        self.result
    }
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
            "create1" => self.create(at, [a, b, c, d, argument(4)], None)?,
            "create2" => self.create(at, [a, b, c, argument(4), argument(5)], Some(d))?,
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
                let code = self.paid_code(at, of)?;
                at.buy(prices::write(code.len() as u64))?;
                let start = code.len().min(b as usize);
                let len = (code.len() - start).min(c as usize);
                at.write(d, &code[start..start + len])?;
                return Ok(Some(len as u64));
            }
            "account_code_size" => {
                require_gas(at, 2_600)?;
                let of = address(at, a)?;
                return Ok(Some(self.paid_code(at, of)?.len() as u64));
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
        "call_contract" | "delegate_call_contract" | "static_call_contract" | "create1" => 83_193,
        "create2" => 88_233,
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
        let (value, access) = self.chain.load(self.message.acting, key);
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
            total += self.chain.store(self.message.acting, key, value);
            if total > budget {
                let is_out_of_ink = self.chain.block.arbos >= 50;
                return Err(if is_out_of_ink { Stop::OutOfInk } else { Stop::Trap });
            }
            self.slots.insert(key, (value, Some(value)));
        }
        buy_gas(at, total)
    }

    fn paid_code(&mut self, at: &mut Instance, of: Address) -> Result<Vec<u8>, Stop> {
        if let Some((known, code)) = &self.last_code
            && *known == of
        {
            return Ok(code.clone());
        }
        let gas = self.chain.access(of);
        buy_gas(at, 700 + gas)?;
        let code = self.chain.code(of).to_vec();
        let is_remembered = self.chain.block.arbos < 40 || !code.is_empty();
        self.last_code = is_remembered.then(|| (of, code.clone()));
        Ok(code)
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

    fn create(
        &mut self,
        at: &mut Instance,
        [code, len, endowment, created, return_len]: [u64; 5],
        salt: Option<u64>,
    ) -> Result<(), Stop> {
        at.buy(2 * prices::read(len))?;
        let gas_left = at.ink / INK;
        let init_code = at.read(code, len)?.to_vec();
        let endowment = number(at, endowment)?;
        let salt = salt.map(|place| word(at, place)).transpose()?;
        self.refuse_if_static()?;
        let hashing = if salt.is_some() { 6 * len.div_ceil(32) } else { 0 };
        let rest = gas_left.checked_sub(32_000 + prices::error("creation") + hashing).ok_or(Stop::Trap)?;
        let kept = rest / 64;

        let acting = self.message.acting;
        let (address, output, left) = self.chain.create(acting, &init_code, endowment, salt, rest - kept);
        buy_gas(at, gas_left - kept - left)?;
        self.return_data = output;
        at.write(return_len, &(self.return_data.len() as u32).to_le_bytes())?;
        at.write(created, address.unwrap_or_default().as_slice())
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

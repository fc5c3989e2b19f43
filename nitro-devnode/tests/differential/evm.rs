//! As much of the EVM as created contracts use, with its prices, as plainly as possible.

use alloy::primitives::{Address, B256, U256};

use super::chain::{Chain, Kind, Message, Outcome};

/// Gas that a frame has to have more than when it writes a slot.
const STIPEND: u64 = 2_300;

/// Why a frame ends before its code does.
enum Stop {
    /// All gas is lost.
    Halt,
    Return(Vec<u8>),
    Revert(Vec<u8>),
}

struct Frame<'c, 'p, 'a> {
    chain: &'c mut Chain<'p, 'a>,
    message: &'c Message,
    code: &'c [u8],
    next: usize,
    gas: u64,
    stack: Vec<U256>,
    memory: Vec<u8>,
    return_data: Vec<u8>,
}

/// Runs `code` for a message.
pub fn run(chain: &mut Chain<'_, '_>, message: &Message, code: &[u8]) -> Outcome {
    let gas = message.gas;
    let (stack, memory, return_data) = (Vec::new(), Vec::new(), Vec::new());
    let mut frame = Frame { chain, message, code, next: 0, gas, stack, memory, return_data };
    let ended = loop {
        if let Err(stop) = frame.step() {
            break stop;
        }
    };
    let gas_left = frame.gas;
    match ended {
        Stop::Halt => Outcome { success: false, output: Vec::new(), gas_left: 0 },
        Stop::Return(output) => Outcome { success: true, output, gas_left },
        Stop::Revert(output) => Outcome { success: false, output, gas_left },
    }
}

impl Frame<'_, '_, '_> {
    fn pay(&mut self, gas: u64) -> Result<(), Stop> {
        self.gas = self.gas.checked_sub(gas).ok_or(Stop::Halt)?;
        Ok(())
    }

    fn pop(&mut self) -> Result<U256, Stop> {
        self.stack.pop().ok_or(Stop::Halt)
    }

    /// A number that no gas would suffice for if it were much larger.
    fn small(&mut self) -> Result<usize, Stop> {
        self.pop()?.try_into().ok().filter(|number: &usize| *number < 1 << 32).ok_or(Stop::Halt)
    }

    fn address(&mut self) -> Result<Address, Stop> {
        Ok(Address::from_word(self.pop()?.into()))
    }

    fn push(&mut self, value: impl Into<U256>) {
        self.stack.push(value.into());
    }

    /// Makes memory reach as far as a range does, and pays for it.
    fn reach(&mut self, offset: usize, len: usize) -> Result<(), Stop> {
        let price = |words: u64| 3 * words + words * words / 512;
        let before = self.memory.len() as u64 / 32;
        let after = ((offset + len).div_ceil(32) as u64).max(before);
        if len == 0 || after == before {
            return Ok(());
        }
        self.pay(price(after) - price(before))?;
        self.memory.resize(32 * after as usize, 0);
        Ok(())
    }

    fn slice(&mut self) -> Result<Vec<u8>, Stop> {
        let (offset, len) = (self.small()?, self.small()?);
        self.reach(offset, len)?;
        Ok(if len == 0 { Vec::new() } else { self.memory[offset..offset + len].to_vec() })
    }

    /// Copies from `source`, which goes on with zeros.
    fn copy(&mut self, source: &[u8]) -> Result<(), Stop> {
        let (to, from, len) = (self.small()?, self.small()?, self.small()?);
        self.pay(3 * len.div_ceil(32) as u64)?;
        self.reach(to, len)?;
        for place in 0..len {
            self.memory[to + place] = source.get(from + place).copied().unwrap_or_default();
        }
        Ok(())
    }

    fn step(&mut self) -> Result<(), Stop> {
        let opcode = self.code.get(self.next).copied().unwrap_or_default();
        self.next += 1;
        let acting = self.message.acting;
        self.pay(match opcode {
            0x30..=0x38 | 0x3d | 0x50 | 0x59 | 0x5a | 0x5f => 2,
            0x47 => 5,
            0x39 | 0x3c | 0x52 | 0x53 | 0x60..=0x80 => 3,
            _ => 0,
        })?;
        match opcode {
            0x00 => return Err(Stop::Return(Vec::new())),
            0x30 => self.push(U256::from_be_slice(acting.as_slice())),
            0x32 => self.push(U256::from_be_slice(self.chain.block.origin.as_slice())),
            0x33 => self.push(U256::from_be_slice(self.message.caller.as_slice())),
            0x34 => self.push(self.message.value),
            0x36 => self.push(U256::from(self.message.input.len())),
            0x38 => self.push(U256::from(self.code.len())),
            0x39 => self.copy(self.code)?,
            0x3b => {
                let of = self.address()?;
                let gas = self.chain.access(of);
                self.pay(gas)?;
                self.push(U256::from(self.chain.code(of).len()));
            }
            0x3c => {
                // Its price has the access in place of the three.
                let of = self.address()?;
                let gas = self.chain.access(of);
                self.pay(gas - 3)?;
                let code = self.chain.code(of).to_vec();
                self.copy(&code)?;
            }
            0x3d => self.push(U256::from(self.return_data.len())),
            0x47 => self.push(self.chain.balance(acting)),
            0x50 => drop(self.pop()?),
            0x52 => {
                let (at, value) = (self.small()?, self.pop()?);
                self.reach(at, 32)?;
                self.memory[at..at + 32].copy_from_slice(&value.to_be_bytes::<32>());
            }
            0x53 => {
                let (at, value) = (self.small()?, self.pop()?);
                self.reach(at, 1)?;
                self.memory[at] = value.byte(0);
            }
            0x54 => {
                let key = B256::from(self.pop()?);
                let (value, gas) = self.chain.load(acting, key);
                self.pay(gas)?;
                self.push(U256::from_be_bytes(value.0));
            }
            0x55 => {
                let (key, value) = (B256::from(self.pop()?), B256::from(self.pop()?));
                if self.message.is_static || self.gas <= STIPEND {
                    return Err(Stop::Halt);
                }
                let gas = self.chain.store(acting, key, value);
                self.pay(gas)?;
            }
            0x59 => self.push(U256::from(self.memory.len())),
            0x5a => self.push(U256::from(self.gas)),
            0x5f => self.push(U256::ZERO),
            0x60..=0x7f => {
                let mut word = [0; 32];
                let len = usize::from(opcode - 0x5f);
                for place in 0..len {
                    word[32 - len + place] = self.code.get(self.next + place).copied().unwrap_or_default();
                }
                self.next += len;
                self.push(U256::from_be_bytes(word));
            }
            0x80 => {
                let top = *self.stack.last().ok_or(Stop::Halt)?;
                self.push(top);
            }
            0xa0..=0xa4 => self.log(u64::from(opcode - 0xa0))?,
            0xf1 => self.call()?,
            0xf3 => return Err(Stop::Return(self.slice()?)),
            0xfd => return Err(Stop::Revert(self.slice()?)),
            0xfe => return Err(Stop::Halt),
            _ => {
                self.chain.beyond = true;
                return Err(Stop::Halt);
            }
        }
        Ok(())
    }

    fn log(&mut self, topics: u64) -> Result<(), Stop> {
        if self.message.is_static {
            return Err(Stop::Halt);
        }
        let data = self.slice()?;
        let topics: Vec<B256> = (0..topics).map(|_| self.pop().map(B256::from)).collect::<Result<_, _>>()?;
        self.pay(375 * (1 + topics.len() as u64) + 8 * data.len() as u64)?;
        self.chain.state.logs.push((self.message.acting, topics, data));
        Ok(())
    }

    fn call(&mut self) -> Result<(), Stop> {
        let (wanted, target, value) = (self.pop()?, self.address()?, self.pop()?);
        let (input_at, input_len, output_at, output_len) = (self.small()?, self.small()?, self.small()?, self.small()?);
        if self.message.is_static && !value.is_zero() {
            return Err(Stop::Halt);
        }
        self.reach(input_at, input_len)?;
        self.reach(output_at, output_len)?;
        let mut base = self.chain.access(target);
        if !value.is_zero() {
            base += 9_000 + if self.chain.is_empty(target) { 25_000 } else { 0 };
        }
        self.pay(base)?;
        let most = self.gas - self.gas / 64;
        let given = wanted.try_into().unwrap_or(u64::MAX).min(most);
        self.pay(given)?;
        let outcome = self.chain.frame(Message {
            kind: Kind::Call,
            code_of: target,
            acting: target,
            caller: self.message.acting,
            value,
            transfers: true,
            input: if input_len == 0 { Vec::new() } else { self.memory[input_at..input_at + input_len].to_vec() },
            gas: given + if value.is_zero() { 0 } else { STIPEND },
            is_static: self.message.is_static,
        });
        self.gas += outcome.gas_left;
        let copied = outcome.output.len().min(output_len);
        if copied > 0 {
            self.memory[output_at..output_at + copied].copy_from_slice(&outcome.output[..copied]);
        }
        self.return_data = outcome.output;
        self.push(U256::from(u8::from(outcome.success)));
        Ok(())
    }
}

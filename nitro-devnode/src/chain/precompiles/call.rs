//! A call of an Arbitrum precompile: what it may do, and what that costs.

use alloy::primitives::{Address, B256, Bytes, Log, U256};
use alloy::sol_types::{SolEvent, SolInterface};
use revm::context::JournalTr;
use revm::interpreter::{CallInputs, CallValue};

use super::super::arbos_state::{ArbosStorage, Role, StylusParams};
use super::super::runtime::{JournaledArbos, Machine};
use super::errors::ArbErrors;

const COPY_PER_WORD: u64 = 3;
const STORAGE_READ: u64 = 800;
const STORAGE_WRITE: u64 = 20_000;
const STORAGE_WRITE_ZERO: u64 = 5_000;
const PARAMS_READ: u64 = 100;
const CODE_HASH_READ: u64 = 2_600;
const LOG: u64 = 375;
const LOG_BYTE: u64 = 8;

/// What a function needs to be allowed to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Purity {
    /// Neither reads nor writes.
    Pure,
    /// Reads.
    View,
    /// Writes.
    Write,
    /// Writes and takes value.
    Payable,
}

/// Why a call failed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Fault {
    /// A Solidity error; the rest of the gas is kept. The price of the data is still to be paid.
    Error(Bytes),
    /// A revert without data that keeps the rest of the gas.
    Plain,
    /// A revert without data that keeps nothing.
    Burned,
    /// The gas did not last.
    OutOfGas,
    /// Not even a revert; the text is for the client.
    Halted(String),
}

impl<E: Into<ArbErrors>> From<E> for Fault {
    fn from(error: E) -> Self {
        Self::Error(error.into().abi_encode().into())
    }
}

/// Shorthand for what functions return: the encoded results.
pub(super) type Output = Result<Vec<u8>, Fault>;

/// One call of a precompile.
pub(super) struct Call<'m, 'a> {
    pub machine: &'m mut Machine<'a>,
    /// The precompile.
    pub address: Address,
    pub caller: Address,
    pub value: U256,
    is_static: bool,
    is_delegated: bool,
    gas_left: u64,
    gas_limit: u64,
}

impl<'m, 'a> Call<'m, 'a> {
    pub fn new(machine: &'m mut Machine<'a>, inputs: &CallInputs) -> Self {
        let value = match inputs.value {
            CallValue::Transfer(value) | CallValue::Apparent(value) => value,
        };
        Self {
            machine,
            address: inputs.bytecode_address,
            caller: inputs.caller,
            value,
            is_static: inputs.is_static,
            is_delegated: inputs.target_address != inputs.bytecode_address,
            gas_left: inputs.gas_limit,
            gas_limit: inputs.gas_limit,
        }
    }

    pub fn gas_left(&self) -> u64 {
        self.gas_left
    }

    /// Gives back all that was charged.
    pub fn free_of_charge(&mut self) {
        self.gas_left = self.gas_limit;
    }

    pub fn burn(&mut self, gas: u64) -> Result<(), Fault> {
        match self.gas_left.checked_sub(gas) {
            Some(left) => {
                self.gas_left = left;
                Ok(())
            }
            None => {
                self.gas_left = 0;
                Err(Fault::Burned)
            }
        }
    }

    fn burn_words(&mut self, bytes: usize) -> Result<(), Fault> {
        self.burn(COPY_PER_WORD * bytes.div_ceil(32) as u64).map_err(|_| Fault::OutOfGas)
    }

    /// Decodes the call, checks that it may be made, runs it and charges for arguments and results.
    pub fn dispatch<C: SolInterface>(
        &mut self,
        data: &[u8],
        purity: impl Fn(&C) -> Option<Purity>,
        run: impl FnOnce(&mut Self, C) -> Output,
    ) -> Output {
        let call = C::abi_decode(data).map_err(|_| Fault::Burned)?;
        let purity = purity(&call).ok_or(Fault::Burned)?;
        let refused = (purity >= Purity::View && self.is_delegated)
            || (purity >= Purity::Write && self.is_static)
            || (purity < Purity::Payable && !self.value.is_zero());
        if refused {
            return Err(Fault::Burned);
        }
        self.burn_words(data.len() - 4)?;
        if purity >= Purity::View {
            self.charge_read()?;
        }
        let output = run(self, call);
        match &output {
            Ok(output) => self.burn_words(output.len())?,
            Err(Fault::Error(data)) => self.burn_words(data.len())?,
            Err(_) => {}
        }
        output
    }

    /// The storage of ArbOS; whoever uses it charges for it.
    pub fn arbos(&mut self) -> JournaledArbos<'_, 'a> {
        self.machine.arbos()
    }

    pub fn charge_read(&mut self) -> Result<(), Fault> {
        self.burn(STORAGE_READ)
    }

    pub fn charge_write(&mut self) -> Result<(), Fault> {
        self.burn(STORAGE_WRITE)
    }

    /// Reads a slot of ArbOS.
    pub fn read(&mut self, slot: U256) -> Result<U256, Fault> {
        self.charge_read()?;
        Ok(self.arbos().get(slot))
    }

    /// Writes a slot of ArbOS.
    pub fn write(&mut self, slot: U256, value: U256) -> Result<(), Fault> {
        self.burn(if value.is_zero() { STORAGE_WRITE_ZERO } else { STORAGE_WRITE })?;
        self.arbos().set(slot, value);
        Ok(())
    }

    pub fn params(&mut self) -> Result<StylusParams, Fault> {
        self.burn(PARAMS_READ)?;
        Ok(self.arbos().stylus_params())
    }

    pub fn has_role(&mut self, role: Role, member: Address) -> Result<bool, Fault> {
        self.charge_read()?;
        Ok(self.arbos().has_role(role, member))
    }

    /// Code hash of an account, zero if there is none. Does not make the account warm.
    pub fn code_hash(&mut self, address: Address) -> Result<B256, Fault> {
        self.burn(CODE_HASH_READ)?;
        let info = self.machine.info(address);
        Ok(info.map(|info| info.code_hash).unwrap_or_default())
    }

    pub fn emit(&mut self, event: impl SolEvent) -> Result<(), Fault> {
        let data = event.encode_log_data();
        let bytes = data.data.len() as u64;
        self.burn(LOG * (1 + data.topics().len() as u64) + LOG_BYTE * bytes)?;
        self.emit_free(data);
        Ok(())
    }

    pub fn emit_free(&mut self, data: alloy::primitives::LogData) {
        let log = Log { address: self.address, data };
        if let Some(tracer) = &mut self.machine.ctx.chain.tracer {
            tracer.log(&log);
        }
        self.machine.ctx.journaled_state.log(log);
    }

    pub fn now(&self) -> u64 {
        self.machine.ctx.chain.env.timestamp
    }
}

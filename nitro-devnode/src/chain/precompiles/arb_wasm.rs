//! ArbWasm: activation of programs and what is known of them.

use alloy::primitives::{Address, B256, Bytes, U256, keccak256};
use alloy::sol;
use alloy::sol_types::SolCall;
use revm::context::JournalTr;

use crate::wasm::code::{self, CodeError, Root};
use crate::wasm::{ActivationError, Program};

use super::super::arbos_state::{ArbosStorage, Field, ProgramFault, ProgramRecord, StylusParams, module_slot};
use super::call::{Call, Fault, Output, Purity};
use super::errors::{Arb, ArbErrors};

/// Where ArbWasm is.
pub(crate) const ARB_WASM: Address = super::low(0x71);

/// Gas every activation burns before anything else.
const ACTIVATION_BASE: u64 = 1_659_168;

/// Informational constant of the memory model.
const PAGE_RAMP: u64 = 620_674_314;

/// Gas for reading a fragment: reaching the account, and copying each word of its code.
const FRAGMENT_COLD: u64 = 2_600;
const FRAGMENT_WARM: u64 = 100;
const FRAGMENT_COPY_PER_WORD: u64 = 3;

/// Reads of the state behind the data fee.
const PRICER_READS: usize = 5;

sol! {
    /// Functions and events of ArbWasm.
    #[derive(Debug)]
    interface ArbWasm {
        event ProgramActivated(
            bytes32 indexed codehash, bytes32 moduleHash, address program, uint256 dataFee, uint16 version
        );
        event ProgramLifetimeExtended(bytes32 indexed codehash, uint256 dataFee);

        function activateProgram(address program) external payable returns (uint16 version, uint256 dataFee);
        function codehashKeepalive(bytes32 codehash) external payable;
        function stylusVersion() external view returns (uint16);
        function codehashVersion(bytes32 codehash) external view returns (uint16);
        function codehashAsmSize(bytes32 codehash) external view returns (uint32);
        function programVersion(address program) external view returns (uint16);
        function programInitGas(address program) external view returns (uint64 gas, uint64 gasWhenCached);
        function programMemoryFootprint(address program) external view returns (uint16);
        function programTimeLeft(address program) external view returns (uint64);
        function inkPrice() external view returns (uint32);
        function maxStackDepth() external view returns (uint32);
        function freePages() external view returns (uint16);
        function pageGas() external view returns (uint16);
        function pageRamp() external view returns (uint64);
        function pageLimit() external view returns (uint16);
        function minInitGas() external view returns (uint64 gas, uint64 cached);
        function initCostScalar() external view returns (uint64);
        function expiryDays() external view returns (uint16);
        function keepaliveDays() external view returns (uint16);
        function blockCacheSize() external view returns (uint16);
        function activationGas() external view returns (uint64);
    }
}

use ArbWasm::ArbWasmCalls as F;

pub(super) fn run(call: &mut Call<'_, '_>, data: &[u8]) -> Output {
    let arbos = call.machine.ctx.chain.env.arbos;
    let purity = |function: &F| match function {
        F::activateProgram(_) | F::codehashKeepalive(_) => Some(Purity::Payable),
        F::minInitGas(_) if arbos.0 < 32 => None,
        F::activationGas(_) if arbos.0 < 59 => None,
        _ => Some(Purity::View),
    };
    call.dispatch(data, purity, |call, function| match function {
        F::activateProgram(f) => activate(call, f.program),
        F::codehashKeepalive(f) => keep_alive(call, f.codehash),
        F::codehashVersion(f) => {
            let (_, record) = active(call, f.codehash)?;
            encode::<ArbWasm::codehashVersionCall>(&record.version)
        }
        F::codehashAsmSize(f) => {
            let (_, record) = active(call, f.codehash)?;
            encode::<ArbWasm::codehashAsmSizeCall>(&record.asm_estimate_kb.saturating_mul(1_024))
        }
        F::programVersion(f) => {
            let (_, record) = active_at(call, f.program)?;
            encode::<ArbWasm::programVersionCall>(&record.version)
        }
        F::programInitGas(f) => {
            let (params, record) = active_at(call, f.program)?;
            let entry = params.entry();
            encode::<ArbWasm::programInitGasCall>(&ArbWasm::programInitGasReturn {
                gas: entry.entry_gas(record.init_cost, record.cached_cost, false),
                gasWhenCached: entry.entry_gas(record.init_cost, record.cached_cost, true),
            })
        }
        F::programMemoryFootprint(f) => {
            let (_, record) = active_at(call, f.program)?;
            encode::<ArbWasm::programMemoryFootprintCall>(&record.footprint)
        }
        F::programTimeLeft(f) => {
            let (params, record) = active_at(call, f.program)?;
            let left = params.expiry_secs().saturating_sub(record.age(call.now()));
            encode::<ArbWasm::programTimeLeftCall>(&left)
        }
        F::activationGas(_) => {
            let gas = call.read(Field::ActivationGas.slot())?;
            encode::<ArbWasm::activationGasCall>(&gas.saturating_to())
        }
        parameter => {
            let params = call.params()?;
            parameter_value(&parameter, &params)
        }
    })
}

fn parameter_value(function: &F, params: &StylusParams) -> Output {
    match function {
        F::stylusVersion(_) => encode::<ArbWasm::stylusVersionCall>(&params.version),
        F::inkPrice(_) => encode::<ArbWasm::inkPriceCall>(&params.ink_price),
        F::maxStackDepth(_) => encode::<ArbWasm::maxStackDepthCall>(&params.max_stack_depth),
        F::freePages(_) => encode::<ArbWasm::freePagesCall>(&params.free_pages),
        F::pageGas(_) => encode::<ArbWasm::pageGasCall>(&params.page_gas),
        F::pageRamp(_) => encode::<ArbWasm::pageRampCall>(&PAGE_RAMP),
        F::pageLimit(_) => encode::<ArbWasm::pageLimitCall>(&params.page_limit),
        F::minInitGas(_) => encode::<ArbWasm::minInitGasCall>(&ArbWasm::minInitGasReturn {
            gas: u64::from(params.min_init_gas) * 128,
            cached: u64::from(params.min_cached_init_gas) * 32,
        }),
        F::initCostScalar(_) => encode::<ArbWasm::initCostScalarCall>(&(u64::from(params.init_cost_scalar) * 2)),
        F::expiryDays(_) => encode::<ArbWasm::expiryDaysCall>(&params.expiry_days),
        F::keepaliveDays(_) => encode::<ArbWasm::keepaliveDaysCall>(&params.keepalive_days),
        F::blockCacheSize(_) => encode::<ArbWasm::blockCacheSizeCall>(&params.block_cache_size),
        _ => Err(Fault::Burned),
    }
}

fn encode<C: SolCall>(value: &C::Return) -> Output {
    Ok(C::abi_encode_returns(value))
}

/// Parameters and record of a program that can be called.
fn active(call: &mut Call<'_, '_>, code_hash: B256) -> Result<(StylusParams, ProgramRecord), Fault> {
    let params = call.params()?;
    call.charge_read()?;
    let record = call.arbos().record(code_hash);
    ProgramFault::check(&record, &params, call.now())?;
    Ok((params, record))
}

fn active_at(call: &mut Call<'_, '_>, program: Address) -> Result<(StylusParams, ProgramRecord), Fault> {
    let code_hash = call.code_hash(program)?;
    active(call, code_hash)
}

fn activate(call: &mut Call<'_, '_>, program: Address) -> Output {
    let arbos = call.machine.ctx.chain.env.arbos;
    call.burn(ACTIVATION_BASE)?;
    if arbos.0 >= 59 {
        let extra = call.read(Field::ActivationGas.slot())?;
        call.burn(extra.saturating_to())?;
    }
    if call.machine.is_selfdestructed(program) {
        return Err(Fault::Plain);
    }
    let params = call.params()?;
    let info = call.machine.info(program).unwrap_or_default();
    let code_hash = info.code_hash;
    call.charge_read()?;
    let old = call.arbos().record(code_hash);
    let now = call.now();
    if old.version == params.version && old.age(now) <= params.expiry_secs() {
        return Err(ArbErrors::ProgramUpToDate(Arb::ProgramUpToDate {}).into());
    }

    let code = info.code.unwrap_or_default().original_bytes();
    if code.is_empty() {
        return Err(ArbErrors::ProgramNotWasm(Arb::ProgramNotWasm {}).into());
    }
    check_readable(call, &code, &params)?;
    let module = compile(call, code_hash, &code, &params)?;
    let info = module.info();
    let open = call.machine.ctx.chain.open_pages;
    if info.footprint > params.page_limit.saturating_sub(open) {
        return Err(Fault::Halted("program activation failed: initial memory exceeds the page limit".into()));
    }
    call.burn(info.activation_gas)?;

    // The record of a cached program is looked up once more, to replace its module.
    if old.cached {
        call.charge_read()?;
    }
    let module_hash = module_hash(code_hash, params.version);
    call.write(module_slot(code_hash), module_hash.into())?;
    let fee = charge_data_fee(call, info.asm_estimate)?;
    let record = ProgramRecord {
        version: params.version,
        init_cost: info.init_cost,
        cached_cost: info.cached_cost,
        footprint: info.footprint,
        activated_at: ProgramRecord::hour(now),
        asm_estimate_kb: info.asm_estimate_kb(),
        cached: old.cached,
    };
    call.charge_write()?;
    call.arbos().set_record(code_hash, &record);
    pay(call, fee)?;
    call.emit(ArbWasm::ProgramActivated {
        codehash: code_hash,
        moduleHash: module_hash,
        program,
        dataFee: fee,
        version: params.version,
    })?;
    encode::<ArbWasm::activateProgramCall>(&ArbWasm::activateProgramReturn { version: params.version, dataFee: fee })
}

/// Names a compiled module. It only shows in the event of activation, where it must be unique.
fn module_hash(code_hash: B256, stylus_version: u16) -> B256 {
    keccak256([b"module", code_hash.as_slice(), &stylus_version.to_be_bytes()].concat())
}

/// Checks that a module can be read from `code`; for a root it charges for reading the fragments.
fn check_readable(call: &mut Call<'_, '_>, code: &[u8], params: &StylusParams) -> Result<(), Fault> {
    let arbos = call.machine.ctx.chain.env.arbos;
    let has_fragments = arbos.has_fragments();
    if has_fragments && code::is_root(code) {
        return read_root(call, code, params);
    }
    if has_fragments && !arbos.admits_code(code) {
        return Err(ArbErrors::ProgramNotWasm(Arb::ProgramNotWasm {}).into());
    }
    code::decode(code, params.max_wasm_size).map(drop).map_err(unreadable)
}

fn read_root(call: &mut Call<'_, '_>, code: &[u8], params: &StylusParams) -> Result<(), Fault> {
    let root = Root::decode(code).map_err(unreadable)?;
    if root.wasm_len > params.max_wasm_size {
        return Err(unreadable(CodeError::TooLarge(params.max_wasm_size)));
    }
    let count = root.fragments.len();
    if count == 0 || count > usize::from(params.max_fragments) {
        return Err(unreadable(CodeError::FragmentCount(count)));
    }
    let mut codes = Vec::with_capacity(count);
    for fragment in &root.fragments {
        let code = read_fragment(call, *fragment)?;
        if !code::is_fragment(&code) {
            return Err(unreadable(CodeError::NotAFragment));
        }
        codes.push(code);
    }
    root.unpack(&codes).map(drop).map_err(unreadable)
}

/// Reads the code of a fragment, which makes the account warm. Who could not pay for code of the largest size has all
/// gas burned.
fn read_fragment(call: &mut Call<'_, '_>, fragment: Address) -> Result<Bytes, Fault> {
    let copying = |bytes: usize| FRAGMENT_COPY_PER_WORD * bytes.div_ceil(32) as u64;
    let most = call.machine.ctx.chain.env.max_code_size;
    let Ok(load) = call.machine.ctx.journaled_state.load_account_with_code(fragment);
    let access = if load.is_cold { FRAGMENT_COLD } else { FRAGMENT_WARM };
    let code = load.data.info.code.clone().unwrap_or_default().original_bytes();
    if call.gas_left() < access + copying(most) {
        call.burn(call.gas_left())?;
        return Err(Fault::Burned);
    }
    call.burn(access + copying(code.len()))?;
    Ok(code)
}

fn compile(
    call: &Call<'_, '_>,
    code_hash: B256,
    code: &[u8],
    params: &StylusParams,
) -> Result<std::sync::Arc<Program>, Fault> {
    call.machine.load_program(code_hash, code, params).map_err(|error| match error {
        ActivationError::Code(error) => unreadable(error),
        ActivationError::Module(why) => Fault::Halted(format!("program activation failed: {why}")),
    })
}

fn unreadable(error: CodeError) -> Fault {
    tracing::debug!(%error, "code cannot be activated");
    Fault::Plain
}

fn keep_alive(call: &mut Call<'_, '_>, code_hash: B256) -> Output {
    let (params, mut record) = active(call, code_hash)?;
    let now = call.now();
    let age = record.age(now);
    if age < params.keepalive_secs() {
        return Err(ArbErrors::ProgramKeepaliveTooSoon(Arb::ProgramKeepaliveTooSoon { ageInSeconds: age }).into());
    }
    let fee = charge_data_fee(call, record.asm_estimate_kb.saturating_mul(1_024))?;
    record.activated_at = ProgramRecord::hour(now);
    call.charge_write()?;
    call.arbos().set_record(code_hash, &record);
    pay(call, fee)?;
    call.emit(ArbWasm::ProgramLifetimeExtended { codehash: code_hash, dataFee: fee })?;
    Ok(Vec::new())
}

fn charge_data_fee(call: &mut Call<'_, '_>, bytes: u32) -> Result<U256, Fault> {
    for _ in 0..PRICER_READS {
        call.charge_read()?;
    }
    let now = call.now();
    let mut pricer = call.arbos().pricer();
    let fee = pricer.charge(bytes, now);
    call.charge_write()?;
    call.charge_write()?;
    call.arbos().set_pricer(&pricer);
    Ok(fee)
}

/// Takes the fee out of the value and moves the rest back, without a call.
fn pay(call: &mut Call<'_, '_>, fee: U256) -> Result<(), Fault> {
    let Some(rest) = call.value.checked_sub(fee) else {
        return Err(
            ArbErrors::ProgramInsufficientValue(Arb::ProgramInsufficientValue { have: call.value, want: fee }).into()
        );
    };
    let receiver = Address::from_word(call.read(Field::NetworkFeeAccount.slot())?.into());
    let (from, caller) = (call.address, call.caller);
    let journal = &mut call.machine.ctx.journaled_state;
    let Ok(paid) = journal.transfer(from, receiver, fee);
    let Ok(returned) = journal.transfer(from, caller, rest);
    debug_assert!(paid.is_none() && returned.is_none(), "the value was received before");
    Ok(())
}

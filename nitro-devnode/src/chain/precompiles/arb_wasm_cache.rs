//! ArbWasmCache: which programs are cheap to enter.

use alloy::primitives::{Address, B256};
use alloy::sol;
use alloy::sol_types::SolCall;

use super::super::arbos_state::{ArbosStorage, Role};
use super::call::{Call, Fault, Output, Purity};
use super::errors::{Arb, ArbErrors};

/// Where ArbWasmCache is.
pub(crate) const ARB_WASM_CACHE: Address = super::low(0x72);

sol! {
    /// Functions and events of ArbWasmCache.
    #[derive(Debug)]
    interface ArbWasmCache {
        event UpdateProgramCache(address indexed manager, bytes32 indexed codehash, bool cached);

        function isCacheManager(address manager) external view returns (bool);
        function allCacheManagers() external view returns (address[] managers);
        function cacheProgram(address program) external;
        function evictCodehash(bytes32 codehash) external;
        function codehashIsCached(bytes32 codehash) external view returns (bool);
    }
}

use ArbWasmCache::ArbWasmCacheCalls as F;

pub(super) fn run(call: &mut Call<'_, '_>, data: &[u8]) -> Output {
    let purity = |function: &F| match function {
        F::cacheProgram(_) | F::evictCodehash(_) => Some(Purity::Write),
        _ => Some(Purity::View),
    };
    call.dispatch(data, purity, |call, function| match function {
        F::isCacheManager(f) => {
            let is = call.has_role(Role::CacheManager, f.manager)?;
            Ok(ArbWasmCache::isCacheManagerCall::abi_encode_returns(&is))
        }
        F::allCacheManagers(_) => {
            call.charge_read()?;
            let members = call.arbos().members(Role::CacheManager);
            for _ in &members {
                call.charge_read()?;
            }
            Ok(ArbWasmCache::allCacheManagersCall::abi_encode_returns(&members))
        }
        F::codehashIsCached(f) => {
            call.charge_read()?;
            let record = call.arbos().record(f.codehash);
            Ok(ArbWasmCache::codehashIsCachedCall::abi_encode_returns(&record.cached))
        }
        F::cacheProgram(f) => {
            let code_hash = call.code_hash(f.program)?;
            set_cached(call, code_hash, true)
        }
        F::evictCodehash(f) => set_cached(call, f.codehash, false),
    })
}

fn set_cached(call: &mut Call<'_, '_>, code_hash: B256, cached: bool) -> Output {
    let caller = call.caller;
    if !call.has_role(Role::CacheManager, caller)? && !call.has_role(Role::ChainOwner, caller)? {
        return Err(Fault::Burned);
    }
    let params = call.params()?;
    call.charge_read()?;
    let mut record = call.arbos().record(code_hash);
    let expired = record.age(call.now()) > params.expiry_secs();
    if cached && record.version != params.version {
        let (version, current) = (record.version, params.version);
        return Err(ArbErrors::ProgramNeedsUpgrade(Arb::ProgramNeedsUpgrade { version, stylusVersion: current }).into());
    }
    if cached && expired {
        return Err(ArbErrors::ProgramExpired(Arb::ProgramExpired { ageInSeconds: record.age(call.now()) }).into());
    }
    if record.cached == cached {
        return Ok(Vec::new());
    }
    call.emit(ArbWasmCache::UpdateProgramCache { manager: caller, codehash: code_hash, cached })?;
    // Entering the program once pays for moving its module in or out of the cache.
    call.burn(record.init_cost.into())?;
    call.charge_read()?;
    record.cached = cached;
    call.charge_write()?;
    call.arbos().set_record(code_hash, &record);
    Ok(Vec::new())
}

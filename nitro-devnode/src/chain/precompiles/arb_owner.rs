//! ArbOwner: the parameters of the chain, for its owners.

use alloy::primitives::{Address, FixedBytes, U256};
use alloy::sol;
use alloy::sol_types::{SolCall, SolEvent};

use super::super::arbos_state::{ArbosStorage, Field, Role, StylusParams};
use super::call::{Call, Fault, Output, Purity};

/// Largest ink price; the field has 24 bits.
const MAX_INK_PRICE: u32 = 0xff_ffff;

sol! {
    /// Functions and events of ArbOwner.
    #[derive(Debug)]
    interface ArbOwner {
        event OwnerActs(bytes4 indexed method, address indexed owner, bytes data);

        function addChainOwner(address newOwner) external;
        function removeChainOwner(address ownerToRemove) external;
        function isChainOwner(address account) external view returns (bool);
        function getAllChainOwners() external view returns (address[] owners);
        function setL1PricePerUnit(uint256 pricePerUnit) external;
        function setMinimumL2BaseFee(uint256 priceInWei) external;
        function setL2BaseFee(uint256 priceInWei) external;
        function setSpeedLimit(uint64 limit) external;
        function setMaxTxGasLimit(uint64 limit) external;
        function setMaxBlockGasLimit(uint64 limit) external;
        function getNetworkFeeAccount() external view returns (address);
        function setNetworkFeeAccount(address account) external;
        function getInfraFeeAccount() external view returns (address);
        function setInfraFeeAccount(address account) external;
        function scheduleArbOSUpgrade(uint64 newVersion, uint64 timestamp) external;
        function setInkPrice(uint32 price) external;
        function setWasmMaxStackDepth(uint32 depth) external;
        function setWasmFreePages(uint16 pages) external;
        function setWasmPageGas(uint16 gas) external;
        function setWasmPageLimit(uint16 limit) external;
        function setWasmMinInitGas(uint8 gas, uint16 cached) external;
        function setWasmInitCostScalar(uint64 percent) external;
        function setWasmExpiryDays(uint16 expiryDays) external;
        function setWasmKeepaliveDays(uint16 keepaliveDays) external;
        function setWasmBlockCacheSize(uint16 count) external;
        function setWasmMaxSize(uint32 size) external;
        function setWasmActivationGas(uint64 gas) external;
        function setMaxStylusContractFragments(uint8 count) external;
        function addWasmCacheManager(address manager) external;
        function removeWasmCacheManager(address manager) external;
    }
}

use ArbOwner::ArbOwnerCalls as F;

pub(super) fn run(call: &mut Call<'_, '_>, data: &[u8]) -> Output {
    let caller = call.caller;
    if !call.arbos().has_role(Role::ChainOwner, caller) {
        return Err(Fault::Burned);
    }
    let arbos = call.machine.ctx.chain.env.arbos;
    let purity = |function: &F| match function {
        F::setWasmMaxSize(_) if arbos.0 < 40 => None,
        F::setMaxBlockGasLimit(_) if arbos.0 < 50 => None,
        F::setWasmActivationGas(_) if arbos.0 < 59 => None,
        F::setMaxStylusContractFragments(_) if arbos.0 < 60 => None,
        F::isChainOwner(_) | F::getAllChainOwners(_) | F::getNetworkFeeAccount(_) | F::getInfraFeeAccount(_) => {
            Some(Purity::View)
        }
        _ => Some(Purity::Write),
    };
    let output = call.dispatch(data, purity, apply);
    match &output {
        // Owners act free of charge, also when what they ask for is refused.
        Ok(_) => {
            let method = FixedBytes::from_slice(&data[..4]);
            let event = ArbOwner::OwnerActs { method, owner: caller, data: data.to_vec().into() };
            call.emit_free(event.encode_log_data());
            call.free_of_charge();
        }
        Err(Fault::Plain | Fault::Error(_)) => call.free_of_charge(),
        Err(_) => {}
    }
    output
}

fn apply(call: &mut Call<'_, '_>, function: F) -> Output {
    match function {
        F::isChainOwner(f) => {
            let is = call.arbos().has_role(Role::ChainOwner, f.account);
            return Ok(ArbOwner::isChainOwnerCall::abi_encode_returns(&is));
        }
        F::getAllChainOwners(_) => {
            let owners = call.arbos().members(Role::ChainOwner);
            return Ok(ArbOwner::getAllChainOwnersCall::abi_encode_returns(&owners));
        }
        F::getNetworkFeeAccount(_) => {
            let account = call.arbos().address(Field::NetworkFeeAccount);
            return Ok(ArbOwner::getNetworkFeeAccountCall::abi_encode_returns(&account));
        }
        F::getInfraFeeAccount(_) => {
            let account = call.arbos().address(Field::InfraFeeAccount);
            return Ok(ArbOwner::getInfraFeeAccountCall::abi_encode_returns(&account));
        }
        F::addChainOwner(f) => call.arbos().grant(Role::ChainOwner, f.newOwner),
        F::removeChainOwner(f) => revoke(call, Role::ChainOwner, f.ownerToRemove)?,
        F::addWasmCacheManager(f) => call.arbos().grant(Role::CacheManager, f.manager),
        F::removeWasmCacheManager(f) => revoke(call, Role::CacheManager, f.manager)?,
        F::setL1PricePerUnit(f) => call.arbos().set_field(Field::L1PricePerUnit, f.pricePerUnit),
        F::setMinimumL2BaseFee(f) => call.arbos().set_field(Field::MinimumBaseFee, f.priceInWei),
        F::setL2BaseFee(f) => call.arbos().set_field(Field::BaseFee, f.priceInWei),
        F::setSpeedLimit(f) if f.limit == 0 => return Err(Fault::Plain),
        F::setSpeedLimit(f) => call.arbos().set_field(Field::SpeedLimit, U256::from(f.limit)),
        F::setMaxTxGasLimit(f) => {
            // Before ArbOS 50 the function set the limit of blocks.
            let capped = call.machine.ctx.chain.env.arbos.caps_transaction_compute();
            let field = if capped { Field::MaxTxGas } else { Field::MaxBlockGas };
            call.arbos().set_field(field, U256::from(f.limit));
        }
        F::setMaxBlockGasLimit(f) => call.arbos().set_field(Field::MaxBlockGas, U256::from(f.limit)),
        F::setNetworkFeeAccount(f) => call.arbos().set_address(Field::NetworkFeeAccount, f.account),
        F::setInfraFeeAccount(f) => call.arbos().set_address(Field::InfraFeeAccount, f.account),
        F::scheduleArbOSUpgrade(f) => {
            call.arbos().set_field(Field::UpgradeVersion, U256::from(f.newVersion));
            call.arbos().set_field(Field::UpgradeTime, U256::from(f.timestamp));
        }
        F::setWasmActivationGas(f) => call.arbos().set_field(Field::ActivationGas, U256::from(f.gas)),
        parameter => {
            let mut params = call.arbos().stylus_params();
            set_parameter(&parameter, &mut params)?;
            call.arbos().set_stylus_params(&params);
        }
    }
    Ok(Vec::new())
}

fn revoke(call: &mut Call<'_, '_>, role: Role, member: Address) -> Result<(), Fault> {
    if !call.arbos().has_role(role, member) {
        return Err(Fault::Plain);
    }
    call.arbos().revoke(role, member);
    Ok(())
}

fn set_parameter(function: &F, params: &mut StylusParams) -> Result<(), Fault> {
    match function {
        F::setInkPrice(f) => {
            if f.price == 0 || f.price > MAX_INK_PRICE {
                return Err(Fault::Plain);
            }
            params.ink_price = f.price;
        }
        F::setWasmMaxStackDepth(f) => params.max_stack_depth = f.depth,
        F::setWasmFreePages(f) => params.free_pages = f.pages,
        F::setWasmPageGas(f) => params.page_gas = f.gas,
        F::setWasmPageLimit(f) => params.page_limit = f.limit,
        F::setWasmMinInitGas(f) => {
            params.min_init_gas = units(f.gas.into(), 128);
            params.min_cached_init_gas = units(f.cached.into(), 32);
        }
        F::setWasmInitCostScalar(f) => params.init_cost_scalar = units(f.percent, 2),
        F::setWasmExpiryDays(f) => params.expiry_days = f.expiryDays,
        F::setWasmKeepaliveDays(f) => params.keepalive_days = f.keepaliveDays,
        F::setWasmBlockCacheSize(f) => params.block_cache_size = f.count,
        F::setWasmMaxSize(f) => params.max_wasm_size = f.size,
        F::setMaxStylusContractFragments(f) => params.max_fragments = f.count,
        _ => return Err(Fault::Burned),
    }
    Ok(())
}

/// `value` in units, rounded up, at most what a byte holds.
fn units(value: u64, unit: u64) -> u8 {
    u8::try_from(value.div_ceil(unit)).unwrap_or(u8::MAX)
}

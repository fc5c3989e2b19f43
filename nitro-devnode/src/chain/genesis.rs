//! The state of the first block.

use alloy::primitives::{Address, U256};
use revm::state::AccountInfo;

use super::arbos::ArbosVersion;
use super::arbos_state::{ACTIVATION_EPOCH, ARBOS_ACCOUNT, ARBOS_STORAGE, ArbosStorage, Field, Role, StylusParams};
use super::calls::has_no_code;
use super::config::NodeConfig;
use super::history::{self, BLOCK_HASH_HISTORY};
use super::precompiles;
use super::predeploys;
use super::state::{Changes, State, View, bytecode};

/// Receives what transactions pay for gas, as on a fresh Nitro chain. It is nobody's, so that fees do not show up in
/// a balance a test looks at.
pub const FEE_RECEIVER: Address = Address::ZERO;

/// Gas a transaction or a block may compute with.
const COMPUTE_LIMIT: u64 = 32_000_000;

/// Gas per second the chain is priced for.
const SPEED_LIMIT: u64 = 7_000_000;

/// Makes the state `config` asks for.
pub(crate) fn state(config: &NodeConfig) -> State {
    let empty = State::on(config.fork.clone());
    let mut view = View::new(&empty, Changes::default());
    install_system_contracts(&mut view, config.arbos);
    // Without the nonce the accounts would count as empty and be removed, storage and all.
    for address in [ARBOS_ACCOUNT, ARBOS_STORAGE] {
        view.set_info(address, AccountInfo { nonce: 1, ..AccountInfo::default() });
    }
    set_parameters(&mut view, config);
    if config.predeploys {
        // Where a fork has them they stay as they are.
        let missing = |view: &View<'_>, address| view.info(address).is_none_or(|info| info.is_empty_code_hash());
        for (address, code) in predeploys::all() {
            if !missing(&view, address) {
                continue;
            }
            set_code(&mut view, address, &code, 1);
        }
    }
    if config.cache_manager {
        view.grant(Role::CacheManager, predeploys::CACHE_MANAGER);
    }
    for (address, balance) in &config.funded {
        let mut info = view.info(*address).unwrap_or_default();
        info.balance = *balance;
        view.set_info(*address, info);
    }
    let changes = view.into_changes();
    let mut state = State::on(config.fork.clone());
    state.apply(changes, &mut Changes::default());
    state
}

/// Gives the accounts code that an ArbOS version brings and that do not have it yet.
pub(crate) fn install_system_contracts(view: &mut View<'_>, arbos: ArbosVersion) {
    for address in precompiles::arbitrum(arbos) {
        if has_no_code(view, address) {
            set_code(view, address, &precompiles::ARBITRUM_CODE, 1);
        }
    }
    if arbos.has_block_hash_history() && has_no_code(view, BLOCK_HASH_HISTORY) {
        set_code(view, BLOCK_HASH_HISTORY, &history::code(), 1);
    }
}

fn set_code(view: &mut View<'_>, address: Address, code: &[u8], nonce: u64) {
    let balance = view.info(address).unwrap_or_default().balance;
    let code = bytecode(code.to_vec().into());
    view.set_info(address, AccountInfo::from_bytecode(code).with_nonce(nonce).with_balance(balance));
}

fn set_parameters(view: &mut View<'_>, config: &NodeConfig) {
    view.set_stylus_params(&StylusParams::initial(config.arbos));
    view.set_field(Field::Version, U256::from(config.arbos.0));
    view.set_field(Field::PricerLastUpdate, U256::from(ACTIVATION_EPOCH));
    view.set_field(Field::L1PricePerUnit, config.l1_price_per_unit_wei);
    view.set_field(Field::MinimumBaseFee, U256::from(config.base_fee_wei));
    view.set_field(Field::BaseFee, U256::from(config.base_fee_wei));
    view.set_field(Field::MaxTxGas, U256::from(COMPUTE_LIMIT));
    view.set_field(Field::MaxBlockGas, U256::from(COMPUTE_LIMIT));
    view.set_field(Field::SpeedLimit, U256::from(SPEED_LIMIT));
    view.set_address(Field::NetworkFeeAccount, FEE_RECEIVER);
    view.set_address(Field::InfraFeeAccount, FEE_RECEIVER);
    view.grant(Role::ChainOwner, config.chain_owner);
}

//! Contracts every development chain has, at the addresses tools look for them.

mod assembler;
mod block_hash_history;
mod cache_manager;
mod multicall3;
mod stylus_deployer;

use alloy::primitives::{Address, address, hex};

/// The deterministic deployment proxy: calldata is a salt, then initcode.
pub const CREATE2_FACTORY: Address = address!("4e59b44847b379578588920ca78fbf26c0b4956c");

/// Aggregates calls, with the interface of Multicall3.
pub const MULTICALL3: Address = address!("ca11bde05977b3631167028862be2a173976ca11");

/// Deploys, activates and initialises a Stylus program in one transaction.
pub const STYLUS_DEPLOYER: Address = address!("cecba2f1dc234f70dd89f2041029807f8d03a990");

/// Caches programs for whoever asks, with the interface of Arbitrum's CacheManager, if the chain lets it (see
/// [`NodeConfig::cache_manager`](super::NodeConfig::cache_manager)).
pub const CACHE_MANAGER: Address = address!("2f8bd4eab69764c105add7de7cb0402557a44e6f");

/// Code of [`CREATE2_FACTORY`], the same on every chain (public domain).
const CREATE2_FACTORY_CODE: [u8; 69] = hex!(
    "7fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffe03601600081602082378035828234f5801515603957"
    "8182fd5b8082525050506014600cf3"
);

/// Address and code of each.
pub(crate) fn all() -> [(Address, Vec<u8>); 4] {
    [
        (CREATE2_FACTORY, CREATE2_FACTORY_CODE.to_vec()),
        (MULTICALL3, multicall3::code()),
        (STYLUS_DEPLOYER, stylus_deployer::code()),
        (CACHE_MANAGER, cache_manager::code()),
    ]
}

/// Code of the contract that tells the hashes of the last `window` blocks.
pub(crate) fn block_hash_history(window: u64) -> Vec<u8> {
    block_hash_history::code(window)
}

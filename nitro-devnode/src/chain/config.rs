//! What a node is made with.

use std::sync::Arc;

use alloy::primitives::{Address, U256};

use crate::fork::Fork;

use super::accounts::{self, DEV_ACCOUNT};
use super::arbos::ArbosVersion;

/// Where block timestamps come from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Clock {
    /// The time of the machine.
    Wall,
    /// A clock that stands still at this unix second until it is moved with `Node::increase_time` and its like.
    Manual(u64),
}

/// When transactions get into blocks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mining {
    /// Each transaction at once, in a block of its own.
    Automatic,
    /// Transactions wait until `Node::mine` puts them all into one block.
    Manual,
}

/// Options of a node; [`NodeConfig::default`] suits tests.
#[derive(Clone, Debug)]
pub struct NodeConfig {
    /// Chain id; tools for Stylus expect 412346.
    pub chain_id: u64,
    /// ArbOS version from the first block on.
    pub arbos: ArbosVersion,
    /// Source of time.
    pub clock: Clock,
    /// When blocks are made.
    pub mining: Mining,
    /// Base fee of the first block, and the least one, in wei.
    pub base_fee_wei: u64,
    /// Whether the base fee follows demand as on a busy chain. Otherwise it is the same in every block, until an owner
    /// of the chain sets another.
    pub dynamic_base_fee: bool,
    /// L1 price per unit of compressed calldata in wei; zero makes L1 data free, as after `setL1PricePerUnit(0)`.
    pub l1_price_per_unit_wei: U256,
    /// Largest deployed code in bytes; initcode may be twice as long.
    pub max_code_size: usize,
    /// Whether debug features are on: ArbDebug, `console` imports, start functions.
    pub debug: bool,
    /// How many past blocks keep their state for `eth_call` and tracing.
    pub history_blocks: u64,
    /// How many of the latest blocks are remembered, with their transactions, receipts and logs; `None` for all. At
    /// least [`NodeConfig::MIN_KEPT_BLOCKS`] are.
    pub keep_blocks: Option<u64>,
    /// Largest gas limit of calls and estimates.
    pub call_gas_cap: u64,
    /// Accounts that exist in the first block, with their balance in wei.
    pub funded: Vec<(Address, U256)>,
    /// Owner of the chain parameters.
    pub chain_owner: Address,
    /// Whether the usual helper contracts exist (CREATE2 factory, Multicall3, StylusDeployer).
    pub predeploys: bool,
    /// Whether the predeployed cache manager may cache programs. A fresh Nitro chain has no cache manager.
    pub cache_manager: bool,
    /// Whether transactions of the well-known development accounts are signed by the node.
    pub dev_signers: bool,
    /// Whether errors over RPC say what ended a program, behind the words of Nitro.
    pub explain: bool,
    /// Where state is read that this chain does not have itself.
    pub fork: Option<Arc<Fork>>,
}

impl NodeConfig {
    /// Time of the first block of a node with the default configuration (2025-01-01).
    pub const DEFAULT_TIME: u64 = 1_735_689_600;

    /// Blocks that are always remembered: contracts can ask for the hashes of this many.
    pub const MIN_KEPT_BLOCKS: u64 = 257;

    pub(super) fn kept_blocks(&self) -> u64 {
        self.keep_blocks.map_or(u64::MAX, |count| count.max(Self::MIN_KEPT_BLOCKS))
    }

    /// The default configuration on wall-clock time.
    pub fn wall_clock() -> Self {
        Self { clock: Clock::Wall, ..Self::default() }
    }
}

impl Default for NodeConfig {
    fn default() -> Self {
        let ether = U256::from(10).pow(U256::from(18));
        let mut funded = vec![(DEV_ACCOUNT, U256::from(1_000_000) * ether)];
        funded.extend(accounts::well_known().map(|address| (address, U256::from(10_000) * ether)));
        Self {
            chain_id: 412_346,
            arbos: ArbosVersion::DEFAULT,
            clock: Clock::Manual(Self::DEFAULT_TIME),
            mining: Mining::Automatic,
            base_fee_wei: 100_000_000,
            dynamic_base_fee: false,
            l1_price_per_unit_wei: U256::ZERO,
            max_code_size: 24_576,
            debug: true,
            history_blocks: 4_096,
            keep_blocks: None,
            call_gas_cap: 50_000_000,
            funded,
            chain_owner: DEV_ACCOUNT,
            predeploys: true,
            cache_manager: false,
            dev_signers: true,
            explain: true,
            fork: None,
        }
    }
}

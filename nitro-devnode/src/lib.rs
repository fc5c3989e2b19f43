//! An embedded Arbitrum Stylus chain.
//!
//! [`Node`] is a chain in memory: EVM contracts and Stylus programs run on it with the gas figures, failures
//! and limits of Nitro. Tests use it in process; the binary puts JSON-RPC in front of it.
//!
//! # A first test
//!
//! A program is deployed from its WASM, called, and asked for what it logged:
//!
//! ```
//! use alloy::primitives::U256;
//! use alloy::rpc::types::TransactionRequest;
//! use alloy::sol;
//! use alloy::sol_types::SolEvent;
//! use nitro_devnode::{Node, NodeConfig};
//!
//! sol! { event Noted(uint256 value); }
//!
//! // Logs the word it is called with.
//! let source = format!(
//!     r#"(module
//!         (import "vm_hooks" "read_args" (func $read_args (param i32)))
//!         (import "vm_hooks" "emit_log" (func $emit_log (param i32 i32 i32)))
//!         (memory (export "memory") 1 1)
//!         (data (i32.const 0) "{}")
//!         (func (export "user_entrypoint") (param $len i32) (result i32)
//!             (call $read_args (i32.const 32))
//!             (call $emit_log (i32.const 0) (i32.const 64) (i32.const 1))
//!             (i32.const 0)))"#,
//!     Noted::SIGNATURE_HASH.iter().map(|byte| format!("\\{byte:02x}")).collect::<String>(),
//! );
//!
//! let mut node = Node::new(NodeConfig::default());
//! let program = node.deploy_program(&wat::parse_str(source)?)?;
//! let word = U256::from(7).to_be_bytes::<32>();
//! let receipt = node.transact(TransactionRequest::default().to(program).input(word.to_vec().into()))?;
//! assert!(receipt.gas_used < 40_000);
//! let events: Vec<Noted> = receipt.events(program).collect();
//! assert_eq!(events[0].value, U256::from(7));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! [`Node::deploy_program`] packs, deploys and activates; [`Node::deploy_code`] takes code that is packed already, or
//! code of the EVM, and [`Node::activate`] is the step that is missing then. [`Node::call`] changes nothing,
//! [`Node::send`] returns at once with a hash, [`Node::transact`] with the receipt.
//!
//! # Time and snapshots
//!
//! The clock stands still until it is moved, unless the configuration says [`Clock::Wall`]:
//!
//! ```
//! use nitro_devnode::{Node, NodeConfig};
//!
//! let mut node = Node::new(NodeConfig::default());
//! let snapshot = node.snapshot();
//! let before = node.now();
//! node.warp(86_400); // a day later, in a block of its own
//! assert_eq!(node.latest().header.timestamp, before + 86_400);
//! assert!(node.revert(snapshot));
//! assert_eq!((node.now(), node.block_number()), (before, 0));
//! ```
//!
//! # Being somebody else
//!
//! ```
//! use alloy::eips::BlockId;
//! use alloy::primitives::{Address, U256};
//! use alloy::rpc::types::TransactionRequest;
//! use nitro_devnode::{Node, NodeConfig};
//!
//! let mut node = Node::new(NodeConfig::default());
//! let treasury = Address::repeat_byte(0x42); // nobody has its key
//! node.set_balance(treasury, U256::from(10).pow(U256::from(18)));
//! node.impersonate(treasury);
//! let payee = Address::repeat_byte(0x43);
//! node.transact(TransactionRequest::default().from(treasury).to(payee).value(U256::from(5)))?;
//! assert_eq!(node.balance(payee, BlockId::latest())?, U256::from(5));
//! # Ok::<(), nitro_devnode::NodeError>(())
//! ```
//!
//! # Writing a chain down
//!
//! ```
//! use nitro_devnode::{Node, NodeConfig};
//!
//! let mut first = Node::new(NodeConfig::default());
//! first.mine(3);
//! let mut second = Node::new(NodeConfig::default());
//! second.load(&first.dump()?)?;
//! assert_eq!(second.latest().hash, first.latest().hash);
//! # Ok::<(), nitro_devnode::NodeError>(())
//! ```
//!
//! # Over the wire
//!
//! ```
//! use nitro_devnode::rpc::{ServerConfig, serve};
//! use nitro_devnode::{Node, NodeConfig};
//!
//! # tokio::runtime::Runtime::new()?.block_on(async {
//! let server = serve(Node::new(NodeConfig::default()), ServerConfig::default()).await?;
//! println!("{} {}", server.url, server.ws_url); // a free port of the loopback interface
//! server.stop().await;
//! # Ok::<(), std::io::Error>(())
//! # })?;
//! # Ok::<(), std::io::Error>(())
//! ```
//!
//! # What it promises
//!
//! A node takes nothing from outside: no threads, no files, no network, no random numbers, and with [`Clock::Manual`]
//! no time. Equal configurations and equal calls make equal blocks, to the last hash, so a test that draws its calls
//! from a seed can be repeated by that seed. Compiled programs are shared by all nodes of a process, by code hash, and
//! thousands of nodes fit into one.

pub mod chain;
pub mod fork;
pub mod rpc;
pub mod trace;
pub mod wasm;

pub use chain::{
    AccessListResult, ArbosVersion, Block, CallOptions, CallResult, CallTrace, Clock, Mining, Node, NodeConfig,
    NodeError, Receipt, SnapshotId, TraceKind, TraceStep, Transaction, TransactionBody,
};

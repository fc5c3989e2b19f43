//! The WASM front end: code format, validation, metering, engine and host functions.
//!
//! A Stylus contract's code is a prefix and a compressed WASM module ([`code`]). Activation checks the module
//! (`validate`), adds metering to it (`instrument`) and prices it ([`activation`]); a call runs the result
//! ([`Program::run`]) against the chain ([`api::EvmApi`]).

pub mod activation;
pub mod api;
mod cache;
pub mod code;
mod depth;
mod engine;
mod hooks;
mod host;
mod instrument;
mod opcodes;
pub mod pages;
pub mod profile;
pub mod program;
#[cfg(test)]
mod tests;
mod validate;

pub use program::{ActivationError, CompileConfig, Program};
pub use validate::ModuleError;

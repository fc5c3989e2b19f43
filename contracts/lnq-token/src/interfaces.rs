//! Which interfaces the token says it has.

// The SDK's macros name `Vec` without a path.
use alloc::vec::Vec;

use alloy_primitives::FixedBytes;
use stylus_sdk::prelude::*;

use crate::LnqToken;

/// ERC-165.
#[public]
#[allow(missing_docs, reason = "the macro adds a method of its own")]
pub trait Erc165 {
    /// Whether the token has every function of the interface `interface_id`.
    fn supports_interface(&self, interface_id: FixedBytes<4>) -> bool;
}

#[public]
impl Erc165 for LnqToken {
    fn supports_interface(&self, interface_id: FixedBytes<4>) -> bool {
        match u32::from_be_bytes(interface_id.0) {
            // ERC-165 itself; ERC-20, and its name, symbol and decimals; ERC-2612.
            0x01ff_c9a7 | 0x3637_2b07 | 0xa219_a025 | 0x9d8f_f7da => true,
            // ERC-5267's domain; ERC-6372's clock; the votes of ERC-5805.
            0x84b0_196e | 0xda28_7a1d | 0xe90f_b3f6 => true,
            _ => false,
        }
    }
}

//! Contracts every development chain has.

use alloy::primitives::{Address, address};

/// The deterministic deployment proxy: calldata is a salt and initcode.
pub const CREATE2_FACTORY: Address = address!("4e59b44847b379578588920ca78fbf26c0b4956c");

/// Code of [`CREATE2_FACTORY`], as it is on every chain (public domain).
const CREATE2_FACTORY_CODE: [u8; 69] = alloy::primitives::hex!(
    "7fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffe03601600081602082378035828234f5801515603957"
    "8182fd5b8082525050506014600cf3"
);

/// Address and code of each.
pub(crate) fn all() -> impl Iterator<Item = (Address, &'static [u8])> {
    [(CREATE2_FACTORY, &CREATE2_FACTORY_CODE[..])].into_iter()
}

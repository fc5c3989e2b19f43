//! The deployable code of the contracts.

use std::{fs, path::Path};

/// What `cargo xtask build` made of contract `name`: prefix and compressed WASM.
///
/// # Panics
///
/// When it was not built.
pub fn code(name: &str) -> Vec<u8> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("../target/contracts/{name}.code"));
    fs::read(&path).unwrap_or_else(|error| panic!("{}: {error}; run `cargo xtask build` first", path.display()))
}

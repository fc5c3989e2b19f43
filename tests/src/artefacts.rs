//! The deployable code of the contracts.

use std::{
    env, fs,
    path::{Path, PathBuf},
};

/// What `cargo xtask build` made of contract `name`: prefix and compressed WASM. `LINQ_ARTIFACTS` names another folder to
/// find it in.
///
/// # Panics
///
/// When it was not built.
pub fn code(name: &str) -> Vec<u8> {
    let built = || Path::new(env!("CARGO_MANIFEST_DIR")).join("../target/contracts");
    let path = env::var_os("LINQ_ARTIFACTS").map_or_else(built, PathBuf::from).join(format!("{name}.code"));
    fs::read(&path).unwrap_or_else(|error| panic!("{}: {error}; run `cargo xtask build` first", path.display()))
}

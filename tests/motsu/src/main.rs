//! Plays random calls on OpenZeppelin's ERC-20 for Stylus, with motsu, and writes down what came of each.
//!
//! Without an argument it rewrites `plain.json`, with `--check` it compares. `tests/it/token/plain.rs` makes the same calls
//! to LNQ as compiled WASM. The two cannot meet in one program: they pin different versions of the SDK.

mod game;
mod record;

use std::{fs, path::Path, process::ExitCode};

use crate::game::Game;

/// Where the random calls begin.
const SEED: u64 = 1;

/// How many calls there are.
const STEPS: usize = 400;

fn main() -> ExitCode {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("plain.json");
    let text = Game::new(SEED).play(STEPS).to_text();
    let check = std::env::args().nth(1).is_some_and(|argument| argument == "--check");
    if check && fs::read_to_string(&path).is_ok_and(|committed| committed == text) {
        eprintln!("plain.json: equal");
        return ExitCode::SUCCESS;
    }
    if check {
        eprintln!("plain.json is not what OpenZeppelin's ERC-20 does with seed {SEED}; run without --check and look");
        return ExitCode::FAILURE;
    }
    match fs::write(&path, text) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("cannot write plain.json: {error}");
            ExitCode::FAILURE
        }
    }
}

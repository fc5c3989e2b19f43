//! From contract crates to what is deployed: cargo, wasm-opt, brotli.
//!
//! The result depends on the sources and the pinned tools alone: two clean builds in different folders give the same
//! code hash.

use std::{
    fs,
    io::Cursor,
    path::{Path, PathBuf},
    process::Command,
};

use alloy_primitives::keccak256;
use brotli::enc::BrotliEncoderParams;
use eyre::{Result, WrapErr, bail, ensure};

use crate::{
    interface, setup,
    shell::{artefacts, command, root, run, say},
};

/// Flags of the one optimiser run; `--enable-bulk-memory` would write a section that activation refuses.
const WASM_OPT: [&str; 8] = [
    "-O3",
    "--mvp-features",
    "--enable-bulk-memory-opt",
    "--enable-sign-ext",
    "--enable-mutable-globals",
    "--strip-debug",
    "--strip-producers",
    "--strip-target-features",
];

/// Marks deployed code as a Stylus program compressed without a dictionary.
const PREFIX: [u8; 4] = [0xef, 0xf0, 0x00, 0x00];

/// The names of all contracts: every folder of `contracts/` that holds a program crate.
pub fn names() -> Result<Vec<String>> {
    let mut names = Vec::new();
    for entry in fs::read_dir(root().join("contracts")).wrap_err("there is no contracts folder")? {
        let entry = entry?;
        if entry.path().join("wasm/Cargo.toml").exists() {
            names.push(entry.file_name().to_string_lossy().into_owned());
        }
    }
    names.sort();
    Ok(names)
}

/// The program crate of a contract: a package without hyphens, as cargo-stylus wants it.
pub fn program(name: &str) -> String {
    format!("{}_program", name.replace('-', "_"))
}

/// Compiles every contract and writes `target/contracts/<name>.{wasm,code,abi.json}`.
pub fn build() -> Result<()> {
    setup::toolchain()?;
    let wasm_opt = setup::wasm_opt()?;
    say("compiling the contracts");
    let folder = root().join("contracts");
    run(&mut cargo_build(&folder))?;
    let out = artefacts();
    fs::create_dir_all(&out)?;
    for name in names()? {
        finish(&name, &wasm_opt, &out).wrap_err_with(|| format!("contract {name}"))?;
    }
    interface::write_artefacts()
}

fn cargo_build(folder: &Path) -> Command {
    let arguments = ["build", "--release", "--locked", "--target", "wasm32-unknown-unknown"];
    let mut cargo = command("cargo", &arguments, folder);
    // Takes a quarter off every program; the file says how.
    cargo.args(["--config", ".cargo/immediate-abort.toml"]);
    for name in names().unwrap_or_default() {
        cargo.args(["--package", &program(&name)]);
    }
    // The settings of that file are not stable in this toolchain.
    cargo.env("RUSTC_BOOTSTRAP", "1");
    cargo
}

/// Optimises and compresses one program, unless its raw form is the one that was finished before.
fn finish(name: &str, wasm_opt: &Path, out: &Path) -> Result<()> {
    let raw = raw_wasm(name);
    let bytes = fs::read(&raw).wrap_err_with(|| format!("{} was not built", raw.display()))?;
    let stamp = out.join(format!("{name}.source"));
    let hash = keccak256(&bytes).to_string();
    let wasm = out.join(format!("{name}.wasm"));
    let code = out.join(format!("{name}.code"));
    if wasm.exists() && code.exists() && fs::read_to_string(&stamp).is_ok_and(|finished| finished == hash) {
        return Ok(());
    }
    let (from, to) = (raw.to_string_lossy(), wasm.to_string_lossy());
    let mut arguments = WASM_OPT.to_vec();
    arguments.extend([from.as_ref(), "-o", to.as_ref()]);
    run(&mut command(&wasm_opt.to_string_lossy(), &arguments, root()))?;
    fs::write(&code, compress(&fs::read(&wasm)?)?)?;
    fs::write(&stamp, hash)?;
    Ok(())
}

fn raw_wasm(name: &str) -> PathBuf {
    root().join("contracts/target/wasm32-unknown-unknown/release").join(format!("{}.wasm", program(name)))
}

/// What is deployed: the prefix and the brotli stream.
pub fn compress(wasm: &[u8]) -> Result<Vec<u8>> {
    let parameters = BrotliEncoderParams { quality: 11, lgwin: 22, size_hint: wasm.len(), ..Default::default() };
    let mut code = PREFIX.to_vec();
    brotli::BrotliCompress(&mut Cursor::new(wasm), &mut code, &parameters).wrap_err("brotli")?;
    Ok(code)
}

/// Sizes of one finished program.
pub struct Size {
    /// Bytes of the optimised module.
    pub wasm: usize,
    /// Bytes that are deployed.
    pub compressed: usize,
    /// 64 KiB pages it starts with.
    pub pages: u64,
}

/// Measures one finished program.
pub fn size(name: &str) -> Result<Size> {
    let wasm = fs::read(artefacts().join(format!("{name}.wasm"))).wrap_err("run `cargo xtask build` first")?;
    let compressed = fs::read(artefacts().join(format!("{name}.code")))?.len();
    Ok(Size { wasm: wasm.len(), compressed, pages: pages(&wasm)? })
}

fn pages(wasm: &[u8]) -> Result<u64> {
    for payload in wasmparser::Parser::new(0).parse_all(wasm) {
        if let wasmparser::Payload::MemorySection(memories) = payload?
            && let Some(memory) = memories.into_iter().next()
        {
            return Ok(memory?.initial);
        }
    }
    bail!("the module has no memory")
}

/// The most a program may take compressed, so that a fix always fits below the chain's 24,576.
pub const LARGEST: usize = 22_000;

/// Fails when a program is larger than [`LARGEST`] or starts with more than one page.
pub fn check_budget(name: &str, size: &Size) -> Result<()> {
    ensure!(size.compressed <= LARGEST, "{name} takes {} bytes compressed, more than {LARGEST}", size.compressed);
    ensure!(size.pages == 1, "{name} starts with {} pages instead of one", size.pages);
    Ok(())
}

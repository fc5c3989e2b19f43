//! What a fresh machine lacks: compilation targets, the standard library's source, wasm-opt, npm and Python packages.

use std::{
    fs,
    path::{Path, PathBuf},
};

use eyre::{Result, WrapErr};

use crate::shell::{command, output, root, run, say};

/// Targets that contracts and workloads are compiled for.
const TARGETS: [&str; 2] = ["wasm32-unknown-unknown", "wasm32-wasip1"];

/// The standard library's source: contracts are linked with one that aborts at once.
const COMPONENTS: [&str; 3] = ["clippy", "rust-src", "rustfmt"];

/// Version of cargo-stylus, the one that goes with the SDK of the contracts.
const CARGO_STYLUS: &str = "0.10.10";

/// Version of cargo-mutants.
const CARGO_MUTANTS: &str = "27.1.0";

/// Installs the compilation targets and components that are missing.
///
/// Where the toolchain does not come from rustup (a distribution's, say) this does nothing, and the build says what it lacks.
pub fn toolchain() -> Result<()> {
    let Ok(installed) = output(&mut command("rustup", &["target", "list", "--installed"], root())) else {
        return Ok(());
    };
    for target in TARGETS {
        if !installed.lines().any(|line| line == target) {
            say(&format!("installing the {target} target"));
            run(&mut command("rustup", &["target", "add", target], root()))?;
        }
    }
    let installed = output(&mut command("rustup", &["component", "list", "--installed"], root()))?;
    for component in COMPONENTS {
        if !installed.lines().any(|line| line.starts_with(component)) {
            say(&format!("installing the {component} component"));
            run(&mut command("rustup", &["component", "add", component], root()))?;
        }
    }
    Ok(())
}

/// The pinned wasm-opt, installed from npm on first use.
pub fn wasm_opt() -> Result<PathBuf> {
    let folder = root().join("xtask/npm");
    npm_packages(&folder)?;
    Ok(folder.join("node_modules/.bin/wasm-opt"))
}

/// Installs the packages that `folder`'s lock file pins, unless that very lock file has been installed before.
pub fn npm_packages(folder: &Path) -> Result<()> {
    let lock = fs::read(folder.join("package-lock.json")).wrap_err("package-lock.json is missing")?;
    let stamp = folder.join("node_modules/.installed");
    if fs::read(&stamp).is_ok_and(|installed| installed == lock) {
        return Ok(());
    }
    say(&format!("installing the npm packages of {}", folder.display()));
    run(&mut command("npm", &["ci", "--no-audit", "--no-fund"], folder))?;
    fs::write(&stamp, lock).wrap_err("cannot note what is installed")
}

/// The cargo-stylus that is tested with, installed on first use, which takes several minutes.
pub fn cargo_stylus() -> Result<PathBuf> {
    cargo_tool("cargo-stylus", CARGO_STYLUS)
}

/// The cargo-mutants that says what to change, installed on first use, which takes several minutes.
pub fn cargo_mutants() -> Result<PathBuf> {
    cargo_tool("cargo-mutants", CARGO_MUTANTS)
}

/// A program of the registry, under `target/`.
fn cargo_tool(name: &str, version: &str) -> Result<PathBuf> {
    let place = root().join("target/tools");
    let program = place.join("bin").join(name);
    if program.exists() {
        return Ok(program);
    }
    say(&format!("installing {name} (several minutes, once)"));
    let (place, package) = (place.to_string_lossy(), format!("{name}@={version}"));
    run(&mut command("cargo", &["install", "--quiet", "--locked", "--root", &place, &package], root()))?;
    Ok(program)
}

/// A Python with the packages that `requirements` pins, in a virtual environment of this name under `target/`.
pub fn python(name: &str, requirements: &Path) -> Result<PathBuf> {
    let pinned = fs::read(requirements).wrap_err_with(|| format!("{} is missing", requirements.display()))?;
    let folder = root().join("target/tools").join(name);
    let python = folder.join("bin/python");
    let stamp = folder.join(".installed");
    if fs::read(&stamp).is_ok_and(|installed| installed == pinned) {
        return Ok(python);
    }
    say(&format!("installing the Python packages of {}", requirements.display()));
    let place = folder.to_string_lossy();
    run(&mut command("python3", &["-m", "venv", &place], root()))?;
    let list = requirements.to_string_lossy();
    run(&mut command(&python.to_string_lossy(), &["-m", "pip", "install", "--quiet", "-r", &list], root()))?;
    fs::write(&stamp, pinned).wrap_err("cannot note what is installed")?;
    Ok(python)
}

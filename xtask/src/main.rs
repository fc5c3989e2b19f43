//! `cargo xtask`: build, measure, test and show. Without a verb it lists them.
//!
//! Every verb sets up what it lacks, says what it is doing on standard error, and leaves alone what is up to date.

mod contracts;
mod interface;
mod mutants;
mod setup;
mod shell;
mod snapshots;
mod verify;

use std::process::ExitCode;

use eyre::{Result, bail};

const HELP: &str = "\
cargo xtask <verb>

  build              compile every contract to target/contracts/<name>.{wasm,code,abi.json}
  demo [--json FILE] run the whole story on an embedded chain: post, take, run, submit, pay; and the unhappy twin
  test               formatting, lints, every test, size and gas checks, the demo
  nightly            the tests that have a larger size, at that size: hours
  mutants CRATE [PART…]
                     change a contract crate in every small way that cargo-mutants knows; the tests
                     must notice; PARTs of names choose some (hours for all)
  size [--check]     rewrite snapshots/size.json, or compare with it
  gas [--check]      rewrite snapshots/gas.json, or compare with it
  abi [--check]      rewrite abi/json/, or compare with it
  bench              time the embedded chain against a peer in the same run
  bench node         time the node as a program beside anvil, with a token in Solidity and one in Stylus
";

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match run(&arguments) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("xtask: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run(arguments: &[String]) -> Result<()> {
    let Some((verb, rest)) = arguments.split_first() else {
        print!("{HELP}");
        return Ok(());
    };
    match verb.as_str() {
        "build" => contracts::build(),
        "demo" => verify::demo(rest),
        "test" => verify::test(),
        "nightly" => verify::nightly(),
        "mutants" => mutants::mutants(rest),
        "size" => snapshots::size(check_flag(rest)?),
        "gas" => snapshots::gas(check_flag(rest)?),
        "abi" => interface::abi(check_flag(rest)?),
        "bench" => verify::bench(rest),
        "help" | "--help" | "-h" => {
            print!("{HELP}");
            Ok(())
        }
        other => bail!("there is no verb `{other}`; run `cargo xtask` for the list"),
    }
}

/// Whether the one flag a snapshot verb takes was given.
fn check_flag(arguments: &[String]) -> Result<bool> {
    match arguments {
        [] => Ok(false),
        [flag] if flag == "--check" => Ok(true),
        _ => bail!("the only argument is --check"),
    }
}

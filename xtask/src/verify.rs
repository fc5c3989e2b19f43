//! The verbs that run the whole: demo, test, bench.

use std::{
    fs,
    io::{BufRead, BufReader},
    process::{Child, Stdio},
};

use eyre::{Result, WrapErr, eyre};

use crate::{
    contracts, interface, setup,
    shell::{command, root, run, say},
    snapshots,
};

/// Builds everything and tells the story.
pub fn demo(arguments: &[String]) -> Result<()> {
    contracts::build()?;
    workloads()?;
    binaries()?;
    let program = root().join("target/debug/linq-demo");
    run(command(&program.to_string_lossy(), &[], root()).args(arguments))
}

/// Compiles the programs that jobs run in the demo and in tests.
fn workloads() -> Result<()> {
    say("compiling the workloads");
    let arguments = ["build", "--release", "--locked", "--target", "wasm32-wasip1"];
    run(&mut command("cargo", &arguments, &root().join("workloads")))
}

/// Builds every binary and test once, with one selection of packages, so that nothing is compiled for two sets of features.
///
/// They are run as they lie there: `cargo run` of one package would choose other features and compile half of it again.
pub fn binaries() -> Result<()> {
    say("compiling the node, the relayer and the command line (several minutes the first time)");
    run(&mut command("cargo", &["build", "--locked", "--workspace", "--all-targets"], root()))
}

/// Everything that has to hold before a change lands.
pub fn test() -> Result<()> {
    let contracts_folder = root().join("contracts");
    setup::toolchain()?;
    say("formatting");
    run(&mut command("cargo", &["fmt", "--all", "--check"], root()))?;
    run(&mut command("cargo", &["fmt", "--all", "--check"], &contracts_folder))?;

    snapshots::size(true)?;
    interface::abi(true)?;
    workloads()?;
    binaries()?;

    say("lints");
    let clippy = ["clippy", "--locked", "--workspace", "--all-targets", "--", "-D", "warnings"];
    run(&mut command("cargo", &clippy, root()))?;
    run(&mut command("cargo", &clippy, &contracts_folder))?;

    say("tests of the contracts' pure parts");
    run(&mut command("cargo", &["test", "--locked", "--workspace"], &contracts_folder))?;
    say("tests of everything else, on the embedded chain");
    run(&mut command("cargo", &["test", "--locked", "--workspace", "--all-targets"], root()))?;
    run(&mut command("cargo", &["test", "--locked", "--workspace", "--doc"], root()))?;

    snapshots::gas(true)?;
    schema()?;
    ethers()?;
    tools()?;
    conformance()?;
    governor()?;
    motsu()?;
    vectors_over_rpc()?;

    let report = root().join("target/demo.json");
    let report = report.to_string_lossy().into_owned();
    demo(&["--json".to_owned(), report])
}

/// The JSON Schema of `resource.yaml` as an editor would apply it.
fn schema() -> Result<()> {
    let folder = root().join("manifest/tests/schema");
    setup::npm_packages(&folder)?;
    say("the JSON Schema of resource.yaml against every example");
    run(&mut command("npm", &["test", "--silent"], &folder))
}

/// The whole life of a job as a dApp in JavaScript would call it.
fn ethers() -> Result<()> {
    let folder = root().join("tests/ethers");
    setup::npm_packages(&folder)?;
    say("ethers.js against the node");
    run(&mut command("npm", &["test", "--silent"], &folder))
}

/// The tools that developers use, as their registries have them, against the node: viem, cast, cargo stylus, web3.py.
fn tools() -> Result<()> {
    let folder = root().join("tests/tools");
    setup::npm_packages(&folder)?;
    setup::wasm_opt()?;
    setup::cargo_stylus()?;
    let python = setup::python("python-web3", &folder.join("requirements.txt"))?;
    say("viem, cast and cargo stylus against the node");
    run(&mut command("npm", &["test", "--silent"], &folder))?;
    say("web3.py against the node");
    let node = root().join("target/debug/nitro-devnode");
    run(&mut command(&python.to_string_lossy(), &["web3_test.py", &node.to_string_lossy()], &folder))
}

/// The same questions about the EVM to the node and to anvil; differences are listed with their reasons.
fn conformance() -> Result<()> {
    let folder = root().join("tests/conformance");
    setup::npm_packages(&folder)?;
    say("the node and anvil, asked the same");
    run(&mut command("npm", &["test", "--silent"], &folder))
}

/// An unmodified OpenZeppelin Governor over LNQ, and whether the token that LNQ is compared with is what its source says.
fn governor() -> Result<()> {
    let folder = root().join("tests/governor");
    setup::npm_packages(&folder)?;
    say("an OpenZeppelin Governor over LNQ");
    run(&mut command("npm", &["run", "--silent", "reference", "--", "--check"], &folder))?;
    run(&mut command("npm", &["test", "--silent"], &folder))
}

/// Whether what LNQ is replayed against is still what OpenZeppelin's ERC-20 for Stylus does. A workspace of its own, for
/// the older SDK that it pins.
fn motsu() -> Result<()> {
    say("OpenZeppelin's ERC-20 for Stylus, with motsu");
    let folder = root().join("tests/motsu");
    run(&mut command("cargo", &["fmt", "--check"], &folder))?;
    run(&mut command("cargo", &["run", "--quiet", "--locked", "--", "--check"], &folder))
}

/// The tests that have a larger size than `test` gives them, at that size. Takes hours.
pub fn nightly() -> Result<()> {
    contracts::build()?;
    binaries()?;
    say("tests of the contracts' pure parts at their nightly size");
    // What they print is a result too: seeds, and what ways of voting earn in the court.
    let arguments = ["test", "--locked", "--workspace", "--", "--show-output"];
    run(command("cargo", &arguments, &root().join("contracts")).env("LINQ_NIGHTLY", "1"))?;
    say("tests of everything else at their nightly size");
    let arguments = ["test", "--locked", "--workspace", "--all-targets", "--", "--nocapture"];
    run(command("cargo", &arguments, root()).env("LINQ_NIGHTLY", "1"))?;
    let folder = root().join("tests/conformance");
    setup::npm_packages(&folder)?;
    run(command("npm", &["test", "--silent"], &folder).env("LINQ_NIGHTLY", "1"))
}

/// Vector files with steps that are known to differ; the library's own replay names them one by one.
const DIFFERENT: [&str; 1] = ["14"];

/// The measured vectors, replayed over JSON-RPC by the script that came with them: a fresh chain for each file.
fn vectors_over_rpc() -> Result<()> {
    let folder = root().join("nitro-devnode/tests/vectors");
    let python = setup::python("python", &root().join("nitro-devnode/tests/requirements.txt"))?;
    say("the chain's measured vectors over JSON-RPC");
    for entry in fs::read_dir(&folder)? {
        let name = entry?.file_name().to_string_lossy().into_owned();
        if name.ends_with(".json") && !DIFFERENT.iter().any(|number| name.starts_with(number)) {
            let node = Node::start()?;
            let arguments = ["replay.py", "--fresh", "--rpc", &node.url, &name];
            run(&mut command(&python.to_string_lossy(), &arguments, &folder))?;
        }
    }
    Ok(())
}

/// The node's binary on a free port, stopped when it goes out of scope.
struct Node {
    process: Child,
    url: String,
}

impl Node {
    fn start() -> Result<Self> {
        let binary = root().join("target/debug/nitro-devnode");
        let mut process =
            command(&binary.to_string_lossy(), &["--port", "0", "--json", "--accounts", "0", "--plain-errors"], root())
                .stdout(Stdio::piped())
                .spawn()
                .wrap_err("cannot start the node")?;
        let output = process.stdout.take().ok_or_else(|| eyre!("the node has no standard output"))?;
        let mut node = Self { process, url: String::new() };
        let mut line = String::new();
        BufReader::new(output).read_line(&mut line)?;
        let ready: serde_json::Value = serde_json::from_str(&line).wrap_err("the node did not say that it is ready")?;
        node.url = ready["url"].as_str().ok_or_else(|| eyre!("the node did not say where it is"))?.to_owned();
        Ok(node)
    }
}

impl Drop for Node {
    fn drop(&mut self) {
        // It may have ended by itself; then there is nothing to stop.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// Times the embedded chain against a peer in the same run: all of it, or (`node`) the node as a program beside anvil.
pub fn bench(arguments: &[String]) -> Result<()> {
    if arguments.first().is_some_and(|first| first == "node") {
        return bench_node();
    }
    contracts::build()?;
    fs::create_dir_all(root().join("target"))?;
    let bench = ["run", "--quiet", "--locked", "--release", "--package", "linq-tests", "--bin", "bench", "--"];
    run(command("cargo", &bench, root()).args(arguments))
}

fn bench_node() -> Result<()> {
    let folder = root().join("nitro-devnode/benches");
    setup::npm_packages(&folder)?;
    let tools = folder.join("node_modules/.bin");
    let output = root().join("target/bench");
    let output = output.to_string_lossy();
    let compile = ["--optimize", "--bin", "--output-dir", &output, "Erc20.sol"];
    run(&mut command(&tools.join("solcjs").to_string_lossy(), &compile, &folder))?;
    let anvil = tools.join("anvil");
    let (anvil, token) = (anvil.to_string_lossy(), format!("{output}/Erc20_sol_Erc20.bin"));
    let bench = ["bench", "--quiet", "--locked", "--package", "nitro-devnode", "--bench", "node", "--"];
    run(command("cargo", &bench, root()).args(["--anvil", &anvil, "--token", &token]))
}

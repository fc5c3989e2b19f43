//! A chain, a folder and the binary.

use std::path::{Path, PathBuf};
use std::process::Stdio;

use linq::client::{Client, Linq};
use linq::deployment::Deployment;
use linq::devnode::{self, DevNode, Options};
use serde_json::Value;
use tempfile::TempDir;
use tokio::process::Command;

/// A program that is no program, but has a digest.
const MODULE: &[u8] = b"\0asm\x01\0\0\0";

/// What a module and a provider of the tests can agree on.
const RESOURCE: &str = "\
name: words
resources: { cpu: 500m, memory: 256Mi }
limits: { time: 5m }
order: { window: 2m }
";

/// A chain, a folder to work in, and the binary pointed at both.
pub struct World {
    /// The chain.
    pub node: DevNode,
    /// Where commands run.
    pub folder: TempDir,
}

/// How a command ended.
#[derive(Debug)]
pub struct Run {
    /// Exit code.
    pub code: i32,
    /// The result.
    pub stdout: String,
    /// Everything else.
    pub stderr: String,
}

impl World {
    /// A chain with nothing on it.
    pub async fn bare() -> Self {
        let node = DevNode::start(Options::default()).await.unwrap();
        Self { node, folder: folder_with_work() }
    }

    /// A chain with the contracts on it.
    pub async fn deployed() -> Self {
        let world = Self::bare().await;
        world.linq("deploy --dev-account 0").await.succeeded();
        world
    }

    /// A chain with the contracts and provider 1 on it: owner is account 1, operator is account 2.
    pub async fn with_provider() -> Self {
        let world = Self::deployed().await;
        let operator = devnode::account(2).unwrap().address();
        let register = format!(
            "provider register --dev-account 1 --operator {operator} --cpu 4 --memory 8Gi --storage 10Gi --region 276 \
             --cpu-price 0.36 --open --min-run 1m --max-run 1day --max-window 3days --max-lock 100 --yes"
        );
        world.linq(&register).await.succeeded();
        world.linq("provider accept-role --provider 1 --dev-account 2").await.succeeded();
        world
    }

    /// Runs a command line; words are separated by spaces.
    pub async fn linq(&self, line: &str) -> Run {
        run(self.command(line)).await
    }

    /// A command line that was not run yet.
    pub fn command(&self, line: &str) -> Command {
        let mut command = bare_command(self.folder.path(), line);
        command.env("LINQ_RPC_URL", self.node.url()).env("LINQ_ARTIFACTS", artifacts());
        command
    }

    /// The deployments file.
    pub fn deployment_file(&self) -> PathBuf {
        Deployment::path(&self.folder.path().join("deployments"), 412_346)
    }

    /// The deployments file as it is.
    pub fn deployment(&self) -> Value {
        serde_json::from_slice(&std::fs::read(self.deployment_file()).unwrap()).unwrap()
    }

    /// Number of the latest block: what tells whether anything was sent.
    pub async fn height(&self) -> u64 {
        Client::connect(self.node.url()).await.unwrap().block_number().await.unwrap()
    }

    /// The contracts, in the name of a development account.
    pub async fn account(&self, index: u8) -> Linq {
        let client =
            Client::connect(self.node.url()).await.unwrap().with_signer(devnode::account(index).unwrap()).unwrap();
        let folder = self.folder.path().join("deployments");
        Linq::new(client, Deployment::require(&folder, 412_346).unwrap().suite().unwrap())
    }
}

/// A folder with a program and its manifest in it.
pub fn folder_with_work() -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("module.wasm"), MODULE).unwrap();
    std::fs::write(folder.path().join("resource.yaml"), RESOURCE).unwrap();
    folder
}

/// The binary in a folder, with nothing of the tester's environment that it would heed.
pub fn bare_command(folder: &Path, line: &str) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_linq"));
    command.args(line.split_whitespace()).current_dir(folder).stdin(Stdio::null()).kill_on_drop(true);
    for (name, _) in std::env::vars_os() {
        if name.to_string_lossy().starts_with("LINQ_") || name == "ETH_RPC_URL" {
            command.env_remove(name);
        }
    }
    command.env("HOME", folder).env_remove("XDG_CONFIG_HOME").env_remove("XDG_DATA_HOME");
    command
}

/// Runs a command to its end.
pub async fn run(mut command: Command) -> Run {
    let output = command.output().await.unwrap();
    Run {
        code: output.status.code().unwrap_or(-1),
        stdout: String::from_utf8(output.stdout).unwrap(),
        stderr: String::from_utf8(output.stderr).unwrap(),
    }
}

/// The folder of the built contracts.
pub fn artifacts() -> PathBuf {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../target/contracts");
    assert!(folder.join("jobs.code").exists(), "the contracts are not built: run `cargo xtask build` first");
    folder
}

impl Run {
    /// Fails the test unless the command succeeded.
    #[track_caller]
    pub fn succeeded(self) -> Self {
        assert_eq!(self.code, 0, "{self:#?}");
        self
    }

    /// Fails the test unless the command failed with this code and a message and hint that contain these words.
    #[track_caller]
    pub fn failed(self, code: i32, words: &[&str]) -> Self {
        assert_eq!(self.code, code, "{self:#?}");
        assert_eq!(self.stdout, "", "a failure has no result");
        for word in words {
            assert!(self.stderr.contains(word), "`{word}` is not in {self:#?}");
        }
        self
    }

    /// The one document on stdout.
    #[track_caller]
    pub fn document(&self) -> Value {
        assert_eq!(self.stdout.lines().count(), 1, "{self:#?}");
        serde_json::from_str(&self.stdout).unwrap()
    }

    /// The one document on stderr.
    #[track_caller]
    pub fn error(&self) -> Value {
        assert_eq!(self.stderr.lines().count(), 1, "{self:#?}");
        let document: Value = serde_json::from_str(&self.stderr).unwrap();
        document["error"].clone()
    }
}

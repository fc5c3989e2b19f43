//! Relayer processes: one for each provider, started, watched and ended.

use std::{
    fs,
    path::{Path, PathBuf},
    process::{Child, Command, ExitStatus, Stdio},
    time::Duration,
};

use alloy::primitives::Address;
use eyre::{Result, WrapErr, bail};

/// Time a relayer gets to end after it was asked to.
const ENDING_TIME: Duration = Duration::from_secs(10);

/// What every relayer of the story has in common.
#[derive(Clone, Debug)]
pub struct Relayers {
    /// Address of the chain.
    pub url: String,
    /// The jobs contract.
    pub jobs: Address,
    /// The lens over it.
    pub lens: Address,
    /// Folder for configurations, journals, results and logs.
    pub folder: PathBuf,
    /// Folders from which `file:` URIs may be read.
    pub file_roots: Vec<PathBuf>,
}

/// A running relayer.
#[derive(Debug)]
pub struct Relayer {
    process: Child,
    log: PathBuf,
}

impl Relayers {
    /// Starts the relayer of `provider`. With `kill_at` it ends itself at that point of its work, as a crash would.
    pub fn start(&self, provider: u32, operator_key: &str, kill_at: Option<&str>) -> Result<Relayer> {
        let folder = self.folder.join(format!("provider-{provider}"));
        fs::create_dir_all(&folder)?;
        let config = folder.join("relayer.toml");
        fs::write(&config, self.config(provider, &folder))?;
        let log = folder.join("relayer.log");
        let sink = fs::OpenOptions::new().create(true).append(true).open(&log)?;
        let mut command = Command::new(binary("relayer")?);
        command
            .arg("--config")
            .arg(&config)
            .env("LINQ_OPERATOR_KEY", operator_key)
            .env_remove("LINQ_RPC_URL")
            .env_remove("LINQ_RELAYER_KILL_AT")
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(sink);
        if let Some(point) = kill_at {
            command.env("LINQ_RELAYER_KILL_AT", point);
        }
        let process = command.spawn().wrap_err("cannot start the relayer")?;
        Ok(Relayer { process, log })
    }

    fn config(&self, provider: u32, folder: &Path) -> String {
        let roots: Vec<String> =
            self.file_roots.iter().map(|root| format!("{:?}", root.display().to_string())).collect();
        format!(
            "[chain]\nrpc_url = {url:?}\njobs = \"{jobs}\"\nlens = \"{lens}\"\npoll_ms = 100\n\n\
             [provider]\nid = {provider}\n\n\
             [policy]\nask = \"quote\"\n\n\
             [fetch]\nfile_roots = [{roots}]\n\n\
             [keeper]\nstep = false\n\n\
             [storage]\ndata_dir = {data:?}\n",
            url = self.url,
            jobs = self.jobs,
            lens = self.lens,
            roots = roots.join(", "),
            data = folder.join("data").display().to_string(),
        )
    }
}

impl Relayer {
    /// Its process.
    pub fn pid(&self) -> u32 {
        self.process.id()
    }

    /// Fails, with the end of its log, when it is not running any more.
    pub fn check(&mut self) -> Result<()> {
        if let Some(status) = self.process.try_wait()? {
            bail!("the relayer ended with {status}:\n{}", self.tail());
        }
        Ok(())
    }

    /// Waits until it has ended by itself.
    pub async fn ended(&mut self, patience: Duration) -> Result<ExitStatus> {
        let wait = async {
            loop {
                if let Some(status) = self.process.try_wait()? {
                    return Ok(status);
                }
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
        };
        match tokio::time::timeout(patience, wait).await {
            Ok(status) => status,
            Err(_) => bail!("the relayer did not end within {patience:?}:\n{}", self.tail()),
        }
    }

    /// Asks it to end, and waits.
    pub async fn stop(mut self) -> Result<()> {
        let pid = self.pid().to_string();
        Command::new("kill").args(["-TERM", &pid]).status().wrap_err("cannot signal the relayer")?;
        self.ended(ENDING_TIME).await.map(drop)
    }

    fn tail(&self) -> String {
        let log = fs::read_to_string(&self.log).unwrap_or_default();
        let lines: Vec<&str> = log.lines().rev().take(15).collect();
        lines.into_iter().rev().collect::<Vec<_>>().join("\n")
    }
}

impl Drop for Relayer {
    fn drop(&mut self) {
        // A story that fails half-way must not leave a process; one that ended needs nothing.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// A program that was built beside this one.
pub fn binary(name: &str) -> Result<PathBuf> {
    let own = std::env::current_exe().wrap_err("where is this program?")?;
    let path = own.with_file_name(name);
    if !path.exists() {
        bail!("{} is missing; run `cargo xtask demo`, which builds it", path.display());
    }
    Ok(path)
}

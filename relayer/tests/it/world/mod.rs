//! Real contracts on the embedded chain, a requester, a provider, and relayer processes that come and go.

use std::{
    fs,
    path::{Path, PathBuf},
    process::{Child, Command, ExitStatus, Stdio},
    time::Duration,
};

use alloy::{
    primitives::{Address, B256, U256, aliases::U96},
    providers::Provider as _,
    signers::local::PrivateKeySigner,
    sol_types::SolEvent,
};
use linq::{
    client::{Client, Suite},
    deployment::{self, Allocation, Appointments, Parameters, Profile, Request},
    units::Lnq,
};
use linq_abi::{
    IJobs, ILens, ILnqToken, IRegistry, Rates, Registration, Resources, Slot, StandingOffer, Terms, codes::SlotState,
};
use linq_manifest::{Posting, Resource, feature};
use nitro_devnode::{
    Node, NodeConfig,
    chain::accounts::WELL_KNOWN,
    rpc::{ServerConfig, ServerHandle, serve},
};
use tempfile::TempDir;

/// One LNQ in base units.
const LNQ: u128 = 1_000_000_000_000_000_000;
/// What the provider stakes, in LNQ.
const STAKE: u128 = 100_000;
/// How long something on the chain may take to come about.
const PATIENCE: Duration = Duration::from_secs(60);
/// The pause between two looks.
const PAUSE: Duration = Duration::from_millis(50);

/// Counts a while, so that it can be interrupted, and leaves the count in a file.
const PROGRAM: &str = r#"(module
    (import "wasi_snapshot_preview1" "fd_write" (func $write (param i32 i32 i32 i32) (result i32)))
    (import "wasi_snapshot_preview1" "path_open"
        (func $open (param i32 i32 i32 i32 i32 i64 i64 i32 i32) (result i32)))
    (memory (export "memory") 1)
    (data (i32.const 1100) "count")
    (func (export "_start")
        (loop $l (i32.store (i32.const 1000) (i32.add (i32.load (i32.const 1000)) (i32.const 1)))
            (br_if $l (i32.lt_u (i32.load (i32.const 1000)) (i32.const 3000000))))
        (drop (call $open (i32.const 4) (i32.const 0) (i32.const 1100) (i32.const 5)
            (i32.const 1) (i64.const 64) (i64.const 0) (i32.const 0) (i32.const 20)))
        (i32.store (i32.const 0) (i32.const 1000)) (i32.store (i32.const 4) (i32.const 4))
        (drop (call $write (i32.load (i32.const 20)) (i32.const 0) (i32.const 1) (i32.const 8)))))"#;

/// Who plays.
#[derive(Clone, Copy)]
enum Role {
    Deployer = 0,
    Treasury = 1,
    Requester = 2,
    Owner = 3,
    Operator = 4,
    Payout = 5,
}

impl Role {
    fn account(self) -> Address {
        WELL_KNOWN[self as usize].0
    }

    fn key(self) -> B256 {
        WELL_KNOWN[self as usize].1
    }
}

/// Contracts, people and a folder.
pub struct World {
    pub client: Client,
    pub suite: Suite,
    pub provider: u32,
    folder: TempDir,
    server: ServerHandle,
    posted: Vec<Terms>,
}

impl World {
    /// Deploys everything and registers the provider.
    pub async fn new() -> Self {
        let server = serve(Node::new(NodeConfig::wall_clock()), ServerConfig::default()).await.unwrap();
        let client = Client::connect(&server.url).await.unwrap();
        let folder = tempfile::tempdir().unwrap();
        let suite = deploy(&client, folder.path()).await;
        let mut world = Self { client, suite, provider: 0, folder, server, posted: Vec::new() };
        world.pay(Role::Requester, 1_000_000).await;
        world.pay(Role::Owner, STAKE).await;
        world.register().await;
        world
    }

    async fn pay(&self, to: Role, amount: u128) {
        let call = ILnqToken::transferCall { to: to.account(), value: U256::from(amount * LNQ) };
        self.on(Role::Deployer).send(self.suite.token, &call, U256::ZERO).await.unwrap();
    }

    async fn approve(&self, who: Role, spender: Address, value: U256) {
        self.on(who).send(self.suite.token, &ILnqToken::approveCall { spender, value }, U256::ZERO).await.unwrap();
    }

    async fn register(&mut self) {
        self.approve(Role::Owner, self.suite.registry, U256::from(STAKE * LNQ)).await;
        let registration = Registration {
            operator: Role::Operator.account(),
            payout: Role::Payout.account(),
            capacity: Resources { cpuMillis: 4_000, memoryMib: 4_096, storageGib: 100, ..Default::default() },
            features: feature::WASI,
            region: 276,
            rates: Rates { cpuMilli: 1_000, ..Default::default() },
            offer: StandingOffer {
                open: true,
                minPrice: U96::from(1),
                minRunSecs: 1,
                maxRunSecs: 86_400,
                maxWindowSecs: 86_400,
                maxLock: U96::from(STAKE * LNQ),
                ..Default::default()
            },
            stake: U96::from(STAKE * LNQ),
        };
        let sent = self
            .on(Role::Owner)
            .send(self.suite.registry, &IRegistry::registerCall { registration }, U256::ZERO)
            .await
            .unwrap();
        self.provider = sent.expect_event::<IRegistry::ProviderRegistered>(self.suite.registry).unwrap().provider;
        let accept = IRegistry::acceptRoleCall { provider: self.provider };
        self.on(Role::Operator).send(self.suite.registry, &accept, U256::ZERO).await.unwrap();
    }

    fn on(&self, who: Role) -> Client {
        self.client.with_signer(PrivateKeySigner::from_bytes(&who.key()).unwrap()).unwrap()
    }

    /// Posts a job of one slot and returns its id.
    pub async fn post(&mut self) -> B256 {
        self.post_module("count.wasm").await
    }

    /// Posts a job whose module is said to be in the file `module`.
    pub async fn post_module(&mut self, module: &str) -> B256 {
        let number = self.posted.len() + 1;
        let program = wat::parse_str(PROGRAM).unwrap();
        fs::write(self.folder.path().join("count.wasm"), &program).unwrap();
        let yaml = format!(
            "name: count {}\nmodule: {{ uri: count.wasm }}\nlimits: {{ time: 30s }}\nresources: {{ memory: 1Mi }}\n\
             order: {{ price: '10', openFor: 10m, runFor: 10m, window: 2m }}",
            number
        );
        let resource = Resource::parse(&yaml).unwrap();
        let mut manifest = resource.resolve(self.folder.path()).unwrap();
        let linq_manifest::Workload::Module(artifact) = &mut manifest.workload;
        artifact.uri = artifact.uri.replace("count.wasm", module);
        let path = self.folder.path().join(format!("manifest-{number}.json"));
        fs::write(&path, manifest.canonical()).unwrap();

        let limits = self.client.call(self.suite.lens, &ILens::jobLimitsCall {}).await.unwrap();
        let posting = Posting {
            requester: Role::Requester.account(),
            price: 10 * LNQ,
            now: self.client.chain_time().await.unwrap(),
            parameters: limits.currentParameters,
            salt: B256::with_last_byte(number as u8),
        };
        let terms: Terms = resource.order.terms(&manifest, &posting).unwrap();
        self.approve(Role::Requester, self.suite.escrow, U256::from(terms.price)).await;
        let call = IJobs::postCall { terms: terms.clone(), uri: format!("file://{}", path.display()) };
        let sent = self.on(Role::Requester).send(self.suite.jobs, &call, U256::ZERO).await.unwrap();
        let id = sent.expect_event::<IJobs::JobPosted>(self.suite.jobs).unwrap().job;
        let chain_id = self.client.chain_id();
        assert_eq!(id, linq_manifest::job_id(chain_id, self.suite.jobs, &terms), "the contract reckons the id alike");
        self.posted.push(terms);
        id
    }

    /// The requester assigns the job posted last to the provider's standing offer, at its quote.
    pub async fn assign(&self) {
        let terms = self.posted.last().unwrap().clone();
        let (id, resources, run_secs) = (self.provider, terms.resources.clone(), terms.runSecs);
        let quote = ILens::quoteCall { id, resources, runSecs: run_secs };
        let price = self.client.call(self.suite.lens, &quote).await.unwrap();
        let call = IJobs::takeCall { terms, slot: 0, provider: self.provider, price };
        self.on(Role::Requester).send(self.suite.jobs, &call, U256::ZERO).await.unwrap();
    }

    /// Writes a module file that is not the one whose digest jobs name.
    pub fn forge(&self, module: &str) {
        fs::write(self.folder.path().join(module), "forged").unwrap();
    }

    /// The first slot of a job.
    pub async fn slot(&self, job: B256) -> Slot {
        self.client.call(self.suite.jobs, &IJobs::slotCall { id: job, index: 0 }).await.unwrap()
    }

    /// Waits until the first slot of a job is in `state`, as long as `relayer` lives.
    pub async fn reaches(&self, job: B256, state: SlotState, relayer: &mut Relayer) {
        let mut seen = 0;
        for _ in 0..PATIENCE.as_millis() / PAUSE.as_millis() {
            seen = self.slot(job).await.state;
            if seen == state as u8 {
                return;
            }
            if let Some(status) = relayer.process.try_wait().unwrap() {
                panic!("the relayer ended with {status}:\n{}", relayer.log());
            }
            tokio::time::sleep(PAUSE).await;
        }
        panic!("the slot is in state {seen}, not {state}:\n{}", relayer.log());
    }

    /// Lets the chain's clock go on by so many seconds.
    pub async fn pass_time(&self, seconds: u64) {
        let provider = self.client.provider();
        let _: serde_json::Value = provider.raw_request("evm_increaseTime".into(), [seconds]).await.unwrap();
        let _: serde_json::Value = provider.raw_request("evm_mine".into(), ()).await.unwrap();
    }

    /// How often the jobs contract has said this of a job.
    pub async fn count<E: SolEvent>(&self, job: B256) -> usize {
        let topics = [Some(job), None, None];
        self.client.events::<E>(self.suite.jobs, self.suite.from_block, topics).await.unwrap().len()
    }

    /// How many transactions the operator has in the chain.
    pub async fn sent(&self) -> u64 {
        self.client.provider().get_transaction_count(Role::Operator.account()).await.unwrap()
    }

    /// A data directory of its own for each `name`.
    pub fn data_dir(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Starts a relayer on the data directory called `name`, armed to end at `kill_at`.
    pub fn start(&self, name: &str, kill_at: Option<&str>) -> Relayer {
        let mut command = self.command(name);
        if let Some(point) = kill_at {
            command.env("LINQ_RELAYER_KILL_AT", point);
        }
        self.spawn(name, command)
    }

    /// Starts a relayer that takes nothing by itself.
    pub fn start_waiting(&self, name: &str) -> Relayer {
        let command = self.command(name);
        let config = self.data_dir(name).join("relayer.toml");
        let text = fs::read_to_string(&config).unwrap();
        fs::write(&config, format!("{text}[policy]\ntake = false\n")).unwrap();
        self.spawn(name, command)
    }

    /// Runs `relayer --check` with further arguments and the operator's key or another; returns exit code and log.
    pub async fn check(&self, arguments: &[&str], as_operator: bool) -> (Option<i32>, String) {
        let mut command = self.command("check");
        command.arg("--check").args(arguments);
        if !as_operator {
            command.env("LINQ_OPERATOR_KEY", Role::Owner.key().to_string());
        }
        fs::remove_file(self.data_dir("check").join("log")).ok();
        let mut relayer = self.spawn("check", command);
        (relayer.ended().await.code(), relayer.log())
    }

    /// The command on a configuration of its own.
    fn command(&self, name: &str) -> Command {
        let data_dir = self.data_dir(name);
        fs::create_dir_all(&data_dir).unwrap();
        let config = data_dir.join("relayer.toml");
        let text = format!(
            "[chain]\nrpc_url = {url:?}\nws_url = {ws:?}\nchain_id = {chain}\njobs = \"{jobs}\"\nlens = \"{lens}\"\npoll_ms = 100\n\
             finality_blocks = 2\n\
             [provider]\nid = {provider}\n\
             [fetch]\nfile_roots = [{root:?}]\n\
             [storage]\ndata_dir = {data_dir:?}\n",
            url = self.server.url,
            ws = self.server.url.replace("http", "ws"),
            chain = self.client.chain_id(),
            jobs = self.suite.jobs,
            lens = self.suite.lens,
            provider = self.provider,
            root = self.folder.path(),
        );
        fs::write(&config, text).unwrap();
        let mut command = Command::new(env!("CARGO_BIN_EXE_relayer"));
        command.arg("--config").arg(&config).env("LINQ_OPERATOR_KEY", Role::Operator.key().to_string());
        command
    }

    fn spawn(&self, name: &str, mut command: Command) -> Relayer {
        let log = self.data_dir(name).join("log");
        let sink = fs::OpenOptions::new().create(true).append(true).open(&log).unwrap();
        command.env("NO_COLOR", "1").stdin(Stdio::null()).stdout(Stdio::null()).stderr(sink);
        Relayer { process: command.spawn().unwrap(), log }
    }
}

/// A relayer process.
pub struct Relayer {
    process: Child,
    log: PathBuf,
}

impl Relayer {
    /// Waits until it has ended by itself.
    pub async fn ended(&mut self) -> ExitStatus {
        for _ in 0..PATIENCE.as_millis() / PAUSE.as_millis() {
            if let Some(status) = self.process.try_wait().unwrap() {
                return status;
            }
            tokio::time::sleep(PAUSE).await;
        }
        panic!("the relayer goes on:\n{}", self.log());
    }

    /// Waits until everything that it has begun to send is in a block.
    pub async fn is_quiet(&self) {
        let journal = rusqlite::Connection::open(self.log.with_file_name("journal.sqlite")).unwrap();
        for _ in 0..PATIENCE.as_millis() / PAUSE.as_millis() {
            let pending = "SELECT count(*) FROM intents WHERE state IN ('planned', 'signed', 'sent')";
            if journal.query_row(pending, [], |row| row.get::<_, u32>(0)).unwrap() == 0 {
                return;
            }
            tokio::time::sleep(PAUSE).await;
        }
        panic!("something sent is in no block:\n{}", self.log());
    }

    /// Asks it to end, and waits.
    pub async fn stop(mut self) -> ExitStatus {
        Command::new("kill").args(["-TERM", &self.process.id().to_string()]).status().unwrap();
        self.ended().await
    }

    /// What it has written, with what earlier ones on the same data directory wrote.
    pub fn log(&self) -> String {
        fs::read_to_string(&self.log).unwrap()
    }
}

impl Drop for Relayer {
    fn drop(&mut self) {
        // A test that fails half-way must leave no process behind.
        self.process.kill().ok();
        self.process.wait().ok();
    }
}

async fn deploy(client: &Client, folder: &Path) -> Suite {
    let artifacts = Path::new(env!("CARGO_MANIFEST_DIR")).join("../target/contracts");
    assert!(artifacts.join("jobs.code").exists(), "the contracts are not built: run `cargo xtask build`");
    let deployer = client.with_signer(PrivateKeySigner::from_bytes(&Role::Deployer.key()).unwrap()).unwrap();
    let supply = vec![Allocation { holder: Role::Deployer.account(), amount: Lnq::whole(1_000_000_000) }];
    let treasury = Some(Role::Treasury.account());
    let request = Request {
        artifacts,
        deployments: folder.join("deployments"),
        parameters: Parameters::new(
            Profile::Local,
            client.chain_id(),
            supply,
            Appointments { treasury, ..Appointments::default() },
        )
        .unwrap(),
        salt: Request::default_salt(),
        replace: false,
    };
    deployment::deploy(&deployer, &request, |_| ()).await.unwrap().suite().unwrap()
}

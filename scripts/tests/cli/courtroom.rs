//! A disputed result and a jury that one juror fills.

use std::path::PathBuf;

use alloy::primitives::{B256, U256};
use alloy::providers::Provider;
use linq::beacon::{Beacon, Source};
use linq::units::Lnq;
use linq_abi::codes::Side;
use linq_abi::{ICourt, IDisputes, IJobs, ILnqToken};
use linq_manifest::{Content, Ending, Output};

use crate::world::World;

/// What the program of the tests prints.
pub const STDOUT: &str = "done\n";

/// Prints it.
const PROGRAM: &str = r#"(module
    (import "wasi_snapshot_preview1" "fd_write" (func $write (param i32 i32 i32 i32) (result i32)))
    (memory (export "memory") 1)
    (data (i32.const 0) "\08\00\00\00\05\00\00\00done\n")
    (func (export "_start")
        (drop (call $write (i32.const 1) (i32.const 0) (i32.const 1) (i32.const 100)))))"#;

/// What the program needs.
const RESOURCE: &str = "\
name: words
resources: { cpu: 500m, memory: 256Mi, storage: 1Gi }
limits: { time: 1m, fuel: 1M }
order: { window: 2m }
";

/// A result of provider 1 that its requester, account 3, disputes. Juror 1 is account 5 and alone had stake the day before,
/// so that every seat is its; juror 2 is account 6 and came too late.
pub struct Courtroom {
    /// The chain.
    pub world: World,
    /// The job.
    pub job: String,
    /// The dispute.
    pub dispute: u64,
    /// Where its result lies.
    pub published: PathBuf,
}

impl Courtroom {
    /// Disputes a right result of nearly 400 LNQ, price and lock together, which three seats decide on.
    pub async fn new() -> Self {
        Self::with(&[5]).await
    }

    /// Disputes a right result before jurors of equal stake, who are accounts 5 and 6.
    pub async fn of_two() -> Self {
        Self::with(&[5, 6]).await
    }

    async fn with(jurors: &[u8]) -> Self {
        let world = market_with(jurors).await;
        let job = post(&world).await;
        let published = submit_result(&world, &job, STDOUT).await;
        let dispute = dispute(&world, &job).await;
        Self { world, job, dispute, published }
    }

    /// Moves the chain's clock.
    pub async fn go_on(&self, seconds: u64) {
        go_on(&self.world, seconds).await;
    }

    /// Waits for the beacon's time, brings its round, and draws the last jury.
    pub async fn draw(&self) {
        let keeper = self.world.account(8).await;
        let (client, dispute) = (&keeper.client, self.dispute);
        self.go_on(64).await;
        let ordered = client.events::<ICourt::JuryOrdered>(keeper.suite.court, 0, [None; 3]).await.unwrap();
        let (ordered, _) = ordered.into_iter().rfind(|(event, _)| event.dispute == dispute).unwrap();
        let beacon = Beacon::at(client, keeper.suite.beacon).await.unwrap();
        let signature = Source::Local.round(ordered.beaconRound).await.unwrap();
        beacon.submit(ordered.beaconRound, &signature).await.unwrap();
        for _ in 0..u32::from(ordered.seats).div_ceil(8) {
            client.send(keeper.suite.court, &ICourt::drawCall { dispute }, U256::ZERO).await.unwrap();
        }
    }

    /// Orders the next jury in the requester's name.
    pub async fn appeal(&self, round: u8) {
        let linq = self.world.account(3).await;
        let call = ICourt::appealCall { dispute: self.dispute, round, side: Side::Requester.number() };
        linq.client.send(linq.suite.court, &call, U256::ZERO).await.unwrap();
    }

    /// Settles a jury of up to eight seats.
    pub async fn settle(&self, round: u8) {
        let keeper = self.world.account(8).await;
        let call = ICourt::settleCall { dispute: self.dispute, round };
        keeper.client.send(keeper.suite.court, &call, U256::ZERO).await.unwrap();
    }

    /// LNQ of a development account.
    pub async fn held(&self, account: u8) -> U256 {
        let linq = self.world.account(account).await;
        let account = linq.client.account().unwrap();
        linq.client.call(linq.suite.token, &ILnqToken::balanceOfCall { account }).await.unwrap()
    }
}

/// Moves the chain's clock.
pub async fn go_on(world: &World, seconds: u64) {
    let linq = world.account(0).await;
    let _: U256 = linq.client.provider().raw_request("evm_increaseTime".into(), [seconds]).await.unwrap();
}

/// Contracts, a provider that asks for 300 LNQ for two hours of half a core, and one juror.
pub async fn market() -> World {
    market_with(&[5]).await
}

/// The same with these accounts as jurors of equal stake; accounts 5 and 6 that are not among them stake too late to count.
async fn market_with(jurors: &[u8]) -> World {
    let world = World::deployed().await;
    std::fs::write(world.folder.path().join("module.wasm"), wat::parse_str(PROGRAM).unwrap()).unwrap();
    std::fs::write(world.folder.path().join("resource.yaml"), RESOURCE).unwrap();
    let operator = world.account(2).await.client.account().unwrap();
    let register = format!(
        "provider register --dev-account 1 --operator {operator} --cpu 4 --memory 8Gi --storage 10Gi --region 276 \
         --cpu-price 300 --open --min-run 1m --max-run 1day --max-window 3days --max-lock 100 --yes"
    );
    world.linq(&register).await.succeeded();
    let stake = async |account: u8| {
        world.linq(&format!("juror stake 10000 --yes --dev-account {account}")).await.succeeded();
    };
    for account in jurors {
        stake(*account).await;
    }
    go_on(&world, 86_400).await;
    // Its block has the new day; terms are made by the second of the latest one.
    world.linq("provider accept-role --provider 1 --dev-account 2").await.succeeded();
    for late in [5, 6].into_iter().filter(|account| !jurors.contains(account)) {
        stake(late).await;
    }
    world
}

/// Posts a job that the provider has at once, and returns its id.
pub async fn post(world: &World) -> String {
    let line = "submit --resource resource.yaml --image module.wasm --duration 2h --price 500 --assign 1 --yes --json";
    let posted = world.linq(&format!("{line} --dev-account 3")).await.succeeded().document();
    posted["job"].as_str().unwrap().to_owned()
}

/// Publishes a result of a program that printed `stdout`, and submits it in the operator's name, claiming all of it.
pub async fn submit_result(world: &World, job: &str, stdout: &str) -> PathBuf {
    let output = Output {
        version: Output::VERSION,
        ending: Ending::Exited,
        exit_code: 0,
        stdout: Content::of(stdout),
        stderr: Content::of(""),
        files: Vec::new(),
    };
    let place = world.folder.path().join("published");
    std::fs::create_dir_all(&place).unwrap();
    std::fs::write(place.join("stdout"), stdout).unwrap();
    std::fs::write(place.join("stderr"), "").unwrap();
    std::fs::write(place.join("result.json"), output.canonical()).unwrap();
    let linq = world.account(2).await;
    let uri = format!("file://{}/result.json", place.display());
    let call = IJobs::submitCall { job: id(job), slot: 0, root: output.root(), claim: 20, uri };
    linq.client.send(linq.suite.jobs, &call, U256::ZERO).await.unwrap();
    place
}

/// Disputes the result in the requester's name, who claims that nothing is due.
async fn dispute(world: &World, job: &str) -> u64 {
    let linq = world.account(3).await;
    linq.approve(linq.suite.court, Lnq::whole(1_000)).await.unwrap();
    let call = IDisputes::disputeCall { job: id(job), slot: 0, claim: 0 };
    let sent = linq.client.send(linq.suite.disputes, &call, U256::ZERO).await.unwrap();
    let opened = sent.expect_event::<IDisputes::ResultDisputed>(linq.suite.disputes).unwrap();
    assert_eq!(Lnq(opened.cost), Lnq::whole(30), "three seats");
    opened.dispute
}

/// A job's id as a word.
pub fn id(job: &str) -> B256 {
    job.parse().unwrap()
}

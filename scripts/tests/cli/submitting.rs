//! `linq submit`, `status`, `fetch`, `accept`, `cancel`, `step`: a job from its file to its result.

use alloy::primitives::{B256, U256};
use alloy::providers::Provider;
use linq_abi::IJobs;
use linq_manifest::{Content, Ending, Output, OutputFile};
use serde_json::Value;

use crate::world::World;

const SUBMIT: &str = "submit --resource resource.yaml --image module.wasm --duration 2h --dev-account 3";

/// Posts a job that provider 1 has, and returns its id.
async fn assigned(world: &World) -> String {
    let posted = world.linq(&format!("{SUBMIT} --assign 1 --yes --json")).await.succeeded().document();
    assert_eq!(posted["assigned"][0]["provider"], 1);
    posted["job"].as_str().unwrap().to_owned()
}

async fn slot(world: &World, job: &str, index: usize) -> Value {
    world.linq(&format!("status {job} --json")).await.succeeded().document()["slots"][index].clone()
}

/// Puts a result where its URI says and submits it in the operator's name.
async fn submit_result(world: &World, job: &str) -> std::path::PathBuf {
    let output = Output {
        version: Output::VERSION,
        ending: Ending::Exited,
        exit_code: 0,
        stdout: Content::of("done\n"),
        stderr: Content::of(""),
        files: vec![OutputFile { path: "words.csv".into(), content: Content::of("the,2\n") }],
    };
    let place = world.folder.path().join("published");
    std::fs::create_dir_all(place.join("files")).unwrap();
    std::fs::write(place.join("stdout"), "done\n").unwrap();
    std::fs::write(place.join("stderr"), "").unwrap();
    std::fs::write(place.join("files/words.csv"), "the,2\n").unwrap();
    std::fs::write(place.join("result.json"), output.canonical()).unwrap();
    let linq = world.account(2).await;
    let uri = format!("file://{}/result.json", place.display());
    let call = IJobs::submitCall { job: job.parse::<B256>().unwrap(), slot: 0, root: output.root(), claim: 20, uri };
    linq.client.send(linq.suite.jobs, &call, U256::ZERO).await.unwrap();
    place
}

#[tokio::test]
async fn a_job_is_posted_by_the_second_of_its_transaction() {
    let world = World::with_provider().await;
    let linq = world.account(2).await;
    // No block is made: the latest one still says what it was.
    let _: U256 = linq.client.provider().raw_request("evm_increaseTime".into(), [40 * 86_400]).await.unwrap();
    world.linq(&format!("{SUBMIT} --yes --json")).await.succeeded();
}

#[tokio::test]
async fn a_job_goes_from_file_to_result() {
    let world = World::with_provider().await;
    let job = assigned(&world).await;
    let running = slot(&world, &job, 0).await;
    assert_eq!((running["state"].as_str(), running["provider"].as_u64()), (Some("running"), Some(1)));
    // 0.5 cores for two hours at 0.36 LNQ an hour.
    assert_eq!(running["price"], "360000000000000000");
    assert_eq!(running["collateral"], "72000000000000000");
    world.linq(&format!("fetch {job}")).await.failed(8, &["no result yet"]);

    submit_result(&world, &job).await;
    let submitted = slot(&world, &job, 0).await;
    assert_eq!((submitted["state"].as_str(), submitted["claim"].as_u64()), (Some("submitted"), Some(20)));
    let fetched = world.linq(&format!("fetch {job} --output out --json")).await.succeeded().document();
    assert_eq!(fetched["results"][0]["output"]["ending"], "exited");
    assert_eq!(std::fs::read_to_string(world.folder.path().join("out/0/files/words.csv")).unwrap(), "the,2\n");
    world.linq(&format!("fetch {job} --output out")).await.failed(9, &["exists already"]);

    world.linq(&format!("accept {job} --dev-account 4")).await.failed(6, &["JobsNotRequester"]);
    let accepted = world.linq(&format!("accept {job} --dev-account 3 --json")).await.succeeded().document();
    assert_eq!(accepted["done"][0]["outcome"], "accepted");
    let closed = slot(&world, &job, 0).await;
    assert_eq!((closed["state"].as_str(), closed["next"].is_null()), (Some("closed"), true));
    assert_eq!(
        (closed["paid"].as_str(), closed["fee"].as_str()),
        (Some("351000000000000000"), Some("9000000000000000"))
    );
}

#[tokio::test]
async fn a_result_that_is_not_the_submitted_one_is_refused() {
    let world = World::with_provider().await;
    let job = assigned(&world).await;
    let place = submit_result(&world, &job).await;
    std::fs::write(place.join("files/words.csv"), "the,3\n").unwrap();
    world.linq(&format!("fetch {job} --output out")).await.failed(1, &["refused", "words.csv"]);
    assert!(!world.folder.path().join("out/0").exists());
    std::fs::remove_file(place.join("result.json")).unwrap();
    world.linq(&format!("fetch {job} --output out")).await.failed(5, &["cannot fetch"]);
}

#[tokio::test]
async fn the_cost_is_shown_before_anything_is_sent() {
    let world = World::with_provider().await;
    let height = world.height().await;
    let estimate = world.linq(&format!("{SUBMIT} --price 5 --tasks 3 --estimate --json")).await.succeeded().document();
    assert!(estimate["job"].is_null());
    assert_eq!(estimate["cost"]["total"], "15000000000000000000");
    assert_eq!(estimate["cost"]["fee"], "125000000000000000");
    assert_eq!(estimate["cost"]["collateral"], "1000000000000000000");
    let without_key = "submit --resource resource.yaml --image module.wasm --duration 2h --price 5 --estimate";
    world.linq(without_key).await.succeeded();
    world.linq(&format!("{SUBMIT} --price 5")).await.failed(2, &["--yes", "5 LNQ in all"]);
    assert_eq!(world.height().await, height);
}

#[tokio::test]
async fn a_price_left_to_the_market_is_that_of_the_cheapest_offer() {
    let world = World::deployed().await;
    world.linq(&format!("{SUBMIT} --yes")).await.failed(9, &["no standing offer", "--price"]);
    let world = World::with_provider().await;
    let posted = world.linq(&format!("{SUBMIT} --yes --json")).await.succeeded().document();
    assert_eq!(posted["cost"]["price"], "360000000000000000");
    assert_eq!(posted["assigned"].as_array().unwrap().len(), 0);
    let job = posted["job"].as_str().unwrap();
    assert_eq!(slot(&world, job, 0).await["state"], "open");

    let assigned =
        world.linq(&format!("assign {job} --provider 1 --dev-account 3 --json")).await.succeeded().document();
    assert_eq!(assigned["done"][0]["state"], "running");
}

#[tokio::test]
async fn the_market_passes_over_who_could_not_do_the_work() {
    let world = World::with_provider().await;
    // Both ask for less than provider 1; the operator of the cheapest has not accepted.
    let rival = "--cpu 4 --memory 8Gi --storage 10Gi --region 276 --open --min-run 1m --max-run 1day --max-window 3days --max-lock 100 --yes";
    let operator = "0x00000000000000000000000000000000000000aa";
    let unready = format!("provider register --dev-account 5 --operator {operator} --cpu-price 0.036 {rival}");
    world.linq(&unready).await.succeeded();
    world.linq(&format!("provider register --dev-account 6 --cpu-price 0.072 {rival}")).await.succeeded();
    let posted = world.linq(&format!("{SUBMIT} --yes --json")).await.succeeded().document();
    assert_eq!(posted["cost"]["price"], "72000000000000000");
}

#[tokio::test]
async fn what_nobody_took_comes_back() {
    let world = World::deployed().await;
    let before = world.account(3).await;
    let account = before.client.account().unwrap();
    let held = before.lnq_balance(account).await.unwrap();
    let posted = world.linq(&format!("{SUBMIT} --price 5 --tasks 3 --yes --json")).await.succeeded().document();
    let job = posted["job"].as_str().unwrap().to_owned();
    world.linq(&format!("step {job} --slot 0 --dev-account 5")).await.failed(6, &["JobsNothingDue"]);
    world.linq(&format!("cancel {job} --dev-account 3")).await.failed(2, &["3 tasks", "--slot"]);
    world.linq(&format!("cancel {job} --slot 3 --dev-account 3")).await.failed(7, &["no slot 3"]);
    world.linq(&format!("cancel {job} --slot 1 --dev-account 3")).await.succeeded();
    let rest = world.linq(&format!("cancel {job} --all --dev-account 3 --json")).await.succeeded().document();
    assert_eq!(rest["done"].as_array().unwrap().len(), 2);
    world.linq(&format!("cancel {job} --all --dev-account 3")).await.failed(9, &["no slot"]);
    assert_eq!(before.lnq_balance(account).await.unwrap(), held);

    let listed = world.linq("status --dev-account 3 --json").await.succeeded().document();
    assert_eq!(listed["jobs"][0]["slots"]["closed"], 3);
    assert_eq!(world.linq("status --dev-account 4 --json").await.succeeded().document()["jobs"], Value::Array(vec![]));
}

#[tokio::test]
async fn an_id_is_posted_once_and_continued() {
    let world = World::with_provider().await;
    let once = format!("{SUBMIT} --price 5 --tasks 2 --id mine --yes --json");
    let first = world.linq(&once).await.succeeded().document();
    let height = world.height().await;
    let second = world.linq(&once).await.succeeded().document();
    assert_eq!(first["job"], second["job"]);
    assert_eq!(world.height().await, height);
    let assigned = world.linq(&format!("{once} --assign 1")).await.succeeded().document();
    assert_eq!(assigned["assigned"].as_array().unwrap().len(), 2);
    assert_eq!(assigned["job"], first["job"]);

    let another = world.linq(&format!("{SUBMIT} --price 5 --yes --json")).await.succeeded().document();
    assert_ne!(another["job"], first["job"]);
    std::fs::write(world.folder.path().join("resource.yaml"), "resources: { cpu: 2 }\n").unwrap();
    world.linq(&once).await.failed(9, &["other work", "--id"]);
}

#[tokio::test]
async fn work_that_cannot_be_is_refused_with_its_reason() {
    let world = World::with_provider().await;
    let height = world.height().await;
    for (line, code, words) in [
        (format!("{SUBMIT} --price 5 --window 30s --yes"), 2, ["window", "1m"]),
        (format!("{SUBMIT} --price 5 --attempts 9 --yes"), 2, ["attempts", "8"]),
        (format!("{SUBMIT} --price 0 --yes"), 2, ["price", "0"]),
        (format!("{SUBMIT} --price 200000000 --yes"), 9, ["holds", "200000000 LNQ"]),
        (format!("{SUBMIT} --price 0.1 --assign 1 --yes"), 9, ["asks for 0.36 LNQ", "--price"]),
        (format!("{SUBMIT} --window 4days --assign 1 --yes"), 9, ["does not fit", "window"]),
        (format!("{SUBMIT} --assign 7 --yes"), 7, ["no provider 7", "1 have registered"]),
        (format!("{SUBMIT} --digest sha256:00 --yes"), 2, ["digest", "sha256"]),
        ("submit --resource missing.yaml --dev-account 3".into(), 2, ["missing.yaml", "--resource"]),
        ("submit --resource resource.yaml --dev-account 3".into(), 2, ["resource.yaml", "module"]),
    ] {
        world.linq(&line).await.failed(code, &words);
    }
    std::fs::write(world.folder.path().join("resource.yaml"), "resources: { cpus: 1 }\n").unwrap();
    world.linq(&format!("{SUBMIT} --price 5 --yes")).await.failed(2, &["line 1", "did you mean `cpu`"]);
    assert_eq!(world.height().await, height);
}

//! `linq deploy`: whole, again, interrupted, and where it must not go on.

use std::process::Stdio;

use serde_json::{Value, json};
use tokio::io::{AsyncBufReadExt, BufReader};

use crate::world::{World, artifacts};

/// Every contract of a deployment.
const CONTRACTS: [&str; 10] =
    ["beacon", "court", "disputes", "escrow", "jobs", "jurors", "lens", "lnq-token", "profiles", "registry"];

const DEPLOY: &str = "deploy --dev-account 0 --json";

fn change(world: &World, change: impl FnOnce(&mut Value)) {
    let mut deployment = world.deployment();
    change(&mut deployment);
    std::fs::write(world.deployment_file(), deployment.to_string()).unwrap();
}

#[tokio::test]
async fn a_second_run_sends_nothing() {
    let world = World::bare().await;
    let first = world.linq(DEPLOY).await.succeeded().document();
    let height = world.height().await;
    let second = world.linq(DEPLOY).await.succeeded().document();
    assert_eq!(first, second);
    assert_eq!(world.height().await, height);
    for contract in CONTRACTS {
        let entry = &first["contracts"][contract];
        for field in ["address", "block", "txHash", "codeHash", "constructorArgs"] {
            assert!(!entry[field].is_null(), "{contract}.{field}");
        }
    }
    assert_eq!(first["contracts"].as_object().unwrap().len(), CONTRACTS.len());
    assert_eq!(first["contracts"]["escrow"]["constructorArgs"]["token"], first["contracts"]["lnq-token"]["address"]);
    world.linq("doctor --dev-account 0").await.succeeded();
}

#[tokio::test]
async fn a_run_that_is_killed_continues_where_it_was() {
    let whole = World::deployed().await.height().await;
    for last in ["lnq-token: deploying", "registry: deployed", "disputes: deploying", "court: wired"] {
        let world = World::bare().await;
        let mut killed = world.command("deploy --dev-account 0").stderr(Stdio::piped()).spawn().unwrap();
        let mut lines = BufReader::new(killed.stderr.take().unwrap()).lines();
        while let Some(line) = lines.next_line().await.unwrap() {
            if line.contains(last) {
                break;
            }
        }
        killed.kill().await.unwrap();
        world.linq(DEPLOY).await.succeeded();
        assert_eq!(world.height().await, whole, "killed at `{last}`: nothing is sent twice");
        world.linq("status").await.succeeded();
    }
}

#[tokio::test]
async fn a_transaction_that_the_file_missed_is_found() {
    let world = World::deployed().await;
    let whole = world.deployment();
    let height = world.height().await;
    // As if the process had ended after sending the third transaction.
    change(&world, |deployment| {
        deployment["contracts"].as_object_mut().unwrap().retain(|name, _| name == "lnq-token" || name == "registry");
        deployment["wired"] = json!({});
    });
    world.linq(DEPLOY).await.succeeded();
    assert_eq!(world.deployment()["contracts"], whole["contracts"]);
    assert_eq!(world.height().await, height);
}

#[tokio::test]
async fn a_lost_file_is_made_again() {
    let world = World::deployed().await;
    let whole = world.deployment();
    let height = world.height().await;
    std::fs::remove_file(world.deployment_file()).unwrap();
    world.linq(DEPLOY).await.succeeded();
    let again = world.deployment();
    assert_eq!(world.height().await, height);
    for contract in CONTRACTS {
        assert_eq!(again["contracts"][contract], whole["contracts"][contract], "{contract}");
    }
}

#[tokio::test]
async fn a_file_of_another_chain_is_refused() {
    let world = World::deployed().await;
    change(&world, |deployment| deployment["chainId"] = json!(42_161));
    world.linq(DEPLOY).await.failed(3, &["42161", "--deployments"]);
    world.linq("status").await.failed(3, &["42161"]);
}

#[tokio::test]
async fn a_chain_that_was_reset_is_noticed() {
    let old = World::deployed().await;
    let new = World::bare().await;
    let folder = new.folder.path().join("deployments");
    std::fs::create_dir(&folder).unwrap();
    std::fs::copy(old.deployment_file(), new.deployment_file()).unwrap();
    new.linq("deploy --dev-account 0").await.failed(3, &["has no code", "--replace"]);
    new.linq("status 0x00000000000000000000000000000000000000000000000000000000000000aa")
        .await
        .failed(7, &["no contract"]);
    new.linq("deploy --dev-account 0 --replace").await.succeeded();
    new.linq("status").await.succeeded();
}

#[tokio::test]
async fn other_code_or_parameters_are_another_deployment() {
    let world = World::deployed().await;
    let other = world.folder.path().join("other");
    std::fs::create_dir(&other).unwrap();
    for contract in CONTRACTS {
        // Every contract is there, but one is not itself.
        let source = if contract == "registry" { "escrow" } else { contract };
        std::fs::copy(artifacts().join(format!("{source}.code")), other.join(format!("{contract}.code"))).unwrap();
    }
    world.linq("deploy --dev-account 0 --artifacts other").await.failed(3, &["other code", "--replace"]);
    let treasury = "--treasury 0x70997970C51812dc3A010C7d01b50e0d17dc79C8";
    world.linq(&format!("deploy --dev-account 0 {treasury}")).await.failed(3, &["other parameters", "--replace"]);
    world.linq("deploy --dev-account 1").await.failed(4, &["begun by"]);
    world.linq(&format!("deploy --dev-account 0 {treasury} --replace")).await.succeeded();
    let first = world.deployment();
    world.linq("deploy --dev-account 0 --replace --salt second").await.succeeded();
    assert_ne!(first["contracts"]["lnq-token"]["address"], world.deployment()["contracts"]["lnq-token"]["address"]);
    world.linq("status").await.succeeded();
}

#[tokio::test]
async fn arguments_that_cannot_be_are_refused_before_anything_is_sent() {
    let world = World::bare().await;
    let height = world.height().await;
    world.linq("deploy").await.failed(4, &["key", "--keystore"]);
    world
        .linq("deploy --dev-account 0 --allocate 0x70997970C51812dc3A010C7d01b50e0d17dc79C8=5")
        .await
        .failed(2, &["add up"]);
    world.linq("deploy --dev-account 0 --treasury 0x12").await.failed(2, &["not an address"]);
    world.linq("deploy --dev-account 0 --artifacts nowhere").await.failed(3, &["cargo xtask build"]);
    assert_eq!(world.height().await, height);
}

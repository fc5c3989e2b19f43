//! `linq dev up`: started, used, interrupted, started again.

use std::path::Path;
use std::process::Stdio;
use std::time::Duration;

use linq::client::Client;
use serde_json::Value;
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::Child;

use crate::quarrel::{ANYONE, Place};
use crate::world::{artifacts, bare_command, folder_with_work, run};

/// Starts it and waits until it says that it is ready.
async fn up(folder: &Path, flags: &str) -> (Child, Value) {
    let mut command = bare_command(folder, &format!("dev up --port 0 --json {flags}"));
    let mut child = command.env("LINQ_ARTIFACTS", artifacts()).stdout(Stdio::piped()).spawn().unwrap();
    let line = BufReader::new(child.stdout.take().unwrap()).lines().next_line().await.unwrap().expect("a document");
    (child, serde_json::from_str(&line).unwrap())
}

/// Interrupts it as Ctrl-C does, and waits for its end.
async fn interrupt(mut child: Child) {
    let process = child.id().unwrap().to_string();
    assert!(std::process::Command::new("kill").args(["-INT", &process]).status().unwrap().success());
    assert_eq!(child.wait().await.unwrap().code(), Some(0));
}

#[tokio::test]
async fn it_has_everything_on_it_until_it_is_interrupted() {
    let folder = tempfile::tempdir().unwrap();
    let (child, ready) = up(folder.path(), "").await;
    assert_eq!(ready["deployment"]["chainId"], 412_346);
    assert_eq!(ready["accounts"].as_array().unwrap().len(), 10);
    assert!(ready["warning"].as_str().unwrap().contains("public"));
    let rpc = ready["rpc"].as_str().unwrap();
    run(bare_command(folder.path(), &format!("status --rpc {rpc}"))).await.succeeded();
    interrupt(child).await;
    assert!(Client::connect(rpc).await.is_err());
}

#[tokio::test]
async fn its_state_survives_when_it_is_kept() {
    let folder = tempfile::tempdir().unwrap();
    let (child, first) = up(folder.path(), "--state chain.json").await;
    let rpc = first["rpc"].as_str().unwrap();
    let register = format!("provider register --dev-account 1 --cpu 1 --memory 1Gi --region 276 --yes --rpc {rpc}");
    run(bare_command(folder.path(), &register)).await.succeeded();
    interrupt(child).await;

    let (child, second) = up(folder.path(), "--state chain.json").await;
    assert_eq!(first["deployment"]["contracts"], second["deployment"]["contracts"]);
    let rpc = second["rpc"].as_str().unwrap();
    run(bare_command(folder.path(), &format!("provider status 1 --rpc {rpc}"))).await.succeeded();
    interrupt(child).await;
}

#[tokio::test]
async fn rounds_that_juries_wait_for_are_brought_also_to_juries_of_an_earlier_start() {
    let folder = folder_with_work();
    let (child, ready) = up(folder.path(), "--state chain.json").await;
    let place = Place::new(folder.path(), ready["rpc"].as_str().unwrap());
    place.register("300").await;
    place.disputed().await;
    interrupt(child).await;

    let (child, ready) = up(folder.path(), "--state chain.json").await;
    let place = Place::new(folder.path(), ready["rpc"].as_str().unwrap());
    let shown = place.document(ANYONE, "dispute show --dispute 1").await;
    let round = shown["rounds"][0]["beaconRound"].as_u64().unwrap();
    let randomness =
        async || place.document(ANYONE, &format!("beacon show --round {round}")).await["randomness"].clone();
    assert!(randomness().await.is_null(), "its time has not come");
    place.go_on(64).await;
    for _ in 0..100 {
        if !randomness().await.is_null() {
            break;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    assert!(!randomness().await.is_null(), "nobody brought round {round}");
    interrupt(child).await;
}

#[tokio::test]
async fn a_port_in_use_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let mut command = bare_command(folder.path(), &format!("dev up --port {port}"));
    command.env("LINQ_ARTIFACTS", artifacts());
    run(command).await.failed(1, &["cannot listen", "--port"]);
}

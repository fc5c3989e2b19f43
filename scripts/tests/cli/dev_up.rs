//! `linq dev up`: started, used, interrupted, started again.

use std::path::Path;
use std::process::Stdio;

use linq::client::Client;
use serde_json::Value;
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::Child;

use crate::world::{artifacts, bare_command, run};

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
async fn a_port_in_use_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let mut command = bare_command(folder.path(), &format!("dev up --port {port}"));
    command.env("LINQ_ARTIFACTS", artifacts());
    run(command).await.failed(1, &["cannot listen", "--port"]);
}

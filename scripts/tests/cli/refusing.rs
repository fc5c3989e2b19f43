//! What goes wrong outside of the contracts: keys, networks, arguments, output.

use alloy::providers::Provider;
use serde_json::Value;

use crate::world::{World, bare_command, run};

const JOB: &str = "0x00000000000000000000000000000000000000000000000000000000000000aa";

#[tokio::test]
async fn a_node_that_is_not_there_is_a_network_error() {
    let folder = tempfile::tempdir().unwrap();
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    drop(listener);
    let command = bare_command(folder.path(), &format!("status --rpc http://{address}/v2/secret"));
    let refused = run(command).await.failed(5, &["cannot reach", "linq dev up"]);
    assert!(!refused.stderr.contains("secret"));
    run(bare_command(folder.path(), "status --rpc nonsense")).await.failed(2, &["RPC address"]);
}

#[tokio::test]
async fn a_server_that_is_no_node_is_named_as_such() {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let server = tokio::spawn(async move {
        use tokio::io::{AsyncReadExt, AsyncWriteExt};
        while let Ok((mut socket, _)) = listener.accept().await {
            let mut request = [0; 4_096];
            let _ = socket.read(&mut request).await;
            let _ = socket.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 5\r\nconnection: close\r\n\r\nhello").await;
        }
    });
    let folder = tempfile::tempdir().unwrap();
    run(bare_command(folder.path(), &format!("status --rpc http://{address}")))
        .await
        .failed(5, &["not as an Ethereum node"]);
    server.abort();
}

#[tokio::test]
async fn another_chain_than_the_configured_one_is_refused() {
    let world = World::bare().await;
    let config = format!("[networks.main]\nrpc = \"{}\"\nchain-id = 42161\n", world.node.url());
    std::fs::write(world.folder.path().join("config.toml"), config).unwrap();
    world.linq("status --config config.toml --network main").await.failed(3, &["412346", "42161", "chain-id"]);
    world.linq("status --config config.toml --network mian").await.failed(3, &["mian", "main, local"]);
}

#[tokio::test]
async fn nothing_is_known_before_it_is_deployed() {
    let world = World::bare().await;
    world.linq("status").await.failed(3, &["deployments/412346.json", "linq deploy"]);
    let checked = world.linq("doctor --json").await;
    assert_eq!(checked.code, 1);
    let document: Value = serde_json::from_str(&checked.stdout).unwrap();
    assert_eq!(document["healthy"], false);
}

#[tokio::test]
async fn a_job_that_does_not_exist_is_not_found() {
    let world = World::deployed().await;
    for line in [format!("status {JOB}"), format!("fetch {JOB}"), format!("accept {JOB} --dev-account 1")] {
        world.linq(&line).await.failed(7, &["no job", "linq status"]);
    }
    world.linq("status 0x12").await.failed(2, &["not an id"]);
}

#[tokio::test]
async fn a_key_is_needed_and_checked() {
    let world = World::deployed().await;
    world.linq(&format!("accept {JOB}")).await.failed(4, &["key", "LINQ_PRIVATE_KEY"]);
    let mut command = world.command(&format!("accept {JOB}"));
    command.env("LINQ_PRIVATE_KEY", "0xhunter2");
    let refused = run(command).await.failed(4, &["LINQ_PRIVATE_KEY"]);
    assert!(!refused.stderr.contains("hunter2"));
    world.linq(&format!("accept {JOB} --keystore missing.json")).await.failed(4, &["password", "--password-file"]);
    world.linq(&format!("accept {JOB} --keystore a --dev-account 1")).await.failed(2, &["cannot be used with"]);
}

#[tokio::test]
async fn an_account_without_funds_is_told_what_is_missing() {
    let world = World::deployed().await;
    let line = "submit --resource resource.yaml --image module.wasm --duration 2h --price 5 --yes";
    let mut command = world.command(line);
    command.env("LINQ_PRIVATE_KEY", "0x00000000000000000000000000000000000000000000000000000000000000aa");
    run(command).await.failed(9, &["holds 0 LNQ", "5 LNQ"]);
}

#[tokio::test]
async fn a_failure_is_one_document_on_stderr() {
    let world = World::deployed().await;
    let failed = world.linq("provider withdraw --provider 1 --dev-account 1 --json").await;
    assert_eq!((failed.code, failed.stdout.as_str()), (6, ""));
    let error = failed.error();
    assert_eq!(error["kind"], "revert");
    assert_eq!(error["exitCode"], 6);
    assert_eq!(error["revert"]["name"], "RegistryUnknownProvider");
    assert_eq!(error["revert"]["arguments"]["provider"], "1");
    assert!(error["hint"].as_str().unwrap().contains("provider id"));
}

#[tokio::test]
async fn a_transaction_that_waits_for_its_block_is_pending() {
    let world = World::with_provider().await;
    let linq = world.account(9).await;
    let provider = linq.client.provider();
    let _: Value = Provider::raw_request(provider, "evm_setAutomine".into(), [false]).await.unwrap();
    let approve = "provider add-stake 0.5 --provider 1 --approve --yes --dev-account 1 --timeout 1s";
    world.linq(approve).await.failed(8, &["not in a block after 1s", "--timeout"]);
}

#[tokio::test]
async fn colours_are_for_terminals() {
    let world = World::deployed().await;
    let plain = world.linq("doctor").await.succeeded();
    assert!(!plain.stdout.contains('\u{1b}') && !plain.stderr.contains('\u{1b}'));
    let mut forced = world.command("status 0x12");
    forced.env("CLICOLOR_FORCE", "1").env("NO_COLOR", "1");
    assert!(!run(forced).await.stderr.contains('\u{1b}'));
}

#[tokio::test]
async fn help_and_completion_need_no_chain() {
    let folder = tempfile::tempdir().unwrap();
    let help = run(bare_command(folder.path(), "--help")).await.succeeded();
    assert!(help.stdout.contains("Exit codes"));
    for shell in ["bash", "zsh", "fish", "powershell", "elvish"] {
        let script = run(bare_command(folder.path(), &format!("completion {shell}"))).await.succeeded();
        assert!(script.stdout.contains("linq"), "{shell}");
    }
    run(bare_command(folder.path(), "sbumit")).await.failed(2, &["submit"]);
}

//! `linq juror show`: all that a juror can know about a case.

use std::path::{Path, PathBuf};

use alloy::primitives::{B256, U256};
use linq_abi::ICourt;
use serde_json::{Value, json};

use crate::courtroom::Courtroom;

#[tokio::test]
async fn a_juror_sees_the_whole_case() {
    let room = Courtroom::new().await;
    let (world, dispute) = (&room.world, room.dispute);
    let eve = world.account(7).await;
    let (hash, uri) = (B256::repeat_byte(7), "https://example.org/log".to_owned());
    let call = ICourt::evidenceCall { dispute, hash, uri: uri.clone() };
    eve.client.send(eve.suite.court, &call, U256::ZERO).await.unwrap();
    let shown = world.linq(&format!("juror show {dispute} --json")).await.succeeded().document();
    assert_eq!((&shown["phase"], &shown["juror"]), (&json!("evidence"), &Value::Null));
    assert_eq!(shown["juries"][0]["seats"][0], json!({ "seat": 0, "ballot": "empty", "own": false }));

    room.draw().await;
    let show =
        async || world.linq(&format!("juror show {dispute} --json --dev-account 5")).await.succeeded().document();
    let shown = show().await;
    assert_eq!((&shown["job"], &shown["slot"], &shown["juror"]), (&json!(room.job), &json!(0), &json!(1)));
    assert_eq!((&shown["phase"], &shown["round"]), (&json!("commit"), &json!(0)));
    assert_eq!(shown["terms"]["price"], json!("500000000000000000000"));
    assert_eq!((&shown["manifest"]["content"]["name"], shown["manifest"].get("missing")), (&json!("words"), None));
    assert_eq!(shown["result"]["output"]["stdout"]["length"], json!(5));
    assert_eq!(path(&shown["result"]["log"]["stdout"]), room.published.join("stdout"));
    let claims = json!({ "requesterOpened": 0, "providerOpened": 20, "requester": 0, "provider": 20 });
    assert_eq!(shown["claims"], claims);
    assert_eq!((&shown["evidence"][0]["hash"], &shown["evidence"][0]["uri"]), (&json!(hash), &json!(uri)));
    assert_eq!(shown["juries"][0]["seats"][2], json!({ "seat": 2, "juror": 1, "ballot": "silent", "own": true }));
    let page = world.linq(&format!("juror show {dispute}")).await.succeeded().stdout;
    assert!(page.contains(&format!("linq replay {} 0", room.job)) && page.contains(&uri), "{page}");

    // What cannot be had is said, and the rest is shown all the same.
    std::fs::remove_dir_all(&room.published).unwrap();
    std::fs::remove_dir_all(world.folder.path().join("manifests")).unwrap();
    let shown = show().await;
    assert!(shown["result"]["missing"].is_string() && shown["result"].get("log").is_none(), "{shown}");
    assert!(shown["manifest"]["missing"].is_string() && shown["manifest"].get("content").is_none(), "{shown}");
    world.linq("juror show 99").await.failed(6, &["CourtUnknownDispute"]);
}

fn path(uri: &Value) -> PathBuf {
    Path::new(uri.as_str().unwrap().strip_prefix("file://").unwrap()).to_owned()
}

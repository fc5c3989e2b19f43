//! `linq juror watch`: shows in time what was sealed, whatever becomes of the process.

use std::process::Stdio;
use std::time::Duration;

use alloy::primitives::{B256, U256};
use linq_abi::ICourt;
use serde_json::{Value, json};
use tokio::io::{AsyncBufReadExt, BufReader};

use crate::courtroom::Courtroom;
use crate::world::{Run, World};

/// Looks once, in the name of the juror who sits in every seat.
async fn look(room: &Courtroom, flags: &str) -> Run {
    room.world.linq(&format!("juror watch --once --json --dev-account 5 {flags}")).await
}

/// What a look has led to.
fn deeds(run: Run) -> Vec<Value> {
    run.succeeded().stdout.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

async fn commit(room: &Courtroom, vote: &str, seat: u8) -> String {
    let line = format!("juror commit {} --vote {vote} --seat {seat} --yes --json --dev-account 5", room.dispute);
    let sealed = room.world.linq(&line).await.succeeded().document();
    sealed["file"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn what_was_sealed_is_shown_once_and_never_too_early() {
    let room = Courtroom::new().await;
    let dispute = room.dispute;
    assert_eq!(deeds(look(&room, "").await), Vec::<Value>::new());
    room.draw().await;
    let waiting = deeds(look(&room, "").await);
    assert_eq!((waiting.len(), &waiting[0]["did"], &waiting[0]["dispute"]), (1, &json!("waiting"), &json!(dispute)));
    commit(&room, "18", 0).await;
    let file = commit(&room, "17", 2).await;

    // Votes are sealed: neither in that phase nor right after it is anything sent.
    let height = room.world.height().await;
    look(&room, "").await.succeeded();
    room.go_on(60).await;
    assert_eq!(deeds(look(&room, "").await), Vec::<Value>::new());
    assert_eq!(room.world.height().await, height, "nothing was sent");

    room.go_on(15).await;
    std::fs::remove_file(file).unwrap();
    let shown = deeds(look(&room, "").await);
    let votes: Vec<_> = shown.iter().map(|deed| (&deed["did"], &deed["seat"], &deed["vote"])).collect();
    let revealed = json!("revealed");
    assert_eq!(votes, [(&revealed, &json!(0), &json!(18)), (&revealed, &json!(2), &json!(17))]);
    let height = room.world.height().await;
    assert_eq!(deeds(look(&room, "").await), Vec::<Value>::new());
    assert_eq!(room.world.height().await, height, "nothing is sent twice");
}

#[tokio::test]
async fn a_reward_is_claimed_where_it_is_worth_it() {
    let room = Courtroom::new().await;
    room.draw().await;
    for seat in 0..3 {
        commit(&room, "18", seat).await;
    }
    // All have acted, so that there is nothing to wait for.
    assert_eq!(deeds(look(&room, "").await).len(), 3);
    room.go_on(61).await;
    assert_eq!(deeds(look(&room, "").await), Vec::<Value>::new(), "not settled");
    room.settle(0).await;
    let before = room.held(5).await;
    for flags in ["--no-claims", "--least-reward 30.5", "--ether-price 70000000000"] {
        assert_eq!(deeds(look(&room, flags).await), Vec::<Value>::new(), "{flags}");
    }
    let paid = deeds(look(&room, "--least-reward 30 --ether-price 3000").await);
    assert_eq!(
        (paid.len(), &paid[0]["did"], &paid[0]["amount"]),
        (1, &json!("claimed"), &json!("30000000000000000000"))
    );
    assert_eq!(room.held(5).await - before, U256::from(30_000_000_000_000_000_000_u128));
    assert_eq!(deeds(look(&room, "").await), Vec::<Value>::new());
}

#[tokio::test]
async fn it_goes_on_until_it_is_interrupted() {
    let room = Courtroom::new().await;
    let mut command = room.world.command("juror watch --every 1s --json --dev-account 5");
    let mut child = command.stdout(Stdio::null()).spawn().unwrap();
    room.draw().await;
    for seat in 0..3 {
        commit(&room, "9", seat).await;
    }
    let shown = async || {
        let cases = room.world.linq("juror cases --all --juror 1 --json").await.succeeded().document();
        cases["cases"][0]["seats"].as_array().unwrap().iter().all(|seat| seat["vote"] == 9)
    };
    let mut looks = 0;
    while !shown().await {
        looks += 1;
        assert!(looks < 200, "the votes were not shown");
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    let process = child.id().unwrap().to_string();
    assert!(std::process::Command::new("kill").args(["-TERM", &process]).status().unwrap().success());
    assert_eq!(child.wait().await.unwrap().code(), Some(0));
}

#[tokio::test]
async fn a_vote_that_cannot_be_shown_keeps_no_other_back() {
    let room = Courtroom::new().await;
    room.draw().await;
    let (juror, dispute) = (room.world.account(5).await, room.dispute);
    let call = ICourt::commitCall { dispute, round: 0, seat: 0, commitment: B256::repeat_byte(1) };
    juror.client.send(juror.suite.court, &call, U256::ZERO).await.unwrap();
    commit(&room, "18", 1).await;
    room.go_on(75).await;
    let run = look(&room, "").await;
    assert_eq!(run.code, 4, "{run:#?}");
    assert_eq!((&run.document()["did"], &run.document()["seat"]), (&json!("revealed"), &json!(1)));
    assert!(run.error()["message"].as_str().unwrap().contains("a salt that this key does not give"), "{run:#?}");
}

#[tokio::test]
async fn a_node_that_is_gone_does_not_end_it() {
    let room = Courtroom::new().await;
    room.draw().await;
    let mut command = room.world.command("juror watch --every 1s --json --dev-account 5");
    let mut child = command.stdout(Stdio::piped()).spawn().unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let mut next = async || serde_json::from_str::<Value>(&lines.next_line().await.unwrap().expect("a line")).unwrap();
    assert_eq!(next().await["did"], "waiting");
    let World { node, folder: _folder } = room.world;
    node.stop().await.unwrap();
    let failed = next().await;
    assert_eq!((&failed["did"], &failed["kind"]), (&json!("failed"), &json!("network")));
    let process = child.id().unwrap().to_string();
    assert!(std::process::Command::new("kill").args(["-TERM", &process]).status().unwrap().success());
    assert_eq!(child.wait().await.unwrap().code(), Some(0));
}

#[tokio::test]
async fn it_says_whom_it_cannot_watch_for() {
    let room = Courtroom::new().await;
    room.world.linq("juror watch --once").await.failed(4, &["this needs a key"]);
    room.world.linq("juror watch --once --dev-account 8").await.failed(7, &["is no juror"]);
}

//! `linq juror cases`, `commit`, `reveal`, `claim`: a vote from its seal to its reward.

use alloy::primitives::U256;
use linq::votes::{Seat, Vote, VoteFile, salt};
use linq_abi::ICourt;
use serde_json::{Value, json};

use crate::courtroom::Courtroom;

/// One line of the juror who sits in every seat.
async fn juror(room: &Courtroom, line: &str) -> crate::world::Run {
    room.world.linq(&format!("juror {line} --dev-account 5")).await
}

async fn todo(room: &Courtroom) -> Value {
    juror(room, "cases --json").await.succeeded().document()["cases"][0]["todo"].clone()
}

fn transactions(document: &Value) -> usize {
    document["seats"].as_array().unwrap().iter().filter(|seat| seat["txHash"].is_string()).count()
}

#[tokio::test]
async fn a_vote_goes_from_its_seal_to_its_reward() {
    let room = Courtroom::new().await;
    assert_eq!(juror(&room, "cases --json").await.succeeded().document(), json!({ "juror": 1, "cases": [] }));
    room.draw().await;
    let dispute = room.dispute;
    let case = juror(&room, "cases --json").await.succeeded().document()["cases"][0].clone();
    assert_eq!((&case["dispute"], &case["job"], &case["slot"]), (&json!(dispute), &json!(room.job), &json!(0)));
    assert_eq!(
        (&case["phase"], &case["todo"], &case["seats"][2]["ballot"]),
        (&json!("commit"), &json!("commit"), &json!("silent"))
    );

    let height = room.world.height().await;
    juror(&room, &format!("commit {dispute} --vote 18")).await.failed(2, &["--yes"]);
    assert_eq!(room.world.height().await, height, "nothing was sent");
    let line = format!("commit {dispute} --vote 18 --yes --json");
    let first = juror(&room, &format!("{line} --seat 1")).await.succeeded().document();
    assert_eq!((transactions(&first), &first["seats"][0]["seat"]), (1, &json!(1)));
    juror(&room, &format!("commit {dispute} --vote 17 --yes")).await.failed(9, &["18/20 is sealed in seat 1"]);
    let rest = juror(&room, &line).await.succeeded().document();
    assert_eq!((transactions(&rest), rest["seats"].as_array().unwrap().len()), (2, 3));
    assert_eq!(room.world.height().await, height + 3, "one transaction a seat");
    let text = std::fs::read_to_string(rest["file"].as_str().unwrap()).unwrap();
    assert!(!text.contains("salt") && !text.contains("vote"), "{text}");

    // All have acted, so the phase is over before its time.
    assert_eq!(todo(&room).await, "reveal");
    juror(&room, &format!("commit {dispute} --vote 18 --yes")).await.failed(9, &["no vote is sealed any more"]);
    let shown = juror(&room, &format!("reveal {dispute} --json")).await.succeeded().document();
    assert_eq!((transactions(&shown), &shown["seats"][2]["vote"]), (3, &json!(18)));
    let height = room.world.height().await;
    let again = juror(&room, &format!("reveal {dispute} --json")).await.succeeded().document();
    assert_eq!((transactions(&again), room.world.height().await), (0, height), "nothing is sent twice");

    juror(&room, &format!("claim {dispute}")).await.failed(8, &["no final verdict", "appeal phase"]);
    room.go_on(61).await;
    assert_eq!(todo(&room).await, "settle");
    juror(&room, &format!("claim {dispute}")).await.failed(8, &["not settled", "linq dispute step"]);
    room.settle(0).await;
    assert_eq!(todo(&room).await, "claim");
    juror(&room, &format!("claim {dispute} --round 1")).await.failed(7, &["does not sit in that jury"]);
    let before = room.held(5).await;
    let claimed = juror(&room, &format!("claim {dispute} --json")).await.succeeded().document();
    assert_eq!(claimed["total"], json!("30000000000000000000"), "three fees and nothing was collected");
    assert_eq!(room.held(5).await - before, U256::from(30_000_000_000_000_000_000_u128));
    juror(&room, &format!("claim {dispute}")).await.failed(9, &["claimed already"]);
    assert_eq!(juror(&room, "cases --json").await.succeeded().document()["cases"], json!([]));
    assert_eq!(juror(&room, "cases --all --json").await.succeeded().document()["cases"][0]["todo"], "nothing");
}

#[tokio::test]
async fn the_key_alone_restores_what_was_sealed() {
    let room = Courtroom::new().await;
    room.draw().await;
    let dispute = room.dispute;
    let sealed = juror(&room, &format!("commit {dispute} --vote refuse --seat 0 --yes --json")).await;
    let file = sealed.succeeded().document()["file"].as_str().unwrap().to_owned();
    juror(&room, &format!("commit {dispute} --vote 0 --seat 2 --yes")).await.succeeded();

    let height = room.world.height().await;
    juror(&room, &format!("reveal {dispute}")).await.failed(8, &["still being sealed", "voids its seat"]);
    room.go_on(60).await;
    juror(&room, &format!("reveal {dispute}")).await.failed(8, &["just begun", "seconds"]);
    assert_eq!(room.world.height().await, height, "nothing was sent");

    room.go_on(15).await;
    std::fs::write(&file, "nothing of use").unwrap();
    let shown = juror(&room, &format!("reveal {dispute}")).await.succeeded();
    assert!(shown.stderr.contains("your key restores the votes"), "{shown:?}");
    let seats = juror(&room, "cases --json").await.succeeded().document()["cases"][0]["seats"].clone();
    let ballots: Vec<&Value> = seats.as_array().unwrap().iter().map(|seat| &seat["vote"]).collect();
    assert_eq!(ballots, [&json!(255), &Value::Null, &json!(0)]);

    // One vote of three seats decides nothing, so nobody is paid for it.
    room.go_on(61).await;
    room.settle(0).await;
    juror(&room, &format!("claim {dispute}")).await.failed(9, &["earned nothing", "without a verdict"]);
}

#[tokio::test]
async fn the_file_keeps_votes_for_its_own_key() {
    let room = Courtroom::new().await;
    room.draw().await;
    let dispute = room.dispute;
    juror(&room, &format!("commit {dispute} --vote 7 --seat 1 --yes --votes kept.json")).await.succeeded();
    let (own, other) = (room.world.account(5).await, room.world.account(6).await);
    let (path, court) = (room.world.folder.path().join("kept.json"), own.suite.court);
    let seat = Seat { chain_id: 412_346, court, dispute, round: 0, seat: 1, juror: 1 };
    let kept = VoteFile::open(path.clone(), &own.client, court).unwrap();
    let kept = kept.get(&seat).unwrap();
    assert_eq!((kept.vote, kept.salt), (Vote::new(7).unwrap(), salt(&own.client, &seat).unwrap()));
    assert!(VoteFile::open(path, &other.client, court).is_err());

    std::fs::write(room.world.folder.path().join("kept.json"), "{}").unwrap();
    let height = room.world.height().await;
    let line = format!("commit {dispute} --vote 7 --seat 2 --yes --votes kept.json");
    juror(&room, &line).await.failed(3, &["cannot be used", "move it away"]);
    assert_eq!(room.world.height().await, height, "no vote is sealed that is not on the disk");
}

#[tokio::test]
async fn what_cannot_be_is_said() {
    let room = Courtroom::new().await;
    let dispute = room.dispute;
    let height = room.world.height().await;
    juror(&room, &format!("commit {dispute} --vote 21 --yes")).await.failed(2, &["0 to 20", "refuse"]);
    juror(&room, "commit 99 --vote 1 --yes").await.failed(6, &["CourtUnknownDispute"]);
    for line in [format!("commit {dispute} --vote 1 --yes"), format!("reveal {dispute}"), format!("claim {dispute}")] {
        let command = room.world.linq(&format!("juror {line} --dev-account 6")).await;
        command.failed(7, &["juror 2 does not sit in dispute", "linq juror cases"]);
        room.world.linq(&format!("juror {line} --dev-account 8")).await.failed(7, &["is no juror"]);
        room.world.linq(&format!("juror {line}")).await.failed(4, &["this needs a key"]);
    }
    assert_eq!(room.world.height().await, height);

    room.draw().await;
    juror(&room, &format!("commit {dispute} --vote 1 --seat 3 --yes")).await.failed(7, &["does not sit in seat 3"]);
    juror(&room, &format!("commit {dispute} --vote 4 --seat 0 --yes")).await.succeeded();
    let (own, eve) = (room.world.account(5).await, room.world.account(7).await);
    let seat = Seat { chain_id: 412_346, court: own.suite.court, dispute, round: 0, seat: 0, juror: 1 };
    let salt = salt(&own.client, &seat).unwrap();
    let call = ICourt::exposeCall { dispute, round: 0, seat: 0, vote: 4, salt };
    eve.client.send(eve.suite.court, &call, U256::ZERO).await.unwrap();
    juror(&room, &format!("commit {dispute} --vote 4 --seat 0 --yes")).await.failed(9, &["the seat is void"]);

    room.go_on(61).await;
    juror(&room, &format!("reveal {dispute}")).await.failed(9, &["nobody votes", "votes are counted"]);
    juror(&room, &format!("commit {dispute} --vote 4 --yes")).await.failed(9, &["nobody votes"]);
}

#[tokio::test]
async fn what_one_seat_loses_is_shared_by_those_at_the_verdict() {
    let room = Courtroom::new().await;
    room.draw().await;
    let dispute = room.dispute;
    for (seat, vote) in [(0, "20"), (1, "20"), (2, "refuse")] {
        juror(&room, &format!("commit {dispute} --vote {vote} --seat {seat} --yes")).await.succeeded();
    }
    juror(&room, &format!("reveal {dispute}")).await.succeeded();
    room.go_on(61).await;
    room.settle(0).await;
    // Fees of 30 and 40 of the refusal; two seats at the verdict get 10 each, and share the rest by points of 6.25.
    let claimed = juror(&room, &format!("claim {dispute} --round 0 --json")).await.succeeded().document();
    assert_eq!(claimed["total"], json!("70000000000000000000"));
}

#[tokio::test]
async fn every_jury_of_a_case_has_seats_of_its_own() {
    let room = Courtroom::new().await;
    let dispute = room.dispute;
    for (round, vote) in [(0, 20), (1, 2)] {
        room.draw().await;
        let sealed = juror(&room, &format!("commit {dispute} --vote {vote} --yes --json")).await.succeeded().document();
        assert_eq!((&sealed["round"], transactions(&sealed)), (&json!(round), if round == 0 { 3 } else { 7 }));
        juror(&room, &format!("reveal {dispute}")).await.succeeded();
        if round == 0 {
            room.appeal(0).await;
            juror(&room, &format!("commit {dispute} --vote 2 --yes")).await.failed(8, &["not drawn yet"]);
        }
    }
    room.go_on(61).await;
    for round in [0, 1] {
        room.settle(round).await;
    }
    juror(&room, &format!("claim {dispute} --round 0")).await.failed(9, &["earned nothing"]);
    let claimed = juror(&room, &format!("claim {dispute} --json")).await.succeeded().document();
    assert_eq!(claimed["claimed"].as_array().unwrap().len(), 1);
    assert_eq!((&claimed["claimed"][0]["round"], &claimed["total"]), (&json!(1), &json!("70000000000000000000")));
}

#[tokio::test]
async fn jurors_have_their_own_seats_and_no_others() {
    let room = Courtroom::of_two().await;
    let dispute = room.dispute;
    room.draw().await;
    let run = async |line: &str, account: u8| room.world.linq(&format!("juror {line} --dev-account {account}")).await;
    let mut taken = Vec::new();
    for (juror, account, vote) in [(1, 5, 12), (2, 6, 14)] {
        let shown = run(&format!("show {dispute} --json"), account).await.succeeded().document();
        let seats = shown["juries"][0]["seats"].as_array().unwrap().iter();
        let own: Vec<u64> =
            seats.filter(|seat| seat["own"] == true).map(|seat| seat["seat"].as_u64().unwrap()).collect();
        assert!(own.iter().all(|seat| shown["juries"][0]["seats"][*seat as usize]["juror"] == juror), "{shown}");
        let line = format!("commit {dispute} --vote {vote} --yes --json");
        for other in (0..3).filter(|seat| !own.contains(seat)) {
            run(&format!("{line} --seat {other}"), account).await.failed(7, &["does not sit"]);
        }
        // Chance may have given every seat to the other one.
        if !own.is_empty() {
            let sealed = run(&line, account).await.succeeded().document();
            assert_eq!((transactions(&sealed), &sealed["juror"]), (own.len(), &json!(juror)));
        }
        taken.extend(own);
    }
    taken.sort_unstable();
    assert_eq!(taken, [0, 1, 2]);

    let shown = (run("watch --once --json", 5).await, run("watch --once --json", 6).await);
    let lines = shown.0.succeeded().stdout + &shown.1.succeeded().stdout;
    assert_eq!(lines.lines().filter(|line| line.contains("\"revealed\"")).count(), 3, "{lines}");
}

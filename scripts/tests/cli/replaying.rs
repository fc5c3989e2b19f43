//! `linq replay`: seeing for oneself what the work comes to.

use alloy::primitives::B256;
use serde_json::{Value, json};

use crate::courtroom::{STDOUT, market, post, submit_result};
use crate::world::Run;

/// The document of a replay that ended with code 1, and the failure.
fn other_result(run: &Run) -> (Value, Value) {
    assert_eq!(run.code, 1, "{run:#?}");
    (run.document(), run.error())
}

#[tokio::test]
async fn a_right_result_is_the_same_without_the_providers_help() {
    let world = market().await;
    let job = post(&world).await;
    world.linq(&format!("replay {job} 0")).await.failed(8, &["has no result yet", "linq status"]);
    let published = submit_result(&world, &job, STDOUT).await;
    std::fs::remove_dir_all(published).unwrap();

    let replayed = world.linq(&format!("replay {job} 0 --json")).await.succeeded().document();
    assert_eq!(
        (&replayed["matches"], &replayed["certain"], replayed.get("differences")),
        (&json!(true), &json!(true), None)
    );
    assert_eq!(replayed["replayed"]["root"], replayed["submitted"]["root"]);
    assert_eq!((&replayed["replayed"]["claim"], &replayed["submitted"]["provider"]), (&json!(20), &json!(1)));
    assert!(replayed["replayed"]["fuel"].as_u64().is_some_and(|fuel| fuel > 0), "{replayed}");

    world.linq(&format!("replay {job} 0 --folder kept")).await.succeeded();
    assert!(world.folder.path().join("kept/run").is_dir());
    world.linq(&format!("replay {job} 0 --folder kept")).await.failed(9, &["has a run already"]);
    world.linq(&format!("replay {job} 1")).await.failed(7, &["no slot 1"]);
    world.linq(&format!("replay {} 0", B256::ZERO)).await.failed(7, &["no job"]);
}

#[tokio::test]
async fn a_wrong_result_is_told_apart_from_work_that_cannot_be_run() {
    let world = market().await;
    let job = post(&world).await;
    let published = submit_result(&world, &job, "lies\n").await;
    let replay = format!("replay {job} 0 --json");
    let (document, error) = other_result(&world.linq(&replay).await);
    assert_eq!((&document["matches"], &document["certain"]), (&json!(false), &json!(true)));
    assert_eq!(document["differences"], json!(["stdout"]));
    assert_eq!((&error["kind"], &error["exitCode"]), (&json!("failure"), &json!(1)));
    assert!(error["message"].as_str().unwrap().contains("not the one that was submitted"), "{error}");

    std::fs::remove_dir_all(published).unwrap();
    let (document, _) = other_result(&world.linq(&replay).await);
    assert_eq!((&document["matches"], document.get("differences")), (&json!(false), None));

    let module = world.folder.path().join("module.wasm");
    let program = std::fs::read(&module).unwrap();
    std::fs::write(&module, "another program").unwrap();
    world.linq(&replay).await.failed(5, &["has digest", "not what the job names"]);
    std::fs::write(&module, program).unwrap();
    other_result(&world.linq(&replay).await);
    std::fs::remove_file(module).unwrap();
    world.linq(&replay).await.failed(5, &["could not be had"]);
}

#[tokio::test]
async fn a_program_that_nobody_can_run_is_no_wrong_result() {
    let world = market().await;
    std::fs::write(world.folder.path().join("module.wasm"), b"\0asm\x01\0\0\0").unwrap();
    let job = post(&world).await;
    submit_result(&world, &job, STDOUT).await;
    world.linq(&format!("replay {job} 0")).await.failed(9, &["_start", "unable"]);
}

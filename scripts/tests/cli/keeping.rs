//! `linq beacon keep`: the rounds that juries wait for, and no others.

use alloy::providers::Provider;
use linq::keeper::Keeper;
use serde_json::{Value, json};

use crate::quarrel::{ANYONE, Place};
use crate::world::World;

#[tokio::test]
async fn a_round_is_brought_when_a_jury_waits_for_it_and_it_is_due() {
    let world = World::deployed().await;
    let place = Place::of(&world);
    place.register("300").await;
    let keep = async || place.document(ANYONE, "beacon keep --once").await;
    assert_eq!(keep().await["rounds"], json!([]), "no jury waits");

    place.disputed().await;
    let height = world.height().await;
    assert_eq!(keep().await["rounds"], json!([]), "its round is not due");
    assert_eq!(world.height().await, height, "nothing was sent");

    place.go_on(64).await;
    let shown = place.document(ANYONE, "dispute show --dispute 1").await;
    let rounds = keep().await["rounds"].clone();
    assert_eq!(rounds.as_array().map(Vec::len), Some(1), "{rounds}");
    assert_eq!((&rounds[0]["dispute"], &rounds[0]["round"]), (&json!(1), &shown["rounds"][0]["beaconRound"]));
    assert_eq!(keep().await["rounds"], json!([]), "it is there");
}

#[tokio::test]
async fn a_jury_that_can_not_be_drawn_any_more_waits_for_nothing() {
    let world = World::deployed().await;
    let place = Place::of(&world);
    place.register("300").await;
    place.disputed().await;
    place.go_on(60 + 60 + 1).await;
    assert_eq!(place.document(ANYONE, "beacon keep --once").await["rounds"], json!([]));
}

#[tokio::test]
async fn a_chain_that_is_taken_back_is_followed() {
    let world = World::deployed().await;
    let place = Place::of(&world);
    place.register("300").await;
    let linq = place.account(ANYONE).await;
    let chain = linq.client.provider().clone();
    let mut keeper = Keeper::new(linq, None).await.unwrap();
    let snapshot: Value = chain.raw_request("evm_snapshot".into(), ()).await.unwrap();
    place.disputed().await;
    assert!(keeper.turn().await.unwrap().is_none(), "its round is not due");
    assert_eq!(chain.raw_request::<_, Value>("evm_revert".into(), [snapshot]).await.unwrap(), true);

    place.go_on(64).await;
    assert!(keeper.turn().await.unwrap().is_none(), "the dispute is gone");
    place.disputed().await;
    assert!(keeper.turn().await.unwrap().is_none(), "the round of another one is not due");
    place.go_on(64).await;
    assert_eq!(keeper.turn().await.unwrap().map(|brought| brought.dispute), Some(1));
}

#[tokio::test]
async fn it_needs_a_key_and_a_deployment() {
    World::deployed().await.linq("beacon keep --once").await.failed(4, &["this needs a key"]);
    World::bare()
        .await
        .linq("beacon keep --once --dev-account 4")
        .await
        .failed(3, &["nothing is known to be deployed"]);
}

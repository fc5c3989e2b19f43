//! `linq receipt`: what the chain says of a job, and whether a receipt says the same.

use alloy::primitives::B256;
use serde_json::{Value, json};

use crate::quarrel::{ANYONE, Place, REQUESTER};
use crate::world::{Run, World};

async fn world() -> (World, Place) {
    let world = World::deployed().await;
    let place = Place::of(&world);
    place.register("300").await;
    (world, place)
}

/// A job that was done, disputed, and settled where the claims met.
async fn eventful(place: &Place) -> String {
    let job = place.disputed().await;
    place.linq(REQUESTER, &format!("dispute concede {job} --claim 5 --yes")).await.succeeded();
    place.linq(2, &format!("dispute concede {job} --claim 5 --yes")).await.succeeded();
    job
}

/// Writes a receipt where `linq` finds it.
fn save(world: &World, receipt: &Value) {
    std::fs::write(world.folder.path().join("receipt.json"), receipt.to_string()).unwrap();
}

async fn verify(place: &Place, options: &str) -> Run {
    place.linq(ANYONE, &format!("receipt --verify receipt.json --json {options}")).await
}

/// The checks that failed.
fn failed(run: &Run) -> Vec<String> {
    assert_eq!(run.code, 1, "{run:?}");
    let checks = run.document()["checks"].as_array().unwrap().clone();
    let failed = checks.iter().filter(|check| check["ok"] == false);
    failed.map(|check| check["name"].as_str().unwrap().to_owned()).collect()
}

#[tokio::test]
async fn a_paid_job_is_told_from_the_post_to_the_last_wei() {
    let (world, place) = world().await;
    let job = place.result_in().await;
    place.linq(REQUESTER, &format!("accept {job}")).await.succeeded();
    let receipt = place.document(ANYONE, &format!("receipt {job} --proof")).await;
    let status = place.document(ANYONE, &format!("status {job}")).await["slots"][0].clone();
    let slot = &receipt["slots"][0];
    assert_eq!((&receipt["job"], &receipt["version"]), (&json!(job), &json!(1)));
    assert_eq!((&slot["state"], &slot["closed"]["outcome"]), (&json!("closed"), &json!("accepted")));
    assert_eq!((&slot["closed"]["paid"], &slot["closed"]["fee"]), (&status["paid"], &status["fee"]));
    let attempt = &slot["attempts"][0];
    assert_eq!((&attempt["provider"], &attempt["price"]), (&json!(1), &status["price"]));
    assert_eq!((&attempt["result"]["root"], &attempt["end"]["how"]), (&json!(B256::repeat_byte(7)), &json!("settled")));
    assert_eq!(attempt["end"]["slashed"], "0");

    save(&world, &receipt);
    let offline = verify(&place, "--offline").await.succeeded().document();
    let names: Vec<_> =
        offline["checks"].as_array().unwrap().iter().map(|check| check["name"].as_str().unwrap()).collect();
    assert_eq!(names, ["job", "account", "providers", "history of provider 1", "proof of provider 1"]);
    let online = verify(&place, "").await.succeeded().document();
    assert_eq!((&online["agrees"], online["checks"].as_array().unwrap().len()), (&json!(true), 9));
    let text = place.linq(ANYONE, &format!("receipt {job}")).await.succeeded();
    assert!(text.stdout.contains("provider 1") && text.stdout.contains("accepted"), "{text:?}");
}

#[tokio::test]
async fn disputes_slashes_and_refunds_are_in_it() {
    let (world, place) = world().await;
    let job = eventful(&place).await;
    let receipt = place.document(ANYONE, &format!("receipt {job}")).await;
    let slot = &receipt["slots"][0];
    assert_eq!(
        (&slot["dispute"]["dispute"], &slot["dispute"]["settled"]["share"], &slot["dispute"]["settled"]["verdict"]),
        (&json!(1), &json!(5), &json!("conceded"))
    );
    assert_eq!(slot["closed"]["outcome"], "conceded");
    let amount = |value: &Value| value.as_str().unwrap().parse::<u128>().unwrap();
    let totals = &receipt["totals"];
    let parts = ["paid", "fee", "refunded", "burned"].map(|part| amount(&totals[part]));
    assert_eq!(parts.iter().sum::<u128>(), amount(&totals["posted"]), "to the wei: {totals}");
    assert_ne!(amount(&totals["slashed"]), 0, "fifteen twentieths too much were claimed");

    // What happens afterwards changes nothing of what was.
    save(&world, &receipt);
    place.linq(1, "provider add-stake 100 --yes").await.succeeded();
    let other = place.result_in().await;
    place.linq(REQUESTER, &format!("accept {other}")).await.succeeded();
    verify(&place, "").await.succeeded();
}

#[tokio::test]
async fn a_slot_that_nobody_or_a_late_provider_had_is_told_too() {
    let (world, place) = world().await;
    let submit = "submit --resource resource.yaml --image module.wasm --duration 2h --tasks 2 --yes";
    let job = place.document(REQUESTER, submit).await["job"].as_str().unwrap().to_owned();
    place.linq(REQUESTER, &format!("assign {job} --provider 1 --slot 0")).await.succeeded();
    place.go_on(10_000).await;
    place.linq(ANYONE, &format!("step {job} --all")).await.succeeded();
    let receipt = place.document(ANYONE, &format!("receipt {job}")).await;
    let outcomes: Vec<_> = receipt["slots"].as_array().unwrap().iter().map(|slot| &slot["closed"]["outcome"]).collect();
    assert_eq!(outcomes, ["late", "expired"]);
    assert_eq!(receipt["slots"][0]["attempts"][0]["end"]["how"], "late");
    assert_eq!(receipt["totals"]["refunded"], receipt["totals"]["posted"]);
    save(&world, &receipt);
    verify(&place, "").await.succeeded();
    let missing = B256::repeat_byte(1);
    place.linq(ANYONE, &format!("receipt {missing}")).await.failed(7, &["there is no job"]);
}

#[tokio::test]
async fn whatever_is_changed_in_a_receipt_is_noticed() {
    let (world, place) = world().await;
    let job = eventful(&place).await;
    let receipt = place.document(ANYONE, &format!("receipt {job} --proof")).await;
    let tampered = async |change: &dyn Fn(&mut Value)| {
        let mut changed = receipt.clone();
        change(&mut changed);
        assert_ne!(changed, receipt);
        save(&world, &changed);
        failed(&verify(&place, "--offline").await)
    };
    assert_eq!(tampered(&|receipt| receipt["slots"][0]["closed"]["paid"] = json!("1")).await, ["account"]);
    assert_eq!(tampered(&|receipt| receipt["terms"]["price"] = json!("1")).await, ["account"]);
    let history = "history of provider 1";
    let proof = "proof of provider 1";
    assert_eq!(
        tampered(&|receipt| receipt["evidence"]["histories"][0]["work"][0]["paid"] = json!("1")).await,
        [history]
    );
    assert_eq!(
        tampered(&|receipt| receipt["evidence"]["histories"][0]["word"] = json!(B256::ZERO)).await,
        [history, proof]
    );
    let posting = |receipt: &mut Value| {
        let data = receipt["evidence"]["logs"]
            .as_array()
            .unwrap()
            .iter()
            .position(|log| log["topics"].as_array().unwrap().len() == 3);
        let log = &mut receipt["evidence"]["logs"][data.unwrap()];
        // The last byte of the price, the third word of the terms.
        let text = log["data"].as_str().unwrap().to_owned();
        let end = 2 + 64 * 3;
        let digit = if text.as_bytes()[end - 1] == b'0' { "1" } else { "0" };
        log["data"] = json!(format!("{}{digit}{}", &text[..end - 1], &text[end..]));
    };
    assert!(tampered(&posting).await.contains(&"job".to_owned()));

    // A log that is left out is missed by the node, and by the account.
    let mut changed = receipt.clone();
    changed["evidence"]["logs"].as_array_mut().unwrap().pop();
    save(&world, &changed);
    let missed = failed(&verify(&place, "").await);
    assert!(missed.contains(&"logs on the chain".to_owned()), "{missed:?}");
    let mut changed = receipt.clone();
    changed["evidence"]["block"]["hash"] = json!(B256::ZERO);
    save(&world, &changed);
    assert_eq!(failed(&verify(&place, "").await), ["block on the chain"]);
    std::fs::write(world.folder.path().join("receipt.json"), "{}").unwrap();
    verify(&place, "--offline").await.failed(2, &["no receipt"]);
}

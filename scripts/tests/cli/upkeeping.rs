//! `linq keep`: whatever is due, once, and where it is worth it.

use linq_abi::codes::{Outcome, SlotState};
use serde_json::{Value, json};

use crate::quarrel::{ANYONE, Place, REQUESTER};
use crate::world::World;

/// A chain with a provider whose work for two hours costs `price` LNQ.
async fn world(price: &str) -> (World, Place) {
    let world = World::deployed().await;
    let place = Place::of(&world);
    place.register(price).await;
    (world, place)
}

/// Everything that `linq keep --once` says in the name of an account, a document a line.
async fn keep_as(place: &Place, account: u8, options: &str) -> Vec<Value> {
    let run = place.linq(account, &format!("keep --once --json {options}")).await.succeeded();
    run.stdout.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

async fn keep(place: &Place, options: &str) -> Vec<Value> {
    keep_as(place, ANYONE, options).await
}

/// What was done, in one word each.
fn steps(deeds: &[Value]) -> Vec<&str> {
    let done = deeds.iter().filter(|deed| deed["did"] == "done");
    done.map(|deed| deed["step"].as_str().unwrap()).collect()
}

async fn slot(place: &Place, job: &str) -> Value {
    place.document(ANYONE, &format!("status {job}")).await["slots"][0].clone()
}

#[tokio::test]
async fn a_result_that_nobody_objected_to_is_paid_when_its_window_is_over() {
    let (world, place) = world("300").await;
    let job = place.result_in().await;
    let height = world.height().await;
    assert_eq!(keep(&place, "").await, Vec::<Value>::new(), "its window is open");
    assert_eq!(world.height().await, height, "nothing was sent");

    place.go_on(121).await;
    let deeds = keep(&place, "").await;
    assert_eq!(steps(&deeds), ["pay", "sweep"]);
    assert_eq!((&deeds[0]["job"], &deeds[0]["slot"]), (&json!(job), &json!(0)));
    let closed = slot(&place, &job).await;
    assert_eq!((&deeds[0]["value"], &deeds[1]["value"]), (&closed["price"], &closed["fee"]));
    assert_eq!(closed["outcome"], Outcome::Undisputed.to_string());

    let height = world.height().await;
    assert_eq!(keep(&place, "").await, Vec::<Value>::new(), "nothing is done twice");
    assert_eq!(world.height().await, height);
}

#[tokio::test]
async fn a_late_slot_opens_again_and_what_nobody_takes_is_refunded() {
    let (_world, place) = world("300").await;
    let submit = "submit --resource resource.yaml --image module.wasm --duration 2h --open-for 1day --assign 1 --yes";
    let job = place.document(REQUESTER, submit).await["job"].as_str().unwrap().to_owned();
    place.go_on(7_201).await;
    assert_eq!(steps(&keep(&place, "").await), ["late"]);
    assert_eq!(slot(&place, &job).await["state"], SlotState::Open.to_string());
    place.go_on(86_400).await;
    assert_eq!(steps(&keep(&place, "").await), ["expire"]);
    assert_eq!(slot(&place, &job).await["outcome"], Outcome::Expired.to_string());
}

#[tokio::test]
async fn what_is_not_worth_its_gas_is_left_alone_with_the_reason() {
    let (world, place) = world("3").await;
    let job = place.result_in().await;
    place.go_on(121).await;
    let height = world.height().await;
    let left = keep(&place, "--least-value 4").await;
    assert_eq!(left.len(), 1, "{left:?}");
    assert_eq!((&left[0]["did"], &left[0]["step"], &left[0]["job"]), (&json!("left"), &json!("pay"), &json!(job)));
    assert!(left[0]["why"].as_str().unwrap().contains("less than the 4 LNQ that are worth"), "{left:?}");
    let left = keep(&place, "--most-gas-price 1").await;
    assert!(left[0]["why"].as_str().unwrap().contains("gas costs more than 1 wei"), "{left:?}");
    assert_eq!(world.height().await, height, "nothing was sent");

    let text = place.linq(ANYONE, "keep --once --least-value 4").await.succeeded();
    assert!(text.stdout.contains("left alone: slot 0"), "{text:?}");
    assert_eq!(steps(&keep(&place, "--least-value 2").await), ["pay"], "a fee of 0.075 LNQ is not worth a transaction");
}

#[tokio::test]
async fn a_dispute_is_taken_from_the_round_to_the_last_settlement() {
    let (_world, place) = world("300").await;
    for account in [5, 6, 7, 8] {
        place.linq(account, "juror stake 3000 --yes").await.succeeded();
    }
    place.go_on(86_400).await;
    let job = place.disputed().await;
    assert_eq!(keep(&place, "").await, Vec::<Value>::new(), "the beacon's time lies ahead");
    place.go_on(64).await;
    assert_eq!(steps(&keep(&place, "").await), ["bring", "draw"]);
    // Nobody votes: after commit, reveal and appeal the half that stands is final.
    place.go_on(64).await;
    place.go_on(64).await;
    place.go_on(64).await;
    let deeds = keep(&place, "").await;
    assert_eq!(steps(&deeds), ["settle", "settleRound", "sweep"]);
    assert_eq!((&deeds[0]["dispute"], &deeds[0]["job"]), (&json!(1), &json!(job)));
    assert_eq!(keep(&place, "").await, Vec::<Value>::new());
}

#[tokio::test]
async fn a_relay_that_is_not_there_keeps_nothing_else_waiting() {
    // Only a public deployment takes its rounds from a relay.
    let world = World::bare().await;
    world.linq("deploy --profile public --dev-account 0").await.succeeded();
    let resource = "name: words\nresources: { cpu: 500m, memory: 256Mi }\norder: { window: 40h }\n";
    std::fs::write(world.folder.path().join("resource.yaml"), resource).unwrap();
    let place = Place::of(&world);
    place.register("300").await;
    place.disputed().await;
    let other = place.result_in().await;
    place.linq(REQUESTER, &format!("accept {other}")).await.succeeded();
    place.go_on(36 * 3_600 + 64).await;
    let run = place.linq(ANYONE, "keep --once --json --relay http://127.0.0.1:9").await;
    assert_eq!(run.code, 5, "{run:?}");
    assert!(run.stderr.contains("dispute 1"), "{run:?}");
    let swept: Value = serde_json::from_str(&run.stdout).unwrap();
    assert_eq!((&swept["did"], &swept["step"]), (&json!("done"), &json!("sweep")));
}

#[tokio::test]
async fn two_keepers_at_once_do_everything_once() {
    let (_world, place) = world("300").await;
    let mut jobs = Vec::new();
    for _ in 0..3 {
        jobs.push(place.result_in().await);
    }
    place.go_on(121).await;
    let (one, other) = tokio::join!(keep_as(&place, 4, ""), keep_as(&place, 5, ""));
    let paid = |deeds: &[Value]| steps(deeds).iter().filter(|step| **step == "pay").count();
    assert_eq!(paid(&one) + paid(&other), 3, "{one:?} {other:?}");
    assert!(one.iter().chain(&other).all(|deed| deed["did"] == "done"), "{one:?} {other:?}");
    for job in &jobs {
        assert_eq!(slot(&place, job).await["state"], SlotState::Closed.to_string());
    }
}

#[tokio::test]
async fn programs_live_on_from_the_day_on_when_the_chain_takes_it() {
    let (_world, place) = world("300").await;
    place.go_on(30 * 86_400).await;
    assert_eq!(keep(&place, "").await, Vec::<Value>::new(), "too young");
    place.go_on(86_400 + 3_600).await;
    assert_eq!(keep(&place, "--no-programs").await, Vec::<Value>::new());
    let deeds = keep(&place, "").await;
    assert_eq!(steps(&deeds), ["keepAlive"; 10]);
    assert_eq!(keep(&place, "").await, Vec::<Value>::new(), "they are young again");
}

#[tokio::test]
async fn it_goes_on_until_it_is_interrupted() {
    let (world, place) = world("300").await;
    let job = place.result_in().await;
    let mut command = world.command("keep --every 1s --json --dev-account 4");
    let keeper = command.stdout(std::process::Stdio::piped()).spawn().unwrap();
    place.go_on(121).await;
    for _ in 0..600 {
        if slot(&place, &job).await["state"] == SlotState::Closed.to_string() {
            break;
        }
        tokio::time::sleep(std::time::Duration::from_millis(100)).await;
    }
    let id = keeper.id().unwrap();
    let ended = std::process::Command::new("kill").args(["-TERM", &id.to_string()]).status().unwrap();
    assert!(ended.success());
    let output = keeper.wait_with_output().await.unwrap();
    assert!(output.status.success(), "{output:?}");
    let said = String::from_utf8(output.stdout).unwrap();
    assert!(said.lines().any(|line| line.contains("\"step\":\"pay\"") && line.contains(&job)), "{said}");
}

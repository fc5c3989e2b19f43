//! `linq dispute`: from a result that somebody objects to, to the last wei.

use alloy::primitives::{Address, B256, U256, keccak256};
use alloy::sol_types::SolValue;
use linq::client::Linq;
use linq::devnode;
use linq_abi::ICourt;
use serde_json::{Value, json};

use crate::quarrel::{ANYONE, OPERATOR, OWNER, Place, REQUESTER};
use crate::world::World;

/// The accounts of the jurors, numbered from 1 on.
const JURORS: [u8; 4] = [5, 6, 7, 8];

/// Longer than every phase of a local court, and than a round of its beacon takes after one.
const PHASE_SECS: u64 = 64;

/// A chain with a provider whose work for two hours costs `price` LNQ.
async fn world(price: &str) -> (World, Place) {
    let world = World::deployed().await;
    let place = Place::of(&world);
    place.register(price).await;
    (world, place)
}

/// Four jurors, who staked yesterday.
async fn with_jurors(place: &Place) {
    for account in JURORS {
        place.linq(account, "juror stake 3000 --yes").await.succeeded();
    }
    place.go_on(86_400).await;
}

async fn show(place: &Place, dispute: u64) -> Value {
    place.document(ANYONE, &format!("dispute show --dispute {dispute}")).await
}

/// The steps that were taken.
async fn step(place: &Place) -> Vec<String> {
    let document = place.document(ANYONE, "dispute step --dispute 1").await;
    let done = document["done"].as_array().unwrap();
    done.iter().map(|done| done["step"].as_str().unwrap().to_owned()).collect()
}

/// Has every seat of the last round vote, each by the account of its juror.
async fn vote(place: &Place, vote: u8) {
    let shown = show(place, 1).await;
    let round = shown["rounds"].as_array().unwrap().last().unwrap();
    let number = u8::try_from(round["round"].as_u64().unwrap()).unwrap();
    let salt = B256::repeat_byte(9);
    let seats: Vec<(u8, u32)> = round["seats"]
        .as_array()
        .unwrap()
        .iter()
        .map(|seat| (seat["seat"].as_u64().unwrap() as u8, seat["juror"].as_u64().unwrap() as u32))
        .collect();
    for (seat, juror) in &seats {
        let linq = place.account(JURORS[*juror as usize - 1]).await;
        let words =
            (412_346_u64, linq.suite.court, 1_u64, u64::from(number), u64::from(*seat), *juror, u64::from(vote), salt);
        let commitment = keccak256(words.abi_encode());
        court(&linq, &ICourt::commitCall { dispute: 1, round: number, seat: *seat, commitment }).await;
    }
    let linq = place.account(ANYONE).await;
    for (seat, _) in seats {
        court(&linq, &ICourt::revealCall { dispute: 1, round: number, seat, vote, salt }).await;
    }
}

async fn court<C: alloy::sol_types::SolCall>(linq: &Linq, call: &C) {
    linq.client.send(linq.suite.court, call, U256::ZERO).await.unwrap();
}

async fn balance(place: &Place, account: u8) -> U256 {
    let address: Address = devnode::account(account).unwrap().address();
    place.account(ANYONE).await.lnq_balance(address).await.unwrap()
}

fn lnq(amount: u128) -> U256 {
    U256::from(amount) * U256::from(10_u64.pow(18))
}

#[tokio::test]
async fn a_wrong_result_is_disputed_appealed_in_vain_and_repaid() {
    let (world, place) = world("300").await;
    with_jurors(&place).await;
    let before = balance(&place, REQUESTER).await;
    let job = place.result_in().await;

    let status = place.document(ANYONE, &format!("status {job}")).await;
    let amount = |name: &str| status["slots"][0][name].as_str().unwrap().parse::<U256>().unwrap();
    let (price, lock) = (amount("price"), amount("collateral"));

    let height = world.height().await;
    let open = format!("dispute open {job} --claim 0");
    let cost = place.document(REQUESTER, &format!("{open} --estimate")).await;
    assert_eq!((&cost["seats"], &cost["cost"], cost.get("dispute")), (&json!(3), &json!(lnq(30).to_string()), None));
    assert_eq!(cost["value"], json!((price + lock).to_string()), "the price and its lock");
    place.linq(REQUESTER, &open).await.failed(2, &["--yes", "3 seat(s), 30 LNQ"]);
    place.linq(ANYONE, &format!("{open} --yes")).await.failed(4, &["only the requester"]);
    assert_eq!(world.height().await, height, "nothing was sent");
    let opened = place.document(REQUESTER, &format!("{open} --yes")).await;
    assert_eq!((&opened["dispute"], &opened["cost"]), (&json!(1), &cost["cost"]));
    assert_eq!(world.height().await, height + 2, "the court is allowed the cost, and the dispute opened");
    let linq = place.account(REQUESTER).await;
    let left = linq.allowance(linq.client.account().unwrap(), linq.suite.court).await.unwrap();
    assert_eq!(left, U256::ZERO, "nothing stays allowed");

    let status = place.document(ANYONE, &format!("status {job}")).await;
    assert_eq!((&status["slots"][0]["state"], &status["slots"][0]["dispute"]), (&json!("disputed"), &json!(1)));
    assert!(status["slots"][0]["next"].as_str().unwrap().contains("linq dispute show --dispute 1"), "{status}");
    place.linq(ANYONE, &format!("step {job}")).await.failed(9, &["is disputed", "linq dispute step"]);
    place.linq(ANYONE, "dispute step --dispute 1").await.failed(9, &["nothing is due", "linq dispute show"]);

    let given = place.document(ANYONE, "dispute evidence 1 --file resource.yaml").await;
    let again = format!("dispute evidence 1 --uri {}", given["uri"].as_str().unwrap());
    assert_eq!(place.document(REQUESTER, &again).await["hash"], given["hash"], "fetched from where it is said to be");
    let shown = place.document(ANYONE, &format!("dispute show {job} 0")).await;
    assert_eq!((&shown["phase"], shown["evidence"].as_array().unwrap().len()), (&json!("evidence"), 2));
    assert_eq!(shown["evidence"][0]["hash"], given["hash"]);
    assert_eq!(shown["claims"], json!({ "requesterOpened": 0, "providerOpened": 20, "requester": 0, "provider": 20 }));
    let digest =
        std::process::Command::new("sha256sum").arg(world.folder.path().join("resource.yaml")).output().unwrap();
    assert!(digest.stdout.starts_with(given["hash"].as_str().unwrap().trim_start_matches("0x").as_bytes()));

    place.go_on(PHASE_SECS).await;
    place.linq(REQUESTER, &format!("dispute concede {job} --claim 5 --yes")).await.failed(6, &["DisputesTooLate"]);
    assert_eq!(step(&place).await, ["bring", "draw"]);
    place.linq(OWNER, "dispute appeal 1 --for provider --yes").await.failed(9, &["is at `commit`"]);
    vote(&place, 0).await;
    let shown = show(&place, 1).await;
    assert_eq!(shown["verdict"], json!({ "share": 0, "voted": true, "isFinal": false }));
    assert_eq!(
        (&shown["rounds"][0]["seats"][2]["ballot"], &shown["rounds"][0]["seats"][2]["vote"]),
        (&json!("shown"), &json!(0))
    );

    let appeal = place.document(OWNER, "dispute appeal 1 --for provider --yes").await;
    assert_eq!(
        (&appeal["round"], &appeal["seats"], &appeal["cost"]),
        (&json!(1), &json!(7), &json!(lnq(70).to_string()))
    );
    place.go_on(PHASE_SECS).await;
    assert_eq!(step(&place).await, ["bring", "draw"]);
    vote(&place, 0).await;
    place.go_on(PHASE_SECS).await;
    assert_eq!(step(&place).await, ["settle", "settleRound", "settleRound"]);
    place.linq(ANYONE, "dispute step --dispute 1").await.failed(9, &["nothing is due"]);

    let shown = show(&place, 1).await;
    assert_eq!(shown["verdict"], json!({ "share": 0, "voted": true, "isFinal": true }));
    assert_eq!(
        shown["settled"],
        json!({ "share": 0, "verdict": "jury", "trial": "lost", "owed": lnq(30).to_string() })
    );
    assert_eq!(shown["rounds"][1]["side"], "provider");
    assert!(shown["rounds"].as_array().unwrap().iter().all(|round| round["settled"] == true), "{shown}");
    // The jury's cost comes back out of the lock, and half of the rest of the lock with it.
    assert_eq!(balance(&place, REQUESTER).await, before + (lock - lnq(30)) / U256::from(2));
    place.linq(ANYONE, &format!("dispute show {job}")).await.succeeded();
}

#[tokio::test]
async fn claims_that_meet_settle_the_slot_and_return_the_cost() {
    let (_world, place) = world("300").await;
    let job = place.disputed().await;
    let before = balance(&place, REQUESTER).await;
    let concede = |claim: u8| format!("dispute concede {job} --claim {claim} --yes");
    place.linq(ANYONE, &concede(5)).await.failed(6, &["DisputesNotParty"]);
    let moved = place.document(REQUESTER, &concede(5)).await;
    assert_eq!(
        (&moved["requesterClaim"], &moved["providerClaim"], moved.get("settled")),
        (&json!(5), &json!(20), None)
    );
    place.linq(REQUESTER, &concede(4)).await.failed(6, &["DisputesBadClaim"]);
    place.linq(OPERATOR, &format!("dispute concede {job} --claim 5")).await.failed(2, &["--yes"]);
    let met = place.document(OPERATOR, &concede(5)).await;
    assert_eq!(met["settled"], 5);
    let shown = show(&place, 1).await;
    assert_eq!((&shown["phase"], &shown["settled"]["verdict"]), (&json!("cancelled"), &json!("conceded")));
    assert_eq!(shown["next"], json!([]));
    assert!(
        balance(&place, REQUESTER).await >= before + lnq(225 + 30),
        "three quarters of the price, and the jury's cost"
    );
    place.linq(REQUESTER, &concede(6)).await.failed(9, &["not disputed"]);
}

#[tokio::test]
async fn a_jury_that_is_not_drawn_in_time_is_given_up() {
    let (_world, place) = world("300").await;
    let job = place.disputed().await;
    place.go_on(2 * PHASE_SECS).await;
    assert_eq!(step(&place).await, ["lapse", "settle"]);
    let shown = show(&place, 1).await;
    assert_eq!(shown["verdict"], json!({ "share": 10, "voted": false, "isFinal": true }));
    assert_eq!((&shown["settled"]["share"], &shown["settled"]["verdict"]), (&json!(10), &json!("neutral")));
    let status = place.document(ANYONE, &format!("status {job}")).await;
    assert_eq!(status["slots"][0]["outcome"], "neutral");
}

#[tokio::test]
async fn a_lock_too_small_for_a_jury_is_told_before() {
    let (_world, place) = world("3").await;
    let job = place.result_in().await;
    let open = format!("dispute open {job} --claim 0");
    place.linq(REQUESTER, &open).await.failed(2, &["too small for a jury"]);
    let opened = place.document(REQUESTER, &format!("{open} --yes")).await;
    assert_eq!((&opened["seats"], opened.get("dispute")), (&json!(0), None));
    let status = place.document(ANYONE, &format!("status {job}")).await;
    assert_eq!(status["slots"][0]["outcome"], "forfeited");
    place.linq(ANYONE, &format!("dispute show {job}")).await.failed(9, &["too small for a jury", "linq status"]);
}

#[tokio::test]
async fn what_cannot_be_disputed_is_refused_before_anything_is_sent() {
    let (world, place) = world("300").await;
    let submit = "submit --resource resource.yaml --image module.wasm --duration 2h --assign 1 --yes";
    let job = place.document(REQUESTER, submit).await["job"].as_str().unwrap().to_owned();
    let open = format!("dispute open {job} --claim 0 --yes");
    let height = world.height().await;
    place.linq(REQUESTER, &open).await.failed(9, &["slot 0 is running", "linq status"]);
    place.linq(REQUESTER, &format!("dispute open {job} 1 --claim 0 --yes")).await.failed(7, &["no slot 1"]);
    place.linq(REQUESTER, &format!("dispute open {job} --claim 20 --yes")).await.failed(2, &["20"]);
    place.linq(ANYONE, &format!("dispute show {job}")).await.failed(7, &["never disputed"]);
    place.linq(ANYONE, "dispute show --dispute 1").await.failed(7, &["no dispute 1"]);
    place.linq(ANYONE, "dispute evidence 1 --file nowhere").await.failed(2, &["cannot read nowhere"]);
    place.linq(ANYONE, "dispute evidence 1").await.failed(2, &["--uri"]);
    assert_eq!(world.height().await, height);

    let done = place.result_in().await;
    place.go_on(121).await;
    place.linq(REQUESTER, &format!("dispute open {done} --claim 0 --yes")).await.failed(9, &["inside its window"]);
}

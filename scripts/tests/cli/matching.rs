//! `linq match`: the best standing offer of many, and why no cheaper one.

use alloy::primitives::{B256, U256, keccak256};
use alloy::providers::Provider;
use alloy::sol_types::SolValue;
use linq::devnode;
use linq_abi::IRegistry;
use serde_json::{Value, json};

use crate::quarrel::{ANYONE, OPERATOR, OWNER, Place, REQUESTER};
use crate::world::World;

/// Half a core for two hours, in one region, given away by anyone.
const RESOURCE: &str = "\
name: words
resources: { cpu: 500m, memory: 256Mi }
limits: { time: 5m }
order: { window: 2m, regions: [276], matching: anyone, attempts: 4, openFor: 6h }
";

/// What a provider of an account says beside its price, and why it does not fit, if it does not.
const KINDS: [(u8, &str, Option<&str>); 5] = [
    (OWNER, "--cpu 4 --region 276 --open --max-run 1day --stake 3000", None),
    (4, "--cpu 4 --region 756 --open --max-run 1day", Some("it is in another region")),
    (5, "--cpu 4 --region 276 --max-run 1day", Some("it takes no work unasked")),
    (6, "--cpu 250m --region 276 --open --max-run 1day", Some("its capacity is too small or in use")),
    (7, "--cpu 4 --region 276 --open --max-run 1h", Some("run, window or lock lie outside its standing offer")),
];

/// A chain with one provider of each kind, and one whose operator has not accepted, all at 300 LNQ for the work of the tests.
async fn world() -> (World, Place) {
    let world = World::deployed().await;
    std::fs::write(world.folder.path().join("resource.yaml"), RESOURCE).unwrap();
    let place = Place::of(&world);
    for (account, kind, _) in KINDS {
        register(&place, account, kind).await;
    }
    let operator = devnode::account(9).unwrap().address();
    let kind = format!("--operator {operator} --cpu 4 --region 276 --open --max-run 1day");
    register(&place, 8, &kind).await;
    (world, place)
}

async fn register(place: &Place, account: u8, kind: &str) {
    let line = format!(
        "provider register {kind} --memory 8Gi --storage 10Gi --cpu-price 300 --min-run 1m --max-window 3days \
         --max-lock 200 --yes"
    );
    place.linq(account, &line).await.succeeded();
}

/// Posts a job at 400 LNQ a task.
async fn post(place: &Place, more: &str) -> String {
    let line = format!("submit --resource resource.yaml --image module.wasm --duration 2h --price 400 --yes {more}");
    place.document(REQUESTER, &line).await["job"].as_str().unwrap().to_owned()
}

/// Where the registry keeps a word of a provider: in the map at slot 5, under kind and provider.
fn place_of(kind: u16, provider: u32) -> U256 {
    let key = U256::from((u64::from(kind) << 32) | u64::from(provider));
    keccak256((key, U256::from(5)).abi_encode()).into()
}

/// What a core and hour cost at that rate, times an hour of a core: what the work of the tests is quoted at.
fn rate(lnq: u64) -> u64 {
    u64::try_from(u128::from(lnq) * 10_u128.pow(18) / 3_600 / 1_000).unwrap()
}

/// Puts copies of the six registered providers in place behind them, `count` in all, each at a price of its own in LNQ: the
/// node writes their words, as the registry would.
async fn multiply(place: &Place, prices: &[u64]) {
    let linq = place.account(ANYONE).await;
    let (provider, registry) = (linq.client.provider(), linq.suite.registry);
    let set = async |slot: U256, word: B256| {
        let _: Value = provider.raw_request("hardhat_setStorageAt".into(), (registry, slot, word)).await.unwrap();
    };
    let mut models = Vec::new();
    for id in 1..=6 {
        models.push(linq.client.call(registry, &IRegistry::recordsCall { id }).await.unwrap());
    }
    for (id, price) in (1_u32..).zip(prices) {
        let model = &models[(id as usize - 1) % models.len()];
        for (kind, word) in (0_u16..).zip(model) {
            let mut word = *word;
            if kind == 5 {
                word[24..].copy_from_slice(&rate(*price).to_be_bytes());
            }
            set(place_of(kind, id), word).await;
        }
    }
    // The last id given out stands before the token in the word of slot 1.
    let mut holdings: B256 = provider.get_storage_at(registry, U256::from(1)).await.unwrap().into();
    holdings[8..12].copy_from_slice(&u32::try_from(prices.len()).unwrap().to_be_bytes());
    set(U256::from(1), holdings).await;
}

/// Numbers that look random and follow from a seed.
fn prices(seed: u64, count: usize) -> Vec<u64> {
    let mut state = seed;
    let mut next = || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        100 + (state >> 33) % 290
    };
    (0..count).map(|_| next()).collect()
}

#[tokio::test]
async fn the_best_of_many_is_found_and_every_cheaper_one_has_its_reason() {
    let count = if std::env::var_os("LINQ_NIGHTLY").is_some_and(|size| size == "1") { 1_000 } else { 240 };
    let seed = 20_261_122;
    let prices = prices(seed, count);
    println!("seed {seed}, {count} providers");
    let (_world, place) = world().await;
    multiply(&place, &prices).await;
    let reasons = KINDS.map(|(_, _, why)| why).into_iter().chain([Some("its operator has not accepted the role")]);
    let reasons: Vec<Option<&str>> = reasons.collect();
    let of = |id: usize| reasons[(id - 1) % reasons.len()];
    let offers = (1..).zip(&prices);
    let (best, price) =
        offers.clone().filter(|(id, _)| of(*id).is_none()).min_by_key(|(id, price)| (**price, *id)).unwrap();
    let mut cheaper: Vec<_> = offers.filter(|(_, other)| *other < price).collect();
    cheaper.sort_by_key(|(id, price)| (**price, *id));

    let job = post(&place, "").await;
    let matched = place.document(ANYONE, &format!("match {job} --explain")).await;
    let one = &matched["matches"][0];
    assert_eq!((&one["provider"], &one["complete"]), (&json!(best), &json!(true)));
    let passed: Vec<_> =
        one["cheaper"].as_array().unwrap().iter().map(|passed| (&passed["provider"], &passed["why"])).collect();
    let expected: Vec<_> = cheaper.iter().map(|(id, _)| (json!(id), json!(of(*id)))).collect();
    assert_eq!(passed, expected.iter().map(|(id, why)| (id, why)).collect::<Vec<_>>());
    assert!(!expected.is_empty(), "nobody is cheaper");

    let slot = place.document(ANYONE, &format!("status {job}")).await["slots"][0].clone();
    assert_eq!((&slot["provider"], &slot["state"], &slot["price"]), (&json!(best), &json!("running"), &one["quote"]));
}

#[tokio::test]
async fn a_slot_that_opened_again_goes_to_another_provider() {
    let (_world, place) = world().await;
    register(&place, OPERATOR, "--cpu 4 --region 276 --open --max-run 1day --min-price 350").await;
    let job = post(&place, "").await;
    let shown = place.document(ANYONE, &format!("match {job} --estimate")).await;
    assert_eq!((&shown["matches"][0]["provider"], shown["matches"][0].get("txHash")), (&json!(1), None));
    let matched = place.document(ANYONE, &format!("match {job}")).await;
    assert_eq!(matched["matches"][0]["provider"], 1);
    place.linq(ANYONE, &format!("match {job} 0")).await.failed(9, &["slot 0 is running"]);

    place.go_on(7_201).await;
    place.linq(ANYONE, &format!("step {job}")).await.succeeded();
    let again = place.document(ANYONE, &format!("match {job} --explain")).await;
    assert_eq!(again["matches"][0]["provider"], 7, "{again}");
    let cheaper = again["matches"][0]["cheaper"].as_array().unwrap();
    let first = cheaper.iter().find(|passed| passed["provider"] == 1).unwrap();
    assert_eq!(first["why"], "it has just left this slot");
}

#[tokio::test]
async fn several_slots_are_given_away_as_far_as_capacity_goes() {
    let (_world, place) = world().await;
    let job = post(&place, "--tasks 9").await;
    let run = place.linq(ANYONE, &format!("match {job} --explain --json")).await;
    assert_eq!(run.code, 9, "{run:?}");
    let matches = run.document()["matches"].clone();
    let providers: Vec<_> = matches.as_array().unwrap().iter().map(|one| one["provider"].as_u64()).collect();
    assert_eq!(providers, [vec![Some(1); 8], vec![None]].concat(), "four cores are eight halves");
    let last = matches[8]["cheaper"].as_array().unwrap();
    assert!(last.contains(
        &json!({ "provider": 1, "quote": matches[0]["quote"], "why": "its capacity is too small or in use" })
    ));
    place.linq(ANYONE, &format!("match {job} 8")).await.failed(9, &["no standing offer fits", "--explain"]);
}

#[tokio::test]
async fn only_who_may_match_does() {
    let (world, place) = world().await;
    std::fs::write(world.folder.path().join("resource.yaml"), RESOURCE.replace("matching: anyone, ", "")).unwrap();
    let job = post(&place, "").await;
    let height = world.height().await;
    place.linq(ANYONE, &format!("match {job}")).await.failed(9, &["only the requester", "matching: anyone"]);
    place.linq(REQUESTER, &format!("match {job} 1")).await.failed(7, &["no slot 1"]);
    assert_eq!(world.height().await, height, "nothing was sent");
    assert_eq!(place.document(REQUESTER, &format!("match {job}")).await["matches"][0]["provider"], 1);
}

//! `linq beacon`: looking at rounds, and bringing them to a chain.

use alloy::primitives::{Address, B256, Bytes, U256};
use alloy::sol_types::SolValue;
use linq::beacon::{MAX_ANSWER_BYTES, Relay, Source};
use linq::client::Client;
use linq::deployment::{Program, STYLUS_DEPLOYER};
use linq::devnode;
use linq::error::Kind;
use linq_beacon::{Network, SecretKey, Signature};
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};

use crate::world::{World, artifacts, bare_command, run};

/// Selector of the constructor that the Stylus SDK generates.
const CONSTRUCTOR: [u8; 4] = [0x55, 0x85, 0x25, 0x8d];

/// Puts a beacon of `network` on the chain.
async fn deploy(world: &World, network: &Network) -> Address {
    let [x_imaginary, x_real, y_imaginary, y_real] = network.key.words();
    let arguments = (x_imaginary, x_real, y_imaginary, y_real, network.genesis, network.period_secs);
    let constructor: Bytes = [&CONSTRUCTOR[..], &arguments.abi_encode_params()].concat().into();
    let code = std::fs::read(artifacts().join("beacon.code")).unwrap();
    let program = Program { code: code.into(), abi_sha256: None };
    let client = Client::connect(world.node.url()).await.unwrap().with_signer(devnode::account(0).unwrap()).unwrap();
    let fee = program.activation_fee_wei(&client).await.unwrap();
    let salt = B256::repeat_byte(1);
    let call = program.deploy_call(salt, constructor.clone());
    client.send(STYLUS_DEPLOYER, &call, fee * U256::from(2)).await.unwrap();
    program.address(salt, &constructor)
}

/// The rounds on record.
fn recorded() -> Vec<Value> {
    let record: Value = serde_json::from_str(include_str!("../../../tests/data/drand-evmnet.json")).unwrap();
    record["rounds"].as_array().unwrap().clone()
}

/// As a relay answers under `prefix`, and nothing elsewhere.
fn published(prefix: &str) -> impl Fn(&str) -> (u16, String) + Send + 'static {
    let prefix = prefix.to_owned();
    move |path| {
        let round: Option<u64> = path.strip_prefix(&prefix).and_then(|round| round.parse().ok());
        let found = recorded().into_iter().find(|entry| round.is_some() && entry["round"].as_u64() == round);
        found.map_or((404, String::new()), |entry| (200, entry.to_string()))
    }
}

/// A server on this machine that answers each path so, for as long as the test runs.
async fn serve(answer: impl Fn(&str) -> (u16, String) + Send + 'static) -> String {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move {
        // No test asks so often.
        for _ in 0..16 {
            let Ok((mut socket, _)) = listener.accept().await else { return };
            let mut request = [0; 4_096];
            let read = socket.read(&mut request).await.unwrap_or_default();
            let text = String::from_utf8_lossy(&request[..read]).into_owned();
            let (status, body) = answer(text.split(' ').nth(1).unwrap_or_default());
            let head = format!("HTTP/1.1 {status} .\r\ncontent-length: {}\r\nconnection: close\r\n\r\n", body.len());
            let _ = socket.write_all(format!("{head}{body}").as_bytes()).await;
        }
    });
    url
}

/// A relay with the rounds on record.
async fn relay() -> String {
    serve(published("/v2/beacons/evmnet/rounds/")).await
}

#[tokio::test]
async fn a_round_of_evmnet_goes_from_a_relay_to_the_chain_once() {
    let (world, relay) = (World::bare().await, relay().await);
    let beacon = deploy(&world, &Network::evmnet()).await;
    let shown = world.linq(&format!("beacon show --beacon {beacon} --round 513 --json")).await.succeeded().document();
    assert_eq!((&shown["network"], &shown["randomness"]), (&"drand evmnet".into(), &Value::Null));

    let submit = format!("beacon submit --beacon {beacon} --round 513 --relay {relay} --dev-account 3 --json");
    let first = world.linq(&submit).await.succeeded().document();
    assert!(first["txHash"].is_string());
    let shown = world.linq(&format!("beacon show --beacon {beacon} --round 513 --json")).await.succeeded().document();
    assert_eq!(shown["randomness"], first["randomness"]);

    let height = world.height().await;
    let second = world.linq(&submit).await.succeeded().document();
    assert_eq!((&second["txHash"], &second["randomness"]), (&Value::Null, &first["randomness"]));
    assert_eq!(world.height().await, height, "nothing was sent");
}

#[tokio::test]
async fn a_round_that_no_relay_has_is_not_found_and_nothing_is_sent() {
    let (world, relay) = (World::bare().await, relay().await);
    let beacon = deploy(&world, &Network::evmnet()).await;
    let height = world.height().await;
    let submit = format!("beacon submit --beacon {beacon} --round 514 --relay {relay} --dev-account 3");
    world.linq(&submit).await.failed(7, &["has no round 514", "--relay"]);
    assert_eq!(world.height().await, height);
}

#[tokio::test]
async fn rounds_of_a_local_beacon_are_signed_with_the_development_key() {
    let world = World::bare().await;
    let network = Network { key: SecretKey::development().public(), genesis: 1_700_000_000, period_secs: 3 };
    let beacon = deploy(&world, &network).await;
    let sent =
        world.linq(&format!("beacon submit --beacon {beacon} --dev-account 3 --json")).await.succeeded().document();
    let round = sent["round"].as_u64().unwrap();
    let signed = world.linq(&format!("beacon local --round {round} --json")).await.succeeded().document();
    assert_eq!(signed["randomness"], sent["randomness"]);
    assert!(signed["network"].as_str().unwrap().contains("PUBLIC"));

    let early = format!("beacon submit --beacon {beacon} --round 4000000000 --dev-account 3");
    world.linq(&early).await.failed(6, &["BeaconNotYet", "wait"]);
}

#[tokio::test]
async fn without_an_address_it_is_the_beacon_of_the_deployment() {
    let world = World::deployed().await;
    let shown = world.linq("beacon show --json").await.succeeded().document();
    assert_eq!(shown["beacon"], world.deployment()["contracts"]["beacon"]["address"]);
    let sent = world.linq("beacon submit --dev-account 3 --json").await.succeeded().document();
    let round = sent["round"].as_u64().unwrap();
    let shown = world.linq(&format!("beacon show --round {round} --json")).await.succeeded().document();
    assert_eq!(shown["randomness"], sent["randomness"]);

    let bare = World::bare().await;
    bare.linq("beacon show").await.failed(3, &["nothing is known to be deployed"]);
}

#[tokio::test]
async fn a_round_is_fetched_and_verified_without_a_chain() {
    let (folder, relay) = (tempfile::tempdir().unwrap(), relay().await);
    let fetch =
        |round: u64| run(bare_command(folder.path(), &format!("beacon fetch --round {round} --relay {relay} --json")));
    let fetched = fetch(1).await.succeeded().document();
    assert_eq!(fetched["x"], "0x11f812d738a36b2210dc88c2d635ad8039588205f42445d6de09e6530165c346");
    fetch(2).await.failed(7, &["has no round 2"]);
    run(bare_command(folder.path(), "beacon local --round 0")).await.failed(2, &["no round 0"]);
}

#[tokio::test]
async fn rounds_arrive_from_relays_of_both_versions() {
    let old = format!("/{}/public/", alloy::hex::encode(Network::EVMNET_HASH));
    for prefix in ["/v2/beacons/evmnet/rounds/", &old] {
        let relay = Relay::new(&serve(published(prefix)).await).unwrap();
        for entry in recorded() {
            let signature = relay.round(entry["round"].as_u64().unwrap()).await.unwrap();
            assert_eq!(Signature::from_hex(entry["signature"].as_str().unwrap()), Ok(signature));
        }
        assert_eq!(relay.round(2).await.unwrap_err().kind(), Kind::NotFound);
    }
}

#[tokio::test]
async fn what_is_not_the_signature_of_the_round_is_refused() {
    let signature = recorded()[0]["signature"].as_str().unwrap().to_owned();
    let other = SecretKey::development().sign(513).words().map(alloy::hex::encode).concat();
    let answers = [
        json!({ "round": 2, "signature": signature }).to_string(),
        json!({ "round": 513, "signature": signature }).to_string(),
        json!({ "round": 513, "signature": other }).to_string(),
        json!({ "round": 513, "signature": "00".repeat(64) }).to_string(),
        json!({ "round": 513, "signature": "zz" }).to_string(),
        json!({ "round": 513 }).to_string(),
        "hello".to_owned(),
        " ".repeat(MAX_ANSWER_BYTES + 1),
    ];
    for answer in answers {
        let relay = Relay::new(&serve(move |_| (200, answer.clone())).await).unwrap();
        let error = relay.round(513).await.unwrap_err();
        assert_eq!(error.kind(), Kind::Network, "{error}");
        assert!(error.to_string().contains("cannot be used"), "{error}");
    }
}

#[tokio::test]
async fn a_relay_that_fails_or_has_nothing_yet_is_named() {
    let failing = Relay::new(&serve(|_| (500, String::new())).await).unwrap();
    let error = failing.round(1).await.unwrap_err();
    assert!(error.to_string().contains("500") && error.kind() == Kind::Network, "{error}");
    let early = Relay::new(&serve(|_| (425, String::new())).await).unwrap();
    assert_eq!(early.round(1).await.unwrap_err().kind(), Kind::NotFound);
    for text in ["", "relay", "ftp://127.0.0.1/"] {
        assert_eq!(Relay::new(text).unwrap_err().kind(), Kind::Usage, "{text}");
    }
}

#[test]
fn a_key_says_where_its_rounds_come_from() {
    let of = |key| Source::of(&key, None);
    assert!(matches!(of(SecretKey::development().public()), Ok(Source::Local)));
    assert!(matches!(of(Network::evmnet().key), Ok(Source::Relay(_))));
    let other = SecretKey::new(&B256::repeat_byte(3)).unwrap().public();
    assert_eq!(of(other).unwrap_err().kind(), Kind::Config);
}

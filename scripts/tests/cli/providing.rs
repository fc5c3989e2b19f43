//! `linq provider`: from registering to leaving.

use linq::devnode;

use crate::world::World;

#[tokio::test]
async fn a_provider_registers_once_and_shows_itself() {
    let world = World::with_provider().await;
    let shown = world.linq("provider status --dev-account 2 --json").await.succeeded().document();
    assert_eq!(shown["provider"], 1);
    assert_eq!(shown["operatorAccepted"], true);
    assert_eq!(shown["capacity"]["cpuMillis"], 4_000);
    // 1,000 LNQ and 100 for each of four cores.
    assert_eq!(shown["stake"]["bonded"], "1400000000000000000000");
    assert_eq!(shown["offer"]["rates"][0], "100000000000");
    world.linq("provider status").await.failed(2, &["no provider is named"]);
    world.linq("provider status 2").await.failed(7, &["no provider 2"]);
    world.linq("provider status --dev-account 5").await.failed(7, &["neither owner nor operator"]);
    let again = "provider register --cpu 1 --memory 1Gi --region 276";
    world.linq(&format!("{again} --dev-account 1")).await.failed(9, &["provider 1 already"]);
    world.linq(&format!("{again} --dev-account 5 --stake 10")).await.failed(9, &["1100 LNQ", "--stake"]);
    world.linq(&format!("{again} --dev-account 5 --features wasi,magic")).await.failed(2, &["magic", "x86-64"]);
}

#[tokio::test]
async fn an_owner_can_be_its_own_operator() {
    let world = World::deployed().await;
    let register = "provider register --dev-account 1 --cpu 1 --memory 1Gi --region 276 --json";
    let registered = world.linq(register).await.succeeded().document();
    assert_eq!(registered["owner"], registered["operator"]);
    let shown = world.linq("provider status 1 --json").await.succeeded().document();
    assert_eq!(shown["operatorAccepted"], true);
}

#[tokio::test]
async fn the_offer_changes_where_it_is_told_to() {
    let world = World::with_provider().await;
    world.linq("provider offer --dev-account 1 --min-price 2 --max-run 2h").await.succeeded();
    let offer = world.linq("provider status 1 --json").await.succeeded().document()["offer"].clone();
    assert_eq!((offer["minPrice"].as_str(), offer["maxRunSecs"].as_u64()), (Some("2000000000000000000"), Some(7_200)));
    assert_eq!((offer["minRunSecs"].as_u64(), offer["open"].as_bool()), (Some(60), Some(true)));
    world.linq("provider offer --dev-account 1 --closed").await.succeeded();
    world.linq("provider offer --dev-account 1 --open").await.failed(6, &["RegistryBadOffer", "--max-run"]);
    world.linq("provider offer --dev-account 4 --provider 1 --min-price 3").await.failed(6, &["RegistryNotOperator"]);
    world.linq("provider offer --dev-account 4 --min-price 3").await.failed(7, &["provider register"]);
}

#[tokio::test]
async fn stake_comes_and_goes() {
    let world = World::with_provider().await;
    let added = world.linq("provider add-stake 100 --provider 1 --dev-account 4 --json").await.succeeded().document();
    assert_eq!(added["bonded"], "1500000000000000000000");
    let begun = world.linq("provider unbond 100 --dev-account 1 --json").await.succeeded().document();
    assert_eq!(begun["unbonding"], "100000000000000000000");
    world.linq("provider unbond 5000 --dev-account 1").await.failed(6, &["RegistryNotFree", "free = 1400 LNQ"]);
    world.linq("provider unbond 0 --dev-account 1").await.failed(6, &["RegistryNoAmount"]);
    world.linq("provider withdraw --dev-account 1").await.failed(6, &["RegistryNothingToWithdraw", "wait"]);

    let linq = world.account(1).await;
    let provider = linq.client.provider();
    let _: alloy::primitives::U256 =
        alloy::providers::Provider::raw_request(provider, "evm_increaseTime".into(), [61]).await.unwrap();
    let withdrawn = world.linq("provider withdraw --dev-account 1 --json").await.succeeded().document();
    assert_eq!(withdrawn["amount"], "100000000000000000000");
}

#[tokio::test]
async fn an_operator_has_to_be_the_invited_one() {
    let world = World::deployed().await;
    let operator = devnode::account(2).unwrap().address();
    world
        .linq(&format!("provider register --dev-account 1 --operator {operator} --cpu 1 --memory 1Gi --region 276"))
        .await
        .succeeded();
    world.linq("provider accept-role --provider 1 --dev-account 3").await.failed(6, &["RegistryNotInvited"]);
    let accepted = world.linq("provider accept-role --provider 1 --dev-account 2 --json").await.succeeded().document();
    assert_eq!(accepted["role"], "operator");
    world.linq("provider accept-role --provider 1 --dev-account 2").await.failed(6, &["RegistryNotInvited"]);
}

//! `linq juror`: from staking to leaving.

use alloy::primitives::U256;
use alloy::providers::Provider;
use serde_json::json;

use crate::world::World;

async fn go_on(world: &World, seconds: u64) {
    let linq = world.account(0).await;
    let _: U256 = linq.client.provider().raw_request("evm_increaseTime".into(), [seconds]).await.unwrap();
}

#[tokio::test]
async fn stake_comes_and_goes() {
    let world = World::deployed().await;
    let linq = async |line: &str| world.linq(&format!("{line} --dev-account 1 --json")).await;
    let before = world.height().await;
    let shown = linq("juror stake 100 --estimate").await.succeeded().document();
    assert_eq!((&shown["active"], shown.get("juror"), shown.get("txHash")), (&lnq(100), None, None));
    assert!(shown["gas"].as_u64().is_some_and(|gas| gas > 50_000), "{shown}");
    linq("juror stake 100").await.failed(2, &["--yes"]);
    assert_eq!(world.height().await, before, "nothing was sent");

    let staked = linq("juror stake 100 --yes").await.succeeded().document();
    assert_eq!((&staked["juror"], &staked["active"], &staked["unstakeSecs"]), (&json!(1), &lnq(100), &json!(3_600)));
    assert_eq!(world.height().await, before + 1, "one transaction");
    let more = linq("juror stake 11.5 --approve --yes").await.succeeded().document();
    assert_eq!((&more["juror"], &more["active"]), (&json!(1), &json!("111500000000000000000")));

    let shown = linq("juror status").await.succeeded().document();
    assert_eq!((&shown["weight"], &shown["totalWeight"]), (&json!(0), &json!(0)), "not on the first day");
    go_on(&world, 86_400).await;
    let shown = linq("juror status").await.succeeded().document();
    assert_eq!((&shown["weight"], &shown["totalWeight"]), (&json!(111), &json!(111)));

    linq("juror unstake").await.failed(6, &["JurorsNothingToWithdraw"]);
    linq("juror leave 200 --yes").await.failed(6, &["JurorsNotActive"]);
    let left = linq("juror leave 11.5 --yes").await.succeeded().document();
    assert_eq!((&left["active"], &left["leaving"]), (&lnq(100), &json!("11500000000000000000")));
    assert!(left["end"].as_u64().is_some());
    go_on(&world, 3_601).await;
    let back = linq("juror unstake").await.succeeded().document();
    assert_eq!((&back["amount"], &back["leaving"], back.get("end")), (&left["leaving"], &lnq(0), None));
}

#[tokio::test]
async fn it_says_what_is_missing() {
    let world = World::deployed().await;
    let linq = async |line: &str| world.linq(line).await;
    linq("juror status").await.failed(2, &["no juror is named"]);
    linq("juror status 4").await.failed(7, &["no juror 4; 0 have staked"]);
    linq("juror status --dev-account 5").await.failed(7, &["is no juror", "linq juror stake"]);
    linq("juror leave 1 --yes --dev-account 5").await.failed(7, &["is no juror"]);
    linq("juror stake 0.5 --yes --dev-account 1").await.failed(6, &["JurorsTooLittle", "least = 1 LNQ"]);
    linq("juror stake 2000000000 --yes --dev-account 1").await.failed(9, &["this takes"]);
    linq("juror stake 5").await.failed(4, &["this needs a key"]);
}

fn lnq(amount: u64) -> serde_json::Value {
    json!((u128::from(amount) * 1_000_000_000_000_000_000).to_string())
}

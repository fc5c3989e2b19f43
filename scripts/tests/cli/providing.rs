//! `linq provider`: from registering to leaving.

use alloy::primitives::aliases::U96;
use alloy::primitives::{Address, U256};
use alloy::providers::Provider;
use linq::devnode;
use linq::units::Lnq;
use linq_abi::{IJobs, IRegistry};

use crate::world::World;

const REGISTER: &str = "provider register --cpu 1 --memory 1Gi --region 276";
const SUBMIT: &str = "submit --resource resource.yaml --image module.wasm --duration 2h --dev-account 3 --yes";

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
    let register = "provider register --dev-account 1 --cpu 1 --memory 1Gi --region 276 --yes --json";
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
async fn an_offer_follows_its_file() {
    let world = World::with_provider().await;
    let file = "cpu = \"9\"\ncpu-price = \"0.72\"\nmax-run = \"3h\"\nmin-price = \"4\"\n";
    std::fs::write(world.folder.path().join("provider.toml"), file).unwrap();
    world.linq("provider offer --from other.toml --dev-account 1").await.failed(2, &["cannot read other.toml"]);
    world.linq("provider offer --from provider.toml --min-price 2 --dev-account 1").await.succeeded();
    let shown = world.linq("provider status 1 --json").await.succeeded().document();
    let offer = &shown["offer"];
    assert_eq!((&offer["rates"][0], &offer["minPrice"]), (&"200000000000".into(), &lnq(2)));
    assert_eq!((&offer["maxRunSecs"], &offer["minRunSecs"]), (&10_800.into(), &60.into()));
    assert_eq!((&offer["open"], &shown["capacity"]["cpuMillis"]), (&true.into(), &4_000.into()));
}

#[tokio::test]
async fn stake_comes_and_goes() {
    let world = World::with_provider().await;
    let added =
        world.linq("provider add-stake 100 --provider 1 --dev-account 4 --yes --json").await.succeeded().document();
    assert_eq!(added["bonded"], "1500000000000000000000");
    let begun = world.linq("provider unbond 100 --dev-account 1 --yes --json").await.succeeded().document();
    assert_eq!(begun["unbonding"], "100000000000000000000");
    world.linq("provider unbond 5000 --dev-account 1").await.failed(6, &["RegistryNotFree", "free = 1400 LNQ"]);
    world.linq("provider unbond 0 --dev-account 1").await.failed(6, &["RegistryNoAmount"]);
    world.linq("provider withdraw --dev-account 1").await.failed(6, &["RegistryNothingToWithdraw", "wait"]);

    let linq = world.account(1).await;
    let provider = linq.client.provider();
    let _: U256 = provider.raw_request("evm_increaseTime".into(), [61]).await.unwrap();
    let withdrawn = world.linq("provider withdraw --dev-account 1 --json").await.succeeded().document();
    assert_eq!(withdrawn["amount"], "100000000000000000000");
}

/// A provider of account 1 whose operator, account 2, has not accepted.
async fn unaccepted() -> World {
    let world = World::deployed().await;
    let register = format!("{REGISTER} --operator {} --dev-account 1 --yes", account(2));
    world.linq(&register).await.succeeded();
    world
}

#[tokio::test]
async fn registering_is_asked_for_and_costs_what_is_shown() {
    let world = World::deployed().await;
    let (height, register) = (world.height().await, format!("{REGISTER} --dev-account 1"));
    world.linq("provider register --dev-account 1 --memory 1Gi --region 276").await.failed(2, &["no cpu", "init"]);
    world.linq("provider register --dev-account 1 --cpu 1 --memory 1Gi").await.failed(2, &["no region", "--region"]);
    world.linq(&register).await.failed(2, &["1100 LNQ is the least", "about", "--yes", "--estimate"]);
    let estimate = world.linq(&format!("{register} --estimate --json")).await.succeeded().document();
    assert_eq!(estimate["minimum"], "1100000000000000000000");
    assert!(estimate.get("provider").is_none() && estimate.get("txHash").is_none(), "{estimate}");
    assert_eq!(world.height().await, height, "nothing was sent");

    let registered = world.linq(&format!("{register} --yes --json")).await.succeeded().document();
    assert_eq!((&registered["provider"], &registered["stake"]), (&1.into(), &estimate["minimum"]));
    let linq = world.account(1).await;
    let hash = registered["txHash"].as_str().unwrap().parse().unwrap();
    let used = linq.client.receipt(hash).await.unwrap().gas_used;
    assert!(used <= estimate["gas"].as_u64().unwrap(), "{used} is more than {estimate}");
}

#[tokio::test]
async fn a_permit_needs_one_transaction_and_leaves_no_allowance() {
    let world = World::deployed().await;
    let (linq, height) = (world.account(1).await, world.height().await);
    let left = async || linq.allowance(account(1), linq.suite.registry).await.unwrap();
    world.linq(&format!("{REGISTER} --dev-account 1 --yes")).await.succeeded();
    world.linq("provider add-stake 5 --dev-account 1 --yes").await.succeeded();
    assert_eq!((world.height().await, left().await), (height + 2, U256::ZERO));

    world.linq("provider add-stake 5 --dev-account 1 --approve --yes").await.succeeded();
    assert_eq!((world.height().await, left().await), (height + 4, U256::ZERO));

    // An allowance that is there is used, and what is over stays.
    linq.approve(linq.suite.registry, "12".parse().unwrap()).await.unwrap();
    world.linq("provider add-stake 5 --dev-account 1 --yes").await.succeeded();
    assert_eq!((world.height().await, left().await), (height + 6, Lnq::whole(7).to_token()));

    // The deadline is by the clock of the chain, wherever that is.
    let provider = linq.client.provider();
    let _: U256 = provider.raw_request("evm_increaseTime".into(), [40 * 86_400]).await.unwrap();
    world.linq("provider add-stake 10 --dev-account 1 --yes").await.succeeded();
    let shown = world.linq("provider status 1 --json").await.succeeded().document();
    assert_eq!((&shown["stake"]["bonded"], left().await), (&lnq(1_125), U256::ZERO));
}

#[tokio::test]
async fn a_registration_can_be_allowed_before() {
    let world = World::deployed().await;
    let height = world.height().await;
    let shown = world.linq(&format!("{REGISTER} --dev-account 1 --approve --estimate --json")).await.succeeded();
    assert!(shown.document().get("gas").is_none(), "{shown:#?}");
    world.linq(&format!("{REGISTER} --dev-account 1 --approve --yes")).await.succeeded();
    assert_eq!(world.height().await, height + 2);
}

#[tokio::test]
async fn a_machine_is_looked_at_and_registered_from_a_file() {
    let world = World::deployed().await;
    let (region, operator) = (276, account(2));
    let init = format!("provider init --region {region} --operator {operator}");
    let seen = world.linq(&format!("{init} --json")).await.succeeded().document();
    assert_eq!(seen["file"], "provider.toml");
    let cores = seen["cores"].as_u64().unwrap();
    world.linq(&init).await.failed(9, &["provider.toml is there already", "--force"]);
    world.linq(&format!("{init} --force")).await.succeeded();

    let register = "provider register --from provider.toml --dev-account 1";
    world.linq(&format!("{register} --yes --memory 1Gi --open --storage 3Gi")).await.succeeded();
    let shown = world.linq("provider status 1 --json").await.succeeded().document();
    assert_eq!(shown["capacity"]["cpuMillis"], cores * 1_000);
    assert_eq!((&shown["capacity"]["memoryMib"], &shown["capacity"]["storageGib"]), (&1_024.into(), &3.into()));
    assert_eq!((&shown["region"], &shown["offer"]["open"]), (&region.into(), &true.into()));
    assert_eq!(shown["offer"]["rates"][0], "100000000000");
    assert_eq!(shown["operator"], format!("{operator:#x}"));
}

#[tokio::test]
async fn a_file_with_a_mistake_is_refused_where_it_is() {
    let world = World::deployed().await;
    let register = "provider register --from mine.toml --dev-account 1 --yes";
    world.linq(register).await.failed(2, &["cannot read mine.toml", "linq provider init"]);
    std::fs::write(world.folder.path().join("mine.toml"), "cpu = \"1\"\nregoin = 276\n").unwrap();
    world.linq(register).await.failed(2, &["mine.toml: line 2", "did you mean `region`?"]);
}

#[tokio::test]
async fn a_role_is_accepted_by_whom_it_was_offered_to() {
    let world = unaccepted().await;
    world.linq("provider accept-role --provider 1 --dev-account 3").await.failed(6, &["RegistryNotInvited"]);
    let accepted = world.linq("provider accept-role --provider 1 --dev-account 2 --json").await.succeeded().document();
    assert_eq!((&accepted["role"], &accepted["provider"]), (&"operator".into(), &1.into()));
    world.linq("provider accept-role --provider 1 --dev-account 2").await.failed(6, &["RegistryNotInvited"]);
}

#[tokio::test]
async fn keys_change_where_they_are_told_to() {
    let world = unaccepted().await;
    world.linq("provider keys --dev-account 1").await.failed(2, &["nothing is to change", "--operator"]);
    world
        .linq(&format!("provider keys --provider 1 --payout {} --dev-account 4", account(4)))
        .await
        .failed(6, &["RegistryNotOwner", "owner"]);
    let keys = |change: String| format!("provider keys --dev-account 1 --yes --json {change}");
    let invited = world.linq(&keys(format!("--owner {}", account(5)))).await.succeeded().document();
    assert_eq!((&invited["owner"], &invited["invitedOwner"]), (&hex(1), &hex(5)));
    // What is left out stays: the invitation and an operator that has not accepted yet.
    let paid = world.linq(&keys(format!("--payout {}", account(6)))).await.succeeded().document();
    assert_eq!((&paid["invitedOwner"], &paid["operator"], &paid["payout"]), (&hex(5), &hex(2), &hex(6)));
    assert_eq!(paid["operatorAccepted"], false);
    let shown = world.linq("provider status 1 --json").await.succeeded().document();
    assert_eq!((&shown["invitedOwner"], &shown["payout"]), (&hex(5), &hex(6)));

    let taken_back = world.linq(&keys(format!("--owner {}", account(1)))).await.succeeded().document();
    assert!(taken_back.get("invitedOwner").is_none(), "{taken_back}");
    world.linq("provider accept-role --provider 1 --dev-account 5").await.failed(6, &["RegistryNotInvited"]);
    world.linq(&keys(format!("--owner {}", account(5)))).await.succeeded();
    let accepted = world.linq("provider accept-role --provider 1 --dev-account 5 --json").await.succeeded().document();
    assert_eq!((&accepted["role"], &accepted["account"]), (&"owner".into(), &hex(5)));
    world
        .linq("provider keys --dev-account 5 --operator 0x0000000000000000000000000000000000000000")
        .await
        .failed(6, &["RegistryBadAddress"]);
    let own =
        world.linq(&format!("provider keys --dev-account 5 --operator {} --yes --json", account(5))).await.succeeded();
    assert_eq!(own.document()["operatorAccepted"], true);
}

#[tokio::test]
async fn an_operator_with_open_work_is_not_replaced_in_silence() {
    let world = World::with_provider().await;
    let job = post(&world, "--assign 1").await;
    let keys = format!("provider keys --operator {} --dev-account 1 --yes", account(5));
    let changed = world.linq(&keys).await.succeeded();
    assert!(changed.stderr.contains("loses its role at once") && changed.stderr.contains("1 open"), "{changed:#?}");
    let again = world.linq(&keys).await.succeeded();
    assert!(!again.stderr.contains("loses its role"), "{again:#?}");
    let unable = IJobs::unableCall { job: job.parse().unwrap(), slot: 0, reason: 1 };
    let former = world.account(2).await;
    let refused = former.client.send(former.suite.jobs, &unable, U256::ZERO).await.unwrap_err();
    assert_eq!(refused.revert().and_then(|revert| revert.name()), Some("RegistryNotOperator"));
}

#[tokio::test]
async fn a_capacity_shows_the_stake_it_needs() {
    let world = World::with_provider().await;
    world.linq("provider capacity --dev-account 1").await.failed(2, &["nothing is to change", "--cpu"]);
    world.linq("provider capacity --dev-account 4 --provider 1 --cpu 2").await.failed(6, &["RegistryNotOperator"]);
    world.linq("provider capacity --dev-account 1 --gpus 1").await.failed(6, &["RegistryBadCapacity", "class"]);
    let less = world.linq("provider capacity --dev-account 2 --cpu 2 --features wasi,x86-64 --json").await.succeeded();
    let less = less.document();
    assert_eq!((&less["minimum"], &less["missing"]), (&lnq(1_200), &lnq(0)));
    assert_eq!((&less["capacity"]["memoryMib"], &less["region"]), (&8_192.into(), &276.into()));

    std::fs::write(world.folder.path().join("provider.toml"), "cpu = \"16\"\nmemory = \"1Gi\"\n").unwrap();
    let more = world.linq("provider capacity --dev-account 1 --from provider.toml --memory 2Gi").await.succeeded();
    assert!(more.stderr.contains("needs a stake of 2600 LNQ") && more.stderr.contains("1200 LNQ too few"), "{more:#?}");
    assert!(more.stdout.contains("linq provider add-stake 1200"), "{more:#?}");
    let shown = world.linq("provider status 1 --json").await.succeeded().document();
    assert_eq!((&shown["stake"]["minimum"], &shown["stake"]["missing"]), (&lnq(2_600), &lnq(1_200)));
    assert_eq!((&shown["capacity"]["cpuMillis"], &shown["capacity"]["memoryMib"]), (&16_000.into(), &2_048.into()));
    assert_eq!(shown["features"], serde_json::json!(["x86-64", "wasi"]));
}

#[tokio::test]
async fn a_provider_leaves_step_by_step() {
    let world = World::with_provider().await;
    let height = world.height().await;
    world.linq("provider drain --dev-account 1").await.failed(2, &["open work", "--yes"]);
    assert_eq!(world.height().await, height, "nothing was sent");
    world.linq("provider drain --dev-account 2 --yes").await.failed(6, &["RegistryNotOwner"]);
    post(&world, "--assign 1").await;
    let drained = world.linq("provider drain --dev-account 1 --yes --json").await.succeeded().document();
    assert_eq!((&drained["openWork"], &drained["bonded"]), (&1.into(), &lnq(1_400)));
    let steps = drained["remaining"].to_string();
    assert!(steps.contains("give back 1") && steps.contains("unbond 1399.") && steps.contains("withdraw"), "{steps}");
    assert_eq!(world.linq("provider status 1 --json").await.succeeded().document()["draining"], true);
    world.linq(&format!("{SUBMIT} --assign 1")).await.failed(9, &["it is leaving"]);
}

#[tokio::test]
async fn status_tells_what_is_open_and_what_is_next() {
    let world = World::with_provider().await;
    let job = post(&world, "--assign 1").await;
    let shown = world.linq("provider status 1 --json").await.succeeded().document();
    let open = &shown["open"][0];
    assert_eq!((&open["job"], &open["slot"], &open["state"]), (&job.as_str().into(), &0.into(), &"running".into()));
    assert_eq!((&open["lock"], &shown["record"]["open"]), (&shown["stake"]["locked"], &1.into()));
    let whole = |name: &str| shown["stake"][name].as_str().unwrap().parse::<u128>().unwrap();
    assert_eq!(whole("free") + whole("locked"), whole("bonded"));
    // Tier 1 asks for four times the minimum, seven days and half of all reputation.
    let next = &shown["nextTier"];
    assert_eq!((&next["tier"], &next["stake"], &next["missing"]), (&1.into(), &lnq(5_600), &lnq(4_200)));
    assert_eq!(next["from"].as_u64().unwrap() - shown["registeredAt"].as_u64().unwrap(), 7 * 86_400);
    assert_eq!((&next["reputationBps"], &shown["record"]["disputesLost"]), (&5_000.into(), &0.into()));
    let page = world.linq("provider status 1").await.succeeded().stdout;
    for words in ["Open work", job.as_str(), "for tier 1", "4200 LNQ more stake", "1 open"] {
        assert!(page.contains(words), "`{words}` is not in {page}");
    }
}

#[tokio::test]
async fn a_history_is_checked_against_the_chain() {
    let world = World::with_provider().await;
    world.linq("provider history").await.failed(2, &["no provider is named"]);
    world.linq("provider history 2").await.failed(7, &["no provider 2"]);
    let empty = world.linq("provider history 1 --json").await.succeeded().document();
    assert_eq!((&empty["work"], &empty["complete"]), (&serde_json::json!([]), &true.into()));

    let job = post(&world, "--assign 1").await;
    let unable = IJobs::unableCall { job: job.parse().unwrap(), slot: 0, reason: 1 };
    let operator = world.account(2).await;
    operator.client.send(operator.suite.jobs, &unable, U256::ZERO).await.unwrap();
    // Of two takes during the bidding the cheaper one displaces the other, which leaves no trace.
    let bid = post(&world, "--assign 1 --bid-for 1h --price 1").await;
    let other = format!("{REGISTER} --storage 10Gi --dev-account 5 --yes");
    world.linq(&other).await.succeeded();
    take(&world, 5, &bid, 2).await;

    let whole = world.linq("provider history 1 --json").await.succeeded().document();
    let work = whole["work"].as_array().unwrap();
    let ends: Vec<&str> = work.iter().map(|one| one["end"].as_str().unwrap()).collect();
    assert_eq!(ends, ["unable", "displaced"]);
    assert_eq!((&work[0]["job"], &work[0]["slot"]), (&job.as_str().into(), &0.into()));
    assert_eq!(whole["complete"], true);
    let shown = world.linq("provider status --dev-account 1 --json").await.succeeded().document();
    assert_eq!(shown["record"]["history"], whole["history"]);
    assert_ne!(whole["history"], empty["history"]);

    let from = work[0]["block"].as_u64().unwrap() + 1;
    let part = world.linq(&format!("provider history 1 --from-block {from} --json")).await.succeeded().document();
    assert_eq!((part["work"].as_array().unwrap().len(), &part["complete"]), (1, &serde_json::Value::Null));
    let page = world.linq("provider history --dev-account 2").await.succeeded().stdout;
    assert!(page.contains("unable") && page.contains("folds into the word"), "{page}");

    // Whoever does not get all events notices it.
    let mut deployment = world.deployment();
    deployment["fromBlock"] = from.into();
    std::fs::write(world.deployment_file(), deployment.to_string()).unwrap();
    let partial = world.linq("provider history 1").await;
    assert_eq!(partial.code, 1, "{partial:#?}");
    assert!(partial.stdout.contains("FAILED") && partial.stderr.contains("do not fold"), "{partial:#?}");
}

#[tokio::test]
async fn providers_are_listed_by_pages() {
    let world = World::deployed().await;
    assert!(world.linq("provider list").await.succeeded().stdout.contains("no providers"));
    for index in [1, 2, 3] {
        world.linq(&format!("{REGISTER} --dev-account {index} --yes")).await.succeeded();
    }
    let ids = |document: &serde_json::Value| -> Vec<u64> {
        document["providers"].as_array().unwrap().iter().map(|one| one["provider"].as_u64().unwrap()).collect()
    };
    let first = world.linq("provider list --limit 2 --json").await.succeeded().document();
    assert_eq!((ids(&first), &first["next"]), (vec![1, 2], &3.into()));
    let rest = world.linq("provider list --from 3 --json").await.succeeded().document();
    assert_eq!((ids(&rest), &rest["next"]), (vec![3], &serde_json::Value::Null));
    assert!(world.linq("provider list --limit 2").await.succeeded().stdout.contains("linq provider list --from 3"));
}

#[tokio::test]
async fn what_moves_stake_or_keys_is_asked_for_and_costs_what_is_shown() {
    let world = World::with_provider().await;
    let height = world.height().await;
    let keys = format!("provider keys --payout {}", account(6));
    for command in ["provider add-stake 5", "provider add-stake 5 --approve", "provider unbond 5", &keys] {
        world.linq(&format!("{command} --dev-account 1")).await.failed(2, &["gas", "--yes", "--estimate"]);
        let estimate = world.linq(&format!("{command} --dev-account 1 --estimate --json")).await.succeeded().document();
        assert!(estimate.get("txHash").is_none() && estimate["gasPriceWei"].is_string(), "{estimate}");
        assert_eq!(estimate.get("gas").is_some(), !command.contains("--approve"), "{estimate}");
    }
    assert_eq!(world.height().await, height, "nothing was sent");

    let linq = world.account(1).await;
    for command in ["provider add-stake 5", "provider unbond 5", &keys] {
        let line = format!("{command} --dev-account 1 --json");
        let estimate = world.linq(&format!("{line} --estimate")).await.succeeded().document();
        let done = world.linq(&format!("{line} --yes")).await.succeeded().document();
        let hash = done["txHash"].as_str().unwrap().parse().unwrap();
        let used = linq.client.receipt(hash).await.unwrap().gas_used;
        assert!(used <= estimate["gas"].as_u64().unwrap(), "{command}: {used} is more than {estimate}");
    }
    let planned = world.linq(&format!("{keys} --owner {} --dev-account 1 --estimate --json", account(5))).await;
    let planned = planned.succeeded().document();
    assert_eq!((&planned["invitedOwner"], &planned["operatorAccepted"]), (&hex(5), &true.into()));
}

#[tokio::test]
async fn a_pause_is_told_by_status() {
    let world = World::with_provider().await;
    let shown = world.linq("provider status 1 --json").await.succeeded().document();
    assert!(shown.get("registeringPausedUntil").is_none() && shown.get("postingPausedUntil").is_none(), "{shown}");
    let guardian = world.account(9).await;
    guardian.client.send(guardian.suite.registry, &IRegistry::pauseCall {}, U256::ZERO).await.unwrap();
    guardian.client.send(guardian.suite.jobs, &IJobs::pauseCall {}, U256::ZERO).await.unwrap();
    let shown = world.linq("provider status 1 --json").await.succeeded().document();
    let now = guardian.client.chain_time().await.unwrap();
    for field in ["registeringPausedUntil", "postingPausedUntil"] {
        assert!(shown[field].as_u64().unwrap() > now, "{shown}");
    }
    let page = world.linq("provider status 1").await.succeeded().stdout;
    assert!(page.contains("nobody registers before") && page.contains("nothing is posted or taken"), "{page}");
}

#[tokio::test]
async fn a_profile_is_stated_by_the_owner_and_read_by_everybody() {
    let world = World::with_provider().await;
    let empty = world.linq("provider profile 1 --json").await.succeeded().document();
    assert_eq!(empty, serde_json::json!({ "provider": 1 }));
    let height = world.height().await;
    let state = "provider profile --metadata ipfs://a --sealing-key-file keys/sealing";
    world.linq(&format!("{state} --dev-account 1")).await.failed(2, &["ipfs://a", "gas", "--yes"]);
    world.linq(&format!("{state} --dev-account 2 --yes")).await.failed(6, &["ProfilesNotOwner", "owner"]);
    assert_eq!(world.height().await, height, "nothing was sent");

    let stated = world.linq(&format!("{state} --dev-account 1 --yes --json")).await.succeeded().document();
    let key = stated["sealingKey"].as_str().unwrap().to_owned();
    let secret = std::fs::read_to_string(world.folder.path().join("keys/sealing")).unwrap();
    assert!(!stated.to_string().contains(secret.trim()) && secret.trim() != key, "the secret half stays here");
    let shown = world.linq("provider profile 1 --json").await.succeeded().document();
    assert_eq!((&shown["sealingKey"], &shown["metadata"]), (&stated["sealingKey"], &"ipfs://a".into()));
    assert!(shown["statedAt"].as_u64().unwrap() > 0 && shown.get("txHash").is_none(), "{shown}");

    // What is left out stays, and the same file is the same key.
    let changed = world.linq("provider profile --metadata ipfs://b --dev-account 1 --yes --json").await.succeeded();
    assert_eq!(
        (&changed.document()["sealingKey"], &changed.document()["metadata"]),
        (&stated["sealingKey"], &"ipfs://b".into())
    );
    let again = world.linq("provider profile --sealing-key-file keys/sealing --dev-account 1 --yes --json").await;
    assert_eq!(again.succeeded().document()["sealingKey"], stated["sealingKey"]);
    let status = world.linq("provider status 1 --json").await.succeeded().document();
    assert_eq!(
        (&status["profile"]["sealingKey"], &status["profile"]["metadata"]),
        (&stated["sealingKey"], &"ipfs://b".into())
    );
    let page = world.linq("provider status 1").await.succeeded().stdout;
    assert!(page.contains(&key) && page.contains("ipfs://b"), "{page}");

    let zero = format!("0x{}", "0".repeat(64));
    let taken_back = format!("provider profile --metadata= --sealing-key {zero} --dev-account 1 --yes --json");
    let taken_back = world.linq(&taken_back).await.succeeded().document();
    assert!(taken_back.get("sealingKey").is_none() && taken_back.get("metadata").is_none(), "{taken_back}");
    world.linq("provider profile --metadata ipfs://\u{e9} --dev-account 1 --yes").await.failed(2, &["printable"]);
    let weak = format!("0x01{}", "0".repeat(62));
    let weak = format!("provider profile --sealing-key {weak} --dev-account 1 --yes");
    world.linq(&weak).await.failed(2, &["everybody can open"]);
}

#[tokio::test]
async fn a_machine_is_measured_and_its_report_published() {
    let world = World::with_provider().await;
    world.linq("provider self-test --each 1 --dev-account 4").await.failed(7, &["neither owner nor operator"]);
    // By the operator, whose key is on the machine.
    let test = "provider self-test --each 1 --valid 7days --report reports/one.json --dev-account 2";
    let published = world.linq(&format!("{test} --yes --json")).await.succeeded().document();
    let report = std::fs::read(world.folder.path().join("reports/one.json")).unwrap();
    assert_eq!(published["report"], linq_manifest::Digest::of(&report).bytes().to_string());
    let report: serde_json::Value = serde_json::from_slice(&report).unwrap();
    assert_eq!((&report["provider"], &report["chainId"]), (&1.into(), &412_346.into()));
    assert_eq!(report["figures"], published["figures"]);
    assert!(report["figures"]["allHashesPerSec"].as_u64().unwrap() > 0, "{report}");
    assert!(report["blockHash"].is_string() && report["cores"].as_u64().unwrap() > 0, "{report}");

    let shown = world.linq("provider profile 1 --json").await.succeeded().document();
    let self_test = &shown["selfTest"];
    assert_eq!((&self_test["report"], &self_test["valid"]), (&published["report"], &true.into()));
    assert_eq!(self_test["validUntil"], published["validUntil"]);
    let linq = world.account(1).await;
    let _: U256 = linq.client.provider().raw_request("evm_increaseTime".into(), [8 * 86_400]).await.unwrap();
    let _: serde_json::Value = linq.client.provider().raw_request("evm_mine".into(), ()).await.unwrap();
    let shown = world.linq("provider profile 1 --json").await.succeeded().document();
    assert_eq!(shown["selfTest"]["valid"], false);
    assert!(world.linq("provider status 1").await.succeeded().stdout.contains("OVER"), "it is told");
    let long = "provider self-test --each 1 --valid 91days --dev-account 1 --yes";
    world.linq(long).await.failed(6, &["ProfilesBadSelfTest", "90 days"]);
}

#[tokio::test]
async fn a_profile_and_a_self_test_follow_their_file() {
    let world = World::with_provider().await;
    let file = "[profile]\nsealing-key-file = \"sealing\"\nmetadata = \"ipfs://a\"\n[self-test]\nvalid = \"1day\"\nreport = \"r.json\"\n";
    std::fs::create_dir(world.folder.path().join("etc")).unwrap();
    std::fs::write(world.folder.path().join("etc/provider.toml"), file).unwrap();
    let state = "provider profile --from etc/provider.toml --metadata ipfs://b --dev-account 1 --yes --json";
    let stated = world.linq(state).await.succeeded().document();
    assert_eq!((&stated["metadata"], stated["sealingKey"].is_string()), (&"ipfs://b".into(), true));
    assert!(world.folder.path().join("etc/sealing").exists(), "beside the file");
    let test = "provider self-test --each 1 --from etc/provider.toml --dev-account 1 --yes --json";
    let tested = world.linq(test).await.succeeded().document();
    assert_eq!(tested["file"], "etc/r.json");
    assert!(world.folder.path().join("etc/r.json").exists(), "beside the file");
}

/// Posts a job of account 3, and returns its id.
async fn post(world: &World, flags: &str) -> String {
    let posted = world.linq(&format!("{SUBMIT} {flags} --json")).await.succeeded().document();
    posted["job"].as_str().unwrap().to_owned()
}

/// Takes the only slot of a job in the name of the operator of a provider, for a quarter of its price.
async fn take(world: &World, index: u8, job: &str, provider: u32) {
    let linq = world.account(index).await;
    let terms = linq.posted(job.parse().unwrap()).await.unwrap().terms;
    let price = terms.price / U96::from(4);
    let call = IJobs::takeCall { terms, slot: 0, provider, price };
    linq.client.send(linq.suite.jobs, &call, U256::ZERO).await.unwrap();
}

fn account(index: u8) -> Address {
    devnode::account(index).unwrap().address()
}

/// The address of a development account as the documents write it.
fn hex(index: u8) -> serde_json::Value {
    format!("{:#x}", account(index)).into()
}

/// An amount as the documents write it.
fn lnq(whole: u64) -> serde_json::Value {
    Lnq::whole(whole).0.to_string().into()
}

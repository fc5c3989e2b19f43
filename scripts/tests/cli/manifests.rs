//! `linq manifest`: written, checked and priced before anything is posted.

use serde_json::Value;

use crate::world::{World, bare_command, folder_with_work, run};

#[tokio::test]
async fn what_is_written_is_valid_and_can_be_submitted() {
    let world = World::with_provider().await;
    world.linq("manifest init work.yaml --name words --argument --top --duration 2h").await.succeeded();
    let valid = world.linq("manifest validate work.yaml --json").await.succeeded().document();
    assert_eq!((valid["valid"].as_bool(), valid["mistakes"].as_array().unwrap().len()), (Some(true), 0));
    let posted = world.linq("submit --resource work.yaml --dev-account 3 --assign 1 --yes --json").await.succeeded();
    assert_eq!(posted.document()["manifest"]["specHash"], valid["specHash"]);
    assert_eq!(posted.document()["assigned"][0]["provider"], 1);
}

#[tokio::test]
async fn nothing_is_overwritten() {
    let folder = folder_with_work();
    let before = std::fs::read(folder.path().join("resource.yaml")).unwrap();
    run(bare_command(folder.path(), "manifest init"))
        .await
        .failed(9, &["resource.yaml is there already", "another file"]);
    assert_eq!(std::fs::read(folder.path().join("resource.yaml")).unwrap(), before);
    run(bare_command(folder.path(), "manifest init new.yaml --region 1000")).await.failed(2, &["order.regions[0]"]);
    run(bare_command(folder.path(), "manifest init new.yaml --module https://example.org/m"))
        .await
        .failed(2, &["digest"]);
    assert!(!folder.path().join("new.yaml").exists());
}

#[tokio::test]
async fn every_mistake_is_told_with_its_place_and_what_is_right() {
    let folder = folder_with_work();
    let yaml = "module: { uri: module.wasm }\norder:\n  runfor: 2h\n  tasks: 300\ninputs: [{ uri: gone.txt }]\n";
    std::fs::write(folder.path().join("wrong.yaml"), yaml).unwrap();
    let wrong = run(bare_command(folder.path(), "manifest validate wrong.yaml")).await;
    assert_eq!(wrong.code, 2, "{wrong:#?}");
    for line in [
        "wrong.yaml:3:3: order.runfor: is no field",
        "    write runFor",
        "wrong.yaml:4:10: order.tasks:",
        "    write 256",
        "wrong.yaml:5:17: inputs[0].uri:",
    ] {
        assert!(wrong.stdout.contains(line), "`{line}` is not in {wrong:#?}");
    }
    assert!(wrong.stderr.contains("3 mistakes"));

    let wrong = run(bare_command(folder.path(), "manifest validate wrong.yaml --without-files --json")).await;
    let document = wrong.document();
    assert_eq!(
        (wrong.code, document["valid"].as_bool(), wrong.error()["kind"].as_str()),
        (2, Some(false), Some("usage"))
    );
    let first = &document["mistakes"][0];
    assert_eq!(
        (first["line"].as_u64(), first["column"].as_u64(), first["instead"].as_str()),
        (Some(3), Some(3), Some("runFor"))
    );
    assert_eq!((document["mistakes"].as_array().unwrap().len(), document.get("specHash")), (2, None));
    run(bare_command(folder.path(), "manifest validate none.yaml")).await.failed(2, &["none.yaml", "manifest init"]);
}

#[tokio::test]
async fn the_schema_is_the_committed_one() {
    let folder = tempfile::tempdir().unwrap();
    let printed = run(bare_command(folder.path(), "manifest schema")).await.succeeded();
    assert_eq!(printed.stdout, include_str!("../../../manifest/resource.schema.json"));
    let line = run(bare_command(folder.path(), "manifest schema --json")).await.succeeded().document();
    assert_eq!(line, serde_json::from_str::<Value>(&printed.stdout).unwrap());
}

#[tokio::test]
async fn a_price_is_what_providers_ask_for() {
    let world = World::with_provider().await;
    let register = "provider register --dev-account 5 --operator OPERATOR --cpu 4 --memory 8Gi --storage 10Gi --region 756 \
                    --cpu-price 0.18 --min-run 1m --max-run 1day --max-window 3days --max-lock 100 --yes";
    let operator = linq::devnode::account(6).unwrap().address().to_string();
    world.linq(&register.replace("OPERATOR", &operator)).await.succeeded();

    let work = "module: { uri: module.wasm }\nresources: { cpu: 500m }\norder: { runFor: 2h, window: 2m, tasks: 3 }\n";
    std::fs::write(world.folder.path().join("work.yaml"), work).unwrap();
    let price = |line: &'static str| async { world.linq(line).await.succeeded().document() };
    let before = price("manifest price work.yaml --json").await;
    assert_eq!((before["asked"].as_u64(), before["able"].as_u64()), (Some(2), Some(1)));
    assert_eq!(before["obstacles"][0]["obstacle"], "its operator has not accepted the role");

    world.linq("provider accept-role --provider 2 --dev-account 6").await.succeeded();
    let after = price("manifest price work.yaml --json").await;
    // Half a core for two hours, at 0.36 LNQ from the standing offer and at 0.18 LNQ by the other one's operator.
    assert_eq!(
        (after["market"].as_str(), after["cheapest"].as_str()),
        (Some("360000000000000000"), Some("180000000000000000"))
    );
    assert_eq!(
        (after["takers"][0]["provider"].as_u64(), after["takers"][0]["standing"].as_bool()),
        (Some(2), Some(false))
    );
    assert_eq!(after["cost"]["total"], "1080000000000000000");
    assert_eq!(
        (after["cost"]["fee"].as_str(), after["cost"]["collateral"].as_str()),
        (Some("9000000000000000"), Some("72000000000000000"))
    );

    std::fs::write(world.folder.path().join("work.yaml"), work.replace("runFor", "price: 0.2, runFor")).unwrap();
    let fixed = price("manifest price work.yaml --json").await;
    assert_eq!((fixed["able"].as_u64(), fixed.get("market")), (Some(1), None));
    assert_eq!(fixed["obstacles"][0]["obstacle"], "asks for more than the price");
    assert_eq!(fixed["cost"]["total"], "600000000000000000");
    let page = world.linq("manifest price work.yaml").await.succeeded();
    assert!(
        page.stdout.contains("1 of 2 registered providers") && page.stdout.contains("by its operator"),
        "{page:#?}"
    );
}

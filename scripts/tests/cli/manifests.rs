//! `linq manifest`: written and checked before anything is posted.

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

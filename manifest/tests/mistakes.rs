//! What is said of a file that is wrong. The examples say in their comments what is wrong with them, and where.

use std::{collections::BTreeMap, fs, path::Path};

use linq_manifest::{Digest, Mistake, Resource, mistakes};
use proptest::prelude::*;

fn examples(folder: &str) -> BTreeMap<String, String> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join(folder);
    let files = fs::read_dir(folder).unwrap().map(|file| file.unwrap().path()).filter(|path| path.is_file());
    files.map(|path| (path.file_name().unwrap().to_string_lossy().into(), fs::read_to_string(path).unwrap())).collect()
}

/// `line:column field`, as a file's comments tell them.
fn announced(yaml: &str) -> Vec<String> {
    let comments = yaml.lines().filter_map(|line| line.split_once("# ")).flat_map(|(_, comment)| comment.split(", "));
    let place = |text: &&str| text.starts_with(|c: char| c.is_ascii_digit());
    let mut announced: Vec<String> = comments.filter(place).map(str::to_owned).collect();
    announced.sort();
    announced
}

fn found(yaml: &str) -> Vec<String> {
    let place =
        |Mistake { line, column, field, .. }: &Mistake| format!("{line}:{column} {field}").trim_end().to_owned();
    let mut found: Vec<String> = mistakes(yaml, Some(Path::new("/nonexistent"))).iter().map(place).collect();
    found.sort();
    found
}

fn instead(yaml: &str, field: &str) -> Option<String> {
    let found = mistakes(yaml, None).into_iter().find(|mistake| mistake.field == field);
    found.unwrap_or_else(|| panic!("nothing is wrong with {field}")).instead
}

#[test]
fn an_example_has_none() {
    for (name, yaml) in examples("examples") {
        assert_eq!(mistakes(&yaml, Some(Path::new(""))), [], "{name}");
        Resource::parse(&yaml).unwrap().resolve(Path::new("")).unwrap();
    }
}

#[test]
fn an_invalid_example_has_all_that_it_says_at_their_places() {
    let (mut said, mut seen) = (BTreeMap::new(), BTreeMap::new());
    for (name, yaml) in examples("examples/invalid") {
        assert!(!announced(&yaml).is_empty(), "{name} says nothing");
        said.insert(name.clone(), announced(&yaml));
        seen.insert(name, found(&yaml));
    }
    assert_eq!(seen, said);
}

#[test]
fn each_says_what_to_write_instead() {
    let invalid = examples("examples/invalid");
    for (file, field, right) in [
        ("names.yaml", "argumets", "arguments"),
        ("names.yaml", "module.url", "uri"),
        ("names.yaml", "order.runfor", "runFor"),
        ("names.yaml", "resources.mem", "memory"),
        ("values.yaml", "order.tasks", "256"),
        ("values.yaml", "order.tier", "3"),
        ("values.yaml", "order.features[1]", "x86-64"),
        ("values.yaml", "order.matching", "anyone"),
        ("values.yaml", "resources.memory", "256Mi"),
        ("together.yaml", "order.runFor", "7200s"),
        ("values.yaml", "module.digest", "sha256:<64 lower-case hexadecimal digits>"),
        ("values.yaml", "order.judge", "\"0x<40 hexadecimal digits>\""),
    ] {
        assert_eq!(instead(&invalid[file], field).as_deref(), Some(right), "{field}");
    }
    let unknown =
        mistakes(&invalid["names.yaml"], None).into_iter().find(|mistake| mistake.field == "order.quux").unwrap();
    assert!(unknown.problem.contains("price, tasks") && unknown.instead.is_none(), "{unknown:?}");
}

#[test]
fn credentials_are_not_repeated() {
    for mistake in mistakes(&examples("examples/invalid")["remote.yaml"], None) {
        assert!(!mistake.problem.contains("secret"), "{mistake:?}");
    }
}

#[test]
fn local_files_are_looked_at_where_a_folder_is_given() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("m.wasm"), "module").unwrap();
    let yaml = format!("module: {{ uri: m.wasm, digest: '{}' }}\ninputs: [{{ uri: in.txt }}]", Digest::of("other"));
    assert_eq!(mistakes(&yaml, None), []);
    let found = mistakes(&yaml, Some(folder.path()));
    assert_eq!(found[0].instead, Some(Digest::of("module").to_string()));
    assert_eq!((found.len(), found[1].line, found[1].column, found[1].field.as_str()), (2, 2, 17, "inputs[0].uri"));
}

#[test]
fn what_aliases_would_blow_up_is_refused() {
    let mut yaml = String::from("a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n");
    for level in 1..9 {
        let repeated = vec![format!("*a{}", level - 1); 10].join(", ");
        yaml += &format!("a{level}: &a{level} [{repeated}]\n");
    }
    assert!(mistakes(&yaml, None).iter().any(|mistake| mistake.problem.contains("too many values")));
    assert!(mistakes(&"[".repeat(50_000), None).iter().any(|mistake| mistake.problem.contains("not YAML")));
}

/// A field of the largest example and something to put there.
fn spoilt() -> impl Strategy<Value = String> {
    let lines = examples("examples")["everything.yaml"].lines().count();
    let values = [
        "", "~", "0", "-1", "x", "1.0", "0x10", "1_0", "'1'", "[]", "{}", "[1]", "true", "256Mi", "2h", "1e3", "*a",
        "!!str 1",
    ];
    (0..lines, proptest::sample::select(values.to_vec()), any::<bool>()).prop_map(|(line, value, dropped)| {
        let yaml = &examples("examples")["everything.yaml"];
        let spoil = |(index, text): (usize, &str)| match text.split_once(':') {
            _ if index != line => Some(text.to_owned()),
            _ if dropped => None,
            Some((field, _)) => Some(format!("{field}: {value}")),
            None => Some(text.to_owned()),
        };
        yaml.lines().enumerate().filter_map(spoil).map(|line| line + "\n").collect()
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn a_file_has_some_exactly_when_it_cannot_be_read(yaml in spoilt()) {
        let read = Resource::parse(&yaml).and_then(|resource| resource.resolve(Path::new("")).map(|manifest| (resource, manifest)));
        let submitted = read.and_then(|(resource, manifest)| resource.order.terms(&manifest, &linq_manifest::Posting {
            requester: Default::default(), price: 1, now: 1, parameters: 1, salt: Default::default(),
        }));
        prop_assert_eq!(mistakes(&yaml, Some(Path::new(""))).is_empty(), submitted.is_ok(), "{:?}", submitted);
    }
}

//! What people write, and what they are told when it is wrong.

use std::{fs, path::Path};

use alloy_primitives::{Address, B256};
use linq_manifest::{Digest, Manifest, ManifestError, Matching, Order, Posting, Price, Resource, feature, job_id};

const MODULE: &str = "module: { uri: 'https://example.org/m.wasm', digest: \
     'sha256:1111111111111111111111111111111111111111111111111111111111111111' }\n";

fn manifest(yaml: &str) -> Result<Manifest, ManifestError> {
    Resource::parse(&format!("{MODULE}{yaml}"))?.resolve(Path::new(""))
}

fn order(yaml: &str) -> Result<Order, ManifestError> {
    Ok(Resource::parse(&format!("{MODULE}order: {yaml}"))?.order)
}

fn posting() -> Posting {
    Posting {
        requester: Address::repeat_byte(1),
        price: 12_500_000_000_000_000_000,
        now: 1_000,
        parameters: 3,
        salt: B256::repeat_byte(7),
    }
}

mod an_unknown_field {
    use super::*;

    fn refused(yaml: &str) -> (String, Option<String>, u64) {
        match Resource::parse(&format!("{MODULE}{yaml}")) {
            Err(ManifestError::UnknownField { field, suggestion, line, .. }) => (field, suggestion, line),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn is_refused_with_the_name_that_was_meant_and_its_line() {
        assert_eq!(refused("argumets: []"), ("argumets".into(), Some("arguments".into()), 2));
        assert_eq!(refused("order:\n  runfor: 1h"), ("runfor".into(), Some("runFor".into()), 3));
        assert_eq!(refused("resources: { mem: 1Gi }").1.as_deref(), Some("memory"));
        assert_eq!(refused("limits: { fuell: 1G }").1.as_deref(), Some("fuel"));
    }

    #[test]
    fn is_refused_with_what_exists_when_nothing_is_alike() {
        let error = Resource::parse(&format!("{MODULE}quux: 1")).unwrap_err().to_string();
        assert!(error.contains("unknown field `quux`; known here:") && error.contains("environment"), "{error}");
    }
}

#[test]
fn what_cannot_be_is_refused_by_its_field() {
    let refused = |yaml: &str| match manifest(yaml) {
        Err(ManifestError::BadValue { field, .. }) => field,
        other => panic!("{yaml}: {other:?}"),
    };
    assert_eq!(refused("version: 2"), "version");
    assert_eq!(refused("name: ''"), "name");
    assert_eq!(refused("environment: { 1A: x }"), "environment");
    assert_eq!(refused("arguments: [\"a\\0b\"]"), "arguments");
    assert_eq!(refused("resources: { cpu: '0' }"), "resources.cpu");
    assert_eq!(refused("resources: { memory: lots }"), "resources.memory");
    assert_eq!(refused("limits: { fuel: '0' }"), "limits.fuel");
    assert_eq!(refused("limits: { time: '10' }"), "limits.time");
    assert_eq!(refused("order: { price: '-1' }"), "order.price");
    assert_eq!(refused("order: { price: '0' }"), "order.price");
    assert_eq!(refused("order: { tasks: 257 }"), "order.tasks");
    assert_eq!(refused("order: { regions: [1000] }"), "order.regions");
    assert_eq!(refused("order: { bidFor: 7h }"), "order.bidFor");
    assert_eq!(refused("order: { runFor: 91d }"), "order.runFor");
    assert_eq!(refused("order: { features: [quantum] }"), "order.features");
    let input =
        |path: &str| format!("inputs: [{{ path: '{path}', uri: 'https://e.org/x', digest: '{}' }}]", Digest::of("x"));
    for path in ["/etc/passwd", "../x", "a//b", "a/./b", "", "a b"] {
        assert_eq!(refused(&input(path)), "inputs.path", "{path}");
    }
    let inside = format!(
        "inputs: [{{ path: a, uri: 'https://e.org/x', digest: '{d}' }}, {{ path: a/b, uri: 'https://e.org/x', digest: '{d}' }}]",
        d = Digest::of("x")
    );
    assert_eq!(refused(&inside), "inputs.path");
}

#[test]
fn a_uri_is_one_that_others_can_fetch_and_holds_no_credentials() {
    let with = |uri: &str| Resource::parse(&format!("module: {{ uri: '{uri}', digest: '{}' }}", Digest::of("m")));
    for bad in ["ftp://example.org/m", "https://user:secret@example.org/m", "data:text/plain,x"] {
        let refused = with(bad).unwrap().resolve(Path::new("")).unwrap_err();
        assert!(matches!(refused, ManifestError::BadValue { field: "module.uri", .. }), "{bad}: {refused}");
        assert!(!refused.to_string().contains("secret"));
    }
}

mod local_files {
    use super::*;

    #[test]
    fn get_their_digest_and_their_place() {
        let dir = tempfile::tempdir().unwrap();
        fs::write(dir.path().join("m.wasm"), "module").unwrap();
        fs::write(dir.path().join("in.txt"), "input").unwrap();
        fs::write(dir.path().join("resource.yaml"), "module: { uri: m.wasm }\ninputs: [{ uri: in.txt }]").unwrap();
        let (manifest, order) = Resource::load(&dir.path().join("resource.yaml")).unwrap();
        let linq_manifest::Workload::Module(module) = &manifest.workload;
        assert_eq!(module.digest, Digest::of("module"));
        assert!(module.uri.starts_with("file:///") && module.uri.ends_with("/m.wasm"));
        assert_eq!(
            (manifest.inputs[0].path.as_str(), manifest.inputs[0].artifact.digest),
            ("in.txt", Digest::of("input"))
        );
        assert_eq!(order, Order::default());
    }

    #[test]
    fn are_compared_with_the_digest_that_is_given() {
        let dir = tempfile::tempdir().unwrap();
        fs::write(dir.path().join("m.wasm"), "module").unwrap();
        let yaml = format!("module: {{ uri: m.wasm, digest: '{}' }}", Digest::of("other"));
        let refused = Resource::parse(&yaml).unwrap().resolve(dir.path());
        assert!(matches!(refused, Err(ManifestError::DigestMismatch { .. })));
    }

    #[test]
    fn that_are_missing_are_named() {
        let refused = Resource::parse("module: { uri: m.wasm }").unwrap().resolve(Path::new("/nowhere"));
        assert!(matches!(refused, Err(ManifestError::Unreadable { uri, .. }) if uri == "m.wasm"));
        let remote = Resource::parse("module: { uri: 'https://example.org/m' }").unwrap().resolve(Path::new(""));
        assert!(remote.unwrap_err().to_string().contains("needs a digest"));
    }
}

#[test]
fn only_the_canonical_form_is_read_back() {
    let canonical = manifest("").unwrap().canonical();
    assert!(Manifest::parse(canonical.as_bytes()).is_ok());
    for other in [
        format!("{canonical} "),
        canonical.replace(":1000,", ":1000.0,"),
        canonical.replacen('{', "{\"aaa\":1,", 1),
        canonical.replace("\"arguments\":[],", ""),
    ] {
        assert_ne!(other, canonical);
        assert!(Manifest::parse(other.as_bytes()).is_err(), "{other}");
    }
    let named = Manifest::parse_named(canonical.as_bytes(), Digest::of("other"));
    assert!(matches!(named, Err(ManifestError::WrongHash { .. })));
}

#[test]
fn an_order_becomes_terms() {
    let manifest = manifest("resources: { cpu: 500m, memory: 100Mi, storage: 2Gi }").unwrap();
    let order = order(
        "{ price: '12.5', tasks: 3, regions: [276, 756], tier: 1, features: [x86-64], provider: 9, openFor: 1h, \
         bidFor: 10m, runFor: 30m, window: 72h, attempts: 2, matching: anyone }",
    )
    .unwrap();
    assert_eq!((order.price, order.matching), (Price::Fixed(posting().price), Matching::Anyone));
    let terms = order.terms(&manifest, &posting()).unwrap();
    assert_eq!(terms.specHash, manifest.spec_hash().bytes());
    assert_eq!(terms.price.to::<u128>(), posting().price);
    assert_eq!((terms.tasks, terms.tier, terms.provider, terms.attempts), (3, 1, 9, 2));
    assert_eq!(terms.features, feature::WASI | feature::X86_64);
    assert_eq!(terms.regions, 276 | 756 << 16);
    assert_eq!((terms.openSecs, terms.bidSecs, terms.runSecs, terms.windowSecs), (3_600, 600, 1_800, 259_200));
    assert!(terms.endBy >= 1_000 + 3_600 + 600 + 1_800, "posting late shortens nothing");
    assert!(terms.anyoneMatches);
    assert_eq!((terms.resources.cpuMillis, terms.resources.memoryMib, terms.resources.storageGib), (500, 100, 2));
    assert_eq!((terms.parameters, terms.salt), (3, posting().salt));
}

#[test]
fn terms_are_refused_when_a_run_could_not_end_in_time_or_the_price_does_not_fit() {
    let manifest = manifest("limits: { time: 2h }").unwrap();
    let refused = Order::default().terms(&manifest, &posting()).unwrap_err();
    assert!(matches!(refused, ManifestError::BadValue { field: "order.runFor", .. }), "{refused}");
    let order = Order { run_secs: 7_200, ..Order::default() };
    assert!(order.terms(&manifest, &posting()).is_ok());
    for price in [0, 1 << 96] {
        assert!(order.terms(&manifest, &Posting { price, ..posting() }).is_err());
    }
}

#[test]
fn a_job_id_binds_chain_contract_and_terms() {
    let terms = Order::default().terms(&manifest("").unwrap(), &posting()).unwrap();
    let other = Order::default().terms(&manifest("").unwrap(), &Posting { salt: B256::ZERO, ..posting() }).unwrap();
    let jobs = Address::repeat_byte(2);
    let id = job_id(7, jobs, &terms);
    assert_eq!(id, job_id(7, jobs, &terms));
    assert_ne!(id, job_id(8, jobs, &terms));
    assert_ne!(id, job_id(7, Address::ZERO, &terms));
    assert_ne!(id, job_id(7, jobs, &other));
}

//! The committed vectors, which were computed by another implementation, hold for this one.

use std::{path::Path, process::Command};

use linq_manifest::{Digest, Manifest, Output, Resource};
use serde::Deserialize;

#[derive(Deserialize)]
struct Vectors<T> {
    vectors: Vec<T>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct ManifestVector {
    name: String,
    yaml: String,
    canonical: String,
    spec_hash: Digest,
}

#[derive(Deserialize)]
struct OutputVector {
    name: String,
    result: String,
    root: String,
}

#[test]
fn every_manifest_has_its_canonical_form_and_hash() {
    let vectors: Vectors<ManifestVector> = serde_json::from_str(include_str!("../vectors/manifest.json")).unwrap();
    for ManifestVector { name, yaml, canonical, spec_hash } in vectors.vectors {
        let manifest = Resource::parse(&yaml).unwrap().resolve(Path::new("")).unwrap();
        assert_eq!(manifest.canonical(), canonical, "{name}");
        assert_eq!(manifest.spec_hash(), spec_hash, "{name}");
        assert_eq!(Manifest::parse_named(canonical.as_bytes(), spec_hash).unwrap(), manifest, "{name}");
    }
}

#[test]
fn every_output_has_its_root() {
    let vectors: Vectors<OutputVector> = serde_json::from_str(include_str!("../vectors/output.json")).unwrap();
    for OutputVector { name, result, root } in vectors.vectors {
        let output = Output::parse(result.as_bytes()).unwrap();
        assert_eq!(output.canonical(), result, "{name}");
        assert_eq!(output.root().to_string(), root, "{name}");
    }
}

#[test]
fn another_implementation_finds_the_same() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("vectors");
    let check = |folder: &Path| Command::new("node").arg("check.mjs").current_dir(folder).output();
    let Ok(right) = check(&folder) else {
        eprintln!("node is not there: nothing was compared");
        return;
    };
    assert!(right.status.success(), "{}", String::from_utf8_lossy(&right.stderr));

    // A check that accepts everything would be none.
    let spoilt = tempfile::tempdir().unwrap();
    std::fs::copy(folder.join("check.mjs"), spoilt.path().join("check.mjs")).unwrap();
    std::fs::copy(folder.join("manifest.json"), spoilt.path().join("manifest.json")).unwrap();
    let outputs = std::fs::read_to_string(folder.join("output.json")).unwrap();
    std::fs::write(spoilt.path().join("output.json"), outputs.replacen("\"root\": \"0x7", "\"root\": \"0x8", 1))
        .unwrap();
    let wrong = check(spoilt.path()).unwrap();
    assert!(String::from_utf8_lossy(&wrong.stderr).contains("nothing at all: the root is 0x7"), "{wrong:?}");
    assert_eq!(wrong.status.code(), Some(1));
}

//! The committed JSON Schema is the one that the table of fields gives, and the table is what the reader reads.

use linq_manifest::{ManifestError, Resource, json_schema};
use serde_json::Value;

const COMMITTED: &str = include_str!("../resource.schema.json");

#[test]
fn the_committed_schema_is_the_one_that_the_fields_give() {
    let committed: Value = serde_json::from_str(COMMITTED).unwrap();
    assert_eq!(committed, json_schema(), "write it again: linq manifest schema > manifest/resource.schema.json");
}

#[test]
fn every_level_has_the_fields_that_are_read() {
    let module = "module: { uri: 'https://example.org/m', digest: 'sha256:1111111111111111111111111111111111111111111111111111111111111111' }";
    for (pointer, yaml) in [
        ("", format!("{module}\nunknown: 1")),
        ("/properties/module", "module: { unknown: 1 }".to_owned()),
        ("/properties/inputs/items", format!("{module}\ninputs: [{{ unknown: 1 }}]")),
        ("/properties/resources", format!("{module}\nresources: {{ unknown: 1 }}")),
        ("/properties/limits", format!("{module}\nlimits: {{ unknown: 1 }}")),
        ("/properties/order", format!("{module}\norder: {{ unknown: 1 }}")),
    ] {
        let Err(ManifestError::UnknownField { mut known, .. }) = Resource::parse(&yaml) else { panic!("{yaml}") };
        let schema = json_schema();
        let properties = schema.pointer(&format!("{pointer}/properties")).unwrap().as_object().unwrap();
        let mut told: Vec<String> = properties.keys().cloned().collect();
        told.sort();
        known.sort();
        assert_eq!(told, known, "{pointer}");
    }
}

#[test]
fn every_default_is_what_the_reader_takes_for_it() {
    let module = "module: { uri: 'https://example.org/m', digest: 'sha256:1111111111111111111111111111111111111111111111111111111111111111' }\n";
    let mut whole = String::from(module);
    let schema = json_schema();
    for (name, field) in schema["properties"].as_object().unwrap() {
        let inner = field["properties"].as_object().filter(|_| name != "module");
        let defaults = inner.into_iter().flatten().filter_map(|(name, field)| Some((name, field.get("default")?)));
        let text = match inner {
            Some(_) => format!(
                "{{{}}}",
                defaults.map(|(name, value)| format!("{name}: {value}")).collect::<Vec<_>>().join(", ")
            ),
            None => match field.get("default") {
                Some(value) => value.to_string(),
                None => continue,
            },
        };
        whole += &format!("{name}: {text}\n");
    }
    let (said, left_out) = (Resource::parse(&whole).unwrap(), Resource::parse(module).unwrap());
    assert_eq!(said.order, left_out.order, "{whole}");
    let here = std::path::Path::new("");
    assert_eq!(said.resolve(here).unwrap(), left_out.resolve(here).unwrap(), "{whole}");
}

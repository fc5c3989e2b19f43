//! The JSON Schema of a `resource.yaml`, for editors and other tools.

use serde_json::{Map, Value, json};

use crate::{
    fields::{Absent, FREE, Field, RESOURCE, Shape, Text},
    manifest::MAX_ENTRIES,
};

/// The schema, draft 2020-12.
///
/// It says of each field what can be said of it alone. What several fields together cannot be, and what length of time
/// or size is too much, [`mistakes`](crate::mistakes) says. It is stricter in one thing: a field is left out, and not
/// left empty.
pub fn json_schema() -> Value {
    let mut schema = Map::new();
    schema.insert("$schema".into(), "https://json-schema.org/draft/2020-12/schema".into());
    schema.insert("title".into(), "resource.yaml: what a job of Linq runs, and what is offered for it".into());
    schema.extend(table(RESOURCE));
    Value::Object(schema)
}

fn shape(shape: &Shape) -> Map<String, Value> {
    match shape {
        Shape::Text(one) => text(one),
        Shape::Whole { least, most } => object(json!({ "type": "integer", "minimum": least, "maximum": most })),
        Shape::List { of, most } => object(json!({ "type": "array", "items": self::shape(of), "maxItems": most })),
        Shape::Variables => object(json!({
            "type": "object",
            "propertyNames": { "pattern": "^[A-Za-z_][A-Za-z0-9_]*$", "maxLength": 255 },
            "additionalProperties": text(&FREE),
            "maxProperties": MAX_ENTRIES,
        })),
        Shape::Table(fields) => table(fields),
    }
}

fn text(text: &Text) -> Map<String, Value> {
    let mut schema = object(serde_json::from_str(text.schema).expect("the table holds JSON"));
    let names = (text.one_of)();
    if !names.is_empty() {
        schema.insert("enum".into(), names.into());
    }
    schema
}

fn table(fields: &[Field]) -> Map<String, Value> {
    let properties: Map<String, Value> = fields.iter().map(|field| (field.name.into(), described(field))).collect();
    let required = fields.iter().filter(|field| field.absent == Absent::Refused).map(|field| field.name);
    let mut schema = object(json!({ "type": "object", "properties": properties, "additionalProperties": false }));
    let required: Vec<&str> = required.collect();
    if !required.is_empty() {
        schema.insert("required".into(), required.into());
    }
    schema.extend(together(fields));
    schema
}

/// What a schema can say of several fields.
fn together(fields: &[Field]) -> Map<String, Value> {
    let has = |name: &str| fields.iter().any(|field| field.name == name);
    if has("uri") && has("digest") {
        return object(json!({
            "if": { "properties": { "uri": { "pattern": "^[hH][tT][tT][pP][sS]?:" } }, "required": ["uri"] },
            "then": { "required": ["digest"] },
        }));
    }
    if has("judge") && has("expected") {
        return object(json!({ "not": { "required": ["judge", "expected"] } }));
    }
    Map::new()
}

fn described(field: &Field) -> Value {
    let mut schema = shape(&field.shape);
    schema.insert("description".into(), field.about.into());
    if let Absent::Means(default) = field.absent {
        schema.insert("default".into(), serde_json::from_str(default).expect("the table holds JSON"));
    }
    Value::Object(schema)
}

fn object(value: Value) -> Map<String, Value> {
    match value {
        Value::Object(object) => object,
        _ => Map::new(),
    }
}

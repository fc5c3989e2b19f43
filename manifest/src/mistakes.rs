//! Everything that is wrong with a `resource.yaml`, at once.

use std::path::Path;

use serde::Serialize;
use url::Url;

use crate::{
    ManifestError, Resource,
    fields::{Absent, Field, RESOURCE, Shape, Text},
    manifest::{MAX_ENTRIES, check_path, check_text, check_variable},
    resource::{artifact, suggestion},
    tree::{self, Node, Place, Value},
    units,
};

/// Something that is wrong with a `resource.yaml`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Mistake {
    /// The line, from 1.
    pub line: usize,
    /// The column, from 1.
    pub column: usize,
    /// The field, from the top: `inputs[0].path`; empty for the file as a whole.
    pub field: String,
    /// What is wrong.
    pub problem: String,
    /// What could be written there.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub instead: Option<String>,
}

/// Every mistake of a `resource.yaml`, in the order of the file; none exactly where the file can be read, resolved and
/// made into the terms of a job. Without `base`, the folder of the file, local files are not looked at.
pub fn mistakes(yaml: &str, base: Option<&Path>) -> Vec<Mistake> {
    let mut checker = Checker { base, found: Vec::new() };
    match tree::parse(yaml) {
        Ok(root) => {
            checker.visit("", &root, &Shape::Table(RESOURCE), "", false);
            checker.contents(&root);
            checker.relations(&root);
        }
        Err(broken) => checker.note(broken.at, "", format!("this is not YAML: {}", broken.reason), None),
    }
    // Whatever the table does not know, the reader itself does: a file without mistakes is one that can be submitted.
    if checker.found.is_empty()
        && let Err(error) = read(yaml, base)
    {
        checker.note(Place { line: 1, column: 1 }, "", error.to_string(), None);
    }
    checker.found.sort();
    checker.found
}

fn read(yaml: &str, base: Option<&Path>) -> Result<(), ManifestError> {
    let resource = Resource::parse(yaml)?;
    base.map_or(Ok(()), |base| resource.resolve(base).map(drop))
}

struct Checker<'a> {
    base: Option<&'a Path>,
    found: Vec<Mistake>,
}

impl Checker<'_> {
    fn note(&mut self, at: Place, field: &str, problem: impl Into<String>, instead: Option<String>) {
        let Place { line, column } = at;
        self.found.push(Mistake { line, column, field: field.to_owned(), problem: problem.into(), instead });
    }

    fn visit(&mut self, path: &str, node: &Node, shape: &Shape, example: &str, optional: bool) {
        let instead = || Some(example.to_owned()).filter(|example| !example.is_empty());
        match (shape, &node.value) {
            (Shape::Text(_) | Shape::Whole { .. }, _) if node.is_null() => {
                if !optional {
                    self.note(node.at, path, "has no value", instead());
                }
            }
            (Shape::Table(fields), _) if node.is_null() => self.missing(path, node, fields),
            (_, _) if node.is_null() => {}
            (Shape::Text(text), Value::Scalar { text: given, quoted }) => {
                self.text(path, node.at, text, (given, *quoted), example);
            }
            (Shape::Whole { least, most }, Value::Scalar { text, .. }) => {
                self.whole(path, node.at, text, *least..=*most);
            }
            (Shape::List { of, most }, Value::List(elements)) => {
                if elements.len() > *most {
                    self.note(node.at, path, format!("has {} elements, and may have {most}", elements.len()), None);
                }
                for (index, element) in elements.iter().enumerate() {
                    self.visit(&format!("{path}[{index}]"), element, of, "", false);
                }
            }
            (Shape::Variables, Value::Map(entries)) => self.variables(path, node.at, entries),
            (Shape::Table(fields), Value::Map(entries)) => self.table(path, node, fields, entries),
            (Shape::Text(_) | Shape::Whole { .. }, _) => self.note(node.at, path, "is one value", instead()),
            (Shape::List { .. }, _) => self.note(node.at, path, "is a list", instead()),
            (Shape::Variables | Shape::Table(_), _) => self.note(node.at, path, "holds fields", instead()),
        }
    }

    fn table(&mut self, path: &str, node: &Node, fields: &[Field], entries: &[(Place, String, Node)]) {
        for (index, (at, name, value)) in entries.iter().enumerate() {
            let here = join(path, name);
            let Some(field) = fields.iter().find(|field| field.name == name) else {
                self.unknown(*at, &here, name, fields);
                continue;
            };
            if entries[..index].iter().any(|(_, earlier, _)| earlier == name) {
                self.note(*at, &here, "stands twice", None);
            }
            self.visit(&here, value, &field.shape, field.example, field.absent == Absent::Nothing);
        }
        self.missing(path, node, fields);
    }

    fn unknown(&mut self, at: Place, path: &str, name: &str, fields: &[Field]) {
        let known: Vec<&str> = fields.iter().map(|field| field.name).collect();
        let right = suggestion(name, &known).map(str::to_owned);
        let problem = match right {
            Some(_) => "is no field".to_owned(),
            None => format!("is no field; here are: {}", known.join(", ")),
        };
        self.note(at, path, problem, right);
    }

    fn missing(&mut self, path: &str, node: &Node, fields: &[Field]) {
        for field in fields.iter().filter(|field| field.absent == Absent::Refused && node.get(field.name).is_none()) {
            let instead = format!("{}: {}", field.name, field.example);
            self.note(node.at, &join(path, field.name), "is missing", Some(instead));
        }
    }

    fn text(&mut self, path: &str, at: Place, text: &Text, (given, quoted): (&str, bool), example: &str) {
        let names = (text.one_of)();
        if let Err(error) = (text.check)(given) {
            let nearest = suggestion(given, &names).or(Some(example)).filter(|instead| !instead.is_empty());
            self.note(at, path, reason(error), nearest.map(str::to_owned));
        } else if example.starts_with("\"0x") && !quoted {
            self.note(at, path, "has to stand in quotes: without them it is a number", Some(format!("\"{given}\"")));
        }
    }

    fn whole(&mut self, path: &str, at: Place, given: &str, bounds: std::ops::RangeInclusive<u64>) {
        // The reader's own idea of an integer: it knows 0x10 and 1_000.
        let number = serde_saphyr::from_str::<u64>(given).ok();
        if number.is_some_and(|number| bounds.contains(&number)) {
            return;
        }
        let nearest = number.map(|number| number.clamp(*bounds.start(), *bounds.end()).to_string());
        let problem = format!("`{given}` is not a whole number from {} to {}", bounds.start(), bounds.end());
        self.note(at, path, problem, nearest);
    }

    fn variables(&mut self, path: &str, at: Place, entries: &[(Place, String, Node)]) {
        if entries.len() > MAX_ENTRIES {
            self.note(at, path, format!("has {} variables, and may have {MAX_ENTRIES}", entries.len()), None);
        }
        for (index, (at, name, value)) in entries.iter().enumerate() {
            let here = join(path, name);
            if let Err(error) = check_variable(name) {
                self.note(*at, &here, reason(error), None);
            }
            if entries[..index].iter().any(|(_, earlier, _)| earlier == name) {
                self.note(*at, &here, "stands twice", None);
            }
            match value.text() {
                Some(text) => {
                    if let Err(error) = check_text("environment", text) {
                        self.note(value.at, &here, reason(error), None);
                    }
                }
                None => self.note(value.at, &here, "is one text", Some("\"\"".into())),
            }
        }
    }

    /// Whether what the file names can be had: local files are there and what they are said to be, others have a digest.
    fn contents(&mut self, root: &Node) {
        let inputs = match root.get("inputs").map(|inputs| &inputs.value) {
            Some(Value::List(inputs)) => inputs.as_slice(),
            _ => &[],
        };
        let named = inputs.iter().enumerate().map(|(index, input)| (format!("inputs[{index}]"), input));
        let module = root.get("module").map(|module| ("module".to_owned(), module));
        for (path, node) in module.into_iter().chain(named) {
            self.content(&path, node);
        }
    }

    fn content(&mut self, path: &str, node: &Node) {
        let Some((place, uri)) = node.get("uri").and_then(|uri| Some((uri.at, uri.text()?))) else { return };
        if self.found.iter().any(|mistake| mistake.field.starts_with(&format!("{path}."))) {
            return;
        }
        let digest = node.get("digest").and_then(Node::text);
        let remote = Url::parse(uri).is_ok_and(|uri| uri.scheme() != "file");
        if remote && digest.is_none() {
            let problem = format!("`{uri}` is not a local file and needs a digest");
            self.note(
                node.at,
                &join(path, "digest"),
                problem,
                Some("digest: sha256:<64 lower-case hexadecimal digits>".into()),
            );
        }
        let Some(base) = self.base.filter(|_| !remote) else { return };
        match artifact("uri", uri, digest, base) {
            Ok(_) => {}
            Err(ManifestError::DigestMismatch { expected, found, .. }) => {
                let at = node.get("digest").map_or(place, |digest| digest.at);
                let problem = format!("is {expected}, and `{uri}` has another one");
                self.note(at, &join(path, "digest"), problem, Some(found.to_string()));
            }
            Err(error) => self.note(place, &join(path, "uri"), reason(error), None),
        }
    }

    /// What two fields together cannot be.
    fn relations(&mut self, root: &Node) {
        self.input_paths(root);
        let order = root.get("order");
        let judge = order.and_then(|order| order.get("judge")).filter(|judge| !judge.is_null());
        let expected = order.and_then(|order| order.get("expected")).filter(|expected| !expected.is_null());
        if let (Some(judge), Some(_)) = (judge, expected) {
            self.note(judge.at, "order.judge", "a job has a judge or an expected result, not both", None);
        }
        let seconds = |node: Option<&Node>, default: &str| match node.and_then(Node::text) {
            Some(text) => units::seconds("time", text).ok(),
            None => units::seconds("time", default).ok(),
        };
        let (run, limit) =
            (order.and_then(|order| order.get("runFor")), root.get("limits").and_then(|limits| limits.get("time")));
        let (Some(run_secs), Some(limit_secs)) =
            (seconds(run, default("order", "runFor")), seconds(limit, default("limits", "time")))
        else {
            return;
        };
        if limit_secs > run_secs {
            let (at, field) = match (run, limit) {
                (Some(run), _) => (run.at, "order.runFor"),
                (None, Some(limit)) => (limit.at, "limits.time"),
                (None, None) => (root.at, "order.runFor"),
            };
            let problem = format!("a run may take {limit_secs}s by limits.time, and order.runFor gives {run_secs}s");
            let instead = if field == "order.runFor" { limit_secs } else { run_secs };
            self.note(at, field, problem, Some(format!("{instead}s")));
        }
    }

    fn input_paths(&mut self, root: &Node) {
        let Some(Value::List(inputs)) = root.get("inputs").map(|inputs| &inputs.value) else { return };
        let paths: Vec<(usize, Place, &str)> = inputs
            .iter()
            .enumerate()
            .filter_map(|(index, input)| input_path(input).map(|(at, path)| (index, at, path)))
            .collect();
        for (order, (index, at, path)) in paths.iter().enumerate() {
            let field = format!("inputs[{index}].path");
            let known = self.found.iter().any(|mistake| mistake.field.starts_with(&format!("inputs[{index}].")));
            if let Err(error) = check_path("path", path)
                && !known
            {
                let problem = format!("is missing, and the URI does not end in one: {}", reason(error));
                self.note(*at, &field, problem, Some("path: input.txt".into()));
            }
            if paths[..order].iter().any(|(_, _, earlier)| earlier == path) {
                self.note(*at, &field, format!("another input is `{path}`, too"), None);
            }
            if paths.iter().any(|(_, _, other)| path.strip_prefix(other).is_some_and(|rest| rest.starts_with('/'))) {
                self.note(*at, &field, format!("`{path}` lies inside another input"), None);
            }
        }
    }
}

/// The path of an input, written or taken from its URI.
fn input_path(input: &Node) -> Option<(Place, &str)> {
    let written = input.get("path").and_then(|path| Some((path.at, path.text()?)));
    written.or_else(|| {
        let uri = input.get("uri")?;
        Some((uri.at, uri.text()?.rsplit('/').next()?))
    })
}

/// What a field of this table stands for where it is not written.
fn default(table: &str, name: &str) -> &'static str {
    let fields = RESOURCE.iter().find(|field| field.name == table).map(|field| &field.shape);
    let Some(Shape::Table(fields)) = fields else { return "" };
    match fields.iter().find(|field| field.name == name).map(|field| field.absent) {
        Some(Absent::Means(json)) => json.trim_matches('"'),
        _ => "",
    }
}

fn reason(error: ManifestError) -> String {
    match error {
        ManifestError::BadValue { reason, .. } => reason,
        other => other.to_string(),
    }
}

fn join(path: &str, name: &str) -> String {
    if path.is_empty() { name.to_owned() } else { format!("{path}.{name}") }
}

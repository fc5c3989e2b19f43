//! `resource.yaml`: what a person writes.
//!
//! ```yaml
//! name: corpus-statistics
//! module: { uri: statistics.wasm }         # digest: filled in for local files, required for others
//! arguments: ["--top", "20"]
//! environment: { LANG: C }
//! inputs:
//!   - { path: corpus.txt, uri: corpus.txt }
//! resources: { cpu: 500m, memory: 256Mi, storage: 1Gi }
//! limits: { fuel: 20G, time: 5m, output: 16Mi, files: 64, log: 1Mi }
//! order:
//!   price: market                          # or an amount of LNQ per task
//!   regions: [276, 756]
//!   runFor: 1h
//!   window: 72h
//! ```
//!
//! Only `module` has no default. A `uri` without a scheme is a path relative to the file itself.

use std::{collections::BTreeMap, fs, path::Path};

use serde::Deserialize;
use url::Url;

use crate::{
    Artifact, Digest, Input, Limits, Manifest, ManifestError, Order, Resources, Workload,
    order::RawOrder,
    units::{self, MAX_INTEGER},
};

/// How alike a mistyped field and an existing one must be to name it (Jaro-Winkler, 0 to 1).
const ALIKE: f64 = 0.8;

/// A `resource.yaml` that was read but whose local files were not looked at yet.
#[derive(Clone, Debug)]
pub struct Resource {
    /// What is offered for the work. Flags of a command may change it before it becomes terms.
    pub order: Order,
    raw: RawResource,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
struct RawResource {
    #[serde(default = "one")]
    version: u32,
    #[serde(default = "unnamed")]
    name: String,
    module: RawArtifact,
    #[serde(default)]
    arguments: Vec<String>,
    #[serde(default)]
    environment: BTreeMap<String, String>,
    #[serde(default)]
    inputs: Vec<RawInput>,
    #[serde(default)]
    resources: RawResources,
    #[serde(default)]
    limits: RawLimits,
    #[serde(default)]
    order: RawOrder,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct RawArtifact {
    uri: String,
    digest: Option<String>,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct RawInput {
    path: Option<String>,
    uri: String,
    digest: Option<String>,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct RawResources {
    cpu: String,
    memory: String,
    storage: String,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct RawLimits {
    fuel: String,
    time: String,
    output: String,
    files: u32,
    log: String,
}

impl Default for RawResources {
    fn default() -> Self {
        Self { cpu: "1".into(), memory: "256Mi".into(), storage: "1Gi".into() }
    }
}

impl Default for RawLimits {
    fn default() -> Self {
        Self { fuel: "20G".into(), time: "10m".into(), output: "16Mi".into(), files: 64, log: "1Mi".into() }
    }
}

fn one() -> u32 {
    1
}

fn unnamed() -> String {
    "unnamed".into()
}

impl Resource {
    /// Reads the text of a `resource.yaml`.
    ///
    /// Fails: [`ManifestError::UnknownField`] with the field that was probably meant, [`ManifestError::Syntax`],
    /// [`ManifestError::BadValue`] for what is wrong with the order.
    pub fn parse(yaml: &str) -> Result<Self, ManifestError> {
        let raw: RawResource = serde_saphyr::from_str(yaml).map_err(explain)?;
        let order = raw.order.check()?;
        Ok(Self { order, raw })
    }

    /// Reads the file at `path` and resolves it against its folder.
    ///
    /// Fails: [`ManifestError::Unreadable`], then as [`Self::parse`] and [`Self::resolve`].
    pub fn load(path: &Path) -> Result<(Manifest, Order), ManifestError> {
        let yaml = fs::read_to_string(path).map_err(|error| unreadable(&path.display().to_string(), &error))?;
        let resource = Self::parse(&yaml)?;
        let manifest = resource.resolve(path.parent().unwrap_or(Path::new("")))?;
        Ok((manifest, resource.order))
    }

    /// Makes the manifest: units become numbers, relative paths `file:` URIs under `base`, and the digests of local
    /// files are filled in, or compared where they are given.
    ///
    /// Fails: [`ManifestError::Unreadable`], [`ManifestError::DigestMismatch`], [`ManifestError::BadDigest`],
    /// [`ManifestError::BadValue`].
    pub fn resolve(&self, base: &Path) -> Result<Manifest, ManifestError> {
        let raw = &self.raw;
        let module = artifact("module", &raw.module.uri, raw.module.digest.as_deref(), base)?;
        let mut inputs = raw.inputs.iter().map(|input| input.resolve(base)).collect::<Result<Vec<_>, _>>()?;
        inputs.sort_by(|a, b| a.path.cmp(&b.path));

        let manifest = Manifest {
            version: raw.version,
            name: raw.name.clone(),
            workload: Workload::Module(module),
            arguments: raw.arguments.clone(),
            environment: raw.environment.clone(),
            inputs,
            resources: raw.resources.check()?,
            limits: raw.limits.check()?,
        };
        manifest.check()?;
        Ok(manifest)
    }
}

impl RawInput {
    fn resolve(&self, base: &Path) -> Result<Input, ManifestError> {
        let last_segment = || self.uri.rsplit('/').next().unwrap_or_default().to_owned();
        let path = self.path.clone().unwrap_or_else(last_segment);
        Ok(Input { path, artifact: artifact("inputs", &self.uri, self.digest.as_deref(), base)? })
    }
}

impl RawResources {
    fn check(&self) -> Result<Resources, ManifestError> {
        let whole = |field, text: &str, unit: u64| -> Result<u32, ManifestError> {
            let count = units::bytes(field, text)?.div_ceil(unit);
            u32::try_from(count).map_err(|_| ManifestError::value(field, format!("`{text}` is too large")))
        };
        Ok(Resources {
            cpu_millis: units::cpu_millis("resources.cpu", &self.cpu)?,
            memory_mib: whole("resources.memory", &self.memory, 1 << 20)?,
            storage_gib: whole("resources.storage", &self.storage, 1 << 30)?,
        })
    }
}

impl RawLimits {
    fn check(&self) -> Result<Limits, ManifestError> {
        Ok(Limits {
            fuel: units::count("limits.fuel", &self.fuel)?,
            seconds: units::seconds("limits.time", &self.time)?,
            output_bytes: units::bytes("limits.output", &self.output)?,
            output_files: self.files,
            log_bytes: units::bytes("limits.log", &self.log)?,
        })
    }
}

/// Content by its URI as it is written in a file of folder `base`.
pub(crate) fn artifact(
    what: &'static str,
    uri: &str,
    digest: Option<&str>,
    base: &Path,
) -> Result<Artifact, ManifestError> {
    let given = digest.map(str::parse::<Digest>).transpose()?;
    let url = match Url::parse(uri) {
        Ok(url) => url,
        Err(url::ParseError::RelativeUrlWithoutBase) => {
            let path = fs::canonicalize(base.join(uri)).map_err(|error| unreadable(uri, &error))?;
            Url::from_file_path(&path).map_err(|()| ManifestError::value(what, format!("`{uri}` has no file: URI")))?
        }
        Err(error) => return Err(ManifestError::value(what, format!("`{uri}`: {error}"))),
    };
    let digest = match (url.scheme(), given) {
        ("file", given) => local_digest(uri, &url, given)?,
        (_, Some(given)) => given,
        (_, None) => return Err(ManifestError::value(what, format!("`{uri}` is not a local file and needs a digest"))),
    };
    Ok(Artifact { digest, uri: url.into() })
}

fn local_digest(uri: &str, url: &Url, given: Option<Digest>) -> Result<Digest, ManifestError> {
    let path = url.to_file_path().map_err(|()| ManifestError::value("uri", format!("`{uri}` names no local file")))?;
    let file = fs::File::open(path).map_err(|error| unreadable(uri, &error))?;
    let (found, length) = Digest::of_reader(file).map_err(|error| unreadable(uri, &error))?;
    if length > MAX_INTEGER {
        return Err(ManifestError::value("uri", format!("`{uri}` is too large")));
    }
    match given {
        Some(expected) if expected != found => {
            Err(ManifestError::DigestMismatch { uri: uri.to_owned(), expected, found })
        }
        _ => Ok(found),
    }
}

fn unreadable(uri: &str, error: &std::io::Error) -> ManifestError {
    ManifestError::Unreadable { uri: uri.to_owned(), reason: error.to_string() }
}

/// Turns the reader's error into ours, with the field that was probably meant.
fn explain(error: serde_saphyr::Error) -> ManifestError {
    match error.without_snippet() {
        serde_saphyr::Error::SerdeUnknownField { field, expected, location } => {
            let suggestion = suggestion(field, expected).map(str::to_owned);
            ManifestError::UnknownField {
                line: location.line(),
                field: field.clone(),
                suggestion,
                known: expected.iter().map(|known| (*known).to_owned()).collect(),
            }
        }
        _ => ManifestError::Syntax { message: error.to_string() },
    }
}

/// Which of the names that are known was probably meant.
pub(crate) fn suggestion<'a>(given: &str, known: &[&'a str]) -> Option<&'a str> {
    let likeness = |name: &str| strsim::jaro_winkler(&given.to_lowercase(), &name.to_lowercase());
    let near = known.iter().map(|name| (likeness(name), *name)).filter(|(likeness, _)| *likeness >= ALIKE);
    near.max_by(|(a, _), (b, _)| a.total_cmp(b)).map(|(_, name)| name)
}

//! The manifest: what runs, on what, within which limits.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};
use url::Url;

use crate::{Digest, ManifestError, feature, units::MAX_INTEGER};

/// The version of the canonical form that this crate reads and writes.
const VERSION: u32 = 1;
/// Arguments and variables of one manifest, each.
pub(crate) const MAX_ENTRIES: usize = 256;
/// Inputs of one manifest.
pub(crate) const MAX_INPUTS: usize = 64;
/// Bytes of one argument, variable or URI.
const MAX_TEXT: usize = 16 * 1024;
/// Longest name of a job.
pub(crate) const MAX_NAME: usize = 64;

/// What runs, on what, within which limits: everything that decides the output of a run and nothing else.
///
/// Two manifests are the same work exactly when their canonical forms are the same bytes. What is paid for the work,
/// and when, is no part of it: that is the [`Order`](crate::Order).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Manifest {
    /// Version of this form: 1.
    pub version: u32,
    /// A name for people; it changes the hash and nothing else.
    pub name: String,
    /// The program, under a key that says which kind it is.
    #[serde(flatten)]
    pub workload: Workload,
    /// Arguments, without the program's own name.
    pub arguments: Vec<String>,
    /// The whole environment: nothing is inherited.
    pub environment: BTreeMap<String, String>,
    /// Files the program finds under `/input`, sorted by path.
    pub inputs: Vec<Input>,
    /// What a provider must have free for it.
    pub resources: Resources,
    /// Where a run is stopped.
    pub limits: Limits,
}

/// The program of a manifest. Further kinds (a container image) become further keys.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Workload {
    /// A WebAssembly module with the imports of WASI preview 1, started at `_start`.
    #[serde(rename = "module")]
    Module(Artifact),
}

/// Content by digest, and where it can be had.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Artifact {
    /// What it is.
    pub digest: Digest,
    /// Where to get it: a `file:`, `http:` or `https:` URI.
    pub uri: String,
}

/// One input file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Input {
    /// Where the program finds it, relative to `/input`.
    pub path: String,
    /// Its content.
    #[serde(flatten)]
    pub artifact: Artifact,
}

/// What one run occupies.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Resources {
    /// Thousandths of a core.
    pub cpu_millis: u32,
    /// MiB of memory; also the most that a module's memory may grow to.
    pub memory_mib: u32,
    /// GiB of storage.
    pub storage_gib: u32,
}

/// Where a run is stopped. A run that meets a limit has a result: its [`Ending`](crate::Ending) says which one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Limits {
    /// Units of fuel: about one per instruction executed.
    pub fuel: u64,
    /// Seconds by the clock of the machine.
    pub seconds: u32,
    /// Bytes of all output files together.
    pub output_bytes: u64,
    /// Number of output files.
    pub output_files: u32,
    /// Bytes of standard output, and of standard error.
    pub log_bytes: u64,
}

impl Manifest {
    /// Checks what the types do not say. Every way to get a manifest ends here.
    ///
    /// Fails: [`ManifestError::BadValue`] naming the first field that cannot be.
    pub fn check(&self) -> Result<(), ManifestError> {
        if self.version != VERSION {
            return Err(ManifestError::value("version", format!("{} is not {VERSION}", self.version)));
        }
        if self.name.is_empty() || self.name.len() > MAX_NAME || self.name.chars().any(char::is_control) {
            return Err(ManifestError::value("name", format!("must be 1 to {MAX_NAME} bytes of printable text")));
        }
        let Workload::Module(module) = &self.workload;
        check_uri("module.uri", &module.uri)?;
        check_texts("arguments", self.arguments.iter())?;
        check_texts("environment", self.environment.values())?;
        for name in self.environment.keys() {
            check_variable(name)?;
        }
        self.check_inputs()?;
        self.check_resources()?;
        self.check_limits()
    }

    fn check_inputs(&self) -> Result<(), ManifestError> {
        if self.inputs.len() > MAX_INPUTS {
            return Err(ManifestError::value("inputs", format!("more than {MAX_INPUTS}")));
        }
        for input in &self.inputs {
            check_path("inputs.path", &input.path)?;
            check_uri("inputs.uri", &input.artifact.uri)?;
        }
        if !self.inputs.is_sorted_by(|a, b| a.path < b.path) {
            return Err(ManifestError::value("inputs", "paths must be sorted and differ"));
        }
        let paths: BTreeSet<&str> = self.inputs.iter().map(|input| input.path.as_str()).collect();
        for path in &paths {
            if path.match_indices('/').any(|(at, _)| paths.contains(&path[..at])) {
                return Err(ManifestError::value("inputs.path", format!("`{path}` lies inside another input")));
            }
        }
        Ok(())
    }

    fn check_resources(&self) -> Result<(), ManifestError> {
        let Resources { cpu_millis, memory_mib, .. } = self.resources;
        match () {
            () if cpu_millis == 0 => Err(ManifestError::value("resources.cpu", "must not be 0")),
            () if memory_mib == 0 => Err(ManifestError::value("resources.memory", "must not be 0")),
            () => Ok(()),
        }
    }

    fn check_limits(&self) -> Result<(), ManifestError> {
        let Limits { fuel, seconds, output_bytes, output_files, log_bytes } = self.limits;
        for (field, value) in [
            ("limits.fuel", fuel),
            ("limits.time", u64::from(seconds)),
            ("limits.output", output_bytes),
            ("limits.files", u64::from(output_files)),
            ("limits.log", log_bytes),
        ] {
            if value == 0 || value > MAX_INTEGER {
                return Err(ManifestError::value(field, format!("must be 1 to {MAX_INTEGER}")));
            }
        }
        Ok(())
    }

    /// The canonical form: JSON as RFC 8785 writes it.
    pub fn canonical(&self) -> String {
        canonical(self)
    }

    /// `specHash`: SHA-256 of the canonical form.
    pub fn spec_hash(&self) -> Digest {
        Digest::of(self.canonical())
    }

    /// Reads the canonical form back.
    ///
    /// Fails: [`ManifestError::Syntax`], [`ManifestError::NotCanonical`] also for unknown or missing keys,
    /// [`ManifestError::BadValue`].
    pub fn parse(canonical: &[u8]) -> Result<Self, ManifestError> {
        let manifest: Self = from_canonical(canonical)?;
        manifest.check()?;
        Ok(manifest)
    }

    /// Reads the canonical form back if it is the document that `spec_hash` names.
    ///
    /// Fails: [`ManifestError::WrongHash`] before anything is parsed, then as [`Self::parse`].
    pub fn parse_named(canonical: &[u8], spec_hash: Digest) -> Result<Self, ManifestError> {
        let found = Digest::of(canonical);
        if found != spec_hash {
            return Err(ManifestError::WrongHash { expected: spec_hash, found });
        }
        Self::parse(canonical)
    }

    /// The feature bits a provider must have to run it.
    pub fn features(&self) -> u64 {
        match self.workload {
            Workload::Module(_) => feature::WASI,
        }
    }

    /// What one slot needs, as the job's terms state it.
    pub fn slot_resources(&self) -> linq_abi::Resources {
        linq_abi::Resources {
            cpuMillis: self.resources.cpu_millis,
            memoryMib: self.resources.memory_mib,
            storageGib: self.resources.storage_gib,
            ..Default::default()
        }
    }
}

/// Writes a value of integers, texts, lists and objects as RFC 8785 does. The order of keys must not hang on how the
/// JSON library was built, so it is sorted here; keys are ASCII, for which every order agrees.
pub(crate) fn canonical(value: &impl Serialize) -> String {
    let mut value = serde_json::to_value(value).expect("plain data always has a JSON form");
    value.sort_all_objects();
    value.to_string()
}

/// Reads a value whose canonical form is exactly `bytes`.
pub(crate) fn from_canonical<T: Serialize + for<'de> Deserialize<'de>>(bytes: &[u8]) -> Result<T, ManifestError> {
    let value: T =
        serde_json::from_slice(bytes).map_err(|error| ManifestError::Syntax { message: error.to_string() })?;
    if canonical(&value).as_bytes() != bytes {
        return Err(ManifestError::NotCanonical);
    }
    Ok(value)
}

/// A relative path of plain segments: what every file system, and every reader of a result, takes alike.
pub(crate) fn check_path(field: &'static str, path: &str) -> Result<(), ManifestError> {
    let plain = |segment: &str| {
        !segment.is_empty()
            && !matches!(segment, "." | "..")
            && segment.bytes().all(|b| b.is_ascii_alphanumeric() || b"._-+@=".contains(&b))
    };
    if path.len() > 255 || !path.split('/').all(plain) {
        let reason =
            format!("`{path}` is not a relative path of at most 255 letters, digits and `._-+@=` between slashes");
        return Err(ManifestError::value(field, reason));
    }
    Ok(())
}

/// A URI that can be fetched and holds no credentials: it becomes public.
pub(crate) fn check_uri(field: &'static str, uri: &str) -> Result<(), ManifestError> {
    let parsed = Url::parse(uri).map_err(|error| ManifestError::value(field, format!("`{uri}`: {error}")))?;
    if uri.len() > MAX_TEXT || !matches!(parsed.scheme(), "file" | "http" | "https") {
        return Err(ManifestError::value(field, format!("`{uri}` is not a `file:`, `http:` or `https:` URI")));
    }
    if !parsed.username().is_empty() || parsed.password().is_some() {
        return Err(ManifestError::value(field, "must hold no credentials: a manifest is public"));
    }
    Ok(())
}

fn check_texts<'a>(field: &'static str, texts: impl ExactSizeIterator<Item = &'a String>) -> Result<(), ManifestError> {
    if texts.len() > MAX_ENTRIES {
        return Err(ManifestError::value(field, format!("more than {MAX_ENTRIES}")));
    }
    texts.into_iter().try_for_each(|text| check_text(field, text))
}

/// One argument, or the value of one variable.
pub(crate) fn check_text(field: &'static str, text: &str) -> Result<(), ManifestError> {
    if text.len() > MAX_TEXT || text.contains('\0') {
        return Err(ManifestError::value(field, format!("at most {MAX_TEXT} bytes each, none of them 0")));
    }
    Ok(())
}

/// The name of an environment variable.
pub(crate) fn check_variable(name: &str) -> Result<(), ManifestError> {
    let plain = name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_');
    if name.is_empty() || name.len() > 255 || !plain || name.as_bytes()[0].is_ascii_digit() {
        let reason = format!("`{name}` is not a name of letters, digits and `_` that begins with no digit");
        return Err(ManifestError::value("environment", reason));
    }
    Ok(())
}

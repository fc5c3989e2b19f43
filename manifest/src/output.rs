//! What a run left behind, and the one hash that commits to all of it.
//!
//! The root is built so that any party can recompute it from the files alone, and can show one file without the others:
//!
//! ```text
//! leaf 0      0x00 ‖ ending (1 byte) ‖ exit code (4 bytes)
//! leaf 1      0x01 ‖ length (8) ‖ SHA-256 (32)                              standard output
//! leaf 2      0x02 ‖ length (8) ‖ SHA-256 (32)                              standard error
//! leaf 3 + i  0x03 ‖ length of path (4) ‖ path ‖ length (8) ‖ SHA-256 (32)  file i, in the order of the paths' bytes
//!
//! hash(leaf)        = SHA-256(0x00 ‖ leaf)
//! hash(left, right) = SHA-256(0x01 ‖ left ‖ right)
//! tree              = RFC 6962: the left half is the largest power of two below the number of leaves
//! root              = SHA-256("linq.output.v1" ‖ 0x00 ‖ number of leaves (8) ‖ tree)
//! ```
//!
//! Numbers are big-endian. The bytes 0x00 and 0x01 before leaves and nodes keep one from being read as the other; the
//! name and the count keep the root from meaning anything else. Only regular files count: no folders, links, times or
//! modes. `manifest/vectors/output.json` holds examples for other implementations.

use std::fmt;

use alloy_primitives::B256;
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use crate::{Digest, ManifestError, manifest};

const NAME: &[u8] = b"linq.output.v1";

/// What a run left behind. Its canonical JSON form is the `result.json` that a provider publishes beside the content:
/// `stdout`, `stderr` and `files/<path>`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Output {
    /// Version of this form and of the root: 1.
    pub version: u32,
    /// How the run ended.
    pub ending: Ending,
    /// What the program returned; 0 unless `ending` is [`Ending::Exited`].
    pub exit_code: u32,
    /// Standard output.
    pub stdout: Content,
    /// Standard error.
    pub stderr: Content,
    /// Files under `/output`, sorted by path.
    pub files: Vec<OutputFile>,
}

/// How a run ended. The number is what the root commits to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[repr(u8)]
pub enum Ending {
    /// It returned, or called exit.
    Exited = 0,
    /// It trapped: an unreachable instruction, a bad access, a stack that grew too deep.
    Trapped = 1,
    /// It used up its fuel.
    OutOfFuel = 2,
    /// It met the limit of its memory.
    OutOfMemory = 3,
    /// It took longer than its time.
    OutOfTime = 4,
    /// It wrote more than its output or its log may hold.
    OutOfOutput = 5,
    /// It is no program that could be started: not a valid module, a foreign import, no entry.
    Invalid = 6,
}

impl Ending {
    /// Every ending, in order of its number.
    pub const ALL: [Self; 7] = [
        Self::Exited,
        Self::Trapped,
        Self::OutOfFuel,
        Self::OutOfMemory,
        Self::OutOfTime,
        Self::OutOfOutput,
        Self::Invalid,
    ];
}

impl fmt::Display for Ending {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Exited => "exited",
            Self::Trapped => "trapped",
            Self::OutOfFuel => "out of fuel",
            Self::OutOfMemory => "out of memory",
            Self::OutOfTime => "out of time",
            Self::OutOfOutput => "out of output",
            Self::Invalid => "invalid",
        })
    }
}

/// Some content, by length and digest.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Content {
    /// Number of bytes.
    pub length: u64,
    /// SHA-256 of the bytes.
    pub digest: Digest,
}

impl Content {
    /// The content that is `bytes`.
    pub fn of(bytes: impl AsRef<[u8]>) -> Self {
        Self { length: bytes.as_ref().len() as u64, digest: Digest::of(bytes) }
    }
}

/// One output file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OutputFile {
    /// Its path relative to `/output`.
    pub path: String,
    /// Its content.
    #[serde(flatten)]
    pub content: Content,
}

impl Output {
    /// The version that this crate writes.
    pub const VERSION: u32 = 1;

    /// Whether the program ended by itself with code 0.
    pub fn succeeded(&self) -> bool {
        self.ending == Ending::Exited && self.exit_code == 0
    }

    /// The root that commits to everything here.
    pub fn root(&self) -> B256 {
        let leaves: Vec<B256> = self.leaves().iter().map(|leaf| hash(&[&[0], leaf])).collect();
        hash(&[NAME, &[0], &(leaves.len() as u64).to_be_bytes(), tree(&leaves).as_slice()])
    }

    fn leaves(&self) -> Vec<Vec<u8>> {
        let stream = |kind: u8, content: &Content| [&[kind][..], &content.packed()].concat();
        let mut leaves = vec![
            [&[0, self.ending as u8][..], &self.exit_code.to_be_bytes()].concat(),
            stream(1, &self.stdout),
            stream(2, &self.stderr),
        ];
        leaves.extend(self.files.iter().map(|file| {
            let path = file.path.as_bytes();
            [&[3][..], &(path.len() as u32).to_be_bytes(), path, &file.content.packed()].concat()
        }));
        leaves
    }

    /// The canonical JSON form.
    pub fn canonical(&self) -> String {
        manifest::canonical(self)
    }

    /// Reads the canonical form.
    ///
    /// Fails: [`ManifestError::Syntax`], [`ManifestError::NotCanonical`], [`ManifestError::BadValue`] for a path that
    /// could lead out of the result's folder or appears twice.
    pub fn parse(canonical: &[u8]) -> Result<Self, ManifestError> {
        let output: Self = manifest::from_canonical(canonical)?;
        output.check()?;
        Ok(output)
    }

    /// Checks what the types do not say.
    ///
    /// Fails: [`ManifestError::BadValue`].
    pub fn check(&self) -> Result<(), ManifestError> {
        if self.version != Self::VERSION {
            return Err(ManifestError::value("version", format!("{} is not {}", self.version, Self::VERSION)));
        }
        if self.ending != Ending::Exited && self.exit_code != 0 {
            return Err(ManifestError::value("exitCode", "only a program that exited has one"));
        }
        for file in &self.files {
            manifest::check_path("files.path", &file.path)?;
        }
        if !self.files.is_sorted_by(|a, b| a.path < b.path) {
            return Err(ManifestError::value("files", "paths must be sorted and differ"));
        }
        Ok(())
    }
}

impl Content {
    fn packed(&self) -> Vec<u8> {
        [&self.length.to_be_bytes()[..], self.digest.bytes().as_slice()].concat()
    }
}

/// RFC 6962's tree over hashed leaves; there are always at least three of them.
fn tree(leaves: &[B256]) -> B256 {
    match leaves {
        [leaf] => *leaf,
        _ => {
            let (left, right) = leaves.split_at(leaves.len().next_power_of_two() / 2);
            hash(&[&[1], tree(left).as_slice(), tree(right).as_slice()])
        }
    }
}

fn hash(parts: &[&[u8]]) -> B256 {
    let mut hasher = Sha256::new();
    for part in parts {
        hasher.update(part);
    }
    B256::from_slice(&hasher.finalize())
}

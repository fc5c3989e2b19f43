//! Why a manifest, an order or a result is refused.

use thiserror::Error;

/// Why a manifest, an order or a result is refused. Every message says where, and what would be right.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum ManifestError {
    /// The YAML or JSON does not have the expected form.
    #[error("{message}")]
    Syntax {
        /// What is wrong and where, with the lines around it.
        message: String,
    },
    /// A field that does not exist.
    #[error("line {line}: unknown field `{field}`{}", suggestion.as_ref().map_or_else(
        || format!("; known here: {}", known.join(", ")),
        |right| format!("; did you mean `{right}`?"),
    ))]
    UnknownField {
        /// The line it stands on, from 1.
        line: u64,
        /// The field as written.
        field: String,
        /// The existing field that is most alike, when one is.
        suggestion: Option<String>,
        /// The fields that exist at that place.
        known: Vec<String>,
    },
    /// A value that cannot be what its field means.
    #[error("{field}: {reason}")]
    BadValue {
        /// The field, from the top: `order.price`.
        field: &'static str,
        /// What is wrong with it.
        reason: String,
    },
    /// Not `sha256:` and 64 lower-case hex digits.
    #[error("`{given}` is not a digest: expected `sha256:` and 64 lower-case hex digits")]
    BadDigest {
        /// What was given.
        given: String,
    },
    /// A local file that the manifest names cannot be read.
    #[error("{uri}: {reason}")]
    Unreadable {
        /// The file as written in the manifest.
        uri: String,
        /// What the system said.
        reason: String,
    },
    /// A local file does not have the digest that the manifest gives it.
    #[error("{uri} has digest {found}, the manifest says {expected}")]
    DigestMismatch {
        /// The file as written in the manifest.
        uri: String,
        /// The digest given.
        expected: crate::Digest,
        /// The digest it has.
        found: crate::Digest,
    },
    /// A document that is valid but not in canonical form, so that its hash names something else.
    #[error("not in canonical form: keys must be sorted, known and complete, with no white space")]
    NotCanonical,
    /// The canonical document does not have the hash it was named by.
    #[error("the document hashes to {found}, expected {expected}")]
    WrongHash {
        /// The hash it was named by.
        expected: crate::Digest,
        /// The hash it has.
        found: crate::Digest,
    },
}

impl ManifestError {
    /// A [`ManifestError::BadValue`].
    pub(crate) fn value(field: &'static str, reason: impl Into<String>) -> Self {
        Self::BadValue { field, reason: reason.into() }
    }
}

//! What a command can end with, and the exit code that says so.

use serde::Serialize;

use crate::client::Revert;

/// A failure that names its cause and, wherever there is one, the next step.
#[derive(Debug, thiserror::Error)]
#[error("{message}")]
pub struct Error {
    kind: Kind,
    message: String,
    hint: Option<String>,
    revert: Option<Box<Revert>>,
}

/// Shorthand for the results of this crate.
pub type Result<T> = std::result::Result<T, Error>;

/// What kind of failure it is; each kind has one exit code, and neither ever changes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum Kind {
    /// Nothing more precise applies.
    Failure,
    /// An argument or an input file makes no sense.
    Usage,
    /// The configuration, the network or the deployments file does not fit.
    Config,
    /// There is no key, it cannot be opened, or it is not the one that is needed.
    Signing,
    /// A server could not be reached or gave no usable answer.
    Network,
    /// The chain refused the call.
    Revert,
    /// What was asked for does not exist.
    NotFound,
    /// Something was started and has not finished in time.
    Pending,
    /// Funds are missing or a condition is not met; nothing was sent.
    Policy,
}

impl Kind {
    /// Every kind.
    pub const ALL: [Self; 9] = [
        Self::Failure,
        Self::Usage,
        Self::Config,
        Self::Signing,
        Self::Network,
        Self::Revert,
        Self::NotFound,
        Self::Pending,
        Self::Policy,
    ];

    /// The exit code of a process that ends with it.
    pub const fn exit_code(self) -> u8 {
        match self {
            Self::Failure => 1,
            Self::Usage => 2,
            Self::Config => 3,
            Self::Signing => 4,
            Self::Network => 5,
            Self::Revert => 6,
            Self::NotFound => 7,
            Self::Pending => 8,
            Self::Policy => 9,
        }
    }
}

/// The JSON form of a failure.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ErrorDocument<'a> {
    kind: Kind,
    exit_code: u8,
    message: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    hint: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    revert: Option<&'a Revert>,
}

macro_rules! constructors {
    ($($name:ident => $kind:ident),+ $(,)?) => {
        $(
            #[doc = concat!("A failure of kind [`Kind::", stringify!($kind), "`].")]
            pub fn $name(message: impl Into<String>) -> Self {
                Self { kind: Kind::$kind, message: message.into(), hint: None, revert: None }
            }
        )+
    };
}

impl Error {
    constructors! {
        failure => Failure,
        usage => Usage,
        config => Config,
        signing => Signing,
        network => Network,
        not_found => NotFound,
        pending => Pending,
        policy => Policy,
    }

    /// The chain refused a call for a reason that may have been decoded.
    pub fn reverted(revert: Revert) -> Self {
        Self {
            kind: Kind::Revert,
            message: revert.to_string(),
            hint: revert.hint().map(str::to_owned),
            revert: Some(Box::new(revert)),
        }
    }

    /// Adds what to do next.
    #[must_use]
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }

    /// Says what was being done when it happened.
    #[must_use]
    pub fn context(mut self, doing: impl std::fmt::Display) -> Self {
        self.message = format!("{doing}: {}", self.message);
        self
    }

    /// What kind of failure it is.
    pub const fn kind(&self) -> Kind {
        self.kind
    }

    /// What to do next, if anything is known to help.
    pub fn next_step(&self) -> Option<&str> {
        self.hint.as_deref()
    }

    /// The decoded reason when the chain refused.
    pub fn revert(&self) -> Option<&Revert> {
        self.revert.as_deref()
    }

    /// Its JSON form.
    pub fn document(&self) -> ErrorDocument<'_> {
        ErrorDocument {
            kind: self.kind,
            exit_code: self.kind.exit_code(),
            message: &self.message,
            hint: self.next_step(),
            revert: self.revert(),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_kind_has_an_exit_code_of_its_own() {
        let codes: BTreeSet<u8> = Kind::ALL.iter().map(|kind| kind.exit_code()).collect();
        assert_eq!(codes, (1..=9).collect());
    }

    #[test]
    fn context_comes_before_the_cause() {
        let error = Error::network("connection refused").context("reading the balance").hint("start the node");
        assert_eq!(error.to_string(), "reading the balance: connection refused");
        assert_eq!(error.next_step(), Some("start the node"));
    }

    #[test]
    fn the_document_leaves_out_what_is_not_known() {
        let document = serde_json::to_string(&Error::not_found("no such job").document()).unwrap();
        assert_eq!(document, r#"{"kind":"notFound","exitCode":7,"message":"no such job"}"#);
    }
}

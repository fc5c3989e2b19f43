//! The operator's key: from a keystore file or from the environment, never from an argument that others can read.

use std::{env, fs, path::PathBuf};

use alloy::signers::local::PrivateKeySigner;
use thiserror::Error;

/// Holds the key as 64 hex digits.
pub const OPERATOR_KEY: &str = "LINQ_OPERATOR_KEY";
/// Holds the password of the keystore.
pub const OPERATOR_PASSWORD: &str = "LINQ_OPERATOR_PASSWORD";

/// Where the operator's key comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum KeySource {
    /// The variable [`OPERATOR_KEY`].
    Environment,
    /// A keystore file (version 3), its password in a file or in [`OPERATOR_PASSWORD`].
    Keystore {
        /// The keystore.
        path: PathBuf,
        /// The file that holds the password, and nothing else but a line end.
        password_file: Option<PathBuf>,
    },
}

/// Why there is no key. No message holds any part of a key or a password.
#[derive(Debug, Error)]
pub enum KeyError {
    /// The variable that should hold it is not set.
    #[error("no key: set {OPERATOR_KEY}, or provider.keystore in the configuration")]
    Missing,
    /// The variable holds something else.
    #[error("{OPERATOR_KEY} is not a private key of 64 hex digits")]
    Malformed,
    /// There is no password for the keystore.
    #[error("no password for the keystore: set {OPERATOR_PASSWORD} or provider.password_file")]
    NoPassword,
    /// A file cannot be read.
    #[error("cannot read {path}: {reason}")]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// What the system said.
        reason: std::io::Error,
    },
    /// The keystore does not open.
    #[error("the keystore {path} does not open with this password")]
    Locked {
        /// The keystore.
        path: PathBuf,
    },
}

impl KeySource {
    /// Opens the key.
    pub fn open(&self) -> Result<PrivateKeySigner, KeyError> {
        match self {
            Self::Environment => {
                env::var(OPERATOR_KEY).map_err(|_| KeyError::Missing)?.parse().map_err(|_| KeyError::Malformed)
            }
            Self::Keystore { path, password_file } => {
                let password = match password_file {
                    Some(file) => fs::read_to_string(file)
                        .map_err(|reason| KeyError::Unreadable { path: file.clone(), reason })?
                        .trim_end_matches(['\r', '\n'])
                        .to_owned(),
                    None => env::var(OPERATOR_PASSWORD).map_err(|_| KeyError::NoPassword)?,
                };
                // Asked first, because the keystore reader reports a missing file and a wrong password alike.
                fs::metadata(path).map_err(|reason| KeyError::Unreadable { path: path.clone(), reason })?;
                PrivateKeySigner::decrypt_keystore(path, password).map_err(|_| KeyError::Locked { path: path.clone() })
            }
        }
    }
}

//! Which key signs.

use std::io::IsTerminal;
use std::path::{Path, PathBuf};

use alloy::signers::local::{LocalSignerError, PrivateKeySigner};
use clap::Args;

use crate::devnode;
use crate::error::{Error, Result};
use crate::network::{Environment, LOCAL_CHAIN};

/// Flags that name a key. There is none for the key itself: arguments are visible to other users.
#[derive(Args, Clone, Debug, Default)]
pub struct KeyFlags {
    /// Keystore file (Web3 secret storage) that holds the key [env: LINQ_KEYSTORE; or the key itself in LINQ_PRIVATE_KEY]
    #[arg(long, global = true, value_name = "FILE", conflicts_with = "dev_account", help_heading = "Key")]
    pub keystore: Option<PathBuf>,
    /// File whose first line is the keystore's password [env: LINQ_PASSWORD_FILE; or the password itself in LINQ_PASSWORD]
    #[arg(long, global = true, value_name = "FILE", help_heading = "Key")]
    pub password_file: Option<PathBuf>,
    /// Public development account 0 to 9; on local chains only
    #[arg(long, global = true, value_name = "N", help_heading = "Key")]
    pub dev_account: Option<u8>,
}

/// The key that the flags or the environment name, if any.
///
/// A flag comes before `LINQ_PRIVATE_KEY`, that before `LINQ_KEYSTORE` and the network's own keystore.
pub fn signer(
    flags: &KeyFlags,
    environment: Environment<'_>,
    network_keystore: Option<&Path>,
    chain_id: u64,
) -> Result<Option<PrivateKeySigner>> {
    if let Some(index) = flags.dev_account {
        return development(index, chain_id).map(Some);
    }
    if flags.keystore.is_none()
        && let Some(key) = environment("LINQ_PRIVATE_KEY")
    {
        return key.trim().parse().map(Some).map_err(|_| {
            Error::signing("LINQ_PRIVATE_KEY is not a private key")
                .hint("it is `0x` and 64 hexadecimal digits, and not zero")
        });
    }
    let path = flags.keystore.clone().or_else(|| environment("LINQ_KEYSTORE").map(Into::into));
    match path.as_deref().or(network_keystore) {
        Some(path) => open(path, password(flags, environment, path)?).map(Some),
        None => Ok(None),
    }
}

fn development(index: u8, chain_id: u64) -> Result<PrivateKeySigner> {
    if chain_id != LOCAL_CHAIN {
        return Err(Error::signing(format!(
            "development accounts are for local chains ({LOCAL_CHAIN}), and this is chain {chain_id}"
        ))
        .hint("their keys are public: use --keystore or LINQ_PRIVATE_KEY"));
    }
    devnode::account(index)
        .ok_or_else(|| Error::usage(format!("there is no development account {index}")).hint("choose 0 to 9"))
}

fn open(path: &Path, password: String) -> Result<PrivateKeySigner> {
    if !path.is_file() {
        return Err(Error::signing(format!("there is no keystore file {}", path.display()))
            .hint("check --keystore or LINQ_KEYSTORE"));
    }
    PrivateKeySigner::decrypt_keystore(path, password).map_err(|error| match error {
        LocalSignerError::EthKeystoreError(inner) => {
            Error::signing(format!("cannot open the keystore {}: {inner}", path.display()))
                .hint("check the file and its password")
        }
        other => Error::signing(format!("cannot open the keystore {}: {other}", path.display())),
    })
}

fn password(flags: &KeyFlags, environment: Environment<'_>, keystore: &Path) -> Result<String> {
    if let Some(path) = flags.password_file.clone().or_else(|| environment("LINQ_PASSWORD_FILE").map(Into::into)) {
        let text = std::fs::read_to_string(&path)
            .map_err(|error| Error::signing(format!("cannot read the password file {}: {error}", path.display())))?;
        return Ok(text.lines().next().unwrap_or_default().to_owned());
    }
    if let Some(password) = environment("LINQ_PASSWORD") {
        return Ok(password);
    }
    if !std::io::stdin().is_terminal() {
        return Err(Error::signing("the keystore needs a password, and there is no terminal to ask for it")
            .hint("give --password-file FILE or set LINQ_PASSWORD"));
    }
    rpassword::prompt_password(format!("Password of {}: ", keystore.display()))
        .map_err(|error| Error::signing(format!("cannot read the password: {error}")))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::Kind;

    const KEY: &str = "0x59c6995e998f97a5a0044966f0945389dc9e86dae88c7a8412f4603b6b78690d";
    const ADDRESS: &str = "0x70997970C51812dc3A010C7d01b50e0d17dc79C8";

    fn get(flags: &KeyFlags, variables: &[(&str, &str)], chain_id: u64) -> Result<Option<PrivateKeySigner>> {
        let environment =
            |name: &str| variables.iter().find(|(known, _)| *known == name).map(|(_, value)| (*value).to_owned());
        signer(flags, &environment, None, chain_id)
    }

    #[test]
    fn without_a_key_there_is_no_signer() {
        assert!(get(&KeyFlags::default(), &[], 1).unwrap().is_none());
    }

    #[test]
    fn the_environment_gives_a_key() {
        let signer = get(&KeyFlags::default(), &[("LINQ_PRIVATE_KEY", KEY)], 1).unwrap().unwrap();
        assert_eq!(signer.address().to_string(), ADDRESS);
    }

    #[test]
    fn a_bad_key_is_not_repeated() {
        let error = get(&KeyFlags::default(), &[("LINQ_PRIVATE_KEY", "0xhunter2")], 1).unwrap_err();
        assert_eq!(error.kind(), Kind::Signing);
        assert!(!format!("{error} {:?}", error.next_step()).contains("hunter2"));
    }

    #[test]
    fn development_accounts_are_for_local_chains() {
        let flags = KeyFlags { dev_account: Some(1), ..KeyFlags::default() };
        assert_eq!(get(&flags, &[], LOCAL_CHAIN).unwrap().unwrap().address().to_string(), ADDRESS);
        assert_eq!(get(&flags, &[], 42_161).unwrap_err().kind(), Kind::Signing);
        let flags = KeyFlags { dev_account: Some(10), ..KeyFlags::default() };
        assert_eq!(get(&flags, &[], LOCAL_CHAIN).unwrap_err().kind(), Kind::Usage);
    }

    #[test]
    fn a_keystore_opens_with_its_password_alone() {
        let folder = tempfile::tempdir().unwrap();
        // The key of the usual test vector of Web3 secret storage; few iterations keep the test quick.
        let keystore = r#"{"crypto":{"cipher":"aes-128-ctr","cipherparams":{"iv":"6087dab2f9fdbbfaddc31a909735c1e6"},"ciphertext":"5318b4d5bcd28de64ee5559e671353e16f075ecae9f99c7a79a38af5f869aa46","kdf":"pbkdf2","kdfparams":{"c":262144,"dklen":32,"prf":"hmac-sha256","salt":"ae3cd4e7013836a3df6bd7241b12db061dbe2c6785853cce422d148a624ce0bd"},"mac":"517ead924a9d0dc3124507e3393d175ce3ff7c1e96529c6c555ce9e51205e9b2"},"id":"3198bc9c-6672-5ab3-d995-4942343ae5b6","version":3}"#;
        let path = folder.path().join("key.json");
        std::fs::write(&path, keystore).unwrap();
        let flags = KeyFlags { keystore: Some(path), ..KeyFlags::default() };
        let signer = get(&flags, &[("LINQ_PASSWORD", "testpassword"), ("LINQ_PRIVATE_KEY", KEY)], 1).unwrap().unwrap();
        assert_eq!(signer.address().to_string().to_lowercase(), "0x008aeeda4d805471df9b2a5b0f38a0c3bcba786b");
        assert_eq!(get(&flags, &[("LINQ_PASSWORD", "wrong")], 1).unwrap_err().kind(), Kind::Signing);
    }

    #[test]
    fn a_missing_keystore_or_password_file_is_named() {
        let flags = KeyFlags {
            keystore: Some("/nonexistent/key".into()),
            password_file: Some("/nonexistent/password".into()),
            dev_account: None,
        };
        let error = get(&flags, &[], 1).unwrap_err();
        assert!(error.to_string().contains("/nonexistent/password"), "{error}");
    }
}

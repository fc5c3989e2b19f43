//! What a provider says of itself, as `profile` and the provider's file take it.

use std::path::PathBuf;

use alloy::primitives::B256;
use clap::Args;
use linq_abi::IProfiles;

use super::sealing;
use crate::error::{Error, Result};
use crate::units::parse_word;

/// Most bytes of metadata.
const MAX_METADATA: usize = 256;

/// What a provider says of itself. Everything that is left out stays as it is.
#[derive(Args, Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct ProfileFlags {
    /// Public key that secrets are sealed to (X25519, 32 bytes in hexadecimal); zero for none
    #[arg(long, value_name = "KEY", value_parser = parse_word, conflicts_with = "sealing_key_file")]
    pub(super) sealing_key: Option<B256>,
    /// File with the secret half of that key; made, for its owner alone, where there is none
    #[arg(long, value_name = "FILE")]
    pub(super) sealing_key_file: Option<PathBuf>,
    /// Where people read who this is: a URI of at most 256 characters; empty for none
    #[arg(long, value_name = "URI", value_parser = parse_metadata)]
    pub(super) metadata: Option<String>,
}

impl ProfileFlags {
    /// These, and where one is left out that of `base`.
    pub(super) fn over(self, base: Self) -> Self {
        let keyed = self.sealing_key.is_some() || self.sealing_key_file.is_some();
        let (sealing_key, sealing_key_file) = match keyed {
            true => (self.sealing_key, self.sealing_key_file),
            false => (base.sealing_key, base.sealing_key_file),
        };
        Self { sealing_key, sealing_key_file, metadata: self.metadata.or(base.metadata) }
    }

    /// The call that states this, with what `present` has where nothing is said. May make a key.
    pub(super) fn call(self, provider: u32, present: &IProfiles::profileReturn) -> Result<IProfiles::setProfileCall> {
        let sealing_key = match (self.sealing_key, self.sealing_key_file) {
            (Some(key), _) => key,
            (None, Some(file)) => sealing::public_key(&file)?,
            (None, None) => present.sealingKey,
        };
        sealing::require_sound(sealing_key)?;
        let metadata = self.metadata.unwrap_or_else(|| present.metadata.clone());
        Ok(IProfiles::setProfileCall { provider, sealingKey: sealing_key, metadata })
    }
}

/// What the contract takes as metadata: short, and printable without blanks.
pub(super) fn parse_metadata(text: &str) -> std::result::Result<String, String> {
    if text.len() > MAX_METADATA {
        return Err(format!("{} characters are more than {MAX_METADATA}", text.len()));
    }
    if !text.bytes().all(|byte| byte.is_ascii_graphic()) {
        return Err("a URI has printable ASCII alone, and no blanks".into());
    }
    Ok(text.to_owned())
}

/// As [`parse_metadata`], where it does not come from a flag.
pub(super) fn check_metadata(text: String) -> Result<String> {
    parse_metadata(&text).map_err(|why| Error::usage(format!("metadata: {why}")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_flag_comes_before_the_file_and_one_key_before_another() {
        let key = B256::repeat_byte(9);
        let file = ProfileFlags {
            sealing_key: None,
            sealing_key_file: Some("sealing-key".into()),
            metadata: Some("ipfs://a".into()),
        };
        let flags = ProfileFlags { sealing_key: Some(key), ..ProfileFlags::default() };
        let both = flags.over(file.clone());
        assert_eq!(
            (both.sealing_key, both.sealing_key_file, both.metadata.as_deref()),
            (Some(key), None, Some("ipfs://a"))
        );
        assert_eq!(ProfileFlags::default().over(file.clone()), file);
    }

    #[test]
    fn metadata_are_what_the_contract_takes() {
        for good in ["", "https://example.org/a?b=c#d", "~".repeat(256).as_str()] {
            assert_eq!(parse_metadata(good).as_deref(), Ok(good));
        }
        for bad in ["a b", "é", "\u{1b}[0m", "~".repeat(257).as_str()] {
            assert!(parse_metadata(bad).is_err(), "{bad:?}");
        }
    }

    #[test]
    fn what_is_left_out_stays() {
        let present = IProfiles::profileReturn {
            sealingKey: B256::repeat_byte(9),
            metadata: "ipfs://a".into(),
            statedAt: 5,
            report: B256::ZERO,
            validUntil: 0,
        };
        let flags = ProfileFlags { metadata: Some(String::new()), ..ProfileFlags::default() };
        let call = flags.call(3, &present).unwrap();
        assert_eq!((call.provider, call.sealingKey, call.metadata.as_str()), (3, present.sealingKey, ""));
    }
}

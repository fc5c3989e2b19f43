//! `provider.toml`: what a provider states when it registers. Its fields are the flags of `linq provider register`; two
//! tables have those of `profile` and `self-test`.

use std::path::{Path, PathBuf};
use std::str::FromStr;

use alloy::primitives::{Address, B256};
use serde::{Deserialize, Deserializer};

use super::capacity_flags::CapacityFlags;
use super::offer_flags::OfferFlags;
use super::profile_flags::{ProfileFlags, check_metadata};
use super::self_test::SelfTestFlags;
use crate::error::{Error, Result};
use crate::units::{Lnq, parse_address, parse_secs, parse_word};

/// Likeness from which on a name is taken for a misspelt field.
const ALIKE: f64 = 0.7;

/// What a file says; what it leaves out is nothing.
#[derive(Debug, Default)]
pub(super) struct ProviderFile {
    pub(super) operator: Option<Address>,
    pub(super) payout: Option<Address>,
    pub(super) stake: Option<Lnq>,
    pub(super) capacity: CapacityFlags,
    pub(super) offer: OfferFlags,
    pub(super) profile: ProfileFlags,
    pub(super) self_test: SelfTestFlags,
}

/// The file as it is written.
#[derive(Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields, default)]
#[derive(Default)]
struct Raw {
    #[serde(deserialize_with = "address")]
    operator: Option<Address>,
    #[serde(deserialize_with = "address")]
    payout: Option<Address>,
    #[serde(deserialize_with = "lnq")]
    stake: Option<Lnq>,
    cpu: Option<String>,
    memory: Option<String>,
    storage: Option<String>,
    gpus: Option<u16>,
    gpu_class: Option<u16>,
    bandwidth: Option<u32>,
    features: Option<Vec<String>>,
    region: Option<u16>,
    #[serde(deserialize_with = "lnq")]
    cpu_price: Option<Lnq>,
    #[serde(deserialize_with = "lnq")]
    memory_price: Option<Lnq>,
    #[serde(deserialize_with = "lnq")]
    storage_price: Option<Lnq>,
    #[serde(deserialize_with = "lnq")]
    gpu_price: Option<Lnq>,
    #[serde(deserialize_with = "lnq")]
    min_price: Option<Lnq>,
    open: Option<bool>,
    #[serde(deserialize_with = "secs")]
    min_run: Option<u32>,
    #[serde(deserialize_with = "secs")]
    max_run: Option<u32>,
    #[serde(deserialize_with = "secs")]
    max_window: Option<u32>,
    #[serde(deserialize_with = "lnq")]
    max_lock: Option<Lnq>,
    profile: RawProfile,
    self_test: RawSelfTest,
}

/// Its table `[profile]`.
#[derive(Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields, default)]
#[derive(Default)]
struct RawProfile {
    #[serde(deserialize_with = "word")]
    sealing_key: Option<B256>,
    sealing_key_file: Option<PathBuf>,
    metadata: Option<String>,
}

/// Its table `[self-test]`.
#[derive(Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields, default)]
#[derive(Default)]
struct RawSelfTest {
    #[serde(deserialize_with = "secs")]
    valid: Option<u32>,
    folder: Option<PathBuf>,
    report: Option<PathBuf>,
}

impl ProviderFile {
    /// Reads a file. Other files that it names lie beside it.
    pub(super) fn read(path: &Path) -> Result<Self> {
        let text = std::fs::read_to_string(path).map_err(|error| {
            Error::usage(format!("cannot read {}: {error}", path.display()))
                .hint("`linq provider init` writes such a file")
        })?;
        let file = Self::parse(&text).map_err(|error| error.context(path.display()))?;
        Ok(file.beside(path.parent().unwrap_or(Path::new(""))))
    }

    /// With every path as seen from where `folder` is named.
    fn beside(mut self, folder: &Path) -> Self {
        let SelfTestFlags { folder: measured, report, .. } = &mut self.self_test;
        for path in [&mut self.profile.sealing_key_file, measured, report].into_iter().flatten() {
            *path = folder.join(&*path);
        }
        self
    }

    /// Reads the text of a file.
    pub(super) fn parse(text: &str) -> Result<Self> {
        let raw: Raw = toml::from_str(text).map_err(|error| explain(text, &error))?;
        Ok(Self {
            operator: raw.operator,
            payout: raw.payout,
            stake: raw.stake,
            capacity: CapacityFlags {
                cpu: raw.cpu,
                memory: raw.memory,
                storage: raw.storage,
                gpus: raw.gpus,
                gpu_class: raw.gpu_class,
                bandwidth: raw.bandwidth,
                features: raw.features,
                region: raw.region,
            },
            offer: OfferFlags {
                cpu_price: raw.cpu_price,
                memory_price: raw.memory_price,
                storage_price: raw.storage_price,
                gpu_price: raw.gpu_price,
                min_price: raw.min_price,
                open: raw.open == Some(true),
                closed: raw.open == Some(false),
                min_run: raw.min_run,
                max_run: raw.max_run,
                max_window: raw.max_window,
                max_lock: raw.max_lock,
            },
            profile: ProfileFlags {
                sealing_key: raw.profile.sealing_key,
                sealing_key_file: raw.profile.sealing_key_file,
                metadata: raw.profile.metadata.map(check_metadata).transpose()?,
            },
            self_test: SelfTestFlags {
                valid: raw.self_test.valid,
                folder: raw.self_test.folder,
                report: raw.self_test.report,
            },
        })
    }
}

/// Says where the mistake is, and which field was probably meant.
fn explain(text: &str, error: &toml::de::Error) -> Error {
    let before = error.span().map_or(0, |span| span.start);
    let line = text.get(..before).unwrap_or_default().matches('\n').count() + 1;
    let refused = Error::usage(format!("line {line}: {}", error.message()));
    // The reader names the field and then those that there are, each between backquotes.
    let names: Vec<&str> = error.message().split('`').skip(1).step_by(2).collect();
    let Some((given, known)) = names.split_first().filter(|_| error.message().starts_with("unknown field")) else {
        return refused.hint("the fields are the flags of `linq provider register`; amounts and times are in quotes");
    };
    let likeness = |known: &&str| (strsim::jaro_winkler(given, known), (*known).to_owned());
    let nearest = known.iter().map(likeness).max_by(|(a, _), (b, _)| a.total_cmp(b));
    match nearest.filter(|(likeness, _)| *likeness >= ALIKE) {
        Some((_, right)) => Error::usage(format!("line {line}: unknown field `{given}`; did you mean `{right}`?")),
        None => refused,
    }
}

fn lnq<'de, D: Deserializer<'de>>(deserializer: D) -> std::result::Result<Option<Lnq>, D::Error> {
    written(deserializer, Lnq::from_str)
}

fn secs<'de, D: Deserializer<'de>>(deserializer: D) -> std::result::Result<Option<u32>, D::Error> {
    written(deserializer, parse_secs)
}

fn address<'de, D: Deserializer<'de>>(deserializer: D) -> std::result::Result<Option<Address>, D::Error> {
    written(deserializer, parse_address)
}

fn word<'de, D: Deserializer<'de>>(deserializer: D) -> std::result::Result<Option<B256>, D::Error> {
    written(deserializer, parse_word)
}

/// A value as people write it.
fn written<'de, D: Deserializer<'de>, T>(
    deserializer: D,
    parse: impl Fn(&str) -> std::result::Result<T, String>,
) -> std::result::Result<Option<T>, D::Error> {
    let text = String::deserialize(deserializer)?;
    parse(&text).map(Some).map_err(serde::de::Error::custom)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::Kind;

    fn refused(text: &str) -> String {
        let error = ProviderFile::parse(text).unwrap_err();
        assert_eq!(error.kind(), Kind::Usage);
        error.to_string()
    }

    #[test]
    fn an_unknown_field_is_refused_with_the_right_name() {
        assert_eq!(
            refused("cpu = \"4\"\nmemroy = \"8Gi\"\n"),
            "line 2: unknown field `memroy`; did you mean `memory`?"
        );
        assert!(refused("max_run = \"1h\"").contains("did you mean `max-run`"));
        let strange = refused("zzz = 1");
        assert!(strange.contains("`cpu`") && !strange.contains("did you mean"), "{strange}");
        assert!(
            refused("[profile]\nmetdata = \"\"").contains("line 2: unknown field `metdata`; did you mean `metadata`?")
        );
    }

    #[test]
    fn values_that_mean_nothing_are_refused_where_they_stand() {
        for (text, why) in [
            ("\nstake = \"much\"", "line 2: `much` is not an amount"),
            ("max-run = \"2\"", "line 1:"),
            ("operator = \"0x12\"", "is not an address"),
            ("cpu-price = 0.36", "expected a string"),
            ("cpu = ", "line 1"),
            ("[profile]\nsealing-key = \"0x12\"", "line 2:"),
            ("[profile]\nmetadata = \"two words\"", "no blanks"),
            ("[self-test]\nvalid = 30", "expected a string"),
        ] {
            let message = refused(text);
            assert!(message.contains(why), "{message}");
        }
    }

    #[test]
    fn the_file_and_the_flags_say_the_same() {
        let text =
            "cpu = \"4\"\nfeatures = [\"wasi\"]\nopen = true\nmax-run = \"1day\"\nstake = \"7\"\ncpu-price = \"1\"";
        let file = ProviderFile::parse(text).unwrap();
        assert_eq!(file.capacity.cpu.as_deref(), Some("4"));
        assert_eq!((file.offer.open, file.offer.closed, file.offer.max_run), (true, false, Some(86_400)));
        let tables = "[profile]\nsealing-key-file = \"key\"\nmetadata = \"ipfs://a\"\n[self-test]\nvalid = \"1day\"\n";
        let said = ProviderFile::parse(tables).unwrap().beside(Path::new("etc"));
        assert_eq!((said.profile.sealing_key_file, said.self_test.valid), (Some("etc/key".into()), Some(86_400)));
        assert_eq!((said.profile.metadata.as_deref(), said.self_test.folder), (Some("ipfs://a"), None));
        let silent = ProviderFile::parse("").unwrap();
        assert_eq!((silent.offer.open, silent.offer.closed), (false, false));
        assert_eq!((file.stake, file.offer.cpu_price), (Some(Lnq::whole(7)), Some(Lnq::whole(1))));
    }
}

//! Content by its SHA-256, written `sha256:<64 lower-case hex digits>`.

use std::{fmt, io, str::FromStr};

use alloy_primitives::B256;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use sha2::{Digest as _, Sha256};

use crate::ManifestError;

const PREFIX: &str = "sha256:";

/// The SHA-256 of some content.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Digest(B256);

impl Digest {
    /// The digest of `bytes`.
    pub fn of(bytes: impl AsRef<[u8]>) -> Self {
        Self(B256::from_slice(&Sha256::digest(bytes.as_ref())))
    }

    /// The digest and the length of everything `reader` gives.
    pub fn of_reader(mut reader: impl io::Read) -> io::Result<(Self, u64)> {
        let mut hasher = Hasher::default();
        let length = io::copy(&mut reader, &mut hasher)?;
        Ok((hasher.finish(), length))
    }

    /// Its 32 bytes.
    pub const fn bytes(self) -> B256 {
        self.0
    }

    /// Its 64 hex digits without the prefix: how content-addressed files are named.
    pub fn hex(self) -> String {
        hex::encode(self.0)
    }
}

impl From<B256> for Digest {
    fn from(bytes: B256) -> Self {
        Self(bytes)
    }
}

impl fmt::Display for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{PREFIX}{}", self.hex())
    }
}

impl fmt::Debug for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl FromStr for Digest {
    type Err = ManifestError;

    /// Takes the one spelling there is: two spellings of one digest would be two hashes of one manifest.
    fn from_str(text: &str) -> Result<Self, ManifestError> {
        let bad = || ManifestError::BadDigest { given: text.to_owned() };
        let digits = text.strip_prefix(PREFIX).ok_or_else(bad)?;
        if digits.len() != 64 || !digits.bytes().all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b)) {
            return Err(bad());
        }
        let mut bytes = B256::ZERO;
        hex::decode_to_slice(digits, bytes.as_mut_slice()).map_err(|_| bad())?;
        Ok(Self(bytes))
    }
}

impl Serialize for Digest {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Digest {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}

/// Reckons a [`Digest`] from content that comes in pieces.
#[derive(Clone, Default)]
pub struct Hasher(Sha256);

impl Hasher {
    /// Adds `bytes`.
    pub fn update(&mut self, bytes: &[u8]) {
        self.0.update(bytes);
    }

    /// The digest of everything added.
    pub fn finish(self) -> Digest {
        Digest(B256::from_slice(&self.0.finalize()))
    }
}

impl io::Write for Hasher {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.update(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ABC: &str = "sha256:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";

    #[test]
    fn a_digest_reads_back_as_it_is_written() {
        assert_eq!(Digest::of("abc").to_string(), ABC);
        assert_eq!(ABC.parse::<Digest>().unwrap(), Digest::of("abc"));
        assert_eq!(Digest::of_reader(&b"abc"[..]).unwrap(), (Digest::of("abc"), 3));
    }

    #[test]
    fn every_other_spelling_is_refused() {
        for bad in [&ABC[7..], &ABC.to_uppercase(), &ABC[..70], &format!("{ABC}0"), "sha512:00", ""] {
            assert_eq!(bad.parse::<Digest>(), Err(ManifestError::BadDigest { given: bad.to_owned() }));
        }
    }
}

//! The file that keeps a juror's votes and salts, encrypted with what the juror's key signs.
//!
//! What is in it can be restored from the key. It is there so that a vote is on the disk before its seal is on the chain.

use std::collections::BTreeMap;
use std::fs::File;
use std::path::{Path, PathBuf};

use alloy::primitives::{Address, B256, Bytes, FixedBytes};
use chacha20poly1305::aead::{Aead, KeyInit};
use chacha20poly1305::{XChaCha20Poly1305, XNonce};
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use super::{Seat, Vote, file_key};
use crate::client::Client;
use crate::error::{Error, Result};
use crate::network::Environment;

/// The version of the form.
const VERSION: u32 = 1;

/// A vote and the salt that it is sealed with.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sealed {
    /// The vote.
    pub vote: Vote,
    /// The salt: whoever has it before the reveal phase can void the seat.
    pub salt: B256,
}

/// The votes of one juror in one court.
pub struct VoteFile {
    path: PathBuf,
    place: Place,
    key: Zeroizing<[u8; 32]>,
    votes: BTreeMap<SeatNumber, Sealed>,
}

/// Whose votes a file has.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Place {
    chain_id: u64,
    court: Address,
    account: Address,
}

/// A seat in a court: dispute, round, seat.
type SeatNumber = (u64, u8, u8);

/// The file as it is written.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Envelope {
    version: u32,
    #[serde(flatten)]
    place: Place,
    nonce: FixedBytes<24>,
    sealed: Bytes,
}

/// One vote as it is encrypted.
#[derive(Serialize, Deserialize)]
struct Entry {
    dispute: u64,
    round: u8,
    seat: u8,
    #[serde(flatten)]
    sealed: Sealed,
}

impl VoteFile {
    /// Opens the file at `path`; one that is not there yet is empty.
    pub fn open(path: PathBuf, client: &Client, court: Address) -> Result<Self> {
        let place = Place { chain_id: client.chain_id(), court, account: client.account()? };
        let key = Zeroizing::new(file_key(client, court)?.0);
        let mut file = Self { path, place, key, votes: BTreeMap::new() };
        file.votes = file.read()?;
        Ok(file)
    }

    /// Where the file of an account is unless somebody says otherwise.
    pub fn default_path(client: &Client, court: Address, environment: Environment<'_>) -> Result<PathBuf> {
        let folder = environment("XDG_DATA_HOME").map(PathBuf::from);
        let folder = folder.or_else(|| environment("HOME").map(|home| Path::new(&home).join(".local/share")));
        let folder = folder.ok_or_else(|| {
            Error::config("there is no folder for the file of votes").hint("name the file with --votes, or set HOME")
        })?;
        let name = format!("{}-{court:#x}-{:#x}.json", client.chain_id(), client.account()?);
        Ok(folder.join("linq/votes").join(name))
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// What was sealed in a seat, as far as the file knows.
    pub fn get(&self, seat: &Seat) -> Option<&Sealed> {
        self.votes.get(&(seat.dispute, seat.round, seat.seat))
    }

    /// Keeps votes, beside what other processes have kept meanwhile.
    pub fn keep(&mut self, votes: impl IntoIterator<Item = (Seat, Sealed)>) -> Result<()> {
        let _lock = self.lock()?;
        self.votes = self.read()?;
        self.votes.extend(votes.into_iter().map(|(seat, sealed)| ((seat.dispute, seat.round, seat.seat), sealed)));
        self.write()
    }

    /// Waits until no other process changes the file.
    fn lock(&self) -> Result<File> {
        let path = self.path.with_extension("lock");
        let folder = path.parent().unwrap_or(Path::new("."));
        let lock = || -> std::io::Result<File> {
            std::fs::create_dir_all(folder)?;
            let file = File::create(&path)?;
            file.lock()?;
            Ok(file)
        };
        lock().map_err(|error| {
            Error::failure(format!("cannot write {}: {error}", path.display()))
                .hint("name a file for your votes that can be written with --votes")
        })
    }

    fn read(&self) -> Result<BTreeMap<SeatNumber, Sealed>> {
        let text = match std::fs::read(&self.path) {
            Ok(text) => text,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(BTreeMap::new()),
            Err(error) => return Err(self.unusable(&error.to_string())),
        };
        let envelope: Envelope =
            serde_json::from_slice(&text).map_err(|_| self.unusable("it is not a file of votes"))?;
        if envelope.version != VERSION {
            return Err(self.unusable(&format!("it has version {}, and this reads {VERSION}", envelope.version)));
        }
        if envelope.place != self.place {
            return Err(self.unusable("it has the votes of another account, court or chain"));
        }
        let content = self.cipher().decrypt(&XNonce::from(envelope.nonce.0), envelope.sealed.as_ref());
        let content = Zeroizing::new(content.map_err(|_| self.unusable("it was changed, or is of another key"))?);
        let entries: Vec<Entry> =
            serde_json::from_slice(&content).map_err(|_| self.unusable("its content is not a list of votes"))?;
        Ok(entries.into_iter().map(|entry| ((entry.dispute, entry.round, entry.seat), entry.sealed)).collect())
    }

    fn write(&self) -> Result<()> {
        let entries = self.votes.iter().map(|(&(dispute, round, seat), sealed)| {
            let sealed = sealed.clone();
            Entry { dispute, round, seat, sealed }
        });
        let failed = |why: String| Error::failure(format!("cannot encrypt {}: {why}", self.path.display()));
        let entries: Vec<Entry> = entries.collect();
        let content = Zeroizing::new(serde_json::to_vec(&entries).map_err(|error| failed(error.to_string()))?);
        // Another nonce each time: 24 random bytes never meet.
        let nonce = FixedBytes::<24>::random();
        let sealed = self
            .cipher()
            .encrypt(&XNonce::from(nonce.0), content.as_slice())
            .map_err(|error| failed(error.to_string()))?;
        let envelope = Envelope { version: VERSION, place: self.place, nonce, sealed: sealed.into() };
        let mut text = serde_json::to_vec(&envelope).map_err(|error| failed(error.to_string()))?;
        text.push(b'\n');
        crate::files::write_secret(&self.path, &text)
    }

    fn cipher(&self) -> XChaCha20Poly1305 {
        XChaCha20Poly1305::new((&*self.key).into())
    }

    fn unusable(&self, why: &str) -> Error {
        Error::config(format!("the file of votes {} cannot be used: {why}", self.path.display()))
            .hint("move it away or name another with --votes: your key restores every vote that it sealed")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::Kind;

    const COURT: Address = Address::repeat_byte(0xc0);

    fn file(path: &Path, key: u8) -> VoteFile {
        let place = Place { chain_id: 1, court: COURT, account: Address::repeat_byte(1) };
        let key = Zeroizing::new([key; 32]);
        VoteFile { path: path.into(), place, key, votes: BTreeMap::new() }
    }

    fn seat(seat: u8) -> Seat {
        Seat { chain_id: 1, court: COURT, dispute: 3, round: 0, seat, juror: 4 }
    }

    fn sealed(vote: u8) -> Sealed {
        Sealed { vote: Vote::new(vote).unwrap(), salt: B256::repeat_byte(0xab) }
    }

    fn refused(file: &VoteFile) -> String {
        let error = file.read().map(|votes| votes.len()).unwrap_err();
        assert_eq!(error.kind(), Kind::Config);
        assert!(error.next_step().is_some_and(|hint| hint.contains("your key restores")));
        error.to_string()
    }

    #[test]
    fn what_is_kept_is_there_for_the_next_process_and_for_nobody_else() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("deep/votes.json");
        file(&path, 7).keep([(seat(0), sealed(18))]).unwrap();
        // Another process that began when the file was empty.
        file(&path, 7).keep([(seat(2), sealed(255))]).unwrap();
        let mut again = file(&path, 7);
        again.votes = again.read().unwrap();
        assert!(again.get(&seat(0)) == Some(&sealed(18)) && again.get(&seat(2)) == Some(&sealed(255)));
        assert!(again.get(&seat(1)).is_none());

        let text = std::fs::read_to_string(&path).unwrap();
        assert!(!text.contains("abab") && !text.contains("dispute"), "{text}");
        use std::os::unix::fs::PermissionsExt;
        assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o077, 0);
        assert!(refused(&file(&path, 8)).contains("another key"));
    }

    #[test]
    fn no_nonce_is_used_twice() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("votes.json");
        let written = |_| {
            file(&path, 7).keep([(seat(0), sealed(18))]).unwrap();
            std::fs::read(&path).unwrap()
        };
        let [first, second] = [(), ()].map(written);
        assert_ne!(first, second);
    }

    #[test]
    fn what_was_changed_is_noticed() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("votes.json");
        file(&path, 7).keep([(seat(0), sealed(18))]).unwrap();
        let whole: serde_json::Value = serde_json::from_slice(&std::fs::read(&path).unwrap()).unwrap();
        let changed = |field: &str, value: serde_json::Value| {
            let mut other = whole.clone();
            other[field] = value;
            std::fs::write(&path, other.to_string()).unwrap();
            refused(&file(&path, 7))
        };
        let sealed = whole["sealed"].as_str().unwrap();
        let last = if sealed.ends_with('0') { "1" } else { "0" };
        let flipped = format!("{}{last}", &sealed[..sealed.len() - 1]);
        assert!(changed("sealed", flipped.into()).contains("was changed"));
        assert!(changed("sealed", "0x".into()).contains("was changed"));
        assert!(changed("version", 2.into()).contains("version 2"));
        assert!(changed("chainId", 2.into()).contains("another account, court or chain"));
        std::fs::write(&path, "votes").unwrap();
        assert!(refused(&file(&path, 7)).contains("not a file of votes"));
    }
}

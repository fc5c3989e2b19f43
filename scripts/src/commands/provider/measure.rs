//! What a machine can do, measured within bounds: each measurement ends after its time, whatever the machine.

use std::hint::black_box;
use std::io::Write;
use std::path::Path;
use std::thread;
use std::time::{Duration, Instant};

use alloy::primitives::{B256, keccak256};
use serde::Serialize;

use crate::error::{Error, Result};

/// Hashes between two looks at the clock.
const BATCH: u64 = 1_024;
/// Bytes that are copied at once: more than any cache holds.
const BUFFER: usize = 64 << 20;
/// Bytes that are written at once, and at most.
const BLOCK: usize = 1 << 20;
const MAX_WRITTEN: u64 = 256 << 20;
/// Bytes of a small write that has to be on the disk before the next begins.
const SMALL: usize = 4 << 10;

/// What was measured.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Figures {
    /// Hashes (keccak256 of 32 bytes) a second, of one core and of all at once.
    pub(super) core_hashes_per_sec: u64,
    pub(super) all_hashes_per_sec: u64,
    /// Bytes a second that one core copies from memory to memory.
    pub(super) memory_copy_bytes_per_sec: u64,
    /// Bytes a second that reach the disk.
    pub(super) disk_write_bytes_per_sec: u64,
    /// Small writes a second, each on the disk before the next.
    pub(super) disk_syncs_per_sec: u64,
}

impl Figures {
    /// Measures for about five times `each`, on the disk of `folder`.
    pub(super) fn measure(cores: usize, folder: &Path, each: Duration) -> Result<Self> {
        Ok(Self {
            core_hashes_per_sec: hashes_per_sec(1, each),
            all_hashes_per_sec: hashes_per_sec(cores, each),
            memory_copy_bytes_per_sec: copied_per_sec(each),
            disk_write_bytes_per_sec: written_per_sec(folder, each).map_err(|error| unwritten(folder, &error))?,
            disk_syncs_per_sec: syncs_per_sec(folder, each).map_err(|error| unwritten(folder, &error))?,
        })
    }
}

fn unwritten(folder: &Path, error: &std::io::Error) -> Error {
    Error::failure(format!("cannot measure the disk of {}: {error}", folder.display()))
        .hint("name a folder that can be written to, with 256 MiB free: --folder")
}

/// So many in so long are so many a second.
fn per_sec(count: u64, time: Duration) -> u64 {
    let nanos = time.as_nanos().max(1);
    u64::try_from(u128::from(count) * 1_000_000_000 / nanos).unwrap_or(u64::MAX)
}

fn hashes_per_sec(threads: usize, time: Duration) -> u64 {
    let start = Instant::now();
    let hash = || {
        let (mut word, mut count) = (B256::ZERO, 0);
        while count == 0 || start.elapsed() < time {
            for _ in 0..BATCH {
                word = keccak256(word);
            }
            count += BATCH;
        }
        black_box(word);
        count
    };
    let count = thread::scope(|scope| {
        let running: Vec<_> = (0..threads.max(1)).map(|_| scope.spawn(hash)).collect();
        // A thread that panicked has hashed nothing.
        running.into_iter().map(|thread| thread.join().unwrap_or_default()).sum()
    });
    per_sec(count, start.elapsed())
}

fn copied_per_sec(time: Duration) -> u64 {
    let (from, mut to) = (vec![0xa5_u8; BUFFER], vec![0_u8; BUFFER]);
    let (start, mut copied) = (Instant::now(), 0);
    while copied == 0 || start.elapsed() < time {
        to.copy_from_slice(black_box(&from));
        black_box(&mut to);
        copied += BUFFER as u64;
    }
    per_sec(copied, start.elapsed())
}

fn written_per_sec(folder: &Path, time: Duration) -> std::io::Result<u64> {
    let mut file = tempfile::tempfile_in(folder)?;
    let block = noise(BLOCK);
    let (start, mut written) = (Instant::now(), 0);
    while written == 0 || (start.elapsed() < time && written < MAX_WRITTEN) {
        file.write_all(&block)?;
        written += BLOCK as u64;
    }
    file.sync_all()?;
    Ok(per_sec(written, start.elapsed()))
}

fn syncs_per_sec(folder: &Path, time: Duration) -> std::io::Result<u64> {
    let mut file = tempfile::tempfile_in(folder)?;
    let block = noise(SMALL);
    let (start, mut synced) = (Instant::now(), 0);
    while synced == 0 || (start.elapsed() < time && synced * (SMALL as u64) < MAX_WRITTEN) {
        file.write_all(&block)?;
        file.sync_data()?;
        synced += 1;
    }
    Ok(per_sec(synced, start.elapsed()))
}

/// Bytes that no file system makes smaller.
fn noise(length: usize) -> Vec<u8> {
    let mut word = keccak256("noise");
    let words = std::iter::repeat_with(|| {
        word = keccak256(word);
        word.0
    });
    words.flatten().take(length).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rate_is_a_count_by_its_time() {
        assert_eq!(per_sec(500, Duration::from_millis(250)), 2_000);
        assert_eq!(per_sec(u64::MAX, Duration::from_nanos(1)), u64::MAX);
        assert_eq!(per_sec(7, Duration::ZERO), 7_000_000_000);
    }

    #[test]
    fn everything_is_measured_and_nothing_is_left_behind() {
        let folder = tempfile::tempdir().unwrap();
        let figures = Figures::measure(2, folder.path(), Duration::from_millis(1)).unwrap();
        let Figures { core_hashes_per_sec, all_hashes_per_sec, memory_copy_bytes_per_sec, .. } = figures;
        assert!(core_hashes_per_sec > 0 && all_hashes_per_sec > 0 && memory_copy_bytes_per_sec > 0, "{figures:?}");
        assert!(figures.disk_write_bytes_per_sec > 0 && figures.disk_syncs_per_sec > 0, "{figures:?}");
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
        assert!(Figures::measure(1, &folder.path().join("none"), Duration::from_millis(1)).is_err());
    }

    #[test]
    fn noise_is_as_long_as_asked_and_does_not_repeat() {
        assert_eq!([0, 1, 33, BLOCK].map(|length| noise(length).len()), [0, 1, 33, BLOCK]);
        let bytes = noise(1_024);
        assert_ne!(bytes[..512], bytes[512..]);
    }
}

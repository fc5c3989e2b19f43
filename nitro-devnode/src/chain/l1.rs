//! The price of data on L1.

use std::io::Write;

/// Units of L1 data per byte.
const UNITS_PER_BYTE: u64 = 16;

/// Units added when the transaction is not known yet: room for the fields around its data.
const ESTIMATE_PADDING: u64 = 16 * 16;

/// Bytes a transaction has besides its data, when only the latter is known.
const ENVELOPE_BYTES: usize = 110;

/// Units a transaction is charged for: those of its compressed encoding.
pub(crate) fn units(encoded: &[u8]) -> u64 {
    UNITS_PER_BYTE * compressed_len(encoded) as u64
}

/// The same for a transaction of which only the calldata is known, with one percent to spare.
pub(crate) fn estimated_units(input: &[u8]) -> u64 {
    let units = UNITS_PER_BYTE * (compressed_len(input) + ENVELOPE_BYTES) as u64;
    (units + ESTIMATE_PADDING) * 101 / 100
}

/// Length after brotli at its lowest level, which is what the chain charges by.
fn compressed_len(data: &[u8]) -> usize {
    const BUFFER: usize = 4_096;
    const LEVEL: u32 = 1;
    const WINDOW_BITS: u32 = 22;
    let mut writer = brotli::CompressorWriter::new(Vec::new(), BUFFER, LEVEL, WINDOW_BITS);
    // Writing to memory cannot fail.
    writer.write_all(data).and_then(|()| writer.flush()).map_or(data.len(), |()| writer.into_inner().len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn repetitive_data_is_cheaper() {
        assert!(units(&[7; 1_000]) < units(&(0..1_000u32).map(|i| (i * i % 251) as u8).collect::<Vec<_>>()));
        assert!(estimated_units(&[]) > 0);
    }
}

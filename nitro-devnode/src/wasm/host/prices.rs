//! Prices of host functions, in ink unless named otherwise.
//!
//! The figures are those of Nitro v3.9.5 (arbutil/src/pricing.rs and arbitrator/wasm-libraries/user-host-trait).

/// Every host function, a few very cheap ones excepted.
pub const HOSTIO: u64 = 8_400;

/// Each word or address read from or written to guest memory at a fixed size.
pub const POINTER: u64 = 5_040;

/// Leaving the program to ask the chain.
pub const EVM_API: u64 = 59_673;

/// 256-bit division and remainder.
pub const DIVISION: u64 = 20_000;

/// Addition modulo a number.
pub const ADD_MOD: u64 = 21_000;

/// Multiplication modulo a number.
pub const MUL_MOD: u64 = 24_100;

/// Bytes that the fixed part of a memory transfer covers.
const COVERED_BYTES: u64 = 32;

/// Gas of a transient storage access (EIP-1153).
pub const TRANSIENT_GAS: u64 = 100;

/// Gas of a cold storage slot (EIP-2929).
pub const COLD_SLOT_GAS: u64 = 2_100;

/// Gas of a cold account (EIP-2929).
pub const COLD_ACCOUNT_GAS: u64 = 2_600;

/// Gas that must be left to write storage (EIP-2200).
pub const STORE_SENTRY_GAS: u64 = 2_300;

/// The most that one access to the frame's storage cache can cost.
pub const CACHE_ACCESS_GAS: u64 = 10;

/// Gas for reading code of the usual largest size.
const CODE_GAS: u64 = 700;

/// That size, in bytes.
const USUAL_CODE_BYTES: usize = 24_576;

/// Gas of a log, and again of each topic.
const LOG_GAS: u64 = 375;

/// Gas of each byte of log data.
const LOG_BYTE_GAS: u64 = 8;

/// The host reads `len` bytes of guest memory.
pub fn read(len: u32) -> u64 {
    16_381 + 55 * u64::from(len).saturating_sub(COVERED_BYTES)
}

/// The host writes `len` bytes to guest memory.
pub fn write(len: usize) -> u64 {
    5_040 + 30 * (len as u64).saturating_sub(COVERED_BYTES)
}

/// Keccak-256 of `len` bytes.
pub fn keccak(len: u32) -> u64 {
    121_800 + 21_000 * u64::from(len).div_ceil(32).saturating_sub(2)
}

/// Raising to a power of `exponent`, big-endian.
pub fn pow(exponent: &[u8; 32]) -> u64 {
    let leading_zeros = exponent.iter().take_while(|byte| **byte == 0).count() as u64;
    3_000 + 17_500 * (33 - leading_zeros)
}

/// Gas for reading the code of an account, besides the access: chains that admit larger code charge more for any.
pub fn code_gas(max_code_size: usize) -> u64 {
    CODE_GAS * (max_code_size / USUAL_CODE_BYTES) as u64
}

/// Gas of a log.
pub fn log_gas(topics: u32, data_len: u32) -> u64 {
    LOG_GAS * (1 + u64::from(topics)) + LOG_BYTE_GAS * u64::from(data_len)
}

/// Gas of the `nth` load of a frame from its storage cache.
pub fn cache_read_gas(nth: u64) -> u64 {
    match nth {
        0..=32 => 0,
        33..=128 => 2,
        _ => CACHE_ACCESS_GAS,
    }
}

/// Gas of the `nth` write of a frame to its storage cache.
pub fn cache_write_gas(nth: u64) -> u64 {
    match nth {
        0..=8 => 0,
        9..=64 => 7,
        _ => CACHE_ACCESS_GAS,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn transfers_have_a_fixed_part_for_one_word() {
        assert_eq!(read(0), 16_381);
        assert_eq!(read(32), 16_381);
        assert_eq!(read(68), 16_381 + 36 * 55);
        assert_eq!(write(33), 5_070);
    }

    #[test]
    fn hashing_covers_two_words() {
        assert_eq!(keccak(0), 121_800);
        assert_eq!(keccak(64), 121_800);
        assert_eq!(keccak(65), 142_800);
    }

    #[test]
    fn powers_cost_by_the_bytes_of_the_exponent() {
        let mut exponent = [0; 32];
        assert_eq!(pow(&exponent), 20_500);
        exponent[31] = 1;
        assert_eq!(pow(&exponent), 38_000);
        exponent[0] = 1;
        assert_eq!(pow(&exponent), 580_500);
    }

    #[test]
    fn code_costs_by_the_whole_multiples_of_its_usual_size() {
        assert_eq!([24_576, 49_151, 49_152, 100_000].map(code_gas), [700, 700, 1_400, 2_800]);
    }

    #[test]
    fn cache_accesses_get_dearer() {
        assert_eq!([1, 32, 33, 128, 129].map(cache_read_gas), [0, 0, 2, 2, 10]);
        assert_eq!([1, 8, 9, 64, 65].map(cache_write_gas), [0, 0, 7, 7, 10]);
    }
}

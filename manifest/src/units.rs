//! Quantities as people write them: `500m` cores, `256Mi`, `20G` units of fuel, `90m`, `12.5` LNQ.

use alloy_primitives::{
    U256,
    utils::{ParseUnits, format_ether, parse_ether},
};

use crate::ManifestError;

/// The largest integer a canonical document may hold: what every JSON reader keeps exact.
pub const MAX_INTEGER: u64 = (1 << 53) - 1;

const DECIMAL: &[(&str, u64)] = &[("k", 1_000), ("M", 1_000_000), ("G", 1_000_000_000), ("T", 1_000_000_000_000)];
const BINARY: &[(&str, u64)] = &[("Ki", 1 << 10), ("Mi", 1 << 20), ("Gi", 1 << 30), ("Ti", 1 << 40)];

/// Thousandths of a core from `2`, `0.5` or `500m`.
pub fn cpu_millis(field: &'static str, text: &str) -> Result<u32, ManifestError> {
    let bad = || ManifestError::value(field, format!("`{text}` is not a number of cores such as `2`, `0.5` or `500m`"));
    let millis = match text.strip_suffix('m') {
        Some(millis) => millis.parse::<u64>().map_err(|_| bad())?,
        None => scaled(text, 3).ok_or_else(bad)?,
    };
    u32::try_from(millis).map_err(|_| bad())
}

/// Bytes from `1048576`, `1M` (10^6) or `1Mi` (2^20).
pub fn bytes(field: &'static str, text: &str) -> Result<u64, ManifestError> {
    with_suffix(text, &[BINARY, DECIMAL].concat())
        .ok_or_else(|| ManifestError::value(field, format!("`{text}` is not a size such as `256Mi`, `1Gi` or `500M`")))
}

/// A count from `20000000000` or `20G`.
pub fn count(field: &'static str, text: &str) -> Result<u64, ManifestError> {
    with_suffix(text, DECIMAL)
        .ok_or_else(|| ManifestError::value(field, format!("`{text}` is not a count such as `500M` or `20G`")))
}

/// Whole seconds from `72h`, `90m` or `1h 30m`; a bare number is refused because nobody can tell its unit.
pub fn seconds(field: &'static str, text: &str) -> Result<u32, ManifestError> {
    let bad = || ManifestError::value(field, format!("`{text}` is not a time such as `90s`, `10m` or `72h`"));
    if text == "0" {
        return Ok(0);
    }
    let duration = humantime::parse_duration(text).map_err(|_| bad())?;
    if duration.subsec_nanos() != 0 {
        return Err(ManifestError::value(field, format!("`{text}` is not a whole number of seconds")));
    }
    u32::try_from(duration.as_secs()).map_err(|_| bad())
}

/// Base units from an amount of LNQ such as `12.5`.
pub fn lnq(field: &'static str, text: &str) -> Result<u128, ManifestError> {
    let bad = || ManifestError::value(field, format!("`{text}` is not an amount of LNQ such as `12.5`"));
    let (whole, decimals) = text.split_once('.').unwrap_or((text, "0"));
    if digits(whole).is_none() || decimals.is_empty() || !decimals.bytes().all(|b| b.is_ascii_digit()) {
        return Err(bad());
    }
    if decimals.len() > 18 {
        return Err(ManifestError::value(field, format!("`{text}` has more than 18 decimals")));
    }
    u128::try_from(parse_ether(text).map_err(|_| bad())?).map_err(|_| bad())
}

/// An amount in base units as LNQ, without needless zeros.
pub fn format_lnq(amount: u128) -> String {
    let text = format_ether(ParseUnits::from(U256::from(amount)));
    match text.contains('.') {
        true => text.trim_end_matches('0').trim_end_matches('.').to_owned(),
        false => text,
    }
}

fn with_suffix(text: &str, suffixes: &[(&str, u64)]) -> Option<u64> {
    let (number, unit) = suffixes
        .iter()
        .find_map(|(suffix, unit)| text.strip_suffix(suffix).map(|number| (number, *unit)))
        .unwrap_or((text, 1));
    let value = digits(number)?.checked_mul(unit)?;
    (value <= MAX_INTEGER).then_some(value)
}

/// A decimal number times 10^`places`, when that is whole.
fn scaled(text: &str, places: usize) -> Option<u64> {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, "0"));
    if fraction.len() > places {
        return None;
    }
    let fraction = format!("{fraction:0<places$}");
    digits(whole)?.checked_mul(10u64.checked_pow(places as u32)?)?.checked_add(digits(&fraction)?)
}

/// Plain decimal digits: `str::parse` would also take a sign.
fn digits(text: &str) -> Option<u64> {
    (!text.is_empty() && text.bytes().all(|b| b.is_ascii_digit())).then(|| text.parse().ok())?
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantities_read_as_people_mean_them() {
        assert_eq!(cpu_millis("f", "2"), Ok(2_000));
        assert_eq!(cpu_millis("f", "0.5"), Ok(500));
        assert_eq!(cpu_millis("f", "250m"), Ok(250));
        assert_eq!(bytes("f", "256Mi"), Ok(256 << 20));
        assert_eq!(bytes("f", "1G"), Ok(1_000_000_000));
        assert_eq!(bytes("f", "17"), Ok(17));
        assert_eq!(count("f", "20G"), Ok(20_000_000_000));
        assert_eq!(seconds("f", "1h 30m"), Ok(5_400));
        assert_eq!(seconds("f", "0"), Ok(0));
        assert_eq!(lnq("f", "12.5"), Ok(12_500_000_000_000_000_000));
        assert_eq!(lnq("f", "0.000000000000000001"), Ok(1));
    }

    #[test]
    fn amounts_print_without_needless_zeros() {
        assert_eq!(format_lnq(12_500_000_000_000_000_000), "12.5");
        assert_eq!(format_lnq(10_000_000_000_000_000_000), "10");
        assert_eq!(format_lnq(1), "0.000000000000000001");
        assert_eq!(format_lnq(0), "0");
    }

    #[test]
    fn what_is_not_a_quantity_is_refused() {
        for bad in ["", "-1", "+1", "1.0001", "m", "1 core", "0x10", "5000000000"] {
            assert!(cpu_millis("f", bad).is_err(), "{bad}");
        }
        for bad in ["", "Mi", "-1Mi", "1.5Gi", "1mi", "8192Ti", "1e6"] {
            assert!(bytes("f", bad).is_err(), "{bad}");
        }
        for bad in ["", "10", "1.5", "100ms", "-1s"] {
            assert!(seconds("f", bad).is_err(), "{bad}");
        }
        for bad in ["", ".", "-1", "1e18", "1.2.3", "0.0000000000000000001"] {
            assert!(lnq("f", bad).is_err(), "{bad}");
        }
    }
}

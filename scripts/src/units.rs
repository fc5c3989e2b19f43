//! Amounts, lengths of time, addresses and digests as people write them.

use std::str::FromStr;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use alloy::primitives::aliases::U96;
use alloy::primitives::{Address, B256, U256};
use linq_manifest::units;
use serde::{Deserialize, Serialize};

/// An amount of LNQ in base units.
///
/// People write it in LNQ (`2.5`, `2.5LNQ`) or, with the suffix `wei`, in base units; its JSON form is the
/// number of base units as a string.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Lnq(pub U96);

impl Lnq {
    /// A whole number of LNQ.
    pub fn whole(lnq: u64) -> Self {
        // u64::MAX · 10^18 needs 124 bits; callers give far less, and a saturated amount is never affordable.
        Self(U96::from(lnq).saturating_mul(U96::from(10_u64.pow(18))))
    }

    /// An amount as the token counts it, when it fits what the contracts can hold.
    pub fn from_token(amount: U256) -> Option<Self> {
        u128::try_from(amount).ok().and_then(|amount| U96::try_from(amount).ok()).map(Self)
    }

    /// The amount as the token counts it.
    pub fn to_token(self) -> U256 {
        U256::from(self.0)
    }

    /// `bps` hundredths of a percent of it, rounded down.
    pub fn bps_down(self, bps: u16) -> Self {
        let share = self.to_token() * U256::from(bps) / U256::from(10_000);
        Self(share.saturating_to())
    }

    /// As [`Lnq::bps_down`], rounded up.
    pub fn bps_up(self, bps: u16) -> Self {
        let share = (self.to_token() * U256::from(bps)).div_ceil(U256::from(10_000));
        Self(share.saturating_to())
    }

    /// It, `count` times; nothing when that is more than the contracts can hold.
    pub fn times(self, count: u64) -> Option<Self> {
        self.0.checked_mul(U96::from(count)).map(Self)
    }
}

impl std::fmt::Display for Lnq {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} LNQ", decimal(self.to_token()))
    }
}

/// An amount of LNQ or ether (both have 18 decimals), without useless zeros.
pub fn decimal(amount: U256) -> String {
    // The whole supply takes 90 bits.
    units::format_lnq(amount.saturating_to())
}

impl FromStr for Lnq {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let text = text.trim();
        let amount = match text.strip_suffix("wei").map(str::trim) {
            // `str::parse` would also take a sign.
            Some(digits) if digits.bytes().all(|byte| byte.is_ascii_digit()) => digits.parse().ok(),
            Some(_) => None,
            None => units::lnq("amount", text.strip_suffix("LNQ").unwrap_or(text).trim()).ok(),
        };
        let amount = amount.ok_or_else(|| {
            format!("`{text}` is not an amount: write LNQ such as `2.5`, with at most 18 decimals, or base units such as `1000wei`")
        })?;
        U96::try_from(amount).map(Self).map_err(|_| format!("`{text}` is more than the contracts can hold"))
    }
}

impl Serialize for Lnq {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for Lnq {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        U96::from_str(&text).map(Self).map_err(serde::de::Error::custom)
    }
}

/// A length of time such as `90s`, `2h` or `1day 12h`, in whole seconds.
pub fn parse_secs(text: &str) -> Result<u32, String> {
    units::seconds("length of time", text).map_err(|error| error.to_string())
}

/// As [`parse_secs`], for waiting.
pub fn parse_duration(text: &str) -> Result<Duration, String> {
    parse_secs(text).map(|secs| Duration::from_secs(secs.into()))
}

/// A length of time as people read it.
pub fn show_secs(secs: u64) -> String {
    humantime::format_duration(Duration::from_secs(secs)).to_string()
}

/// A unix second as people read it (UTC).
pub fn show_time(unix_secs: u64) -> String {
    match UNIX_EPOCH.checked_add(Duration::from_secs(unix_secs)) {
        // The formatter panics from the year 10000 on.
        Some(time) if unix_secs < 253_402_300_800 => humantime::format_rfc3339_seconds(time).to_string(),
        _ => format!("second {unix_secs}"),
    }
}

/// A moment together with how far it is away.
pub fn show_moment(unix_secs: u64) -> String {
    let now = now();
    let distance = show_secs(unix_secs.abs_diff(now));
    let relation = if unix_secs > now { format!("in {distance}") } else { format!("{distance} ago") };
    format!("{} ({relation})", show_time(unix_secs))
}

/// Seconds since 1970 by the clock of this machine.
pub fn now() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |elapsed| elapsed.as_secs())
}

/// An address; a mixed-case one must have a correct checksum.
pub fn parse_address(text: &str) -> Result<Address, String> {
    let address = Address::from_str(text)
        .map_err(|_| format!("`{text}` is not an address: it is `0x` and 40 hexadecimal digits"))?;
    let digits = text.strip_prefix("0x").unwrap_or(text);
    let mixed =
        digits.bytes().any(|byte| byte.is_ascii_uppercase()) && digits.bytes().any(|byte| byte.is_ascii_lowercase());
    if mixed && address.to_checksum(None).trim_start_matches("0x") != digits {
        return Err(format!("`{text}` has a wrong checksum: compare it with where it comes from"));
    }
    Ok(address)
}

/// A job id or another 32-byte word.
pub fn parse_word(text: &str) -> Result<B256, String> {
    B256::from_str(text).map_err(|_| format!("`{text}` is not an id: it is `0x` and 64 hexadecimal digits"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lnq(text: &str) -> Result<String, String> {
        text.parse::<Lnq>().map(|amount| amount.0.to_string())
    }

    #[test]
    fn amounts_are_lnq_unless_they_say_wei() {
        assert_eq!(lnq("2.5").unwrap(), "2500000000000000000");
        assert_eq!(lnq("2.5LNQ").unwrap(), "2500000000000000000");
        assert_eq!(lnq(" 7 LNQ ").unwrap(), "7000000000000000000");
        assert_eq!(lnq("12wei").unwrap(), "12");
        assert_eq!(lnq("0").unwrap(), "0");
    }

    #[test]
    fn amounts_that_mean_nothing_are_refused() {
        for text in ["", "wei", "-1", "1e3", "1.2.3", "one", "0x10", "1.5wei", "0.0000000000000000001", "1_000"] {
            assert!(lnq(text).is_err(), "{text}");
        }
    }

    #[test]
    fn amounts_above_what_a_contract_holds_are_refused() {
        assert!(lnq("79228162514.264337593543950335").is_ok());
        assert!(lnq("79228162514.264337593543950336").is_err());
    }

    #[test]
    fn amounts_are_shown_without_useless_zeros() {
        assert_eq!("2.500".parse::<Lnq>().unwrap().to_string(), "2.5 LNQ");
        assert_eq!("10".parse::<Lnq>().unwrap().to_string(), "10 LNQ");
        assert_eq!("1wei".parse::<Lnq>().unwrap().to_string(), "0.000000000000000001 LNQ");
    }

    #[test]
    fn amounts_are_strings_of_base_units_in_json() {
        let json = serde_json::to_string(&Lnq::whole(3)).unwrap();
        assert_eq!(json, r#""3000000000000000000""#);
        assert_eq!(serde_json::from_str::<Lnq>(&json).unwrap(), Lnq::whole(3));
    }

    #[test]
    fn shares_round_as_they_say() {
        assert_eq!(Lnq(U96::from(399)).bps_up(250).0, U96::from(10));
        assert_eq!(Lnq(U96::from(399)).bps_down(250).0, U96::from(9));
        assert_eq!(Lnq(U96::MAX).bps_down(10_000).0, U96::MAX);
        assert_eq!(Lnq(U96::MAX).times(2), None);
    }

    #[test]
    fn lengths_of_time_are_whole_seconds() {
        assert_eq!(parse_secs("2h"), Ok(7_200));
        assert_eq!(parse_secs("1day 30m"), Ok(88_200));
        for text in ["", "2", "-2h", "500ms", "200years", "two hours"] {
            assert!(parse_secs(text).is_err(), "{text}");
        }
    }

    #[test]
    fn moments_are_shown_in_utc() {
        assert_eq!(show_time(1_735_689_600), "2025-01-01T00:00:00Z");
        assert_eq!(show_time(u64::MAX), format!("second {}", u64::MAX));
    }

    #[test]
    fn a_wrong_checksum_is_noticed() {
        assert!(parse_address("0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266").is_ok());
        assert!(parse_address("0xf39fd6e51aad88f6f4ce6ab8827279cfffb92266").is_ok());
        assert!(parse_address("0xF39Fd6e51aad88F6F4ce6aB8827279cffFb92266").is_err());
        assert!(parse_address("0xf39f").is_err());
    }
}

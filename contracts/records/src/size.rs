//! How often a property is tried.

use proptest::test_runner::Config;

/// As usual; 10^6 times with `LINQ_NIGHTLY=1`, which `cargo xtask nightly` sets.
pub fn cases() -> Config {
    let nightly = std::env::var_os("LINQ_NIGHTLY").is_some_and(|value| value == "1");
    if nightly { Config::with_cases(1_000_000) } else { Config::default() }
}

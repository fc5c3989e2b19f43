//! How large a random test is, and what it begins with.

use proptest::test_runner::{Config, RngAlgorithm, TestRng};

/// Whether tests run at their larger size: with `LINQ_NIGHTLY=1`, which `cargo xtask nightly` sets.
pub fn is_nightly() -> bool {
    std::env::var_os("LINQ_NIGHTLY").is_some_and(|value| value == "1")
}

/// A million cases where there is time for them.
pub fn cases() -> Config {
    Config::with_cases(if is_nightly() { 1_000_000 } else { 512 })
}

/// What random things begin with: `LINQ_SEED`, or 1. It is printed.
pub fn chance() -> TestRng {
    let seed: u64 = std::env::var("LINQ_SEED").ok().and_then(|text| text.parse().ok()).unwrap_or(1);
    println!("LINQ_SEED={seed}");
    TestRng::from_seed(RngAlgorithm::ChaCha, &[seed.to_be_bytes(); 4].concat())
}

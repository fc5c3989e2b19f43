//! The deployed form of `beacon`.

pub use beacon::*;

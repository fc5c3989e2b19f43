//! The deployed form of `escrow`.

pub use escrow::*;

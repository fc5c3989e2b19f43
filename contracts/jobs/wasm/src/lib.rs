//! The deployed form of `jobs`.

pub use jobs::*;

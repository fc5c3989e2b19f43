//! The deployed form of `court`.

pub use court::*;

//! The deployed form of `disputes`.

pub use disputes::*;

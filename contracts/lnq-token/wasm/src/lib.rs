//! The deployed form of [`lnq_token`].
#![no_std]

pub use lnq_token::*;

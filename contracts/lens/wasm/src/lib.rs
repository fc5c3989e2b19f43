//! The deployed form of [`lens`].
#![no_std]

pub use lens::*;

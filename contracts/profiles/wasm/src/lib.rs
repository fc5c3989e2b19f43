//! The deployed form of [`profiles`].
#![no_std]

pub use profiles::*;

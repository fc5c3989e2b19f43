//! The deployed form of [`jurors`].
#![no_std]

pub use jurors::*;

//! The deployed form of [`registry`].
#![no_std]

pub use registry::*;

//! Runs the work of jobs: [`fetch`] gets content by digest, [`mod@prepare`] checks it against the terms, [`backend`] runs it.
//!
//! The relayer runs with it what its provider takes, and everybody else what they want to see for themselves: the same
//! manifest gives the same output root wherever it runs.
#![deny(missing_docs)]

pub mod backend;
pub mod fetch;
pub mod prepare;

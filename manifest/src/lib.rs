//! What a job runs and what came of it, in a form that everybody hashes alike.
//!
//! - A [`Resource`] is what a person writes: `resource.yaml`, with units, defaults and paths relative to the file.
//!   It has two parts, the [`Manifest`] (what runs) and the [`Order`] (what is offered for it).
//! - [`mistakes`] says everything that is wrong with such a file, and where.
//! - The canonical form of a [`Manifest`] is JSON as RFC 8785 writes it: keys sorted, no white space, integers below
//!   2^53 and no other numbers. `specHash`, which the job's terms carry, is SHA-256 of those bytes.
//! - An [`Output`] lists what a run left behind; its [`Output::root`] is the Merkle root a provider submits.
//!
//! An order becomes the terms of a job by [`Order::terms`].
#![deny(missing_docs)]

mod digest;
mod error;
pub mod feature;
mod fields;
mod manifest;
mod mistakes;
mod order;
mod output;
mod resource;
mod schema;
mod tree;
pub mod units;

pub use digest::{Digest, Hasher};
pub use error::ManifestError;
pub use manifest::{Artifact, Input, Limits, Manifest, Resources, Workload};
pub use mistakes::{Mistake, mistakes};
pub use order::{Matching, Order, Posting, Price, job_id};
pub use output::{Content, Ending, Output, OutputFile};
pub use resource::Resource;
pub use schema::json_schema;

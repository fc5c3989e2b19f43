//! The pipeline over a chain that does what a test tells it.

mod fake;
mod follower;
mod sender;

//! The node as clients see it over its sockets.

mod client;
mod dev;
mod errors;
mod filters;
mod forking;
mod harness;
mod malformed;
mod shapes;
mod subscriptions;
mod tracing;
mod transport;
mod trying;

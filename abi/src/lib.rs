//! Every interface, event, error and shared struct of the Linq contracts, once.
//!
//! Contracts implement and emit them, the relayer, the command line and the tests encode and decode with them.
//! Conventions that hold everywhere:
//!
//! - Amounts are LNQ base units (10^18 = 1 LNQ); a parameter named `…Wei` would be ether, and there is none.
//! - Times are unix seconds, lengths of time end in `Secs`; a deadline is half-open: valid iff `now < deadline`.
//! - Fees and collateral are in bps (hundredths of a percent); claims, shares and rulings in twentieths (0…20).
//! - Status codes are `uint8` in the ABI; the enums of [`codes`] name them and never change their numbers.
//!
//! With feature `contract` the shared structs can be taken as arguments by Stylus contracts, which read and write them by
//! way of `wire`. The JSON form of every interface lies in `abi/json/`; `cargo xtask abi` makes it. [`typed`] has what is
//! signed.
#![no_std]
#![allow(missing_docs, reason = "`sol!` writes undocumented items beside the documented ones")]
#![allow(clippy::too_many_arguments, reason = "the macro makes a function of every event")]

extern crate alloc;

mod beacon;
pub mod codes;
mod court;
mod disputes;
mod escrow;
mod jurors;
mod marketplace;
mod profiles;
mod token;
pub mod typed;
#[cfg(feature = "contract")]
pub mod wire;

pub use beacon::*;
pub use court::*;
pub use disputes::*;
pub use escrow::*;
pub use jurors::*;
pub use marketplace::*;
pub use profiles::*;
pub use token::*;

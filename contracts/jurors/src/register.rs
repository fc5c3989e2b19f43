//! Who a juror is, and what it holds.

// The SDK's macros name `Vec` without a path.
use alloc::vec::Vec;

use alloy_primitives::{Address, aliases::U96};
use linq_abi::Juror;
use linq_common::Abi;
use stylus_sdk::prelude::*;

use crate::{Jurors, JurorsError, drawing::require_at_most};

/// The most jurors that one call answers about.
const MAX_STAKES: u32 = 64;

/// What anyone may read of jurors.
#[public]
#[allow(missing_docs, reason = "the macro adds a method of its own")]
pub trait Register {
    /// The whole record of a juror; all zero for a number that was not given out.
    ///
    /// Units: LNQ base units; unix seconds.
    fn juror(&self, id: u32) -> Abi<Juror>;

    /// Who a juror is; zero for a number that was not given out.
    fn account(&self, juror: u32) -> Address;

    /// The number of the juror that `account` is, or 0.
    fn juror_of(&self, account: Address) -> u32;

    /// How many numbers were given out: 1 to this.
    fn count(&self) -> u32;

    /// Active stake of each of `jurors`, as it is now; zero for a number that was not given out.
    ///
    /// Fails: `JurorsTooMany` for more than 64.
    /// Units: LNQ base units.
    fn stakes(&self, jurors: Vec<u32>) -> Result<Vec<U96>, JurorsError>;
}

#[public]
impl Register for Jurors {
    fn juror(&self, id: u32) -> Abi<Juror> {
        let holder = self.holders.getter(id.into()).get();
        let account = self.accounts.getter(holder.account.into()).get();
        Abi(Juror {
            account: holder.account,
            active: holder.active.into(),
            leaving: account.leaving.into(),
            leavingEnd: account.leaving_end.secs(),
        })
    }

    fn account(&self, juror: u32) -> Address {
        self.holders.getter(juror.into()).get().account
    }

    fn juror_of(&self, account: Address) -> u32 {
        self.accounts.getter(account.into()).get().juror
    }

    fn count(&self) -> u32 {
        self.settings.get().jurors
    }

    fn stakes(&self, jurors: Vec<u32>) -> Result<Vec<U96>, JurorsError> {
        require_at_most(jurors.len(), MAX_STAKES)?;
        Ok(jurors.into_iter().map(|juror| self.holders.getter(juror.into()).get().active.into()).collect())
    }
}

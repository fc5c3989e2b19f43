//! Functions of a program that records them.

use super::super::profile::{FUNCTION_ENTERED, FUNCTION_LEFT};
use super::{Hook, HookCall};

impl HookCall<'_, '_> {
    /// A function starts.
    pub fn enter_function(&mut self, index: u32) -> Hook {
        self.record(FUNCTION_ENTERED, &[&index.to_be_bytes()], &[]);
        Ok(())
    }

    /// A function has returned.
    pub fn leave_function(&mut self, index: u32) -> Hook {
        self.record(FUNCTION_LEFT, &[&index.to_be_bytes()], &[]);
        Ok(())
    }
}

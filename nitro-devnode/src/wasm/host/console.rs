//! Printing on debug chains. It costs nothing.

use std::fmt::Display;

use super::{Hook, HookCall};

/// Log target under which programs print.
const TARGET: &str = "stylus::console";

impl HookCall<'_, '_> {
    /// Prints text; bytes that are not UTF-8 are replaced.
    pub fn console_log_text(&mut self, pointer: u32, len: u32) -> Hook {
        let text = String::from_utf8_lossy(self.slice(pointer, len)?).into_owned();
        self.print(&text);
        self.record("console_log_text", &[text.as_bytes()], &[]);
        Ok(())
    }

    /// Prints a number.
    pub fn console_log<T: Display>(&mut self, value: T) -> Hook {
        let text = value.to_string();
        self.print(&text);
        self.record("console_log", &[text.as_bytes()], &[]);
        Ok(())
    }

    fn print(&self, text: &str) {
        if self.context().debug {
            tracing::info!(target: TARGET, contract = %self.context().contract_address, "{text}");
        }
    }
}

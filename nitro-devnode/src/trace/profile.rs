//! Where the ink of a transaction went.

use std::collections::{BTreeMap, HashMap};
use std::fmt::{self, Display, Formatter};

use alloy::primitives::Address;

use super::{Frame, HostRecord, Step, Symbols};

/// What a program pays before its first instruction; for the outermost frame with what the transaction itself costs.
const ENTRY: &str = "(entry)";

/// The ink of one function, host call or frame.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Line {
    /// Its name.
    pub name: String,
    /// Ink it took itself.
    pub own: u64,
    /// Ink it took with all it called.
    pub total: u64,
    /// How many times it was called.
    pub calls: u64,
}

/// The ink of a transaction by function.
#[derive(Clone, Debug, Default)]
pub struct Profile {
    /// Ink by stack, outermost first.
    stacks: BTreeMap<Vec<String>, u64>,
    calls: HashMap<String, u64>,
}

impl Profile {
    /// Sums up a frame that was recorded with functions. Gas of frames is counted as ink at `ink_price`.
    pub fn of(frame: &Frame, symbols: &HashMap<Address, Symbols>, ink_price: u64) -> Self {
        let mut profile = Self::default();
        let mut walk = Walk { profile: &mut profile, symbols, ink_price, stack: Vec::new() };
        walk.frame(frame);
        profile
    }

    /// All ink.
    pub fn total(&self) -> u64 {
        self.stacks.values().sum()
    }

    /// One line for each name, the one that took most itself first.
    pub fn lines(&self) -> Vec<Line> {
        let mut lines: HashMap<&str, Line> = HashMap::new();
        for (stack, ink) in &self.stacks {
            if let Some(last) = stack.last() {
                lines.entry(last).or_default().own += ink;
            }
            let mut counted: Vec<&str> = Vec::new();
            for name in stack {
                // A function that calls itself is in a stack more than once.
                if !counted.contains(&name.as_str()) {
                    lines.entry(name).or_default().total += ink;
                    counted.push(name);
                }
            }
        }
        let named = lines.into_iter().map(|(name, line)| {
            let calls = self.calls.get(name).copied().unwrap_or_default();
            Line { name: name.to_owned(), calls, ..line }
        });
        let mut lines: Vec<Line> = named.collect();
        lines.sort_by(|a, b| b.own.cmp(&a.own).then_with(|| a.name.cmp(&b.name)));
        lines
    }

    /// Each stack and its own ink, as tools that draw flame graphs read them.
    pub fn folded(&self) -> String {
        let lines = self.stacks.iter().filter(|(_, ink)| **ink > 0);
        lines.map(|(stack, ink)| format!("{} {ink}\n", stack.join(";"))).collect()
    }
}

impl Display for Profile {
    fn fmt(&self, out: &mut Formatter<'_>) -> fmt::Result {
        let total = self.total();
        writeln!(out, "{total} ink\n")?;
        writeln!(out, "{:>7}  {:>16}  {:>16}  {:>7}  function", "own %", "own ink", "with callees", "calls")?;
        for line in self.lines() {
            let share = line.own as f64 * 100.0 / total.max(1) as f64;
            writeln!(out, "{share:>7.2}  {:>16}  {:>16}  {:>7}  {}", line.own, line.total, line.calls, line.name)?;
        }
        Ok(())
    }
}

/// A walk through a call tree.
struct Walk<'a> {
    profile: &'a mut Profile,
    symbols: &'a HashMap<Address, Symbols>,
    ink_price: u64,
    stack: Vec<String>,
}

impl Walk<'_> {
    /// Counts a frame and returns its ink.
    fn frame(&mut self, frame: &Frame) -> u64 {
        let total = frame.gas_used.saturating_mul(self.ink_price);
        let kind = if frame.stylus { "program" } else { "contract" };
        self.push(format!("{kind} {}", frame.to.unwrap_or_default()));
        let base = self.stack.len();
        let inside = if frame.stylus { self.program(frame) } else { self.nested(&frame.steps) };
        self.stack.truncate(base);
        let rest = total.saturating_sub(inside);
        if frame.stylus {
            self.push(ENTRY.to_owned());
            self.add(rest);
            self.stack.pop();
        } else {
            self.add(rest);
        }
        self.stack.pop();
        total.max(inside)
    }

    /// Counts the frames among `steps`.
    fn nested(&mut self, steps: &[Step]) -> u64 {
        let frames = steps.iter().filter_map(|step| match step {
            Step::Frame(nested) => Some(nested),
            _ => None,
        });
        frames.map(|nested| self.frame(nested)).sum()
    }

    /// Counts what a program's records tell and returns how much it is.
    fn program(&mut self, frame: &Frame) -> u64 {
        let base = self.stack.len();
        let names = frame.to.and_then(|to| self.symbols.get(&to));
        let mut ink: Option<u64> = None;
        let mut inside = 0;
        // Steps since the last record: the frames that the next one may have made.
        let mut since = 0;
        for (place, step) in frame.steps.iter().enumerate() {
            let Step::Host(record) = step else { continue };
            let before = ink.map_or(0, |ink| ink.saturating_sub(record.start_ink));
            self.add(before);
            inside += before;
            ink = Some(record.end_ink);
            if let Some(function) = record.entered() {
                self.push(names.map_or_else(|| format!("function {function}"), |names| names.name(function)));
            } else if record.has_left_function() {
                if self.stack.len() > base {
                    self.stack.pop();
                }
            } else {
                inside += self.host_call(record, &frame.steps[since..place]);
            }
            since = place + 1;
        }
        inside + self.nested(&frame.steps[since..])
    }

    fn host_call(&mut self, record: &HostRecord, made: &[Step]) -> u64 {
        let cost = record.start_ink.saturating_sub(record.end_ink);
        self.push(record.name.clone());
        let nested = self.nested(made);
        self.add(cost.saturating_sub(nested));
        self.stack.pop();
        cost.max(nested)
    }

    fn push(&mut self, name: String) {
        *self.profile.calls.entry(name.clone()).or_default() += 1;
        self.stack.push(name);
    }

    fn add(&mut self, ink: u64) {
        *self.profile.stacks.entry(self.stack.clone()).or_default() += ink;
    }
}

#[cfg(test)]
mod tests {
    use alloy::primitives::{Bytes, U256};

    use super::super::HostRecord;
    use super::*;
    use crate::wasm::profile::{FUNCTION_ENTERED, FUNCTION_LEFT};

    fn record(name: &str, function: u32, start_ink: u64, end_ink: u64) -> Step {
        let args = function.to_be_bytes().to_vec().into();
        Step::Host(HostRecord { name: name.to_owned(), args, outs: Bytes::new(), start_ink, end_ink })
    }

    fn frame(to: u8, gas_used: u64, stylus: bool, steps: Vec<Step>) -> Frame {
        let to = Address::with_last_byte(to);
        Frame {
            kind: "CALL".to_owned(),
            from: Address::ZERO,
            to: Some(to),
            acting: to,
            value: U256::ZERO,
            gas: 1_000,
            gas_used,
            stylus,
            input: Bytes::new(),
            output: Bytes::new(),
            error: None,
            reason: None,
            steps,
        }
    }

    #[test]
    fn every_ink_is_counted_once() {
        let inner = frame(2, 30, false, Vec::new());
        let steps = vec![
            record("user_entrypoint", 0, 1_000, 1_000),
            record(FUNCTION_ENTERED, 5, 1_000, 1_000),
            record(FUNCTION_ENTERED, 6, 990, 990),
            record("msg_sender", 0, 980, 970),
            record(FUNCTION_LEFT, 6, 960, 960),
            Step::Frame(Box::new(inner)),
            record("call_contract", 0, 950, 600),
            record(FUNCTION_LEFT, 5, 595, 595),
            record("user_returned", 0, 595, 595),
        ];
        let profile = Profile::of(&frame(1, 50, true, steps), &HashMap::new(), 10);
        assert_eq!(profile.total(), 500);
        let lines = profile.lines();
        let line = |name: &str| lines.iter().find(|line| line.name == name).cloned().unwrap_or_default();
        assert_eq!((line("function 5").own, line("function 5").total), (10 + 10 + 5, 405));
        assert_eq!((line("function 6").own, line("function 6").total, line("function 6").calls), (20, 30, 1));
        assert_eq!((line("msg_sender").own, line("call_contract").own), (10, 50));
        assert_eq!((line(ENTRY).own, line(&format!("contract {}", Address::with_last_byte(2))).own), (95, 300));
        let outer = format!("program {}", Address::with_last_byte(1));
        assert!(profile.folded().contains(&format!("{outer};function 5;function 6;msg_sender 10\n")));
    }

    #[test]
    fn a_function_that_calls_itself_is_counted_once_in_its_total() {
        let steps = vec![
            record(FUNCTION_ENTERED, 1, 100, 100),
            record(FUNCTION_ENTERED, 1, 90, 90),
            record(FUNCTION_LEFT, 1, 70, 70),
            record(FUNCTION_LEFT, 1, 60, 60),
        ];
        let profile = Profile::of(&frame(1, 4, true, steps), &HashMap::new(), 10);
        let lines = profile.lines();
        let own = lines.iter().find(|line| line.name == "function 1").expect("a line");
        assert_eq!((own.own, own.total, own.calls), (40, 40, 2));
    }
}

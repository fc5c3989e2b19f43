//! What is written down.

use alloy_primitives::{Address, B256, Bytes, U256};
use serde::Serialize;

/// A whole game.
#[derive(Serialize)]
pub struct Record {
    /// Where its random numbers began.
    pub seed: u64,
    /// Who plays; steps name them by their place here.
    pub people: Vec<Address>,
    /// What each of them starts with.
    pub shares: Vec<U256>,
    /// What happened.
    pub steps: Vec<Step>,
}

/// Who holds what.
pub type Balances = Vec<(usize, U256)>;

/// Owner, spender, and what the spender may move.
pub type Allowances = Vec<(usize, usize, U256)>;

/// One call.
#[derive(Serialize)]
pub struct Step {
    /// Who calls.
    pub from: usize,
    /// Selector and arguments.
    pub input: Bytes,
    /// Whether it returns or reverts.
    pub succeeds: bool,
    /// What it returns or reverts with.
    pub output: Bytes,
    /// What it logs.
    pub logs: Vec<Log>,
    /// Balances that are not what they were before.
    pub balances: Balances,
    /// Allowances that are not what they were before.
    pub allowances: Allowances,
}

/// One event.
#[derive(Serialize)]
pub struct Log {
    /// Topics.
    pub topics: Vec<B256>,
    /// Data.
    pub data: Bytes,
}

impl Record {
    /// The file, with one step on each line.
    pub fn to_text(&self) -> String {
        let steps: Vec<String> = self.steps.iter().map(line).collect();
        format!(
            "{{\n\"seed\": {},\n\"people\": {},\n\"shares\": {},\n\"steps\": [\n{}\n]\n}}\n",
            self.seed,
            line(&self.people),
            line(&self.shares),
            steps.join(",\n")
        )
    }
}

/// JSON on one line.
fn line(value: &impl Serialize) -> String {
    serde_json::to_string(value).expect("numbers and bytes can be written")
}

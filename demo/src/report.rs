//! What the story prints, and the same as data.

use alloy::primitives::{Address, B256, I256, U256};
use serde_json::{Value, json};

use crate::ledger::{Closed, decimal};

/// Collects the steps while it prints them.
#[derive(Debug, Default)]
pub struct Report {
    steps: Vec<Value>,
    contracts: Vec<Value>,
    workloads: Vec<Value>,
    disputes: Vec<Value>,
}

/// One transaction of the story.
#[derive(Clone, Debug)]
pub struct Step {
    /// Who did it.
    pub who: &'static str,
    /// What was done, in words.
    pub what: String,
    /// Its hash.
    pub transaction: B256,
    /// Gas used.
    pub gas: u64,
}

/// One deployed program.
#[derive(Clone, Debug)]
pub struct Program {
    /// Contract.
    pub name: String,
    /// Where it is.
    pub address: Address,
    /// Bytes of code on the chain.
    pub code_size: usize,
    /// Keccak of that code.
    pub code_hash: B256,
    /// Stylus version it is activated for.
    pub version: u16,
    /// Seconds until its activation expires.
    pub time_left_secs: u64,
    /// Gas of one entry into it: uncached, cached.
    pub entry_gas: (u64, u64),
}

impl Report {
    /// Begins a chapter.
    pub fn chapter(&self, title: &str) {
        println!("\n{title}\n{}", "-".repeat(title.chars().count()));
    }

    /// Says something that is no transaction.
    pub fn say(&self, what: &str) {
        println!("  {what}");
    }

    /// A transaction happened.
    pub fn step(&mut self, step: &Step) {
        println!("  {:<12} {:<64} {:>9} gas  {}", step.who, step.what, step.gas, short(step.transaction));
        self.keep(step);
    }

    /// Several people did the same: one line for all of them.
    pub fn many(&mut self, who: &str, what: &str, steps: &[Step]) {
        let gas: u64 = steps.iter().map(|step| step.gas).sum();
        println!("  {who:<12} {what:<64} {gas:>9} gas  {} transactions", steps.len());
        steps.iter().for_each(|step| self.keep(step));
    }

    fn keep(&mut self, step: &Step) {
        self.steps.push(json!({
            "who": step.who,
            "what": step.what,
            "transaction": step.transaction,
            "gas": step.gas,
        }));
    }

    /// A dispute has ended; `shown` is what `linq dispute show` says of it.
    pub fn dispute(&mut self, shown: Value) {
        self.disputes.push(shown);
    }

    /// A program is deployed and active.
    pub fn program(&mut self, program: &Program) {
        let (uncached, cached) = program.entry_gas;
        println!(
            "  {:<10} {}  {:>6} bytes  Stylus v{}  entry {uncached} gas, {cached} when cached",
            program.name, program.address, program.code_size, program.version,
        );
        self.contracts.push(json!({
            "name": program.name,
            "address": program.address,
            "codeSize": program.code_size,
            "codeHash": program.code_hash,
            "activation": {
                "stylusVersion": program.version,
                "timeLeftSecs": program.time_left_secs,
                "entryGas": uncached,
                "entryGasCached": cached,
            },
        }));
    }

    /// A workload ran, and how often.
    pub fn workload(&mut self, job: B256, provider: u32, results: usize) {
        self.workloads.push(json!({ "job": job, "provider": provider, "results": results }));
    }

    /// The table of where every wei went.
    pub fn ledger(&self, closed: &Closed) {
        println!("\n  {:<24} {:>26} {:>26}   because", "account", "change in LNQ", "expected");
        for (row, others) in closed.alike() {
            let mark = if row.exact() { ' ' } else { '!' };
            let name = if others == 0 { row.name.to_owned() } else { format!("{} and {others} like it", row.name) };
            println!(
                "{mark} {:<24} {:>26} {:>26}   {}",
                name,
                decimal(row.change()),
                decimal(row.expected),
                counted(&row.reasons),
            );
        }
        println!(
            "  {:<24} {:>26} {:>26}   supply that is gone for ever",
            "burned",
            decimal(-I256::from_raw(closed.burned)),
            decimal(-I256::from_raw(closed.expected_burned)),
        );
    }

    /// Everything as data.
    pub fn json(self, chain_id: u64, embedded: bool, closed: &Closed, seconds: f64, problems: &[String]) -> Value {
        json!({
            "ok": problems.is_empty(),
            "problems": problems,
            "chainId": chain_id,
            "embedded": embedded,
            "seconds": (seconds * 1_000.0).round() / 1_000.0,
            "contracts": self.contracts,
            "steps": self.steps,
            "gas": self.steps.iter().filter_map(|step| step["gas"].as_u64()).sum::<u64>(),
            "workloads": self.workloads,
            "disputes": self.disputes,
            "balances": closed.json(),
        })
    }
}

/// Every reason once, in the order in which each came first, with how often it counted.
fn counted(reasons: &[String]) -> String {
    let mut counts: Vec<(&str, usize)> = Vec::new();
    for reason in reasons {
        match counts.iter_mut().find(|(known, _)| known == reason) {
            Some((_, count)) => *count += 1,
            None => counts.push((reason, 1)),
        }
    }
    let shown = counts.into_iter().map(|(reason, count)| match count {
        1 => reason.to_owned(),
        count => format!("{reason} (× {count})"),
    });
    shown.collect::<Vec<_>>().join("; ")
}

/// Base units as LNQ.
pub fn lnq(amount: U256) -> String {
    decimal(I256::from_raw(amount))
}

/// The beginning of a hash, enough to find it.
fn short(hash: B256) -> String {
    format!("{}…", &hash.to_string()[..10])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reason_that_came_often_is_told_once() {
        let reasons = ["stake", "stake back", "stake"].map(str::to_owned);
        assert_eq!(counted(&reasons), "stake (× 2); stake back");
    }
}

//! Where every wei went: what each account should have gained or lost, reckoned apart from the contracts, and what it did.

use std::collections::BTreeMap;

use alloy::primitives::{Address, I256, U256};
use eyre::{Result, ensure};
use serde_json::{Value, json};

/// One account of the story.
#[derive(Clone, Debug)]
struct Line {
    name: &'static str,
    account: Address,
    before: U256,
    expected: I256,
    reasons: Vec<String>,
}

/// Expected changes of LNQ by account, and of the supply.
#[derive(Debug, Default)]
pub struct Ledger {
    lines: Vec<Line>,
    supply_before: U256,
    burned: U256,
}

/// One account after the story.
#[derive(Debug)]
pub struct Row {
    /// Who.
    pub name: &'static str,
    /// Its address.
    pub account: Address,
    /// LNQ before, in base units.
    pub before: U256,
    /// LNQ after.
    pub after: U256,
    /// What the story says it should have gained.
    pub expected: I256,
    /// Why.
    pub reasons: Vec<String>,
}

impl Row {
    /// What it gained.
    pub fn change(&self) -> I256 {
        I256::from_raw(self.after) - I256::from_raw(self.before)
    }

    /// Whether it gained exactly what it should.
    pub fn exact(&self) -> bool {
        self.change() == self.expected
    }
}

impl Ledger {
    /// A ledger that starts at this supply.
    pub fn new(supply: U256) -> Self {
        Self { supply_before: supply, ..Self::default() }
    }

    /// Follows an account from this balance on.
    pub fn follow(&mut self, name: &'static str, account: Address, balance: U256) {
        self.lines.push(Line { name, account, before: balance, expected: I256::ZERO, reasons: Vec::new() });
    }

    /// `amount` should move from one account to another, because of `reason`.
    pub fn moves(&mut self, from: Address, to: Address, amount: U256, reason: &str) -> Result<()> {
        self.line(from)?.add(-I256::from_raw(amount), reason);
        self.line(to)?.add(I256::from_raw(amount), reason);
        Ok(())
    }

    /// `amount` of `from` should be burned, because of `reason`.
    pub fn burns(&mut self, from: Address, amount: U256, reason: &str) -> Result<()> {
        self.line(from)?.add(-I256::from_raw(amount), reason);
        self.burned += amount;
        Ok(())
    }

    /// Accounts it follows, in order.
    pub fn accounts(&self) -> impl Iterator<Item = Address> + '_ {
        self.lines.iter().map(|line| line.account)
    }

    /// Compares with what the chain says now.
    pub fn close(self, balances: &BTreeMap<Address, U256>, supply: U256) -> Result<Closed> {
        let mut rows = Vec::new();
        for line in self.lines {
            let after = balances.get(&line.account).copied().unwrap_or_default();
            let Line { name, account, before, expected, reasons } = line;
            rows.push(Row { name, account, before, after, expected, reasons });
        }
        ensure!(self.supply_before >= supply, "the supply grew from {} to {supply}", self.supply_before);
        Ok(Closed { rows, burned: self.supply_before - supply, expected_burned: self.burned })
    }

    fn line(&mut self, account: Address) -> Result<&mut Line> {
        let line = self.lines.iter_mut().find(|line| line.account == account);
        line.ok_or_else(|| eyre::eyre!("the ledger does not follow {account}"))
    }
}

impl Line {
    fn add(&mut self, amount: I256, reason: &str) {
        if !amount.is_zero() {
            self.expected += amount;
            self.reasons.push(reason.to_owned());
        }
    }
}

/// A ledger compared with the chain.
#[derive(Debug)]
pub struct Closed {
    /// Every account.
    pub rows: Vec<Row>,
    /// By how much the supply fell.
    pub burned: U256,
    /// By how much it should have fallen.
    pub expected_burned: U256,
}

impl Closed {
    /// Whether every account and the supply changed exactly as they should, and nothing came from nowhere.
    pub fn exact(&self) -> bool {
        let sum = self.rows.iter().fold(I256::ZERO, |sum, row| sum + row.change());
        self.rows.iter().all(Row::exact) && self.burned == self.expected_burned && sum == -I256::from_raw(self.burned)
    }

    /// Every row, but of those to which the same happened only the first, with the number of the others.
    pub fn alike(&self) -> Vec<(&Row, usize)> {
        let mut groups: Vec<(&Row, usize)> = Vec::new();
        for row in &self.rows {
            let same = |other: &Row| {
                (other.change(), other.expected, &other.reasons) == (row.change(), row.expected, &row.reasons)
            };
            match groups.iter_mut().find(|(first, _)| same(first)) {
                Some((_, others)) => *others += 1,
                None => groups.push((row, 0)),
            }
        }
        groups
    }

    /// The ledger as data.
    pub fn json(&self) -> Value {
        let rows: Vec<Value> = self
            .rows
            .iter()
            .map(|row| {
                json!({
                    "who": row.name,
                    "account": row.account,
                    "before": row.before.to_string(),
                    "after": row.after.to_string(),
                    "change": row.change().to_string(),
                    "expected": row.expected.to_string(),
                    "because": row.reasons,
                })
            })
            .collect();
        json!({ "accounts": rows, "burned": self.burned.to_string(), "expectedBurned": self.expected_burned.to_string() })
    }
}

/// Base units as a decimal number of LNQ, with every digit that is not a trailing zero.
pub fn decimal(amount: I256) -> String {
    let unit = U256::from(10).pow(U256::from(18));
    let magnitude = amount.unsigned_abs();
    let fraction = format!("{:0>18}", (magnitude % unit).to_string());
    let fraction = fraction.trim_end_matches('0');
    let sign = if amount.is_negative() { "-" } else { "" };
    let point = if fraction.is_empty() { "" } else { "." };
    format!("{sign}{}{point}{fraction}", magnitude / unit)
}

#[cfg(test)]
mod tests {
    use alloy::primitives::address;

    use super::*;

    const ALICE: Address = address!("00000000000000000000000000000000000000a1");
    const BOB: Address = address!("00000000000000000000000000000000000000b0");

    fn ledger() -> Ledger {
        let mut ledger = Ledger::new(U256::from(150));
        ledger.follow("alice", ALICE, U256::from(100));
        ledger.follow("bob", BOB, U256::from(50));
        ledger.moves(ALICE, BOB, U256::from(30), "a present").unwrap();
        ledger.burns(BOB, U256::from(5), "a fire").unwrap();
        ledger
    }

    #[test]
    fn exact_changes_are_exact() {
        let after = BTreeMap::from([(ALICE, U256::from(70)), (BOB, U256::from(75))]);
        assert!(ledger().close(&after, U256::from(145)).unwrap().exact());
    }

    #[test]
    fn one_wei_is_noticed() {
        let after = BTreeMap::from([(ALICE, U256::from(71)), (BOB, U256::from(75))]);
        assert!(!ledger().close(&after, U256::from(145)).unwrap().exact());
        let after = BTreeMap::from([(ALICE, U256::from(70)), (BOB, U256::from(75))]);
        assert!(!ledger().close(&after, U256::from(144)).unwrap().exact());
    }

    #[test]
    fn rows_alike_are_shown_once() {
        let mut ledger = ledger();
        let carol = Address::repeat_byte(0xca);
        ledger.follow("carol", carol, U256::ZERO);
        ledger.follow("dave", Address::repeat_byte(0xda), U256::ZERO);
        let after = BTreeMap::from([(ALICE, U256::from(70)), (BOB, U256::from(75))]);
        let closed = ledger.close(&after, U256::from(145)).unwrap();
        let shown: Vec<(&str, usize)> = closed.alike().into_iter().map(|(row, others)| (row.name, others)).collect();
        assert_eq!(shown, [("alice", 0), ("bob", 0), ("carol", 1)]);
    }

    #[test]
    fn amounts_keep_every_digit() {
        let one = I256::from_raw(U256::from(10).pow(U256::from(18)));
        assert_eq!(decimal(one), "1");
        assert_eq!(decimal(-one - I256::ONE), "-1.000000000000000001");
        assert_eq!(decimal(I256::ZERO), "0");
    }
}

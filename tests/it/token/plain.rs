//! LNQ beside OpenZeppelin's ERC-20 for Stylus, in what is plain ERC-20: the calls of `tests/motsu/plain.json`, whose
//! outcomes are those of OpenZeppelin's contract under motsu, have the same outcomes here.
//!
//! One thing differs on purpose and is left out: LNQ cannot be sent to the token itself.

use alloy::primitives::Bytes;
use serde_json::Value;

use super::*;

const RECORD: &str = include_str!("../../motsu/plain.json");

/// Reads an address, a number or bytes.
fn parse<T: std::str::FromStr>(value: &Value) -> T {
    let text = value.as_str().expect("a text");
    text.parse().unwrap_or_else(|_| panic!("`{text}` is not what it should be"))
}

fn list(value: &Value) -> &[Value] {
    value.as_array().expect("a list")
}

fn place(value: &Value) -> usize {
    usize::try_from(value.as_u64().expect("a number")).expect("a small one")
}

/// LNQ among the people of the record, and what each should have and may move.
struct Game {
    world: World,
    token: Address,
    people: Vec<Address>,
    balances: Vec<U256>,
    allowances: Vec<Vec<U256>>,
}

impl Game {
    fn new(record: &Value) -> Self {
        let mut world = World::new();
        let people: Vec<Address> = list(&record["people"]).iter().map(parse).collect();
        let balances: Vec<U256> = list(&record["shares"]).iter().map(parse).collect();
        let arguments = (people.clone(), balances.clone()).abi_encode_params();
        let token = world.construct("lnq-token", arguments).expect("construction");
        let allowances = vec![vec![U256::ZERO; people.len()]; people.len()];
        Self { world, token, people, balances, allowances }
    }

    fn play(&mut self, step: &Value) {
        let input: Bytes = parse(&step["input"]);
        let done = self.world.transact(self.people[place(&step["from"])], self.token, input.to_vec());
        let (succeeds, output, logs) = match done {
            Ok(receipt) => (true, receipt.output, receipt.logs),
            Err(refusal) => (false, refusal.data, Vec::new()),
        };
        assert_eq!(succeeds, step["succeeds"].as_bool().expect("true or false"), "{step}");
        assert_eq!(output, parse::<Bytes>(&step["output"]), "{step}");
        assert_eq!(logs.len(), list(&step["logs"]).len(), "{step}");
        for (log, wanted) in logs.iter().zip(list(&step["logs"])) {
            let topics: Vec<B256> = list(&wanted["topics"]).iter().map(parse).collect();
            assert_eq!((log.inner.topics(), &log.inner.data.data), (&*topics, &parse(&wanted["data"])), "{step}");
        }
        for change in list(&step["balances"]) {
            self.balances[place(&change[0])] = parse(&change[1]);
        }
        for change in list(&step["allowances"]) {
            self.allowances[place(&change[0])][place(&change[1])] = parse(&change[2]);
        }
    }

    fn check(&self, step: &Value) {
        for (account, balance) in self.people.iter().copied().zip(&self.balances) {
            assert_eq!(self.world.read(self.token, &ILnqToken::balanceOfCall { account }), *balance, "{step}");
        }
        for (owner, allowances) in self.people.iter().copied().zip(&self.allowances) {
            for (spender, allowance) in self.people.iter().copied().zip(allowances) {
                let call = ILnqToken::allowanceCall { owner, spender };
                assert_eq!(self.world.read(self.token, &call), *allowance, "{step}");
            }
        }
    }
}

#[test]
fn it_does_what_the_audited_erc_20_for_stylus_does() {
    let record: Value = serde_json::from_str(RECORD).expect("JSON");
    let mut game = Game::new(&record);
    let steps = list(&record["steps"]);
    assert!(steps.len() >= 400, "the record has {} steps", steps.len());
    for step in steps {
        game.play(step);
        game.check(step);
    }
}

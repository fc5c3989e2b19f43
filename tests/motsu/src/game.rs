//! Random calls, and what came of them.

use alloy_primitives::{Address, Bytes, U256, address};
use alloy_sol_types::{SolCall, sol};
use motsu::prelude::*;
use openzeppelin_stylus::token::erc20::{Erc20, IErc20};
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;
use stylus_sdk::abi::Router;

use crate::record::{Allowances, Balances, Log, Record, Step};

sol! {
    function transfer(address to, uint256 value) returns (bool);
    function transferFrom(address from, address to, uint256 value) returns (bool);
    function approve(address spender, uint256 value) returns (bool);
    function balanceOf(address account) returns (uint256);
    function allowance(address owner, address spender) returns (uint256);
    function totalSupply() returns (uint256);
}

/// Well-known development accounts.
const PEOPLE: [Address; 5] = [
    address!("f39Fd6e51aad88F6F4ce6aB8827279cffFb92266"),
    address!("70997970C51812dc3A010C7d01b50e0d17dc79C8"),
    address!("3C44CdDdB6a900fa2b585dd299e03d12FA4293BC"),
    address!("90F79bf6EB2c4f870365E785982E1f101E93b906"),
    address!("15d34AAf54267DB7D7c367839AAf71A00a2C6A65"),
];

/// What they start with: all that there is of LNQ, and the last one nothing.
const SHARES: [u128; 5] = [10_u128.pow(27) - 1_060, 1_000, 50, 10, 0];

/// OpenZeppelin's token and what was seen of it last.
pub struct Game {
    token: Contract<Erc20>,
    seed: u64,
    random: ChaCha8Rng,
    balances: [U256; 5],
    allowances: [[U256; 5]; 5],
}

impl Game {
    /// Mints the shares.
    pub fn new(seed: u64) -> Self {
        let token = Contract::<Erc20>::new_at(Address::repeat_byte(0x0e));
        for (holder, share) in PEOPLE.into_iter().zip(SHARES) {
            token.sender(holder)._mint(holder, U256::from(share)).motsu_expect("minting");
        }
        let random = ChaCha8Rng::seed_from_u64(seed);
        let mut game = Self { token, seed, random, balances: Default::default(), allowances: Default::default() };
        game.look();
        game
    }

    /// Makes so many random calls.
    pub fn play(mut self, steps: usize) -> Record {
        let steps = (0..steps).map(|_| self.step()).collect();
        Record { seed: self.seed, people: PEOPLE.to_vec(), shares: SHARES.map(U256::from).to_vec(), steps }
    }

    fn step(&mut self) -> Step {
        let from = self.random.gen_range(0..PEOPLE.len());
        let input = self.input(from);
        let before = self.token.all_events().len();
        let result = self.call(PEOPLE[from], &input);
        let events = self.token.all_events().split_off(before);
        let logs = events.into_iter().map(|event| Log { topics: event.topics().to_vec(), data: event.data }).collect();
        let (balances, allowances) = self.look();
        let succeeds = result.is_ok();
        let output: Bytes = result.unwrap_or_else(|error| error).into();
        Step { from, input: input.into(), succeeds, output, logs, balances, allowances }
    }

    /// What the router answers; a failure takes back what it changed.
    fn call(&mut self, from: Address, input: &[u8]) -> Result<Vec<u8>, Vec<u8>> {
        let (selector, arguments) = input.split_first_chunk::<4>().expect("a selector");
        let mut call = self.token.sender(from);
        let answer = <Erc20 as Router<Erc20>>::route(&mut call, u32::from_be_bytes(*selector), arguments);
        answer.expect("a function that there is").motsu_res()
    }

    /// Reads everything and returns what is not what it was.
    fn look(&mut self) -> (Balances, Allowances) {
        let (mut balances, mut allowances) = (Balances::new(), Allowances::new());
        for (owner, account) in PEOPLE.into_iter().enumerate() {
            let balance = self.token.sender(account).balance_of(account);
            if std::mem::replace(&mut self.balances[owner], balance) != balance {
                balances.push((owner, balance));
            }
            for (spender, other) in PEOPLE.into_iter().enumerate() {
                let allowance = self.token.sender(account).allowance(account, other);
                if std::mem::replace(&mut self.allowances[owner][spender], allowance) != allowance {
                    allowances.push((owner, spender, allowance));
                }
            }
        }
        (balances, allowances)
    }

    /// A call by `from`.
    fn input(&mut self, from: usize) -> Vec<u8> {
        let (owner, other) = (self.random.gen_range(0..PEOPLE.len()), self.anybody());
        match self.random.gen_range(0..20) {
            0..7 => transferCall { to: other, value: self.value(self.balances[from]) }.abi_encode(),
            7..13 => {
                let limit = if self.random.r#gen() { self.balances[owner] } else { self.allowances[owner][from] };
                let owner = if self.random.gen_ratio(1, 12) { Address::ZERO } else { PEOPLE[owner] };
                transferFromCall { from: owner, to: other, value: self.value(limit) }.abi_encode()
            }
            13..17 => approveCall { spender: other, value: self.value(self.balances[from]) }.abi_encode(),
            17 => balanceOfCall { account: other }.abi_encode(),
            18 => allowanceCall { owner: PEOPLE[owner], spender: other }.abi_encode(),
            _ => totalSupplyCall {}.abi_encode(),
        }
    }

    /// One of the people, or rarely zero.
    fn anybody(&mut self) -> Address {
        if self.random.gen_ratio(1, 12) { Address::ZERO } else { PEOPLE[self.random.gen_range(0..PEOPLE.len())] }
    }

    /// A few units, some part of `limit`, just that, one more, or the largest number.
    fn value(&mut self, limit: U256) -> U256 {
        match self.random.gen_range(0..8) {
            0..3 => U256::from(self.random.gen_range(0..20_u8)),
            3 => limit >> 1,
            4 | 5 => limit,
            6 => limit.saturating_add(U256::from(1)),
            _ => U256::MAX,
        }
    }
}

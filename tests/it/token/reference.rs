//! LNQ beside OpenZeppelin's token with burning, permits and votes, in Solidity, on the same chain: whatever anybody does to
//! both has the same effect, down to events and errors. What must always hold of LNQ is read after every step.
//!
//! Two things differ on purpose and are left out: LNQ cannot be sent to the token itself, and asks for checkpoints that
//! there are not are refused by name instead of with a panic.

use std::collections::BTreeMap;

use alloy::{primitives::LogData, sol_types::Eip712Domain};
use linq_tests::{Delegation, Permit, is_nightly};
use proptest::{
    prelude::*,
    test_runner::{Config, RngAlgorithm, TestCaseError, TestRng, TestRunner},
};

use super::*;

/// Half of the order of secp256k1, rounded down.
const HALF_ORDER: U256 =
    U256::from_limbs([0xdfe9_2f46_681b_20a0, 0x5d57_6e73_57a4_501d, u64::MAX, 0x7fff_ffff_ffff_ffff]);

/// Everybody who plays; the first five can sign.
const PEOPLE: [Address; 7] = {
    let cast = Cast::ALL;
    [cast.requester, cast.owner, cast.rival, cast.eve, cast.deployer, cast.judge, cast.mallory]
};

/// One of [`PEOPLE`], or rarely zero.
#[derive(Clone, Copy, Debug)]
struct Who(u8);

impl Who {
    fn address(self) -> Address {
        PEOPLE.get(usize::from(self.0)).copied().unwrap_or_default()
    }

    /// Somebody who exists.
    fn person(self) -> Address {
        PEOPLE[usize::from(self.0) % PEOPLE.len()]
    }

    /// Somebody with a key.
    fn signer(self) -> Address {
        PEOPLE[usize::from(self.0) % 5]
    }
}

/// What is wrong with a signature.
#[derive(Clone, Copy, Debug)]
enum Flaw {
    None,
    Expired,
    OtherSigner,
    OtherNonce,
    High,
    NotOne,
}

/// A number of units.
#[derive(Clone, Copy, Debug)]
enum Much {
    Few(u8),
    /// All that the one it is taken from has, and some more.
    All(u8),
    Most,
}

#[derive(Clone, Debug)]
enum Step {
    Pass(u8),
    Transfer { from: Who, to: Who, much: Much },
    TransferFrom { caller: Who, from: Who, to: Who, much: Much },
    Approve { from: Who, to: Who, much: Much },
    Burn { from: Who, much: Much },
    BurnFrom { caller: Who, from: Who, much: Much },
    Delegate { from: Who, to: Who },
    Permit { from: Who, to: Who, much: Much, flaw: Flaw },
    DelegateBySig { from: Who, to: Who, flaw: Flaw },
}

fn step() -> impl Strategy<Value = Step> {
    let who = || (0..PEOPLE.len() as u8 * 3 + 1).prop_map(|number| Who(if number == 0 { 7 } else { (number - 1) % 7 }));
    let much =
        || prop_oneof![6 => any::<u8>().prop_map(Much::Few), 2 => (0..2_u8).prop_map(Much::All), 1 => Just(Much::Most)];
    let flaw = || {
        prop_oneof![
            6 => Just(Flaw::None), 1 => Just(Flaw::Expired), 1 => Just(Flaw::OtherSigner), 1 => Just(Flaw::OtherNonce),
            1 => Just(Flaw::High), 1 => Just(Flaw::NotOne),
        ]
    };
    prop_oneof![
        3 => (0..4_u8).prop_map(Step::Pass),
        6 => (who(), who(), much()).prop_map(|(from, to, much)| Step::Transfer { from, to, much }),
        3 => (who(), who(), who(), much()).prop_map(|(caller, from, to, much)| Step::TransferFrom { caller, from, to, much }),
        3 => (who(), who(), much()).prop_map(|(from, to, much)| Step::Approve { from, to, much }),
        1 => (who(), much()).prop_map(|(from, much)| Step::Burn { from, much }),
        1 => (who(), who(), much()).prop_map(|(caller, from, much)| Step::BurnFrom { caller, from, much }),
        4 => (who(), who()).prop_map(|(from, to)| Step::Delegate { from, to }),
        2 => (who(), who(), much(), flaw()).prop_map(|(from, to, much, flaw)| Step::Permit { from, to, much, flaw }),
        2 => (who(), who(), flaw()).prop_map(|(from, to, flaw)| Step::DelegateBySig { from, to, flaw }),
    ]
}

/// Everything one token says about everybody.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Seen {
    supply: U256,
    people: Vec<Person>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct Person {
    balance: U256,
    votes: U256,
    delegate: Address,
    nonce: U256,
    checkpoints: u32,
}

struct Game {
    world: World,
    tokens: [Address; 2],
    /// What was seen of LNQ last.
    last: Seen,
    /// What was seen at the end of each second.
    past: BTreeMap<u64, Seen>,
}

impl Game {
    fn new() -> Self {
        let mut world = World::new();
        let cast = world.cast;
        let mut holders = vec![cast.requester, cast.owner, cast.rival, cast.mallory, cast.eve];
        let mut amounts = vec![U256::from(SHARE); holders.len()];
        amounts.push(U256::from(SUPPLY - SHARE * holders.len() as u128));
        holders.push(cast.deployer);
        let reference = world.deploy_reference(holders, amounts);
        let tokens = [world.suite.token, reference];
        next_second(&mut world);
        let nothing = Seen { supply: U256::ZERO, people: Vec::new() };
        let mut game = Self { world, tokens, last: nothing, past: BTreeMap::new() };
        game.last = game.see(game.tokens[0]);
        game
    }

    fn read<C: SolCall>(&self, token: Address, call: &C) -> C::Return {
        self.world.read(token, call)
    }

    fn see(&self, token: Address) -> Seen {
        let person = |account: &Address| {
            let account = *account;
            Person {
                balance: self.read(token, &ILnqToken::balanceOfCall { account }),
                votes: self.read(token, &ILnqToken::getVotesCall { account }),
                delegate: self.read(token, &ILnqToken::delegatesCall { account }),
                nonce: self.read(token, &ILnqToken::noncesCall { owner: account }),
                checkpoints: self.read(token, &ILnqToken::numCheckpointsCall { account }),
            }
        };
        let supply = self.read(token, &ILnqToken::totalSupplyCall {});
        Seen { supply, people: PEOPLE.iter().map(person).collect() }
    }

    fn domain(&self, token: Address) -> Eip712Domain {
        Eip712Domain { verifying_contract: Some(token), ..self.world.permit_domain() }
    }

    fn much(&self, much: Much, from: Address) -> U256 {
        match much {
            Much::Few(number) => U256::from(number),
            Much::All(more) => {
                let balance: U256 = self.read(self.tokens[0], &ILnqToken::balanceOfCall { account: from });
                balance + U256::from(more)
            }
            Much::Most => U256::MAX,
        }
    }

    fn plain(&self, call: &impl SolCall) -> [Vec<u8>; 2] {
        [call.abi_encode(), call.abi_encode()]
    }

    /// Who does what to each of the tokens; nothing for a step that only takes time.
    fn calls(&mut self, step: &Step) -> Option<(Address, [Vec<u8>; 2])> {
        Some(match *step {
            Step::Pass(seconds) => {
                let second = self.world.now() + u64::from(seconds);
                self.world.at(second);
                return None;
            }
            Step::Transfer { from, to, much } => {
                let value = self.much(much, from.person());
                (from.person(), self.plain(&ILnqToken::transferCall { to: to.address(), value }))
            }
            Step::TransferFrom { caller, from, to, much } => {
                let value = self.much(much, from.address());
                let call = ILnqToken::transferFromCall { from: from.address(), to: to.address(), value };
                (caller.person(), self.plain(&call))
            }
            Step::Approve { from, to, much } => {
                let value = self.much(much, from.person());
                (from.person(), self.plain(&ILnqToken::approveCall { spender: to.address(), value }))
            }
            Step::Burn { from, much } => {
                let value = self.much(much, from.person());
                (from.person(), self.plain(&ILnqToken::burnCall { value }))
            }
            Step::BurnFrom { caller, from, much } => {
                let value = self.much(much, from.address());
                (caller.person(), self.plain(&ILnqToken::burnFromCall { account: from.address(), value }))
            }
            Step::Delegate { from, to } => {
                (from.person(), self.plain(&ILnqToken::delegateCall { delegatee: to.address() }))
            }
            Step::Permit { from, to, much, flaw } => {
                let value = self.much(much, from.signer());
                (self.world.cast.keeper, self.tokens.map(|token| self.permit(token, from, to, value, flaw)))
            }
            Step::DelegateBySig { from, to, flaw } => {
                (self.world.cast.keeper, self.tokens.map(|token| self.delegation(token, from, to, flaw)))
            }
        })
    }

    fn permit(&self, token: Address, from: Who, to: Who, value: U256, flaw: Flaw) -> Vec<u8> {
        let mut permit = Permit { ..self.world.permit(from.signer(), to.address(), value) };
        let signer = if matches!(flaw, Flaw::OtherSigner) { Who(from.0 + 1).signer() } else { from.signer() };
        match flaw {
            Flaw::Expired => permit.deadline = U256::from(self.world.now() - 1),
            Flaw::OtherNonce => permit.nonce += U256::from(1),
            _ => {}
        }
        let mut call = self.world.signed(&permit, &self.domain(token), signer);
        match flaw {
            Flaw::High => call.s = high(call.s),
            Flaw::NotOne => call.v = 29,
            _ => {}
        }
        call.abi_encode()
    }

    fn delegation(&self, token: Address, from: Who, to: Who, flaw: Flaw) -> Vec<u8> {
        let mut delegation = Delegation { ..self.world.delegation(from.signer(), to.address()) };
        let signer = if matches!(flaw, Flaw::OtherSigner) { Who(from.0 + 1).signer() } else { from.signer() };
        match flaw {
            Flaw::Expired => delegation.expiry = U256::from(self.world.now() - 1),
            Flaw::OtherNonce => delegation.nonce += U256::from(1),
            _ => {}
        }
        let mut call = self.world.signed_delegation(&delegation, &self.domain(token), signer);
        match flaw {
            Flaw::High => call.s = high(call.s),
            Flaw::NotOne => call.v = 29,
            _ => {}
        }
        call.abi_encode()
    }

    /// Does `step` to both tokens and compares what came of it.
    fn play(&mut self, step: &Step) -> Result<(), TestCaseError> {
        let Some((caller, calls)) = self.calls(step) else { return Ok(()) };
        let [ours, theirs] = [0, 1].map(|which| {
            let done = self.world.transact(caller, self.tokens[which], calls[which].clone());
            done.map(|receipt| {
                let logs: Vec<LogData> = receipt.logs.iter().map(|log| log.inner.data.clone()).collect();
                (receipt.output, logs)
            })
        });
        match (&ours, &theirs) {
            (Ok(ours), Ok(theirs)) => prop_assert_eq!(ours, theirs, "{:?}", step),
            (Err(ours), Err(theirs)) if names_signature(&ours.data) => {
                // What is signed differs with the address of the token, and with it what comes of a flaw.
                prop_assert_eq!(&ours.data[..4], &theirs.data[..4], "{:?}", step);
            }
            (Err(ours), Err(theirs)) => {
                prop_assert_eq!(&ours.data, &theirs.data, "{:?}: {:?}, {:?}", step, ours, theirs)
            }
            _ => prop_assert!(false, "{:?}: {:?} here, {:?} there", step, ours, theirs),
        }
        let after = self.see(self.tokens[0]);
        prop_assert_eq!(&after, &self.see(self.tokens[1]), "{:?}", step);
        for owner in PEOPLE {
            for spender in [caller, step.receiver()] {
                let call = ILnqToken::allowanceCall { owner, spender };
                prop_assert_eq!(self.read(self.tokens[0], &call), self.read(self.tokens[1], &call), "{:?}", step);
            }
        }
        step.check(&self.last, &after, ours.is_ok(), caller)?;
        self.past.insert(self.world.now(), after.clone());
        self.last = after;
        Ok(())
    }

    /// What must hold of LNQ at any time, and of its past.
    fn check(&mut self) -> Result<(), TestCaseError> {
        let now = next_second(&mut self.world);
        let last = self.last.clone();
        let balances: U256 = last.people.iter().map(|person| person.balance).sum();
        prop_assert_eq!(balances, last.supply, "TK-1");
        let burned: U256 = self.read(self.tokens[0], &ILnqToken::totalBurnedCall {});
        prop_assert_eq!(last.supply + burned, U256::from(SUPPLY), "TK-2");
        let votes: U256 = last.people.iter().map(|person| person.votes).sum();
        let delegated = last.people.iter().filter(|person| !person.delegate.is_zero());
        prop_assert_eq!(votes, delegated.map(|person| person.balance).sum::<U256>(), "TK-6");
        let seconds: Vec<u64> = self.past.keys().copied().filter(|second| *second < now).collect();
        for token in self.tokens {
            for second in &seconds {
                self.check_past(token, *second)?;
            }
        }
        for (account, person) in PEOPLE.into_iter().zip(&last.people) {
            self.check_checkpoints(account, person.checkpoints)?;
        }
        Ok(())
    }

    /// TK-7 and TK-9: the past is what the present was.
    fn check_past(&self, token: Address, second: u64) -> Result<(), TestCaseError> {
        let (seen, timepoint) = (&self.past[&second], U256::from(second));
        let supply: U256 = self.read(token, &ILnqToken::getPastTotalSupplyCall { timepoint });
        prop_assert_eq!(supply, seen.supply, "TK-9 of second {}", second);
        for (account, person) in PEOPLE.into_iter().zip(&seen.people) {
            let votes: U256 = self.read(token, &ILnqToken::getPastVotesCall { account, timepoint });
            prop_assert_eq!(votes, person.votes, "TK-7 of {} in second {}", account, second);
        }
        Ok(())
    }

    /// TK-8: checkpoints are in order, and the same on both sides.
    fn check_checkpoints(&self, account: Address, count: u32) -> Result<(), TestCaseError> {
        let mut last = 0;
        for index in 0..count {
            let call = ILnqToken::checkpointsCall { account, index };
            let [ours, theirs] = self.tokens.map(|token| self.read(token, &call));
            prop_assert_eq!((ours.since, ours.votes), (theirs.since, theirs.votes));
            let since: u64 = ours.since.to();
            prop_assert!(since > last, "TK-8: checkpoint {} of {} is not later than the one before", index, account);
            last = since;
        }
        Ok(())
    }
}

impl Step {
    /// Whose allowance it might have changed.
    fn receiver(&self) -> Address {
        match self {
            Self::Approve { to, .. } | Self::Permit { to, .. } => to.address(),
            _ => Address::ZERO,
        }
    }

    /// TK-3, TK-4 and TK-5: who may change supply, balances and nonces. (That allowances fall by as much as they allow is
    /// shown by being equal to the reference.)
    fn check(&self, before: &Seen, after: &Seen, succeeded: bool, caller: Address) -> Result<(), TestCaseError> {
        if !succeeded {
            prop_assert_eq!(before, after, "{:?} failed and changed something", self);
        }
        let burns = matches!(self, Self::Burn { .. } | Self::BurnFrom { .. });
        prop_assert!(after.supply == before.supply || (burns && after.supply < before.supply), "TK-3: {:?}", self);
        let by_allowance = match self {
            Self::TransferFrom { from, .. } | Self::BurnFrom { from, .. } => Some(from.address()),
            _ => None,
        };
        let signs = matches!(self, Self::Permit { .. } | Self::DelegateBySig { .. }) && succeeded;
        let mut used = 0;
        for ((account, old), new) in PEOPLE.into_iter().zip(&before.people).zip(&after.people) {
            let may_fall = account == caller || by_allowance == Some(account);
            prop_assert!(new.balance >= old.balance || may_fall, "TK-4: {:?} took from {}", self, account);
            prop_assert!(new.nonce >= old.nonce, "TK-5: {:?}", self);
            used += (new.nonce - old.nonce).to::<u64>();
        }
        prop_assert_eq!(used, u64::from(signs), "TK-5: {:?}", self);
        Ok(())
    }
}

/// Whether an error carries something that was signed, or who signed.
fn names_signature(data: &[u8]) -> bool {
    let selectors = [ILnqToken::ERC2612InvalidSigner::SELECTOR, ILnqToken::ECDSAInvalidSignatureS::SELECTOR];
    selectors.iter().any(|selector| data.starts_with(selector))
}

/// The second form of the number of a signature.
fn high(s: B256) -> B256 {
    let order = HALF_ORDER * U256::from(2) + U256::from(1);
    (order - U256::from_be_bytes(s.0)).into()
}

#[test]
fn whatever_happens_to_both_has_the_same_effect() {
    let seed: u64 = std::env::var("LINQ_SEED").ok().and_then(|seed| seed.parse().ok()).unwrap_or(1);
    let (cases, length) = if is_nightly() { (500, 200) } else { (20, 50) };
    let cases = std::env::var("LINQ_GAMES").ok().and_then(|games| games.parse().ok()).unwrap_or(cases);
    eprintln!("LINQ_SEED={seed}: {cases} games of {length} steps");
    let rng = TestRng::from_seed(RngAlgorithm::ChaCha, keccak256(seed.to_be_bytes()).as_slice());
    let config = Config { cases, failure_persistence: None, max_shrink_iters: 300, ..Config::default() };
    let steps = proptest::collection::vec(step(), length..=length);
    let result = TestRunner::new_with_rng(config, rng).run(&steps, |steps| {
        let mut game = Game::new();
        for step in &steps {
            game.play(step)?;
        }
        game.check()
    });
    result.unwrap_or_else(|failure| panic!("LINQ_SEED={seed}: {failure}"));
}

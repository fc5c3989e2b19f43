//! One game: the suite on its chain, the oracle beside it, and players who do as actions say. After every move the two
//! have to agree, and what must always hold has to hold on the chain by itself.

mod act;
mod choice;
mod rare;
mod truths;

use std::collections::BTreeMap;

use alloy::{
    eips::BlockId,
    rpc::types::{Log, TransactionRequest},
    sol_types::{SolEvent, SolEventInterface},
};
use nitro_devnode::CallOptions;

use self::choice::accounts;
use super::{
    action::{Action, Shape, Which, Who},
    coverage::Coverage,
    oracle::{Answer, Oracle},
    replay::Replay,
};
use crate::prelude::*;

/// Why a game is lost; proptest shrinks the moves that led there.
pub type Verdict = Result<(), String>;

/// The chain, the oracle, and what is remembered of the past.
pub struct Game<'a> {
    world: World,
    oracle: Oracle,
    coverage: &'a mut Coverage,
    /// LNQ that reached a contract outside its calls.
    donated: BTreeMap<Address, u128>,
    /// For each job the posted price, and what became of every slot settled so far.
    settled: BTreeMap<B256, Vec<(u128, u128, u128)>>,
    /// What makes terms differ.
    salt: u8,
}

/// A call as it is about to be sent, with what the oracle says about it.
struct Move {
    name: &'static str,
    from: Address,
    to: Address,
    input: Vec<u8>,
    answer: Answer,
    after: Oracle,
}

impl<'a> Game<'a> {
    /// A suite that is constructed and not wired.
    pub fn new(coverage: &'a mut Coverage) -> Self {
        let mut world = World::unwired();
        for account in accounts(&world) {
            world.node_mut().set_balance(account, U256::from(lnq(10_000)));
        }
        let mut oracle = Oracle {
            suite: world.suite,
            now: world.now(),
            token: Default::default(),
            registry: Default::default(),
            escrow: Default::default(),
            jobs: Default::default(),
            disputes: Default::default(),
        };
        for account in accounts(&world) {
            oracle.token.balances.insert(account, world.balance(account));
        }
        Self { world, oracle, coverage, donated: BTreeMap::new(), settled: BTreeMap::new(), salt: 0 }
    }

    /// What every game begins with: strangers fail to wire, the deployer wires, two providers and two requesters get ready.
    pub fn open(&mut self) -> Verdict {
        let cast = Cast::ALL;
        for contract in 0..6 {
            self.play(Action::Wire { caller: Who(255), contract })?;
            self.play(Action::Wire { caller: Who(0), contract })?;
        }
        for owner in [cast.owner, cast.rival, cast.mallory, cast.eve] {
            self.approve_all(owner, self.world.suite.registry)?;
        }
        for requester in [cast.requester, cast.mallory] {
            self.approve_all(requester, self.world.suite.escrow)?;
            self.approve_all(requester, self.world.suite.court)?;
        }
        for place in 0..2 {
            self.play(Action::Register { owner: Who(place), shape: Shape(0) })?;
            self.play(Action::AcceptRole { caller: Who(0), provider: Which(place) })?;
        }
        Ok(())
    }

    fn approve_all(&mut self, owner: Address, spender: Address) -> Verdict {
        let call = ILnqToken::approveCall { spender, value: U256::MAX };
        self.send("token.approve", owner, self.world.suite.token, &call, |oracle| {
            oracle.approve(owner, spender, U256::MAX)
        })
    }

    /// One move, and everything that has to hold after it.
    pub fn play(&mut self, action: Action) -> Verdict {
        self.oracle.now = self.world.now();
        self.act(action)?;
        self.holds()?;
        self.one_way_on(action)
    }

    /// The last look: everything the contracts show is what the oracle says, and what their logs say.
    pub fn close(&mut self) -> Verdict {
        self.everything_agrees()?;
        Replay::of(&self.world).agrees(&self.world)
    }
}

impl Game<'_> {
    /// Sends a call and compares what comes of it with what the oracle says.
    fn send<C: SolCall>(
        &mut self,
        name: &'static str,
        from: Address,
        to: Address,
        call: &C,
        predict: impl FnOnce(&mut Oracle) -> Answer,
    ) -> Verdict {
        let mut after = self.oracle.clone();
        let answer = predict(&mut after);
        self.carry_out(Move { name, from, to, input: call.abi_encode(), answer, after })
    }

    fn carry_out(&mut self, step: Move) -> Verdict {
        let Move { name, from, to, input, answer, after } = step;
        let touched = if answer.is_err() { self.touched(from, to, &input) } else { Vec::new() };
        let before = self.values(&touched);
        let found = self.world.transact(from, to, input);
        let who = self.world.name(from);
        match (found, answer) {
            (Ok(receipt), Ok(output)) => {
                if receipt.output != output {
                    return Err(format!(
                        "{name} by {who} returned {} instead of {}",
                        receipt.output,
                        Bytes::from(output)
                    ));
                }
                self.oracle = after;
                self.coverage.count(name, "ok");
                self.count_nested(&receipt.logs);
                self.note_settlements(&receipt.logs)
            }
            (Err(refusal), Err(expected)) => {
                if refusal.data != expected {
                    let expected = linq_tests::explain(&expected);
                    return Err(format!("{name} by {who} was refused with {refusal:?} instead of {expected}"));
                }
                self.coverage.count(name, &error_name(&refusal.data));
                if self.values(&touched) != before {
                    return Err(format!("G-1: {name} by {who} failed and changed something"));
                }
                Ok(())
            }
            (Ok(_), Err(expected)) => {
                Err(format!("{name} by {who} succeeded instead of failing with {}", linq_tests::explain(&expected)))
            }
            (Err(refusal), Ok(_)) => Err(format!("{name} by {who} was refused with {refusal:?} instead of succeeding")),
        }
    }

    /// Every slot of storage that a call comes near: what a failed one could have changed.
    fn touched(&self, from: Address, to: Address, input: &[u8]) -> Vec<(Address, B256)> {
        let request = TransactionRequest::default().from(from).to(to).input(input.to_vec().into());
        let list = self.world.node().create_access_list(&request, &CallOptions::at(BlockId::pending()));
        let items = list.expect("a call can be tried").access_list.0;
        let suite = self.world.suite.addresses();
        let of_suite = items.into_iter().filter(|item| suite.contains(&item.address));
        of_suite.flat_map(|item| item.storage_keys.into_iter().map(move |key| (item.address, key))).collect()
    }

    fn values(&self, places: &[(Address, B256)]) -> Vec<B256> {
        places.iter().map(|(contract, key)| self.world.slot(*contract, (*key).into())).collect()
    }

    /// Counts successes of entries that only a sibling calls, by their events.
    fn count_nested(&mut self, logs: &[Log]) {
        let suite = self.world.suite;
        for log in logs {
            let topic = log.inner.data.topics().first().copied().unwrap_or_default();
            let by = log.inner.address;
            let entry = if by == suite.registry && topic == IRegistry::WorkTaken::SIGNATURE_HASH {
                "registry.take"
            } else if by == suite.registry && topic == IRegistry::CapacityFreed::SIGNATURE_HASH {
                "registry.free"
            } else if by == suite.registry && topic == IRegistry::WorkClosed::SIGNATURE_HASH {
                "registry.close"
            } else if by == suite.escrow && topic == IEscrow::RewardLocked::SIGNATURE_HASH {
                "escrow.lock"
            } else if by == suite.escrow && topic == IEscrow::SlotSettled::SIGNATURE_HASH {
                let settled = IEscrow::SlotSettled::decode_log_data(&log.inner.data).expect("its signature matches");
                if settled.payee.is_zero() { "escrow.refund" } else { "escrow.settle" }
            } else if by == suite.escrow && topic == IEscrow::SlotForfeited::SIGNATURE_HASH {
                "escrow.forfeit"
            } else if by == suite.jobs && topic == IJobs::SlotDisputed::SIGNATURE_HASH {
                "jobs.dispute"
            } else if by == suite.disputes && topic == IDisputes::DisputeSettled::SIGNATURE_HASH {
                "jobs.settle"
            } else if by == suite.court && topic == ICourt::DisputeOpened::SIGNATURE_HASH {
                "court.open"
            } else if by == suite.court && topic == ICourt::DisputeCancelled::SIGNATURE_HASH {
                "court.cancel"
            } else {
                continue;
            };
            self.coverage.count(entry, "ok");
        }
    }

    /// ES-2: each settlement of a slot adds up to its posted price.
    fn note_settlements(&mut self, logs: &[Log]) -> Verdict {
        for log in logs.iter().filter(|log| log.inner.address == self.world.suite.escrow) {
            let (job, parts): (B256, (u128, u128, u128)) =
                match IEscrow::IEscrowEvents::decode_log(&log.inner).map(|log| log.data) {
                    Ok(IEscrow::IEscrowEvents::SlotSettled(settled)) => {
                        (settled.job, (settled.paid.to(), settled.fee.to(), settled.refunded.to()))
                    }
                    Ok(IEscrow::IEscrowEvents::SlotForfeited(forfeited)) => {
                        (forfeited.job, (0, forfeited.burned.to(), forfeited.refunded.to()))
                    }
                    _ => continue,
                };
            let posted = self.oracle.jobs.posted.iter().find(|posted| posted.id == job);
            let posted: u128 = posted.map_or(0, |job| job.terms.price.to());
            if parts.0 + parts.1 + parts.2 != posted {
                return Err(format!("ES-2: {parts:?} were paid, taken and returned of {posted}"));
            }
            self.settled.entry(job).or_default().push(parts);
        }
        Ok(())
    }
}

/// The name of a typed error.
fn error_name(data: &[u8]) -> String {
    let text = linq_tests::explain(data);
    text.split(['(', ' ']).next().unwrap_or_default().to_owned()
}

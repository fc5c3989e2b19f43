//! What must always hold, read from the chain.

use std::collections::BTreeMap;

use alloy::{eips::BlockId, rpc::types::TransactionRequest};
use linq_tests::ROOT;
use nitro_devnode::CallOptions;

use super::{Game, Verdict, choice::accounts};
use crate::{
    model::{
        action::Action,
        oracle::{Stage, lock_of},
    },
    prelude::*,
};

impl Game<'_> {
    /// What must hold after every move, read from the chain alone.
    pub(super) fn holds(&mut self) -> Verdict {
        let suite = self.world.suite;
        let balances: BTreeMap<Address, u128> =
            accounts(&self.world).into_iter().map(|account| (account, self.world.balance(account))).collect();
        for (account, balance) in &balances {
            let expected = self.oracle.token.balance(*account);
            if *balance != expected {
                return Err(format!("{} holds {balance} instead of {expected}", self.world.name(*account)));
            }
        }
        let supply: u128 = self.world.read(suite.token, &ILnqToken::totalSupplyCall {}).to();
        let burned: u128 = self.world.read(suite.token, &ILnqToken::totalBurnedCall {}).to();
        ensure("G-2, TK-1: everything is in somebody's hands", balances.values().sum::<u128>(), supply)?;
        ensure("TK-2: what is not there was burned", supply + burned, SUPPLY)?;
        ensure("TK-3: only burning lowers the supply", supply, self.oracle.token.supply())?;

        let donated = |contract| self.donated.get(&contract).copied().unwrap_or_default();
        let count = self.world.read(suite.lens, &ILens::providerCountCall {});
        let providers: Vec<Provider> = (1..=count).map(|id| self.world.provider(id)).collect();
        let staked: u128 = providers.iter().map(|p| p.bonded.to::<u128>() + p.unbonding.to::<u128>()).sum();
        ensure("RG-1: the registry holds every stake", balances[&suite.registry], staked + donated(suite.registry))?;

        let mut locked = vec![0_u128; providers.len()];
        let mut used = vec![[0_u64; 5]; providers.len()];
        let mut unsettled = 0_u128;
        let now = self.world.now();
        for job in &self.oracle.jobs.posted {
            let mut states = [0_u16; 6];
            for index in 0..job.slots.len() as u16 {
                let slot = self.world.read(suite.jobs, &IJobs::slotCall { id: job.id, index });
                let state = SlotState::from_u8(slot.state).ok_or("a state that there is none of")?;
                states[state as usize] += 1;
                if state != SlotState::Closed {
                    unsettled += job.terms.price.to::<u128>();
                }
                if slot.attempt > job.terms.attempts {
                    return Err(format!("JB-8: attempt {} of {}", slot.attempt, job.terms.attempts));
                }
                if matches!(state, SlotState::Taken | SlotState::Running | SlotState::Submitted | SlotState::Disputed) {
                    let place = slot.provider as usize - 1;
                    locked[place] += slot.lock.to::<u128>();
                    ensure("RG-3: the lock is what was agreed", slot.lock.to::<u128>(), lock_of(&job.terms))?;
                    if matches!(state, SlotState::Taken | SlotState::Running) {
                        add(&mut used[place], &job.terms.resources);
                    }
                }
                self.coverage.reach(state, now < slot.until);
            }
            ensure("JB-4: every slot is in one state", states.iter().sum::<u16>(), job.terms.tasks)?;
            let settled = self.settled.get(&job.id).map_or(0, Vec::len) as u16;
            ensure("ES-2: each closed slot was settled once", settled, states[SlotState::Closed as usize])?;
        }
        for (place, provider) in providers.iter().enumerate() {
            let id = place + 1;
            ensure(&format!("RG-2: locks of provider {id}"), provider.locked.to::<u128>(), locked[place])?;
            if provider.locked > provider.bonded {
                return Err(format!("RG-2: provider {id} has more locked than bonded"));
            }
            let (mut shown, mut capacity) = ([0; 5], [0; 5]);
            add(&mut shown, &provider.used);
            add(&mut capacity, &provider.capacity);
            ensure(&format!("RG-7: what provider {id} uses"), shown, used[place])?;
            if shown.iter().zip(capacity).any(|(used, capacity)| *used > capacity) {
                return Err(format!("RG-7: provider {id} uses more than it has"));
            }
            let Record { accepted, completed, late, unable, .. } = provider.record;
            let open = accepted - completed - late - unable;
            let working = self.oracle.registry.providers[place].open.len() as u32;
            ensure(&format!("RG-9: open work of provider {id}"), open, working)?;
        }
        let owed = self.world.read(suite.escrow, &IEscrow::liabilitiesCall {});
        let (rewards, fees): (u128, u128) = (owed.rewards.to(), owed.fees.to());
        ensure("ES-1: rewards are the posted prices of unsettled slots", rewards, unsettled)?;
        ensure("ES-1: the escrow holds what it owes", balances[&suite.escrow], rewards + fees + donated(suite.escrow))?;
        ensure("fees", fees, self.oracle.escrow.fees)?;
        let held = self.oracle.held_by_court();
        ensure("the court holds what juries cost", balances[&suite.court], held + donated(suite.court))?;
        for contract in [suite.jobs, suite.disputes, suite.jurors, suite.beacon] {
            ensure("nobody else holds LNQ", balances[&contract], donated(contract))?;
        }
        self.providers_agree(&providers)
    }

    fn providers_agree(&self, providers: &[Provider]) -> Verdict {
        ensure("providers", providers.len(), self.oracle.registry.providers.len())?;
        for (place, (found, book)) in providers.iter().zip(&self.oracle.registry.providers).enumerate() {
            let reputation = book.reputation(self.world.now());
            if (f64::from(found.reputation) - reputation).abs() > 1.5 {
                return Err(format!(
                    "provider {} has reputation {} instead of {reputation}",
                    place + 1,
                    found.reputation
                ));
            }
            let expected = Provider {
                owner: book.owner,
                operator: book.operator,
                invitedOwner: book.invited,
                operatorAccepted: book.accepted_role,
                draining: book.draining,
                payout: book.stated.payout,
                capacity: book.stated.capacity.clone(),
                used: book.used(),
                features: book.stated.features,
                region: book.stated.region,
                rates: book.stated.rates.clone(),
                offer: book.stated.offer.clone(),
                bonded: u96(book.bonded),
                locked: u96(book.locked()),
                unbonding: u96(book.unbondings.iter().map(|(amount, _)| amount).sum()),
                registeredAt: book.registered_at,
                record: Record {
                    accepted: book.taken,
                    completed: book.completed,
                    late: book.late,
                    unable: book.unable,
                    disputesWon: book.won,
                    disputesLost: book.lost,
                    earned: u96(book.earned),
                    slashed: u96(book.slashed),
                    history: book.history,
                },
                reputation: found.reputation,
                tier: found.tier,
            };
            if *found != expected {
                return Err(format!("provider {} is {found:?} instead of {expected:?}", place + 1));
            }
        }
        Ok(())
    }

    /// Every view of everything.
    pub(super) fn everything_agrees(&self) -> Verdict {
        let suite = self.world.suite;
        for account in accounts(&self.world) {
            let shown = self.world.read(suite.registry, &IRegistry::providerOfCall { account });
            ensure("providerOf", shown, self.oracle.provider_of(account))?;
            let nonce: u64 = self.world.read(suite.token, &ILnqToken::noncesCall { owner: account }).to();
            ensure("nonce", nonce, self.oracle.token.nonces.get(&account).copied().unwrap_or_default())?;
        }
        for ((owner, spender), allowance) in &self.oracle.token.allowances {
            let call = ILnqToken::allowanceCall { owner: *owner, spender: *spender };
            ensure("allowance", self.world.read(suite.token, &call), *allowance)?;
        }
        for (place, book) in self.oracle.registry.providers.iter().enumerate() {
            let shown = self.world.read(suite.lens, &ILens::unbondingsCall { id: place as u32 + 1 });
            let shown: Vec<(u128, u64)> = shown.into_iter().map(|request| (request.amount.to(), request.end)).collect();
            ensure("unbondings", &shown, &book.unbondings)?;
        }
        for job in &self.oracle.jobs.posted {
            let shown = self.world.read(suite.escrow, &IEscrow::lockedCall { job: job.id });
            let shown = (shown.requester, shown.price.to::<u128>(), shown.unsettled);
            let locked = self.oracle.escrow.locked.get(&job.id).copied().unwrap_or_default();
            ensure("locked", shown, locked)?;
            let shown = self.world.job(job.id);
            let stated = (shown.tasks, shown.openUntil, shown.attempts);
            ensure("job", stated, (job.terms.tasks, job.open_until, job.terms.attempts))?;
            for (index, book) in job.slots.iter().enumerate() {
                let index = index as u16;
                let slot = self.world.read(suite.jobs, &IJobs::slotCall { id: job.id, index });
                let (state, until) = job.state(index, self.world.now());
                let shown = (slot.state, slot.until, slot.outcome, slot.provider, slot.left, slot.attempt);
                let expected = (state as u8, until, book.outcome as u8, book.provider, book.left, book.attempt);
                ensure("slot", shown, expected)?;
                let shown = (slot.price.to::<u128>(), slot.takenAt, slot.claim, slot.standing);
                ensure("slot", shown, (book.price, book.taken_at, book.claim, book.standing))?;
            }
        }
        Ok(())
    }

    /// JB-2, at one slot: never two of the competing actions, and never none while something is still to come.
    pub(super) fn one_way_on(&mut self, action: Action) -> Verdict {
        let Action::Wait { until, .. } = action else { return Ok(()) };
        let Some((place, slot)) = self.slot(until, |job, slot| job.slots[slot as usize].stage != Stage::Closed) else {
            return Ok(());
        };
        let job = self.oracle.jobs.posted[place].clone();
        let (id, book) = (job.id, &job.slots[slot as usize]);
        let operator = self.oracle.book(book.provider).map_or(Cast::ALL.eve, |book| book.operator);
        let (requester, jobs) = (job.terms.requester, self.world.suite.jobs);
        let root = ROOT;
        let groups: [(Address, Vec<u8>); 4] = [
            (requester, IJobs::cancelCall { job: id, slot }.abi_encode()),
            (operator, IJobs::submitCall { job: id, slot, root, claim: 20, uri: String::new() }.abi_encode()),
            (requester, IJobs::acceptCall { job: id, slot }.abi_encode()),
            (Cast::ALL.keeper, IJobs::stepCall { job: id, slot }.abi_encode()),
        ];
        let possible = groups.map(|(caller, input)| {
            let request = TransactionRequest::default().from(caller).to(jobs).input(input.into());
            let called = self.world.node().call_with(&request, &CallOptions::at(BlockId::pending()));
            called.expect("a call can be tried").result.is_ok()
        });
        let count = possible.iter().filter(|possible| **possible).count();
        // While it is taken, what is possible is a cheaper take, and while it is disputed what the court waits for; a closed
        // slot has nothing to come.
        let expected = match job.state(slot, self.oracle.now).0 {
            SlotState::Taken | SlotState::Disputed | SlotState::Closed => 0,
            _ => 1,
        };
        ensure("JB-2: ways on", count, expected)
    }
}

fn add(sum: &mut [u64; 5], resources: &Resources) {
    let parts = [
        resources.cpuMillis,
        resources.memoryMib,
        resources.storageGib,
        resources.bandwidthMbps,
        u32::from(resources.gpus),
    ];
    for (sum, part) in sum.iter_mut().zip(parts) {
        *sum += u64::from(part);
    }
}

fn ensure<T: PartialEq + std::fmt::Debug>(what: &str, found: T, expected: T) -> Verdict {
    if found == expected { Ok(()) } else { Err(format!("{what}: {found:?} instead of {expected:?}")) }
}

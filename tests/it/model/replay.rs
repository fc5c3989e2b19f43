//! G-6: what the contracts show follows from their logs alone.
//!
//! Allowances and nonces are not rebuilt: ERC-20 and ERC-2612 have no event for using them up.

use std::collections::BTreeMap;

use alloy::{
    rpc::types::{Filter, Log},
    sol_types::{SolEvent, SolEventInterface},
};

use super::game::Verdict;
use crate::prelude::*;

/// Everything that logs say.
#[derive(Default)]
pub struct Replay {
    balances: BTreeMap<Address, u128>,
    burned: u128,
    rewards: u128,
    fees: u128,
    providers: Vec<Provider>,
    unbondings: BTreeMap<u32, Vec<(u128, u64)>>,
    /// How often each provider has changed where it is paid.
    payouts: BTreeMap<u32, u16>,
    /// Terms, and until when a slot can be taken.
    jobs: BTreeMap<B256, (Terms, u64)>,
    slots: BTreeMap<(B256, u16), Slot>,
}

/// Work that is taken has resources reserved until its result is in.
fn change(used: &mut Resources, by: &Resources, step: fn(u32, u32) -> u32) {
    used.cpuMillis = step(used.cpuMillis, by.cpuMillis);
    used.memoryMib = step(used.memoryMib, by.memoryMib);
    used.storageGib = step(used.storageGib, by.storageGib);
    used.bandwidthMbps = step(used.bandwidthMbps, by.bandwidthMbps);
    used.gpus = step(used.gpus.into(), by.gpus.into()) as u16;
}

impl Replay {
    /// Reads every log of the chain.
    pub fn of(world: &World) -> Self {
        let logs = world.node().logs(&Filter::new().from_block(0)).expect("every block is kept");
        let mut replay = Self::default();
        for log in &logs {
            replay.read(world, log);
        }
        replay
    }

    fn read(&mut self, world: &World, log: &Log) {
        let (suite, raw) = (world.suite, &log.inner);
        let block = log.block_number.and_then(|number| world.node().block(number));
        let time = block.map_or(0, |block| block.header.timestamp);
        match raw.address {
            by if by == suite.token => {
                if let Ok(moved) = ILnqToken::Transfer::decode_log_data(&raw.data) {
                    self.moved(&moved);
                }
            }
            by if by == suite.registry => {
                if let Ok(event) = IRegistry::IRegistryEvents::decode_log(raw) {
                    self.registry(event.data, time);
                }
            }
            by if by == suite.escrow => {
                if let Ok(event) = IEscrow::IEscrowEvents::decode_log(raw) {
                    self.escrow(event.data);
                }
            }
            by if by == suite.jobs => {
                if let Ok(event) = IJobs::IJobsEvents::decode_log(raw) {
                    self.jobs(event.data, time);
                }
            }
            _ => {}
        }
    }

    fn moved(&mut self, moved: &ILnqToken::Transfer) {
        let value: u128 = moved.value.to();
        if !moved.from.is_zero() {
            *self.balances.entry(moved.from).or_default() -= value;
        }
        if moved.to.is_zero() {
            self.burned += value;
        } else {
            *self.balances.entry(moved.to).or_default() += value;
        }
    }

    fn escrow(&mut self, event: IEscrow::IEscrowEvents) {
        use IEscrow::IEscrowEvents::*;
        match event {
            RewardLocked(event) => self.rewards += event.price.to::<u128>() * u128::from(event.slots),
            SlotSettled(event) => {
                let (paid, fee, refunded): (u128, u128, u128) = (event.paid.to(), event.fee.to(), event.refunded.to());
                self.rewards -= paid + fee + refunded;
                self.fees += fee;
            }
            SlotForfeited(event) => self.rewards -= event.burned.to::<u128>() + event.refunded.to::<u128>(),
            FeesSwept(event) => self.fees -= event.toTreasury.to::<u128>() + event.burned.to::<u128>(),
            Wired(_) | SurplusSkimmed(_) => {}
        }
    }

    fn provider(&mut self, id: u32) -> &mut Provider {
        &mut self.providers[id as usize - 1]
    }

    fn registry(&mut self, event: IRegistry::IRegistryEvents, time: u64) {
        use IRegistry::IRegistryEvents::*;
        match event {
            ProviderRegistered(event) => self.registered(event, time),
            OperatorAccepted(event) => self.provider(event.provider).operatorAccepted = true,
            KeysChanged(event) => {
                let provider = self.provider(event.provider);
                if provider.operator != event.operator {
                    (provider.operator, provider.operatorAccepted) = (event.operator, event.operator == provider.owner);
                }
                let moves = provider.payout != event.payout;
                (provider.invitedOwner, provider.payout) = (event.invitedOwner, event.payout);
                *self.payouts.entry(event.provider).or_default() += u16::from(moves);
            }
            OwnerChanged(event) => {
                let provider = self.provider(event.provider);
                (provider.owner, provider.invitedOwner) = (event.owner, Address::ZERO);
            }
            CapacityChanged(event) => {
                let provider = self.provider(event.provider);
                (provider.capacity, provider.features, provider.region) =
                    (event.capacity, event.features, event.region);
            }
            Draining(event) => self.provider(event.provider).draining = true,
            OfferChanged(event) => {
                let provider = self.provider(event.provider);
                provider.rates = event.rates;
                provider.offer = kept(event.offer);
            }
            StakeAdded(event) => self.provider(event.provider).bonded = event.bonded,
            UnbondingStarted(event) => {
                let provider = self.provider(event.provider);
                provider.bonded = event.bonded;
                provider.unbonding += event.amount;
                self.unbondings.entry(event.provider).or_default().push((event.amount.to(), event.end));
            }
            StakeWithdrawn(event) => {
                self.provider(event.provider).unbonding -= event.amount;
                // Everything that has waited long enough is withdrawn at once.
                self.unbondings.entry(event.provider).or_default().retain(|(_, end)| *end > time);
            }
            WorkTaken(event) => {
                let provider = self.provider(event.provider);
                provider.locked = event.locked;
                provider.record.accepted += 1;
            }
            WorkClosed(event) => {
                let provider = self.provider(event.provider);
                provider.bonded = event.bonded;
                provider.locked -= event.unlocked + event.slashed;
                provider.record.slashed += event.slashed;
                match Trial::from_u8(event.trial).expect("a trial") {
                    Trial::None => {}
                    Trial::Won => provider.record.disputesWon += 1,
                    Trial::Lost => provider.record.disputesLost += 1,
                }
                if event.end != WorkEnd::Displaced as u8 {
                    let entry = (provider.record.history, event.work, u16::from(event.end), event.tookSecs, event.paid);
                    provider.record.history = keccak256(entry.abi_encode());
                }
                match WorkEnd::from_u8(event.end).expect("an end") {
                    WorkEnd::Settled => provider.record.completed += 1,
                    WorkEnd::Displaced => provider.record.accepted -= 1,
                    WorkEnd::Unable => provider.record.unable += 1,
                    WorkEnd::Late => provider.record.late += 1,
                }
            }
            Wired(_) | CapacityFreed(_) | ParametersSet(_) | Paused(_) => {}
        }
    }

    fn registered(&mut self, event: IRegistry::ProviderRegistered, time: u64) {
        let stated = event.registration;
        self.providers.push(Provider {
            owner: event.owner,
            invitedOwner: Address::ZERO,
            operator: event.operator,
            operatorAccepted: event.operator == event.owner,
            draining: false,
            payout: stated.payout,
            capacity: stated.capacity,
            used: Resources::default(),
            features: stated.features,
            region: stated.region,
            rates: stated.rates,
            offer: kept(stated.offer),
            bonded: stated.stake,
            locked: U96::ZERO,
            unbonding: U96::ZERO,
            registeredAt: time,
            record: Record::default(),
            reputation: 0,
            tier: 0,
        });
    }

    fn jobs(&mut self, event: IJobs::IJobsEvents, time: u64) {
        use IJobs::IJobsEvents::*;
        match event {
            JobPosted(event) => {
                for slot in 0..event.terms.tasks {
                    self.slots.insert((event.job, slot), open(event.openUntil));
                }
                self.jobs.insert(event.job, (event.terms, event.openUntil));
            }
            SlotTaken(event) => self.taken(&event, time),
            SlotDisplaced(event) => self.release((event.job, event.slot)),
            ResultSubmitted(event) => {
                self.release((event.job, event.slot));
                let slot = self.slot((event.job, event.slot));
                (slot.state, slot.until, slot.claim, slot.due) =
                    (SlotState::Submitted as u8, event.windowEnd, event.claim, 0);
            }
            SlotReopened(event) => {
                let place = (event.job, event.slot);
                self.release(place);
                let (_, until) = self.jobs[&event.job];
                let provider = event.provider;
                let attempt = event.attempt;
                *self.slot(place) = Slot { provider, left: provider, attempt, ..open(until) };
            }
            SlotClosed(event) => {
                let place = (event.job, event.slot);
                self.release(place);
                let slot = self.slot(place);
                (slot.state, slot.outcome, slot.until) = (SlotState::Closed as u8, event.outcome, 0);
                (slot.lock, slot.due) = (U96::ZERO, 0);
                if event.paid + event.fee > U96::ZERO {
                    self.provider(event.provider).record.earned += event.paid;
                }
            }
            SlotDisputed(event) => {
                let slot = self.slot((event.job, event.slot));
                (slot.state, slot.until) = (SlotState::Disputed as u8, event.until);
            }
            Wired(_) | ParametersSet(_) | Paused(_) | UnableReported(_) => {}
        }
    }

    fn taken(&mut self, event: &IJobs::SlotTaken, time: u64) {
        let place = (event.job, event.slot);
        let resources = self.jobs[&event.job].0.resources.clone();
        change(&mut self.provider(event.provider).used, &resources, |used, by| used + by);
        let payout_version = self.payouts.get(&event.provider).copied().unwrap_or_default();
        let slot = self.slot(place);
        *slot = Slot {
            state: SlotState::Taken as u8,
            until: event.bidUntil,
            outcome: 0,
            provider: event.provider,
            left: slot.left,
            attempt: event.attempt,
            price: event.price,
            lock: event.lock,
            takenAt: time,
            due: event.due,
            claim: 0,
            standing: event.standing,
            payoutVersion: payout_version,
        };
    }

    /// Returns what a slot has reserved, if it has.
    fn release(&mut self, place: (B256, u16)) {
        let slot = self.slots[&place].clone();
        if slot.state == SlotState::Taken as u8 {
            let resources = self.jobs[&place.0].0.resources.clone();
            change(&mut self.provider(slot.provider).used, &resources, |used, by| used - by);
            self.slot(place).state = SlotState::Submitted as u8;
        }
    }

    fn slot(&mut self, place: (B256, u16)) -> &mut Slot {
        self.slots.get_mut(&place).expect("its job was posted")
    }

    /// Compares with everything that can be read.
    pub fn agrees(mut self, world: &World) -> Verdict {
        let (suite, now) = (world.suite, world.now());
        for (account, balance) in &self.balances {
            ensure("balance", world.balance(*account), *balance)?;
        }
        let burned: u128 = world.read(suite.token, &ILnqToken::totalBurnedCall {}).to();
        ensure("burned", burned, self.burned)?;
        let owed = world.read(suite.escrow, &IEscrow::liabilitiesCall {});
        ensure("liabilities", (owed.rewards.to(), owed.fees.to()), (self.rewards, self.fees))?;
        let count = world.read(suite.lens, &ILens::providerCountCall {});
        ensure("providers", count as usize, self.providers.len())?;
        for id in 1..=count {
            let found = world.provider(id);
            let requests = world.read(suite.lens, &ILens::unbondingsCall { id });
            let requests: Vec<_> = requests.into_iter().map(|request| (request.amount.to(), request.end)).collect();
            ensure("unbondings", requests, self.unbondings.remove(&id).unwrap_or_default())?;
            let mut expected = self.provider(id).clone();
            if expected.used.gpus > 0 {
                expected.used.gpuClass = expected.capacity.gpuClass;
            }
            // Both follow from fees and the clock by a formula of their own.
            (expected.reputation, expected.tier) = (found.reputation, found.tier);
            ensure("provider", found, expected)?;
        }
        for ((job, index), mut expected) in self.slots {
            if expected.state == SlotState::Taken as u8 && now >= expected.until {
                (expected.state, expected.until) = (SlotState::Running as u8, expected.due);
            }
            ensure("slot", world.read(suite.jobs, &IJobs::slotCall { id: job, index }), expected)?;
        }
        Ok(())
    }
}

/// A standing offer as it is kept: of a closed one, nothing is.
fn kept(offer: StandingOffer) -> StandingOffer {
    if offer.open { offer } else { StandingOffer::default() }
}

/// A slot that nobody has taken.
fn open(until: u64) -> Slot {
    Slot {
        state: SlotState::Open as u8,
        until,
        outcome: Outcome::None as u8,
        provider: 0,
        left: 0,
        attempt: 0,
        price: U96::ZERO,
        lock: U96::ZERO,
        takenAt: 0,
        due: 0,
        claim: 0,
        standing: false,
        payoutVersion: 0,
    }
}

fn ensure<T: PartialEq + std::fmt::Debug>(what: &str, found: T, expected: T) -> Verdict {
    if found == expected { Ok(()) } else { Err(format!("G-6: {what} is {found:?}, but the logs say {expected:?}")) }
}

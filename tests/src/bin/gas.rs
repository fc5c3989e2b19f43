//! Prints what every operation costs in gas, as JSON: `{ "<contract>.<operation>": { "cached": …, "uncached": … } }`.
//!
//! The figures are execution gas, after refunds: gas used less 21,000 less calldata (4 per zero byte, 16 per other byte).
//! All programs are activated; "cached" means that the chain's cache holds all of them. `flow.worker.used` alone counts
//! everything a sender pays for; `reference` is OpenZeppelin's token in Solidity. Each operation is measured in its usual
//! form: allowances without end, and accounts, contracts and providers that have been through a job before.

use std::collections::BTreeMap;

use alloy::primitives::{Address, B256, U256, keccak256};
use alloy::sol_types::SolCall;
use linq_abi::{
    IBeacon, ICourt, IDisputes, IEscrow, IJobs, IJurors, ILnqToken, IProfiles, IRegistry, Permit, Registration, Terms,
};
use linq_beacon::SecretKey;
use linq_tests::{Bench, Courtroom, LARGE, RESULT, ROOT, Sent, World, lnq, registry_parameters, u96, unequal_stakes};
use serde_json::{Map, Value, json};

fn main() {
    let (cached, uncached) = (Meter::run(true), Meter::run(false));
    let mut report = Map::new();
    for (name, gas) in &cached {
        report.insert(name.clone(), json!({ "cached": gas, "uncached": uncached[name] }));
    }
    println!("{}", serde_json::to_string_pretty(&Value::Object(report)).expect("a map of numbers"));
}

/// The price of every take.
const PRICE: u128 = lnq(80);

/// Measures on one chain, turning it back after each operation.
struct Meter {
    world: World,
    gas: BTreeMap<String, u64>,
}

impl Meter {
    fn run(cached: bool) -> BTreeMap<String, u64> {
        let mut world = World::with_providers();
        let cast = world.cast;
        for holder in [cast.payout, cast.treasury, cast.keeper] {
            world.give(holder, lnq(1));
        }
        world.approve(cast.requester, world.suite.escrow);
        one_job(&mut world, 1);
        if cached {
            for program in world.suite.addresses() {
                world.node_mut().cache(program).expect("the program is active");
            }
        }
        let beacon = world.suite.beacon;
        let mut meter = Self { world, gas: BTreeMap::new() };
        meter.beacon(beacon);
        meter.court(cached);
        meter.disputes(cached);
        meter.registry();
        meter.escrow();
        meter.jobs();
        meter.flow();
        meter.tokens();
        meter.profiles();
        for jurors in [4_000, 100_000] {
            meter.jurors(jurors, cached);
        }
        meter.gas
    }

    /// Notes what `operation` costs after whatever it prepares.
    fn measure<R>(&mut self, name: &str, operation: impl FnOnce(&mut World) -> Sent<R>) {
        let gas = self.world.rehearse(|world| operation(world).exec_gas());
        self.note(name, gas);
    }

    fn note(&mut self, name: &str, gas: u64) {
        let double = self.gas.insert(name.to_owned(), gas);
        assert!(double.is_none(), "{name} is measured twice");
    }

    /// The token, and what it is compared with: the same operations, of the same people.
    fn tokens(&mut self) {
        self.token("token");
        let (suite, cast) = (self.world.suite, self.world.cast);
        let amounts = [lnq(1_000), lnq(1)].map(U256::from).to_vec();
        self.world.suite.token = self.world.deploy_reference(vec![cast.requester, cast.keeper], amounts);
        // Not in the second of its mint.
        let next = self.world.now() + 1;
        self.world.at(next);
        self.token("reference");
        self.world.suite = suite;
    }

    fn token(&mut self, of: &str) {
        let cast = self.world.cast;
        let (holder, spender) = (cast.requester, cast.eve);
        let value = U256::from(lnq(1));
        let transfer = |to| ILnqToken::transferCall { to, value };
        let approve_value =
            move |world: &mut World, value| ok(world.token(holder, &ILnqToken::approveCall { spender, value }));
        let approve = move |world: &mut World| approve_value(world, value);
        self.measure(&format!("{of}.transfer.existing"), |world| ok(world.token(holder, &transfer(cast.keeper))));
        self.measure(&format!("{of}.transfer.new"), |world| ok(world.token(holder, &transfer(cast.judge))));
        self.measure(&format!("{of}.approve.first"), approve);
        self.measure(&format!("{of}.approve.overwrite"), |world| {
            approve(world);
            approve_value(world, value + value)
        });
        let taken = U256::from(lnq(1) / 2);
        self.measure(&format!("{of}.transferFrom"), |world| {
            approve(world);
            let call = ILnqToken::transferFromCall { from: holder, to: cast.keeper, value: taken };
            ok(world.token(spender, &call))
        });
        self.measure(&format!("{of}.burn"), |world| ok(world.token(holder, &ILnqToken::burnCall { value })));
        self.measure(&format!("{of}.burnFrom"), |world| {
            approve(world);
            ok(world.token(spender, &ILnqToken::burnFromCall { account: holder, value: taken }))
        });
        let permit = move |world: &mut World, value| {
            let permit = world.permit(holder, spender, value);
            let call = world.signed(&permit, &world.permit_domain(), holder);
            ok(world.token(spender, &call))
        };
        self.measure(&format!("{of}.permit.first"), |world| permit(world, value));
        self.measure(&format!("{of}.permit.second"), |world| {
            permit(world, value);
            permit(world, value + value)
        });
        self.votes(of);
    }

    /// Sender and receiver delegate to themselves; every step but the first of each is in a second of its own.
    fn votes(&mut self, of: &str) {
        let (holder, other) = (self.world.cast.requester, self.world.cast.keeper);
        let delegate =
            |world: &mut World, from, delegatee| ok(world.token(from, &ILnqToken::delegateCall { delegatee }));
        let transfer = move |world: &mut World| {
            let call = ILnqToken::transferCall { to: other, value: U256::from(lnq(1) / 4) };
            ok(world.token(holder, &call))
        };
        let both = move |world: &mut World| {
            delegate(world, holder, holder);
            delegate(world, other, other);
        };
        let later = |world: &mut World| {
            let next = world.now() + 1;
            world.at(next);
        };
        self.measure(&format!("{of}.delegate.self"), |world| delegate(world, holder, holder));
        self.measure(&format!("{of}.delegate.other"), |world| delegate(world, holder, other));
        self.measure(&format!("{of}.transfer.voting.sameSecond"), |world| {
            both(world);
            transfer(world)
        });
        self.measure(&format!("{of}.transfer.voting.newWords"), |world| {
            both(world);
            later(world);
            transfer(world)
        });
        self.measure(&format!("{of}.transfer.voting.begunWords"), |world| {
            both(world);
            later(world);
            transfer(world);
            later(world);
            transfer(world)
        });
    }

    fn registry(&mut self) {
        let cast = self.world.cast;
        let amount = u96(lnq(100));
        self.measure("registry.register", |world| {
            world.approve(cast.mallory, world.suite.registry);
            let registration = world.registration(cast.mallory_operator, cast.mallory);
            ok(world.registry(cast.mallory, &IRegistry::registerCall { registration }))
        });
        self.measure("registry.acceptRole", |world| {
            let registration = world.registration(cast.mallory_operator, cast.mallory);
            let provider = ok(world.register_as(cast.mallory, registration)).value;
            ok(world.registry(cast.mallory_operator, &IRegistry::acceptRoleCall { provider }))
        });
        self.measure("registry.registerWithPermit", |world| {
            let registration = world.registration(cast.mallory_operator, cast.mallory);
            let stake = registration.stake.to::<u128>();
            world.give(cast.keeper, stake);
            let permit = registry_permit(world, cast.keeper, stake);
            ok(world.registry(cast.keeper, &IRegistry::registerWithPermitCall { registration, permit }))
        });
        self.measure("registry.setKeys", |world| {
            let (owner, payout) = (cast.owner, cast.eve);
            let call = IRegistry::setKeysCall { provider: 1, owner, operator: cast.keeper, payout };
            ok(world.registry(owner, &call))
        });
        self.measure("registry.setCapacity", |world| {
            let Registration { mut capacity, features, region, .. } = world.registration(cast.operator, cast.payout);
            capacity.cpuMillis += 1_000;
            ok(world.registry(cast.owner, &IRegistry::setCapacityCall { provider: 1, capacity, features, region }))
        });
        self.measure("registry.drain", |world| ok(world.registry(cast.owner, &IRegistry::drainCall { provider: 1 })));
        self.measure("registry.setParameters", |world| {
            let parameters = registry_parameters();
            ok(world.registry(cast.governor, &IRegistry::setParametersCall { parameters }))
        });
        self.measure("registry.pause", |world| ok(world.registry(cast.guardian, &IRegistry::pauseCall {})));
        self.measure("registry.setOffer", |world| {
            let mut registration = world.registration(cast.operator, cast.payout);
            registration.rates.cpuMilli += 1;
            registration.offer.minPrice = u96(lnq(2));
            let (rates, offer) = (registration.rates, registration.offer);
            ok(world.registry(cast.owner, &IRegistry::setOfferCall { provider: 1, rates, offer }))
        });
        self.measure("registry.addStake", |world| {
            ok(world.registry(cast.owner, &IRegistry::addStakeCall { provider: 1, amount }))
        });
        self.measure("registry.addStakeWithPermit", |world| {
            let permit = registry_permit(world, cast.owner, amount.to());
            ok(world.registry(cast.owner, &IRegistry::addStakeWithPermitCall { provider: 1, amount, permit }))
        });
        let unbond =
            move |world: &mut World| ok(world.registry(cast.owner, &IRegistry::unbondCall { provider: 1, amount }));
        self.measure("registry.unbond", unbond);
        self.measure("registry.withdraw", |world| {
            let end = unbond(world).value;
            world.at(end);
            ok(world.registry(cast.owner, &IRegistry::withdrawCall { provider: 1 }))
        });
    }

    /// What a round costs depends on its number: on how many tries it takes to find a point.
    fn beacon(&mut self, beacon: Address) {
        let keeper = self.world.cast.keeper;
        let submit = move |world: &mut World, round| {
            let [x, y] = SecretKey::development().sign(round).words().map(Into::into);
            ok(world.send(keeper, beacon, &IBeacon::submitCall { round, x, y }))
        };
        let gas: Vec<u64> =
            (1..=32).map(|round| self.world.rehearse(|world| submit(world, round).exec_gas())).collect();
        self.note("beacon.submit", gas.iter().sum::<u64>() / 32);
        self.note("beacon.submit.least", gas.iter().copied().min().unwrap_or_default());
        self.note("beacon.submit.most", gas.iter().copied().max().unwrap_or_default());
        self.measure("beacon.submit.again", |world| {
            submit(world, 1);
            submit(world, 1)
        });
    }

    /// Jurors among so many. On "the first of a day" no node on the way was changed that day; else all were. Draws are from
    /// the day itself, with nothing changed since, and from two days ago, with every node changed on each day since.
    fn jurors(&mut self, count: u32, cached: bool) {
        let mut bench = crowd(count, &[1], cached);
        let (eve, adding) = (bench.world.cast.eve, bench.enrich(100));
        let amount = u96(lnq(500));
        let mut measure = |name: &str, operation: &mut dyn FnMut(&mut Bench) -> u64| {
            let gas = bench.rehearse(|bench| operation(bench));
            self.note(&format!("jurors.{count}.{name}"), gas);
        };
        let stake = |bench: &mut Bench, person| ok(bench.send(person, &IJurors::stakeCall { amount })).exec_gas();
        measure("stake.new.firstOfDay", &mut |bench| stake(bench, eve));
        measure("stake.new", &mut |bench| {
            bench.stake(bench.world.cast.owner, 500);
            stake(bench, eve)
        });
        measure("stake.more.firstOfDay", &mut |bench| stake(bench, adding));
        measure("stake.more", &mut |bench| {
            stake(bench, adding);
            stake(bench, adding)
        });
        measure("stakeWithPermit.new", &mut |bench| {
            bench.stake(bench.world.cast.owner, 500);
            let (keeper, jurors) = (bench.world.cast.keeper, bench.jurors);
            bench.world.give(keeper, lnq(600));
            let permit = permit_for(&bench.world, keeper, jurors, lnq(500)).into();
            ok(bench.send(keeper, &IJurors::stakeWithPermitCall { amount, permit })).exec_gas()
        });
        let leave = |bench: &mut Bench| ok(bench.send(adding, &IJurors::leaveCall { amount: u96(lnq(100)) }));
        measure("leave.firstOfDay", &mut |bench| leave(bench).exec_gas());
        measure("leave", &mut |bench| {
            leave(bench);
            leave(bench).exec_gas()
        });
        measure("unstake", &mut |bench| {
            let end = leave(bench).value;
            bench.world.at(end);
            ok(bench.send(adding, &IJurors::unstakeCall {})).exec_gas()
        });
        let seize =
            |bench: &mut Bench| ok(bench.seize(&[(3, lnq(40)), (count / 2, lnq(40)), (count, lnq(40))])).exec_gas();
        measure("seize.3.firstOfDay", &mut |bench| seize(bench));
        measure("seize.3", &mut |bench| {
            seize(bench);
            seize(bench)
        });
        for seats in [3, 7, 8] {
            measure(&format!("pick.{seats}"), &mut |bench| pick(bench, 0, seats));
        }
        let mut busy = crowd(count, &[3, 2, 1, 0], cached);
        for seats in [3, 7, 8] {
            let gas = busy.rehearse(|bench| pick(bench, 2, seats));
            self.note(&format!("jurors.{count}.pick.{seats}.twoBusyDaysLater"), gas);
        }
    }

    /// Disputes among twenty jurors, beside a beacon that answers with one word. A dispute of the same kind went before.
    fn court(&mut self, cached: bool) {
        let mut room = Courtroom::new();
        if cached {
            for program in [room.court, room.jurors, room.world.suite.token] {
                room.world.node_mut().cache(program).expect("the program is active");
            }
        }
        let dispute = room.open(LARGE);
        room.vote(dispute, &[Some(20); 3]);
        room.wait(dispute);
        room.settle(dispute, 0);
        room.claim_all(dispute, 0);
        for (name, gas) in one_dispute(&mut room).into_iter().chain(appeals(&mut room)) {
            self.note(&format!("court.{name}"), gas);
        }
    }

    /// Disputed results of 400 LNQ among twenty jurors, drawn by the suite's own beacon. Another was settled before.
    fn disputes(&mut self, cached: bool) {
        let mut room = Courtroom::in_suite(World::with_providers(), 20);
        if cached {
            for program in room.world.suite.addresses() {
                room.world.node_mut().cache(program).expect("the program is active");
            }
        }
        whole_dispute(&mut room, 1);
        let rows = whole_dispute(&mut room, 2);
        for (name, gas) in rows.into_iter().chain(concessions(&mut room)) {
            self.note(&name, gas);
        }
    }

    fn escrow(&mut self) {
        let keeper = self.world.cast.keeper;
        self.measure("escrow.sweep", |world| ok(world.escrow(keeper, &IEscrow::sweepCall {})));
        self.measure("escrow.skim", |world| {
            world.give(world.suite.escrow, 1);
            ok(world.escrow(keeper, &IEscrow::skimCall {}))
        });
    }

    fn profiles(&mut self) {
        let cast = self.world.cast;
        // Metadata of usual length: two words.
        let state = move |world: &mut World, sealing_key| {
            let metadata = "ipfs://bafybeigdyrzt5sfp7udm7hu76uh7y26nf3efuylqabf3o".to_owned();
            let call = IProfiles::setProfileCall { provider: 1, sealingKey: B256::repeat_byte(sealing_key), metadata };
            ok(world.profiles(cast.owner, &call))
        };
        self.measure("profiles.setProfile.first", |world| state(world, 1));
        self.measure("profiles.setProfile.second", |world| {
            state(world, 1);
            state(world, 2)
        });
        let test = move |world: &mut World, report| {
            let (report, until) = (B256::repeat_byte(report), world.now() + 30 * 86_400);
            ok(world
                .profiles(cast.operator, &IProfiles::publishSelfTestCall { provider: 1, report, validUntil: until }))
        };
        self.measure("profiles.publishSelfTest.first", |world| test(world, 1));
        self.measure("profiles.publishSelfTest.second", |world| {
            test(world, 1);
            test(world, 2)
        });
    }

    fn jobs(&mut self) {
        self.posting();
        self.taking();
        self.running();
        self.settling();
    }

    fn posting(&mut self) {
        let requester = self.world.cast.requester;
        let of_slots = |tasks| {
            move |world: &mut World| {
                let terms = Terms { tasks, ..terms(world, 2) };
                ok(world.post_as(requester, &terms))
            }
        };
        let [one, two] = [1, 2].map(|slots| self.world.rehearse(of_slots(slots)).exec_gas());
        self.note("jobs.post", one);
        self.note("jobs.post.furtherSlot", two.saturating_sub(one));
        self.measure("jobs.post.judged", |world| {
            let terms = Terms { judge: world.cast.judge, ..terms(world, 2) };
            ok(world.post_as(requester, &terms))
        });
        self.measure("jobs.cancel", |world| {
            let (_, job) = posted(world, |_| {});
            ok(world.jobs(requester, &IJobs::cancelCall { job, slot: 0 }))
        });
    }

    fn taking(&mut self) {
        let cast = self.world.cast;
        self.measure("jobs.take.operator", |world| {
            let (terms, _) = posted(world, |_| {});
            ok(world.take(cast.operator, &terms, 1, PRICE))
        });
        self.measure("jobs.take.standingOffer", |world| {
            let (terms, _) = posted(world, |_| {});
            let quote = world.quote(1, &terms.resources, terms.runSecs);
            ok(world.take(cast.requester, &terms, 1, quote))
        });
        self.measure("jobs.take.displacing", |world| {
            let (terms, _) = posted(world, |_| {});
            ok(world.take(cast.rival_operator, &terms, 2, lnq(90)));
            ok(world.take(cast.operator, &terms, 1, PRICE))
        });
    }

    fn running(&mut self) {
        let operator = self.world.cast.operator;
        self.measure("jobs.submit", |world| {
            let job = running(world, |_| {});
            ok(world.submit(operator, job, 20))
        });
        self.measure("jobs.submit.expected", |world| {
            let job = running(world, |terms| terms.expected = keccak256(ROOT));
            ok(world.submit(operator, job, 20))
        });
        self.measure("jobs.unable.early", |world| {
            let job = running(world, |_| {});
            ok(world.jobs(operator, &IJobs::unableCall { job, slot: 0, reason: 1 }))
        });
        self.measure("jobs.unable.last", |world| {
            let job = running(world, |terms| terms.attempts = 1);
            ok(world.jobs(operator, &IJobs::unableCall { job, slot: 0, reason: 1 }))
        });
    }

    fn settling(&mut self) {
        let cast = self.world.cast;
        self.measure("jobs.accept", |world| {
            let job = submitted(world, |_| {});
            ok(world.jobs(cast.requester, &IJobs::acceptCall { job, slot: 0 }))
        });
        for (name, share) in [("jobs.rule.good", 20), ("jobs.rule.slashing", 4)] {
            self.measure(name, |world| {
                let job = submitted(world, |terms| terms.judge = cast.judge);
                ok(world.jobs(cast.judge, &IJobs::ruleCall { job, slot: 0, share }))
            });
        }
        self.measure("jobs.step.pay", |world| {
            let job = submitted(world, |_| {});
            stepped(world, job)
        });
        self.measure("jobs.step.expire", |world| {
            let (_, job) = posted(world, |_| {});
            stepped(world, job)
        });
        self.measure("jobs.step.late", |world| {
            let job = running(world, |_| {});
            stepped(world, job)
        });
        self.measure("jobs.step.lateLast", |world| {
            let job = running(world, |terms| terms.attempts = 1);
            stepped(world, job)
        });
    }

    /// The four transactions of a job with one worker, added up.
    fn flow(&mut self) {
        let (exec, used) = self.world.rehearse(|world| one_job(world, 2));
        self.note("flow.worker", exec);
        self.note("flow.worker.used", used);
    }
}

/// What each call of a dispute with three seats costs that all vote alike, and all of it together with everything that a
/// sender pays for: the beacon's round apart.
fn one_dispute(room: &mut Courtroom) -> Vec<(String, u64)> {
    let (keeper, opener, funder) = (room.world.cast.keeper, room.opener, room.world.cast.requester);
    let mut rows = Vec::new();
    let mut used = 0;
    let mut note = |name: &str, exec: u64, all: u64| {
        used += all;
        rows.push((name.to_owned(), exec));
    };
    let sent = room.done(opener, &ICourt::openCall { funder, value: u96(LARGE), version: 1 });
    let dispute = sent.value.dispute;
    note("open.3", sent.exec_gas(), sent.receipt.gas_used);
    room.wait(dispute);
    let sent = room.done(keeper, &ICourt::drawCall { dispute });
    note("draw.3", sent.exec_gas(), sent.receipt.gas_used);
    for (seat, name) in [(0, "commit.first"), (1, "commit"), (2, "commit.last")] {
        let sent = room.commit(dispute, seat, 20);
        note(name, sent.exec_gas(), sent.receipt.gas_used);
    }
    for (seat, name) in [(0, "reveal.first"), (1, "reveal"), (2, "reveal.last")] {
        let call = room.reveal_of(dispute, seat, 20);
        let sent = room.done(keeper, &call);
        note(name, sent.exec_gas(), sent.receipt.gas_used);
    }
    room.wait(dispute);
    let sent = room.done(keeper, &ICourt::settleCall { dispute, round: 0 });
    note("settle.3", sent.exec_gas(), sent.receipt.gas_used);
    let mut jurors = room.round(dispute, 0).jurors()[..3].to_vec();
    jurors.sort_unstable();
    jurors.dedup();
    for (place, juror) in jurors.into_iter().enumerate() {
        let sent = room.done(keeper, &ICourt::claimCall { dispute, round: 0, juror });
        note(&format!("claim.{place}"), sent.exec_gas(), sent.receipt.gas_used);
    }
    rows.push(("flow.3.used".to_owned(), used));
    rows
}

/// A result of 400 LNQ, which its requester can dispute.
fn result(room: &mut Courtroom, salt: u8) -> B256 {
    let world = &mut room.world;
    let operator = world.cast.operator;
    let terms = Terms { price: u96(lnq(400)), bidSecs: 0, salt: B256::repeat_byte(salt), ..world.terms() };
    let job = ok(world.post(&terms)).value;
    ok(world.take(operator, &terms, 1, lnq(400)));
    ok(world.submit(operator, job, 20));
    job
}

/// A dispute that three jurors decide for the requester: its parts, and everything that its senders pay for together.
fn whole_dispute(room: &mut Courtroom, number: u8) -> Vec<(String, u64)> {
    let (requester, keeper) = (room.world.cast.requester, room.world.cast.keeper);
    let job = result(room, number);
    let sent = ok(room.world.disputes(requester, &IDisputes::disputeCall { job, slot: 0, claim: 0 }));
    let dispute = sent.value.dispute;
    let mut rows = vec![("disputes.dispute.3".to_owned(), sent.exec_gas())];
    let mut used = sent.receipt.gas_used;
    let before = room.world.node().block_number();
    room.bring(dispute);
    let beacon = gas_since(room, before);
    let before = room.world.node().block_number();
    room.vote(dispute, &[Some(0); 3]);
    room.wait(dispute);
    used += gas_since(room, before);
    let sent = ok(room.world.disputes(keeper, &IDisputes::settleCall { job, slot: 0 }));
    rows.push(("disputes.settle".to_owned(), sent.exec_gas()));
    let before = room.world.node().block_number();
    room.settle(dispute, 0);
    room.claim_all(dispute, 0);
    used += sent.receipt.gas_used + gas_since(room, before);
    rows.push(("flow.dispute.used".to_owned(), used));
    rows.push(("flow.dispute.beacon.used".to_owned(), beacon));
    rows
}

/// What the senders of every transaction since a block paid for.
fn gas_since(room: &Courtroom, block: u64) -> u64 {
    let node = room.world.node();
    let blocks = (block + 1..=node.block_number()).filter_map(|number| node.block(number));
    blocks.map(|block| block.header.gas_used).sum()
}

/// What moving a claim costs, and meeting the other side.
fn concessions(room: &mut Courtroom) -> Vec<(String, u64)> {
    let (requester, owner) = (room.world.cast.requester, room.world.cast.owner);
    let job = result(room, 3);
    ok(room.world.disputes(requester, &IDisputes::disputeCall { job, slot: 0, claim: 0 }));
    let concede = |claim| IDisputes::concedeCall { job, slot: 0, claim };
    let moved = ok(room.world.disputes(requester, &concede(8)));
    let met = ok(room.world.disputes(owner, &concede(8)));
    vec![("disputes.concede".to_owned(), moved.exec_gas()), ("disputes.concede.met".to_owned(), met.exec_gas())]
}

/// What larger juries cost that all vote alike, all calls of one kind together.
fn appeals(room: &mut Courtroom) -> Vec<(String, u64)> {
    let (keeper, payer) = (room.world.cast.keeper, room.world.cast.eve);
    let mut rows = Vec::new();
    let dispute = room.open(LARGE);
    room.vote(dispute, &[Some(20); 3]);
    for (round, seats) in [(1_u8, 7_usize), (2, 15), (3, 31)] {
        let sent = room.done(payer, &ICourt::appealCall { dispute, round: round - 1, side: 1 });
        rows.push((format!("appeal.{seats}"), sent.exec_gas()));
        room.wait(dispute);
        rows.push((
            format!("draw.{seats}"),
            until_done(room, keeper, &ICourt::drawCall { dispute }, |drawn| usize::from(*drawn) == seats),
        ));
        for seat in 0..seats as u8 {
            room.commit(dispute, seat, 20);
        }
        (0..seats as u8).for_each(|seat| room.reveal(dispute, seat, 20));
    }
    for (round, seats) in [(1, 7), (2, 15), (3, 31)] {
        rows.push((
            format!("settle.{seats}"),
            until_done(room, keeper, &ICourt::settleCall { dispute, round }, |done| *done),
        ));
    }
    rows
}

/// Calls the court until it says that it is done. Answers what that costs.
fn until_done<C: SolCall>(room: &mut Courtroom, from: Address, call: &C, is_done: impl Fn(&C::Return) -> bool) -> u64 {
    let mut gas = 0;
    loop {
        let sent = room.done(from, call);
        gas += sent.exec_gas();
        if is_done(&sent.value) {
            return gas;
        }
    }
}

/// A crowd of jurors whose nodes changed on the days so many days ago, the oldest first.
fn crowd(count: u32, days_ago: &[u16], cached: bool) -> Bench {
    let mut bench = Bench::new();
    bench.go_on(30);
    let today = bench.today();
    bench.crowd(&unequal_stakes(count), &days_ago.iter().map(|ago| today - ago).collect::<Vec<_>>());
    // So that the balance of the court is not the first in one measurement and not in the other.
    bench.world.give(bench.court, 1);
    if cached {
        for program in [bench.jurors, bench.world.suite.token] {
            bench.world.node_mut().cache(program).expect("the program is active");
        }
    }
    bench
}

/// What a draw costs alone, of seats that anybody in the crowd can fill.
fn pick(bench: &mut Bench, days_ago: u16, count: u8) -> u64 {
    let (day, seed) = (bench.today() - days_ago, B256::repeat_byte(0x5e));
    let call = IJurors::pickCall { day, seed, from: 0, count, least: 320 };
    ok(bench.send(bench.world.cast.keeper, &call)).exec_gas()
}

/// A permit of `owner`, one of the development accounts, over exactly `stake` for the registry.
fn registry_permit(world: &World, owner: Address, stake: u128) -> Permit {
    permit_for(world, owner, world.suite.registry, stake)
}

/// The same for any `spender`.
fn permit_for(world: &World, owner: Address, spender: Address, stake: u128) -> Permit {
    let permit = world.permit(owner, spender, U256::from(stake));
    let ILnqToken::permit_0Call { deadline, v, r, s, .. } = world.signed(&permit, &world.permit_domain(), owner);
    Permit { deadline, v, r, s }
}

/// What was measured.
fn ok<R>(sent: Result<R, linq_tests::Refusal>) -> R {
    sent.unwrap_or_else(|refusal| panic!("it is measured where it succeeds: {refusal:?}"))
}

fn terms(world: &World, salt: u8) -> Terms {
    Terms { salt: B256::repeat_byte(salt), ..world.terms() }
}

/// A job with changed terms.
fn posted(world: &mut World, change: impl FnOnce(&mut Terms)) -> (Terms, B256) {
    let mut terms = terms(world, 2);
    change(&mut terms);
    let job = ok(world.post_as(terms.requester, &terms)).value;
    (terms, job)
}

/// The same with the first provider at work.
fn running(world: &mut World, change: impl FnOnce(&mut Terms)) -> B256 {
    let (terms, job) = posted(world, change);
    ok(world.take(world.cast.operator, &terms, 1, PRICE));
    wait(world, job);
    job
}

/// The same with its result in.
fn submitted(world: &mut World, change: impl FnOnce(&mut Terms)) -> B256 {
    let job = running(world, change);
    ok(world.submit(world.cast.operator, job, 20));
    job
}

fn wait(world: &mut World, job: B256) {
    let until = world.slot_of(job).until;
    world.at(until);
}

fn stepped(world: &mut World, job: B256) -> Sent<IJobs::stepReturn> {
    wait(world, job);
    ok(world.step(job))
}

/// Posts, takes, submits and pays; returns the sums of execution gas and of all gas.
fn one_job(world: &mut World, salt: u8) -> (u64, u64) {
    let (requester, operator): (Address, Address) = (world.cast.requester, world.cast.operator);
    let terms = terms(world, salt);
    let mut sums = (0, 0);
    let mut add = |exec: u64, used: u64| sums = (sums.0 + exec, sums.1 + used);
    let sent = ok(world.post_as(requester, &terms));
    let job = sent.value;
    add(sent.exec_gas(), sent.receipt.gas_used);
    let sent = ok(world.take(operator, &terms, 1, PRICE));
    add(sent.exec_gas(), sent.receipt.gas_used);
    wait(world, job);
    let submit = IJobs::submitCall { job, slot: 0, root: ROOT, claim: 20, uri: RESULT.into() };
    let sent = ok(world.jobs(operator, &submit));
    add(sent.exec_gas(), sent.receipt.gas_used);
    let sent = ok(world.jobs(requester, &IJobs::acceptCall { job, slot: 0 }));
    add(sent.exec_gas(), sent.receipt.gas_used);
    sums
}

//! One game: the suite on its chain, the oracle beside it, and players who do as actions say. After every move the two
//! have to agree, and what must always hold has to hold on the chain by itself.

use std::collections::BTreeMap;

use alloy::{eips::BlockId, rpc::types::TransactionRequest};
use linq_tests::ROOT;
use nitro_devnode::CallOptions;

use super::{
    action::{Action, Much, Shape, Which, Who},
    coverage::Coverage,
    oracle::{Answer, JobBook, Oracle, Stage, lock_of},
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

/// Prices of slots, from a unit to more than the first tier takes.
const PRICES: [u128; 8] = [1, 7, lnq(1) + 1, lnq(100), lnq(100) + 1, lnq(499), lnq(500), lnq(501)];

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
        };
        for account in accounts(&world) {
            oracle.token.balances.insert(account, world.balance(account));
        }
        Self { world, oracle, coverage, donated: BTreeMap::new(), settled: BTreeMap::new(), salt: 0 }
    }

    /// What every game begins with: strangers fail to wire, the deployer wires, two providers and two requesters get ready.
    pub fn open(&mut self) -> Verdict {
        let cast = Cast::ALL;
        for contract in 0..3 {
            self.play(Action::Wire { caller: Who(255), contract })?;
            self.play(Action::Wire { caller: Who(0), contract })?;
        }
        for owner in [cast.owner, cast.rival, cast.mallory, cast.eve] {
            self.approve(owner, self.world.suite.registry)?;
        }
        for requester in [cast.requester, cast.mallory] {
            self.approve(requester, self.world.suite.escrow)?;
        }
        for place in 0..2 {
            self.play(Action::Register { owner: Who(place), shape: Shape(0) })?;
            self.play(Action::AcceptOperator { caller: Who(0), provider: Which(place) })?;
        }
        Ok(())
    }

    fn approve(&mut self, owner: Address, spender: Address) -> Verdict {
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

    /// The last look: everything the contracts show is what the oracle says.
    pub fn close(&mut self) -> Verdict {
        self.everything_agrees()
    }
}

// ------------------------------------------------------------------------------------------- meaning of actions

/// People and contracts.
fn accounts(world: &World) -> Vec<Address> {
    let people = Cast::EVERYBODY.iter().map(|(person, _)| *person);
    people.chain(world.suite.addresses()).collect()
}

/// The owners of providers to be, their operators and payout addresses.
fn households() -> [(Address, Address, Address); 4] {
    let cast = Cast::ALL;
    [
        (cast.owner, cast.operator, cast.payout),
        (cast.rival, cast.rival_operator, cast.rival_operator),
        (cast.mallory, cast.mallory_operator, cast.mallory),
        (cast.eve, cast.eve, cast.keeper),
    ]
}

impl Game<'_> {
    /// `right` in seven of eight cases, otherwise anybody.
    fn who(&self, who: Who, right: Address) -> Address {
        if who.0 < 224 {
            return right;
        }
        let people = Cast::EVERYBODY;
        people[usize::from(who.0 - 224) % people.len()].0
    }

    /// A person who has LNQ at the start, or, rarely, a contract.
    fn receiver(&self, who: Who) -> Address {
        if who.0 >= 226 {
            return [self.world.suite.addresses().as_slice(), &[Address::ZERO]].concat()[usize::from(who.0) % 5];
        }
        let people = Cast::EVERYBODY;
        people[usize::from(who.0) % people.len()].0
    }

    fn holder(&self, who: Who) -> Address {
        let cast = Cast::ALL;
        let holders = [cast.requester, cast.owner, cast.rival, cast.mallory, cast.eve, cast.deployer, cast.keeper];
        holders[usize::from(who.0) % holders.len()]
    }

    /// An amount around `whole`.
    fn much(&self, much: Much, whole: u128) -> u128 {
        match much.0 % 8 {
            0 => 0,
            1 => 1,
            2 => whole / 2,
            3 => whole,
            4 => whole + 1,
            5 => whole.saturating_sub(1),
            6 => lnq(1).min(whole),
            _ => whole / 7,
        }
    }

    fn provider(&self, which: Which) -> u32 {
        let count = self.oracle.registry.providers.len() as u32;
        if which.0 >= 240 || count == 0 { u32::from(which.0 % 9) } else { u32::from(which.0) % count + 1 }
    }

    /// A slot for which `suits` holds, sometimes any; `None` where there is none.
    fn slot(&self, which: Which, suits: impl Fn(&JobBook, u16) -> bool) -> Option<(usize, u16)> {
        let jobs = &self.oracle.jobs.posted;
        let all = |keep: &dyn Fn(&JobBook, u16) -> bool| {
            let mut found = Vec::new();
            for (place, job) in jobs.iter().enumerate() {
                found.extend((0..job.slots.len() as u16).filter(|slot| keep(job, *slot)).map(|slot| (place, slot)));
            }
            found
        };
        let pick = |found: Vec<(usize, u16)>| (!found.is_empty()).then(|| found[usize::from(which.0) % found.len()]);
        if which.0 >= 240 {
            return pick(all(&|_, _| true));
        }
        let suitable = pick(all(&suits));
        // Where nothing suits, most attempts would only be refused for the same reason again.
        if suitable.is_none() && which.0.is_multiple_of(8) { pick(all(&|_, _| true)) } else { suitable }
    }

    fn registration(&self, owner: Address, shape: Shape) -> Registration {
        let household = households().into_iter().find(|(known, _, _)| *known == owner);
        let (_, operator, payout) = household.unwrap_or((owner, owner, owner));
        let mut stated = self.world.registration(operator, payout);
        let [a, b, c, d] = shape.0.to_le_bytes();
        if a & 1 == 1 {
            stated.features |= 1 << 5;
        }
        match b % 16 {
            13 => stated.region = 840,
            14 => (stated.capacity.gpus, stated.capacity.gpuClass) = (2, 7),
            15 => stated.capacity.cpuMillis = 0,
            _ => {}
        }
        match c % 16 {
            12 => stated.offer.open = false,
            13 => stated.offer.minRunSecs = stated.offer.maxRunSecs + 1,
            14 => stated.payout = [Address::ZERO, self.world.suite.token][usize::from(a) % 2],
            15 => stated.operator = Address::ZERO,
            _ => {}
        }
        match d % 16 {
            13 => stated.stake = u96(lnq(1_399)),
            14 => stated.stake = u96(lnq(1_400)),
            15 => stated.stake = u96(SHARE + 1),
            _ => {}
        }
        stated
    }

    fn offer(&self, shape: Shape) -> (Rates, StandingOffer) {
        let [a, b, c, _] = shape.0.to_le_bytes();
        let stated = self.registration(Cast::ALL.owner, Shape(0));
        let rates = Rates { cpuMilli: u64::from(a) * 10_000_000_000, ..stated.rates };
        let mut offer = stated.offer;
        match b % 8 {
            5 => offer.open = false,
            6 => offer.maxNoticeSecs = offer.maxHoldBackSecs + 1,
            7 => offer.maxLock = u96(lnq(1)),
            _ => offer.minPrice = u96(lnq(u128::from(c) % 4)),
        }
        (rates, offer)
    }

    fn terms(&mut self, requester: Address, shape: Shape) -> Terms {
        let [a, b, c, d] = shape.0.to_le_bytes();
        self.salt = self.salt.wrapping_add(1);
        let mut terms = self.world.terms();
        terms.requester = requester;
        terms.salt = B256::repeat_byte(self.salt);
        terms.price = u96(PRICES[usize::from(a) % PRICES.len()]);
        terms.tasks = [1, 1, 1, 2, 3, 1, 2, 1][usize::from(a >> 3) % 8];
        terms.bidSecs = if b & 1 == 1 { 0 } else { terms.bidSecs };
        terms.anyoneMatches = b & 6 == 6;
        match (b >> 3) % 4 {
            1 => terms.judge = Cast::ALL.judge,
            2 => terms.expected = keccak256(ROOT),
            _ => {}
        }
        terms.attempts = [4, 2, 1, 4][usize::from(b >> 5) % 4];
        match c % 16 {
            9 => (terms.provider, terms.attempts) = (1, 1),
            10 => terms.regions = 840,
            11 => terms.regions = 840 << 64 | 276,
            12 => terms.features |= 1 << 5,
            13 => terms.tier = 1,
            14 => terms.resources.cpuMillis = 3_500,
            15 => (terms.resources.gpus, terms.resources.gpuClass) = (1, 7),
            _ => {}
        }
        terms.openSecs = [3_600, 300, 7_200, 3_600][usize::from(c >> 4) % 4];
        match d {
            240 => terms.tasks = 0,
            241 => terms.price = U96::ZERO,
            242 => terms.windowSecs = MIN_WINDOW - 1,
            243 => terms.runSecs = 0,
            244 => terms.parameters = 2,
            245 => terms.attempts = 5,
            246 => terms.endBy = self.oracle.now,
            247 => terms.openSecs = 0,
            248 => terms.bidSecs = 21_601,
            249 => terms.resources = Resources { gpuClass: 1, gpus: 0, ..terms.resources },
            250 => (terms.judge, terms.expected) = (Cast::ALL.judge, keccak256(ROOT)),
            251 => terms.endBy = self.oracle.now + 900,
            _ => terms.windowSecs = [MIN_WINDOW, 600, 3_600][usize::from(d) % 3],
        }
        terms
    }

    /// When a slot's state ends, or an unbonding does; the next few of those to come.
    fn deadlines(&self) -> Vec<u64> {
        let now = self.oracle.now;
        let jobs = self.oracle.jobs.posted.iter();
        let slots = jobs.flat_map(|job| (0..job.slots.len() as u16).map(|slot| job.state(slot, now).1));
        let providers = self.oracle.registry.providers.iter();
        let unbondings = providers.flat_map(|book| book.unbondings.iter().map(|(_, end)| *end));
        let mut deadlines: Vec<u64> = slots.chain(unbondings).filter(|end| *end > now).collect();
        deadlines.sort_unstable();
        deadlines.dedup();
        deadlines.truncate(3);
        deadlines
    }

    fn act(&mut self, action: Action) -> Verdict {
        let (cast, suite) = (Cast::ALL, self.world.suite);
        let (token, registry, escrow, jobs) = (suite.token, suite.registry, suite.escrow, suite.jobs);
        let now = self.oracle.now;
        match action {
            Action::Transfer { from, to, value } => {
                let (from, to) = (self.holder(from), self.receiver(to));
                let value = U256::from(self.much(value, self.oracle.token.balance(from)) / 4);
                let call = ILnqToken::transferCall { to, value };
                let before = self.oracle.token.balance(to);
                self.send("token.transfer", from, token, &call, |oracle| oracle.transfer(from, to, value))?;
                self.note_gift(from, to, before);
                Ok(())
            }
            Action::Approve { owner, spender, value } => {
                let (owner, spender) = (self.holder(owner), self.receiver(spender));
                let value = if value.0 > 200 { U256::MAX } else { U256::from(self.much(value, lnq(1_000))) };
                let call = ILnqToken::approveCall { spender, value };
                self.send("token.approve", owner, token, &call, |oracle| oracle.approve(owner, spender, value))
            }
            Action::TransferFrom { caller, from, to, value } => {
                let (caller, from, to) = (self.receiver(caller), self.holder(from), self.receiver(to));
                let caller = if caller.is_zero() { cast.eve } else { caller };
                let allowed: u128 = self.oracle.token.allowance(from, caller).saturating_to();
                let value = U256::from(self.much(value, allowed.min(lnq(1_000))));
                let call = ILnqToken::transferFromCall { from, to, value };
                let before = self.oracle.token.balance(to);
                let predict = |oracle: &mut Oracle| oracle.transfer_from(caller, from, to, value);
                self.send("token.transferFrom", caller, token, &call, predict)?;
                self.note_gift(from, to, before);
                Ok(())
            }
            Action::Burn { from, value } => {
                let from = self.holder(from);
                let balance = self.oracle.token.balance(from);
                let value =
                    U256::from(self.much(value, balance.min(lnq(10))).max(if value.0 > 224 { balance + 1 } else { 0 }));
                let call = ILnqToken::burnCall { value };
                self.send("token.burn", from, token, &call, |oracle| oracle.burn(from, value))
            }
            Action::BurnFrom { caller, from, value } => {
                let (caller, account) = (self.who(caller, cast.keeper), self.holder(from));
                let allowed: u128 = self.oracle.token.allowance(account, caller).saturating_to();
                let value = U256::from(self.much(value, allowed.min(lnq(10))));
                let call = ILnqToken::burnFromCall { account, value };
                self.send("token.burnFrom", caller, token, &call, |oracle| oracle.burn_from(caller, account, value))
            }
            Action::Permit { owner, spender, value, forgery } => {
                // Owners that can sign are the development accounts.
                let owner = [cast.requester, cast.owner, cast.rival, cast.eve][usize::from(owner.0) % 4];
                let spender = self.receiver(spender);
                let value = U256::from(self.much(value, lnq(100)));
                let mut permit = self.world.permit(owner, spender, value);
                if forgery % 8 == 1 {
                    permit.deadline = U256::from(now - 1);
                }
                let signer = if forgery % 8 == 2 { cast.treasury } else { owner };
                let call = self.world.signed(&permit, &self.world.permit_domain(), signer);
                let deadline = permit.deadline.to();
                let predict = |oracle: &mut Oracle| oracle.permit(owner, signer, spender, value, deadline);
                self.send("token.permit", cast.keeper, token, &call, predict)
            }
            Action::Wire { caller, contract } => {
                let caller = self.who(caller, cast.deployer);
                match contract % 3 {
                    0 => {
                        let call = IRegistry::wireCall { jobs };
                        self.send("registry.wire", caller, registry, &call, |oracle| oracle.wire_registry(caller))
                    }
                    1 => {
                        let call = IEscrow::wireCall { jobs };
                        self.send("escrow.wire", caller, escrow, &call, |oracle| oracle.wire_escrow(caller))
                    }
                    _ => {
                        let call = IJobs::wireCall { registry, escrow };
                        self.send("jobs.wire", caller, jobs, &call, |oracle| oracle.wire_jobs(caller))
                    }
                }
            }
            Action::Register { owner, shape } => {
                let owner = self.who(owner, households()[usize::from(owner.0) % 4].0);
                let registration = self.registration(owner, shape);
                let call = IRegistry::registerCall { registration: registration.clone() };
                let predict = |oracle: &mut Oracle| oracle.register(owner, &registration);
                self.send("registry.register", owner, registry, &call, predict)
            }
            Action::AcceptOperator { caller, provider } => {
                let provider = self.provider(provider);
                let operator = self.oracle.book(provider).map_or(cast.eve, |book| book.operator);
                let caller = self.who(caller, operator);
                let call = IRegistry::acceptOperatorCall { provider };
                let predict = |oracle: &mut Oracle| oracle.accept_operator(caller, provider);
                self.send("registry.acceptOperator", caller, registry, &call, predict)
            }
            Action::SetOffer { caller, provider, shape } => {
                let provider = self.provider(provider);
                let owner = self.oracle.book(provider).map_or(cast.eve, |book| book.owner);
                let caller = self.who(caller, owner);
                let (rates, offer) = self.offer(shape);
                let call = IRegistry::setOfferCall { provider, rates: rates.clone(), offer: offer.clone() };
                let predict = |oracle: &mut Oracle| oracle.set_offer(caller, provider, &rates, &offer);
                self.send("registry.setOffer", caller, registry, &call, predict)
            }
            Action::AddStake { from, provider, amount } => {
                let (from, provider) = (self.holder(from), self.provider(provider));
                let amount = u96(self.much(amount, lnq(100)));
                let call = IRegistry::addStakeCall { provider, amount };
                let predict = |oracle: &mut Oracle| oracle.add_stake(from, provider, amount);
                self.send("registry.addStake", from, registry, &call, predict)
            }
            Action::Unbond { caller, provider, amount } => {
                let provider = self.provider(provider);
                let book = self.oracle.book(provider);
                let (owner, free) = book.map_or((cast.eve, 0), |book| (book.owner, book.bonded - book.locked()));
                let caller = self.who(caller, owner);
                // Mostly a little, so that providers stay in business.
                let whole = if amount.0 < 32 { free } else { free.min(lnq(50)) };
                let amount = u96(self.much(amount, whole));
                let call = IRegistry::unbondCall { provider, amount };
                let predict = |oracle: &mut Oracle| oracle.unbond(caller, provider, amount);
                self.send("registry.unbond", caller, registry, &call, predict)
            }
            Action::Withdraw { caller, provider } => {
                let provider = self.provider(provider);
                let owner = self.oracle.book(provider).map_or(cast.eve, |book| book.owner);
                let caller = self.who(caller, owner);
                let call = IRegistry::withdrawCall { provider };
                let predict = |oracle: &mut Oracle| oracle.withdraw(caller, provider);
                self.send("registry.withdraw", caller, registry, &call, predict)
            }
            Action::Post { requester, shape } => {
                let caller = self.who(requester, [cast.requester, cast.mallory][usize::from(requester.0) % 2]);
                let named = if requester.0 > 250 { cast.requester } else { caller };
                let terms = self.terms(named, shape);
                let uri = if shape.0 >> 24 == 252 { 257 } else { 8 };
                let id = self.oracle.id_of(self.world.node().config().chain_id, &terms);
                let call = IJobs::postCall { terms: terms.clone(), uri: "x".repeat(uri) };
                let predict = |oracle: &mut Oracle| oracle.post(caller, id, &terms, uri);
                self.send("jobs.post", caller, jobs, &call, predict)
            }
            Action::Take { caller, slot, provider, price } => self.take(caller, slot, provider, price),
            Action::Submit { caller, slot, claim, wrong } => {
                let running = |job: &JobBook, slot: u16| {
                    let (state, due) = job.state(slot, now);
                    state == SlotState::Running && now < due
                };
                let Some((job, slot, right)) = self.target(slot, running) else { return Ok(()) };
                let caller = self.who(caller, right);
                let root = if wrong % 16 == 1 { B256::ZERO } else { ROOT };
                let uri = if wrong % 32 == 2 { 257 } else { 3 };
                let claim = if claim < 160 { 20 } else { claim % 24 };
                let call = IJobs::submitCall { job, slot, root, claim, uri: "x".repeat(uri) };
                let predict = |oracle: &mut Oracle| oracle.submit(caller, job, slot, root, claim, uri);
                self.send("jobs.submit", caller, jobs, &call, predict)
            }
            Action::Accept { caller, slot } => {
                let Some((job, slot, _)) = self.target(slot, |job, slot| in_window(job, slot, now)) else {
                    return Ok(());
                };
                let requester = self.requester(job);
                let caller = self.who(caller, requester);
                let call = IJobs::acceptCall { job, slot };
                self.send("jobs.accept", caller, jobs, &call, |oracle| oracle.accept(caller, job, slot))
            }
            Action::Rule { caller, slot, share } => {
                let judged = |job: &JobBook, slot: u16| !job.terms.judge.is_zero() && in_window(job, slot, now);
                let Some((job, slot, _)) = self.target(slot, judged) else { return Ok(()) };
                let (caller, share) = (self.who(caller, cast.judge), share % 24);
                let call = IJobs::ruleCall { job, slot, share };
                self.send("jobs.rule", caller, jobs, &call, |oracle| oracle.rule(caller, job, slot, share))
            }
            Action::Unable { caller, slot } => {
                let running = |job: &JobBook, slot: u16| job.state(slot, now).0 == SlotState::Running;
                let Some((job, slot, right)) = self.target(slot, running) else { return Ok(()) };
                let caller = self.who(caller, right);
                let call = IJobs::unableCall { job, slot, reason: 1 };
                self.send("jobs.unable", caller, jobs, &call, |oracle| oracle.unable(caller, job, slot))
            }
            Action::Cancel { caller, slot } => {
                let open = |job: &JobBook, slot: u16| job.state(slot, now).0 == SlotState::Open;
                let Some((job, slot, _)) = self.target(slot, open) else { return Ok(()) };
                let requester = self.requester(job);
                let caller = self.who(caller, requester);
                let call = IJobs::cancelCall { job, slot };
                self.send("jobs.cancel", caller, jobs, &call, |oracle| oracle.cancel(caller, job, slot))
            }
            Action::Step { slot } => {
                let due = |job: &JobBook, slot: u16| {
                    let (state, until) = job.state(slot, now);
                    state != SlotState::Closed && now >= until
                };
                let Some((job, slot, _)) = self.target(slot, due) else { return Ok(()) };
                let call = IJobs::stepCall { job, slot };
                self.send("jobs.step", cast.keeper, jobs, &call, |oracle| oracle.step(job, slot))
            }
            Action::Sweep { caller } => {
                let caller = self.who(caller, cast.keeper);
                self.send("escrow.sweep", caller, escrow, &IEscrow::sweepCall {}, Oracle::sweep)
            }
            Action::Skim { caller } => {
                let caller = self.who(caller, cast.keeper);
                self.send("escrow.skim", caller, escrow, &IEscrow::skimCall {}, Oracle::skim)?;
                self.donated.remove(&escrow);
                Ok(())
            }
            Action::Trespass { caller, entry } => self.trespass(caller, entry),
            Action::Wait { until, how } => {
                let deadlines = self.deadlines();
                let second = match (how % 8, deadlines.is_empty()) {
                    (0, _) | (_, true) => now + [1, 5, 10, 30, 60, 120, 600, 86_400][usize::from(until.0) % 8],
                    (1 | 2, _) => deadlines[usize::from(until.0) % deadlines.len()] - 1,
                    (3, _) => deadlines[usize::from(until.0) % deadlines.len()] + 1,
                    _ => deadlines[usize::from(until.0) % deadlines.len()],
                };
                self.world.at(second);
                self.oracle.now = second;
                Ok(())
            }
        }
    }

    fn take(&mut self, caller: Who, slot: Which, provider: Which, price: Much) -> Verdict {
        let (now, jobs) = (self.oracle.now, self.world.suite.jobs);
        let takeable = |job: &JobBook, slot: u16| {
            let (state, until) = job.state(slot, now);
            now < until && (state == SlotState::Open || (state == SlotState::Taken && price.0 & 8 == 8))
        };
        let Some((place, slot)) = self.slot(slot, takeable) else { return Ok(()) };
        let job = &self.oracle.jobs.posted[place];
        let (id, terms) = (job.id, job.terms.clone());
        let provider = match terms.provider {
            0 => self.provider(provider),
            named if provider.0 < 224 => named,
            _ => self.provider(provider),
        };
        let quote =
            self.oracle.book(provider).map_or(0, |book| book.quote(&terms.resources, terms.runSecs)).min((1 << 96) - 1);
        let operator = self.oracle.book(provider).map_or(Cast::ALL.eve, |book| book.operator);
        // The operator names a price; somebody else has to name the quote.
        let assigns = price.0 & 3 == 3;
        let right = if assigns { terms.requester } else { operator };
        let caller = self.who(caller, right);
        let posted: u128 = terms.price.to();
        let displaceable = job.slots[slot as usize].price * 63 / 64;
        let price = match (price.0 >> 2) % 8 {
            _ if assigns => quote,
            0 => posted,
            1 => posted + 1,
            2 => posted / 2,
            3 => displaceable,
            4 => displaceable + 1,
            5 => 0,
            _ => quote.min(posted),
        };
        let call = IJobs::takeCall { terms: terms.clone(), slot, provider, price: u96(price) };
        self.send("jobs.take", caller, jobs, &call, |oracle| oracle.take(caller, id, &terms, slot, provider, price))
    }

    /// A slot's job, its index, and the operator of the provider that has it.
    fn target(&self, which: Which, suits: impl Fn(&JobBook, u16) -> bool) -> Option<(B256, u16, Address)> {
        let (place, slot) = self.slot(which, suits)?;
        let job = &self.oracle.jobs.posted[place];
        let operator = self.oracle.book(job.slots[slot as usize].provider).map_or(Cast::ALL.eve, |book| book.operator);
        // Now and then a job or a slot that does not exist.
        match which.0 {
            254 => Some((B256::ZERO, slot, operator)),
            255 => Some((job.id, job.slots.len() as u16, operator)),
            _ => Some((job.id, slot, operator)),
        }
    }

    fn requester(&self, job: B256) -> Address {
        let posted = self.oracle.jobs.posted.iter().find(|posted| posted.id == job);
        posted.map_or(Cast::ALL.requester, |job| job.terms.requester)
    }

    fn trespass(&mut self, caller: Who, entry: u8) -> Verdict {
        let suite = self.world.suite;
        let callers = [self.world.cast.eve, suite.escrow, suite.registry, suite.token, self.world.cast.operator];
        let caller = callers[usize::from(caller.0) % callers.len()];
        let refused = |to: Address| {
            move |_: &mut Oracle| -> Answer {
                if to == suite.registry {
                    Err(IRegistry::RegistryNotJobs { caller }.abi_encode())
                } else {
                    Err(IEscrow::EscrowNotJobs { caller }.abi_encode())
                }
            }
        };
        let job = self.oracle.jobs.posted.first().map_or(B256::ZERO, |job| job.id);
        let (registry, escrow) = (suite.registry, suite.escrow);
        match entry % 6 {
            0 => {
                let terms = self.world.terms();
                let request = WorkRequest {
                    provider: 1,
                    caller: self.world.cast.operator,
                    assignable: true,
                    resources: terms.resources,
                    features: 0,
                    regions: 0,
                    tier: 0,
                    price: terms.price,
                    posted: terms.price,
                    runSecs: terms.runSecs,
                    windowSecs: terms.windowSecs,
                    lock: U96::ZERO,
                };
                self.send("registry.take", caller, registry, &IRegistry::takeCall { request }, refused(registry))
            }
            1 => {
                let operator = self.world.cast.operator;
                let call = IRegistry::freeCall { provider: 1, operator, resources: Resources::default() };
                self.send("registry.free", caller, registry, &call, refused(registry))
            }
            2 => {
                let work = WorkClose {
                    work: B256::ZERO,
                    provider: 1,
                    payoutVersion: 0,
                    end: 0,
                    lock: U96::ZERO,
                    standing: false,
                    reserved: false,
                    resources: Resources::default(),
                    claim: 20,
                    share: 20,
                    paid: U96::ZERO,
                    fee: U96::ZERO,
                    priceFee: U96::ZERO,
                    tookSecs: 0,
                };
                self.send("registry.close", caller, registry, &IRegistry::closeCall { work }, refused(registry))
            }
            3 => {
                let requester = self.world.cast.requester;
                let call = IEscrow::lockCall { job: B256::repeat_byte(9), requester, price: u96(lnq(1)), slots: 1 };
                self.send("escrow.lock", caller, escrow, &call, refused(escrow))
            }
            4 => {
                let call = IEscrow::settleCall { job, payee: caller, price: U96::from(1), share: 20, feeBps: 0 };
                self.send("escrow.settle", caller, escrow, &call, refused(escrow))
            }
            _ => self.send("escrow.refund", caller, escrow, &IEscrow::refundCall { job }, refused(escrow)),
        }
    }

    /// Remembers LNQ that reached a contract of the suite by a transfer.
    fn note_gift(&mut self, from: Address, to: Address, before: u128) {
        if from != to && self.world.suite.addresses().contains(&to) {
            *self.donated.entry(to).or_default() += self.oracle.token.balance(to) - before;
        }
    }
}

fn in_window(job: &JobBook, slot: u16, now: u64) -> bool {
    matches!(job.slots[slot as usize].stage, Stage::Submitted { window_end } if now < window_end)
}

// --------------------------------------------------------------------------------------------- moves and truths

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
    fn count_nested(&mut self, logs: &[alloy::rpc::types::Log]) {
        use alloy::sol_types::SolEvent;
        let Some(suite) = Some(self.world.suite) else { return };
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
            } else {
                continue;
            };
            self.coverage.count(entry, "ok");
        }
    }

    /// ES-2: each settlement of a slot adds up to its posted price.
    fn note_settlements(&mut self, logs: &[alloy::rpc::types::Log]) -> Verdict {
        use alloy::sol_types::SolEvent;
        for log in logs.iter().filter(|log| log.inner.address == self.world.suite.escrow) {
            let Ok(settled) = IEscrow::SlotSettled::decode_log_data(&log.inner.data) else { continue };
            let parts: (u128, u128, u128) = (settled.paid.to(), settled.fee.to(), settled.refunded.to());
            let posted = self.oracle.jobs.posted.iter().find(|job| job.id == settled.job);
            let posted: u128 = posted.map_or(0, |job| job.terms.price.to());
            if parts.0 + parts.1 + parts.2 != posted {
                return Err(format!("ES-2: {parts:?} were paid, taken and returned of {posted}"));
            }
            self.settled.entry(settled.job).or_default().push(parts);
        }
        Ok(())
    }

    /// What must hold after every move, read from the chain alone.
    fn holds(&mut self) -> Verdict {
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

        let donated = |contract| self.donated.get(&contract).copied().unwrap_or_default();
        let count = self.world.read(suite.registry, &IRegistry::providerCountCall {});
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
                if matches!(state, SlotState::Taken | SlotState::Running | SlotState::Submitted) {
                    let place = slot.provider as usize - 1;
                    locked[place] += slot.lock.to::<u128>();
                    ensure("RG-3: the lock is what was agreed", slot.lock.to::<u128>(), lock_of(&job.terms))?;
                    if state != SlotState::Submitted {
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
            let open = provider.accepted - provider.completed - provider.late - provider.unable;
            let working = self.oracle.registry.providers[place].open.len() as u32;
            ensure(&format!("RG-9: open work of provider {id}"), open, working)?;
        }
        let owed = self.world.read(suite.escrow, &IEscrow::liabilitiesCall {});
        let (rewards, fees): (u128, u128) = (owed.rewards.to(), owed.fees.to());
        ensure("ES-1: rewards are the posted prices of unsettled slots", rewards, unsettled)?;
        ensure("ES-1: the escrow holds what it owes", balances[&suite.escrow], rewards + fees + donated(suite.escrow))?;
        ensure("fees", fees, self.oracle.escrow.fees)?;
        ensure("nobody else holds LNQ", balances[&suite.jobs], donated(suite.jobs))?;
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
                operatorAccepted: book.accepted_role,
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
                accepted: book.taken,
                completed: book.completed,
                late: book.late,
                unable: book.unable,
                earned: u96(book.earned),
                slashed: u96(book.slashed),
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
    fn everything_agrees(&self) -> Verdict {
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
            let shown = self.world.read(suite.registry, &IRegistry::unbondingsCall { id: place as u32 + 1 });
            let shown: Vec<(u128, u64)> = shown.into_iter().map(|request| (request.amount.to(), request.end)).collect();
            ensure("unbondings", &shown, &book.unbondings)?;
        }
        for job in &self.oracle.jobs.posted {
            let shown = self.world.read(suite.escrow, &IEscrow::lockedCall { job: job.id });
            let shown = (shown.requester, shown.price.to::<u128>(), shown.unsettled);
            let locked = self.oracle.escrow.locked.get(&job.id).copied().unwrap_or_default();
            ensure("locked", shown, locked)?;
            let shown = self.world.job(job.id);
            let stated = (shown.requester, shown.price, shown.tasks, shown.openUntil, shown.attempts);
            let terms = &job.terms;
            ensure("job", stated, (terms.requester, terms.price, terms.tasks, job.open_until, terms.attempts))?;
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
    fn one_way_on(&mut self, action: Action) -> Verdict {
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
        // While it is taken, what is possible is a cheaper take; a closed slot has nothing to come.
        let expected = match job.state(slot, self.oracle.now).0 {
            SlotState::Taken | SlotState::Closed => 0,
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

/// The name of a typed error.
fn error_name(data: &[u8]) -> String {
    let text = linq_tests::explain(data);
    text.split(['(', ' ']).next().unwrap_or_default().to_owned()
}

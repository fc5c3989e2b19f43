//! What each action becomes: a call, its caller, and the oracle's word on it.

use linq_tests::{ROOT, registry_parameters};

use super::{Game, Verdict, choice::households};
use crate::{
    model::{
        action::{Action, Much, Shape, Which, Who},
        oracle::{Answer, JobBook, Oracle, ProviderBook, Stage},
    },
    prelude::*,
};

/// Owners whose keys are known.
const SIGNERS: [Address; 4] = [Cast::ALL.owner, Cast::ALL.rival, Cast::ALL.eve, Cast::ALL.requester];

impl Game<'_> {
    /// Does as `action` says.
    pub(super) fn act(&mut self, action: Action) -> Verdict {
        match action {
            Action::Transfer { from, to, value } => self.transfer(from, to, value),
            Action::Approve { owner, spender, value } => self.approve(owner, spender, value),
            Action::TransferFrom { caller, from, to, value } => self.transfer_from(caller, from, to, value),
            Action::Burn { from, value } => self.burn(from, value),
            Action::BurnFrom { caller, from, value } => self.burn_from(caller, from, value),
            Action::Permit { owner, spender, value, forgery } => self.permit(owner, spender, value, forgery),
            Action::Wire { caller, contract } => self.wire(caller, contract),
            Action::Register { owner, shape } => self.register(owner, shape),
            Action::RegisterWithPermit { owner, shape, forgery } => self.register_with_permit(owner, shape, forgery),
            Action::AcceptRole { caller, provider } => self.accept_role(caller, provider),
            Action::SetKeys { caller, provider, shape } => self.set_keys(caller, provider, shape),
            Action::SetCapacity { caller, provider, shape } => self.set_capacity(caller, provider, shape),
            Action::Drain { caller, provider } => self.drain(caller, provider),
            Action::SetParameters { caller, shape } => self.set_parameters(caller, shape),
            Action::Pause { caller } => self.pause(caller),
            Action::AddStakeWithPermit { from, provider, amount, forgery } => {
                self.add_stake_with_permit(from, provider, amount, forgery)
            }
            Action::SetOffer { caller, provider, shape } => self.set_offer(caller, provider, shape),
            Action::AddStake { from, provider, amount } => self.add_stake(from, provider, amount),
            Action::Unbond { caller, provider, amount } => self.unbond(caller, provider, amount),
            Action::Withdraw { caller, provider } => self.withdraw(caller, provider),
            Action::Post { requester, shape } => self.post(requester, shape),
            Action::Take { caller, slot, provider, price } => self.take(caller, slot, provider, price),
            Action::Submit { caller, slot, claim, wrong } => self.submit(caller, slot, claim, wrong),
            Action::Accept { caller, slot } => self.accept(caller, slot),
            Action::Rule { caller, slot, share } => self.rule(caller, slot, share),
            Action::Dispute { caller, slot, claim } => self.dispute(caller, slot, claim),
            Action::Concede { caller, slot, claim } => self.concede(caller, slot, claim),
            Action::SettleDispute { slot } => self.settle_dispute(slot),
            Action::SettleNeutral { slot } => self.settle_neutral(slot),
            Action::Lapse { dispute } => self.lapse(dispute),
            Action::Unable { caller, slot } => self.unable(caller, slot),
            Action::Cancel { caller, slot } => self.cancel(caller, slot),
            Action::Step { slot } => self.step(slot),
            Action::Sweep { caller } => self.sweep(caller),
            Action::Skim { caller } => self.skim(caller),
            Action::Trespass { caller, entry } => self.trespass(caller, entry),
            Action::Wait { until, how } => self.wait(until, how),
        }
    }

    fn transfer(&mut self, from: Who, to: Who, value: Much) -> Verdict {
        let Suite { token, .. } = self.world.suite;
        let (from, to) = (self.holder(from), self.receiver(to));
        let value = U256::from(self.much(value, self.oracle.token.balance(from)) / 4);
        let call = ILnqToken::transferCall { to, value };
        let before = self.oracle.token.balance(to);
        self.send("token.transfer", from, token, &call, |oracle| oracle.transfer(from, to, value))?;
        self.note_gift(from, to, before);
        Ok(())
    }

    fn approve(&mut self, owner: Who, spender: Who, value: Much) -> Verdict {
        let Suite { token, .. } = self.world.suite;
        let (owner, spender) = (self.holder(owner), self.receiver(spender));
        let value = if value.0 > 200 { U256::MAX } else { U256::from(self.much(value, lnq(1_000))) };
        let call = ILnqToken::approveCall { spender, value };
        self.send("token.approve", owner, token, &call, |oracle| oracle.approve(owner, spender, value))
    }

    fn transfer_from(&mut self, caller: Who, from: Who, to: Who, value: Much) -> Verdict {
        let Suite { token, .. } = self.world.suite;
        let cast = Cast::ALL;
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

    fn burn(&mut self, from: Who, value: Much) -> Verdict {
        let Suite { token, .. } = self.world.suite;
        let from = self.holder(from);
        let balance = self.oracle.token.balance(from);
        let value = U256::from(self.much(value, balance.min(lnq(10))).max(if value.0 > 224 { balance + 1 } else { 0 }));
        let call = ILnqToken::burnCall { value };
        self.send("token.burn", from, token, &call, |oracle| oracle.burn(from, value))
    }

    fn burn_from(&mut self, caller: Who, from: Who, value: Much) -> Verdict {
        let Suite { token, .. } = self.world.suite;
        let cast = Cast::ALL;
        let (caller, account) = (self.who(caller, cast.keeper), self.holder(from));
        let allowed: u128 = self.oracle.token.allowance(account, caller).saturating_to();
        let value = U256::from(self.much(value, allowed.min(lnq(10))));
        let call = ILnqToken::burnFromCall { account, value };
        self.send("token.burnFrom", caller, token, &call, |oracle| oracle.burn_from(caller, account, value))
    }

    fn permit(&mut self, owner: Who, spender: Who, value: Much, forgery: u8) -> Verdict {
        let Suite { token, .. } = self.world.suite;
        let cast = Cast::ALL;
        let now = self.oracle.now;
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

    fn wire(&mut self, caller: Who, contract: u8) -> Verdict {
        let Suite { registry, escrow, jobs, disputes, court, jurors, beacon, .. } = self.world.suite;
        let cast = Cast::ALL;
        let caller = self.who(caller, cast.deployer);
        match contract % 6 {
            0 => {
                let call = IRegistry::wireCall { jobs };
                self.send("registry.wire", caller, registry, &call, |oracle| oracle.wire_registry(caller))
            }
            1 => {
                let call = IEscrow::wireCall { jobs };
                self.send("escrow.wire", caller, escrow, &call, |oracle| oracle.wire_escrow(caller))
            }
            2 => {
                let call = IJurors::wireCall { court };
                self.send("jurors.wire", caller, jurors, &call, |oracle| oracle.wire_jurors(caller))
            }
            3 => {
                let call = ICourt::wireCall { jurors, beacon, opener: disputes };
                self.send("court.wire", caller, court, &call, |oracle| oracle.wire_court(caller))
            }
            4 => {
                let call = IDisputes::wireCall { jobs, registry, escrow, court };
                self.send("disputes.wire", caller, disputes, &call, |oracle| oracle.wire_disputes(caller))
            }
            _ => {
                let call = IJobs::wireCall { registry, escrow, disputes };
                self.send("jobs.wire", caller, jobs, &call, |oracle| oracle.wire_jobs(caller))
            }
        }
    }

    fn register(&mut self, owner: Who, shape: Shape) -> Verdict {
        let Suite { registry, .. } = self.world.suite;
        let owner = self.who(owner, households()[usize::from(owner.0) % 4].0);
        let registration = self.registration(owner, shape);
        let call = IRegistry::registerCall { registration: registration.clone() };
        let predict = |oracle: &mut Oracle| oracle.register(owner, &registration);
        self.send("registry.register", owner, registry, &call, predict)
    }

    fn register_with_permit(&mut self, owner: Who, shape: Shape, forgery: u8) -> Verdict {
        let Suite { registry, .. } = self.world.suite;
        let owner = SIGNERS[usize::from(owner.0) % SIGNERS.len()];
        let registration = self.registration(owner, shape);
        let (permit, good) = self.signature(owner, registration.stake, forgery)?;
        let call = IRegistry::registerWithPermitCall { registration: registration.clone(), permit };
        let predict = |oracle: &mut Oracle| oracle.register_with_permit(owner, &registration, good);
        self.send("registry.registerWithPermit", owner, registry, &call, predict)
    }

    fn add_stake_with_permit(&mut self, from: Who, provider: Which, amount: Much, forgery: u8) -> Verdict {
        let Suite { registry, .. } = self.world.suite;
        let (from, provider) = (SIGNERS[usize::from(from.0) % SIGNERS.len()], self.provider(provider));
        let amount = u96(self.much(amount, lnq(100)));
        let (permit, good) = self.signature(from, amount, forgery)?;
        let call = IRegistry::addStakeWithPermitCall { provider, amount, permit };
        let predict = |oracle: &mut Oracle| oracle.add_stake_with_permit(from, provider, amount, good);
        self.send("registry.addStakeWithPermit", from, registry, &call, predict)
    }

    /// A permit of `owner` over exactly `value` for the registry, and whether it is good: not forged, not expired, and not
    /// used up by somebody who showed it before. Sometimes the owner has no allowance beside it.
    pub(super) fn signature(
        &mut self,
        owner: Address,
        value: U96,
        forgery: u8,
    ) -> Result<(linq_abi::Permit, bool), String> {
        let Suite { token, registry, .. } = self.world.suite;
        if forgery & 64 == 64 {
            let call = ILnqToken::approveCall { spender: registry, value: U256::ZERO };
            let predict = |oracle: &mut Oracle| oracle.approve(owner, registry, U256::ZERO);
            self.send("token.approve", owner, token, &call, predict)?;
        }
        let value = U256::from(value);
        let mut permit = self.world.permit(owner, registry, value);
        if forgery % 8 == 1 {
            permit.deadline = U256::from(self.oracle.now - 1);
        }
        let signer = if forgery % 8 == 2 { Cast::ALL.treasury } else { owner };
        let call = self.world.signed(&permit, &self.world.permit_domain(), signer);
        let good = !matches!(forgery % 8, 1..=3);
        if forgery % 8 == 3 {
            let deadline = permit.deadline.to();
            let predict = |oracle: &mut Oracle| oracle.permit(owner, signer, registry, value, deadline);
            self.send("token.permit", Cast::ALL.eve, token, &call, predict)?;
        }
        Ok((linq_abi::Permit { deadline: call.deadline, v: call.v, r: call.r, s: call.s }, good))
    }

    fn accept_role(&mut self, caller: Who, provider: Which) -> Verdict {
        let Suite { registry, .. } = self.world.suite;
        let cast = Cast::ALL;
        let provider = self.provider(provider);
        let waiting = |book: &ProviderBook| if book.invited.is_zero() { book.operator } else { book.invited };
        let right = self.oracle.book(provider).map_or(cast.eve, waiting);
        let caller = self.who(caller, right);
        let call = IRegistry::acceptRoleCall { provider };
        let predict = |oracle: &mut Oracle| oracle.accept_role(caller, provider);
        self.send("registry.acceptRole", caller, registry, &call, predict)
    }

    /// Keys as they are, with one of them changed, mostly.
    fn set_keys(&mut self, caller: Who, provider: Which, shape: Shape) -> Verdict {
        let Suite { token, registry, .. } = self.world.suite;
        let cast = Cast::ALL;
        let provider = self.provider(provider);
        let [a, b, _, _] = shape.0.to_le_bytes();
        let book = self.oracle.book(provider);
        let (mut owner, mut operator, mut payout) =
            book.map_or((cast.eve, cast.eve, cast.eve), |book| (book.owner, book.operator, book.stated.payout));
        let caller = self.who(caller, owner);
        let (_, home_operator, home_payout) = households()[usize::from(b) % 4];
        match a % 16 {
            0 => owner = Address::ZERO,
            1 => operator = Address::ZERO,
            2 => payout = [token, registry, Address::ZERO][usize::from(b) % 3],
            3..=5 => owner = [cast.mallory, cast.keeper, cast.judge, operator][usize::from(b) % 4],
            6..=9 => operator = home_operator,
            10 => operator = owner,
            11..=13 => payout = home_payout,
            _ => {}
        }
        let call = IRegistry::setKeysCall { provider, owner, operator, payout };
        let predict = |oracle: &mut Oracle| oracle.set_keys(caller, provider, owner, operator, payout);
        self.send("registry.setKeys", caller, registry, &call, predict)
    }

    fn set_capacity(&mut self, caller: Who, provider: Which, shape: Shape) -> Verdict {
        let Suite { registry, .. } = self.world.suite;
        let cast = Cast::ALL;
        let provider = self.provider(provider);
        let [a, b, c, _] = shape.0.to_le_bytes();
        let stated = self.world.registration(cast.operator, cast.payout);
        let book = self.oracle.book(provider);
        let (right, used) = book.map_or((cast.eve, Resources::default()), |book| (book.operator, book.used()));
        let caller = self.who(caller, right);
        let mut capacity = stated.capacity;
        match a % 8 {
            0 => capacity.memoryMib = 0,
            1 => capacity = used,
            2 => capacity.cpuMillis = 1_000,
            3 => capacity.cpuMillis = 200_000,
            4 => (capacity.gpus, capacity.gpuClass) = (2, [7, 8][usize::from(b) % 2]),
            5 => (capacity.gpus, capacity.gpuClass) = (1, 0),
            _ => {}
        }
        let region = if b & 16 == 16 { 840 } else { stated.region };
        let features = stated.features | if c & 1 == 1 { 1 << 5 } else { 0 };
        let call = IRegistry::setCapacityCall { provider, capacity: capacity.clone(), features, region };
        let predict = |oracle: &mut Oracle| oracle.set_capacity(caller, provider, &capacity, features, region);
        self.send("registry.setCapacity", caller, registry, &call, predict)
    }

    /// Mostly somebody who must not: who drains is out of the game.
    fn drain(&mut self, caller: Who, provider: Which) -> Verdict {
        let Suite { registry, .. } = self.world.suite;
        let cast = Cast::ALL;
        let provider = self.provider(provider);
        let owner = self.oracle.book(provider).map_or(cast.eve, |book| book.owner);
        let caller = if caller.0 < 64 { owner } else { self.holder(caller) };
        let call = IRegistry::drainCall { provider };
        self.send("registry.drain", caller, registry, &call, |oracle| oracle.drain(caller, provider))
    }

    fn set_parameters(&mut self, caller: Who, shape: Shape) -> Verdict {
        let Suite { registry, .. } = self.world.suite;
        let caller = self.who(caller, Cast::ALL.governor);
        let [a, b, _, _] = shape.0.to_le_bytes();
        let mut parameters = registry_parameters();
        parameters.unbondingSecs = [60, 61, 600, 86_400, 200_000][usize::from(b) % 5];
        match a % 16 {
            0 => parameters.minimumLnq = 1_000_001,
            1 => parameters.tier1.stakeMultiple = 0,
            2 => parameters.unbondingSecs = 59,
            3 => parameters.tier3.reputationBps = 10_001,
            4 | 5 => parameters.minimumLnq = 9_700,
            6 => parameters.perCoreLnq = 3_000,
            7 => parameters.priceCapLnq = 100,
            8 => (parameters.tier1.stakeMultiple, parameters.tier1.ageDays, parameters.tier1.reputationBps) = (2, 0, 0),
            _ => {}
        }
        let call = IRegistry::setParametersCall { parameters: parameters.clone() };
        let predict = |oracle: &mut Oracle| oracle.set_parameters(caller, &parameters);
        self.send("registry.setParameters", caller, registry, &call, predict)
    }

    fn pause(&mut self, caller: Who) -> Verdict {
        let Suite { registry, .. } = self.world.suite;
        let caller = self.who(caller, Cast::ALL.guardian);
        let call = IRegistry::pauseCall {};
        self.send("registry.pause", caller, registry, &call, |oracle| oracle.pause(caller))
    }

    fn set_offer(&mut self, caller: Who, provider: Which, shape: Shape) -> Verdict {
        let Suite { registry, .. } = self.world.suite;
        let cast = Cast::ALL;
        let provider = self.provider(provider);
        let owner = self.oracle.book(provider).map_or(cast.eve, |book| book.owner);
        let caller = self.who(caller, owner);
        let (rates, offer) = self.offer(shape);
        let call = IRegistry::setOfferCall { provider, rates: rates.clone(), offer: offer.clone() };
        let predict = |oracle: &mut Oracle| oracle.set_offer(caller, provider, &rates, &offer);
        self.send("registry.setOffer", caller, registry, &call, predict)
    }

    fn add_stake(&mut self, from: Who, provider: Which, amount: Much) -> Verdict {
        let Suite { registry, .. } = self.world.suite;
        let (from, provider) = (self.holder(from), self.provider(provider));
        let amount = u96(self.much(amount, lnq(100)));
        let call = IRegistry::addStakeCall { provider, amount };
        let predict = |oracle: &mut Oracle| oracle.add_stake(from, provider, amount);
        self.send("registry.addStake", from, registry, &call, predict)
    }

    fn unbond(&mut self, caller: Who, provider: Which, amount: Much) -> Verdict {
        let Suite { registry, .. } = self.world.suite;
        let cast = Cast::ALL;
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

    fn withdraw(&mut self, caller: Who, provider: Which) -> Verdict {
        let Suite { registry, .. } = self.world.suite;
        let cast = Cast::ALL;
        let provider = self.provider(provider);
        let owner = self.oracle.book(provider).map_or(cast.eve, |book| book.owner);
        let caller = self.who(caller, owner);
        let call = IRegistry::withdrawCall { provider };
        let predict = |oracle: &mut Oracle| oracle.withdraw(caller, provider);
        self.send("registry.withdraw", caller, registry, &call, predict)
    }

    fn post(&mut self, requester: Who, shape: Shape) -> Verdict {
        let Suite { jobs, .. } = self.world.suite;
        let cast = Cast::ALL;
        let caller = self.who(requester, [cast.requester, cast.mallory][usize::from(requester.0) % 2]);
        let named = if requester.0 > 250 { cast.requester } else { caller };
        let terms = self.terms(named, shape);
        let uri = if shape.0 >> 24 == 252 { 257 } else { 8 };
        let id = self.oracle.id_of(self.world.node().config().chain_id, &terms);
        let call = IJobs::postCall { terms: terms.clone(), uri: "x".repeat(uri) };
        let predict = |oracle: &mut Oracle| oracle.post(caller, id, &terms, uri);
        self.send("jobs.post", caller, jobs, &call, predict)
    }

    fn submit(&mut self, caller: Who, slot: Which, claim: u8, wrong: u8) -> Verdict {
        let Suite { jobs, .. } = self.world.suite;
        let now = self.oracle.now;
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

    fn accept(&mut self, caller: Who, slot: Which) -> Verdict {
        let Suite { jobs, .. } = self.world.suite;
        let now = self.oracle.now;
        let Some((job, slot, _)) = self.target(slot, |job, slot| in_window(job, slot, now)) else {
            return Ok(());
        };
        let requester = self.requester(job);
        let caller = self.who(caller, requester);
        let call = IJobs::acceptCall { job, slot };
        self.send("jobs.accept", caller, jobs, &call, |oracle| oracle.accept(caller, job, slot))
    }

    fn rule(&mut self, caller: Who, slot: Which, share: u8) -> Verdict {
        let Suite { jobs, .. } = self.world.suite;
        let cast = Cast::ALL;
        let now = self.oracle.now;
        let judged = |job: &JobBook, slot: u16| !job.terms.judge.is_zero() && in_window(job, slot, now);
        let Some((job, slot, _)) = self.target(slot, judged) else { return Ok(()) };
        let (caller, share) = (self.who(caller, cast.judge), share % 24);
        let call = IJobs::ruleCall { job, slot, share };
        self.send("jobs.rule", caller, jobs, &call, |oracle| oracle.rule(caller, job, slot, share))
    }

    fn dispute(&mut self, caller: Who, slot: Which, claim: u8) -> Verdict {
        let (now, disputes) = (self.oracle.now, self.world.suite.disputes);
        let Some((job, slot, _)) = self.target(slot, |job, slot| in_window(job, slot, now)) else { return Ok(()) };
        let requester = self.requester(job);
        let (caller, claim) = (self.who(caller, requester), if claim < 64 { 0 } else { claim % 22 });
        let call = IDisputes::disputeCall { job, slot, claim };
        self.send("disputes.dispute", caller, disputes, &call, |oracle| oracle.dispute(caller, job, slot, claim))
    }

    fn concede(&mut self, caller: Who, slot: Which, claim: u8) -> Verdict {
        let disputes = self.world.suite.disputes;
        let Some((job, slot, operator)) = self.target(slot, is_disputed) else { return Ok(()) };
        let right = if caller.0.is_multiple_of(2) { self.requester(job) } else { operator };
        // Now and then all the way to the other side.
        let claim = match claim {
            0..64 => claim % 22,
            _ if caller.0.is_multiple_of(2) => 20,
            _ => 0,
        };
        let caller = self.who(caller, right);
        let call = IDisputes::concedeCall { job, slot, claim };
        self.send("disputes.concede", caller, disputes, &call, |oracle| oracle.concede(caller, job, slot, claim))
    }

    fn settle_dispute(&mut self, slot: Which) -> Verdict {
        let disputes = self.world.suite.disputes;
        let Some((job, slot, _)) = self.target(slot, is_disputed) else { return Ok(()) };
        let (keeper, call) = (Cast::ALL.keeper, IDisputes::settleCall { job, slot });
        self.send("disputes.settle", keeper, disputes, &call, |oracle| oracle.settle_dispute(job, slot))
    }

    fn settle_neutral(&mut self, slot: Which) -> Verdict {
        let disputes = self.world.suite.disputes;
        let Some((job, slot, _)) = self.target(slot, is_disputed) else { return Ok(()) };
        let (keeper, call) = (Cast::ALL.keeper, IDisputes::settleNeutralCall { job, slot });
        self.send("disputes.settleNeutral", keeper, disputes, &call, |oracle| oracle.settle_neutral(job, slot))
    }

    fn lapse(&mut self, dispute: Which) -> Verdict {
        let count = self.oracle.disputes.opened.len() as u64;
        if count == 0 && !dispute.0.is_multiple_of(16) {
            return Ok(());
        }
        let dispute = u64::from(dispute.0) % (count + 2);
        let (keeper, court) = (Cast::ALL.keeper, self.world.suite.court);
        self.send("court.lapse", keeper, court, &ICourt::lapseCall { dispute }, |oracle| oracle.lapse(dispute))
    }

    fn unable(&mut self, caller: Who, slot: Which) -> Verdict {
        let Suite { jobs, .. } = self.world.suite;
        let now = self.oracle.now;
        let running = |job: &JobBook, slot: u16| job.state(slot, now).0 == SlotState::Running;
        let Some((job, slot, right)) = self.target(slot, running) else { return Ok(()) };
        let caller = self.who(caller, right);
        let call = IJobs::unableCall { job, slot, reason: 1 };
        self.send("jobs.unable", caller, jobs, &call, |oracle| oracle.unable(caller, job, slot))
    }

    fn cancel(&mut self, caller: Who, slot: Which) -> Verdict {
        let Suite { jobs, .. } = self.world.suite;
        let now = self.oracle.now;
        let open = |job: &JobBook, slot: u16| job.state(slot, now).0 == SlotState::Open;
        let Some((job, slot, _)) = self.target(slot, open) else { return Ok(()) };
        let requester = self.requester(job);
        let caller = self.who(caller, requester);
        let call = IJobs::cancelCall { job, slot };
        self.send("jobs.cancel", caller, jobs, &call, |oracle| oracle.cancel(caller, job, slot))
    }

    fn step(&mut self, slot: Which) -> Verdict {
        let Suite { jobs, .. } = self.world.suite;
        let cast = Cast::ALL;
        let now = self.oracle.now;
        let due = |job: &JobBook, slot: u16| {
            let (state, until) = job.state(slot, now);
            !matches!(state, SlotState::Disputed | SlotState::Closed) && now >= until
        };
        let Some((job, slot, _)) = self.target(slot, due) else { return Ok(()) };
        let call = IJobs::stepCall { job, slot };
        self.send("jobs.step", cast.keeper, jobs, &call, |oracle| oracle.step(job, slot))
    }

    fn sweep(&mut self, caller: Who) -> Verdict {
        let Suite { escrow, .. } = self.world.suite;
        let cast = Cast::ALL;
        let caller = self.who(caller, cast.keeper);
        self.send("escrow.sweep", caller, escrow, &IEscrow::sweepCall {}, Oracle::sweep)
    }

    fn skim(&mut self, caller: Who) -> Verdict {
        let Suite { escrow, .. } = self.world.suite;
        let cast = Cast::ALL;
        let caller = self.who(caller, cast.keeper);
        self.send("escrow.skim", caller, escrow, &IEscrow::skimCall {}, Oracle::skim)?;
        self.donated.remove(&escrow);
        Ok(())
    }

    fn wait(&mut self, until: Which, how: u8) -> Verdict {
        let now = self.oracle.now;
        let deadlines = self.deadlines();
        let second = match (how % 8, deadlines.is_empty()) {
            (0, _) | (_, true) => now + [1, 5, 10, 30, 60, 600, 86_400, 8 * 86_400][usize::from(until.0) % 8],
            (1 | 2, _) => deadlines[usize::from(until.0) % deadlines.len()] - 1,
            (3, _) => deadlines[usize::from(until.0) % deadlines.len()] + 1,
            _ => deadlines[usize::from(until.0) % deadlines.len()],
        };
        self.world.at(second);
        self.oracle.now = second;
        Ok(())
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
        match entry % 11 {
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
                    requester: self.world.cast.requester,
                    owed: U96::ZERO,
                    verdict: 0,
                    trial: 0,
                };
                self.send("registry.close", caller, registry, &IRegistry::closeCall { work }, refused(registry))
            }
            3 => {
                let requester = self.world.cast.requester;
                let call = IEscrow::lockCall { job: B256::repeat_byte(9), requester, price: u96(lnq(1)), slots: 1 };
                self.send("escrow.lock", caller, escrow, &call, refused(escrow))
            }
            4 => {
                let call = IEscrow::settleCall {
                    job,
                    payee: caller,
                    price: U96::from(1),
                    share: 20,
                    owed: U96::ZERO,
                    feeBps: 0,
                };
                self.send("escrow.settle", caller, escrow, &call, refused(escrow))
            }
            5 => {
                let forfeit = IEscrow::forfeitCall { job, price: U96::from(1), share: 20 };
                self.send("escrow.forfeit", caller, escrow, &forfeit, refused(escrow))
            }
            6 => {
                let refused = |_: &mut Oracle| -> Answer { Err(IJobs::JobsNotDisputes { caller }.abi_encode()) };
                let call = IJobs::disputeCall { job, slot: 0, until: 1 };
                self.send("jobs.dispute", caller, suite.jobs, &call, refused)
            }
            7 => {
                let refused = |_: &mut Oracle| -> Answer { Err(IJobs::JobsNotDisputes { caller }.abi_encode()) };
                let call = IJobs::settleCall { job, slot: 0, share: 20, owed: U96::ZERO, verdict: 2, trial: 1 };
                self.send("jobs.settle", caller, suite.jobs, &call, refused)
            }
            8 => {
                let refused = |_: &mut Oracle| -> Answer { Err(ICourt::CourtNotOpener { caller }.abi_encode()) };
                let call = ICourt::openCall { funder: caller, value: u96(lnq(1)), version: 1 };
                self.send("court.open", caller, suite.court, &call, refused)
            }
            9 => {
                let refused = |_: &mut Oracle| -> Answer { Err(ICourt::CourtNotOpener { caller }.abi_encode()) };
                let call = ICourt::cancelCall { dispute: 1, burn: U96::ZERO };
                self.send("court.cancel", caller, suite.court, &call, refused)
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

/// Whether a slot is before the court.
fn is_disputed(job: &JobBook, slot: u16) -> bool {
    matches!(job.slots[slot as usize].stage, Stage::Disputed { .. })
}

fn in_window(job: &JobBook, slot: u16, now: u64) -> bool {
    matches!(job.slots[slot as usize].stage, Stage::Submitted { window_end } if now < window_end)
}

//! What hardly ever happens by chance, brought about on purpose, so that every refusal that a game can come to is reached
//! and held against the oracle in every run.

use linq_tests::ROOT;

use super::{Game, Verdict};
use crate::{
    model::{
        action::{Action, Shape, Who},
        oracle::{Answer, Oracle},
    },
    prelude::*,
};

/// The place of eve among the households, and among those whose keys are known.
const EVE: Who = Who(3);
const EVE_SIGNS: Who = Who(2);

/// A job that exists nowhere.
const NO_JOB: B256 = B256::repeat_byte(0xee);

impl Game<'_> {
    /// Before anything is wired nobody gets in.
    pub fn try_unwired(&mut self) -> Verdict {
        let (eve, escrow) = (Cast::ALL.eve, self.world.suite.escrow);
        self.play(Action::Register { owner: EVE, shape: Shape(0) })?;
        self.play(Action::RegisterWithPermit { owner: EVE_SIGNS, shape: Shape(0), forgery: 0 })?;
        self.play(Action::Post { requester: Who(0), shape: Shape(0) })?;
        let unwired = |_: &mut Oracle| -> Answer { Err(IEscrow::EscrowNotWired {}.abi_encode()) };
        let lock = IEscrow::lockCall { job: NO_JOB, requester: eve, price: u96(lnq(1)), slots: 1 };
        self.send("escrow.lock", eve, escrow, &lock, unwired)?;
        let settle =
            IEscrow::settleCall { job: NO_JOB, payee: eve, price: u96(1), share: 20, owed: U96::ZERO, feeBps: 0 };
        self.send("escrow.settle", eve, escrow, &settle, unwired)?;
        let dispute = IDisputes::disputeCall { job: NO_JOB, slot: 0, claim: 0 };
        let disputes = self.world.suite.disputes;
        self.send("disputes.dispute", eve, disputes, &dispute, |oracle| oracle.dispute(eve, NO_JOB, 0, 0))?;
        self.send("escrow.refund", eve, escrow, &IEscrow::refundCall { job: NO_JOB }, unwired)
    }

    /// Everything else, in a game that has begun.
    pub fn try_the_rare(&mut self) -> Verdict {
        self.oracle.now = self.world.now();
        self.misstated_registrations()?;
        self.misstated_jobs()?;
        self.money_that_is_not_there()?;
        self.what_there_is_none_of()?;
        self.too_many_unbondings()?;
        self.stake_that_is_locked()?;
        self.offers_that_do_not_fit()?;
        self.results_that_come_wrong_or_late()?;
        self.disputes_that_nobody_hears()?;
        self.holds()
    }

    /// One registration for each way to state something wrong, with and without a permit.
    fn misstated_registrations(&mut self) -> Verdict {
        let flaws =
            [[0, 15, 0, 0], [0, 0, 13, 0], [0, 0, 14, 0], [1, 0, 14, 0], [0, 0, 15, 0], [0, 0, 0, 13], [0, 0, 0, 15]];
        for shape in flaws.map(|bytes| Shape(u32::from_le_bytes(bytes))) {
            self.play(Action::Register { owner: EVE, shape })?;
            self.play(Action::RegisterWithPermit { owner: EVE_SIGNS, shape, forgery: 0 })?;
        }
        // A signature that is not good, and no allowance beside it.
        self.play(Action::RegisterWithPermit { owner: EVE_SIGNS, shape: Shape(0), forgery: 64 | 2 })?;
        self.play(Action::Register { owner: EVE, shape: Shape(0) })?;
        self.approve_all(Cast::ALL.eve, self.world.suite.registry)
    }

    /// One job for each way to state something wrong, and one that is there already.
    fn misstated_jobs(&mut self) -> Verdict {
        for flaw in 240..=252 {
            self.play(Action::Post { requester: Who(0), shape: Shape(flaw << 24) })?;
        }
        let terms = Terms { salt: B256::repeat_byte(0xf0), ..self.world.terms() };
        self.post_terms(&terms)?;
        self.post_terms(&terms)
    }

    /// LNQ that somebody may take, and that nobody has.
    fn money_that_is_not_there(&mut self) -> Verdict {
        let Suite { token, registry, .. } = self.world.suite;
        let Cast { eve, keeper, mallory, .. } = Cast::ALL;
        let (more, value) = (u96(SHARE + 1), U256::from(SHARE + 1));
        let call = IRegistry::addStakeCall { provider: 1, amount: more };
        self.send("registry.addStake", eve, registry, &call, |oracle| oracle.add_stake(eve, 1, more))?;
        let (permit, good) = self.signature(eve, more, 0)?;
        let call = IRegistry::addStakeWithPermitCall { provider: 1, amount: more, permit };
        let predict = |oracle: &mut Oracle| oracle.add_stake_with_permit(eve, 1, more, good);
        self.send("registry.addStakeWithPermit", eve, registry, &call, predict)?;
        let terms = Terms { requester: mallory, price: u96(lnq(600_000)), tasks: 2, ..self.world.terms() };
        self.post_terms(&terms)?;

        let call = ILnqToken::transferCall { to: keeper, value };
        self.send("token.transfer", eve, token, &call, |oracle| oracle.transfer(eve, keeper, value))?;
        self.approve_all(eve, keeper)?;
        let call = ILnqToken::burnFromCall { account: eve, value };
        self.send("token.burnFrom", keeper, token, &call, |oracle| oracle.burn_from(keeper, eve, value))?;
        let call = ILnqToken::transferFromCall { from: Address::ZERO, to: eve, value: U256::ZERO };
        let predict = |oracle: &mut Oracle| oracle.transfer_from(eve, Address::ZERO, eve, U256::ZERO);
        self.send("token.transferFrom", eve, token, &call, predict)?;
        let permit = self.world.permit(eve, Address::ZERO, value);
        let call = self.world.signed(&permit, &self.world.permit_domain(), eve);
        let deadline = permit.deadline.to();
        let predict = |oracle: &mut Oracle| oracle.permit(eve, eve, Address::ZERO, value, deadline);
        self.send("token.permit", keeper, token, &call, predict)
    }

    /// Jobs and slots that nobody posted.
    fn what_there_is_none_of(&mut self) -> Verdict {
        let (eve, jobs) = (Cast::ALL.eve, self.world.suite.jobs);
        let terms = Terms { salt: B256::repeat_byte(0xf1), ..self.world.terms() };
        self.post_terms(&terms)?;
        let posted = self.id_of(&terms);
        for (job, slot) in [(NO_JOB, 0), (posted, 1)] {
            let call = IJobs::cancelCall { job, slot };
            self.send("jobs.cancel", eve, jobs, &call, |oracle| oracle.cancel(eve, job, slot))?;
            let call = IJobs::acceptCall { job, slot };
            self.send("jobs.accept", eve, jobs, &call, |oracle| oracle.accept(eve, job, slot))?;
            let call = IJobs::ruleCall { job, slot, share: 1 };
            self.send("jobs.rule", eve, jobs, &call, |oracle| oracle.rule(eve, job, slot, 1))?;
            let call = IJobs::unableCall { job, slot, reason: 1 };
            self.send("jobs.unable", eve, jobs, &call, |oracle| oracle.unable(eve, job, slot))?;
            let call = IJobs::stepCall { job, slot };
            self.send("jobs.step", eve, jobs, &call, |oracle| oracle.step(job, slot))?;
            let call = IJobs::submitCall { job, slot, root: ROOT, claim: 20, uri: String::new() };
            self.send("jobs.submit", eve, jobs, &call, |oracle| oracle.submit(eve, job, slot, ROOT, 20, 0))?;
        }
        let never = Terms { salt: B256::repeat_byte(0xf2), ..terms.clone() };
        self.take_at(eve, &never, 0, 1, 1)?;
        self.take_at(eve, &terms, 1, 1, 1)
    }

    /// The first provider has as many requests as it can have, and makes one more.
    fn too_many_unbondings(&mut self) -> Verdict {
        for _ in 0..17 {
            self.unbond_of(1, 1)?;
        }
        Ok(())
    }

    /// The second provider keeps the minimum, and locks all of it.
    fn stake_that_is_locked(&mut self) -> Verdict {
        let (operator, registry) = (Cast::ALL.rival_operator, self.world.suite.registry);
        self.unbond_of(2, lnq(8_600))?;
        let resources = Resources { cpuMillis: 100, memoryMib: 64, ..Resources::default() };
        let terms = Terms {
            price: u96(lnq(500)),
            tasks: 15,
            bidSecs: 0,
            resources,
            salt: B256::repeat_byte(0xf3),
            ..self.world.terms()
        };
        self.post_terms(&terms)?;
        for slot in 0..15 {
            self.take_at(operator, &terms, slot, 2, lnq(80))?;
        }
        self.unbond_of(2, 1)?;
        let Registration { capacity, features, region, .. } = self.world.registration(operator, operator);
        let less = Resources { cpuMillis: 1, ..capacity };
        let call = IRegistry::setCapacityCall { provider: 2, capacity: less.clone(), features, region };
        let predict = |oracle: &mut Oracle| oracle.set_capacity(operator, 2, &less, features, region);
        self.send("registry.setCapacity", operator, registry, &call, predict)
    }

    /// Work that is outside the standing offer of the first provider, or comes when that is closed.
    fn offers_that_do_not_fit(&mut self) -> Verdict {
        let (Cast { requester, owner, .. }, registry) = (Cast::ALL, self.world.suite.registry);
        let short = Terms { runSecs: 59, bidSecs: 0, salt: B256::repeat_byte(0xf4), ..self.world.terms() };
        self.post_terms(&short)?;
        let quote = self.world.quote(1, &short.resources, short.runSecs);
        self.take_at(requester, &short, 0, 1, quote)?;
        let terms = Terms { bidSecs: 0, salt: B256::repeat_byte(0xf5), ..self.world.terms() };
        self.post_terms(&terms)?;
        let quote = self.world.quote(1, &terms.resources, terms.runSecs);
        self.take_at(requester, &terms, 0, 1, quote - 1)?;
        let (rates, offer) = (self.world.provider(1).rates, StandingOffer::default());
        let call = IRegistry::setOfferCall { provider: 1, rates: rates.clone(), offer: offer.clone() };
        let predict = |oracle: &mut Oracle| oracle.set_offer(owner, 1, &rates, &offer);
        self.send("registry.setOffer", owner, registry, &call, predict)?;
        self.take_at(requester, &terms, 0, 1, quote)
    }

    /// A result that is not the expected one, and answers to results that come too late.
    fn results_that_come_wrong_or_late(&mut self) -> Verdict {
        let (Cast { requester, operator, judge, .. }, jobs) = (Cast::ALL, self.world.suite.jobs);
        let terms = Terms { bidSecs: 0, salt: B256::repeat_byte(0xf6), ..self.world.terms() };
        let expected = Terms { expected: keccak256(ROOT), salt: B256::repeat_byte(0xf7), ..terms.clone() };
        let judged = Terms { judge, salt: B256::repeat_byte(0xf8), ..terms.clone() };
        for (terms, root) in [(&expected, NO_JOB), (&terms, ROOT), (&judged, ROOT)] {
            self.post_terms(terms)?;
            self.take_at(operator, terms, 0, 1, lnq(1))?;
            let job = self.id_of(terms);
            let call = IJobs::submitCall { job, slot: 0, root, claim: 20, uri: String::new() };
            self.send("jobs.submit", operator, jobs, &call, |oracle| oracle.submit(operator, job, 0, root, 20, 0))?;
        }
        let late = self.world.now() + u64::from(Times::WINDOW);
        self.world.at(late);
        self.oracle.now = late;
        let job = self.id_of(&terms);
        let call = IJobs::acceptCall { job, slot: 0 };
        self.send("jobs.accept", requester, jobs, &call, |oracle| oracle.accept(requester, job, 0))?;
        let job = self.id_of(&judged);
        let call = IJobs::ruleCall { job, slot: 0, share: 1 };
        self.send("jobs.rule", judge, jobs, &call, |oracle| oracle.rule(judge, job, 0, 1))
    }

    /// A dispute that the court is silent on for as long as it can be.
    fn disputes_that_nobody_hears(&mut self) -> Verdict {
        let Cast { requester, operator, owner, eve, keeper, .. } = Cast::ALL;
        let Suite { jobs, disputes, .. } = self.world.suite;
        let terms = Terms { bidSecs: 0, salt: B256::repeat_byte(0xf9), ..self.world.terms() };
        self.oracle.now = self.world.now();
        self.post_terms(&terms)?;
        self.take_at(operator, &terms, 0, 1, lnq(1))?;
        let job = self.id_of(&terms);
        let call = IJobs::submitCall { job, slot: 0, root: ROOT, claim: 9, uri: String::new() };
        self.send("jobs.submit", operator, jobs, &call, |oracle| oracle.submit(operator, job, 0, ROOT, 9, 0))?;
        for claim in [9, 2, 2] {
            let call = IDisputes::disputeCall { job, slot: 0, claim };
            self.send("disputes.dispute", requester, disputes, &call, |oracle| {
                oracle.dispute(requester, job, 0, claim)
            })?;
        }
        let neutral = IDisputes::settleNeutralCall { job, slot: 0 };
        let case = self.oracle.disputes.opened.last().cloned().ok_or("a dispute was opened")?;
        for second in [self.oracle.now, case.evidence_end - 1, case.evidence_end, case.neutral_from - 1] {
            self.world.at(second);
            self.oracle.now = second;
            for (caller, claim) in [(eve, 5), (requester, 2), (owner, 9), (operator, 8)] {
                let call = IDisputes::concedeCall { job, slot: 0, claim };
                self.send("disputes.concede", caller, disputes, &call, |oracle| oracle.concede(caller, job, 0, claim))?;
            }
            let call = IDisputes::settleCall { job, slot: 0 };
            self.send("disputes.settle", keeper, disputes, &call, |oracle| oracle.settle_dispute(job, 0))?;
            self.send("disputes.settleNeutral", keeper, disputes, &neutral, |oracle| oracle.settle_neutral(job, 0))?;
        }
        self.world.at(case.neutral_from);
        self.oracle.now = case.neutral_from;
        for _ in 0..2 {
            self.send("disputes.settleNeutral", keeper, disputes, &neutral, |oracle| oracle.settle_neutral(job, 0))?;
        }
        Ok(())
    }

    fn id_of(&self, terms: &Terms) -> B256 {
        self.oracle.id_of(self.world.node().config().chain_id, terms)
    }

    fn post_terms(&mut self, terms: &Terms) -> Verdict {
        let (id, requester) = (self.id_of(terms), terms.requester);
        let call = IJobs::postCall { terms: terms.clone(), uri: String::new() };
        let predict = |oracle: &mut Oracle| oracle.post(requester, id, terms, 0);
        self.send("jobs.post", requester, self.world.suite.jobs, &call, predict)
    }

    fn take_at(&mut self, caller: Address, terms: &Terms, slot: u16, provider: u32, price: u128) -> Verdict {
        let id = self.id_of(terms);
        let call = IJobs::takeCall { terms: terms.clone(), slot, provider, price: u96(price) };
        let predict = |oracle: &mut Oracle| oracle.take(caller, id, terms, slot, provider, price);
        self.send("jobs.take", caller, self.world.suite.jobs, &call, predict)
    }

    fn unbond_of(&mut self, provider: u32, amount: u128) -> Verdict {
        let (owner, amount) = (self.oracle.book(provider).map_or(Cast::ALL.eve, |book| book.owner), u96(amount));
        let call = IRegistry::unbondCall { provider, amount };
        let predict = |oracle: &mut Oracle| oracle.unbond(owner, provider, amount);
        self.send("registry.unbond", owner, self.world.suite.registry, &call, predict)
    }
}

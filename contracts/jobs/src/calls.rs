//! Every call to a sibling, by the word.

use alloc::vec::Vec;

use alloy_primitives::{Address, B256, aliases::U96};
use alloy_sol_types::SolCall;
use linq_abi::{IEscrow, IJobs::JobsSiblingFailed, IRegistry, Resources, WorkClose};
use stylus_sdk::{
    call::call,
    prelude::*,
    stylus_core::calls::{Call, errors::Error},
};

use crate::{
    JobsError,
    state::Jobs,
    terms::{self, TermsWords},
    words::{Word, address, amount, low, resources, small},
};

/// Who takes what, beside the terms.
pub struct Taker {
    /// The provider.
    pub provider: u32,
    /// Who called.
    pub caller: Address,
    /// Whether somebody who is not its operator may assign the work.
    pub assignable: bool,
    /// The price of the take.
    pub price: U96,
    /// Collateral to lock.
    pub lock: U96,
}

/// Arguments of `IRegistry.take`: what the terms ask goes over as it came.
pub fn take(taker: &Taker, terms: &TermsWords) -> [Word; 17] {
    let term = |field| terms.word(field);
    [
        small(taker.provider),
        address(taker.caller),
        small(taker.assignable),
        term(terms::CPU_MILLIS),
        term(terms::MEMORY_MIB),
        term(terms::STORAGE_GIB),
        term(terms::GPUS),
        term(terms::GPU_CLASS),
        term(terms::BANDWIDTH_MBPS),
        term(terms::FEATURES),
        term(terms::REGIONS),
        term(terms::TIER),
        amount(taker.price),
        term(terms::PRICE),
        term(terms::RUN_SECS),
        term(terms::WINDOW_SECS),
        amount(taker.lock),
    ]
}

/// Arguments of `IRegistry.free`.
pub fn free(provider: u32, operator: Address, of: &Resources) -> [Word; 8] {
    let [cpu, memory, storage, gpus, class, bandwidth] = resources(of);
    [small(provider), address(operator), cpu, memory, storage, gpus, class, bandwidth]
}

/// Arguments of `IRegistry.close`.
pub fn close(work: &WorkClose) -> [Word; 19] {
    let [cpu, memory, storage, gpus, class, bandwidth] = resources(&work.resources);
    [
        work.work.0,
        small(work.provider),
        small(work.payoutVersion),
        small(work.end),
        amount(work.lock),
        small(work.standing),
        small(work.reserved),
        cpu,
        memory,
        storage,
        gpus,
        class,
        bandwidth,
        small(work.claim),
        small(work.share),
        amount(work.paid),
        amount(work.fee),
        amount(work.priceFee),
        small(work.tookSecs),
    ]
}

/// Arguments of `IEscrow.lock`.
pub fn lock(job: B256, requester: Address, price: U96, slots: u16) -> [Word; 4] {
    [job.0, address(requester), amount(price), small(slots)]
}

/// Arguments of `IEscrow.settle`.
pub fn settle(job: B256, payee: Address, price: U96, share: u8, fee_bps: u16) -> [Word; 5] {
    [job.0, address(payee), amount(price), small(share), small(fee_bps)]
}

impl Jobs {
    /// Calls function `C` of a sibling, whose answer has `WORDS` words. Its own reasons for a refusal reach the caller
    /// unchanged.
    pub(crate) fn ask<C: SolCall, const WORDS: usize>(
        &mut self,
        sibling: Address,
        arguments: &[Word],
    ) -> Result<[Word; WORDS], JobsError> {
        let answer = self.ask_bytes(sibling, C::SELECTOR, arguments)?;
        let (words, []) = answer.as_chunks::<32>() else {
            return Err(JobsSiblingFailed { sibling }.into());
        };
        words.try_into().map_err(|_| JobsSiblingFailed { sibling }.into())
    }

    #[inline(never)]
    fn ask_bytes(&mut self, sibling: Address, selector: [u8; 4], arguments: &[Word]) -> Result<Vec<u8>, JobsError> {
        let mut data = Vec::with_capacity(612);
        data.extend_from_slice(&selector);
        data.extend_from_slice(arguments.as_flattened());
        let context = Call::new_mutating(self);
        match call(self.vm(), context, sibling, &data) {
            Ok(answer) => Ok(answer),
            Err(Error::Revert(reason)) if !reason.is_empty() => Err(JobsError::passed(reason)),
            Err(_) => Err(JobsSiblingFailed { sibling }.into()),
        }
    }

    /// Has the registry reserve capacity and lock collateral. Answers the payout version, and whether the take came from
    /// the standing offer.
    pub(crate) fn registry_take(&mut self, taker: &Taker, terms: &TermsWords) -> Result<(u16, bool), JobsError> {
        let registry = self.registry.get();
        let [version, standing] = self.ask::<IRegistry::takeCall, 2>(registry, &take(taker, terms))?;
        let version = u16::try_from(low(&version)).map_err(|_| JobsSiblingFailed { sibling: registry })?;
        Ok((version, low(&standing) != 0))
    }

    /// Has the registry return capacity in the name of the provider's operator, which it confirms.
    pub(crate) fn registry_free(&mut self, provider: u32, operator: Address, of: &Resources) -> Result<(), JobsError> {
        let registry = self.registry.get();
        self.ask::<IRegistry::freeCall, 0>(registry, &free(provider, operator, of))?;
        Ok(())
    }

    /// Ends work in the registry's books. Answers whom to pay for it.
    pub(crate) fn registry_close(&mut self, work: &WorkClose) -> Result<Address, JobsError> {
        let registry = self.registry.get();
        let [payout, _slashed] = self.ask::<IRegistry::closeCall, 2>(registry, &close(work))?;
        Ok(Address::from_word(payout.into()))
    }

    /// Has the escrow lock the prices of a job.
    pub(crate) fn escrow_lock(
        &mut self,
        job: B256,
        requester: Address,
        price: U96,
        slots: u16,
    ) -> Result<(), JobsError> {
        let escrow = self.escrow.get();
        self.ask::<IEscrow::lockCall, 0>(escrow, &lock(job, requester, price, slots))?;
        Ok(())
    }

    /// Has the escrow pay for a slot.
    pub(crate) fn escrow_settle(
        &mut self,
        job: B256,
        payee: Address,
        price: U96,
        share: u8,
        fee_bps: u16,
    ) -> Result<(), JobsError> {
        let escrow = self.escrow.get();
        self.ask::<IEscrow::settleCall, 2>(escrow, &settle(job, payee, price, share, fee_bps))?;
        Ok(())
    }

    /// Has the escrow return the price of a slot.
    pub(crate) fn escrow_refund(&mut self, job: B256) -> Result<(), JobsError> {
        let escrow = self.escrow.get();
        self.ask::<IEscrow::refundCall, 1>(escrow, &[job.0])?;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use linq_abi::WorkRequest;

    use super::*;
    use crate::words::tests::{all_resources, sample, terms, words_of};

    fn arguments(call: &impl SolCall) -> Vec<u8> {
        call.abi_encode()[4..].to_vec()
    }

    #[test]
    fn take_asks_what_the_terms_ask() {
        let terms = terms();
        let taker = Taker {
            provider: sample("taker"),
            caller: sample("caller"),
            assignable: true,
            price: sample("bid"),
            lock: sample("lock"),
        };
        let request = WorkRequest {
            provider: taker.provider,
            caller: taker.caller,
            assignable: taker.assignable,
            resources: terms.resources.clone(),
            features: terms.features,
            regions: terms.regions,
            tier: terms.tier,
            price: taker.price,
            posted: terms.price,
            runSecs: terms.runSecs,
            windowSecs: terms.windowSecs,
            lock: taker.lock,
        };
        let words = take(&taker, &words_of(&terms));
        assert_eq!(words.as_flattened(), arguments(&IRegistry::takeCall { request }));
    }

    #[test]
    fn free_names_the_operator() {
        let (provider, operator, resources) = (sample("provider"), sample("operator"), all_resources());
        let words = free(provider, operator, &resources);
        assert_eq!(words.as_flattened(), arguments(&IRegistry::freeCall { provider, operator, resources }));
    }

    #[test]
    fn close_says_how_work_ended() {
        let work = WorkClose {
            work: sample("work"),
            provider: sample("provider"),
            payoutVersion: sample("payoutVersion"),
            end: sample("end"),
            lock: sample("lock"),
            standing: true,
            reserved: false,
            resources: all_resources(),
            claim: sample("claim"),
            share: sample("share"),
            paid: sample("paid"),
            fee: sample("fee"),
            priceFee: sample("priceFee"),
            tookSecs: sample("tookSecs"),
        };
        assert_eq!(close(&work).as_flattened(), arguments(&IRegistry::closeCall { work }));
    }

    #[test]
    fn the_escrow_is_told_what_to_lock_and_settle() {
        let (job, requester, price, slots) = (sample("job"), sample("requester"), sample("price"), sample("slots"));
        let words = lock(job, requester, price, slots);
        assert_eq!(words.as_flattened(), arguments(&IEscrow::lockCall { job, requester, price, slots }));

        let (payee, share, fee_bps) = (sample("payee"), sample("share"), sample("feeBps"));
        let words = settle(job, payee, price, share, fee_bps);
        let call = IEscrow::settleCall { job, payee, price, share, feeBps: fee_bps };
        assert_eq!(words.as_flattened(), arguments(&call));
    }
}

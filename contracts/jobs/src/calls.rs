//! Calls to the registry and to the escrow.

use alloy_primitives::{Address, B256, aliases::U96};
use alloy_sol_types::SolCall;
use linq_abi::{IEscrow, IJobs::JobsSiblingFailed, IRegistry, Resources, WorkClose, WorkRequest, wire::Static};
use linq_common::{Amount, CallFailure, call, view};

use crate::{JobsError, state::Jobs};

/// Job, payee, price of the take, share in twentieths, what is owed, and the fee in bps.
pub(crate) type Settling = (B256, Address, U96, u8, U96, u16);

/// What the escrow keeps of a job that has an unsettled slot.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Reward {
    /// Who posted the job.
    pub requester: Address,
    /// The most one slot pays, and what its collateral is reckoned from.
    pub price: Amount,
}

impl Jobs {
    /// Has the registry reserve capacity and lock collateral. Answers the payout version, and whether the take came from
    /// the standing offer.
    pub(crate) fn registry_take(&mut self, request: &WorkRequest) -> Result<(u16, bool), JobsError> {
        let registry = self.registry.get();
        self.ask::<IRegistry::takeCall, _, _>(registry, request)
    }

    /// Has the registry return capacity in the name of the provider's operator, which it confirms.
    pub(crate) fn registry_free(
        &mut self,
        provider: u32,
        operator: Address,
        resources: Resources,
    ) -> Result<(), JobsError> {
        let registry = self.registry.get();
        self.ask::<IRegistry::freeCall, _, _>(registry, &(provider, operator, resources))
    }

    /// Ends work in the registry's books. Answers whom to pay for it.
    pub(crate) fn registry_close(&mut self, work: &WorkClose) -> Result<Address, JobsError> {
        let registry = self.registry.get();
        let (payout, _slashed): (Address, U96) = self.ask::<IRegistry::closeCall, _, _>(registry, work)?;
        Ok(payout)
    }

    /// Has the escrow lock the prices of a job.
    pub(crate) fn escrow_lock(
        &mut self,
        job: B256,
        requester: Address,
        price: U96,
        slots: u16,
    ) -> Result<(), JobsError> {
        let escrow = self.setup().escrow;
        self.ask::<IEscrow::lockCall, _, _>(escrow, &(job, requester, price, slots))
    }

    /// Who pays for a job, and how much for each slot. Nobody and nothing once every slot is settled.
    pub(crate) fn reward_of(&self, job: B256) -> Result<Reward, JobsError> {
        let escrow = self.setup().escrow;
        let (requester, price, _unsettled): (Address, U96, u16) =
            view::<IEscrow::lockedCall, _, _, _>(self, escrow, &(job,)).map_err(|why| refused_by(escrow, why))?;
        Ok(Reward { requester, price: price.into() })
    }

    /// Has the escrow pay for a slot. Answers what it paid, and the fee.
    pub(crate) fn escrow_settle(&mut self, settling: &Settling) -> Result<(U96, U96), JobsError> {
        let escrow = self.setup().escrow;
        self.ask::<IEscrow::settleCall, _, _>(escrow, settling)
    }

    /// Has the escrow burn `share` of the price of a slot and return the rest.
    pub(crate) fn escrow_forfeit(&mut self, job: B256, price: U96, share: u8) -> Result<(), JobsError> {
        let escrow = self.setup().escrow;
        let _burned: U96 = self.ask::<IEscrow::forfeitCall, _, _>(escrow, &(job, price, share))?;
        Ok(())
    }

    /// Has the escrow return the price of a slot. Answers how much that was.
    pub(crate) fn escrow_refund(&mut self, job: B256) -> Result<U96, JobsError> {
        let escrow = self.setup().escrow;
        self.ask::<IEscrow::refundCall, _, _>(escrow, &(job,))
    }

    /// Calls a sibling. Its own reasons for a refusal reach the caller unchanged.
    fn ask<C: SolCall, R: Static, A: Static>(&mut self, sibling: Address, arguments: &A) -> Result<R, JobsError> {
        call::<C, R, A, _>(self, sibling, arguments).map_err(|why| refused_by(sibling, why))
    }
}

fn refused_by(sibling: Address, failure: CallFailure) -> JobsError {
    match failure {
        CallFailure::Reverted(reason) => JobsError::passed(reason),
        CallFailure::NoAnswer => JobsSiblingFailed { sibling }.into(),
    }
}

#[cfg(test)]
mod tests {
    use linq_abi::{IEscrow::*, IRegistry::*, wire::bytes_of};

    use super::*;

    fn sample(seed: u8) -> B256 {
        B256::repeat_byte(seed)
    }

    /// The arguments that the general encoder writes.
    fn general(call: &impl SolCall) -> Vec<u8> {
        call.abi_encode()[4..].to_vec()
    }

    #[test]
    fn arguments_are_in_the_order_of_the_interfaces() {
        let (job, address, price) = (sample(1), Address::repeat_byte(2), U96::from(3));
        let (provider, slots, share, owed, fee_bps) = (4, 5, 6, U96::from(10), 7);
        let resources = Resources { cpuMillis: 8, memoryMib: 9, ..Resources::default() };
        assert_eq!(
            bytes_of(&(job, address, price, slots)),
            general(&lockCall { job, requester: address, price, slots }),
        );
        assert_eq!(
            bytes_of(&(job, address, price, share, owed, fee_bps)),
            general(&settleCall { job, payee: address, price, share, owed, feeBps: fee_bps }),
        );
        assert_eq!(bytes_of(&(job, price, share)), general(&forfeitCall { job, price, share }));
        assert_eq!(bytes_of(&(job,)), general(&refundCall { job }));
        assert_eq!(bytes_of(&(job,)), general(&lockedCall { job }));
        let call = freeCall { provider, operator: address, resources: resources.clone() };
        assert_eq!(bytes_of(&(provider, address, resources)), general(&call));
    }
}

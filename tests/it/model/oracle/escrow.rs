//! Rewards and fees.

use std::collections::BTreeMap;

use super::{Answer, Oracle, refuse};
use crate::prelude::*;

/// Rewards by job.
#[derive(Clone, Default)]
pub struct Escrow {
    pub wired: bool,
    pub locked: BTreeMap<B256, (Address, u128, u16)>,
    pub fees: u128,
}

impl Oracle {
    pub fn wire_escrow(&mut self, caller: Address) -> Answer {
        if caller != Cast::ALL.deployer {
            return refuse(IEscrow::EscrowNotDeployer { caller });
        }
        if std::mem::replace(&mut self.escrow.wired, true) {
            return refuse(IEscrow::EscrowAlreadyWired {});
        }
        Ok(Vec::new())
    }

    /// Posted prices of unsettled slots.
    pub fn rewards(&self) -> u128 {
        self.escrow.locked.values().map(|(_, price, slots)| price * u128::from(*slots)).sum()
    }

    /// Half to the treasury, half burned, an odd unit burned.
    pub fn sweep(&mut self) -> Answer {
        let (escrow, fees) = (self.suite.escrow, std::mem::take(&mut self.escrow.fees));
        let half = fees / 2;
        self.token.shift(escrow, Cast::ALL.treasury, U256::from(half))?;
        self.token.burn(escrow, U256::from(fees - half))?;
        Ok((u96(half), u96(fees - half)).abi_encode())
    }

    pub fn skim(&mut self) -> Answer {
        let escrow = self.suite.escrow;
        let surplus = self.token.balance(escrow) - self.rewards() - self.escrow.fees;
        self.token.shift(escrow, Cast::ALL.treasury, U256::from(surplus))?;
        Ok(u96(surplus).abi_encode())
    }

    /// Settles one slot: `share` twentieths of `price` earned, a fee of that, the rest of the posted price back.
    pub fn settle(&mut self, job: B256, payee: Address, earned: u128, fee: u128) -> Result<(), Vec<u8>> {
        let escrow = self.suite.escrow;
        let (_, posted, _) = self.escrow.locked[&job];
        let requester = self.unlock(job);
        self.escrow.fees += fee;
        self.token.shift(escrow, payee, U256::from(earned - fee))?;
        self.token.shift(escrow, requester, U256::from(posted - earned))
    }

    /// Takes the reward of one slot off the books. Answers whose it was.
    pub fn unlock(&mut self, job: B256) -> Address {
        let (requester, posted, slots) = self.escrow.locked.remove(&job).expect("an unsettled slot is locked");
        if slots > 1 {
            self.escrow.locked.insert(job, (requester, posted, slots - 1));
        }
        requester
    }
}

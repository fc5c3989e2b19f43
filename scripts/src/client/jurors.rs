//! The contract of the jurors, on a connection to a deployment.

use alloy::primitives::{Address, U256};
use linq_abi::{IJurors, ILnqToken, Juror, Permit};

use super::{Linq, Sent};
use crate::error::{Error, Result};
use crate::units::Lnq;

/// Seconds of a UTC day.
const DAY_SECS: u64 = 86_400;

/// The jurors of a deployment.
#[derive(Clone, Debug)]
pub struct Jurors {
    /// The connection.
    pub linq: Linq,
    /// Where their contract is.
    pub address: Address,
}

impl Jurors {
    /// The number of the juror that an account is.
    pub async fn number_of(&self, account: Address) -> Result<Option<u32>> {
        let id = self.linq.client.call(self.address, &IJurors::jurorOfCall { account }).await?;
        Ok((id != 0).then_some(id))
    }

    /// A juror. A number that was not given out is [`Kind::NotFound`](crate::error::Kind::NotFound).
    pub async fn juror(&self, id: u32) -> Result<Juror> {
        let juror = self.linq.client.call(self.address, &IJurors::jurorCall { id }).await?;
        if juror.account.is_zero() {
            let count = self.linq.client.call(self.address, &IJurors::countCall {}).await?;
            return Err(Error::not_found(format!("there is no juror {id}; {count} have staked so far"))
                .hint("`linq juror status` without a number shows your own"));
        }
        Ok(juror)
    }

    /// The chain's present UTC day, counted from the beginning of 1970.
    pub async fn today(&self) -> Result<u16> {
        let second = self.linq.client.call(self.linq.suite.token, &ILnqToken::clockCall {}).await?;
        Ok(u16::try_from(second.to::<u64>() / DAY_SECS).unwrap_or(u16::MAX))
    }

    /// Whole LNQ of all jurors together, and of one of them, at the start of a day.
    pub async fn weights(&self, juror: u32, day: u16) -> Result<(u32, u32)> {
        let total = self.linq.client.call(self.address, &IJurors::totalCall { day }).await?;
        let weight = self.linq.client.call(self.address, &IJurors::weightCall { juror, day }).await?;
        Ok((total, weight))
    }

    /// How long stake waits that leaves.
    pub async fn unstake_secs(&self) -> Result<u32> {
        Ok(self.linq.client.call(self.address, &IJurors::wiringCall {}).await?.unstakeSecs)
    }

    /// From when on stake can be added, if it cannot now.
    pub async fn paused_until(&self) -> Result<Option<u64>> {
        let until = self.linq.client.call(self.address, &IJurors::pausedUntilCall {}).await?;
        let now = self.linq.client.call(self.linq.suite.token, &ILnqToken::clockCall {}).await?.to::<u64>();
        Ok((until > now).then_some(until))
    }

    /// Adds to the own stake; `permit` where the contract may not take the amount without.
    pub async fn stake(&self, amount: Lnq, permit: Option<Permit>) -> Result<Sent> {
        match permit {
            Some(permit) => {
                let call = IJurors::stakeWithPermitCall { amount: amount.0, permit: permit.into() };
                self.linq.client.send(self.address, &call, U256::ZERO).await
            }
            None => self.linq.client.send(self.address, &IJurors::stakeCall { amount: amount.0 }, U256::ZERO).await,
        }
    }

    /// The gas of that; none while the contract may not take the amount.
    pub async fn stake_gas(&self, amount: Lnq, permit: Option<&Permit>) -> Result<Option<u64>> {
        let client = &self.linq.client;
        if let Some(permit) = permit.cloned() {
            let call = IJurors::stakeWithPermitCall { amount: amount.0, permit: permit.into() };
            return client.estimate(self.address, &call, U256::ZERO).await.map(Some);
        }
        if self.linq.allowance(client.account()?, self.address).await? < amount.to_token() {
            return Ok(None);
        }
        client.estimate(self.address, &IJurors::stakeCall { amount: amount.0 }, U256::ZERO).await.map(Some)
    }
}

//! Programs of the suite, which the chain drops unless somebody asks it not to.

use std::collections::BTreeMap;

use alloy::primitives::{Address, U256, keccak256};
use alloy::sol;

use crate::client::{ARB_WASM, Client, Sent, Suite};
use crate::deployment::with_margin;
use crate::error::Result;

/// Seconds of a day.
const DAY_SECS: u64 = 86_400;

sol! {
    /// What the precompile of programs says of their lives.
    interface IArbWasm {
        function codehashKeepalive(bytes32 codehash) external payable;
        function programTimeLeft(address program) external view returns (uint64 secs);
        function expiryDays() external view returns (uint16 count);
        function keepaliveDays() external view returns (uint16 count);
    }
}

/// One of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Program {
    pub name: &'static str,
    pub address: Address,
}

/// All of them, and the second from which on each is worth a look.
#[derive(Debug)]
pub(super) struct Programs(BTreeMap<Program, u64>);

impl Programs {
    pub fn of(suite: &Suite) -> Self {
        Self(suite.programs().into_iter().map(|(name, address)| (Program { name, address }, 0)).collect())
    }

    /// Those to look at.
    pub fn due(&self, now: u64) -> Vec<Program> {
        self.0.iter().filter(|(_, look_at)| **look_at <= now).map(|(program, _)| *program).collect()
    }

    /// Notes when to look at one again.
    pub fn put(&mut self, program: Program, look_at: u64) {
        self.0.insert(program, look_at);
    }
}

impl Program {
    /// In how many seconds the chain prolongs its life; 0 when it does now.
    pub async fn renewable_in_secs(self, client: &Client) -> Result<u64> {
        let left = client.call(ARB_WASM, &IArbWasm::programTimeLeftCall { program: self.address }).await?;
        let life = u64::from(client.call(ARB_WASM, &IArbWasm::expiryDaysCall {}).await?) * DAY_SECS;
        let young = u64::from(client.call(ARB_WASM, &IArbWasm::keepaliveDaysCall {}).await?) * DAY_SECS;
        Ok((left + young).saturating_sub(life))
    }

    /// Whether the chain prolongs its life now.
    pub async fn is_renewable(self, client: &Client) -> Result<bool> {
        Ok(self.renewable_in_secs(client).await? == 0)
    }

    /// Has the chain prolong its life, for a fee in ether.
    pub async fn keep_alive(self, client: &Client) -> Result<Sent> {
        let codehash = keccak256(client.code(self.address).await?);
        let call = IArbWasm::codehashKeepaliveCall { codehash };
        let fee = Self::fee(client, &call).await?;
        client.send(ARB_WASM, &call, with_margin(fee)).await
    }

    /// What the chain asks for it: it says so when it is offered nothing.
    async fn fee(client: &Client, call: &IArbWasm::codehashKeepaliveCall) -> Result<U256> {
        let Err(refused) = client.estimate(ARB_WASM, call, U256::ZERO).await else { return Ok(U256::ZERO) };
        let wanted = refused.revert().filter(|revert| revert.name() == Some("ProgramInsufficientValue"));
        let wanted = wanted.and_then(|revert| revert.arguments().iter().find(|argument| argument.name == "want"));
        wanted.and_then(|argument| argument.value.parse().ok()).ok_or(refused)
    }
}

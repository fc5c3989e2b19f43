//! The contracts of one deployment, with the calls that take more than one of them.

use alloy::primitives::{Address, B256, U256};
use alloy::sol_types::SolEvent;
use linq_abi::{IJobs, ILens, ILnqToken, IProfiles, IRegistry, Job, Provider, Resources, Slot};

use super::{Client, Sent};
use crate::error::{Error, Result};
use crate::units::Lnq;

/// Addresses of one deployment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Suite {
    /// LNQ.
    pub token: Address,
    /// Providers.
    pub registry: Address,
    /// Rewards and fees.
    pub escrow: Address,
    /// Jobs.
    pub jobs: Address,
    /// Views over registry and jobs.
    pub lens: Address,
    /// What providers say of themselves.
    pub profiles: Address,
    /// What becomes of disputed results.
    pub disputes: Address,
    /// Juries.
    pub court: Address,
    /// Jurors and their stake.
    pub jurors: Address,
    /// Rounds of randomness.
    pub beacon: Address,
    /// The first block that can hold an event of theirs.
    pub from_block: u64,
}

impl Suite {
    /// Every program with its name.
    pub const fn programs(&self) -> [(&'static str, Address); 10] {
        [
            ("lnq-token", self.token),
            ("registry", self.registry),
            ("escrow", self.escrow),
            ("jobs", self.jobs),
            ("lens", self.lens),
            ("profiles", self.profiles),
            ("disputes", self.disputes),
            ("court", self.court),
            ("jurors", self.jurors),
            ("beacon", self.beacon),
        ]
    }
}

/// The contracts of one deployment on a connection.
#[derive(Clone, Debug)]
pub struct Linq {
    /// The connection.
    pub client: Client,
    /// Where the contracts are.
    pub suite: Suite,
}

impl Linq {
    /// Puts a connection and a deployment together.
    pub const fn new(client: Client, suite: Suite) -> Self {
        Self { client, suite }
    }

    /// The second that the next transaction finds. The latest block may be older, on a chain that makes blocks on demand.
    pub async fn second(&self) -> Result<u64> {
        self.client.call(self.suite.token, &ILnqToken::clockCall {}).await.map(|second| second.to())
    }

    /// LNQ of an account.
    pub async fn lnq_balance(&self, account: Address) -> Result<U256> {
        self.client.call(self.suite.token, &ILnqToken::balanceOfCall { account }).await
    }

    /// What `spender` may take from `owner`.
    pub async fn allowance(&self, owner: Address, spender: Address) -> Result<U256> {
        self.client.call(self.suite.token, &ILnqToken::allowanceCall { owner, spender }).await
    }

    /// Fails when an account holds less LNQ than `amount`.
    pub async fn require_lnq(&self, account: Address, amount: Lnq) -> Result<()> {
        let balance = self.lnq_balance(account).await?;
        if balance >= amount.to_token() {
            return Ok(());
        }
        let held = crate::units::decimal(balance);
        Err(Error::policy(format!("{account} holds {held} LNQ, and this takes {amount}"))
            .hint("send LNQ to that account, or use another key"))
    }

    /// Lets `spender` take `amount` from the own account, unless it may already.
    pub async fn approve(&self, spender: Address, amount: Lnq) -> Result<Option<Sent>> {
        let owner = self.client.account()?;
        if self.allowance(owner, spender).await? >= amount.to_token() {
            return Ok(None);
        }
        let call = ILnqToken::approveCall { spender, value: amount.to_token() };
        self.client.send(self.suite.token, &call, U256::ZERO).await.map(Some)
    }

    /// How many providers have registered; their ids are 1 to this.
    pub async fn provider_count(&self) -> Result<u32> {
        self.client.call(self.suite.lens, &ILens::providerCountCall {}).await
    }

    /// A provider. An id that was never issued is [`Kind::NotFound`](crate::error::Kind::NotFound).
    pub async fn provider(&self, id: u32) -> Result<Provider> {
        let count = self.provider_count().await?;
        if id == 0 || id > count {
            return Err(Error::not_found(format!("there is no provider {id}; {count} have registered so far"))
                .hint("`linq provider status` without an id shows your own"));
        }
        self.client.call(self.suite.lens, &ILens::providerCall { id }).await
    }

    /// What the owner of a provider says of it.
    pub async fn profile(&self, id: u32) -> Result<IProfiles::profileReturn> {
        self.client.call(self.suite.profiles, &IProfiles::profileCall { id }).await
    }

    /// The provider an account is owner or operator of.
    pub async fn provider_of(&self, account: Address) -> Result<Option<u32>> {
        let id = self.client.call(self.suite.registry, &IRegistry::providerOfCall { account }).await?;
        Ok((id != 0).then_some(id))
    }

    /// What a provider asks for a run by its rates.
    pub async fn quote(&self, provider: u32, resources: Resources, run_secs: u32) -> Result<Lnq> {
        let call = ILens::quoteCall { id: provider, resources, runSecs: run_secs };
        self.client.call(self.suite.lens, &call).await.map(Lnq)
    }

    /// A job. An id that was never posted is [`Kind::NotFound`](crate::error::Kind::NotFound).
    pub async fn job(&self, id: B256) -> Result<Job> {
        let job = self.client.call(self.suite.lens, &ILens::jobCall { id }).await;
        job.map_err(|error| match error.revert().and_then(|revert| revert.name()) {
            Some("LensUnknownJob") => self.no_job(id),
            _ => error,
        })
    }

    /// One slot of a job at the present second.
    pub async fn slot(&self, id: B256, index: u16) -> Result<Slot> {
        self.client.call(self.suite.jobs, &IJobs::slotCall { id, index }).await
    }

    /// What was said when a job was posted.
    pub async fn posted(&self, job: B256) -> Result<IJobs::JobPosted> {
        let events = self.job_events::<IJobs::JobPosted>(job).await?;
        events.into_iter().next().ok_or_else(|| self.no_job(job))
    }

    /// Every event of one type about a job, oldest first.
    pub async fn job_events<E: SolEvent>(&self, job: B256) -> Result<Vec<E>> {
        let topics = [Some(job), None, None];
        let events = self.client.events::<E>(self.suite.jobs, self.suite.from_block, topics).await?;
        Ok(events.into_iter().map(|(event, _)| event).collect())
    }

    fn no_job(&self, id: B256) -> Error {
        Error::not_found(format!("there is no job {id} on chain {}", self.client.chain_id()))
            .hint("check the id and the network: `linq status` lists your jobs")
    }
}

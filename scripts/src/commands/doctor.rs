//! `linq doctor`

use std::path::PathBuf;

use alloy::primitives::Address;
use clap::Args;
use serde::Serialize;

use super::Context;
use crate::client::{Client, Linq};
use crate::deployment::{Contract, Deployment, Program, verify};
use crate::error::{Error, Result};
use crate::network::Network;
use crate::output::{Page, Report};
use crate::units::{decimal, now, show_secs};

/// The clocks of a healthy chain and of this machine differ by less.
const CLOCK_TOLERANCE_SECS: u64 = 300;

/// Check the connection, the contracts and the account
#[derive(Args, Debug)]
pub(super) struct Arguments {
    /// Folder of the built contracts
    #[arg(long, value_name = "DIR", default_value = "target/contracts", env = "LINQ_ARTIFACTS")]
    artifacts: PathBuf,
}

/// What was looked at.
#[derive(Serialize)]
struct Document {
    healthy: bool,
    checks: Vec<Check>,
}

#[derive(Serialize)]
struct Check {
    name: &'static str,
    ok: bool,
    detail: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    hint: Option<String>,
}

impl Arguments {
    pub(super) async fn run(self, context: &Context) -> Result<()> {
        let mut checks = vec![self.artifacts()];
        let network = context.network()?;
        match network.connect().await {
            Ok(client) => {
                checks.push(Check::good("node", format!("{} is chain {}", client.host(), client.chain_id())));
                checks.push(clock(&client).await);
                checks.extend(contracts_and_account(context, &network, client).await);
            }
            Err(error) => checks.push(Check::of("node", Err(error))),
        }
        let healthy = checks.iter().all(|check| check.ok);
        context.output.report(&Document { healthy, checks })?;
        if healthy {
            Ok(())
        } else {
            Err(Error::failure("not everything is as it should be").hint("see the checks that failed"))
        }
    }

    fn artifacts(&self) -> Check {
        let sizes = Contract::ALL.into_iter().map(|contract| {
            Program::load(&self.artifacts, contract).map(|program| format!("{contract} {} bytes", program.code.len()))
        });
        Check::of("built contracts", sizes.collect::<Result<Vec<_>>>().map(|sizes| sizes.join(", ")))
    }
}

async fn clock(client: &Client) -> Check {
    let outcome = client.chain_time().await.and_then(|chain| {
        let difference = chain.abs_diff(now());
        // A chain that makes blocks on demand stands still between them; only one from the future is wrong.
        if chain > now() && difference > CLOCK_TOLERANCE_SECS {
            return Err(Error::failure(format!("the chain is {} ahead of this machine", show_secs(difference)))
                .hint("set the clock of this machine; on a development chain the time may have been moved"));
        }
        Ok(format!("latest block {} ago", show_secs(now().saturating_sub(chain))))
    });
    Check::of("clock", outcome)
}

async fn contracts_and_account(context: &Context, network: &Network, client: Client) -> Vec<Check> {
    let deployment = match Deployment::require(&network.deployments, client.chain_id()) {
        Ok(deployment) => deployment,
        Err(error) => return vec![Check::of("contracts", Err(error))],
    };
    let suite = match verify(&client, &deployment).await {
        Ok(suite) => suite,
        Err(error) => return vec![Check::of("contracts", Err(error))],
    };
    let linq = Linq::new(client, suite);
    let mut checks = vec![Check::good("contracts", "deployed, unchanged and wired".into())];
    match context.own_account(&linq).await {
        Ok(Some(account)) => checks.push(Check::of("account", funds(&linq, account).await)),
        Ok(None) => checks.push(Check::good("account", "no key is named".into())),
        Err(error) => checks.push(Check::of("account", Err(error))),
    }
    checks
}

async fn funds(linq: &Linq, account: Address) -> Result<String> {
    let wei = linq.client.balance_wei(account).await?;
    let held = linq.lnq_balance(account).await?;
    let allowed = linq.allowance(account, linq.suite.escrow).await?;
    if wei.is_zero() {
        return Err(Error::policy(format!("{account} has no ether for gas")).hint("send some to it"));
    }
    let provider = linq.provider_of(account).await?.map_or(String::new(), |id| format!(", provider {id}"));
    Ok(format!(
        "{account}: {} ether, {} LNQ, {} of it allowed to the escrow{provider}",
        decimal(wei),
        decimal(held),
        decimal(allowed)
    ))
}

impl Check {
    fn good(name: &'static str, detail: String) -> Self {
        Self { name, ok: true, detail, hint: None }
    }

    fn of(name: &'static str, outcome: Result<String>) -> Self {
        match outcome {
            Ok(detail) => Self::good(name, detail),
            Err(error) => {
                Self { name, ok: false, detail: error.to_string(), hint: error.next_step().map(str::to_owned) }
            }
        }
    }
}

impl Report for Document {
    fn page(&self, page: &mut Page) {
        for check in &self.checks {
            page.field(format!("{} {}", if check.ok { "ok " } else { "BAD" }, check.name), &check.detail);
            if let Some(hint) = &check.hint {
                page.field("", hint);
            }
        }
    }
}

//! `linq deploy`

use std::path::PathBuf;

use alloy::primitives::{Address, B256, keccak256};
use clap::Args;
use serde::Serialize;

use super::Context;
use crate::deployment::{Allocation, Appointments, Deployment, Parameters, Profile, Request, deploy};
use crate::error::Result;
use crate::network::LOCAL_CHAIN;
use crate::output::{Page, Report};
use crate::units::parse_address;

/// Deploy and wire the contracts; run again to continue, or to check
///
/// What is there already is found and checked, so the command can be interrupted and repeated. The file
/// DEPLOYMENTS/<chain id>.json says afterwards where everything is.
#[derive(Args, Debug)]
pub(super) struct Arguments {
    /// Parameters to set the contracts up with [default: local on chain 412346, else public]
    #[arg(long)]
    profile: Option<Profile>,
    /// Folder of the built contracts
    #[arg(long, value_name = "DIR", default_value = "target/contracts", env = "LINQ_ARTIFACTS")]
    artifacts: PathBuf,
    /// Who gets how much of the 1000000000 LNQ, may be repeated [default on local chains: the development accounts]
    #[arg(long = "allocate", value_name = "ADDRESS=AMOUNT")]
    allocations: Vec<Allocation>,
    /// Who gets half of the fees [default on local chains: the last development account]
    #[arg(long, value_name = "ADDRESS", value_parser = parse_address)]
    treasury: Option<Address>,
    /// Who announces parameters [default on local chains: the last development account; elsewhere nobody]
    #[arg(long, value_name = "ADDRESS", value_parser = parse_address)]
    governor: Option<Address>,
    /// Who can keep newcomers out for a week [default as for --governor]
    #[arg(long, value_name = "ADDRESS", value_parser = parse_address)]
    guardian: Option<Address>,
    /// Any text; another one gives another deployment of the same contracts other addresses
    #[arg(long, value_name = "TEXT")]
    salt: Option<String>,
    /// Forget the deployments file and start another deployment
    #[arg(long)]
    replace: bool,
}

impl Arguments {
    pub(super) async fn run(self, context: &Context) -> Result<()> {
        let network = context.network()?;
        let client = context.signing_client(&network).await?;
        let chain_id = client.chain_id();
        let profile = self.profile.unwrap_or(if chain_id == LOCAL_CHAIN { Profile::Local } else { Profile::Public });
        let Self { treasury, governor, guardian, .. } = self;
        let appointments = Appointments { treasury, governor, guardian };
        let request = Request {
            artifacts: self.artifacts,
            deployments: network.deployments.clone(),
            parameters: Parameters::new(profile, chain_id, self.allocations, appointments)?,
            salt: self.salt.map_or_else(Request::default_salt, salt),
            replace: self.replace,
        };
        let deployment = deploy(&client, &request, |progress| context.output.progress(progress)).await?;
        context.output.report(&Document {
            file: Deployment::path(&network.deployments, chain_id).display().to_string(),
            deployment: &deployment,
        })
    }
}

fn salt(text: String) -> B256 {
    keccak256(text)
}

/// What was deployed.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Document<'a> {
    /// The deployments file.
    pub file: String,
    /// Its content.
    #[serde(flatten)]
    pub deployment: &'a Deployment,
}

impl Report for Document<'_> {
    fn page(&self, page: &mut Page) {
        page.heading(format!("Contracts on chain {}", self.deployment.chain_id));
        for (contract, deployed) in &self.deployment.contracts {
            page.field(contract.name(), deployed.address);
        }
        page.field("file", &self.file);
    }
}

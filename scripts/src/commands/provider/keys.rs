//! `linq provider keys`

use alloy::primitives::{Address, B256, U256};
use clap::Args;
use linq_abi::IRegistry;
use serde::Serialize;

use super::super::Context;
use super::ProviderFlag;
use super::status::open_work;
use crate::error::{Error, Result};
use crate::output::{Page, Report};
use crate::units::parse_address;

/// Change who owns, operates and is paid; what is left out stays
///
/// A new owner or operator has to accept the role itself, with `linq provider accept-role`. Until then the owner stays; an
/// operator that is replaced loses its role at once. Work that was taken is paid where it would have been.
#[derive(Args, Debug)]
pub(super) struct Arguments {
    #[command(flatten)]
    provider: ProviderFlag,
    /// Invite another owner; the present one takes back an invitation
    #[arg(long, value_name = "ADDRESS", value_parser = parse_address)]
    owner: Option<Address>,
    /// Name another key to take work and submit results
    #[arg(long, value_name = "ADDRESS", value_parser = parse_address)]
    operator: Option<Address>,
    /// Who receives the earnings of work taken from now on
    #[arg(long, value_name = "ADDRESS", value_parser = parse_address)]
    payout: Option<Address>,
}

/// The keys as they are now.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Document {
    provider: u32,
    owner: Address,
    #[serde(skip_serializing_if = "Option::is_none")]
    invited_owner: Option<Address>,
    operator: Address,
    operator_accepted: bool,
    payout: Address,
    tx_hash: B256,
}

impl Arguments {
    pub(super) async fn run(self, context: &Context) -> Result<()> {
        if self.owner.or(self.operator).or(self.payout).is_none() {
            return Err(Error::usage("nothing is to change").hint("give --owner, --operator or --payout"));
        }
        let linq = context.writer().await?;
        let provider = self.provider.id(&linq).await?;
        let present = linq.provider(provider).await?;
        // An invitation that nobody spoke of stays too.
        let invited = if present.invitedOwner.is_zero() { present.owner } else { present.invitedOwner };
        let call = IRegistry::setKeysCall {
            provider,
            owner: self.owner.unwrap_or(invited),
            operator: self.operator.unwrap_or(present.operator),
            payout: self.payout.unwrap_or(present.payout),
        };
        let open = open_work(&present.record);
        if open > 0 && call.operator != present.operator {
            context.output.caution(format!(
                "{} loses its role at once: the results of {open} open piece(s) of work are the new operator's to submit",
                present.operator
            ));
        }
        let sent = linq.client.send(linq.suite.registry, &call, U256::ZERO).await?;
        let now = linq.provider(provider).await?;
        context.output.report(&Document {
            provider,
            owner: now.owner,
            invited_owner: (!now.invitedOwner.is_zero()).then_some(now.invitedOwner),
            operator: now.operator,
            operator_accepted: now.operatorAccepted,
            payout: now.payout,
            tx_hash: sent.hash,
        })
    }
}

impl Report for Document {
    fn page(&self, page: &mut Page) {
        page.heading(format!("Provider {}", self.provider));
        page.field("owner", self.owner);
        if let Some(invited) = self.invited_owner {
            page.field("", format!("{invited} is invited, and accepts with `linq provider accept-role`"));
        }
        page.field("operator", self.operator);
        if !self.operator_accepted {
            page.field("", "has not accepted yet: `linq provider accept-role`, with that key");
        }
        page.field("payout", self.payout);
    }
}

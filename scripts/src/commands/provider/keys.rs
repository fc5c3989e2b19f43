//! `linq provider keys`

use alloy::primitives::{Address, B256, U256};
use clap::Args;
use linq_abi::{IRegistry, Provider};
use serde::Serialize;

use super::super::Context;
use super::ProviderFlag;
use super::sending::SendFlags;
use super::status::open_work;
use crate::cost::GasCost;
use crate::error::{Error, Result};
use crate::output::{Page, Report};
use crate::units::parse_address;

/// Change who owns, operates and is paid; what is left out stays
///
/// A new owner or operator has to accept the role itself, with `linq provider accept-role`. Until then the owner stays; an
/// operator that is replaced loses its role at once. Work that was taken is paid where it would have been. Shows the cost
/// and asks before anything is sent.
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
    #[command(flatten)]
    sending: SendFlags,
}

/// The keys as they are now, or would be.
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
    #[serde(flatten)]
    gas: Option<GasCost>,
    /// Absent before it is confirmed.
    #[serde(skip_serializing_if = "Option::is_none")]
    tx_hash: Option<B256>,
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
        let gas = GasCost::of(&linq.client, linq.suite.registry, &call).await?;
        let open = open_work(&present.record);
        if open > 0 && call.operator != present.operator {
            context.output.caution(format!(
                "{} loses its role at once: the results of {open} open piece(s) of work are the new operator's to submit",
                present.operator
            ));
        }
        let stays = present.operatorAccepted && call.operator == present.operator;
        let planned = Provider {
            invitedOwner: if call.owner == present.owner { Address::ZERO } else { call.owner },
            operator: call.operator,
            operatorAccepted: stays || call.operator == present.owner,
            payout: call.payout,
            ..present
        };
        let document = Document { gas: Some(gas), ..Document::new(provider, &planned) };
        if !self.sending.go_ahead(context, &document, "Change the keys?")? {
            return Ok(());
        }
        let sent = linq.client.send(linq.suite.registry, &call, U256::ZERO).await?;
        let now = linq.provider(provider).await?;
        context.output.report(&Document { tx_hash: Some(sent.hash), ..Document::new(provider, &now) })
    }
}

impl Document {
    fn new(id: u32, provider: &Provider) -> Self {
        Self {
            provider: id,
            owner: provider.owner,
            invited_owner: (!provider.invitedOwner.is_zero()).then_some(provider.invitedOwner),
            operator: provider.operator,
            operator_accepted: provider.operatorAccepted,
            payout: provider.payout,
            gas: None,
            tx_hash: None,
        }
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
        if let Some(gas) = &self.gas {
            gas.page(page);
        }
    }
}

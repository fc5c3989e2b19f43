//! `linq juror status`

use alloy::primitives::Address;
use clap::Args;
use linq_abi::Juror;
use serde::Serialize;

use super::super::Context;
use super::{own_account, own_number, reader};
use crate::client::Jurors;
use crate::error::Result;
use crate::output::{Page, Report};
use crate::units::{Lnq, show_moment, show_secs};

/// Show a juror's stake and weight
#[derive(Args, Debug)]
pub(super) struct Arguments {
    /// The juror [default: the one the key is]
    #[arg(value_name = "NUMBER")]
    juror: Option<u32>,
}

/// A juror.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Document {
    juror: u32,
    account: Address,
    active: Lnq,
    /// Whole LNQ that count in draws of disputes that begin today.
    weight: u32,
    /// The same of all jurors.
    total_weight: u32,
    leaving: Lnq,
    /// When what leaves can be withdrawn, in unix seconds; absent while nothing leaves.
    #[serde(skip_serializing_if = "Option::is_none")]
    end: Option<u64>,
    unstake_secs: u32,
    /// Until when no stake can be added; absent while it can.
    #[serde(skip_serializing_if = "Option::is_none")]
    paused_until: Option<u64>,
}

impl Arguments {
    pub(super) async fn run(self, context: &Context) -> Result<()> {
        let jurors = reader(context).await?;
        let id = match self.juror {
            Some(id) => id,
            None => own_number(&jurors, own_account(context, &jurors.linq).await?).await?,
        };
        context.output.report(&Document::new(&jurors, id).await?)
    }
}

impl Document {
    async fn new(jurors: &Jurors, id: u32) -> Result<Self> {
        let Juror { account, active, leaving, leavingEnd } = jurors.juror(id).await?;
        let (total_weight, weight) = jurors.weights(id, jurors.today().await?).await?;
        Ok(Self {
            juror: id,
            account,
            active: Lnq(active),
            weight,
            total_weight,
            leaving: Lnq(leaving),
            end: (leavingEnd > 0).then_some(leavingEnd),
            unstake_secs: jurors.unstake_secs().await?,
            paused_until: jurors.paused_until().await?,
        })
    }
}

impl Report for Document {
    fn page(&self, page: &mut Page) {
        page.heading(format!("Juror {}", self.juror));
        page.field("account", self.account);
        page.field("active", self.active);
        page.field("weight", format!("{} of {} in disputes that begin today", self.weight, self.total_weight));
        match self.end {
            Some(end) => {
                page.field("leaving", format!("{}, to be withdrawn from {} on", self.leaving, show_moment(end)))
            }
            None => page.field("way out", format!("{} after it leaves", show_secs(self.unstake_secs.into()))),
        }
        if let Some(until) = self.paused_until {
            page.field("paused", format!("no stake is added before {}", show_moment(until)));
        }
    }
}

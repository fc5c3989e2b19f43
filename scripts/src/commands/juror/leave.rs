//! `linq juror leave`

use alloy::primitives::U256;
use clap::Args;
use linq_abi::IJurors;

use super::super::Context;
use super::{StakeDocument, own_number, writer};
use crate::error::Result;
use crate::units::{Lnq, show_secs};

/// Begin to take stake out; all that leaves waits anew, and can be lost until it is withdrawn
#[derive(Args, Debug)]
pub(super) struct Arguments {
    /// How much, in LNQ
    amount: Lnq,
    /// Do not ask before signing
    #[arg(long, short)]
    yes: bool,
}

impl Arguments {
    pub(super) async fn run(self, context: &Context) -> Result<()> {
        let jurors = writer(context).await?;
        let id = own_number(&jurors, jurors.linq.client.account()?).await?;
        let (juror, wait) = (jurors.juror(id).await?, show_secs(jurors.unstake_secs().await?.into()));
        if juror.leaving > Lnq::default().0 {
            context.output.caution(format!("{} that leave already wait {wait} again as well", Lnq(juror.leaving)));
        }
        let question = format!("Let {} leave? It weighs nothing from tomorrow on and waits {wait}.", self.amount);
        context.output.confirm(&question, self.yes)?;
        let call = IJurors::leaveCall { amount: self.amount.0 };
        let sent = jurors.linq.client.send(jurors.address, &call, U256::ZERO).await?;
        context.output.report(&StakeDocument::new(&jurors, id, self.amount, sent.hash).await?)
    }
}

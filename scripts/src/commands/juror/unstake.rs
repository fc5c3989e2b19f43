//! `linq juror unstake`

use alloy::primitives::U256;
use clap::Args;
use linq_abi::IJurors;

use super::super::Context;
use super::{StakeDocument, own_number, writer};
use crate::error::Result;
use crate::units::Lnq;

/// Withdraw the stake that has left and waited
#[derive(Args, Debug)]
pub(super) struct Arguments {}

impl Arguments {
    pub(super) async fn run(self, context: &Context) -> Result<()> {
        let jurors = writer(context).await?;
        let id = own_number(&jurors, jurors.linq.client.account()?).await?;
        let sent = jurors.linq.client.send(jurors.address, &IJurors::unstakeCall {}, U256::ZERO).await?;
        let amount = Lnq(sent.expect_event::<IJurors::StakeWithdrawn>(jurors.address)?.amount);
        context.output.report(&StakeDocument::new(&jurors, id, amount, sent.hash).await?)
    }
}

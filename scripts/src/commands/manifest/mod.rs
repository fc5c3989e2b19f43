//! `linq manifest`

mod init;
mod price;
mod schema;
mod validate;

use clap::{Args, Subcommand};

use super::Context;
use crate::error::Result;

/// Write, check and price the file that says what a job runs
#[derive(Args, Debug)]
pub(super) struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand, Debug)]
enum Command {
    Init(init::Arguments),
    Validate(validate::Arguments),
    Price(price::Arguments),
    Schema(schema::Arguments),
}

impl Arguments {
    pub(super) async fn run(self, context: &Context) -> Result<()> {
        match self.command {
            Command::Init(arguments) => arguments.run(context),
            Command::Validate(arguments) => arguments.run(context),
            Command::Price(arguments) => arguments.run(context).await,
            Command::Schema(arguments) => arguments.run(context),
        }
    }
}

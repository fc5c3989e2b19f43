//! `linq completion`

use clap::{Args, CommandFactory};
use clap_complete::Shell;

use super::{Cli, Context};
use crate::error::{Error, Result};

/// Print the completion script of a shell
#[derive(Args, Debug)]
pub(super) struct Arguments {
    /// The shell
    shell: Shell,
}

impl Arguments {
    pub(super) fn run(self, context: &Context) -> Result<()> {
        let mut script = Vec::new();
        clap_complete::generate(self.shell, &mut Cli::command(), "linq", &mut script);
        let script = String::from_utf8(script).map_err(|error| Error::failure(error.to_string()))?;
        context.output.raw(&script)
    }
}

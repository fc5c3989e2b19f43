//! `linq manifest schema`

use clap::Args;

use super::super::Context;
use crate::error::{Error, Result};

/// Print the JSON Schema of resource.yaml, for editors that complete and check what is written
#[derive(Args, Debug)]
pub(super) struct Arguments {}

impl Arguments {
    pub(super) fn run(self, context: &Context) -> Result<()> {
        let schema = linq_manifest::json_schema();
        let text =
            if context.output.json { serde_json::to_string(&schema) } else { serde_json::to_string_pretty(&schema) };
        context.output.raw(&format!("{}\n", text.map_err(|error| Error::failure(error.to_string()))?))
    }
}

//! The `linq` command, as somebody types it.

use std::{
    path::{Path, PathBuf},
    process::Stdio,
};

use alloy::primitives::B256;
use eyre::{Result, WrapErr, ensure};
use serde_json::Value;
use tokio::process::Command;

use crate::{cast::Person, relayers::binary};

/// Where commands are typed, and on which chain.
#[derive(Clone, Debug)]
pub struct Shell {
    /// Address of the chain.
    pub url: String,
    /// The folder they are typed in, which has the deployments file.
    pub folder: PathBuf,
}

impl Shell {
    /// Types `linq` with these words in a person's name, and reads what it answers.
    pub async fn linq(&self, person: &Person, line: &str) -> Result<Value> {
        let program = binary("linq")?;
        let mut command = Command::new(program);
        command
            .args(line.split_whitespace())
            .args(["--json", "--deployments"])
            .arg(self.folder.join("deployments"))
            .current_dir(&self.folder)
            .env("LINQ_RPC_URL", &self.url)
            .env("LINQ_PRIVATE_KEY", person.key())
            .stdin(Stdio::null())
            .kill_on_drop(true);
        for variable in ["LINQ_NETWORK", "LINQ_CONFIG", "LINQ_DEPLOYMENTS", "LINQ_KEYSTORE", "ETH_RPC_URL"] {
            command.env_remove(variable);
        }
        let output = command.output().await.wrap_err("cannot start the linq command")?;
        let said = String::from_utf8_lossy(&output.stderr);
        ensure!(output.status.success(), "`linq {line}` by {} ended with {}: {said}", person.name, output.status);
        serde_json::from_slice(&output.stdout).wrap_err_with(|| format!("what `linq {line}` answers is no document"))
    }

    /// A file in the folder of the commands.
    pub fn file(&self, name: &str) -> PathBuf {
        Path::new(&self.folder).join(name)
    }
}

/// The hashes of all transactions that a document of the command names, in order.
pub fn transactions(document: &Value) -> Vec<B256> {
    match document {
        Value::Object(fields) => fields
            .iter()
            .flat_map(|(name, value)| match value.as_str() {
                Some(hash) if name == "txHash" => hash.parse().ok().into_iter().collect(),
                _ => transactions(value),
            })
            .collect(),
        Value::Array(items) => items.iter().flat_map(transactions).collect(),
        _ => Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn transactions_are_found_wherever_they_stand() {
        let hash = |byte| B256::repeat_byte(byte);
        let document = json!({
            "job": hash(1),
            "done": [{ "txHash": hash(2) }, { "txHash": null }, { "seats": [{ "txHash": hash(3) }] }],
            "txHash": hash(4),
        });
        assert_eq!(transactions(&document), [hash(2), hash(3), hash(4)]);
    }
}

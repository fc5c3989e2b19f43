//! The `linq` command, as somebody types it.

use std::{
    path::{Path, PathBuf},
    process::{Output, Stdio},
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
        let (output, said) = self.ended(person, line).await?;
        ensure!(output.status.success(), "`linq {line}` by {} ended with {}: {said}", person.name, output.status);
        document(line, &output)
    }

    /// The same for a question whose answer can be no, which the command says with its exit code as well.
    pub async fn ask(&self, person: &Person, line: &str) -> Result<(bool, Value)> {
        let (output, said) = self.ended(person, line).await?;
        let code = output.status.code();
        ensure!(matches!(code, Some(0 | 1)), "`linq {line}` by {} ended with {}: {said}", person.name, output.status);
        Ok((code == Some(0), document(line, &output)?))
    }

    /// Types it and waits for its end. Answers what it left, and what it said beside its answer.
    async fn ended(&self, person: &Person, line: &str) -> Result<(Output, String)> {
        let program = binary("linq")?;
        let mut command = Command::new(program);
        command
            .args(line.split_whitespace())
            .args(["--json", "--deployments"])
            .arg(self.folder.join("deployments"))
            .current_dir(&self.folder)
            .env("LINQ_RPC_URL", &self.url)
            .env("LINQ_PRIVATE_KEY", person.key())
            .env("XDG_DATA_HOME", self.folder.join("data"))
            .stdin(Stdio::null())
            .kill_on_drop(true);
        for variable in
            ["LINQ_NETWORK", "LINQ_CONFIG", "LINQ_DEPLOYMENTS", "LINQ_KEYSTORE", "LINQ_VOTES", "ETH_RPC_URL"]
        {
            command.env_remove(variable);
        }
        let output = command.output().await.wrap_err("cannot start the linq command")?;
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        Ok((output, said))
    }

    /// A file in the folder of the commands.
    pub fn file(&self, name: &str) -> PathBuf {
        Path::new(&self.folder).join(name)
    }
}

fn document(line: &str, output: &Output) -> Result<Value> {
    serde_json::from_slice(&output.stdout).wrap_err_with(|| format!("what `linq {line}` answers is no document"))
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

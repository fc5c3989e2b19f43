//! `deployments/<chain id>.json`: where the contracts are, and how far a deployment has come.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use alloy::primitives::{Address, B256};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::{Contract, Parameters};
use crate::client::Suite;
use crate::error::{Error, Result};

/// Where the contracts of a chain are, and how far their deployment has come.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Deployment {
    /// The chain.
    pub chain_id: u64,
    /// Who deploys and wires.
    pub deployer: Address,
    /// Follows from code, parameters and deployer, and gives every contract its address together with its arguments.
    /// Never zero: an address would then depend on a counter.
    pub salt: B256,
    /// The first block that can hold an event of the contracts.
    pub from_block: u64,
    /// What the contracts are set up with.
    pub parameters: Parameters,
    /// The contracts that are deployed, by name.
    pub contracts: BTreeMap<Contract, Deployed>,
    /// The transactions that named the siblings, by the contract that was told. A contract found wired has none.
    pub wired: BTreeMap<Contract, Option<B256>>,
}

/// One deployed contract.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Deployed {
    /// Where it is.
    pub address: Address,
    /// Number of the block it was deployed in.
    pub block: u64,
    /// The transaction that did it.
    pub tx_hash: B256,
    /// keccak256 of its code.
    pub code_hash: B256,
    /// What it was constructed with, by name.
    pub constructor_args: Map<String, Value>,
    /// SHA-256 of the JSON form of its interface, when that was built beside the code.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub abi_sha256: Option<String>,
}

impl Deployment {
    /// The file of a chain.
    pub fn path(folder: &Path, chain_id: u64) -> PathBuf {
        folder.join(format!("{chain_id}.json"))
    }

    /// Reads the file of a chain, if there is one. Fails when it speaks of another chain.
    pub fn read(folder: &Path, chain_id: u64) -> Result<Option<Self>> {
        let path = Self::path(folder, chain_id);
        let text = match std::fs::read_to_string(&path) {
            Ok(text) => text,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(Error::config(format!("cannot read {}: {error}", path.display()))),
        };
        let deployment: Self = serde_json::from_str(&text).map_err(|error| {
            Error::config(format!("{} is not a deployments file: {error}", path.display()))
                .hint("restore it, or start over with `linq deploy --replace`")
        })?;
        if deployment.chain_id != chain_id {
            return Err(Error::config(format!(
                "{} speaks of chain {}, and this is chain {chain_id}",
                path.display(),
                deployment.chain_id
            ))
            .hint("name the folder of this chain's file with --deployments, or move the wrong file away"));
        }
        Ok(Some(deployment))
    }

    /// Reads the file of a chain on which everything is deployed.
    pub fn require(folder: &Path, chain_id: u64) -> Result<Self> {
        let path = Self::path(folder, chain_id);
        let deployment = Self::read(folder, chain_id)?.ok_or_else(|| {
            Error::config(format!(
                "nothing is known to be deployed on chain {chain_id}: there is no {}",
                path.display()
            ))
            .hint("run `linq deploy` (or `linq dev up`), or name the right folder with --deployments")
        })?;
        deployment.suite()?;
        Ok(deployment)
    }

    /// Writes the file.
    pub fn write(&self, folder: &Path) -> Result<()> {
        let mut text = serde_json::to_string_pretty(self).map_err(|error| Error::failure(error.to_string()))?;
        text.push('\n');
        crate::files::write(&Self::path(folder, self.chain_id), text.as_bytes())
    }

    /// The addresses. Fails while a contract is missing or has not been told its siblings.
    pub fn suite(&self) -> Result<Suite> {
        let unfinished = |what: String| {
            Error::config(format!("the deployment on chain {} is not finished: {what}", self.chain_id))
                .hint("run `linq deploy` again")
        };
        let address = |contract: Contract| {
            let deployed = self.contracts.get(&contract);
            deployed.map(|deployed| deployed.address).ok_or_else(|| unfinished(format!("{contract} is missing")))
        };
        let suite = Suite {
            token: address(Contract::LnqToken)?,
            registry: address(Contract::Registry)?,
            escrow: address(Contract::Escrow)?,
            jobs: address(Contract::Jobs)?,
            lens: address(Contract::Lens)?,
            profiles: address(Contract::Profiles)?,
            disputes: address(Contract::Disputes)?,
            court: address(Contract::Court)?,
            jurors: address(Contract::Jurors)?,
            beacon: address(Contract::Beacon)?,
            from_block: self.from_block,
        };
        match Contract::WIRED.iter().find(|contract| !self.wired.contains_key(contract)) {
            Some(contract) => Err(unfinished(format!("{contract} is not wired"))),
            None => Ok(suite),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::deployment::Appointments;
    use crate::deployment::Profile;
    use crate::error::Kind;
    use crate::network::LOCAL_CHAIN;

    fn empty() -> Deployment {
        Deployment {
            chain_id: LOCAL_CHAIN,
            deployer: Address::repeat_byte(1),
            salt: B256::repeat_byte(2),
            from_block: 3,
            parameters: Parameters::new(Profile::Local, LOCAL_CHAIN, Vec::new(), Appointments::default()).unwrap(),
            contracts: BTreeMap::new(),
            wired: BTreeMap::new(),
        }
    }

    fn whole() -> Deployment {
        let mut deployment = empty();
        for (index, contract) in Contract::ALL.into_iter().enumerate() {
            let deployed = Deployed {
                address: Address::repeat_byte(10 + index as u8),
                block: 4,
                tx_hash: B256::ZERO,
                code_hash: B256::ZERO,
                constructor_args: Map::new(),
                abi_sha256: None,
            };
            deployment.contracts.insert(contract, deployed);
        }
        deployment.wired = Contract::WIRED.into_iter().map(|contract| (contract, Some(B256::ZERO))).collect();
        deployment
    }

    #[test]
    fn a_file_reads_back_as_it_was_written() {
        let folder = tempfile::tempdir().unwrap();
        whole().write(folder.path()).unwrap();
        assert_eq!(Deployment::read(folder.path(), LOCAL_CHAIN).unwrap(), Some(whole()));
        assert_eq!(Deployment::read(folder.path(), 1).unwrap(), None);
    }

    #[test]
    fn contracts_are_named_as_their_crates() {
        let json = serde_json::to_value(whole()).unwrap();
        let names: Vec<&String> = json["contracts"].as_object().unwrap().keys().collect();
        let (court, jobs) = (["beacon", "court", "disputes"], ["escrow", "jobs", "jurors", "lens"]);
        assert_eq!(names, [&court[..], &jobs, &["lnq-token", "profiles", "registry"]].concat());
    }

    #[test]
    fn a_file_of_another_chain_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        whole().write(folder.path()).unwrap();
        std::fs::rename(Deployment::path(folder.path(), LOCAL_CHAIN), Deployment::path(folder.path(), 42_161)).unwrap();
        let error = Deployment::read(folder.path(), 42_161).unwrap_err();
        assert_eq!(error.kind(), Kind::Config);
        assert!(error.to_string().contains("chain 412346"), "{error}");
    }

    #[test]
    fn a_broken_or_missing_file_says_what_to_do() {
        let folder = tempfile::tempdir().unwrap();
        let missing = Deployment::require(folder.path(), LOCAL_CHAIN).unwrap_err();
        assert!(missing.next_step().unwrap().contains("linq deploy"));
        std::fs::write(Deployment::path(folder.path(), LOCAL_CHAIN), "{\"chainId\": 41").unwrap();
        assert_eq!(Deployment::read(folder.path(), LOCAL_CHAIN).unwrap_err().kind(), Kind::Config);
    }

    #[test]
    fn an_unfinished_deployment_cannot_be_used() {
        assert_eq!(whole().suite().unwrap().jobs, whole().contracts[&Contract::Jobs].address);
        let mut unwired = whole();
        unwired.wired.remove(&Contract::Escrow);
        assert!(unwired.suite().unwrap_err().to_string().contains("escrow is not wired"));
        let mut missing = whole();
        missing.contracts.remove(&Contract::Registry);
        assert!(missing.suite().unwrap_err().to_string().contains("registry is missing"));
    }
}

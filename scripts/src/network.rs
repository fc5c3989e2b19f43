//! Which chain to talk to: flags, environment, configuration file.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use clap::Args;
use serde::Deserialize;

use crate::client::Client;
use crate::error::{Error, Result};

/// Chain id of local development chains.
pub const LOCAL_CHAIN: u64 = 412_346;

/// Where `linq dev up` listens.
const LOCAL_RPC: &str = "http://127.0.0.1:8547";

/// Where deployments are kept unless something else is said.
const DEPLOYMENTS: &str = "deployments";

/// Looks up an environment variable; a function so that tests need not change the process.
pub type Environment<'a> = &'a dyn Fn(&str) -> Option<String>;

/// The environment of this process. An empty variable counts as none.
pub fn process_environment(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|value| !value.is_empty())
}

/// Flags that name a chain.
#[derive(Args, Clone, Debug, Default)]
pub struct NetworkFlags {
    /// JSON-RPC address of the chain [env: LINQ_RPC_URL, ETH_RPC_URL]
    #[arg(long, global = true, value_name = "URL", help_heading = "Network")]
    pub rpc: Option<String>,
    /// Named network of the configuration file; `local` always exists [env: LINQ_NETWORK]
    #[arg(long, global = true, value_name = "NAME", help_heading = "Network")]
    pub network: Option<String>,
    /// Folder of the files that say where the contracts are [env: LINQ_DEPLOYMENTS] [default: deployments]
    #[arg(long, global = true, value_name = "DIR", help_heading = "Network")]
    pub deployments: Option<PathBuf>,
    /// Configuration file [env: LINQ_CONFIG] [default: linq/config.toml in the user's configuration folder]
    #[arg(long, global = true, value_name = "FILE", help_heading = "Network")]
    pub config: Option<PathBuf>,
}

/// The configuration file.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct ConfigFile {
    /// The network to use when none is named.
    #[serde(default)]
    network: Option<String>,
    #[serde(default)]
    networks: BTreeMap<String, Profile>,
}

/// One network of the configuration file.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct Profile {
    rpc: String,
    #[serde(default)]
    chain_id: Option<u64>,
    #[serde(default)]
    deployments: Option<PathBuf>,
    #[serde(default)]
    keystore: Option<PathBuf>,
}

/// The chain that was chosen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Network {
    /// Address of its node.
    pub rpc: String,
    /// The chain id it must have, if the configuration says.
    pub chain_id: Option<u64>,
    /// Folder of the deployments files.
    pub deployments: PathBuf,
    /// The keystore that belongs to it, if the configuration says.
    pub keystore: Option<PathBuf>,
}

impl Network {
    /// Chooses: flags before environment before configuration file, an address before a name.
    pub fn resolve(flags: &NetworkFlags, environment: Environment<'_>) -> Result<Self> {
        let config = ConfigFile::load(flags.config.as_deref(), environment)?;
        let named = flags.network.clone().or_else(|| environment("LINQ_NETWORK"));
        let address = flags.rpc.clone().or_else(|| match &flags.network {
            // A network named on the command line must not lose to a variable somebody exported long ago.
            Some(_) => None,
            None => environment("LINQ_RPC_URL"),
        });
        let profile = match (&address, named.or_else(|| config.network.clone())) {
            (_, Some(name)) => config.profile(&name).map(Some),
            (None, None) => Ok(environment("ETH_RPC_URL").is_none().then(local)),
            (Some(_), None) => Ok(None),
        };
        // An address is enough by itself; a default network that is broken must not stand in its way.
        let profile = if address.is_some() { profile.unwrap_or_default() } else { profile? };
        let same_chain = address.is_none() || flags.network.is_some();
        let folder = flags.deployments.clone().or_else(|| environment("LINQ_DEPLOYMENTS").map(Into::into));
        let (rpc, chain_id, own_folder, keystore) = match profile {
            Some(profile) => (
                address.unwrap_or(profile.rpc),
                profile.chain_id.filter(|_| same_chain),
                profile.deployments,
                profile.keystore,
            ),
            None => {
                (address.or_else(|| environment("ETH_RPC_URL")).unwrap_or_else(|| LOCAL_RPC.into()), None, None, None)
            }
        };
        let deployments = folder.or(own_folder).unwrap_or_else(|| DEPLOYMENTS.into());
        Ok(Self { rpc, chain_id, deployments, keystore })
    }

    /// Connects, and refuses another chain than the configuration names.
    pub async fn connect(&self) -> Result<Client> {
        let client = Client::connect(&self.rpc).await?;
        match self.chain_id {
            Some(expected) if expected != client.chain_id() => Err(Error::config(format!(
                "{} is chain {}, and the network is configured as chain {expected}",
                client.host(),
                client.chain_id()
            ))
            .hint("correct `rpc` or `chain-id` in the configuration file, or choose another --network")),
            _ => Ok(client),
        }
    }
}

impl ConfigFile {
    /// Where the file is unless a flag or variable says otherwise.
    pub fn default_path(environment: Environment<'_>) -> Option<PathBuf> {
        let folder = environment("XDG_CONFIG_HOME").map(PathBuf::from);
        let folder = folder.or_else(|| environment("HOME").map(|home| Path::new(&home).join(".config")));
        folder.map(|folder| folder.join("linq/config.toml"))
    }

    fn load(flag: Option<&Path>, environment: Environment<'_>) -> Result<Self> {
        let named = flag.map(Path::to_owned).or_else(|| environment("LINQ_CONFIG").map(Into::into));
        let Some(path) = named.clone().or_else(|| Self::default_path(environment)) else {
            return Ok(Self::default());
        };
        match std::fs::read_to_string(&path) {
            Ok(text) => Self::parse(&text).map_err(|error| error.context(path.display())),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound && named.is_none() => Ok(Self::default()),
            Err(error) => Err(Error::config(format!("cannot read the configuration file {}: {error}", path.display()))
                .hint("check --config or LINQ_CONFIG")),
        }
    }

    fn parse(text: &str) -> Result<Self> {
        toml::from_str(text).map_err(|error| {
            Error::config(error.to_string().trim_end().to_owned()).hint(
                "a network is a table [networks.NAME] with `rpc`, and if wanted `chain-id`, `deployments`, `keystore`",
            )
        })
    }

    fn profile(&self, name: &str) -> Result<Profile> {
        if let Some(profile) = self.networks.get(name) {
            return Ok(profile.clone());
        }
        if name == "local" {
            return Ok(local());
        }
        let known: Vec<&str> = self.networks.keys().map(String::as_str).chain(["local"]).collect();
        Err(Error::config(format!("there is no network `{name}`; known are: {}", known.join(", ")))
            .hint("add [networks.NAME] to the configuration file, or give the address with --rpc"))
    }
}

fn local() -> Profile {
    Profile { rpc: LOCAL_RPC.into(), chain_id: Some(LOCAL_CHAIN), deployments: None, keystore: None }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::Kind;

    fn resolve(flags: &NetworkFlags, variables: &[(&str, &str)]) -> Result<Network> {
        Network::resolve(flags, &|name| {
            variables.iter().find(|(known, _)| *known == name).map(|(_, value)| (*value).to_owned())
        })
    }

    fn config(text: &str) -> (tempfile::TempDir, NetworkFlags) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("config.toml");
        std::fs::write(&path, text).unwrap();
        (folder, NetworkFlags { config: Some(path), ..NetworkFlags::default() })
    }

    const TWO: &str = "network = \"test\"\n[networks.test]\nrpc = \"http://test\"\nchain-id = 7\ndeployments = \"here\"\n[networks.main]\nrpc = \"http://main\"\n";

    #[test]
    fn without_anything_it_is_the_local_chain() {
        let network = resolve(&NetworkFlags::default(), &[]).unwrap();
        assert_eq!((network.rpc.as_str(), network.chain_id), (LOCAL_RPC, Some(LOCAL_CHAIN)));
        assert_eq!(network.deployments, Path::new("deployments"));
    }

    #[test]
    fn flags_come_before_environment_before_configuration() {
        let (_folder, mut flags) = config(TWO);
        assert_eq!(resolve(&flags, &[]).unwrap().rpc, "http://test");
        assert_eq!(resolve(&flags, &[("LINQ_NETWORK", "main")]).unwrap().rpc, "http://main");
        assert_eq!(resolve(&flags, &[("LINQ_RPC_URL", "http://variable")]).unwrap().rpc, "http://variable");
        flags.network = Some("main".into());
        assert_eq!(resolve(&flags, &[("LINQ_RPC_URL", "http://variable")]).unwrap().rpc, "http://main");
        flags.rpc = Some("http://flag".into());
        assert_eq!(resolve(&flags, &[("LINQ_RPC_URL", "http://variable")]).unwrap().rpc, "http://flag");
    }

    #[test]
    fn an_address_alone_is_of_any_chain() {
        let (_folder, flags) = config(TWO);
        assert_eq!(resolve(&flags, &[("LINQ_RPC_URL", "http://variable")]).unwrap().chain_id, None);
        assert_eq!(resolve(&flags, &[]).unwrap().chain_id, Some(7));
    }

    #[test]
    fn the_usual_variable_counts_last() {
        assert_eq!(resolve(&NetworkFlags::default(), &[("ETH_RPC_URL", "http://usual")]).unwrap().rpc, "http://usual");
        let (_folder, flags) = config(TWO);
        assert_eq!(resolve(&flags, &[("ETH_RPC_URL", "http://usual")]).unwrap().rpc, "http://test");
    }

    #[test]
    fn a_folder_of_the_network_yields_to_the_flag() {
        let (_folder, mut flags) = config(TWO);
        assert_eq!(resolve(&flags, &[]).unwrap().deployments, Path::new("here"));
        flags.deployments = Some("there".into());
        assert_eq!(resolve(&flags, &[]).unwrap().deployments, Path::new("there"));
    }

    #[test]
    fn an_unknown_network_or_field_names_what_there_is() {
        let (_folder, mut flags) = config(TWO);
        flags.network = Some("mian".into());
        let error = resolve(&flags, &[]).unwrap_err();
        assert_eq!(error.kind(), Kind::Config);
        assert!(error.to_string().contains("main, test, local"), "{error}");

        let (_folder, flags) = config("[networks.x]\nurl = \"http://x\"\n");
        assert!(resolve(&flags, &[]).unwrap_err().to_string().contains("url"));
    }

    #[test]
    fn a_named_configuration_file_must_exist() {
        let flags = NetworkFlags { config: Some("/nonexistent/config.toml".into()), ..NetworkFlags::default() };
        assert_eq!(resolve(&flags, &[]).unwrap_err().kind(), Kind::Config);
        assert!(resolve(&NetworkFlags::default(), &[("HOME", "/nonexistent")]).is_ok());
    }
}

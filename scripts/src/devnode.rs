//! The embedded development chain and its public keys.

use std::net::{Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};

use alloy::primitives::{Address, B256, U256, keccak256};
use alloy::signers::local::PrivateKeySigner;
use nitro_devnode::chain::accounts;
use nitro_devnode::rpc::{ServerConfig, ServerHandle, serve};
use nitro_devnode::{Node, NodeConfig};

use crate::error::{Error, Result};

/// What a development chain is started with.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// Port on the loopback interface; 0 takes a free one.
    pub port: u16,
    /// File from which the chain is read, if it exists, and to which [`DevNode::stop`] writes it.
    pub state: Option<PathBuf>,
}

/// A development chain that answers on a socket of this machine until it is stopped or dropped.
pub struct DevNode {
    handle: ServerHandle,
    state: Option<PathBuf>,
}

impl DevNode {
    /// Starts a chain on the time of the machine.
    pub async fn start(options: Options) -> Result<Self> {
        let mut node = Node::new(NodeConfig::wall_clock());
        if let Some(path) = options.state.as_deref().filter(|path| path.exists()) {
            load(&mut node, path)?;
        }
        let listen = SocketAddr::from((Ipv4Addr::LOCALHOST, options.port));
        let handle = serve(node, ServerConfig { listen, ..ServerConfig::default() }).await.map_err(|error| {
            Error::failure(format!("cannot listen on {listen}: {error}"))
                .hint("something else uses the port: choose another one with --port")
        })?;
        Ok(Self { handle, state: options.state })
    }

    /// Its JSON-RPC address.
    pub fn url(&self) -> &str {
        &self.handle.url
    }

    /// The same for WebSocket clients.
    pub fn ws_url(&self) -> &str {
        &self.handle.ws_url
    }

    /// Gives an account as much ether as it says, whatever it had.
    pub async fn set_balance(&self, account: Address, wei: U256) -> Result<()> {
        let set = self.handle.with_node(move |node| node.set_balance(account, wei)).await;
        set.map_err(|error| Error::failure(error.message))
    }

    /// Stops to answer and, when there is a state file, writes the chain to it.
    pub async fn stop(self) -> Result<()> {
        self.handle.stop().await;
        let Some(path) = &self.state else { return Ok(()) };
        let dump = self.handle.with_node(|node| node.dump()).await;
        let dump =
            dump.map_err(|error| Error::failure(error.message))?.map_err(|error| Error::failure(error.to_string()))?;
        crate::files::write(path, dump.as_bytes())
    }
}

fn load(node: &mut Node, path: &Path) -> Result<()> {
    let unusable = |why: String| {
        Error::config(format!("the state file {} cannot be used: {why}", path.display()))
            .hint("remove it, or name another one with --state")
    };
    let dump = std::fs::read_to_string(path).map_err(|error| unusable(error.to_string()))?;
    node.load(&dump).map_err(|error| unusable(error.to_string()))
}

/// The signer of a development account, 0 to 9. Its key is public.
pub fn account(index: u8) -> Option<PrivateKeySigner> {
    let (address, _) = accounts::WELL_KNOWN.get(usize::from(index))?;
    accounts::signer(*address)
}

/// The signer of the account that brings rounds of the beacon. Nobody else sends from it, so that its transactions get in
/// nobody's way; its key is public like the others.
pub fn keeper() -> Result<PrivateKeySigner> {
    PrivateKeySigner::from_bytes(&keccak256("the keeper of a linq development chain"))
        .map_err(|error| Error::failure(error.to_string()))
}

/// The development accounts with their keys, all public.
pub fn accounts() -> impl Iterator<Item = (Address, B256)> {
    accounts::WELL_KNOWN.into_iter()
}

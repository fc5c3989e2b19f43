//! The chain the story is told on: one of our own on a free port, or another one by its address.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use alloy::{network::TransactionBuilder, primitives::U256, providers::Provider, rpc::types::TransactionRequest};
use eyre::{Result, WrapErr};
use linq::client::Client;
use nitro_devnode::{
    Node, NodeConfig,
    rpc::{ServerConfig, ServerHandle, serve},
};

use crate::cast::KEEPER;

/// How often a chain that is not ours is asked for the time.
const PAUSE: Duration = Duration::from_secs(2);

/// A chain, and how time passes on it.
pub struct Stage {
    /// Connection without a key.
    pub client: Client,
    /// Its address.
    pub url: String,
    embedded: Option<ServerHandle>,
}

impl Stage {
    /// Starts a node of our own, or connects to the one at `url`.
    pub async fn set(url: Option<String>) -> Result<Self> {
        let (url, embedded) = match url {
            Some(url) => (url, None),
            None => {
                let node = Node::new(NodeConfig::wall_clock());
                let server = serve(node, ServerConfig::default()).await.wrap_err("cannot start the node")?;
                (server.url.clone(), Some(server))
            }
        };
        let client = Client::connect(&url).await?;
        Ok(Self { client, url, embedded })
    }

    /// Whether the chain is ours, so that time can be moved.
    pub const fn embedded(&self) -> bool {
        self.embedded.is_some()
    }

    /// Lets the chain reach the second `time`: moves the clock of our own, waits for another's.
    pub async fn reach(&self, time: u64) -> Result<()> {
        if self.embedded() {
            let provider = self.client.provider();
            let now = self.client.chain_time().await?;
            if now < time {
                let _: U256 = provider.raw_request("evm_increaseTime".into(), [time - now]).await?;
            }
            let _: serde_json::Value = provider.raw_request("evm_mine".into(), ()).await?;
            return Ok(());
        }
        while self.client.chain_time().await? < time {
            tokio::time::sleep(PAUSE).await;
            if SystemTime::now().duration_since(UNIX_EPOCH)?.as_secs() >= time {
                self.nudge().await?;
            }
        }
        Ok(())
    }

    /// Gives a chain that makes blocks for transactions alone something to put into its next one.
    async fn nudge(&self) -> Result<()> {
        let keeper = KEEPER.on(&self.client)?;
        let nothing = TransactionRequest::default().with_from(KEEPER.account).with_to(KEEPER.account);
        let pending = keeper.provider().send_transaction(nothing).await.wrap_err("sending nothing, for a block")?;
        keeper.receipt(*pending.tx_hash()).await?;
        Ok(())
    }

    /// Ends the node of our own.
    pub async fn clear(self) {
        if let Some(server) = self.embedded {
            server.stop().await;
        }
    }
}

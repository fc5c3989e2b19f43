//! A result that somebody could object to, on a chain by its address.

use std::path::{Path, PathBuf};

use alloy::primitives::{B256, U256};
use alloy::providers::Provider;
use linq::client::{Client, Linq};
use linq::deployment::Deployment;
use linq::devnode;
use linq_abi::IJobs;
use serde_json::Value;

use crate::world::{Run, World, artifacts, bare_command, run};

/// Who acts, by the number of their development account.
pub const OWNER: u8 = 1;
pub const OPERATOR: u8 = 2;
pub const REQUESTER: u8 = 3;
pub const ANYONE: u8 = 4;

/// Where commands run, and on which chain.
pub struct Place {
    folder: PathBuf,
    url: String,
}

impl Place {
    /// A folder with a deployments file of the chain at `url`.
    pub fn new(folder: &Path, url: &str) -> Self {
        Self { folder: folder.to_owned(), url: url.to_owned() }
    }

    /// That of a world.
    pub fn of(world: &World) -> Self {
        Self::new(world.folder.path(), world.node.url())
    }

    /// Runs a command line in the name of an account.
    pub async fn linq(&self, account: u8, line: &str) -> Run {
        let mut command = bare_command(&self.folder, &format!("{line} --dev-account {account}"));
        command.env("LINQ_RPC_URL", &self.url).env("LINQ_ARTIFACTS", artifacts());
        run(command).await
    }

    /// The document of a command that succeeds.
    pub async fn document(&self, account: u8, line: &str) -> Value {
        self.linq(account, &format!("{line} --json")).await.succeeded().document()
    }

    /// The contracts, in the name of an account.
    pub async fn account(&self, index: u8) -> Linq {
        let client = Client::connect(&self.url).await.unwrap().with_signer(devnode::account(index).unwrap()).unwrap();
        Linq::new(client, Deployment::require(&self.folder.join("deployments"), 412_346).unwrap().suite().unwrap())
    }

    /// Lets time pass.
    pub async fn go_on(&self, seconds: u64) {
        let linq = self.account(ANYONE).await;
        let provider = linq.client.provider();
        let _: U256 = provider.raw_request("evm_increaseTime".into(), [seconds]).await.unwrap();
        let _: Value = provider.raw_request("evm_mine".into(), ()).await.unwrap();
    }

    /// Provider 1 registers, with prices at which half a core for two hours costs `price` LNQ.
    pub async fn register(&self, price: &str) {
        let operator = devnode::account(OPERATOR).unwrap().address();
        let register = format!(
            "provider register --operator {operator} --cpu 4 --memory 8Gi --storage 10Gi --region 276 --cpu-price {price} \
             --open --min-run 1m --max-run 1day --max-window 3days --max-lock 100 --yes"
        );
        self.linq(OWNER, &register).await.succeeded();
        self.linq(OPERATOR, "provider accept-role --provider 1").await.succeeded();
    }

    /// A job that provider 1 has said to have done, for all of its price.
    pub async fn result_in(&self) -> String {
        let posted = self
            .document(REQUESTER, "submit --resource resource.yaml --image module.wasm --duration 2h --assign 1 --yes")
            .await;
        let job = posted["job"].as_str().unwrap().to_owned();
        let (id, root) = (job.parse::<B256>().unwrap(), B256::repeat_byte(7));
        let call =
            IJobs::submitCall { job: id, slot: 0, root, claim: 20, uri: "https://example.org/result.json".into() };
        let operator = self.account(OPERATOR).await;
        operator.client.send(operator.suite.jobs, &call, U256::ZERO).await.unwrap();
        job
    }

    /// The same, disputed by the requester, who says that nothing is due.
    pub async fn disputed(&self) -> String {
        let job = self.result_in().await;
        self.linq(REQUESTER, &format!("dispute open {job} --claim 0 --yes")).await.succeeded();
        job
    }
}

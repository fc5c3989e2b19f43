//! Deploying and wiring the contracts so that an interruption at any point costs nothing but another run.
//!
//! Every address follows from the code and the constructor's arguments, so a run can see for each step whether it was
//! done, whatever became of the process that did it. The file only adds what the chain does not say.

mod contract;
mod file;
mod parameters;
mod program;

use std::collections::BTreeMap;
use std::fmt;
use std::path::PathBuf;

use alloy::primitives::{Address, B256, Bytes, keccak256};

pub use self::contract::Contract;
pub use self::file::{Deployed, Deployment};
pub use self::parameters::{Allocation, Appointments, Parameters, Profile};
use self::program::IStylusDeployer;
pub(crate) use self::program::with_margin;
pub use self::program::{Program, STYLUS_DEPLOYER};
use crate::client::{Client, Suite};
use crate::error::{Error, Result};

/// What to deploy, and from where.
#[derive(Clone, Debug)]
pub struct Request {
    /// Folder of the built contracts.
    pub artifacts: PathBuf,
    /// Folder of the deployments files.
    pub deployments: PathBuf,
    /// What the contracts are set up with.
    pub parameters: Parameters,
    /// Makes the addresses of two deployments of the same contracts with the same parameters differ.
    pub salt: B256,
    /// Forgets what the file says and starts over.
    pub replace: bool,
}

impl Request {
    /// The salt of a first deployment.
    pub fn default_salt() -> B256 {
        keccak256("linq")
    }
}

/// One step of a deployment, as it is taken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Progress {
    /// The contract was there already and is what it should be.
    Found(Contract, Address),
    /// A transaction is about to be sent.
    Deploying(Contract, Address),
    /// The transaction is in a block.
    Deployed(Contract, B256),
    /// The siblings were named already.
    FoundWired(Contract),
    /// The siblings were named by this transaction.
    Wired(Contract, B256),
}

impl fmt::Display for Progress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Found(contract, address) => write!(f, "{contract}: already at {address}"),
            Self::Deploying(contract, address) => write!(f, "{contract}: deploying to {address}"),
            Self::Deployed(contract, hash) => write!(f, "{contract}: deployed by {hash}"),
            Self::FoundWired(contract) => write!(f, "{contract}: already wired"),
            Self::Wired(contract, hash) => write!(f, "{contract}: wired by {hash}"),
        }
    }
}

/// Deploys and wires whatever is missing, and returns where everything is.
///
/// It can be called again after any interruption, and once more after success; it then sends nothing. It refuses to go
/// on when the chain, the file, the built code and the parameters do not belong together.
pub async fn deploy(client: &Client, request: &Request, mut progress: impl FnMut(Progress)) -> Result<Deployment> {
    let programs = load(request)?;
    let mut deployment = open(client, request, &programs).await?;
    for (contract, program) in Contract::ALL.into_iter().zip(&programs) {
        let construction = contract.construction(&deployment)?;
        let address = program.address(deployment.salt, &construction.data);
        let (block, tx_hash) = match deployment.contracts.get(&contract) {
            Some(recorded) => {
                check_code(client, contract, recorded).await?;
                progress(Progress::Found(contract, address));
                continue;
            }
            None if !client.code(address).await?.is_empty() => {
                // A run ended between sending the transaction and writing the file.
                progress(Progress::Found(contract, address));
                find(client, &deployment, address).await?
            }
            None => {
                progress(Progress::Deploying(contract, address));
                let sent = send(client, &deployment, contract, program, &construction.data).await?;
                progress(Progress::Deployed(contract, sent.1));
                sent
            }
        };
        let entry = Deployed {
            address,
            block,
            tx_hash,
            code_hash: program.code_hash(),
            constructor_args: construction.named,
            abi_sha256: program.abi_sha256.clone(),
        };
        deployment.contracts.insert(contract, entry);
        deployment.write(&request.deployments)?;
    }
    wire(client, request, &mut deployment, &mut progress).await?;
    Ok(deployment)
}

/// Compares a deployment with the chain: every contract has the recorded code and knows its siblings.
pub async fn verify(client: &Client, deployment: &Deployment) -> Result<Suite> {
    let suite = deployment.suite()?;
    for (contract, recorded) in &deployment.contracts {
        check_code(client, *contract, recorded).await?;
    }
    for contract in Contract::WIRED {
        if !contract.is_wired(client, &suite_of(deployment)?).await? {
            return Err(
                Error::config(format!("{contract} has not been told its siblings")).hint("run `linq deploy` again")
            );
        }
    }
    Ok(suite)
}

/// The programs, in the order of [`Contract::ALL`].
fn load(request: &Request) -> Result<Vec<Program>> {
    Contract::ALL.into_iter().map(|contract| Program::load(&request.artifacts, contract)).collect()
}

/// The salt of a suite follows from all that makes it: code, parameters, deployer. Otherwise a suite that differs from
/// an older one in a single contract would share the others with it, which know their siblings for good.
fn suite_salt(request: &Request, deployer: Address, programs: &[Program]) -> Result<B256> {
    let parameters = serde_json::to_vec(&request.parameters).map_err(|error| Error::failure(error.to_string()))?;
    let mut preimage = [request.salt.as_slice(), deployer.as_slice(), keccak256(parameters).as_slice()].concat();
    preimage.extend(programs.iter().flat_map(Program::code_hash_bytes));
    Ok(keccak256(preimage))
}

async fn open(client: &Client, request: &Request, programs: &[Program]) -> Result<Deployment> {
    let deployer = client.account()?;
    if client.code(STYLUS_DEPLOYER).await?.is_empty() {
        let message = format!("chain {} has no StylusDeployer at {STYLUS_DEPLOYER}", client.chain_id());
        return Err(
            Error::config(message).hint("on a local chain use `linq dev up`; elsewhere publish that contract first")
        );
    }
    let salt = suite_salt(request, deployer, programs)?;
    let existing = if request.replace { None } else { Deployment::read(&request.deployments, client.chain_id())? };
    let Some(existing) = existing else {
        let deployment = Deployment {
            chain_id: client.chain_id(),
            deployer,
            salt,
            from_block: client.block_number().await?,
            parameters: request.parameters.clone(),
            contracts: BTreeMap::new(),
            wired: BTreeMap::new(),
        };
        deployment.write(&request.deployments)?;
        return Ok(deployment);
    };
    if existing.deployer != deployer {
        let message = format!("the deployment was begun by {}, and the key is that of {deployer}", existing.deployer);
        return Err(
            Error::signing(message).hint("use the key it was begun with, or start another deployment with --replace")
        );
    }
    if existing.parameters != request.parameters {
        return Err(Error::config("the deployments file was begun with other parameters")
            .hint("give the same parameters as before, or start another deployment with --replace"));
    }
    if existing.salt != salt {
        return Err(Error::config(
            "the deployments file was begun with other code than is built now, or with another --salt",
        )
        .hint("contracts are never replaced in place: build the version that was deployed, or use --replace"));
    }
    Ok(existing)
}

async fn check_code(client: &Client, contract: Contract, recorded: &Deployed) -> Result<()> {
    let code = client.code(recorded.address).await?;
    let wrong = match () {
        () if code.is_empty() => "has no code",
        () if keccak256(&code) != recorded.code_hash => "has other code than was deployed",
        () => return Ok(()),
    };
    Err(Error::config(format!("{contract} at {} {wrong} on chain {}", recorded.address, client.chain_id()))
        .hint("the chain was probably reset: start over with `linq deploy --replace`"))
}

async fn send(
    client: &Client,
    deployment: &Deployment,
    contract: Contract,
    program: &Program,
    constructor: &Bytes,
) -> Result<(u64, B256)> {
    let fee = program
        .activation_fee_wei(client)
        .await
        .map_err(|error| error.context(format!("{contract} cannot be activated")))?;
    let call = program.deploy_call(deployment.salt, constructor.clone());
    let sent = client.send(STYLUS_DEPLOYER, &call, with_margin(fee)).await;
    let sent = sent.map_err(|error| error.context(format!("deploying {contract}")))?;
    let address = sent.expect_event::<IStylusDeployer::ContractDeployed>(STYLUS_DEPLOYER)?.deployedContract;
    if address != program.address(deployment.salt, constructor) {
        return Err(Error::failure(format!("{contract} was deployed to {address}, which is not where it belongs"))
            .hint("the StylusDeployer of this chain is not the one this version knows"));
    }
    Ok((sent.block, sent.hash))
}

/// The transaction that deployed what is already at `address`.
async fn find(client: &Client, deployment: &Deployment, address: Address) -> Result<(u64, B256)> {
    let events =
        client.events::<IStylusDeployer::ContractDeployed>(STYLUS_DEPLOYER, deployment.from_block, [None; 3]).await?;
    let found = events.into_iter().find(|(event, _)| event.deployedContract == address);
    let place = found.and_then(|(_, log)| log.block_number.zip(log.transaction_hash));
    // The contract may be older than the file. It is what it should be all the same: its address says so.
    match place {
        Some(place) => Ok(place),
        None => {
            let events = client.events::<IStylusDeployer::ContractDeployed>(STYLUS_DEPLOYER, 0, [None; 3]).await?;
            let found = events.into_iter().find(|(event, _)| event.deployedContract == address);
            found.and_then(|(_, log)| log.block_number.zip(log.transaction_hash)).ok_or_else(|| {
                Error::failure(format!("{address} has the right code, and no transaction is found that deployed it"))
            })
        }
    }
}

async fn wire(
    client: &Client,
    request: &Request,
    deployment: &mut Deployment,
    progress: &mut impl FnMut(Progress),
) -> Result<()> {
    let suite = suite_of(deployment)?;
    for contract in Contract::WIRED {
        let transaction = if contract.is_wired(client, &suite).await? {
            progress(Progress::FoundWired(contract));
            deployment.wired.get(&contract).copied().flatten()
        } else {
            let sent =
                contract.wire(client, &suite).await.map_err(|error| error.context(format!("wiring {contract}")))?;
            progress(Progress::Wired(contract, sent.hash));
            Some(sent.hash)
        };
        if deployment.wired.get(&contract) != Some(&transaction) {
            deployment.wired.insert(contract, transaction);
            deployment.write(&request.deployments)?;
        }
    }
    Ok(())
}

/// The addresses while the contracts may not know each other yet.
fn suite_of(deployment: &Deployment) -> Result<Suite> {
    let mut known = deployment.clone();
    known.wired = Contract::WIRED.into_iter().map(|contract| (contract, None)).collect();
    known.suite()
}

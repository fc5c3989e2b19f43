//! Deploying and wiring the contracts, and what the chain says of them as programs.

use std::path::Path;

use alloy::{
    network::TransactionBuilder as _,
    primitives::{Address, B256, U256, address, keccak256},
    providers::Provider as _,
    rpc::types::TransactionRequest,
    signers::local::PrivateKeySigner,
    sol,
};
use eyre::{Result, WrapErr};
use linq::{
    client::Suite,
    deployment::{self, Allocation, Appointments, Parameters, Profile, Progress, Request},
    units::Lnq,
};
use nitro_devnode::chain::accounts::{DEV_ACCOUNT, DEV_ACCOUNT_KEY};

use crate::{
    cast::{DEPLOYER, FIRST, KEEPER, Person, REQUESTER, SECOND, TREASURY},
    report::{Program, Report, Step},
    stage::Stage,
    story::JUROR_STAKE,
};

sol! {
    interface ArbWasm {
        function programVersion(address program) external view returns (uint16);
        function programInitGas(address program) external view returns (uint64 gas, uint64 gasWhenCached);
        function programTimeLeft(address program) external view returns (uint64);
    }
}

const ARB_WASM: Address = address!("0000000000000000000000000000000000000071");

/// All LNQ there will ever be.
const SUPPLY: u64 = 1_000_000_000;

/// Ether that everybody should have for gas, in wei; on a chain that is not ours the development account tops up.
const GAS_MONEY_WEI: u128 = 1_000_000_000_000_000_000;

/// Deploys and wires the suite, with all LNQ in the deployer's hands but for what the jurors will stake, and reports every
/// transaction and program.
pub async fn deploy(
    stage: &Stage,
    artifacts: &Path,
    scratch: &Path,
    jurors: &[Person],
    report: &mut Report,
) -> Result<Suite> {
    gas_money(stage, jurors).await?;
    let client = DEPLOYER.on(&stage.client)?;
    let stakes = jurors.iter().map(|juror| Allocation { holder: juror.account, amount: Lnq::whole(JUROR_STAKE) });
    let rest = SUPPLY - JUROR_STAKE * jurors.len() as u64;
    let deployers = Allocation { holder: DEPLOYER.account, amount: Lnq::whole(rest) };
    let supply = std::iter::once(deployers).chain(stakes).collect();
    let appointments = Appointments { treasury: Some(TREASURY.account), ..Appointments::default() };
    let parameters = Parameters::new(Profile::Local, client.chain_id(), supply, appointments)?;
    let salt = if stage.embedded() { Request::default_salt() } else { fresh_salt(stage).await? };
    let request = Request {
        artifacts: artifacts.to_owned(),
        deployments: scratch.join("deployments"),
        parameters,
        salt,
        replace: false,
    };
    let mut done: Vec<(String, B256)> = Vec::new();
    let deployment = deployment::deploy(&client, &request, |progress| match progress {
        Progress::Deployed(contract, hash) => {
            done.push((format!("deploys, activates and constructs {contract}"), hash))
        }
        Progress::Wired(contract, hash) => done.push((format!("tells {contract} its siblings"), hash)),
        Progress::Found(..) | Progress::FoundWired(..) | Progress::Deploying(..) => {}
    })
    .await
    .wrap_err("deploying the contracts")?;
    for (what, transaction) in done {
        let gas = client.receipt(transaction).await?.gas_used;
        report.step(&Step { who: DEPLOYER.name, what, transaction, gas });
    }

    report.chapter("The Stylus programs");
    for (contract, deployed) in &deployment.contracts {
        report.program(&program(stage, contract.to_string(), deployed.address).await?);
    }
    Ok(deployment.suite()?)
}

async fn program(stage: &Stage, name: String, address: Address) -> Result<Program> {
    let client = &stage.client;
    let code = client.code(address).await?;
    let version = client.call(ARB_WASM, &ArbWasm::programVersionCall { program: address }).await?;
    let entry = client.call(ARB_WASM, &ArbWasm::programInitGasCall { program: address }).await?;
    let time_left_secs = client.call(ARB_WASM, &ArbWasm::programTimeLeftCall { program: address }).await?;
    Ok(Program {
        name,
        address,
        code_size: code.len(),
        code_hash: keccak256(&code),
        version,
        time_left_secs,
        entry_gas: (entry.gas, entry.gasWhenCached),
    })
}

/// A salt nobody used: the story can be told again on a chain that goes on living.
async fn fresh_salt(stage: &Stage) -> Result<B256> {
    let block = stage.client.block_number().await?;
    Ok(keccak256(format!("linq story at block {block}")))
}

/// Gives ether to those who have none. A Nitro development chain funds only its own account.
async fn gas_money(stage: &Stage, jurors: &[Person]) -> Result<()> {
    let rich = stage.client.with_signer(PrivateKeySigner::from_bytes(&DEV_ACCOUNT_KEY)?)?;
    let people = [DEPLOYER, REQUESTER, KEEPER, FIRST.owner, FIRST.operator, SECOND.owner, SECOND.operator];
    for Person { account, .. } in people.iter().chain(jurors).copied() {
        if stage.client.balance_wei(account).await? >= U256::from(GAS_MONEY_WEI) {
            continue;
        }
        let request = TransactionRequest::default()
            .with_from(DEV_ACCOUNT)
            .with_to(account)
            .with_value(U256::from(5 * GAS_MONEY_WEI));
        let pending = rich.provider().send_transaction(request).await.wrap_err("sending ether for gas")?;
        rich.receipt(*pending.tx_hash()).await?;
    }
    Ok(())
}

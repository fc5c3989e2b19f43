//! Times the embedded chain: in process, and over JSON-RPC beside a peer.
//!
//! `bench [--anvil PATH]` compares with that anvil, or with the one on the path; without either, only the chain itself is
//! timed. Prints JSON. Rates are per second on this machine at this moment, so what is worth keeping are the ratios.

use std::{
    env,
    error::Error,
    net::TcpListener,
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

use alloy::{
    consensus::{SignableTransaction, TxEip1559, TxEnvelope},
    eips::eip2718::Encodable2718,
    primitives::{Address, B256, Bytes, TxKind, U256},
    rpc::client::{ClientBuilder, ReqwestClient},
    signers::{SignerSync, local::PrivateKeySigner},
    sol_types::SolCall,
};
use linq_abi::ILnqToken;
use linq_tests::World;
use nitro_devnode::{
    Mining, Node, NodeConfig,
    chain::accounts::{self, WELL_KNOWN},
    rpc::{self, ServerConfig},
};
use serde_json::{Map, Value, json};

type Outcome<T> = Result<T, Box<dyn Error>>;

/// Transactions in one block.
const BLOCK: usize = 2_000;

/// Transactions each in a block of its own.
const SINGLE: usize = 300;

fn main() -> Outcome<()> {
    let mut report = Map::new();
    report.insert("inProcess".into(), in_process()?);
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build()?;
    report.insert("overRpc".into(), runtime.block_on(over_rpc())?);
    println!("{}", serde_json::to_string_pretty(&Value::Object(report))?);
    Ok(())
}

// ------------------------------------------------------------------------------------------------ in process

fn in_process() -> Outcome<Value> {
    let start = Instant::now();
    let world = World::new();
    let first = start.elapsed();
    drop(world);
    let start = Instant::now();
    for _ in 0..20 {
        drop(World::new());
    }
    let next = start.elapsed() / 20;
    Ok(json!({
        "firstWorldMillis": first.as_secs_f64() * 1e3,
        "nextWorldMillis": next.as_secs_f64() * 1e3,
        "tokenTransfersPerSecondInOneBlock": block_of_token_transfers()?,
        "tokenTransfersPerSecondOneByOne": token_transfers()?,
        "plainTransfersPerSecondInOneBlock": block_of_plain_transfers()?,
    }))
}

fn per_second(count: usize, elapsed: Duration) -> f64 {
    (count as f64 / elapsed.as_secs_f64()).round()
}

/// The holder whose key is known and who has LNQ and ether.
fn sender() -> (Address, PrivateKeySigner) {
    let (address, _) = WELL_KNOWN[0];
    (address, accounts::signer(address).expect("a well-known account"))
}

/// Signed transactions of the sender from `nonce` on.
fn signed(
    count: usize,
    chain_id: u64,
    nonce: u64,
    to: Address,
    input: &Bytes,
    gas_limit: u64,
) -> Outcome<Vec<Vec<u8>>> {
    let (_, key) = sender();
    let mut raw = Vec::with_capacity(count);
    for number in 0..count as u64 {
        let transaction = TxEip1559 {
            chain_id,
            nonce: nonce + number,
            gas_limit,
            max_fee_per_gas: 2_000_000_000,
            max_priority_fee_per_gas: 0,
            to: TxKind::Call(to),
            value: if input.is_empty() { U256::from(1) } else { U256::ZERO },
            access_list: Default::default(),
            input: input.clone(),
        };
        let signature = key.sign_hash_sync(&transaction.signature_hash())?;
        raw.push(TxEnvelope::from(transaction.into_signed(signature)).encoded_2718());
    }
    Ok(raw)
}

/// Takes signed transactions and puts them into one block; returns the rate.
fn one_block(node: &mut Node, transactions: &[Vec<u8>]) -> Outcome<f64> {
    node.set_mining(Mining::Manual);
    let start = Instant::now();
    for raw in transactions {
        node.send_raw(raw)?;
    }
    node.mine(1);
    let rate = per_second(transactions.len(), start.elapsed());
    let included = node.latest().receipts.iter().filter(|receipt| receipt.success).count();
    // One more is the chain's own, which starts every block.
    assert_eq!(included, transactions.len() + 1, "all of them are in the block");
    Ok(rate)
}

fn token_transfer(world: &World, count: usize) -> Outcome<Vec<Vec<u8>>> {
    let (address, _) = sender();
    let nonce = world.node().nonce(address, alloy::eips::BlockId::latest())?;
    let call = ILnqToken::transferCall { to: world.cast.payout, value: U256::from(1) };
    signed(count, world.node().config().chain_id, nonce, world.suite.token, &call.abi_encode().into(), 200_000)
}

fn block_of_token_transfers() -> Outcome<f64> {
    let mut world = World::new();
    world.give(world.cast.payout, 1);
    let transactions = token_transfer(&world, BLOCK)?;
    let rate = one_block(world.node_mut(), &transactions);
    world.node_mut().set_mining(Mining::Automatic);
    rate
}

fn token_transfers() -> Outcome<f64> {
    let mut world = World::new();
    let transactions = token_transfer(&world, SINGLE)?;
    let start = Instant::now();
    for raw in &transactions {
        world.node_mut().send_raw(raw)?;
    }
    Ok(per_second(SINGLE, start.elapsed()))
}

fn block_of_plain_transfers() -> Outcome<f64> {
    let mut node = Node::new(NodeConfig::default());
    let transactions = signed(BLOCK, node.config().chain_id, 0, Address::repeat_byte(7), &Bytes::new(), 21_000)?;
    one_block(&mut node, &transactions)
}

// -------------------------------------------------------------------------------------------------- over RPC

async fn over_rpc() -> Outcome<Value> {
    let server = rpc::serve(Node::new(NodeConfig::wall_clock()), ServerConfig::default()).await?;
    let own = plain_transfers(&server.url).await?;
    server.stop().await;
    let mut report = json!({ "node": own.shown() });
    if let Some(anvil) = Anvil::start().await? {
        let peer = plain_transfers(&anvil.url).await?;
        report["anvil"] = peer.shown();
        report["nodeToAnvil"] = json!({
            "perSecondOneByOne": ratio(own.one_by_one, peer.one_by_one),
            "perSecondInOneBlock": ratio(own.one_block, peer.one_block),
            "p50Millis": ratio(own.p50, peer.p50),
            "p99Millis": ratio(own.p99, peer.p99),
        });
    }
    Ok(report)
}

fn ratio(own: f64, peer: f64) -> f64 {
    (own / peer * 100.0).round() / 100.0
}

/// Rates, and how long one transfer takes from being sent to its receipt.
struct Times {
    one_by_one: f64,
    one_block: f64,
    p50: f64,
    p99: f64,
}

impl Times {
    fn shown(&self) -> Value {
        json!({
            "perSecondOneByOne": self.one_by_one,
            "perSecondInOneBlock": self.one_block,
            "p50Millis": self.p50,
            "p99Millis": self.p99,
        })
    }
}

/// Plain transfers of signed transactions, in the same way whatever node answers at `url`.
async fn plain_transfers(url: &str) -> Outcome<Times> {
    let client: ReqwestClient = ClientBuilder::default().http(url.parse()?);
    let chain_id: U256 = client.request_noparams("eth_chainId").await?;
    let to = Address::repeat_byte(7);
    let transactions = signed(SINGLE + BLOCK, chain_id.to(), 0, to, &Bytes::new(), 21_000)?;
    let (single, block) = transactions.split_at(SINGLE);

    let mut took = Vec::with_capacity(SINGLE);
    let start = Instant::now();
    for raw in single {
        let sent = Instant::now();
        let hash = send(&client, raw).await?;
        // Not every node has the block ready when it has taken the transaction.
        while client.request::<_, Value>("eth_getTransactionReceipt", (hash,)).await?["status"] != "0x1" {}
        took.push(sent.elapsed().as_secs_f64() * 1e3);
    }
    let one_by_one = per_second(SINGLE, start.elapsed());
    took.sort_by(f64::total_cmp);

    let _: Value = client.request("evm_setAutomine", (false,)).await?;
    for raw in block {
        send(&client, raw).await?;
    }
    let start = Instant::now();
    let _: Value = client.request("evm_mine", Vec::<Value>::new()).await?;
    let one_block = per_second(BLOCK, start.elapsed());
    let latest: Value = client.request("eth_getBlockByNumber", ("latest", false)).await?;
    let included = latest["transactions"].as_array().map_or(0, Vec::len);
    assert!(included >= BLOCK, "{included} of {BLOCK} are in the block");

    Ok(Times { one_by_one, one_block, p50: took[SINGLE / 2], p99: took[SINGLE * 99 / 100] })
}

async fn send(client: &ReqwestClient, raw: &[u8]) -> Outcome<B256> {
    Ok(client.request("eth_sendRawTransaction", (Bytes::copy_from_slice(raw),)).await?)
}

/// The peer, as a process of its own that ends with this one.
struct Anvil {
    process: Child,
    url: String,
}

impl Anvil {
    /// Starts it, if there is one.
    async fn start() -> Outcome<Option<Self>> {
        let arguments: Vec<String> = env::args().skip(1).collect();
        let path = match arguments.as_slice() {
            [flag, path] if flag == "--anvil" => path.clone(),
            [] => "anvil".to_owned(),
            _ => return Err("the only option is --anvil PATH".into()),
        };
        // Asks for a free port and lets it go again; nobody else is looking for one.
        let port = TcpListener::bind("127.0.0.1:0")?.local_addr()?.port();
        let started = Command::new(&path)
            .args(["--silent", "--gas-limit", "1000000000", "--port", &port.to_string()])
            .stdout(Stdio::null())
            .spawn();
        let process = match started {
            Ok(process) => process,
            Err(error) if arguments.is_empty() => {
                eprintln!("no peer to compare with: {error}");
                return Ok(None);
            }
            Err(error) => return Err(format!("{path}: {error}").into()),
        };
        let anvil = Self { process, url: format!("http://127.0.0.1:{port}") };
        let client: ReqwestClient = ClientBuilder::default().http(anvil.url.parse()?);
        for _ in 0..200 {
            if client.request_noparams::<U256>("eth_chainId").await.is_ok() {
                return Ok(Some(anvil));
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        Err(format!("{path} does not answer").into())
    }
}

impl Drop for Anvil {
    fn drop(&mut self) {
        // What npm installs is a wrapper, which passes this signal on and no other.
        let _ = Command::new("kill").args(["-TERM", &self.process.id().to_string()]).status();
        let _ = self.process.wait();
    }
}

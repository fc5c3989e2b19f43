//! Times the node beside anvil, over JSON-RPC, in one run. `cargo xtask bench node` compiles the token, installs anvil
//! and starts this.
//!
//! `node --anvil PROGRAM --token FILE` where FILE holds the creation code of a Solidity token in hexadecimal. Prints
//! JSON. Times are those of this machine at this moment, so what is worth keeping are the ratios.

use std::{
    env,
    error::Error,
    fs,
    net::TcpListener,
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

use alloy::{
    consensus::{SignableTransaction, TxEip1559, TxEnvelope},
    eips::eip2718::Encodable2718,
    primitives::{Address, B256, Bytes, TxKind, U256, address, hex},
    rpc::client::{ClientBuilder, ReqwestClient},
    signers::SignerSync,
    sol,
    sol_types::SolCall,
};
use nitro_devnode::{
    chain::accounts::{self, WELL_KNOWN},
    wasm::code,
};
use serde_json::{Value, json};

type Outcome<T> = Result<T, Box<dyn Error>>;

/// Transactions in one block.
const BLOCK: u64 = 1_000;

/// Blocks of which the median counts: one of them takes less time than the machine's moods last.
const BLOCKS: usize = 5;

/// Transactions of which each is waited for.
const SINGLE: usize = 500;

/// Senders that do not wait for each other, and transactions of each.
const SENDERS: usize = 8;
const PER_SENDER: u64 = 200;

/// Starts that are timed.
const STARTS: usize = 10;

/// A token written with the Stylus SDK: the program that its measured vectors deploy.
const STYLUS_TOKEN: &str = include_str!("../tests/vectors/18-sdk-erc20.json");

const ARB_WASM: Address = address!("0000000000000000000000000000000000000071");

/// More than any fee here.
const MAX_FEE: u128 = 100_000_000_000;

sol! {
    function transfer(address to, uint256 value) external returns (bool);
    function activateProgram(address program) external payable returns (uint16 version, uint256 dataFee);
}

fn main() -> Outcome<()> {
    let Some(options) = Options::read()? else {
        // As `cargo test --all-targets` does.
        eprintln!("started without a peer: nothing to time");
        return Ok(());
    };
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build()?;
    let report = runtime.block_on(compare(&options))?;
    println!("{}", serde_json::to_string_pretty(&report)?);
    Ok(())
}

struct Options {
    anvil: String,
    /// Creation code of the Solidity token.
    token: Bytes,
}

impl Options {
    fn read() -> Outcome<Option<Self>> {
        // Cargo adds a flag of its own.
        let arguments: Vec<String> = env::args().skip(1).filter(|argument| argument != "--bench").collect();
        match arguments.as_slice() {
            [anvil_flag, anvil, token_flag, token] if anvil_flag == "--anvil" && token_flag == "--token" => {
                let token = hex::decode(fs::read_to_string(token)?.trim())?.into();
                Ok(Some(Self { anvil: anvil.clone(), token }))
            }
            [] => Ok(None),
            _ => Err("usage: --anvil PROGRAM --token FILE".into()),
        }
    }
}

async fn compare(options: &Options) -> Outcome<Value> {
    let own = env!("CARGO_BIN_EXE_nitro-devnode");
    let own_arguments = ["--port", "0", "--json"];
    let node = measure(own, &own_arguments, options, true).await?;
    let port = free_port()?.to_string();
    let anvil_arguments = ["--silent", "--gas-limit", "1000000000", "--port", &port];
    let anvil = measure(&options.anvil, &anvil_arguments, options, false).await?;
    Ok(json!({
        "node": node.shown(),
        "anvil": anvil.shown(),
        "nodeToAnvil": node.ratios(&anvil),
    }))
}

/// Asks for a free port and lets it go again; nobody else is looking for one.
fn free_port() -> Outcome<u16> {
    Ok(TcpListener::bind("127.0.0.1:0")?.local_addr()?.port())
}

/// What was measured of one program.
#[derive(Default)]
struct Measured {
    start_millis: f64,
    p50_millis: f64,
    p99_millis: f64,
    from_eight_senders: f64,
    plain_in_block: f64,
    solidity_in_block: f64,
    stylus_in_block: Option<f64>,
    activation_millis: Option<f64>,
    memory_mib: f64,
    memory_at_start_mib: f64,
}

impl Measured {
    fn shown(&self) -> Value {
        json!({
            "startMillis": rounded(self.start_millis),
            "sendToReceiptP50Millis": rounded(self.p50_millis),
            "sendToReceiptP99Millis": rounded(self.p99_millis),
            "perSecondFromEightSenders": self.from_eight_senders.round(),
            "plainPerSecondInOneBlock": self.plain_in_block.round(),
            "solidityTokenPerSecondInOneBlock": self.solidity_in_block.round(),
            "stylusTokenPerSecondInOneBlock": self.stylus_in_block.map(f64::round),
            "activationMillis": self.activation_millis.map(rounded),
            "memoryAtStartMib": rounded(self.memory_at_start_mib),
            "memoryAtEndMib": rounded(self.memory_mib),
        })
    }

    fn ratios(&self, peer: &Self) -> Value {
        json!({
            "start": rounded(self.start_millis / peer.start_millis),
            "sendToReceiptP50": rounded(self.p50_millis / peer.p50_millis),
            "sendToReceiptP99": rounded(self.p99_millis / peer.p99_millis),
            "fromEightSenders": rounded(self.from_eight_senders / peer.from_eight_senders),
            "plainInOneBlock": rounded(self.plain_in_block / peer.plain_in_block),
            "solidityTokenInOneBlock": rounded(self.solidity_in_block / peer.solidity_in_block),
            "stylusTokenToSolidityTokenInOneBlock": self.stylus_in_block.map(|own| rounded(own / peer.solidity_in_block)),
            "memoryAtStart": rounded(self.memory_at_start_mib / peer.memory_at_start_mib),
            "memoryAtEnd": rounded(self.memory_mib / peer.memory_mib),
        })
    }
}

fn rounded(value: f64) -> f64 {
    (value * 100.0).round() / 100.0
}

async fn measure(program: &str, arguments: &[&str], options: &Options, runs_stylus: bool) -> Outcome<Measured> {
    let mut starts = Vec::new();
    for _ in 0..STARTS {
        let start = Instant::now();
        let server = Server::start(program, arguments).await?;
        starts.push(millis(start.elapsed()));
        drop(server);
    }
    starts.sort_by(f64::total_cmp);

    let server = Server::start(program, arguments).await?;
    let mut measured =
        Measured { start_millis: starts[STARTS / 2], memory_at_start_mib: server.memory_mib()?, ..Measured::default() };
    let mut took = server.one_by_one().await?;
    took.sort_by(f64::total_cmp);
    measured.p50_millis = took[SINGLE / 2];
    measured.p99_millis = took[SINGLE * 99 / 100];
    measured.from_eight_senders = server.concurrently().await?;
    measured.plain_in_block = server.blocks(Address::repeat_byte(7), Bytes::new(), 21_000).await?;

    let input = Bytes::from(transferCall { to: Address::repeat_byte(7), value: U256::from(1) }.abi_encode());
    let token = server.deploy(options.token.clone()).await?;
    measured.solidity_in_block = server.blocks(token, input.clone(), 100_000).await?;
    if runs_stylus {
        let token = server.deploy(stylus_token()?).await?;
        let start = Instant::now();
        let activation = activateProgramCall { program: token }.abi_encode().into();
        server.act(Some(ARB_WASM), activation, U256::from(10u128.pow(17)), 10_000_000).await?;
        measured.activation_millis = Some(millis(start.elapsed()));
        let supply = U256::from(10u128.pow(24)).to_be_bytes::<32>();
        server.act(Some(token), [&MINT[..], &supply].concat().into(), U256::ZERO, 5_000_000).await?;
        measured.stylus_in_block = Some(server.blocks(token, input, 100_000).await?);
    }
    measured.memory_mib = server.memory_mib()?;
    Ok(measured)
}

/// Selector of the function that mints to its caller, in the token of the vectors.
const MINT: [u8; 4] = hex!("b7b0422d");

/// Creation code of the Stylus token.
fn stylus_token() -> Outcome<Bytes> {
    let vectors: Value = serde_json::from_str(STYLUS_TOKEN)?;
    let deployed = vectors["steps"][0]["code"].as_str().ok_or("the vectors begin with the token")?;
    Ok(code::init_code(&hex::decode(deployed)?).into())
}

fn millis(time: Duration) -> f64 {
    time.as_secs_f64() * 1e3
}

/// A node in a process of its own, which ends with this value.
struct Server {
    process: Child,
    client: ReqwestClient,
    chain_id: u64,
}

impl Server {
    /// Starts a program and waits until it answers.
    async fn start(program: &str, arguments: &[&str]) -> Outcome<Self> {
        let asks_for_port = arguments.contains(&"0");
        let stdout = if asks_for_port { Stdio::piped() } else { Stdio::null() };
        let mut process = Command::new(program).args(arguments).stdout(stdout).spawn()?;
        let url = match process.stdout.take() {
            Some(output) => announced_url(output)?,
            None => format!("http://127.0.0.1:{}", arguments.last().ok_or("the last argument is the port")?),
        };
        let client: ReqwestClient = ClientBuilder::default().http(url.parse()?);
        let mut server = Self { process, client, chain_id: 0 };
        for _ in 0..10_000 {
            if let Ok(chain_id) = server.client.request_noparams::<U256>("eth_chainId").await {
                server.chain_id = chain_id.to();
                return Ok(server);
            }
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
        Err(format!("{program} does not answer").into())
    }

    fn signed(
        &self,
        sender: usize,
        nonce: u64,
        to: Option<Address>,
        input: &Bytes,
        value: U256,
        gas: u64,
    ) -> Outcome<Bytes> {
        let key = accounts::signer(WELL_KNOWN[sender].0).ok_or("a well-known account")?;
        let transaction = TxEip1559 {
            chain_id: self.chain_id,
            nonce,
            gas_limit: gas,
            max_fee_per_gas: MAX_FEE,
            max_priority_fee_per_gas: 0,
            to: to.map_or(TxKind::Create, TxKind::Call),
            value,
            access_list: Default::default(),
            input: input.clone(),
        };
        let signature = key.sign_hash_sync(&transaction.signature_hash())?;
        Ok(TxEnvelope::from(transaction.into_signed(signature)).encoded_2718().into())
    }

    async fn nonce(&self, sender: usize) -> Outcome<u64> {
        let nonce: U256 = self.client.request("eth_getTransactionCount", (WELL_KNOWN[sender].0, "latest")).await?;
        Ok(nonce.to())
    }

    async fn send(&self, raw: &Bytes) -> Outcome<B256> {
        Ok(self.client.request("eth_sendRawTransaction", (raw,)).await?)
    }

    /// Sends and waits for the receipt.
    async fn send_and_wait(&self, raw: &Bytes) -> Outcome<Value> {
        let hash = self.send(raw).await?;
        // Not every node has the block ready when it has taken the transaction.
        for _ in 0..100_000 {
            let receipt: Value = self.client.request("eth_getTransactionReceipt", (hash,)).await?;
            if receipt.is_object() {
                return Ok(receipt);
            }
        }
        Err("a transaction is never mined".into())
    }

    /// A transaction of the first account that has to succeed.
    async fn act(&self, to: Option<Address>, input: Bytes, value: U256, gas: u64) -> Outcome<Value> {
        let raw = self.signed(0, self.nonce(0).await?, to, &input, value, gas)?;
        let receipt = self.send_and_wait(&raw).await?;
        if receipt["status"] != "0x1" {
            return Err(format!("a transaction failed: {receipt}").into());
        }
        Ok(receipt)
    }

    async fn deploy(&self, init_code: Bytes) -> Outcome<Address> {
        let receipt = self.act(None, init_code, U256::ZERO, 10_000_000).await?;
        Ok(receipt["contractAddress"].as_str().ok_or("a creation has an address")?.parse()?)
    }

    /// Milliseconds from sending each transfer to its receipt.
    async fn one_by_one(&self) -> Outcome<Vec<f64>> {
        let first = self.nonce(0).await?;
        let mut took = Vec::with_capacity(SINGLE);
        for nonce in first..first + SINGLE as u64 {
            let raw = self.signed(0, nonce, Some(Address::repeat_byte(7)), &Bytes::new(), U256::from(1), 21_000)?;
            let start = Instant::now();
            self.send_and_wait(&raw).await?;
            took.push(millis(start.elapsed()));
        }
        Ok(took)
    }

    /// Transfers per second when several accounts send at once, each waiting for its own receipts.
    async fn concurrently(&self) -> Outcome<f64> {
        let mut queues = Vec::new();
        for sender in 1..=SENDERS {
            let first = self.nonce(sender).await?;
            let to = Some(Address::repeat_byte(7));
            let raws: Outcome<Vec<Bytes>> = (first..first + PER_SENDER)
                .map(|nonce| self.signed(sender, nonce, to, &Bytes::new(), U256::from(1), 21_000))
                .collect();
            queues.push(raws?);
        }
        let start = Instant::now();
        let senders = queues.iter().map(|queue| async move {
            for raw in queue {
                self.send_and_wait(raw).await?;
            }
            Outcome::Ok(())
        });
        futures_util::future::try_join_all(senders).await?;
        Ok((SENDERS as u64 * PER_SENDER) as f64 / start.elapsed().as_secs_f64())
    }

    /// Transactions per second when a block of them is made: the median of several blocks.
    async fn blocks(&self, to: Address, input: Bytes, gas: u64) -> Outcome<f64> {
        let mut rates = Vec::with_capacity(BLOCKS);
        for _ in 0..BLOCKS {
            rates.push(self.one_block(to, &input, gas).await?);
        }
        rates.sort_by(f64::total_cmp);
        Ok(rates[BLOCKS / 2])
    }

    /// Transactions per second of one block. They are taken in before.
    async fn one_block(&self, to: Address, input: &Bytes, gas: u64) -> Outcome<f64> {
        let _: Value = self.client.request("evm_setAutomine", (false,)).await?;
        let value = if input.is_empty() { U256::from(1) } else { U256::ZERO };
        let first = self.nonce(0).await?;
        for nonce in first..first + BLOCK {
            self.send(&self.signed(0, nonce, Some(to), input, value, gas)?).await?;
        }
        let start = Instant::now();
        let _: Value = self.client.request("evm_mine", Vec::<Value>::new()).await?;
        let rate = BLOCK as f64 / start.elapsed().as_secs_f64();
        let latest: Value = self.client.request("eth_getBlockByNumber", ("latest", false)).await?;
        let included = latest["transactions"].as_array().map_or(0, Vec::len) as u64;
        if included < BLOCK {
            return Err(format!("{included} of {BLOCK} are in the block").into());
        }
        let _: Value = self.client.request("evm_setAutomine", (true,)).await?;
        Ok(rate)
    }

    /// Memory the process holds, with that of the processes it started: what npm installs is a wrapper.
    fn memory_mib(&self) -> Outcome<f64> {
        let own = self.process.id();
        let children = fs::read_to_string(format!("/proc/{own}/task/{own}/children"))?;
        let child = children.split_whitespace().next().and_then(|child| child.parse().ok());
        let status = fs::read_to_string(format!("/proc/{}/status", child.unwrap_or(own)))?;
        let line = status.lines().find(|line| line.starts_with("VmRSS:")).ok_or("the kernel says how much it is")?;
        let kib: f64 = line.split_whitespace().nth(1).ok_or("a number follows")?.parse()?;
        Ok(kib / 1024.0)
    }
}

/// The URL in the line that the node prints once it is ready.
fn announced_url(output: std::process::ChildStdout) -> Outcome<String> {
    let mut line = String::new();
    std::io::BufRead::read_line(&mut std::io::BufReader::new(output), &mut line)?;
    let ready: Value = serde_json::from_str(&line)?;
    Ok(ready["url"].as_str().ok_or("the node says where it is")?.to_owned())
}

impl Drop for Server {
    fn drop(&mut self) {
        // What npm installs is a wrapper, which passes this signal on and no other.
        let _ = Command::new("kill").args(["-TERM", &self.process.id().to_string()]).status();
        let _ = self.process.wait();
    }
}

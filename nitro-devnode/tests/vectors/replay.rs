//! Runs the steps of a vector file on a node of their own.

use std::collections::HashMap;
use std::path::Path;

use alloy::consensus::{SignableTransaction, TxEip1559, TxEip2930, TxEip7702, TxEnvelope, TxLegacy};
use alloy::eips::eip2718::Encodable2718;
use alloy::eips::eip2930::{AccessList, AccessListItem};
use alloy::eips::eip7702::{Authorization, SignedAuthorization};
use alloy::primitives::{Address, B256, Bytes, TxKind, U256, hex as hexlib, keccak256};
use alloy::rpc::types::state::{AccountOverride, StateOverride};
use alloy::rpc::types::{BlockId, TransactionRequest};
use alloy::signers::SignerSync;
use alloy::signers::local::PrivateKeySigner;
use nitro_devnode::chain::accounts::{DEV_ACCOUNT, DEV_ACCOUNT_KEY};
use nitro_devnode::wasm::activation::DataPricer;
use nitro_devnode::wasm::code::init_code;
use nitro_devnode::{CallOptions, Clock, Node, NodeConfig, NodeError, Receipt};
use serde_json::{Map, Value, json};

use crate::compare::differences;
use crate::values::{calldata_gas, hex, number, number_or, quantity, text, unhex, word};

const ARB_WASM: &str = "0x0000000000000000000000000000000000000071";
const ARB_WASM_CACHE: &str = "0x0000000000000000000000000000000000000072";
const PROGRAM_ACTIVATED: &str = "0xc0e812780707128d9a180db8ee4d1c1f1300b6dd0626d577b5d9ac759b76253c";
const LIFETIME_EXTENDED: &str = "0x03802ba32e3bd489d2ab04abb93d10687e0b6883bcb091206ca75172d248f2ec";
const DEFAULT_GAS: u64 = 5_000_000;
const ACTIVATION_VALUE: &str = "500000000000000000";

/// Not a full hour: an activation at a full hour would have no age at first.
const START: u64 = NodeConfig::DEFAULT_TIME + 757;

/// A step that did not match.
pub struct Difference {
    pub step: usize,
    pub text: String,
}

/// Replays a file and returns what differs.
pub fn file(name: &str) -> Vec<Difference> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/vectors").join(format!("{name}.json"));
    let vector: Value = serde_json::from_slice(&std::fs::read(path).expect("the file exists")).expect("it is JSON");
    let mut runner = Runner::new(&vector);
    let steps = vector["steps"].as_array().expect("steps are a list");
    let mut report = Vec::new();
    for (index, step) in steps.iter().enumerate() {
        if step["do"] == "rpc" {
            continue;
        }
        let seen = runner.execute(step);
        let expect = runner.expand_all(step.get("expect").unwrap_or(&json!({})));
        let found = differences(&expect, &seen, "");
        if !found.is_empty() {
            let title = format!("{index} {} ({})", text(step, "do").unwrap_or("?"), text(step, "note").unwrap_or(""));
            report.push(Difference { step: index, text: format!("{title}\n    {}", found.join("\n    ")) });
        }
    }
    report
}

struct Runner {
    node: Node,
    signers: HashMap<String, PrivateKeySigner>,
    labels: HashMap<String, Address>,
    codes: HashMap<String, Bytes>,
    pricer: DataPricer,
}

impl Runner {
    fn new(vector: &Value) -> Self {
        let mut runner = Self {
            node: Node::new(NodeConfig { clock: Clock::Manual(START), ..NodeConfig::default() }),
            signers: HashMap::new(),
            labels: HashMap::new(),
            codes: HashMap::new(),
            pricer: DataPricer::default(),
        };
        runner.add_account("owner", DEV_ACCOUNT_KEY);
        for (name, account) in vector["accounts"].as_object().expect("accounts are an object") {
            runner.add_account(
                name,
                unhex(account["key"].as_str().expect("a key")).as_slice().try_into().expect("32 bytes"),
            );
            let fund = number_or(account, "fund", 0);
            let request = TransactionRequest::default().from(DEV_ACCOUNT).to(runner.labels[name]).value(fund);
            runner.node.send(request).expect("the owner can pay");
        }
        runner
    }

    fn add_account(&mut self, name: &str, key: B256) {
        let signer = PrivateKeySigner::from_bytes(&key).expect("a valid key");
        self.labels.insert(name.to_owned(), signer.address());
        self.signers.insert(name.to_owned(), signer);
    }

    fn execute(&mut self, step: &Value) -> Value {
        match text(step, "do").expect("a step has a kind") {
            "tx" => self.transaction(step),
            "deploy" => self.deploy(step),
            "activate" => self.activate(step),
            "cache" => {
                let data = format!("0xe73ac9f2{}", hexlib::encode(word(self.address(&step["of"]))));
                self.transaction(&with(step, &[("to", json!(ARB_WASM_CACHE)), ("data", json!(data))]))
            }
            "evict" => {
                let code = &self.codes[text(step, "of").expect("a label")];
                let data = format!("0xce972013{}", hexlib::encode(keccak256(code)));
                self.transaction(&with(step, &[("to", json!(ARB_WASM_CACHE)), ("data", json!(data))]))
            }
            "call" => self.call(step),
            "estimate" => match self.node.estimate(&self.request(step), &CallOptions::default()) {
                Ok(gas) => json!({ "gas": gas }),
                Err(error) => json!({ "error": rpc_error(&error) }),
            },
            "define" => self.define(step),
            "sleep" => {
                self.node.increase_time(number(&step["seconds"]).to());
                json!({})
            }
            "pricer" => price(step),
            other => panic!("unknown step {other}"),
        }
    }

    fn deploy(&mut self, step: &Value) -> Value {
        let label = text(step, "label").expect("a label").to_owned();
        let init = match (text(step, "codeOf"), text(step, "init")) {
            (Some(of), _) => init_code(&self.codes[of]),
            (_, Some(init)) => unhex(&self.expand(init)),
            _ => {
                let code = text(step, "code").or(text(step, "runtime")).expect("something to deploy");
                init_code(&unhex(&self.expand(code)))
            }
        };
        let from = self.sender(step);
        let nonce = self.node.nonce(from, BlockId::latest()).expect("the latest state exists");
        let mut seen = self.transaction(&with(step, &[("data", hex(init))]));
        if seen.get("rejected").is_some() {
            return seen;
        }
        let address = from.create(nonce);
        let code = self.node.code(address, BlockId::latest()).expect("the latest state exists");
        let fields = seen.as_object_mut().expect("an object");
        if fields["logs"] == json!([]) {
            fields.remove("logs");
        }
        fields.insert("codeSize".into(), json!(code.len()));
        if !code.is_empty() {
            fields.insert("codeHash".into(), hex(keccak256(&code)));
        }
        self.labels.insert(label.clone(), address);
        self.codes.insert(label, code);
        seen
    }

    fn activate(&mut self, step: &Value) -> Value {
        let program = self.address(&step["of"]);
        let argument = hexlib::encode(word(program));
        let value = step.get("value").cloned().unwrap_or(json!(ACTIVATION_VALUE));
        let fields = [("to", json!(ARB_WASM)), ("data", json!(format!("0x58c780c2{argument}"))), ("value", value)];
        let mut seen = self.transaction(&with(step, &fields));
        if seen["status"] != 1 {
            return seen;
        }
        let log = seen["logs"][0].clone();
        let data = unhex(log["data"].as_str().expect("data"));
        let words: Vec<U256> = data.chunks(32).map(U256::from_be_slice).collect();
        seen["logs"] = json!([{
            "address": ARB_WASM,
            "topics": log["topics"],
            "program": hex(&data[44..64]),
            "version": words[3].to::<u64>(),
        }]);
        let code_hash = hexlib::encode(keccak256(self.node.code(program, BlockId::latest()).expect("a state")));
        let gas = self.view("62b688aa", &argument);
        seen["program"] = json!({
            "version": self.view("cc8f4e88", &argument)[0],
            "codehashVersion": self.view("d70c0ca7", &code_hash)[0],
            "initGas": gas[0],
            "cachedInitGas": gas[1],
            "footprint": self.view("aef36be3", &argument)[0],
            "asmSize": self.view("4089267f", &code_hash)[0],
        });
        if step.get("balances").is_some() {
            let from = text(step, "from").unwrap_or("owner");
            let paid = seen["balanceDelta"][from].as_str().expect("a delta").trim_start_matches('-').to_owned();
            seen["balanceDelta"] = json!({ "paidEqualsEventFee": paid == words[2].to_string() });
        }
        seen
    }

    /// The words ArbWasm answers with.
    fn view(&self, selector: &str, argument: &str) -> Vec<u64> {
        let request = TransactionRequest::default()
            .to(ARB_WASM.parse().expect("an address"))
            .input(unhex(&format!("{selector}{argument}")).into());
        let output = self.node.call(&request).expect("the view answers");
        output.chunks(32).map(|word| U256::from_be_slice(word).to()).collect()
    }

    fn transaction(&mut self, step: &Value) -> Value {
        // Time passes, so that ages are not all zero.
        self.node.increase_time(1);
        let data = self.data(step);
        let raw = self.sign(step, data.clone());
        let watched: Vec<String> = strings(step.get("balances"));
        let before: Vec<U256> = watched.iter().map(|name| self.balance(name)).collect();
        let hash = match self.node.send_raw(&raw) {
            Ok(hash) => hash,
            Err(error) => return json!({ "rejected": rpc_error(&error) }),
        };
        let receipt = self.node.receipt(hash).expect("it is mined at once").clone();
        let mut seen = self.observe(step, &receipt, &data);
        if !watched.is_empty() {
            let sender = self.sender(step);
            let delta = |(name, before): (&String, &U256)| {
                let mut after = self.balance(name);
                if self.labels.get(name) == Some(&sender) {
                    after += receipt.fee_wei();
                }
                let delta =
                    if after >= *before { (after - before).to_string() } else { format!("-{}", before - after) };
                (name.clone(), Value::String(delta))
            };
            seen["balanceDelta"] = Value::Object(watched.iter().zip(&before).map(delta).collect());
        }
        seen
    }

    fn observe(&mut self, step: &Value, receipt: &Receipt, data: &[u8]) -> Value {
        let logs: Vec<Value> = receipt
            .logs
            .iter()
            .map(|log| json!({ "address": log.address(), "topics": log.topics(), "data": hex(&log.inner.data.data) }))
            .collect();
        let mut seen = json!({
            "status": u8::from(receipt.success),
            "gasUsed": receipt.gas_used - receipt.gas_used_for_l1,
            "calldataGas": calldata_gas(data),
            "logs": logs,
        });
        self.check_data_fee(step, receipt, &mut seen);
        if let Some(watch) = step.get("watch").and_then(Value::as_object) {
            let slots = |(account, keys): (&String, &Value)| {
                let address = self.address(&json!(account));
                let value = |key: &String| {
                    let slot = self.expand(key).parse().expect("a slot");
                    (key.clone(), hex(self.node.storage(address, slot, BlockId::latest()).expect("a state")))
                };
                (account.clone(), Value::Object(strings(Some(keys)).iter().map(value).collect()))
            };
            seen["storage"] = Value::Object(watch.iter().map(slots).collect());
        }
        if step.get("checkPrice").is_some() {
            let base_fee = self.node.latest().header.base_fee_per_gas.unwrap_or_default();
            seen["priceIsBaseFee"] = json!(receipt.effective_gas_price == u128::from(base_fee));
        }
        if step.get("receiptFields").is_some() {
            seen["receipt"] = receipt_fields(receipt);
        }
        if step.get("codes").is_some() {
            let code = |name: String| {
                let code = self.node.code(self.address(&json!(name)), BlockId::latest()).expect("a state");
                (name, hex(code))
            };
            seen["code"] = Value::Object(strings(step.get("codes")).into_iter().map(code).collect());
        }
        if step.get("nonceOf").is_some() {
            let nonce = |name: String| {
                let nonce = self.node.nonce(self.address(&json!(name)), BlockId::latest()).expect("a state");
                (name, json!(nonce))
            };
            seen["nonce"] = Value::Object(strings(step.get("nonceOf")).into_iter().map(nonce).collect());
        }
        seen
    }

    /// The data fee has to follow its formula from the first activation of the chain on.
    fn check_data_fee(&mut self, step: &Value, receipt: &Receipt, seen: &mut Value) {
        let Some(asm_estimate) = step.get("asmEstimate") else { return };
        for log in &receipt.logs {
            let data = &log.inner.data.data;
            let fee = match log.topics().first().map(ToString::to_string).as_deref() {
                Some(PROGRAM_ACTIVATED) => U256::from_be_slice(&data[64..96]),
                Some(LIFETIME_EXTENDED) => U256::from_be_slice(&data[..32]),
                _ => continue,
            };
            let want = self.pricer.charge(number(asm_estimate).to(), self.node.latest().header.timestamp);
            seen["dataFee"] = match want == fee {
                true => json!("as formula"),
                false => json!(format!("fee {fee}, formula {want}")),
            };
        }
    }

    fn call(&self, step: &Value) -> Value {
        let overrides = step.get("overrides").and_then(Value::as_object).map(|overrides| self.overrides(overrides));
        let options = CallOptions { state: overrides, ..CallOptions::default() };
        match self.node.call_with(&self.request(step), &options).and_then(|call| call.result) {
            Ok(output) => json!({ "output": hex(output) }),
            Err(error) => json!({ "error": rpc_error(&error) }),
        }
    }

    fn overrides(&self, overrides: &Map<String, Value>) -> StateOverride {
        let account = |(name, fields): (&String, &Value)| {
            let fields: AccountOverride = serde_json::from_value(self.expand_all(fields)).expect("an override");
            (self.address(&json!(name)), fields)
        };
        overrides.iter().map(account).collect()
    }

    fn request(&self, step: &Value) -> TransactionRequest {
        TransactionRequest {
            from: step.get("from").map(|from| self.address(from)),
            to: step.get("to").map(|to| TxKind::Call(self.address(to))),
            gas: step.get("gas").map(|gas| number(gas).to()),
            value: step.get("value").map(number),
            input: self.data(step).into(),
            access_list: step.get("accessList").map(|_| self.access_list(step)),
            gas_price: step.get("gasPrice").map(|price| number(price).to()),
            max_fee_per_gas: step.get("maxFeePerGas").map(|price| number(price).to()),
            ..TransactionRequest::default()
        }
    }

    fn define(&mut self, step: &Value) -> Value {
        let by = self.address(&step["by"]);
        let address = match text(step, "salt") {
            Some(salt) => {
                let salt = B256::from_slice(&unhex(&self.expand(salt)));
                by.create2_from_code(salt, unhex(&self.expand(text(step, "init").expect("initcode"))))
            }
            None => by.create(number(&step["nonce"]).to()),
        };
        let label = text(step, "label").expect("a label").to_owned();
        let code = self.node.code(address, BlockId::latest()).expect("a state");
        let nonce = self.node.nonce(address, BlockId::latest()).expect("a state");
        let seen = json!({ "codeSize": code.len(), "nonce": nonce });
        self.labels.insert(label.clone(), address);
        self.codes.insert(label, code);
        seen
    }

    fn sign(&self, step: &Value, input: Bytes) -> Vec<u8> {
        let name = text(step, "from").unwrap_or("owner");
        let from = self.labels[name];
        let base_fee = u128::from(self.node.base_fee());
        let chain_id = self.node.config().chain_id;
        let state = self.node.nonce(from, BlockId::latest()).expect("a state");
        let nonce = state.wrapping_add_signed(step.get("nonceOffset").and_then(Value::as_i64).unwrap_or(0));
        let gas_limit = number_or(step, "gas", DEFAULT_GAS).to();
        let to = step.get("to").map_or(TxKind::Create, |to| TxKind::Call(self.address(to)));
        let value = number_or(step, "value", 0);
        let price = |field: &str, default: u128| step.get(field).map_or(default, |price| number(price).to());
        let authorizations = step.get("authorizationList").and_then(Value::as_array);
        let default_kind = if authorizations.is_some() { 4 } else { 2 };
        let max_fee_per_gas = price("maxFeePerGas", base_fee * 2);
        let max_priority_fee_per_gas = price("maxPriorityFeePerGas", 0);
        let access_list = if step.get("accessList").is_some() { self.access_list(step) } else { AccessList::default() };
        let signer = &self.signers[name];
        match number_or(step, "type", default_kind).to::<u64>() {
            0 => {
                let gas_price = price("gasPrice", base_fee * 2);
                signed(signer, TxLegacy { chain_id: Some(chain_id), nonce, gas_price, gas_limit, to, value, input })
            }
            1 => {
                let gas_price = price("gasPrice", base_fee * 2);
                signed(signer, TxEip2930 { chain_id, nonce, gas_price, gas_limit, to, value, access_list, input })
            }
            4 => {
                let list = authorizations.map(Vec::as_slice).unwrap_or_default();
                let tx = TxEip7702 {
                    chain_id,
                    nonce,
                    gas_limit,
                    max_fee_per_gas,
                    max_priority_fee_per_gas,
                    to: *to.to().expect("a recipient"),
                    value,
                    access_list,
                    authorization_list: list.iter().map(|item| self.authorization(item, name)).collect(),
                    input,
                };
                signed(signer, tx)
            }
            _ => signed(
                signer,
                TxEip1559 {
                    chain_id,
                    nonce,
                    gas_limit,
                    max_fee_per_gas,
                    max_priority_fee_per_gas,
                    to,
                    value,
                    access_list,
                    input,
                },
            ),
        }
    }

    fn authorization(&self, item: &Value, sender: &str) -> SignedAuthorization {
        let name = text(item, "signer").expect("a signer");
        let state = self.node.nonce(self.labels[name], BlockId::latest()).expect("a state");
        let offset = item.get("nonceOffset").and_then(Value::as_i64).unwrap_or(0) + i64::from(name == sender);
        let authorization = Authorization {
            chain_id: item.get("chainId").map_or(U256::from(self.node.config().chain_id), number),
            address: self.address(&item["address"]),
            nonce: state.wrapping_add_signed(offset),
        };
        let signature = self.signers[name].sign_hash_sync(&authorization.signature_hash()).expect("it signs");
        authorization.into_signed(signature)
    }

    fn access_list(&self, step: &Value) -> AccessList {
        let item = |item: &Value| AccessListItem {
            address: match text(item, "address") {
                Some(address) if address.starts_with("{{") => self.expand(address).parse().expect("an address"),
                _ => self.address(&item["address"]),
            },
            storage_keys: strings(item.get("storageKeys"))
                .iter()
                .map(|key| self.expand(key).parse().expect("a key"))
                .collect(),
        };
        AccessList(step["accessList"].as_array().expect("a list").iter().map(item).collect())
    }

    fn data(&self, step: &Value) -> Bytes {
        unhex(&self.expand(text(step, "data").unwrap_or("0x"))).into()
    }

    fn sender(&self, step: &Value) -> Address {
        self.labels[text(step, "from").unwrap_or("owner")]
    }

    fn balance(&self, name: &str) -> U256 {
        self.node.balance(self.address(&json!(name)), BlockId::latest()).expect("a state")
    }

    fn address(&self, name: &Value) -> Address {
        let name = name.as_str().expect("a label or an address");
        if name.starts_with("0x") {
            return name.parse().expect("an address");
        }
        *self.labels.get(name).unwrap_or_else(|| panic!("unknown label {name}"))
    }

    fn expand_all(&self, value: &Value) -> Value {
        match value {
            Value::String(text) => Value::String(self.expand(text)),
            Value::Array(items) => Value::Array(items.iter().map(|item| self.expand_all(item)).collect()),
            Value::Object(fields) => {
                Value::Object(fields.iter().map(|(key, value)| (self.expand(key), self.expand_all(value))).collect())
            }
            other => other.clone(),
        }
    }

    /// Replaces the placeholders in a text.
    fn expand(&self, text: &str) -> String {
        let mut out = String::new();
        let mut rest = text;
        while let Some((before, after)) = rest.split_once("{{") {
            let (name, after) = after.split_once("}}").expect("a placeholder ends");
            out.push_str(before);
            out.push_str(&self.placeholder(name));
            rest = after;
        }
        out + rest
    }

    fn placeholder(&self, name: &str) -> String {
        let (kind, argument) = name.split_once(':').unwrap_or((name, ""));
        let label = || self.address(&json!(argument));
        let header = &self.node.latest().header;
        match kind {
            "addr" => hexlib::encode(label()),
            "word" => hexlib::encode(word(label())),
            "codehash" => hexlib::encode(keccak256(&self.codes[argument])),
            "codelen" => hexlib::encode(U256::from(self.codes[argument].len()).to_be_bytes::<32>()),
            "chainid" => hexlib::encode(U256::from(self.node.config().chain_id).to_be_bytes::<32>()),
            "any" => "{{any}}".to_owned(),
            "block.baseFee" | "block.price" => block_value(header.base_fee_per_gas.unwrap_or_default(), argument),
            "block.timestamp" => block_value(header.timestamp, argument),
            "block.number" => block_value(header.number, argument),
            "block.l1" => block_value(self.node.latest().l1_block_number, argument),
            "block.gasLimit" => block_value(header.gas_limit, argument),
            "block.hash" => hexlib::encode(self.node.latest().hash),
            "block.prevHash" => hexlib::encode(header.parent_hash),
            other => panic!("unknown placeholder {other}"),
        }
    }
}

fn block_value(value: u64, format: &str) -> String {
    match format {
        "le64" => hexlib::encode(value.to_le_bytes()),
        _ => hexlib::encode(U256::from(value).to_be_bytes::<32>()),
    }
}

fn signed<T>(signer: &PrivateKeySigner, transaction: T) -> Vec<u8>
where
    T: SignableTransaction<alloy::primitives::Signature>,
    TxEnvelope: From<alloy::consensus::Signed<T>>,
{
    let signature = signer.sign_hash_sync(&transaction.signature_hash()).expect("it signs");
    TxEnvelope::from(transaction.into_signed(signature)).encoded_2718()
}

fn with(step: &Value, fields: &[(&str, Value)]) -> Value {
    let mut step = step.clone();
    for (name, value) in fields {
        step[*name] = value.clone();
    }
    step
}

fn strings(list: Option<&Value>) -> Vec<String> {
    let items = list.and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
    items.iter().map(|item| item.as_str().expect("text").to_owned()).collect()
}

fn rpc_error(error: &NodeError) -> Value {
    let mut object = json!({ "code": error.code(), "message": error.to_string() });
    if let Some(data) = error.data() {
        object["data"] = hex(data);
    }
    object
}

/// The fields the chain knows; what else the steps ask for is a matter of the RPC server.
fn receipt_fields(receipt: &Receipt) -> Value {
    json!({
        "type": quantity(receipt.kind.into()),
        "status": quantity(receipt.success.into()),
        "gasUsedForL1": quantity(receipt.gas_used_for_l1),
        "l1BlockNumber": quantity(receipt.l1_block_number),
        "cumulativeGasUsed": quantity(receipt.cumulative_gas_used),
        "contractAddress": receipt.contract_address,
        "to": receipt.to,
        "logsBloom": receipt.logs_bloom,
        "timeboosted": false,
    })
}

fn price(step: &Value) -> Value {
    let mut pricer = DataPricer::default();
    let fee = |activation: &Value| {
        let (now, size) = (number(&activation[0]).to(), number(&activation[1]).to());
        pricer.charge(size, now).to_string()
    };
    json!({ "fees": step["activations"].as_array().expect("a list").iter().map(fee).collect::<Vec<_>>() })
}

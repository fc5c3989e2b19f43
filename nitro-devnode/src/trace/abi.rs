//! Names of calls, errors and events, from a folder of ABIs.

use std::collections::HashMap;
use std::fmt::{self, Display, Formatter};
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use alloy::dyn_abi::{DynSolValue, EventExt, FunctionExt, JsonAbiExt};
use alloy::json_abi::{Error, Event, Function, JsonAbi};
use alloy::primitives::{B256, Selector, hex};
use alloy::sol_types::{Panic, Revert, SolError};
use serde::Serialize;
use serde_json::Value;

/// Why a folder of ABIs cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum AbiError {
    /// A file or the folder cannot be read.
    #[error("cannot read {0}: {1}")]
    Read(PathBuf, #[source] io::Error),
    /// A file holds no ABI.
    #[error("{0} is no ABI: {1}")]
    Parse(PathBuf, #[source] serde_json::Error),
}

/// Everything that a folder of ABIs names.
#[derive(Clone, Debug, Default)]
pub struct Interfaces {
    functions: HashMap<Selector, Function>,
    errors: HashMap<Selector, Error>,
    events: HashMap<B256, Vec<Event>>,
}

/// A call, an error or an event with its arguments. As text it is, e.g., `transfer(to: 0x…, amount: 5)`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Named {
    /// Its name.
    pub name: String,
    /// Its arguments in order.
    pub arguments: Vec<Argument>,
}

/// An argument.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Argument {
    /// Its name; empty if it has none.
    pub name: String,
    /// Its value: numbers in decimal, bytes and addresses in hexadecimal.
    pub value: String,
}

impl Named {
    fn new<'a>(name: &str, names: impl Iterator<Item = &'a str>, values: &[DynSolValue]) -> Self {
        let arguments = names.zip(values).map(|(name, value)| Argument { name: name.to_owned(), value: show(value) });
        Self { name: name.to_owned(), arguments: arguments.collect() }
    }

    fn with_one(name: &str, value: String) -> Self {
        Self { name: name.to_owned(), arguments: vec![Argument { name: String::new(), value }] }
    }
}

impl Display for Named {
    fn fmt(&self, out: &mut Formatter<'_>) -> fmt::Result {
        write!(out, "{}(", self.name)?;
        for (index, Argument { name, value }) in self.arguments.iter().enumerate() {
            out.write_str(if index == 0 { "" } else { ", " })?;
            match name.as_str() {
                "" => out.write_str(value)?,
                name => write!(out, "{name}: {value}")?,
            }
        }
        out.write_str(")")
    }
}

impl Interfaces {
    /// Reads every `.json` file of a folder: an ABI, or an object with one as `abi`.
    pub fn read(folder: &Path) -> Result<Self, AbiError> {
        let failed = |error| AbiError::Read(folder.to_owned(), error);
        let mut interfaces = Self::default();
        for entry in fs::read_dir(folder).map_err(failed)? {
            let path = entry.map_err(failed)?.path();
            if path.extension().is_some_and(|extension| extension == "json") {
                let text = fs::read_to_string(&path).map_err(|error| AbiError::Read(path.clone(), error))?;
                interfaces.add(parse(&text).map_err(|error| AbiError::Parse(path, error))?);
            }
        }
        Ok(interfaces)
    }

    /// Takes over the names of one ABI.
    pub fn add(&mut self, abi: JsonAbi) {
        self.functions.extend(abi.functions().map(|function| (function.selector(), function.clone())));
        self.errors.extend(abi.errors().map(|error| (error.selector(), error.clone())));
        for event in abi.events().filter(|event| !event.anonymous) {
            self.events.entry(event.selector()).or_default().push(event.clone());
        }
    }

    /// A call with its arguments.
    pub fn call(&self, input: &[u8]) -> Option<Named> {
        let (selector, data) = input.split_first_chunk::<4>()?;
        let function = self.functions.get(&Selector::from(selector))?;
        let values = JsonAbiExt::abi_decode_input(function, data).ok()?;
        Some(Named::new(&function.name, function.inputs.iter().map(|input| input.name.as_str()), &values))
    }

    /// What a call returned.
    pub fn returned(&self, input: &[u8], output: &[u8]) -> Option<String> {
        let function = self.functions.get(&Selector::from(*input.first_chunk::<4>()?))?;
        let values = FunctionExt::abi_decode_output(function, output).ok()?;
        Some(values.iter().map(show).collect::<Vec<_>>().join(", "))
    }

    /// An error with its arguments. `Error(string)` and `Panic(uint256)` are known anyway.
    pub fn error(&self, output: &[u8]) -> Option<Named> {
        if let Ok(revert) = Revert::abi_decode(output) {
            return Some(Named::with_one("Error", format!("{:?}", revert.reason)));
        }
        if let Ok(panic) = Panic::abi_decode(output) {
            return Some(Named::with_one("Panic", format!("{:#x}", panic.code)));
        }
        let (selector, data) = output.split_first_chunk::<4>()?;
        let error = self.errors.get(&Selector::from(selector))?;
        let values = JsonAbiExt::abi_decode_input(error, data).ok()?;
        Some(Named::new(&error.name, error.inputs.iter().map(|input| input.name.as_str()), &values))
    }

    /// An event with its arguments.
    pub fn event(&self, topics: &[B256], data: &[u8]) -> Option<Named> {
        self.events.get(topics.first()?)?.iter().find_map(|event| {
            let decoded = event.decode_log_parts(topics.iter().copied(), data).ok()?;
            let (mut indexed, mut body) = (decoded.indexed.into_iter(), decoded.body.into_iter());
            let next = |input: &alloy::json_abi::EventParam| if input.indexed { indexed.next() } else { body.next() };
            let values: Vec<DynSolValue> = event.inputs.iter().map_while(next).collect();
            Some(Named::new(&event.name, event.inputs.iter().map(|input| input.name.as_str()), &values))
        })
    }
}

fn parse(text: &str) -> Result<JsonAbi, serde_json::Error> {
    let mut value: Value = serde_json::from_str(text)?;
    let abi = value.get_mut("abi").map(Value::take);
    serde_json::from_value(abi.unwrap_or(value))
}

fn show(value: &DynSolValue) -> String {
    let list = |values: &[DynSolValue]| values.iter().map(show).collect::<Vec<_>>().join(", ");
    match value {
        DynSolValue::Bool(value) => value.to_string(),
        DynSolValue::Int(value, _) => value.to_string(),
        DynSolValue::Uint(value, _) => value.to_string(),
        DynSolValue::FixedBytes(word, length) => hex::encode_prefixed(&word[..*length]),
        DynSolValue::Address(address) => address.to_string(),
        DynSolValue::Function(function) => hex::encode_prefixed(function),
        DynSolValue::Bytes(bytes) => hex::encode_prefixed(bytes),
        DynSolValue::String(text) => format!("{text:?}"),
        DynSolValue::Array(values) | DynSolValue::FixedArray(values) => format!("[{}]", list(values)),
        DynSolValue::Tuple(values) | DynSolValue::CustomStruct { tuple: values, .. } => format!("({})", list(values)),
    }
}

#[cfg(test)]
mod tests {
    use alloy::primitives::{Address, U256, keccak256};
    use alloy::sol;
    use alloy::sol_types::{SolCall, SolEvent};

    use super::*;

    sol! {
        event Moved(address indexed from, uint256 amount);
        error TooLate(uint64 by);
        function move(address[] people, string why) external returns (bool);
    }

    const ABI: &str = r#"{ "abi": [
        { "type": "event", "name": "Moved", "anonymous": false, "inputs": [
            { "name": "from", "type": "address", "indexed": true }, { "name": "amount", "type": "uint256", "indexed": false } ] },
        { "type": "error", "name": "TooLate", "inputs": [{ "name": "by", "type": "uint64" }] },
        { "type": "function", "name": "move", "stateMutability": "nonpayable", "outputs": [{ "name": "", "type": "bool" }],
          "inputs": [{ "name": "people", "type": "address[]" }, { "name": "why", "type": "string" }] } ] }"#;

    fn interfaces() -> Interfaces {
        let mut interfaces = Interfaces::default();
        interfaces.add(parse(ABI).expect("an ABI"));
        interfaces
    }

    fn text(named: Option<Named>) -> Option<String> {
        named.map(|named| named.to_string())
    }

    #[test]
    fn calls_errors_and_events_get_their_names() {
        let interfaces = interfaces();
        let call = moveCall { people: vec![Address::ZERO], why: "because".to_owned() }.abi_encode();
        let zero = Address::ZERO;
        assert_eq!(text(interfaces.call(&call)), Some(format!("move(people: [{zero}], why: \"because\")")));
        let yes = U256::from(1).to_be_bytes::<32>();
        assert_eq!(interfaces.returned(&call, &yes), Some("true".to_owned()));
        assert_eq!(text(interfaces.error(&TooLate { by: 7 }.abi_encode())), Some("TooLate(by: 7)".to_owned()));
        let log = Moved { from: zero, amount: U256::from(3) }.encode_log_data();
        assert_eq!(text(interfaces.event(log.topics(), &log.data)), Some(format!("Moved(from: {zero}, amount: 3)")));
    }

    #[test]
    fn what_is_not_in_the_folder_has_no_name() {
        let interfaces = interfaces();
        assert_eq!(interfaces.call(&[1, 2, 3, 4]), None);
        assert_eq!(interfaces.call(&[1, 2]), None);
        assert_eq!(interfaces.event(&[keccak256("Other()")], &[]), None);
        assert_eq!(text(interfaces.error(&Revert::from("no").abi_encode())), Some("Error(\"no\")".to_owned()));
    }
}

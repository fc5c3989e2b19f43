//! Positional parameters, read one after the other.

use alloy::eips::{BlockId, BlockNumberOrTag};
use alloy::primitives::U64;
use alloy::rpc::types::TransactionRequest;
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::error::RpcError;

/// The latest time a clock may be set to: some thirty thousand years from now, in seconds.
const MAX_SECONDS: u64 = 1 << 40;

/// The parameters of one request.
pub(crate) struct Params {
    values: std::vec::IntoIter<Value>,
    position: usize,
}

impl Params {
    /// Parameters in order.
    pub(crate) fn new(values: Vec<Value>) -> Self {
        Self { values: values.into_iter(), position: 0 }
    }

    fn value(&mut self) -> Option<Value> {
        self.position += 1;
        self.values.next().filter(|value| !value.is_null())
    }

    fn decode<T: DeserializeOwned>(&self, value: Value) -> Result<T, RpcError> {
        serde_json::from_value(value)
            .map_err(|error| RpcError::invalid_params(format!("invalid argument {}: {error}", self.position - 1)))
    }

    /// The next parameter, which may be absent or null.
    pub(crate) fn optional<T: DeserializeOwned>(&mut self) -> Result<Option<T>, RpcError> {
        match self.value() {
            Some(value) => self.decode(value).map(Some),
            None => Ok(None),
        }
    }

    /// The next parameter.
    pub(crate) fn required<T: DeserializeOwned>(&mut self) -> Result<T, RpcError> {
        match self.value() {
            Some(value) => self.decode(value),
            None => {
                let index = self.position - 1;
                Err(RpcError::invalid_params(format!("missing value for required argument {index}")))
            }
        }
    }

    /// A block by number, tag or EIP-1898 object; `latest` when absent.
    pub(crate) fn block(&mut self) -> Result<BlockId, RpcError> {
        Ok(self.optional()?.unwrap_or(BlockId::Number(BlockNumberOrTag::Latest)))
    }

    /// A quantity that fits 64 bits, as hex or as a JSON number.
    pub(crate) fn quantity(&mut self) -> Result<u64, RpcError> {
        Ok(self.required::<Quantity>()?.0)
    }

    /// As [`Params::quantity`], absent or null.
    pub(crate) fn optional_quantity(&mut self) -> Result<Option<u64>, RpcError> {
        Ok(self.optional::<Quantity>()?.map(|quantity| quantity.0))
    }

    /// A transaction or call.
    pub(crate) fn transaction(&mut self) -> Result<TransactionRequest, RpcError> {
        let request: TransactionRequest = self.required()?;
        if request.input.unique_input().is_err() {
            return Err(RpcError::invalid_params(
                "both \"data\" and \"input\" are set and not equal. Please use \"input\" to pass transaction call data",
            ));
        }
        Ok(request)
    }

    /// A unix time or a number of seconds, below what could overflow further on.
    pub(crate) fn seconds(&mut self) -> Result<u64, RpcError> {
        bounded_seconds(self.quantity()?)
    }
}

/// The number of seconds, if it is one a clock may show.
pub(crate) fn bounded_seconds(seconds: u64) -> Result<u64, RpcError> {
    match seconds {
        0..=MAX_SECONDS => Ok(seconds),
        _ => Err(RpcError::invalid_params(format!("time out of range: {seconds}"))),
    }
}

/// A quantity as development tools write them: hex, decimal text or a JSON number.
#[derive(serde::Deserialize)]
#[serde(try_from = "Value")]
pub(crate) struct Quantity(pub(crate) u64);

impl TryFrom<Value> for Quantity {
    type Error = String;

    fn try_from(value: Value) -> Result<Self, Self::Error> {
        match &value {
            Value::Number(number) => number.as_u64(),
            Value::String(_) => serde_json::from_value::<U64>(value.clone()).ok().map(|number| number.to()),
            _ => None,
        }
        .map(Self)
        .ok_or_else(|| format!("not a 64-bit quantity: {}", shortened(&value)))
    }
}

fn shortened(value: &Value) -> String {
    value.to_string().chars().take(80).collect()
}

//! The error objects clients see.
//!
//! Codes and texts are those of the public chain: wallets and libraries match on them (code 3 or the
//! word "revert" for a revert, "nonce too low" and so on for refused transactions).

use serde_json::{Map, Value, json};

use crate::NodeError;

/// A JSON-RPC error object.
#[derive(Clone, Debug, PartialEq)]
pub struct RpcError {
    /// Number by JSON-RPC 2.0 and EIP-1474; 3 is a revert.
    pub code: i64,
    /// Text for people, and for the clients that match on it.
    pub message: String,
    /// Revert data as hex.
    pub data: Option<Value>,
}

impl RpcError {
    fn new(code: i64, message: impl Into<String>) -> Self {
        Self { code, message: message.into(), data: None }
    }

    /// The body is not JSON.
    pub fn parse() -> Self {
        Self::new(-32700, "parse error")
    }

    /// JSON, but not a request.
    pub fn invalid_request(message: impl Into<String>) -> Self {
        Self::new(-32600, message)
    }

    /// No such method.
    pub fn method_not_found(method: &str) -> Self {
        // A name is echoed in part only: it can be as long as a request may be.
        let shown: String = method.chars().take(100).collect();
        Self::new(-32601, format!("the method {shown} does not exist/is not available"))
    }

    /// Parameters that cannot be understood.
    pub fn invalid_params(message: impl Into<String>) -> Self {
        Self::new(-32602, message)
    }

    /// A fault of the node itself.
    pub fn internal(message: impl Into<String>) -> Self {
        Self::new(-32603, message)
    }

    /// A request that was understood and refused.
    pub fn server(message: impl Into<String>) -> Self {
        Self::new(-32000, message)
    }

    /// A result or a backlog beyond a bound of this node.
    pub fn limit_exceeded(message: impl Into<String>) -> Self {
        Self::new(-32005, message)
    }

    /// The error as a JSON object.
    pub fn to_json(&self) -> Value {
        let mut object = Map::new();
        object.insert("code".into(), self.code.into());
        object.insert("message".into(), self.message.clone().into());
        if let Some(data) = &self.data {
            object.insert("data".into(), data.clone());
        }
        Value::Object(object)
    }
}

impl From<NodeError> for RpcError {
    fn from(error: NodeError) -> Self {
        Self { code: error.code(), message: error.to_string(), data: error.data().map(|data| json!(data)) }
    }
}

//! The JSON-RPC 2.0 envelope: what a body holds, and how an answer is written.

use serde_json::{Map, Value, json};

use super::error::RpcError;

/// A body, taken apart.
pub(crate) enum Body {
    /// One request, answered by one object.
    Single(Entry),
    /// A batch, answered by one array.
    Batch(Vec<Entry>),
}

/// A request, or the error that answers what stands in its place.
pub(crate) type Entry = Result<Request, Refused>;

/// A well-formed request.
pub(crate) struct Request {
    /// Absent in a notification, which gets no answer.
    pub(crate) id: Option<Value>,
    /// The method's name.
    pub(crate) method: String,
    /// Positional parameters.
    pub(crate) params: Vec<Value>,
}

/// A request that is not well formed.
pub(crate) struct Refused {
    /// The id where one could be read, else null.
    pub(crate) id: Value,
    /// Why.
    pub(crate) error: RpcError,
}

/// Reads a body; the error answers the body as a whole.
pub(crate) fn parse(body: &[u8], max_batch: usize) -> Result<Body, RpcError> {
    match serde_json::from_slice(body).map_err(|_| RpcError::parse())? {
        Value::Array(items) if items.is_empty() => Err(RpcError::invalid_request("empty batch")),
        Value::Array(items) if items.len() > max_batch => {
            Err(RpcError::invalid_request(format!("batch too large: {} requests, at most {max_batch}", items.len())))
        }
        Value::Array(items) => Ok(Body::Batch(items.into_iter().map(request).collect())),
        single => Ok(Body::Single(request(single))),
    }
}

#[allow(clippy::result_large_err, reason = "it is made once for a request and never returned further up")]
fn request(value: Value) -> Entry {
    let Value::Object(mut object) = value else {
        return Err(Refused { id: Value::Null, error: RpcError::invalid_request("invalid request") });
    };
    let id = object.remove("id");
    let refused = |id: Option<Value>, error| Refused { id: id.unwrap_or(Value::Null), error };
    if matches!(id, Some(Value::Object(_) | Value::Array(_) | Value::Bool(_))) {
        return Err(refused(None, RpcError::invalid_request("invalid request")));
    }
    if object.get("jsonrpc").and_then(Value::as_str) != Some("2.0") {
        return Err(refused(id, RpcError::invalid_request("invalid request")));
    }
    let Some(Value::String(method)) = object.remove("method") else {
        return Err(refused(id, RpcError::invalid_request("invalid request")));
    };
    match object.remove("params") {
        None | Some(Value::Null) => Ok(Request { id, method, params: Vec::new() }),
        Some(Value::Array(params)) => Ok(Request { id, method, params }),
        Some(_) => Err(refused(id, RpcError::invalid_params("non-array args"))),
    }
}

/// The answer to a request with the given id.
pub(crate) fn answer(id: Value, outcome: Result<Value, RpcError>) -> Value {
    let mut object = Map::new();
    object.insert("jsonrpc".into(), "2.0".into());
    object.insert("id".into(), id);
    match outcome {
        Ok(result) => object.insert("result".into(), result),
        Err(error) => object.insert("error".into(), error.to_json()),
    };
    Value::Object(object)
}

/// One item of a subscription.
pub(crate) fn notification(subscription: &str, result: &Value) -> Value {
    json!({
        "jsonrpc": "2.0",
        "method": "eth_subscription",
        "params": { "subscription": subscription, "result": result },
    })
}

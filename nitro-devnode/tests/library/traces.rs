//! Call trees.

use alloy::primitives::U256;
use nitro_devnode::{CallOptions, Mining, NodeError, TraceKind, TraceStep};

use crate::world::{EVM_FORWARD, EVM_REVERT, alice, bob, echo, forward, node, store, to, words};

#[test]
fn a_tree_shows_frames_host_calls_and_logs_in_order() {
    let mut node = node();
    let (store, forward) = (store(&mut node), forward(&mut node));
    let evm = node.deploy_code(&EVM_FORWARD).unwrap();
    let data = [forward.into_word().as_slice(), store.as_slice(), &words(1, 2)].concat();
    let hash = node.send(to(evm, data)).unwrap();
    node.send(to(bob(), [])).unwrap();

    let root = node.trace_transaction(hash).unwrap();
    assert_eq!((root.kind, root.from, root.to, root.stylus), (TraceKind::Call, alice(), Some(evm), false));
    assert_eq!(root.gas_used, node.receipt(hash).unwrap().gas_used);
    let middle = root.calls().next().unwrap();
    assert_eq!((middle.to, middle.stylus), (Some(forward), true));
    let names: Vec<&str> = middle
        .steps
        .iter()
        .map(|step| match step {
            TraceStep::Host(record) => record.name,
            TraceStep::Call(_) => "(frame)",
            TraceStep::Log { .. } => "(log)",
        })
        .collect();
    let expected = [
        "user_entrypoint",
        "read_args",
        "(frame)",
        "call_contract",
        "read_return_data",
        "write_result",
        "user_returned",
    ];
    assert_eq!(names, expected);
    let call = middle.host_calls().find(|record| record.name == "call_contract").unwrap();
    assert_eq!(call.address, Some(store));
    let inner = middle.calls().next().unwrap();
    assert_eq!(inner.to, Some(store));
    assert!(inner.steps.iter().any(|step| matches!(step, TraceStep::Log { topics, .. } if topics.len() == 1)));
    assert!(inner.error.is_none() && middle.error.is_none() && root.error.is_none());
}

#[test]
fn a_transaction_is_traced_on_the_state_it_ran_on() {
    let mut node = node();
    let store = store(&mut node);
    node.set_mining(Mining::Manual);
    let request = |nonce| alloy::rpc::types::TransactionRequest { gas: Some(200_000), ..to(store, words(1, nonce)) };
    let hashes: Vec<_> = (1..=3).map(|nonce| node.send(request(nonce)).unwrap()).collect();
    node.mine(1);
    for hash in hashes {
        let trace = node.trace_transaction(hash).unwrap();
        assert_eq!(trace.gas_used, node.receipt(hash).unwrap().gas_used);
    }
}

#[test]
fn calls_can_be_traced_and_say_why_they_fail() {
    let mut node = node();
    let reverting = node.deploy_code(&EVM_REVERT).unwrap();
    let options = CallOptions { trace: true, ..CallOptions::default() };
    let result = node.call_with(&to(reverting, [1, 2]), &options).unwrap();
    let trace = result.trace.unwrap();
    assert_eq!(trace.error.as_deref(), Some("execution reverted"));
    assert_eq!(trace.output.as_ref(), [1, 2]);
    let echo = echo(&mut node);
    assert!(node.call_with(&to(echo, []), &CallOptions::default()).unwrap().trace.is_none());
}

#[test]
fn creations_show_the_new_contract() {
    let mut node = node();
    let deployed = node.deploy_code(&EVM_REVERT).unwrap();
    let hash = node.latest().transactions[1].hash;
    let trace = node.trace_transaction(hash).unwrap();
    assert_eq!((trace.kind, trace.to, trace.value), (TraceKind::Create, Some(deployed), U256::ZERO));
    assert_eq!(trace.output.as_ref(), EVM_REVERT);
}

#[test]
fn what_does_not_exist_cannot_be_traced() {
    let mut node = node();
    assert_eq!(node.trace_transaction(Default::default()).unwrap_err(), NodeError::TransactionNotFound);
    node.mine(1);
    let internal = node.latest().transactions[0].hash;
    assert_eq!(node.trace_transaction(internal).unwrap_err(), NodeError::TransactionNotFound);
}

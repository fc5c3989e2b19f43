//! Many nodes in one process, and nodes that do the same.

use alloy::primitives::{Address, U256};
use alloy::rpc::types::BlockId;
use alloy::sol;
use fastrand::Rng;
use nitro_devnode::{Mining, Node};

use crate::world::{alice, bob, echo, node, store, to, words};

sol! {
    /// What the storing program logs: the key as topic 0, so that no other event is like it.
    #[derive(Debug, PartialEq, Eq)]
    event Transfer(address indexed from, address indexed to, uint256 value);
}

#[test]
fn a_thousand_nodes_live_side_by_side() {
    let mut nodes: Vec<(Node, Address)> = (0..1_000)
        .map(|_| {
            let mut node = node();
            let store = store(&mut node);
            (node, store)
        })
        .collect();
    for (index, (node, store)) in (1..).zip(&mut nodes) {
        node.transact(to(*store, words(1, index))).unwrap();
    }
    for (index, (node, store)) in (1..).zip(&nodes) {
        let value = node.storage(*store, U256::from(1), BlockId::latest()).unwrap();
        assert_eq!(U256::from_be_bytes(value.0), U256::from(index), "every node has a state of its own");
    }
}

#[test]
fn nodes_of_several_threads_do_not_get_into_each_others_way() {
    let workers: Vec<_> = (0..4)
        .map(|_| {
            std::thread::spawn(|| {
                let mut node = node();
                let echo = echo(&mut node);
                (0..20).map(|byte| node.transact(to(echo, [byte])).unwrap().gas_used).collect::<Vec<_>>()
            })
        })
        .collect();
    let gas: Vec<_> = workers.into_iter().map(|worker| worker.join().unwrap()).collect();
    assert!(gas.iter().all(|of_one| *of_one == gas[0]));
}

/// Does whatever the seed says.
fn wander(seed: u64) -> Node {
    let mut rng = Rng::with_seed(seed);
    let mut node = node();
    let store = store(&mut node);
    let mut snapshots = Vec::new();
    for _ in 0..60 {
        match rng.u32(..9) {
            0 => node.warp(rng.u64(..100_000)),
            1 => snapshots.push(node.snapshot()),
            2 => {
                if let Some(snapshot) = snapshots.pop() {
                    assert!(node.revert(snapshot));
                }
            }
            3 => node.set_balance(bob(), U256::from(rng.u64(..))),
            4 => node.set_mining(if rng.bool() { Mining::Manual } else { Mining::Automatic }),
            5 => node.mine(rng.u64(..3)),
            _ => {
                let sender = if rng.bool() { alice() } else { bob() };
                let mut request = to(store, words(rng.u64(..5), rng.u64(..)));
                request.from = Some(sender);
                // It may not have the means.
                let _ = node.send(request.gas_limit(100_000));
            }
        }
    }
    node
}

#[test]
fn what_happens_follows_from_the_calls_alone() {
    for seed in 0..20 {
        let (first, second) = (wander(seed), wander(seed));
        assert_eq!(first.latest().hash, second.latest().hash, "seed {seed}");
        assert_eq!(first.dump().unwrap(), second.dump().unwrap(), "seed {seed}");
    }
    assert_ne!(wander(1).latest().hash, wander(2).latest().hash);
}

#[test]
fn events_are_read_by_type() {
    let mut node = node();
    // A contract that logs what a token would: CALLER, ADDRESS, 9.
    let topic = <Transfer as alloy::sol_types::SolEvent>::SIGNATURE_HASH;
    let code = [&[0x60, 0x09, 0x5f, 0x52, 0x30, 0x33, 0x7f][..], topic.as_slice(), &[0x60, 0x20, 0x5f, 0xa3]].concat();
    let contract = node.deploy_code(&code).unwrap();
    let receipt = node.transact(to(contract, [])).unwrap();
    let events: Vec<Transfer> = receipt.events(contract).collect();
    assert_eq!(events, [Transfer { from: alice(), to: contract, value: U256::from(9) }]);
    assert_eq!(receipt.events::<Transfer>(bob()).count(), 0, "others logged nothing");
}

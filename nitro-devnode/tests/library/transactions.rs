//! Sending, blocks, receipts, logs.

use alloy::consensus::{SignableTransaction, TxEip1559, TxEnvelope};
use alloy::eips::eip2718::Encodable2718;
use alloy::primitives::{Address, TxKind, U256, b256};
use alloy::rpc::types::{BlockId, Filter, TransactionRequest};
use alloy::signers::SignerSync;
use nitro_devnode::chain::accounts::signer;
use nitro_devnode::chain::block::{ARBOS, SEQUENCER};
use nitro_devnode::{Mining, Node, NodeConfig, NodeError, TransactionBody};

use crate::world::{EVM_REVERT, alice, bob, config, node, store, to, words};

fn signed(node: &Node, nonce: u64, value: u64) -> Vec<u8> {
    let transaction = TxEip1559 {
        chain_id: node.config().chain_id,
        nonce,
        gas_limit: 21_000,
        max_fee_per_gas: 200_000_000,
        max_priority_fee_per_gas: 7,
        to: TxKind::Call(bob()),
        value: U256::from(value),
        ..TxEip1559::default()
    };
    let signature = signer(alice()).unwrap().sign_hash_sync(&transaction.signature_hash()).unwrap();
    TxEnvelope::from(transaction.into_signed(signature)).encoded_2718()
}

fn pay(value: u64) -> TransactionRequest {
    to(bob(), []).value(U256::from(value))
}

#[test]
fn the_node_can_move_between_threads() {
    fn assert_send_sync<T: Send + Sync>() {}
    assert_send_sync::<Node>();
}

mod when_a_signed_transaction_arrives {
    use super::*;

    #[test]
    fn it_gets_a_block_of_its_own_after_the_internal_transaction() {
        let mut node = node();
        let raw = signed(&node, 0, 5);
        let hash = node.send_raw(&raw).unwrap();
        let block = node.latest();
        assert_eq!(block.header.number, 1);
        assert_eq!(block.header.beneficiary, SEQUENCER);
        assert!(matches!(block.transactions[0].body, TransactionBody::StartBlock { .. }));
        assert_eq!((block.transactions[0].from, block.transactions[0].to()), (ARBOS, Some(ARBOS)));
        assert_eq!(block.transactions[1].hash, hash);
        let receipt = node.receipt(hash).unwrap();
        assert!(receipt.success);
        assert_eq!((receipt.gas_used, receipt.index, receipt.effective_gas_price), (21_000, 1, 100_000_000));
        assert_eq!(node.transaction(hash).unwrap().from, alice());
        assert_eq!(node.block(block.hash).unwrap().header.number, 1);
        assert_eq!(block.header.hash_slow(), block.hash);
        assert_eq!(block.header.parent_hash, node.block(0u64).unwrap().hash);
    }

    #[test]
    fn it_is_refused_in_the_words_of_geth_when_the_nonce_is_wrong() {
        let mut node = node();
        node.send_raw(&signed(&node, 0, 5)).unwrap();
        let low = node.send_raw(&signed(&node, 0, 6)).unwrap_err();
        assert_eq!(low.to_string(), format!("nonce too low: address {}, tx: 0 state: 1", alice()));
        let high = node.send_raw(&signed(&node, 9, 5)).unwrap_err();
        assert_eq!(high.to_string(), format!("nonce too high: address {}, tx: 9 state: 1", alice()));
        let again = node.send_raw(&signed(&node, 0, 5)).unwrap_err();
        assert_eq!(again.to_string(), format!("nonce too low: address {}, tx: 0 state: 1", alice()));
        assert_eq!(node.block_number(), 1, "refused transactions make no blocks");
    }

    #[test]
    fn it_is_refused_when_it_is_for_another_chain() {
        let other = Node::new(NodeConfig { chain_id: 1, ..config() });
        let raw = signed(&other, 0, 5);
        assert_eq!(node().send_raw(&raw).unwrap_err(), NodeError::WrongChain { have: 1, want: 412_346 });
    }

    #[test]
    fn it_is_refused_when_it_is_not_a_transaction() {
        assert!(matches!(node().send_raw(&[1, 2, 3]).unwrap_err(), NodeError::Undecodable(_)));
        assert!(matches!(node().send_raw(&[]).unwrap_err(), NodeError::Undecodable(_)));
    }
}

mod when_the_node_signs {
    use super::*;

    #[test]
    fn it_refuses_senders_without_a_key() {
        let stranger = Address::repeat_byte(7);
        let request = TransactionRequest { from: Some(stranger), ..pay(1) };
        assert_eq!(node().send(request).unwrap_err(), NodeError::UnknownAccount(stranger));
    }

    #[test]
    fn it_sends_for_impersonated_accounts() {
        let mut node = node();
        let stranger = Address::repeat_byte(7);
        node.set_balance(stranger, U256::from(10).pow(U256::from(18)));
        node.impersonate(stranger);
        let request = TransactionRequest { from: Some(stranger), ..pay(1) };
        let hash = node.send(request.clone()).unwrap();
        assert_eq!(node.transaction(hash).unwrap().from, stranger);
        assert_eq!(node.nonce(stranger, BlockId::latest()).unwrap(), 1);
        node.stop_impersonating(stranger);
        assert_eq!(node.send(request.clone()).unwrap_err(), NodeError::UnknownAccount(stranger));
        node.set_auto_impersonate(true);
        node.send(request).unwrap();
    }

    #[test]
    fn it_sends_for_impersonated_contracts() {
        let mut node = node();
        let contract = node.deploy_code(&EVM_REVERT).unwrap();
        node.set_balance(contract, U256::from(10).pow(U256::from(18)));
        node.impersonate(contract);
        node.transact(TransactionRequest { from: Some(contract), ..pay(3) }).unwrap();
    }

    #[test]
    fn it_reports_what_a_failing_transaction_says() {
        let mut node = node();
        let reverting = node.deploy_code(&EVM_REVERT).unwrap();
        let with_gas = |data: &[u8]| TransactionRequest { gas: Some(100_000), ..to(reverting, data) };
        let reason = alloy::sol_types::Revert::from("not today");
        let data = alloy::sol_types::SolError::abi_encode(&reason);
        let error = node.transact(with_gas(&data)).unwrap_err();
        assert_eq!(
            error,
            NodeError::Reverted { output: data.into(), message: "execution reverted: not today".to_owned() }
        );
        assert_eq!(error.code(), 3);
        let blocks = node.block_number();
        assert!(node.send(with_gas(&[])).is_ok(), "with a gas limit it is sent, whatever happens");
        assert_eq!(node.block_number(), blocks + 1);
        assert!(node.send(to(reverting, [])).is_err(), "without one the estimate fails");
        assert_eq!(node.block_number(), blocks + 1);
    }
}

mod when_mining_is_manual {
    use super::*;

    #[test]
    fn transactions_wait_and_share_a_block() {
        let mut node = node();
        node.set_mining(Mining::Manual);
        let hashes = [node.send(pay(1)).unwrap(), node.send(pay(2)).unwrap()];
        assert_eq!(node.pending().len(), 2);
        assert_eq!(node.nonce(alice(), BlockId::pending()).unwrap(), 2);
        assert_eq!(node.nonce(alice(), BlockId::latest()).unwrap(), 0);
        node.mine(2);
        assert_eq!(node.block_number(), 2);
        let block = node.block(1u64).unwrap();
        assert_eq!(block.transactions.len(), 3);
        assert_eq!(block.header.gas_used, 42_000);
        assert_eq!(node.receipt(hashes[1]).unwrap().cumulative_gas_used, 42_000);
        assert_eq!(node.receipt(hashes[1]).unwrap().gas_used, 21_000);
        assert!(node.pending().is_empty());
    }

    #[test]
    fn the_nonces_of_a_sender_decide_the_order() {
        let mut node = node();
        node.set_mining(Mining::Manual);
        let hashes = [2, 4, 1, 0].map(|nonce| node.send_raw(&signed(&node, nonce, nonce)).unwrap());
        node.mine(1);
        assert_eq!(node.latest().transactions.len(), 4);
        assert_eq!(node.receipt(hashes[0]).unwrap().index, 3);
        assert!(node.receipt(hashes[1]).is_none(), "a nonce is missing before it");
        assert_eq!(node.pending().len(), 1);
        node.send_raw(&signed(&node, 3, 3)).unwrap();
        node.mine(1);
        assert_eq!(node.receipt(hashes[1]).unwrap().index, 2);
        assert!(node.pending().is_empty());
    }

    #[test]
    fn those_that_never_can_be_valid_are_refused_at_once() {
        let mut node = node();
        node.send(pay(1)).unwrap();
        node.set_mining(Mining::Manual);
        assert!(matches!(node.send_raw(&signed(&node, 0, 9)), Err(NodeError::NonceTooLow { .. })));
        node.set_balance(alice(), U256::from(1));
        assert!(matches!(node.send_raw(&signed(&node, 1, 9)), Err(NodeError::InsufficientFunds { .. })));
    }

    #[test]
    fn those_that_have_become_invalid_are_dropped() {
        let mut node = node();
        node.set_mining(Mining::Manual);
        node.send_raw(&signed(&node, 0, 9)).unwrap();
        node.set_balance(alice(), U256::from(1));
        node.mine(1);
        assert_eq!(node.latest().transactions.len(), 1, "only the internal one");
        assert!(node.pending().is_empty());
    }

    #[test]
    fn they_are_mined_when_it_ends() {
        let mut node = node();
        node.set_mining(Mining::Manual);
        let hash = node.send(pay(1)).unwrap();
        node.set_mining(Mining::Automatic);
        assert!(node.receipt(hash).is_some());
    }
}

#[test]
fn logs_are_found_by_address_topic_and_block() {
    let mut node = node();
    let first = store(&mut node);
    node.send(to(first, words(1, 10))).unwrap();
    node.send(to(first, words(2, 20))).unwrap();
    let all = node.logs(&Filter::new().from_block(0).address(first)).unwrap();
    assert_eq!(all.len(), 2);
    let topic = b256!("0000000000000000000000000000000000000000000000000000000000000002");
    let found = node.logs(&Filter::new().from_block(0).event_signature(topic)).unwrap();
    assert_eq!(found.len(), 1);
    assert_eq!(found[0].data().data.as_ref(), U256::from(20).to_be_bytes::<32>());
    assert_eq!(found[0].block_number, Some(node.block_number()));
    assert_eq!((found[0].transaction_index, found[0].log_index), (Some(1), Some(0)));
    assert_eq!(node.logs(&Filter::new()).unwrap().len(), 1, "without a range it is the latest block");
    assert_eq!(node.logs(&Filter::new().at_block_hash(node.latest().hash)).unwrap().len(), 1);
    assert_eq!(node.logs(&Filter::new().at_block_hash(topic)).unwrap_err(), NodeError::BlockNotFound);
    assert!(node.logs(&Filter::new().from_block(0).address(bob())).unwrap().is_empty());
}

#[test]
fn equal_nodes_make_equal_blocks() {
    let run = || {
        let mut node = node();
        let program = store(&mut node);
        node.send(to(program, words(1, 10))).unwrap();
        node.warp(100);
        node.latest().hash
    };
    assert_eq!(run(), run());
}

#[test]
fn data_on_l1_costs_gas_once_it_has_a_price() {
    let price = U256::from(50_000_000_000u64);
    let mut node = Node::new(NodeConfig { l1_price_per_unit_wei: price, ..config() });
    let request = TransactionRequest { gas: Some(10_000_000), ..pay(1) };
    let receipt = node.transact(request).unwrap();
    assert!(receipt.gas_used_for_l1 > 500_000, "{}", receipt.gas_used_for_l1);
    assert_eq!(receipt.gas_used, 21_000 + receipt.gas_used_for_l1);
}

mod signatures {
    use alloy::primitives::Signature;
    use alloy::signers::local::PrivateKeySigner;

    use super::*;

    fn transfer(nonce: u64) -> TxEip1559 {
        TxEip1559 {
            chain_id: 412_346,
            nonce,
            gas_limit: 21_000,
            max_fee_per_gas: 0,
            to: TxKind::Call(bob()),
            ..TxEip1559::default()
        }
    }

    #[test]
    fn name_their_signer_whoever_that_is() {
        let mut node = node();
        for seed in 1..=100u8 {
            let key = PrivateKeySigner::from_slice(&[seed; 32]).unwrap();
            let transaction = transfer(7);
            let signature = key.sign_hash_sync(&transaction.signature_hash()).unwrap();
            let raw = TxEnvelope::from(transaction.into_signed(signature)).encoded_2718();
            let error = node.send_raw(&raw).unwrap_err();
            // The node refuses it for its nonce, and says whose that is.
            assert!(matches!(error, NodeError::NonceTooHigh { address, .. } if address == key.address()), "{error}");
        }
    }

    #[test]
    fn of_nobody_are_refused() {
        let mut node = node();
        let order_less_one =
            U256::from_str_radix("fffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364140", 16);
        let no_point = U256::from(5);
        for (r, s) in [(U256::ZERO, U256::ONE), (U256::ONE, U256::ZERO), (no_point, U256::ONE), (U256::MAX, U256::ONE)]
        {
            let raw = TxEnvelope::from(transfer(0).into_signed(Signature::new(r, s, false))).encoded_2718();
            assert!(
                matches!(node.send_raw(&raw), Err(NodeError::InvalidSender | NodeError::Undecodable(_))),
                "{r} {s}"
            );
        }
        let malleable = Signature::new(U256::ONE, order_less_one.unwrap(), false);
        let raw = TxEnvelope::from(transfer(0).into_signed(malleable)).encoded_2718();
        assert_eq!(node.send_raw(&raw).unwrap_err(), NodeError::InvalidSender);
    }
}

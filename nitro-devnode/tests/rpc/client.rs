//! What applications do, through alloy.

use alloy::consensus::Transaction as _;
use alloy::eips::eip2930::{AccessList, AccessListItem};
use alloy::eips::eip7702::Authorization;
use alloy::eips::{BlockId, BlockNumberOrTag};
use alloy::network::{TransactionBuilder, TransactionBuilder7702};
use alloy::primitives::{Address, B256, U256, address};
use alloy::providers::{DynProvider, Provider};
use alloy::rpc::types::state::{AccountOverride, StateOverride};
use alloy::rpc::types::{Filter, TransactionReceipt, TransactionRequest};
use alloy::signers::SignerSync;
use nitro_devnode::chain::accounts;

use super::harness::{ALICE, BOB, COUNTER, World, initcode};

async fn send(provider: &DynProvider, request: TransactionRequest) -> TransactionReceipt {
    provider.send_transaction(request).await.unwrap().get_receipt().await.unwrap()
}

async fn deploy_counter(provider: &DynProvider) -> Address {
    let request = TransactionRequest::default().with_from(ALICE).with_deploy_code(initcode(&COUNTER));
    send(provider, request).await.contract_address.expect("a created contract")
}

fn bump(counter: Address) -> TransactionRequest {
    TransactionRequest::default().with_from(ALICE).with_to(counter)
}

async fn story(provider: DynProvider) {
    let counter = deploy_counter(&provider).await;
    assert_eq!(provider.get_code_at(counter).await.unwrap(), COUNTER);

    let estimate = provider.estimate_gas(bump(counter)).await.unwrap();
    let receipt = send(&provider, bump(counter)).await;
    assert!(receipt.status() && receipt.gas_used <= estimate, "{} within {estimate}", receipt.gas_used);
    assert_eq!(receipt.logs().len(), 1);
    assert_eq!(receipt.logs()[0].topics(), [B256::with_last_byte(0x2a)]);

    let output = provider.call(bump(counter)).await.unwrap();
    assert_eq!(U256::from_be_slice(&output), U256::from(2));
    assert_eq!(provider.get_storage_at(counter, U256::ZERO).await.unwrap(), U256::ONE);

    let logs = provider.get_logs(&Filter::new().address(counter).from_block(0)).await.unwrap();
    assert_eq!(logs.len(), 1);
    assert_eq!(logs[0].transaction_hash, Some(receipt.transaction_hash));

    let sent = provider.get_transaction_by_hash(receipt.transaction_hash).await.unwrap().unwrap();
    assert_eq!(sent.block_number, receipt.block_number);
    assert_eq!(sent.to(), Some(counter));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_contract_is_deployed_estimated_called_and_found_over_http() {
    let world = World::start().await;
    story(world.http()).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_contract_is_deployed_estimated_called_and_found_over_websocket() {
    let world = World::start().await;
    story(world.ws().await).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn transactions_of_every_type_are_taken() {
    let world = World::start().await;
    let provider = world.http();
    let counter = deploy_counter(&provider).await;

    let legacy = send(&provider, bump(counter).with_gas_price(200_000_000)).await;
    assert_eq!(legacy.transaction_type() as u8, 0);

    let list = AccessList(vec![AccessListItem { address: counter, storage_keys: vec![B256::ZERO] }]);
    let with_list = send(&provider, bump(counter).with_gas_price(200_000_000).with_access_list(list)).await;
    assert_eq!(with_list.transaction_type() as u8, 1);

    let dynamic =
        send(&provider, bump(counter).with_max_fee_per_gas(200_000_000).with_max_priority_fee_per_gas(0)).await;
    assert_eq!(dynamic.transaction_type() as u8, 2);

    let authorization = Authorization { chain_id: U256::from(412_346), address: counter, nonce: 0 };
    let signer = accounts::signer(BOB).unwrap();
    let signature = signer.sign_hash_sync(&authorization.signature_hash()).unwrap();
    let set_code = bump(BOB)
        .with_max_fee_per_gas(200_000_000)
        .with_max_priority_fee_per_gas(0)
        .with_authorization_list(vec![authorization.into_signed(signature)]);
    let set_code = send(&provider, set_code).await;
    assert_eq!(set_code.transaction_type() as u8, 4);
    assert_eq!(set_code.logs()[0].address(), BOB);

    for receipt in [legacy, with_list, dynamic, set_code] {
        assert!(receipt.status());
        assert_eq!(receipt.effective_gas_price, 100_000_000, "the base fee, whatever was offered");
        assert!(provider.get_transaction_by_hash(receipt.transaction_hash).await.unwrap().is_some());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_call_takes_overrides_and_past_blocks() {
    let world = World::start().await;
    let provider = world.http();
    let counter = deploy_counter(&provider).await;
    let before = provider.get_block_number().await.unwrap();
    let hash = provider.get_block_by_number(before.into()).await.unwrap().unwrap().header.hash;
    send(&provider, bump(counter)).await;

    let slot = AccountOverride::default().with_state_diff([(B256::ZERO, B256::with_last_byte(41))]);
    let overrides = StateOverride::from_iter([(counter, slot)]);
    let output = provider.call(bump(counter)).overrides(overrides).await.unwrap();
    assert_eq!(U256::from_be_slice(&output), U256::from(42));

    for past in [BlockId::number(before), BlockId::hash(hash), BlockId::hash_canonical(hash)] {
        let output = provider.call(bump(counter)).block(past).await.unwrap();
        assert_eq!(U256::from_be_slice(&output), U256::ONE, "{past:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn blocks_are_found_by_number_hash_and_tag() {
    let world = World::start().await;
    let provider = world.http();
    let receipt =
        send(&provider, TransactionRequest::default().with_from(ALICE).with_to(BOB).with_value(U256::ONE)).await;
    let number = receipt.block_number.unwrap();
    let by_number = provider.get_block_by_number(number.into()).await.unwrap().unwrap();
    let by_hash = provider.get_block_by_hash(by_number.header.hash).await.unwrap().unwrap();
    assert_eq!(by_number, by_hash);
    for tag in
        [BlockNumberOrTag::Latest, BlockNumberOrTag::Pending, BlockNumberOrTag::Safe, BlockNumberOrTag::Finalized]
    {
        assert_eq!(provider.get_block_by_number(tag).await.unwrap().unwrap().header.number, number, "{tag}");
    }
    let first = provider.get_block_by_number(BlockNumberOrTag::Earliest).await.unwrap().unwrap();
    assert_eq!(first.header.number, 0);
    assert!(provider.get_block_by_number((number + 1).into()).await.unwrap().is_none());
    // The internal transaction of the block comes first.
    assert_eq!(by_number.transactions.as_hashes().unwrap()[1], receipt.transaction_hash);
}

#[tokio::test(flavor = "multi_thread")]
async fn fees_are_those_of_the_chain() {
    let world = World::start().await;
    let provider = world.http();
    assert_eq!(provider.get_gas_price().await.unwrap(), 100_000_000);
    assert_eq!(provider.get_max_priority_fee_per_gas().await.unwrap(), 0);
    let history = provider.get_fee_history(10, BlockNumberOrTag::Latest, &[20.0]).await.unwrap();
    assert_eq!(history.base_fee_per_gas.len(), history.gas_used_ratio.len() + 1);
    assert!(history.reward.unwrap().iter().all(|rewards| rewards == &[0]));
    let estimate = provider.estimate_eip1559_fees().await.unwrap();
    assert!(estimate.max_fee_per_gas >= 100_000_000);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_access_list_names_what_a_call_touches() {
    let world = World::start().await;
    let counter = address!("00000000000000000000000000000000000c0de1");
    world.install(counter, &COUNTER).await;
    let list = world.http().create_access_list(&bump(counter)).await.unwrap();
    assert_eq!(list.access_list.0, [AccessListItem { address: counter, storage_keys: vec![B256::ZERO] }]);
}

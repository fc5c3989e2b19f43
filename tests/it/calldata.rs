//! Calldata as no honest caller makes it: every entry refuses what is not exactly its arguments, at little cost, and
//! leaves everything as it was.

use alloy::{rpc::types::TransactionRequest, sol_types::SolInterface};
use linq_tests::{Delegation, Permit, ROOT};
use proptest::{
    prelude::*,
    test_runner::{Config, RngAlgorithm, TestRng, TestRunner},
};

use crate::prelude::*;

/// More than the dearest refusal may cost.
const GAS: u64 = 1_000_000;

/// A call that would succeed.
struct Entry {
    from: Address,
    to: Address,
    input: Vec<u8>,
}

/// A world in which a job is posted and a slot taken, and a good call of every changing function and of views with
/// arguments; some exclude each other.
fn scene() -> (World, Vec<Entry>) {
    let mut world = World::with_providers();
    let (cast, suite) = (world.cast, world.suite);
    let terms = Terms { tasks: 3, bidSecs: 0, ..world.terms() };
    let job = world.post(&terms).expect("post").value;
    world.take(cast.operator, &terms, 1, lnq(80)).expect("take");
    world.approve(cast.requester, cast.keeper);
    let other = Terms { salt: B256::repeat_byte(9), ..terms.clone() };
    let permit = world.permit(cast.eve, cast.keeper, U256::from(5));
    let domain = world.permit_domain();
    let signature: Bytes = world.sign(&permit, &domain, cast.eve).as_bytes().to_vec().into();
    let Permit { owner, spender, value, deadline, .. } = permit;
    let by_bytes = ILnqToken::permit_1Call { owner, spender, value, deadline, signature };
    let permit = world.signed(&permit, &domain, cast.eve);
    world.token(cast.eve, &ILnqToken::delegateCall { delegatee: cast.eve }).expect("delegation");
    let Delegation { delegatee, nonce, expiry } = world.delegation(cast.eve, cast.judge);
    let delegation = Delegation { delegatee, nonce, expiry };
    let signature = world.sign(&delegation, &domain, cast.eve).as_bytes().to_vec().into();
    let delegation_by_bytes =
        ILnqToken::delegateBySig_1Call { delegator: cast.eve, delegatee, nonce, expiry, signature };
    let delegation = world.signed_delegation(&delegation, &domain, cast.eve);
    let rates = world.provider(1).rates;
    let offer = world.provider(1).offer;
    let resources = terms.resources.clone();
    let (to, value) = (cast.judge, U256::from(7));
    let mut entries = Vec::new();
    let mut add = |from, to, input| entries.push(Entry { from, to, input });
    add(cast.requester, suite.token, ILnqToken::transferCall { to, value }.abi_encode());
    add(cast.requester, suite.token, ILnqToken::approveCall { spender: to, value }.abi_encode());
    add(cast.keeper, suite.token, ILnqToken::transferFromCall { from: cast.requester, to, value }.abi_encode());
    add(cast.requester, suite.token, ILnqToken::burnCall { value }.abi_encode());
    add(cast.keeper, suite.token, ILnqToken::burnFromCall { account: cast.requester, value }.abi_encode());
    add(cast.keeper, suite.token, permit.abi_encode());
    add(cast.keeper, suite.token, by_bytes.abi_encode());
    add(cast.keeper, suite.token, delegation.abi_encode());
    add(cast.keeper, suite.token, delegation_by_bytes.abi_encode());
    add(cast.eve, suite.token, ILnqToken::delegateCall { delegatee: to }.abi_encode());
    add(cast.eve, suite.token, ILnqToken::getPastVotesCall { account: to, timepoint: value }.abi_encode());
    add(cast.eve, suite.token, ILnqToken::checkpointsCall { account: cast.eve, index: 0 }.abi_encode());
    add(cast.eve, suite.token, ILnqToken::supportsInterfaceCall { interfaceId: [1, 2, 3, 4].into() }.abi_encode());
    add(cast.eve, suite.token, ILnqToken::balanceOfCall { account: to }.abi_encode());
    let registration = world.registration(cast.mallory_operator, cast.mallory);
    world.approve(cast.mallory, suite.registry);
    add(cast.mallory, suite.registry, IRegistry::registerCall { registration }.abi_encode());
    add(cast.owner, suite.registry, IRegistry::setOfferCall { provider: 1, rates, offer }.abi_encode());
    add(cast.owner, suite.registry, IRegistry::addStakeCall { provider: 1, amount: u96(5) }.abi_encode());
    add(cast.owner, suite.registry, IRegistry::unbondCall { provider: 1, amount: u96(5) }.abi_encode());
    add(cast.eve, suite.lens, ILens::quoteCall { id: 1, resources, runSecs: 60 }.abi_encode());
    let metadata = "https://example.org/a-provider-of-some-length".to_owned();
    let profile = IProfiles::setProfileCall { provider: 1, sealingKey: B256::repeat_byte(7), metadata };
    add(cast.owner, suite.profiles, profile.abi_encode());
    let (report, until) = (B256::repeat_byte(8), world.now() + 86_400);
    let self_test = IProfiles::publishSelfTestCall { provider: 1, report, validUntil: until };
    add(cast.operator, suite.profiles, self_test.abi_encode());
    add(cast.eve, suite.profiles, IProfiles::profileCall { id: 1 }.abi_encode());
    add(cast.keeper, suite.escrow, IEscrow::lockedCall { job }.abi_encode());
    add(cast.requester, suite.jobs, IJobs::postCall { terms: other, uri: "a-place".into() }.abi_encode());
    let take = IJobs::takeCall { terms, slot: 1, provider: 2, price: u96(lnq(70)) };
    add(cast.rival_operator, suite.jobs, take.abi_encode());
    let submit = IJobs::submitCall { job, slot: 0, root: ROOT, claim: 20, uri: "a-result".into() };
    add(cast.operator, suite.jobs, submit.abi_encode());
    add(cast.operator, suite.jobs, IJobs::unableCall { job, slot: 0, reason: 1 }.abi_encode());
    add(cast.requester, suite.jobs, IJobs::cancelCall { job, slot: 2 }.abi_encode());
    (world, entries)
}

/// Whether `input` is canonical calldata of one of the suite's functions.
fn is_valid(world: &World, to: Address, input: &[u8]) -> bool {
    let suite = world.suite;
    match to {
        _ if to == suite.token => ILnqToken::ILnqTokenCalls::abi_decode_validate(input).is_ok(),
        _ if to == suite.registry => IRegistry::IRegistryCalls::abi_decode_validate(input).is_ok(),
        _ if to == suite.lens => ILens::ILensCalls::abi_decode_validate(input).is_ok(),
        _ if to == suite.profiles => IProfiles::IProfilesCalls::abi_decode_validate(input).is_ok(),
        _ if to == suite.escrow => IEscrow::IEscrowCalls::abi_decode_validate(input).is_ok(),
        _ => IJobs::IJobsCalls::abi_decode_validate(input).is_ok(),
    }
}

/// Sends and turns back; says whether it succeeded, and what it cost.
fn try_out(world: &mut World, entry: &Entry, input: Vec<u8>, value: u64) -> (Result<(), Refusal>, u64) {
    let request = TransactionRequest::default().from(entry.from).to(entry.to).input(input.into());
    let request = request.gas_limit(30_000_000).value(U256::from(value));
    world.rehearse(|world| {
        let hash = world.node_mut().send(request).expect("it is taken");
        let receipt = world.node().receipt(hash).expect("it is in a block");
        let failure = receipt.failure.clone().unwrap_or_default();
        let refusal = Refusal { data: receipt.output.clone(), message: failure };
        (if receipt.success { Ok(()) } else { Err(refusal) }, receipt.gas_used)
    })
}

#[test]
fn it_takes_good_calls() {
    let (mut world, entries) = scene();
    for (place, entry) in entries.iter().enumerate() {
        assert!(is_valid(&world, entry.to, &entry.input));
        let (done, _) = try_out(&mut world, entry, entry.input.clone(), 0);
        assert_eq!(done, Ok(()), "entry {place}, of {}", world.name(entry.to));
    }
}

#[test]
fn it_takes_no_ether() {
    let (mut world, entries) = scene();
    for entry in &entries {
        let (done, gas) = try_out(&mut world, entry, entry.input.clone(), 1);
        assert!(done.is_err() && gas < GAS, "{} took ether for {gas}", world.name(entry.to));
    }
}

#[test]
fn it_answers_nothing_it_does_not_know() {
    let (mut world, entries) = scene();
    for entry in &entries {
        for input in
            [vec![], vec![0], vec![0; 3], vec![0; 4], vec![0xff; 4], [[0xde; 4].as_slice(), &[0; 320]].concat()]
        {
            let (done, gas) = try_out(&mut world, entry, input, 0);
            let refusal = done.expect_err("there is no such function");
            assert!(refusal.data.is_empty() && gas < GAS, "{refusal:?} for {gas}");
        }
    }
}

#[test]
fn it_takes_no_less_than_all_arguments() {
    let (mut world, entries) = scene();
    for entry in &entries {
        for length in (4..entry.input.len()).rev().step_by(7) {
            let input = entry.input[..length].to_vec();
            // The padding of a string is no argument.
            let valid = is_valid(&world, entry.to, &input);
            let (done, gas) = try_out(&mut world, entry, input, 0);
            assert!(valid || done.is_err(), "{length} bytes were enough for {}", world.name(entry.to));
            assert!(gas < GAS || done.is_ok(), "{gas} gas");
        }
    }
}

#[test]
fn it_takes_no_dirty_words() {
    let (mut world, entries) = scene();
    for entry in &entries {
        for word in 0..(entry.input.len() - 4) / 32 {
            let mut input = entry.input.clone();
            // The highest byte of any argument shorter than a word is zero; of a whole word it is another argument.
            let first = &mut input[4 + 32 * word];
            *first = first.wrapping_add(1);
            let valid = is_valid(&world, entry.to, &input);
            let (done, gas) = try_out(&mut world, entry, input, 0);
            assert!(valid || done.is_err(), "word {word} was dirty for {}", world.name(entry.to));
            assert!(gas < GAS || done.is_ok(), "{gas} gas");
        }
    }
}

#[test]
fn whatever_succeeds_was_valid() {
    let (world, entries) = scene();
    let world = std::cell::RefCell::new(world);
    let rng = TestRng::from_seed(RngAlgorithm::ChaCha, &[3; 32]);
    let config = Config { cases: 2_000, failure_persistence: None, ..Config::default() };
    let edits = proptest::collection::vec((any::<u16>(), any::<u8>()), 1..4);
    let mut runner = TestRunner::new_with_rng(config, rng);
    let result = runner.run(&(any::<u8>(), edits), |(which, edits)| {
        let entry = &entries[usize::from(which) % entries.len()];
        let mut input = entry.input.clone();
        for (place, byte) in edits {
            let place = 4 + usize::from(place) % (input.len() - 4);
            input[place] = byte;
        }
        let mut world = world.borrow_mut();
        let valid = is_valid(&world, entry.to, &input);
        let (done, gas) = try_out(&mut world, entry, input, 0);
        prop_assert!(valid || done.is_err(), "it succeeded");
        prop_assert!(gas < GAS, "{} gas", gas);
        Ok(())
    });
    result.unwrap_or_else(|failure| panic!("{failure}"));
}

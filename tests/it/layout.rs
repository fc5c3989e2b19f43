//! Where registry, escrow, lens and profiles keep what, beside `snapshots/storage.txt`, so that a change of layout shows in review.

use std::collections::{BTreeMap, BTreeSet};

use linq_abi::RegistryParameters;
use linq_tests::registry_parameters;

use crate::{prelude::*, registry::next_day};

const DOCUMENTED: &str = include_str!("../../snapshots/storage.txt");

/// A world in which every field holds something, and what, by contract and field.
fn written() -> (World, BTreeMap<String, U256>) {
    let mut world = World::with_providers();
    let (cast, suite, tomorrow) = (world.cast, world.suite, next_day(&world));
    let announced = RegistryParameters {
        minimumLnq: 11,
        perCoreLnq: 12,
        perGpuLnq: 13,
        unbondingSecs: 140,
        ..registry_parameters()
    };
    let call = IRegistry::setParametersCall { parameters: announced };
    world.registry(cast.governor, &call).expect("parameters");
    world.registry(cast.guardian, &IRegistry::pauseCall {}).expect("pause");
    let terms = Terms { tasks: 2, expected: keccak256(linq_tests::ROOT), bidSecs: 0, ..world.terms() };
    let job = world.post(&terms).expect("post").value;
    world.take(cast.operator, &terms, 1, lnq(80)).expect("take");
    world.submit(cast.operator, job, 20).expect("submit");

    let day = tomorrow / 86_400;
    let account = |account: Address| U256::from_be_bytes(account.into_word().0);
    let number = U256::from::<u128>;
    let known = [
        ("registry deployer", account(cast.deployer)),
        ("registry token", account(suite.token)),
        ("registry providers", number(2)),
        ("registry unbonding_secs", number(60)),
        ("registry paused_day", number(u128::from(day) - 1)),
        ("registry jobs", account(suite.jobs)),
        ("registry minimum_lnq", number(1_000)),
        ("registry per_core_lnq", number(100)),
        ("registry per_gpu_lnq", number(1_000)),
        ("registry price_cap_lnq", number(500)),
        ("registry tier1_stake_multiple", number(4)),
        ("registry tier1_age_days", number(7)),
        ("registry tier1_reputation_bps", number(5_000)),
        ("registry tier1_price_cap_lnq", number(5_000)),
        ("registry tier2_stake_multiple", number(16)),
        ("registry tier2_age_days", number(30)),
        ("registry tier2_reputation_bps", number(8_000)),
        ("registry tier2_price_cap_lnq", number(50_000)),
        ("registry tier3_stake_multiple", number(64)),
        ("registry tier3_age_days", number(90)),
        ("registry tier3_reputation_bps", number(9_500)),
        ("registry tier3_price_cap_lnq", number(u32::MAX.into())),
        ("registry announced", number(1)),
        ("registry version", number(2)),
        ("registry from_day", number(day.into())),
        ("registry announced_minimum_lnq", number(11)),
        ("registry announced_per_core_lnq", number(12)),
        ("registry announced_per_gpu_lnq", number(13)),
        ("registry announced_unbonding_secs", number(140)),
        ("registry governor", account(cast.governor)),
        ("registry guardian", account(cast.guardian)),
        ("escrow deployer", account(cast.deployer)),
        ("escrow treasury", account(cast.treasury)),
        ("escrow jobs", account(suite.jobs)),
        ("escrow rewards", number(lnq(100))),
        ("escrow token", account(suite.token)),
        ("escrow fees", number(lnq(2))),
        ("lens registry", account(suite.registry)),
        ("lens jobs", account(suite.jobs)),
        ("profiles registry", account(suite.registry)),
    ];
    (world, known.into_iter().map(|(field, value)| (field.to_owned(), value)).collect())
}

#[test]
fn every_field_lies_where_the_snapshot_says_and_nothing_beside_it() {
    let (world, known) = written();
    let (mut documented, mut words) = (BTreeSet::new(), BTreeMap::new());
    for line in DOCUMENTED.lines().filter(|line| !line.starts_with('#')) {
        let [contract, slot, field, from, bytes] =
            line.split(' ').collect::<Vec<_>>().try_into().expect("five columns");
        let suite = world.suite;
        let of_suite = suite.addresses().into_iter().find(|address| suite.name(*address) == Some(contract));
        let address = of_suite.expect("a contract");
        let (slot, from, bytes): (u64, usize, usize) =
            (slot.parse().expect("a slot"), from.parse().expect("a place"), bytes.parse().expect("a size"));
        let word: U256 = world.slot(address, U256::from(slot)).into();
        let mask = (U256::from(1) << (8 * bytes)) - U256::from(1);
        let name = format!("{contract} {field}");
        assert_eq!(Some(&((word >> (8 * from)) & mask)), known.get(&name), "{name}");
        *words.entry((contract, slot)).or_insert(word) &= !(mask << (8 * from));
        assert!(documented.insert(name), "{line} is there twice");
    }
    assert_eq!(documented, known.into_keys().collect(), "the fields of the snapshot");
    let beside: Vec<_> = words.into_iter().filter(|(_, rest)| !rest.is_zero()).collect();
    assert_eq!(beside, [], "words that hold more than the snapshot says");
}

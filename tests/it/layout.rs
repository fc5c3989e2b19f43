//! Where the contracts keep what, beside `snapshots/storage.txt`, so that a change of layout shows in review.
//!
//! What every field holds is known from the views, which say nothing of places; so a field that moves, or one that is there
//! beside those of the snapshot, is found. What the token keeps in bits and by history has tests of its own:
//! `it/token/layout.rs`.

use std::collections::{BTreeMap, BTreeSet};

use linq_abi::RegistryParameters;
use linq_tests::registry_parameters;

use crate::{
    prelude::*,
    profiles::part_of,
    registry::{close, next_day, settled, take, word_of},
};

const DOCUMENTED: &str = include_str!("../../snapshots/storage.txt");

/// What is known of the contracts: a value for each field, and a place for each word of a map.
struct Known {
    values: BTreeMap<String, U256>,
    places: BTreeMap<(&'static str, &'static str), U256>,
}

impl Known {
    fn set(&mut self, contract: &str, values: &[(&str, U256)]) {
        for (field, value) in values {
            let double = self.values.insert(format!("{contract} {field}"), *value);
            assert_eq!(double, None, "{contract} {field}");
        }
    }
}

fn account(account: Address) -> U256 {
    U256::from_be_bytes(account.into_word().0)
}

fn number(number: impl Into<u128>) -> U256 {
    U256::from(number.into())
}

fn amount(amount: U96) -> U256 {
    U256::from(amount)
}

fn hash(hash: B256) -> U256 {
    hash.into()
}

/// The word of a map under `key` in `slot`.
fn mapped(key: impl Into<U256>, slot: U256) -> U256 {
    keccak256((key.into(), slot).abi_encode()).into()
}

/// A world in which nearly every field holds something, and what.
fn written() -> (World, Known) {
    let mut world = World::with_providers();
    let mut known = Known { values: BTreeMap::new(), places: BTreeMap::new() };
    parameters(&mut world, &mut known);
    work(&mut world, &mut known);
    provider(&mut world, &mut known);
    jobs(&mut world, &mut known);
    token(&mut world, &mut known);
    profile(&mut world, &mut known);
    let (cast, suite) = (world.cast, world.suite);
    let owed = world.read(suite.escrow, &IEscrow::liabilitiesCall {});
    known.set(
        "escrow",
        &[
            ("deployer", account(cast.deployer)),
            ("treasury", account(cast.treasury)),
            ("jobs", account(suite.jobs)),
            ("rewards", amount(owed.rewards)),
            ("token", account(suite.token)),
            ("fees", amount(owed.fees)),
        ],
    );
    known.set("lens", &[("registry", account(suite.registry)), ("jobs", account(suite.jobs))]);
    (world, known)
}

/// Parameters in force and announced, of the registry.
fn parameters(world: &mut World, known: &mut Known) {
    let (cast, suite, tomorrow) = (world.cast, world.suite, next_day(world));
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
    let day = tomorrow / 86_400;
    known.set(
        "registry",
        &[
            ("deployer", account(cast.deployer)),
            ("token", account(suite.token)),
            ("providers", number(2_u8)),
            ("unbonding_secs", number(60_u8)),
            ("paused_day", number(day - 1)),
            ("jobs", account(suite.jobs)),
            ("minimum_lnq", number(1_000_u16)),
            ("per_core_lnq", number(100_u8)),
            ("per_gpu_lnq", number(1_000_u16)),
            ("price_cap_lnq", number(500_u16)),
            ("tier1_stake_multiple", number(4_u8)),
            ("tier1_age_days", number(7_u8)),
            ("tier1_reputation_bps", number(5_000_u16)),
            ("tier1_price_cap_lnq", number(5_000_u16)),
            ("tier2_stake_multiple", number(16_u8)),
            ("tier2_age_days", number(30_u8)),
            ("tier2_reputation_bps", number(8_000_u16)),
            ("tier2_price_cap_lnq", number(50_000_u32)),
            ("tier3_stake_multiple", number(64_u8)),
            ("tier3_age_days", number(90_u8)),
            ("tier3_reputation_bps", number(9_500_u16)),
            ("tier3_price_cap_lnq", number(u32::MAX)),
            ("announced", number(1_u8)),
            ("version", number(2_u8)),
            ("from_day", number(day)),
            ("announced_minimum_lnq", number(11_u8)),
            ("announced_per_core_lnq", number(12_u8)),
            ("announced_per_gpu_lnq", number(13_u8)),
            ("announced_unbonding_secs", number(140_u8)),
            ("governor", account(cast.governor)),
            ("guardian", account(cast.guardian)),
        ],
    );
}

/// Terms of which every field is stored as something else than zero.
fn terms(world: &World, salt: u8) -> Terms {
    let resources =
        Resources { cpuMillis: 900, memoryMib: 512, storageGib: 3, gpus: 1, gpuClass: 7, bandwidthMbps: 10 };
    let (judge, salt) = (world.cast.judge, B256::repeat_byte(salt));
    Terms { tasks: 3, bidSecs: 120, attempts: 3, resources, judge, salt, ..world.terms() }
}

/// The first provider has been paid, judged, unable and late, and has work with a result.
fn work(world: &mut World, known: &mut Known) {
    let cast = world.cast;
    let Registration { mut capacity, features, region, mut rates, offer, .. } =
        world.registration(cast.operator, cast.payout);
    (capacity.gpus, capacity.gpuClass, rates.gpu) = (3, 7, 5);
    let call = IRegistry::setCapacityCall { provider: 1, capacity, features, region };
    world.registry(cast.owner, &call).expect("capacity");
    world.registry(cast.owner, &IRegistry::setOfferCall { provider: 1, rates, offer }).expect("offer");
    // Paid elsewhere, so that it is the second payout address that counts.
    let (owner, operator, payout) = (cast.mallory, cast.operator, cast.keeper);
    let call = IRegistry::setKeysCall { provider: 1, owner, operator, payout };
    world.registry(cast.owner, &call).expect("keys");

    // How disputes end jobs says; there is no court yet to have one before.
    for trial in [Trial::Won, Trial::Lost, Trial::Lost] {
        let request = crate::registry::request(world);
        take(world, &request).expect("take");
        let end = WorkClose { trial: trial as u8, ..settled(world) };
        close(world, &end).expect("close");
    }
    let left = Terms { bidSecs: 0, attempts: 1, judge: Address::ZERO, ..terms(world, 1) };
    let job = world.post(&left).expect("post").value;
    for slot in 0..2 {
        let call = IJobs::takeCall { terms: left.clone(), slot, provider: 1, price: u96(lnq(80)) };
        world.jobs(operator, &call).expect("take");
    }
    world.jobs(operator, &IJobs::unableCall { job, slot: 0, reason: 1 }).expect("unable");
    let due = world.read(world.suite.jobs, &IJobs::slotCall { id: job, index: 1 }).due;
    world.at(due);
    world.jobs(cast.keeper, &IJobs::stepCall { job, slot: 1 }).expect("late");
    // What good work was worth 2 LNQ of fee each, 600 seconds ago: less 600 of two half-lives, and that rounded down.
    let (good, bad) = (6_000_000_000_u64 - 231_482, 2_000_000_000_u64);
    known.set("registry", &[("good_nanos", number(good)), ("bad_nanos", number(bad)), ("as_of_secs", number(due))]);

    // A slot that leaves a fee, of the other provider.
    let paid = Terms { bidSecs: 0, salt: B256::repeat_byte(2), ..world.terms() };
    let job = world.post(&paid).expect("post").value;
    world.take(cast.rival_operator, &paid, 2, lnq(80)).expect("take");
    world.submit(cast.rival_operator, job, 20).expect("submit");
    world.jobs(cast.requester, &IJobs::acceptCall { job, slot: 0 }).expect("accept");

    // A slot that another provider left, taken from the standing offer, with a result.
    let other = Terms { bidSecs: 0, judge: Address::ZERO, ..world.terms() };
    let job = world.post(&other).expect("post").value;
    world.take(cast.rival_operator, &other, 2, lnq(80)).expect("take");
    world.jobs(cast.rival_operator, &IJobs::unableCall { job, slot: 0, reason: 1 }).expect("unable");
    let quote = world.quote(1, &other.resources, other.runSecs);
    world.take(cast.requester, &other, 1, quote).expect("take");
    world.submit(operator, job, 19).expect("submit");
    let slot = world.slot_of(job);
    known.places.insert(("jobs", "5.work"), mapped(hash(keccak256((job, 0_u16).abi_encode())), number(5_u8)));
    known.set(
        "jobs",
        &[
            ("state", number(SlotState::Submitted as u8)),
            ("attempt", number(slot.attempt)),
            ("take_price", amount(slot.price)),
            ("until", number(slot.until)),
            ("outcome", U256::ZERO),
            ("provider", number(1_u8)),
            ("left", number(2_u8)),
            ("payout_version", number(1_u8)),
            ("claim", number(19_u8)),
            ("standing", number(1_u8)),
            ("taken_at", number(slot.takenAt)),
        ],
    );
}

/// What the first provider states, holds and has done.
fn provider(world: &mut World, known: &mut Known) {
    let (cast, suite) = (world.cast, world.suite);
    let open = Terms { bidSecs: 0, judge: Address::ZERO, ..terms(world, 4) };
    world.post(&open).expect("post");
    world.take(cast.operator, &open, 1, lnq(80)).expect("take");
    world.registry(cast.owner, &IRegistry::unbondCall { provider: 1, amount: u96(lnq(5)) }).expect("unbonding");
    world.registry(cast.owner, &IRegistry::drainCall { provider: 1 }).expect("drain");
    let kinds = ["5.kind0", "5.kind1", "5.kind2", "5.kind3", "5.kind4", "5.kind5", "5.kind6", "5.kind7", "5.kind8"];
    let more = [("5.kind9", 9, 0), ("5.kind10", 10, 0), ("5.kind11", 11, 1), ("5.kind12", 12, 0)];
    let kinds = kinds.into_iter().zip(0..).map(|(name, kind)| (name, kind, 0)).chain(more);
    known.places.extend(kinds.map(|(name, kind, which)| (("registry", name), word_of(kind, which, 1))));
    known.places.insert(("registry", "4.account"), mapped(account(cast.operator), number(4_u8)));

    let found = world.provider(1);
    let unbonding = world.read(suite.lens, &ILens::unbondingsCall { id: 1 });
    let (capacity, used, record, offer) = (&found.capacity, &found.used, &found.record, &found.offer);
    known.set(
        "registry",
        &[
            ("account_provider", number(1_u8)),
            ("owner", account(cast.owner)),
            ("max_hold_back_secs", number(offer.maxHoldBackSecs)),
            ("max_notice_secs", number(offer.maxNoticeSecs)),
            ("operator", account(cast.operator)),
            ("registered_at", number(found.registeredAt)),
            ("payout_version", number(1_u8)),
            ("min_run_secs", number(offer.minRunSecs)),
            ("accepted_role", number(1_u8)),
            ("cpu_millis", number(capacity.cpuMillis)),
            ("memory_mib", number(capacity.memoryMib)),
            ("storage_gib", number(capacity.storageGib)),
            ("bandwidth_mbps", number(capacity.bandwidthMbps)),
            ("gpus", number(capacity.gpus)),
            ("gpu_class", number(capacity.gpuClass)),
            ("region", number(found.region)),
            ("features", number(found.features)),
            ("draining", number(1_u8)),
            ("used_cpu_millis", number(used.cpuMillis)),
            ("used_memory_mib", number(used.memoryMib)),
            ("used_storage_gib", number(used.storageGib)),
            ("used_bandwidth_mbps", number(used.bandwidthMbps)),
            ("used_gpus", number(used.gpus)),
            ("accepted", number(record.accepted)),
            ("late", number(record.late)),
            ("unable", number(record.unable)),
            ("bonded", amount(found.bonded)),
            ("locked", amount(found.locked)),
            ("completed", number(record.completed)),
            ("oldest", U256::ZERO),
            ("unbondings", number(1_u8)),
            ("rate_cpu_milli", number(found.rates.cpuMilli)),
            ("rate_memory_mib", number(found.rates.memoryMib)),
            ("rate_storage_gib", number(found.rates.storageGib)),
            ("rate_gpu", number(found.rates.gpu)),
            ("min_price", amount(offer.minPrice)),
            ("max_lock", amount(offer.maxLock)),
            ("max_run_secs", number(offer.maxRunSecs)),
            ("max_window_secs", number(offer.maxWindowSecs)),
            ("earned", amount(record.earned)),
            ("slashed", amount(record.slashed)),
            ("disputes_won", number(1_u8)),
            ("disputes_lost", number(2_u8)),
            ("history", hash(record.history)),
            ("successor", account(cast.mallory)),
            ("payout", account(cast.keeper)),
            ("unbonding", amount(unbonding[0].amount)),
            ("unbonding_end", number(unbonding[0].end)),
        ],
    );
}

/// What holds for all jobs, and a job of which every condition is something.
fn jobs(world: &mut World, known: &mut Known) {
    let (cast, suite) = (world.cast, world.suite);
    let terms = terms(world, 5);
    let job = world.post(&terms).expect("post").value;
    world.jobs(cast.guardian, &IJobs::pauseCall {}).expect("pause");
    let found = world.job(job);
    let JobParameters { feeBps, collateralBps, maxAttempts } =
        world.read(suite.lens, &ILens::jobParametersCall { version: 1 });
    let base = mapped(hash(job), number(4_u8));
    known.places.insert(("jobs", "3.version"), mapped(number(1_u8), number(3_u8)));
    known.places.insert(("jobs", "4.job"), base);
    known.places.insert(("jobs", "4.job+1"), base + number(1_u8));
    let (needed, today) = (&found.resources, world.now() / 86_400);
    known.set(
        "jobs",
        &[
            ("min_window_secs", number(MIN_WINDOW)),
            ("newest", number(1_u8)),
            ("fee_bps", number(feeBps)),
            ("collateral_bps", number(collateralBps)),
            ("max_attempts", number(maxAttempts)),
            ("from_day", number(next_day(world) / 86_400 - 1)),
            ("paused_day", number(today)),
            ("escrow", account(suite.escrow)),
            ("registry", account(suite.registry)),
            ("disputes", account(suite.disputes)),
            ("deployer", account(cast.deployer)),
            ("governor", account(cast.governor)),
            ("guardian", account(cast.guardian)),
            ("version_fee_bps", number(feeBps)),
            ("version_collateral_bps", number(collateralBps)),
            ("version_max_attempts", number(maxAttempts)),
            ("bid_secs", number(found.bidSecs)),
            ("window_secs", number(found.windowSecs)),
            ("open_until", number(found.openUntil)),
            ("end_by", number(found.endBy)),
            ("attempts", number(found.attempts)),
            ("version", number(found.parameters)),
            ("last_index", number(found.tasks - 1)),
            ("cpu_millis", number(needed.cpuMillis)),
            ("memory_mib", number(needed.memoryMib)),
            ("storage_gib", number(needed.storageGib)),
            ("gpus", number(needed.gpus)),
            ("gpu_class", number(needed.gpuClass)),
            ("bandwidth_mbps", number(needed.bandwidthMbps)),
            ("run_secs", number(found.runSecs)),
            ("judged", number(1_u8)),
            ("expects", U256::ZERO),
            ("judge", account(cast.judge)),
        ],
    );
}

/// An account that votes for another, and what was burned.
fn token(world: &mut World, known: &mut Known) {
    let (eve, judge, token) = (world.cast.eve, world.cast.judge, world.suite.token);
    world.token(eve, &ILnqToken::delegateCall { delegatee: judge }).expect("delegation");
    world.token(eve, &ILnqToken::approveCall { spender: judge, value: number(77_u8) }).expect("approval");
    let permit = world.permit(eve, judge, number(78_u8));
    let call = world.signed(&permit, &world.permit_domain(), eve);
    world.token(judge, &call).expect("permit");
    let voted = world.now() + 1;
    world.at(voted);
    world.token(judge, &ILnqToken::delegateCall { delegatee: judge }).expect("delegation");
    world.token(eve, &ILnqToken::burnCall { value: number(5_u8) }).expect("burn");
    let later = voted + 1;
    world.at(later);
    world.token(eve, &ILnqToken::burnCall { value: number(6_u8) }).expect("burn");

    let under = |account_of: Address, slot: U256| mapped(account(account_of), slot);
    known.places.insert(("token", "1.voter"), under(judge, number(1_u8)));
    known.places.insert(("token", "1.delegator"), under(eve, number(1_u8)));
    known.places.insert(("token", "2.allowance"), under(judge, under(eve, number(2_u8))));
    known.places.insert(("token", "3.delegate"), under(eve, number(3_u8)));
    let burned = world.read(token, &ILnqToken::totalBurnedCall {});
    let older = world.read(token, &ILnqToken::numCheckpointsCall { account: judge }) - 1;
    let votes = world.read(token, &ILnqToken::getVotesCall { account: judge });
    known.set(
        "token",
        &[
            // What ends of work burned at two moments, the first that of the mint too, and the burn before the last.
            ("older_burns", number(3_u8)),
            ("burned", burned),
            ("burned_since", number(later)),
            ("votes", votes),
            ("votes_since", number(later)),
            ("older_checkpoints", number(older)),
            ("voter_delegation", number(1_u8)),
            ("balance", number(world.balance(eve))),
            ("nonce", number(1_u8)),
            ("delegation", number(2_u8)),
            ("allowance", number(78_u8)),
            ("delegate", account(judge)),
        ],
    );
}

/// What the first provider says of itself.
fn profile(world: &mut World, known: &mut Known) {
    let (owner, now) = (world.cast.owner, world.now() + 1);
    world.at(now);
    let (key, report) = (B256::repeat_byte(0x5e), B256::repeat_byte(0x7e));
    let metadata = "ipfs://a".to_owned();
    let call = IProfiles::setProfileCall { provider: 1, sealingKey: key, metadata };
    world.profiles(owner, &call).expect("profile");
    let call = IProfiles::publishSelfTestCall { provider: 1, report, validUntil: now + 100 };
    world.profiles(owner, &call).expect("self-test");
    let slots = [("1.provider", 1), ("2.provider", 2), ("3.provider", 3), ("4.provider", 4), ("5.provider", 5)];
    known.places.extend(slots.map(|(name, slot)| (("profiles", name), part_of(slot, 0, 1))));
    let mut text = [0; 32];
    text[..8].copy_from_slice(b"ipfs://a");
    known.set(
        "profiles",
        &[
            ("registry", account(world.suite.registry)),
            ("sealing_key", hash(key)),
            ("stated_by", account(owner)),
            ("stated_at", number(now)),
            ("metadata_length", number(8_u8)),
            ("metadata", hash(text.into())),
            ("report", hash(report)),
            ("tested_under", account(owner)),
            ("valid_until", number(now + 100)),
        ],
    );
}

#[test]
fn every_field_lies_where_the_snapshot_says_and_nothing_beside_it() {
    let (world, known) = written();
    let (mut documented, mut words) = (BTreeSet::new(), BTreeMap::new());
    for line in DOCUMENTED.lines().filter(|line| !line.starts_with('#')) {
        let [contract, place, field, from, bits] =
            line.split(' ').collect::<Vec<_>>().try_into().expect("five columns");
        let suite = world.suite;
        let of_suite = suite.addresses().into_iter().find(|address| suite.name(*address) == Some(contract));
        let address = of_suite.expect("a contract");
        let slot = match known.places.get(&(contract, place)) {
            Some(slot) => *slot,
            None => number(place.parse::<u64>().expect("a slot, or the name of a word of a map")),
        };
        let (from, bits): (usize, usize) = (from.parse().expect("a place"), bits.parse().expect("a size"));
        let word: U256 = world.slot(address, slot).into();
        let mask = U256::MAX >> (256 - bits);
        let name = format!("{contract} {field}");
        assert_eq!(Some(&((word >> from) & mask)), known.values.get(&name), "{name}");
        *words.entry((contract, place)).or_insert(word) &= !(mask << from);
        assert!(documented.insert(name), "{line} is there twice");
    }
    assert_eq!(documented, known.values.into_keys().collect(), "the fields of the snapshot");
    let beside: Vec<_> = words.into_iter().filter(|(_, rest)| !rest.is_zero()).collect();
    assert_eq!(beside, [], "words that hold more than the snapshot says");
}

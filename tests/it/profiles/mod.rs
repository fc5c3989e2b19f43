//! The profiles, one file for each function.

mod constructor;
mod profile;
mod publish_self_test;
mod set_profile;

use crate::prelude::*;

/// A provider that nobody registered.
const NOBODY: u32 = 77;
/// What the first provider names as its sealing key.
const KEY: B256 = B256::repeat_byte(0x5e);
/// The hash of its report.
const REPORT: B256 = B256::repeat_byte(0x7e);
/// Where it describes itself: more than a word, and no whole number of words.
const METADATA: &str = "https://provider.example.org/description.json";
/// How long a self-test counts at most.
const MAX_VALIDITY_SECS: u64 = 90 * 86_400;

/// `caller` states [`KEY`] and `metadata` for a provider.
fn set(
    world: &mut World,
    caller: Address,
    provider: u32,
    metadata: &str,
) -> Result<Sent<IProfiles::setProfileReturn>, Refusal> {
    world.profiles(caller, &IProfiles::setProfileCall { provider, sealingKey: KEY, metadata: metadata.into() })
}

/// `caller` publishes a report for a provider, with the second until which it counts.
fn publish(
    world: &mut World,
    caller: Address,
    provider: u32,
    report: B256,
    until: u64,
) -> Result<Sent<IProfiles::publishSelfTestReturn>, Refusal> {
    world.profiles(caller, &IProfiles::publishSelfTestCall { provider, report, validUntil: until })
}

/// What there is to read of a provider: key, metadata, when they were stated, report, until when it counts.
fn read(world: &World, id: u32) -> (B256, String, u64, B256, u64) {
    let said = world.read(world.suite.profiles, &IProfiles::profileCall { id });
    (said.sealingKey, said.metadata, said.statedAt, said.report, said.validUntil)
}

/// What there is to read of a provider that stated nothing.
fn nothing() -> (B256, String, u64, B256, u64) {
    (B256::ZERO, String::new(), 0, B256::ZERO, 0)
}

/// Hands the first provider over to somebody.
fn hand_over(world: &mut World, from: Address, to: Address) {
    let Provider { operator, payout, .. } = world.provider(1);
    let call = IRegistry::setKeysCall { provider: 1, owner: to, operator, payout };
    world.registry(from, &call).expect("invitation");
    world.registry(to, &IRegistry::acceptRoleCall { provider: 1 }).expect("acceptance");
}

/// Where a word of the mapping in slot `slot` lies; parts of the metadata are numbered, everything else has part 0.
pub fn part_of(slot: u64, part: u64, provider: u32) -> U256 {
    let key = U256::from((part << 32) | u64::from(provider));
    keccak256((key, U256::from(slot)).abi_encode()).into()
}

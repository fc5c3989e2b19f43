//! The registry, one file for each function. The jobs contract is impersonated where it is the caller.

mod accept_role;
mod add_stake;
mod add_stake_with_permit;
mod close;
mod constructor;
mod drain;
mod free;
mod pause;
mod reentry;
mod register;
mod register_with_permit;
mod reputation;
mod set_capacity;
mod set_keys;
mod set_offer;
mod set_parameters;
mod take;
mod unbond;
mod wire;
mod withdraw;

use linq_abi::RegistryParameters;

use crate::prelude::*;

/// A provider that nobody registered.
pub const NOBODY: u32 = 77;

/// What a job of one core asks of the first provider when its operator takes it at 80 LNQ, locking 20.
pub fn request(world: &World) -> WorkRequest {
    let terms = world.terms();
    WorkRequest {
        provider: 1,
        caller: world.cast.operator,
        assignable: true,
        resources: terms.resources,
        features: terms.features,
        regions: terms.regions,
        tier: terms.tier,
        price: u96(lnq(80)),
        posted: terms.price,
        runSecs: terms.runSecs,
        windowSecs: terms.windowSecs,
        lock: u96(lnq(20)),
    }
}

/// Jobs takes.
pub fn take(world: &mut World, request: &WorkRequest) -> Result<Sent<IRegistry::takeReturn>, Refusal> {
    let jobs = world.suite.jobs;
    world.registry(jobs, &IRegistry::takeCall { request: request.clone() })
}

/// A world in which the first provider has taken [`request`].
fn taken() -> World {
    let mut world = World::with_providers();
    let request = request(&world);
    take(&mut world, &request).expect("take");
    world
}

/// How that work ends when its result is in and good: 80 LNQ earned, 2 of them fee.
pub fn settled(world: &World) -> WorkClose {
    WorkClose {
        work: B256::repeat_byte(1),
        provider: 1,
        payoutVersion: 0,
        end: WorkEnd::Settled as u8,
        lock: u96(lnq(20)),
        standing: false,
        reserved: true,
        resources: world.terms().resources,
        claim: 20,
        share: 20,
        paid: u96(lnq(80)),
        fee: u96(lnq(2)),
        priceFee: u96(lnq(2)),
        tookSecs: 100,
        requester: world.cast.requester,
        owed: U96::ZERO,
        verdict: Verdict::Undisputed as u8,
        trial: Trial::None as u8,
    }
}

/// Jobs closes.
pub fn close(world: &mut World, work: &WorkClose) -> Result<Sent<IRegistry::closeReturn>, Refusal> {
    let jobs = world.suite.jobs;
    world.registry(jobs, &IRegistry::closeCall { work: work.clone() })
}

/// An event of the registry.
fn by_registry<E: alloy::sol_types::SolEvent>(world: &World, event: &E) -> Emitted {
    emitted(world.suite.registry, event)
}

/// LNQ that moves.
fn moves(world: &World, from: Address, to: Address, value: u128) -> Emitted {
    emitted(world.suite.token, &ILnqToken::Transfer { from, to, value: U256::from(value) })
}

/// A signature by `signer` under a permit of `owner` that lets the registry take `value`: as the registry is given it, and
/// as the token is.
fn permit(world: &World, owner: Address, signer: Address, value: u128) -> (linq_abi::Permit, ILnqToken::permit_0Call) {
    let message = world.permit(owner, world.suite.registry, U256::from(value));
    let call = world.signed(&message, &world.permit_domain(), signer);
    (linq_abi::Permit { deadline: call.deadline, v: call.v, r: call.r, s: call.s }, call)
}

/// Where a word of a provider lies: the map of all of them is in slot 5.
pub fn word_of(kind: u16, number: u16, provider: u32) -> U256 {
    let key = U256::from((u64::from(number) << 48) | (u64::from(kind) << 32) | u64::from(provider));
    keccak256((key, U256::from(5)).abi_encode()).into()
}

/// Parameters each of which is outside its limits.
fn unsound() -> Vec<RegistryParameters> {
    let changes: [fn(&mut RegistryParameters); 12] = [
        |parameters| parameters.minimumLnq = 1_000_001,
        |parameters| parameters.perCoreLnq = 1_000_001,
        |parameters| parameters.perGpuLnq = 1_000_001,
        |parameters| parameters.unbondingSecs = 59,
        |parameters| parameters.unbondingSecs = 60 * 86_400 + 1,
        |parameters| parameters.tier3.reputationBps = 10_001,
        |parameters| parameters.tier1.stakeMultiple = 0,
        |parameters| parameters.priceCapLnq = 5_001,
        // A higher tier that asks for less than the one below, or goes up to less.
        |parameters| parameters.tier2.stakeMultiple = 3,
        |parameters| parameters.tier2.ageDays = 6,
        |parameters| parameters.tier2.reputationBps = 4_999,
        |parameters| parameters.tier2.priceCapLnq = 4_999,
    ];
    let changed = |change: fn(&mut RegistryParameters)| {
        let mut parameters = linq_tests::registry_parameters();
        change(&mut parameters);
        parameters
    };
    changes.into_iter().map(changed).collect()
}

/// The first second of the next UTC day.
pub fn next_day(world: &World) -> u64 {
    (world.now() / 86_400 + 1) * 86_400
}

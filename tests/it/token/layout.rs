//! Where everything lies, slot by slot, as `state.rs` and `account.rs` of the token say: what reads storage from outside,
//! and whatever runs over the same storage one day, relies on it.

use super::*;

const BURNED: u64 = 0;
const ACCOUNTS: u64 = 1;
const ALLOWANCES: u64 = 2;
const DELEGATES: u64 = 3;
const HISTORY: u64 = 4;

/// A word of the mapping in slot `slot`.
fn word(world: &World, key: B256, slot: u64) -> U256 {
    read(world, place(key, U256::from(slot).into()))
}

fn read(world: &World, place: B256) -> U256 {
    world.slot(world.suite.token, place.into()).into()
}

/// An amount and the second since which it is that.
fn checkpoint(since: u64, amount: u128) -> U256 {
    (U256::from(since) << 90) | U256::from(amount)
}

#[test]
fn an_account_is_one_word() {
    let mut world = World::new();
    let (eve, judge) = (world.cast.eve, world.cast.judge);
    let balance = U256::from(SHARE);
    assert_eq!(word(&world, eve.into_word(), ACCOUNTS), balance);
    let first = next_second(&mut world);
    delegate(&mut world, eve, eve);
    let once = (U256::from(1) << 254) | (checkpoint(first, SHARE) << 128) | balance;
    assert_eq!(word(&world, eve.into_word(), ACCOUNTS), once);
    let permit = world.permit(eve, judge, U256::from(7));
    let call = world.signed(&permit, &world.permit_domain(), eve);
    world.token(judge, &call).expect("permit");
    let second = next_second(&mut world);
    transfer(&mut world, eve, judge, 5);
    let (older, nonce) = (U256::from(1) << 98, U256::from(1) << 90);
    let twice = (U256::from(1) << 254) | (checkpoint(second, SHARE - 5) << 128) | older | nonce;
    assert_eq!(word(&world, eve.into_word(), ACCOUNTS), twice | U256::from(SHARE - 5));
}

#[test]
fn only_a_delegate_other_than_oneself_has_a_word() {
    let mut world = World::new();
    let (eve, judge) = (world.cast.eve, world.cast.judge);
    let delegation = |world: &World| word(world, eve.into_word(), ACCOUNTS) >> 254;
    let kept = |world: &World| word(world, eve.into_word(), DELEGATES);
    delegate(&mut world, eve, eve);
    assert_eq!((delegation(&world), kept(&world)), (U256::from(1), U256::ZERO));
    delegate(&mut world, eve, judge);
    let judge = U256::from_be_bytes(judge.into_word().0);
    assert_eq!((delegation(&world), kept(&world)), (U256::from(2), judge));
    delegate(&mut world, eve, Address::ZERO);
    assert_eq!((delegation(&world), kept(&world)), (U256::ZERO, judge), "it is not cleared, and does not count");
}

#[test]
fn two_checkpoints_share_a_word_of_history() {
    let mut world = World::new();
    let (eve, judge) = (world.cast.eve, world.cast.judge);
    let mut seconds = vec![next_second(&mut world)];
    delegate(&mut world, eve, eve);
    for _ in 0..3 {
        seconds.push(next_second(&mut world));
        transfer(&mut world, eve, judge, 1);
    }
    let history = place(eve.into_word(), U256::from(HISTORY).into());
    let entry = |number: usize| checkpoint(seconds[number], SHARE - number as u128);
    assert_eq!(read(&world, place(U256::ZERO.into(), history)), entry(0) | (entry(1) << 128));
    assert_eq!(read(&world, place(U256::from(1).into(), history)), entry(2));
}

#[test]
fn an_allowance_is_a_word() {
    let mut world = World::new();
    let (eve, judge) = (world.cast.eve, world.cast.judge);
    approve(&mut world, eve, judge, U256::MAX);
    let of_eve = place(eve.into_word(), U256::from(ALLOWANCES).into());
    assert_eq!(read(&world, place(judge.into_word(), of_eve)), U256::MAX);
}

#[test]
fn what_was_burned_is_a_word() {
    let mut world = World::new();
    let eve = world.cast.eve;
    let second = next_second(&mut world);
    world.token(eve, &ILnqToken::burnCall { value: U256::from(5) }).expect("burn");
    let slot: U256 = world.slot(world.suite.token, U256::from(BURNED)).into();
    assert_eq!(slot, (checkpoint(second, 5) << 128) | U256::from(1), "and one older checkpoint, of the mint");
}

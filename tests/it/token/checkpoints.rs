use alloy::primitives::U64;

use super::*;

/// Slot of the mapping of accounts, and of that of histories.
const ACCOUNTS: u64 = 1;
const HISTORY: u64 = 4;

fn length(world: &World, account: Address) -> u32 {
    world.read(world.suite.token, &ILnqToken::numCheckpointsCall { account })
}

fn checkpoint(world: &World, account: Address, index: u32) -> Result<(u64, u128), Refusal> {
    let call = ILnqToken::checkpointsCall { account, index };
    let read = world.call(Address::ZERO, world.suite.token, &call)?;
    Ok((read.since.to(), read.votes.to()))
}

mod when_there_is_no_such_checkpoint {
    use super::*;

    #[test]
    fn it_reverts_with_no_checkpoint() {
        let mut world = World::new();
        let eve = world.cast.eve;
        for count in 0..3_u32 {
            for index in [count, count + 1, u32::MAX] {
                let error = ILnqToken::VotesNoCheckpoint { index: U256::from(index), length: U256::from(count) };
                assert_refused(checkpoint(&world, eve, index), &error);
            }
            assert_eq!(length(&world, eve), count);
            next_second(&mut world);
            let delegatee = if count % 2 == 0 { eve } else { Address::ZERO };
            delegate(&mut world, eve, delegatee);
        }
    }
}

mod given_changes {
    use super::*;

    #[test]
    fn it_has_one_for_each_second_with_a_change() {
        let mut world = World::new();
        let (eve, judge) = (world.cast.eve, world.cast.judge);
        let mut expected = vec![(next_second(&mut world), SHARE)];
        delegate(&mut world, eve, eve);
        for step in 1..8 {
            let second = next_second(&mut world);
            transfer(&mut world, eve, judge, 2);
            transfer(&mut world, judge, eve, 1);
            expected.push((second, SHARE - step));
        }
        assert_eq!(length(&world, eve), 8);
        let found: Vec<_> = (0..8).map(|index| checkpoint(&world, eve, index).expect("it is there")).collect();
        assert_eq!(found, expected);
    }
}

/// Gives `account` a history of `count` checkpoints, one every other second up to two seconds ago, with as many votes as
/// their number; and a latest one of now, with `count` votes.
fn give_history(world: &mut World, account: Address, count: u32) {
    let (token, now) = (world.suite.token, world.now());
    let bits = |since: u64, votes: u64| -> U256 { (U256::from(since) << 90) | U256::from(votes) };
    let since = |entry: u32| now - 2 * u64::from(count - entry);
    let of_account = place(account.into_word(), U256::from(HISTORY).into());
    for pair in 0..count.div_ceil(2) {
        let entry = |entry: u32| -> U256 { if entry < count { bits(since(entry), entry.into()) } else { U256::ZERO } };
        let word: U256 = entry(2 * pair) | (entry(2 * pair + 1) << 128);
        let slot = place(U256::from(pair).into(), of_account);
        world.node_mut().set_storage(token, slot.into(), word.into());
    }
    let slot: U256 = place(account.into_word(), U256::from(ACCOUNTS).into()).into();
    let word: U256 = (U256::from(count) << 98) | (bits(now, count.into()) << 128);
    world.node_mut().set_storage(token, slot, word.into());
}

/// What a lookup costs, with what it finds.
fn lookup(world: &World, account: Address, second: u64) -> (u64, u64) {
    use alloy::{eips::BlockId, rpc::types::TransactionRequest};
    use nitro_devnode::CallOptions;

    let call = ILnqToken::getPastVotesCall { account, timepoint: U256::from(second) };
    let request = TransactionRequest::default().to(world.suite.token).input(call.abi_encode().into());
    let called = world.node().call_with(&request, &CallOptions::at(BlockId::pending())).expect("a call");
    let output = called.result.expect("it succeeds");
    let found = U64::from(ILnqToken::getPastVotesCall::abi_decode_returns(&output).expect("a number").to::<u64>());
    (called.gas_used, found.to())
}

mod given_very_many {
    use super::*;

    /// More than each further halving of the history may cost: one cold word of storage and the work on it.
    const STEP: u64 = 2_300;

    #[test]
    fn a_lookup_takes_as_many_steps_as_the_number_can_be_halved() {
        let mut world = World::new();
        let account = Address::repeat_byte(0x77);
        let now = next_second(&mut world);
        let mut costs = Vec::new();
        let sizes: &[u32] =
            if linq_tests::is_nightly() { &[0, 1, 10, 1_000, 100_000, 1_000_000] } else { &[0, 1, 10, 1_000, 100_000] };
        for count in sizes {
            world.rehearse(|world| {
                give_history(world, account, *count);
                let entries = [0, 1, count / 3, count / 2, count.saturating_sub(2), count.saturating_sub(1)];
                let dearest = entries.iter().filter(|entry| *entry < count).map(|entry| {
                    let since = now - 2 * u64::from(count - entry);
                    let (gas, votes) = lookup(world, account, since);
                    assert_eq!(votes, u64::from(*entry), "at its second");
                    assert_eq!(lookup(world, account, since + 1).1, u64::from(*entry), "a second later");
                    let earlier = lookup(world, account, since - 1).1;
                    assert_eq!(earlier, u64::from(entry.saturating_sub(1)), "a second earlier");
                    gas
                });
                costs.push((*count, dearest.max().unwrap_or_else(|| lookup(world, account, now - 1).0)));
            });
        }
        let nothing = costs[0].1;
        for (count, gas) in costs {
            let halvings = u64::from(count.checked_ilog2().map_or(0, |log| log + 1));
            assert!(gas <= nothing + STEP * (halvings + 1), "{gas} gas among {count}, {nothing} among none");
        }
    }
}

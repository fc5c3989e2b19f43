use super::*;

/// Where a map keeps what is under `key` in `slot`.
fn mapped(key: B256, slot: u8) -> U256 {
    keccak256((key, U256::from(slot)).abi_encode()).into()
}

#[test]
fn the_siblings_and_a_dispute_lie_where_the_docs_of_the_state_say() {
    let mut quarrel = Quarrel::disputed(3);
    let cast = quarrel.room.world.cast;
    quarrel.concede(cast.requester, 5).expect("concession");
    quarrel.concede(cast.owner, 17).expect("concession");
    let kept = quarrel.kept();
    let (world, work) = (&quarrel.room.world, keccak256((quarrel.job, 0_u16).abi_encode()));
    let Suite { jobs, registry, escrow, court, disputes, .. } = world.suite;
    for (slot, address) in [(0, jobs), (1, registry), (2, escrow), (3, court), (4, cast.deployer)] {
        assert_eq!(world.slot(disputes, U256::from(slot)), address.into_word(), "slot {slot}");
    }
    let fields = [
        (kept.dispute, 0),
        (kept.neutralFrom, 64),
        (kept.provider.into(), 104),
        (1, 136),
        (3, 152),
        (20, 160),
        (5, 168),
        (17, 176),
    ];
    let word = fields.into_iter().fold(U256::ZERO, |word, (value, from)| word | (U256::from(value) << from));
    assert_eq!(world.slot(disputes, mapped(work, 5)), B256::from(word));
}

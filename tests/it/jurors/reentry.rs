//! No token calls back, ours least of all. A token that does finds every entry closed.

use super::*;

/// Jurors over a token of somebody else, with a court; `next` is where they will be.
fn over(world: &mut World, token: Address) -> Address {
    let jurors = world.construct("jurors", jurors_arguments(token, UNSTAKING)).expect("construction");
    let (deployer, court) = (world.cast.deployer, world.place(&Stub::word(7)));
    world.send(deployer, jurors, &IJurors::wireCall { court }).expect("wiring");
    jurors
}

/// What an entry answers to a token that calls it in the middle of staking.
fn reply(input: Vec<u8>) -> Bytes {
    let mut world = World::new();
    // The address of the jurors is known before the token that calls them is placed.
    let jurors = world.next_contract();
    let token = world.place(&Stub::CallsBack { target: jurors, input, agrees: true });
    assert_eq!(over(&mut world, token), jurors);
    let sent = world.send(Cast::ALL.eve, jurors, &IJurors::stakeCall { amount: u96(lnq(1)) }).expect("stake");
    let log = sent.receipt.logs.iter().find(|log| log.inner.address == token).expect("it called back");
    log.inner.data.data.clone()
}

#[test]
fn it_reverts_with_empty_data() {
    let amount = u96(lnq(1));
    assert_eq!(reply(IJurors::stakeCall { amount }.abi_encode()), Bytes::new());
    assert_eq!(reply(IJurors::leaveCall { amount }.abi_encode()), Bytes::new());
    assert_eq!(reply(IJurors::unstakeCall {}.abi_encode()), Bytes::new());
    assert_eq!(reply(IJurors::seizeCall { jurors: vec![], amounts: vec![] }.abi_encode()), Bytes::new());
}

#[test]
fn it_answers_no_view_either() {
    assert_eq!(reply(IJurors::countCall {}.abi_encode()), Bytes::new());
    assert_eq!(reply(IJurors::jurorCall { id: 1 }.abi_encode()), Bytes::new());
}

mod given_the_token_misbehaves {
    use super::*;

    /// What jurors over a token that answers like `stub` make of a stake.
    fn stake_with(stub: &Stub) -> Result<(), Refusal> {
        let mut world = World::new();
        let token = world.place(stub);
        let jurors = over(&mut world, token);
        world.send(Cast::ALL.eve, jurors, &IJurors::stakeCall { amount: u96(lnq(1)) }).map(drop)
    }

    #[test]
    fn it_reverts_with_token_failed_unless_the_answer_is_exactly_true() {
        for stub in [
            Stub::Returns(Vec::new()),
            Stub::Returns(vec![0; 31]),
            Stub::Returns(vec![0; 64]),
            Stub::word(0),
            Stub::word(2),
            Stub::Reverts(Vec::new()),
            Stub::Halts,
        ] {
            assert_refused(stake_with(&stub), &IJurors::JurorsTokenFailed {});
        }
        stake_with(&Stub::word(1)).expect("a token that says true");
    }

    #[test]
    fn it_passes_its_reason_on() {
        let error = ILnqToken::ERC20InvalidReceiver { receiver: Address::repeat_byte(7) };
        assert_refused(stake_with(&Stub::Reverts(error.abi_encode())), &error);
    }
}

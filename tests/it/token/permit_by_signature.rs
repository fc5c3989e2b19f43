use linq_tests::Permit;

use super::*;

/// `owner` lets the keeper take 5, until an hour from now.
fn permit(world: &World, owner: Address) -> Permit {
    world.permit(owner, world.cast.keeper, U256::from(5))
}

fn call(permit: &Permit, signature: impl Into<Bytes>) -> ILnqToken::permit_1Call {
    let Permit { owner, spender, value, deadline, .. } = *permit;
    ILnqToken::permit_1Call { owner, spender, value, deadline, signature: signature.into() }
}

/// 65 bytes by `signer`.
fn signed(world: &World, signer: Address, permit: &Permit) -> Vec<u8> {
    world.sign(permit, &world.permit_domain(), signer).as_bytes().to_vec()
}

mod when_the_deadline_has_passed {
    use super::*;

    #[test]
    fn it_reverts_with_expired_signature() {
        let mut world = World::new();
        let (permit, keeper) = (permit(&world, world.cast.eve), world.cast.keeper);
        let call = call(&permit, signed(&world, permit.owner, &permit));
        world.at(permit.deadline.to::<u64>() + 1);
        assert_refused(world.token(keeper, &call), &ILnqToken::ERC2612ExpiredSignature { deadline: permit.deadline });
    }
}

mod given_an_account_without_code {
    use super::*;

    #[test]
    fn it_reverts_with_invalid_length_unless_there_are_65_bytes() {
        let mut world = World::new();
        let (permit, keeper) = (permit(&world, world.cast.eve), world.cast.keeper);
        let good = signed(&world, permit.owner, &permit);
        for length in [0, 1, 32, 64, 66, 96, 130] {
            let mut bytes = good.clone();
            bytes.resize(length, 0);
            let error = ILnqToken::ECDSAInvalidSignatureLength { length: U256::from(length) };
            assert_refused(world.token(keeper, &call(&permit, bytes)), &error);
        }
    }

    #[test]
    fn it_reverts_with_invalid_signature_where_no_key_made_it() {
        let mut world = World::new();
        let (permit, keeper) = (permit(&world, world.cast.eve), world.cast.keeper);
        let mut bytes = signed(&world, permit.owner, &permit);
        bytes[64] = 29;
        assert_refused(world.token(keeper, &call(&permit, bytes)), &ILnqToken::ECDSAInvalidSignature {});
    }

    #[test]
    fn it_reverts_with_invalid_signer_where_another_key_made_it() {
        let mut world = World::new();
        let (permit, keeper, signer) = (permit(&world, world.cast.eve), world.cast.keeper, world.cast.requester);
        let call = call(&permit, signed(&world, signer, &permit));
        let error = ILnqToken::ERC2612InvalidSigner { signer, owner: permit.owner };
        assert_refused(world.token(keeper, &call), &error);
    }

    #[test]
    fn it_gives_nothing_in_the_name_of_zero() {
        let mut world = World::new();
        let (permit, keeper) = (permit(&world, Address::ZERO), world.cast.keeper);
        assert_refused(world.token(keeper, &call(&permit, vec![0; 65])), &ILnqToken::ECDSAInvalidSignature {});
    }

    #[test]
    fn it_approves_as_the_other_form_does() {
        let mut world = World::new();
        let (permit, keeper, token) = (permit(&world, world.cast.eve), world.cast.keeper, world.suite.token);
        let call = call(&permit, signed(&world, permit.owner, &permit));
        let sent = world.token(keeper, &call).expect("permit");
        let approval = ILnqToken::Approval { owner: permit.owner, spender: permit.spender, value: permit.value };
        assert_eq!(sent.emitted(), [emitted(token, &approval)]);
        assert_eq!(allowance(&world, permit.owner, permit.spender), permit.value);
        let next = Permit { nonce: U256::from(1), ..permit.clone() };
        let again = world.token(keeper, &call).expect_err("its nonce is used");
        assert!(again.data.starts_with(&ILnqToken::ERC2612InvalidSigner::SELECTOR), "{again:?}");
        assert_eq!(self::permit(&world, next.owner).nonce, next.nonce);
    }
}

mod given_a_contract {
    use super::*;

    #[test]
    fn it_reverts_with_invalid_signer_where_it_does_not_agree() {
        let mut world = World::new();
        let keeper = world.cast.keeper;
        let magic: Vec<u8> = hex::decode("1626ba7e").expect("hex");
        let dirty: Vec<u8> = [magic.as_slice(), &[0; 27], &[1]].concat();
        let stubs = [
            Stub::Returns(vec![0xff; 32]),
            Stub::word(1),
            Stub::Returns(magic.clone()),
            Stub::Returns(dirty),
            Stub::Returns(Vec::new()),
            Stub::Reverts([magic.as_slice(), &[0; 28]].concat()),
            Stub::Halts,
        ];
        for stub in stubs {
            let owner = world.place(&stub);
            let call = call(&permit(&world, owner), vec![1; 65]);
            let error = ILnqToken::ERC2612InvalidSigner { signer: Address::ZERO, owner };
            assert_refused(world.token(keeper, &call), &error);
            assert_eq!(allowance(&world, owner, keeper), U256::ZERO);
        }
    }

    #[test]
    fn no_key_counts_for_it() {
        let mut world = World::new();
        let (keeper, eve) = (world.cast.keeper, world.cast.eve);
        let permit = permit(&world, eve);
        let call = call(&permit, signed(&world, eve, &permit));
        // An account of a key that was given code, as by EIP-7702.
        world.node_mut().set_code(eve, Stub::word(0).code().into());
        let error = ILnqToken::ERC2612InvalidSigner { signer: Address::ZERO, owner: eve };
        assert_refused(world.token(keeper, &call), &error);
    }

    #[test]
    fn it_finds_no_way_back_in() {
        let mut world = World::new();
        let (token, keeper) = (world.suite.token, world.cast.keeper);
        let input = ILnqToken::transferCall { to: keeper, value: U256::from(1) }.abi_encode();
        let owner = world.place(&Stub::CallsBack { target: token, input, agrees: true });
        world.give(owner, 5);
        let call = call(&permit(&world, owner), vec![]);
        assert_refused(world.token(keeper, &call), &ILnqToken::ERC2612InvalidSigner { signer: Address::ZERO, owner });
        assert_eq!(world.balance(owner), 5);
    }

    #[test]
    fn it_approves_where_it_agrees_whatever_the_bytes() {
        let mut world = World::new();
        let (keeper, owner) = (world.cast.keeper, contract_account(&mut world, true));
        for (nonce, length) in [0, 1, 64, 65, 66, 1_000].into_iter().enumerate() {
            let permit = Permit { value: U256::from(length), ..permit(&world, owner) };
            assert_eq!(permit.nonce, U256::from(nonce));
            world.token(keeper, &call(&permit, vec![7; length])).expect("permit");
            assert_eq!(allowance(&world, owner, keeper), permit.value);
        }
    }

    #[test]
    fn its_nonces_count_on_beyond_what_its_own_word_counts() {
        let mut world = World::new();
        let (keeper, owner) = (world.cast.keeper, contract_account(&mut world, true));
        for nonce in 0..260_u64 {
            let permit = permit(&world, owner);
            assert_eq!(permit.nonce, U256::from(nonce));
            world.token(keeper, &call(&permit, vec![])).expect("permit");
        }
        assert_eq!((world.balance(owner), votes(&world, owner)), (0, 0));
    }
}

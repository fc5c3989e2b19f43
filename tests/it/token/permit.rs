use alloy::sol_types::SolStruct;
use linq_tests::Permit;

use super::*;

/// Half of the order of secp256k1: a larger `s` is a second form of the same signature.
const HALF_ORDER: U256 =
    U256::from_limbs([0xdfe9_2f46_681b_20a0, 0x5d57_6e73_57a4_501d, u64::MAX, 0x7fff_ffff_ffff_ffff]);

/// Eve lets the keeper take 5, until an hour from now.
fn permit(world: &World) -> Permit {
    world.permit(world.cast.eve, world.cast.keeper, U256::from(5))
}

/// `permit` with the signature of `signer`.
fn signed_by(world: &World, signer: Address, permit: &Permit) -> ILnqToken::permit_0Call {
    world.signed(permit, &world.permit_domain(), signer)
}

fn nonce(world: &World) -> U256 {
    world.read(world.suite.token, &ILnqToken::noncesCall { owner: world.cast.eve })
}

/// Whom a signature is for, recovered as the contract does; who signed something else signs as somebody.
fn recovered(world: &World, permit: &Permit, call: &ILnqToken::permit_0Call) -> Address {
    let hash = permit.eip712_signing_hash(&world.permit_domain());
    let signature = alloy::primitives::Signature::new(call.r.into(), call.s.into(), call.v == 28);
    signature.recover_address_from_prehash(&hash).expect("a signature")
}

mod when_the_deadline_has_passed {
    use super::*;

    #[test]
    fn it_reverts_with_expired_signature() {
        let mut world = World::new();
        let permit = permit(&world);
        let (call, keeper) = (signed_by(&world, permit.owner, &permit), world.cast.keeper);
        world.at(permit.deadline.to::<u64>() + 1);
        let error = ILnqToken::ERC2612ExpiredSignature { deadline: permit.deadline };
        assert_refused(world.token(keeper, &call), &error);
    }
}

mod when_somebody_else_signed {
    use super::*;

    #[test]
    fn it_reverts_with_invalid_signer() {
        let mut world = World::new();
        let permit = permit(&world);
        let (signer, keeper) = (world.cast.requester, world.cast.keeper);
        let call = signed_by(&world, signer, &permit);
        let error = ILnqToken::ERC2612InvalidSigner { signer, owner: permit.owner };
        assert_refused(world.token(keeper, &call), &error);
    }
}

mod when_something_else_was_signed {
    use super::*;

    #[test]
    fn it_reverts_with_invalid_signer() {
        let mut world = World::new();
        let (permit, keeper, judge) = (permit(&world), world.cast.keeper, world.cast.judge);
        let good = signed_by(&world, permit.owner, &permit);
        let other_value = ILnqToken::permit_0Call { value: U256::from(6), ..good.clone() };
        let other_spender = ILnqToken::permit_0Call { spender: judge, ..good.clone() };
        let other_deadline = ILnqToken::permit_0Call { deadline: permit.deadline + U256::from(1), ..good.clone() };
        for call in [other_value, other_spender, other_deadline] {
            let said = Permit { value: call.value, spender: call.spender, deadline: call.deadline, ..permit.clone() };
            let error =
                ILnqToken::ERC2612InvalidSigner { signer: recovered(&world, &said, &call), owner: permit.owner };
            assert_refused(world.token(keeper, &call), &error);
        }
        assert_eq!(nonce(&world), U256::ZERO);
    }
}

mod when_it_was_signed_for_another_nonce {
    use super::*;

    #[test]
    fn it_reverts_with_invalid_signer() {
        let mut world = World::new();
        let permit = permit(&world);
        let later = Permit { nonce: U256::from(1), ..permit.clone() };
        let (call, keeper) = (signed_by(&world, permit.owner, &later), world.cast.keeper);
        let error = ILnqToken::ERC2612InvalidSigner { signer: recovered(&world, &permit, &call), owner: permit.owner };
        assert_refused(world.token(keeper, &call), &error);
    }

    #[test]
    fn it_reverts_the_second_time() {
        let mut world = World::new();
        let permit = permit(&world);
        let (call, keeper) = (signed_by(&world, permit.owner, &permit), world.cast.keeper);
        world.token(keeper, &call).expect("permit");
        let next = Permit { nonce: U256::from(1), ..permit.clone() };
        let error = ILnqToken::ERC2612InvalidSigner { signer: recovered(&world, &next, &call), owner: permit.owner };
        assert_refused(world.token(keeper, &call), &error);
    }
}

mod when_it_was_signed_for_another_token_or_chain {
    use alloy::sol_types::Eip712Domain;

    use super::*;

    #[test]
    fn it_reverts_with_invalid_signer() {
        let mut world = World::new();
        let (permit, keeper) = (permit(&world), world.cast.keeper);
        let right = world.permit_domain();
        let chain = Eip712Domain { chain_id: Some(U256::from(42_161)), ..right.clone() };
        let token = Eip712Domain { verifying_contract: Some(world.suite.escrow), ..right.clone() };
        let name = Eip712Domain { name: Some("Linq".into()), ..right.clone() };
        let version = Eip712Domain { version: Some("2".into()), ..right };
        for domain in [chain, token, name, version] {
            let call = world.signed(&permit, &domain, permit.owner);
            let signer = recovered(&world, &permit, &call);
            assert_refused(
                world.token(keeper, &call),
                &ILnqToken::ERC2612InvalidSigner { signer, owner: permit.owner },
            );
        }
    }
}

mod when_the_signature_has_its_second_form {
    use super::*;

    #[test]
    fn it_reverts_with_invalid_signature_s() {
        let mut world = World::new();
        let (permit, keeper) = (permit(&world), world.cast.keeper);
        let call = signed_by(&world, permit.owner, &permit);
        let s = U256::from_be_bytes(call.s.0);
        assert!(s <= HALF_ORDER, "signers give the low form");
        let order = HALF_ORDER * U256::from(2) + U256::from(1);
        let high = ILnqToken::permit_0Call { s: (order - s).into(), v: 55 - call.v, ..call };
        assert_eq!(recovered(&world, &permit, &high), permit.owner, "the mathematics accepts it");
        let error = ILnqToken::ECDSAInvalidSignatureS { s: high.s };
        assert_refused(world.token(keeper, &high), &error);
    }
}

mod when_the_signature_is_no_signature {
    use super::*;

    #[test]
    fn it_reverts_with_invalid_signature() {
        let mut world = World::new();
        let (permit, keeper) = (permit(&world), world.cast.keeper);
        let good = signed_by(&world, permit.owner, &permit);
        let calls = [
            ILnqToken::permit_0Call { v: 0, ..good.clone() },
            ILnqToken::permit_0Call { v: 26, ..good.clone() },
            ILnqToken::permit_0Call { v: 29, ..good.clone() },
            ILnqToken::permit_0Call { v: u8::MAX, ..good.clone() },
            ILnqToken::permit_0Call { r: B256::ZERO, ..good.clone() },
            ILnqToken::permit_0Call { s: B256::ZERO, ..good.clone() },
            ILnqToken::permit_0Call { r: B256::repeat_byte(0xff), ..good },
        ];
        for call in calls {
            assert_refused(world.token(keeper, &call), &ILnqToken::ECDSAInvalidSignature {});
        }
    }

    #[test]
    fn it_gives_nothing_in_the_name_of_zero() {
        let mut world = World::new();
        let (permit, keeper) = (permit(&world), world.cast.keeper);
        let call = ILnqToken::permit_0Call { owner: Address::ZERO, v: 0, ..signed_by(&world, permit.owner, &permit) };
        assert!(world.token(keeper, &call).is_err());
        assert_eq!(allowance(&world, Address::ZERO, keeper), U256::ZERO);
    }
}

mod when_the_spender_is_zero {
    use super::*;

    #[test]
    fn it_reverts_with_invalid_spender() {
        let mut world = World::new();
        let permit = Permit { spender: Address::ZERO, ..permit(&world) };
        let (call, keeper) = (signed_by(&world, permit.owner, &permit), world.cast.keeper);
        assert_refused(world.token(keeper, &call), &ILnqToken::ERC20InvalidSpender { spender: Address::ZERO });
    }
}

mod when_everything_is_right {
    use super::*;

    #[test]
    fn it_approves_for_whoever_brings_it_and_counts_the_nonce() {
        let mut world = World::new();
        let (permit, judge, token) = (permit(&world), world.cast.judge, world.suite.token);
        let call = signed_by(&world, permit.owner, &permit);
        let sent = world.token(judge, &call).expect("permit");
        let approval = ILnqToken::Approval { owner: permit.owner, spender: permit.spender, value: permit.value };
        assert_eq!(sent.emitted(), [emitted(token, &approval)]);
        assert_eq!(allowance(&world, permit.owner, permit.spender), permit.value);
        assert_eq!(nonce(&world), U256::from(1));
    }

    #[test]
    fn it_counts_until_its_deadline_and_in_that_very_second() {
        let mut world = World::new();
        let permit = permit(&world);
        let (call, keeper) = (signed_by(&world, permit.owner, &permit), world.cast.keeper);
        world.at(permit.deadline.to());
        world.token(keeper, &call).expect("permit");
    }

    #[test]
    fn it_counts_every_nonce_in_turn() {
        let mut world = World::new();
        let keeper = world.cast.keeper;
        for number in 0..3_u8 {
            let permit = Permit { value: U256::from(number), ..permit(&world) };
            assert_eq!(permit.nonce, U256::from(number));
            let call = signed_by(&world, permit.owner, &permit);
            world.token(keeper, &call).expect("permit");
            assert_eq!(allowance(&world, permit.owner, keeper), permit.value);
        }
    }

    #[test]
    fn its_nonce_is_that_of_the_owner_alone() {
        let mut world = World::new();
        let (permit, keeper, token) = (permit(&world), world.cast.keeper, world.suite.token);
        let call = signed_by(&world, permit.owner, &permit);
        world.token(keeper, &call).expect("permit");
        assert_eq!(world.read(token, &ILnqToken::noncesCall { owner: keeper }), U256::ZERO);
    }
}

mod when_somebody_else_brought_it_first {
    use super::*;

    #[test]
    fn it_is_refused_and_the_spender_can_take_all_the_same() {
        let mut world = World::new();
        let (permit, mallory, judge) = (permit(&world), world.cast.mallory, world.cast.judge);
        let call = signed_by(&world, permit.owner, &permit);
        world.token(mallory, &call).expect("permit");
        let next = Permit { nonce: U256::from(1), ..permit.clone() };
        let error = ILnqToken::ERC2612InvalidSigner { signer: recovered(&world, &next, &call), owner: permit.owner };
        assert_refused(world.token(permit.spender, &call), &error);
        let take = ILnqToken::transferFromCall { from: permit.owner, to: judge, value: permit.value };
        world.token(permit.spender, &take).expect("transfer");
        assert_eq!(U256::from(world.balance(judge)), permit.value);
    }
}

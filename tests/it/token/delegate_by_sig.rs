use alloy::sol_types::{Eip712Domain, SolStruct};
use linq_tests::Delegation;

use super::*;

/// Half of the order of secp256k1: a larger `s` is a second form of the same signature.
const HALF_ORDER: U256 =
    U256::from_limbs([0xdfe9_2f46_681b_20a0, 0x5d57_6e73_57a4_501d, u64::MAX, 0x7fff_ffff_ffff_ffff]);

/// Eve lets the judge vote, until an hour from now.
fn delegation(world: &World) -> Delegation {
    world.delegation(world.cast.eve, world.cast.judge)
}

fn signed(world: &World, delegation: &Delegation) -> ILnqToken::delegateBySig_0Call {
    world.signed_delegation(delegation, &world.permit_domain(), world.cast.eve)
}

/// The form that names the delegator.
fn named(
    world: &World,
    delegator: Address,
    delegation: &Delegation,
    signer: Address,
) -> ILnqToken::delegateBySig_1Call {
    let signature = world.sign(delegation, &world.permit_domain(), signer).as_bytes().to_vec().into();
    let Delegation { delegatee, nonce, expiry } = *delegation;
    ILnqToken::delegateBySig_1Call { delegator, delegatee, nonce, expiry, signature }
}

mod when_it_has_expired {
    use super::*;

    #[test]
    fn it_reverts_with_expired_signature() {
        let mut world = World::new();
        let (delegation, eve, keeper) = (delegation(&world), world.cast.eve, world.cast.keeper);
        let (call, other) = (signed(&world, &delegation), named(&world, eve, &delegation, eve));
        world.at(delegation.expiry.to::<u64>() + 1);
        let error = ILnqToken::VotesExpiredSignature { expiry: delegation.expiry };
        assert_refused(world.token(keeper, &call), &error);
        assert_refused(world.token(keeper, &other), &error);
    }
}

mod when_the_signature_has_its_second_form {
    use super::*;

    #[test]
    fn it_reverts_with_invalid_signature_s() {
        let mut world = World::new();
        let (keeper, call) = (world.cast.keeper, signed(&world, &delegation(&world)));
        let order = HALF_ORDER * U256::from(2) + U256::from(1);
        let s = order - U256::from_be_bytes(call.s.0);
        let high = ILnqToken::delegateBySig_0Call { s: s.into(), v: 55 - call.v, ..call };
        assert_refused(world.token(keeper, &high), &ILnqToken::ECDSAInvalidSignatureS { s: s.into() });
    }
}

mod when_the_signature_is_no_signature {
    use super::*;

    #[test]
    fn it_reverts_with_invalid_signature() {
        let mut world = World::new();
        let (keeper, good) = (world.cast.keeper, signed(&world, &delegation(&world)));
        let calls = [
            ILnqToken::delegateBySig_0Call { v: 0, ..good.clone() },
            ILnqToken::delegateBySig_0Call { v: 29, ..good.clone() },
            ILnqToken::delegateBySig_0Call { r: B256::ZERO, ..good.clone() },
            ILnqToken::delegateBySig_0Call { s: B256::ZERO, ..good },
        ];
        for call in calls {
            assert_refused(world.token(keeper, &call), &ILnqToken::ECDSAInvalidSignature {});
        }
    }

    #[test]
    fn it_reverts_with_invalid_length_where_the_delegator_is_named() {
        let mut world = World::new();
        let (delegation, eve, keeper) = (delegation(&world), world.cast.eve, world.cast.keeper);
        let good = named(&world, eve, &delegation, eve);
        for length in [0, 64, 66] {
            let mut signature = good.signature.to_vec();
            signature.resize(length, 0);
            let call = ILnqToken::delegateBySig_1Call { signature: signature.into(), ..good.clone() };
            let error = ILnqToken::ECDSAInvalidSignatureLength { length: U256::from(length) };
            assert_refused(world.token(keeper, &call), &error);
        }
    }
}

mod when_the_nonce_is_not_the_next {
    use super::*;

    #[test]
    fn it_reverts_with_invalid_nonce() {
        let mut world = World::new();
        let (eve, keeper) = (world.cast.eve, world.cast.keeper);
        for nonce in [U256::from(1), U256::MAX] {
            let delegation = Delegation { nonce, ..delegation(&world) };
            let error = ILnqToken::InvalidAccountNonce { account: eve, currentNonce: U256::ZERO };
            assert_refused(world.token(keeper, &signed(&world, &delegation)), &error);
            assert_refused(world.token(keeper, &named(&world, eve, &delegation, eve)), &error);
        }
    }

    #[test]
    fn it_reverts_the_second_time_and_after_a_permit() {
        let mut world = World::new();
        let (eve, keeper) = (world.cast.eve, world.cast.keeper);
        let call = signed(&world, &delegation(&world));
        world.token(keeper, &call).expect("delegation");
        let error = ILnqToken::InvalidAccountNonce { account: eve, currentNonce: U256::from(1) };
        assert_refused(world.token(keeper, &call), &error);

        let call = signed(&world, &delegation(&world));
        let permit = world.permit(eve, keeper, U256::from(5));
        let permit = world.signed(&permit, &world.permit_domain(), eve);
        world.token(keeper, &permit).expect("permit");
        let error = ILnqToken::InvalidAccountNonce { account: eve, currentNonce: U256::from(2) };
        assert_refused(world.token(keeper, &call), &error);
    }
}

mod when_something_else_was_signed {
    use super::*;

    /// Whoever a signature over something else is for has neither LNQ nor a nonce that matters: their own votes move.
    #[test]
    fn it_moves_nobodys_votes_but_of_who_it_is_recovered_for() {
        let mut world = World::new();
        let (keeper, eve, judge) = (world.cast.keeper, world.cast.eve, world.cast.judge);
        let delegation = delegation(&world);
        let right = world.permit_domain();
        let chain = Eip712Domain { chain_id: Some(U256::from(42_161)), ..right.clone() };
        let token = Eip712Domain { verifying_contract: Some(world.suite.escrow), ..right.clone() };
        for domain in [chain, token] {
            let call = world.signed_delegation(&delegation, &domain, eve);
            let signature = alloy::primitives::Signature::new(call.r.into(), call.s.into(), call.v == 28);
            let hash = delegation.eip712_signing_hash(&right);
            let signer = signature.recover_address_from_prehash(&hash).expect("somebody");
            assert_ne!(signer, eve);
            let sent = world.token(keeper, &call).expect("delegation");
            assert_eq!(sent.emitted(), [redelegated(&world, signer, Address::ZERO, judge)]);
            assert_eq!(votes(&world, judge), 0);
        }
    }

    #[test]
    fn it_reverts_with_invalid_signer_where_the_delegator_is_named() {
        let mut world = World::new();
        let (keeper, eve, signer) = (world.cast.keeper, world.cast.eve, world.cast.requester);
        let call = named(&world, eve, &delegation(&world), signer);
        assert_refused(world.token(keeper, &call), &ILnqToken::VotesInvalidSigner { signer, delegator: eve });
    }
}

mod given_a_contract {
    use super::*;

    #[test]
    fn it_delegates_where_the_contract_agrees() {
        let mut world = World::new();
        let (keeper, judge) = (world.cast.keeper, world.cast.judge);
        for agrees in [false, true] {
            let delegator = contract_account(&mut world, agrees);
            world.give(delegator, 5);
            let Delegation { delegatee, nonce, expiry } = world.delegation(delegator, judge);
            let call =
                ILnqToken::delegateBySig_1Call { delegator, delegatee, nonce, expiry, signature: vec![1, 2].into() };
            let done = world.token(keeper, &call);
            if agrees {
                let expected = [redelegated(&world, delegator, Address::ZERO, judge), voted(&world, judge, 0, 5)];
                assert_eq!(done.expect("delegation").emitted(), expected);
            } else {
                assert_refused(done, &ILnqToken::VotesInvalidSigner { signer: Address::ZERO, delegator });
            }
        }
    }
}

mod when_everything_is_right {
    use super::*;

    #[test]
    fn it_delegates_for_whoever_brings_it_and_counts_the_nonce() {
        let mut world = World::new();
        let (eve, judge, keeper, token) = (world.cast.eve, world.cast.judge, world.cast.keeper, world.suite.token);
        for form in 0..2_u64 {
            let delegation = delegation(&world);
            assert_eq!(delegation.nonce, U256::from(form));
            let sent = if form == 0 {
                world.token(keeper, &signed(&world, &delegation)).expect("delegation").emitted()
            } else {
                world.token(keeper, &named(&world, eve, &delegation, eve)).expect("delegation").emitted()
            };
            assert_eq!(sent, [redelegated(&world, eve, Address::ZERO, judge), voted(&world, judge, 0, SHARE)]);
            assert_eq!(world.read(token, &ILnqToken::noncesCall { owner: eve }), U256::from(form + 1));
            delegate(&mut world, eve, Address::ZERO);
        }
    }

    #[test]
    fn it_counts_in_the_very_second_of_its_expiry() {
        let mut world = World::new();
        let (delegation, keeper) = (delegation(&world), world.cast.keeper);
        let call = signed(&world, &delegation);
        world.at(delegation.expiry.to());
        world.token(keeper, &call).expect("delegation");
    }
}

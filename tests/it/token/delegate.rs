use super::*;

fn delegates(world: &World, account: Address) -> Address {
    world.read(world.suite.token, &ILnqToken::delegatesCall { account })
}

mod given_nobody_delegated {
    use super::*;

    #[test]
    fn nobody_has_votes_whatever_they_hold() {
        let mut world = World::new();
        let (eve, judge) = (world.cast.eve, world.cast.judge);
        let sent = transfer(&mut world, eve, judge, 5);
        assert_eq!(sent.emitted(), [moved(&world, eve, judge, 5)]);
        for account in [eve, judge] {
            assert_eq!((votes(&world, account), delegates(&world, account)), (0, Address::ZERO));
        }
    }
}

mod when_one_delegates_to_oneself {
    use super::*;

    #[test]
    fn it_gives_the_votes_of_the_balance() {
        let mut world = World::new();
        let eve = world.cast.eve;
        let sent = delegate(&mut world, eve, eve);
        assert_eq!(sent.emitted(), [redelegated(&world, eve, Address::ZERO, eve), voted(&world, eve, 0, SHARE)]);
        assert_eq!((votes(&world, eve), delegates(&world, eve)), (SHARE, eve));
        assert_eq!(world.balance(eve), SHARE);
    }

    #[test]
    fn it_changes_nothing_the_second_time() {
        let mut world = World::new();
        let eve = world.cast.eve;
        delegate(&mut world, eve, eve);
        let sent = delegate(&mut world, eve, eve);
        assert_eq!(sent.emitted(), [redelegated(&world, eve, eve, eve)]);
        assert_eq!(votes(&world, eve), SHARE);
    }
}

mod when_one_delegates_to_somebody_else {
    use super::*;

    #[test]
    fn it_gives_them_the_votes_and_keeps_the_balance() {
        let mut world = World::new();
        let (eve, judge) = (world.cast.eve, world.cast.judge);
        let sent = delegate(&mut world, eve, judge);
        assert_eq!(sent.emitted(), [redelegated(&world, eve, Address::ZERO, judge), voted(&world, judge, 0, SHARE)]);
        assert_eq!((votes(&world, eve), votes(&world, judge)), (0, SHARE));
        assert_eq!((world.balance(eve), world.balance(judge)), (SHARE, 0));
    }

    #[test]
    fn it_moves_the_votes_from_one_to_the_next() {
        let mut world = World::new();
        let (eve, judge, keeper) = (world.cast.eve, world.cast.judge, world.cast.keeper);
        delegate(&mut world, eve, judge);
        let sent = delegate(&mut world, eve, keeper);
        let expected =
            [redelegated(&world, eve, judge, keeper), voted(&world, judge, SHARE, 0), voted(&world, keeper, 0, SHARE)];
        assert_eq!(sent.emitted(), expected);
        assert_eq!(delegates(&world, eve), keeper);
    }

    #[test]
    fn it_does_not_pass_on_what_others_delegated() {
        let mut world = World::new();
        let (eve, owner, judge) = (world.cast.eve, world.cast.owner, world.cast.judge);
        delegate(&mut world, eve, owner);
        delegate(&mut world, owner, judge);
        assert_eq!((votes(&world, owner), votes(&world, judge)), (SHARE, SHARE));
    }

    #[test]
    fn it_adds_up_what_several_delegate() {
        let mut world = World::new();
        let (eve, owner, rival) = (world.cast.eve, world.cast.owner, world.cast.rival);
        for delegator in [eve, owner, rival] {
            delegate(&mut world, delegator, rival);
        }
        assert_eq!(votes(&world, rival), 3 * SHARE);
        delegate(&mut world, rival, eve);
        assert_eq!((votes(&world, rival), votes(&world, eve)), (2 * SHARE, SHARE));
    }
}

mod when_one_delegates_to_nobody {
    use super::*;

    #[test]
    fn it_takes_the_votes_back() {
        let mut world = World::new();
        let (eve, judge) = (world.cast.eve, world.cast.judge);
        for delegatee in [eve, judge] {
            delegate(&mut world, eve, delegatee);
            let sent = delegate(&mut world, eve, Address::ZERO);
            assert_eq!(
                sent.emitted(),
                [redelegated(&world, eve, delegatee, Address::ZERO), voted(&world, delegatee, SHARE, 0)]
            );
            assert_eq!((votes(&world, delegatee), delegates(&world, eve)), (0, Address::ZERO));
        }
        assert_eq!(votes(&world, Address::ZERO), 0);
    }
}

mod given_delegates {
    use super::*;

    #[test]
    fn a_transfer_moves_votes_from_the_one_to_the_other() {
        let mut world = World::new();
        let (eve, owner, judge, keeper) = (world.cast.eve, world.cast.owner, world.cast.judge, world.cast.keeper);
        for (from, to) in [(eve, owner), (judge, keeper), (judge, judge), (eve, eve), (eve, judge), (judge, eve)] {
            world.rehearse(|world| {
                let (payer, payee) = (from, to);
                delegate(world, eve, payer);
                delegate(world, owner, payee);
                let sent = transfer(world, eve, owner, 7);
                let mut expected = vec![moved(world, eve, owner, 7)];
                expected.push(voted(world, payer, SHARE, SHARE - 7));
                if payer != payee {
                    expected.push(voted(world, payee, SHARE, SHARE + 7));
                    assert_eq!(sent.emitted(), expected);
                    assert_eq!((votes(world, payer), votes(world, payee)), (SHARE - 7, SHARE + 7));
                } else {
                    assert_eq!(sent.emitted(), [moved(world, eve, owner, 7)]);
                    assert_eq!(votes(world, payer), 2 * SHARE);
                }
            });
        }
    }

    #[test]
    fn a_transfer_takes_votes_from_one_side_where_the_other_has_no_delegate() {
        let mut world = World::new();
        let (eve, judge) = (world.cast.eve, world.cast.judge);
        delegate(&mut world, eve, eve);
        let sent = transfer(&mut world, eve, judge, 7);
        assert_eq!(sent.emitted(), [moved(&world, eve, judge, 7), voted(&world, eve, SHARE, SHARE - 7)]);
        let sent = transfer(&mut world, judge, eve, 7);
        assert_eq!(sent.emitted(), [moved(&world, judge, eve, 7), voted(&world, eve, SHARE - 7, SHARE)]);
    }

    #[test]
    fn a_transfer_of_nothing_or_to_oneself_moves_no_votes() {
        let mut world = World::new();
        let (eve, judge) = (world.cast.eve, world.cast.judge);
        delegate(&mut world, eve, eve);
        let sent = transfer(&mut world, eve, judge, 0);
        assert_eq!(sent.emitted(), [moved(&world, eve, judge, 0)]);
        let sent = transfer(&mut world, eve, eve, 7);
        assert_eq!(sent.emitted(), [moved(&world, eve, eve, 7)]);
        assert_eq!((votes(&world, eve), world.balance(eve)), (SHARE, SHARE));
    }

    #[test]
    fn burning_takes_the_votes_of_what_is_burned() {
        let mut world = World::new();
        let (eve, judge) = (world.cast.eve, world.cast.judge);
        delegate(&mut world, eve, judge);
        let sent = world.token(eve, &ILnqToken::burnCall { value: U256::from(7) }).expect("burn");
        let expected = [moved(&world, eve, Address::ZERO, 7), voted(&world, judge, SHARE, SHARE - 7)];
        assert_eq!(sent.emitted(), expected);
    }

    #[test]
    fn nonces_and_votes_share_a_word_in_peace() {
        let mut world = World::new();
        let (eve, keeper, judge) = (world.cast.eve, world.cast.keeper, world.cast.judge);
        delegate(&mut world, eve, eve);
        for number in 0..3_u8 {
            let permit = world.permit(eve, keeper, U256::from(number));
            assert_eq!(permit.nonce, U256::from(number));
            let call = world.signed(&permit, &world.permit_domain(), eve);
            world.token(keeper, &call).expect("permit");
            next_second(&mut world);
            transfer(&mut world, eve, judge, 1);
        }
        assert_eq!((votes(&world, eve), world.balance(eve)), (SHARE - 3, SHARE - 3));
    }
}

mod given_lnq_in_the_hands_of_the_suite {
    use super::*;

    #[test]
    fn it_votes_for_nobody() {
        let mut world = World::new();
        let (requester, owner, suite) = (world.cast.requester, world.cast.owner, world.suite);
        for person in [requester, owner] {
            delegate(&mut world, person, person);
        }
        let (operator, payout) = (world.cast.operator, world.cast.payout);
        world.register(owner, operator, payout);
        let terms = world.terms();
        world.post(&terms).expect("post");
        for person in [requester, owner] {
            assert!(world.balance(person) < SHARE);
            assert_eq!(votes(&world, person), world.balance(person));
        }
        for holder in [suite.registry, suite.escrow] {
            assert!(world.balance(holder) > 0);
            assert_eq!((delegates(&world, holder), votes(&world, holder)), (Address::ZERO, 0));
        }
    }
}

//! Payments where payer, payee and the protocol are not as distinct as usual.

use super::*;

/// The first provider is paid at `payout`; a job of `requester` was posted, taken at 80 LNQ, submitted and accepted.
fn accepted(payout: Address, requester: Address) -> (World, Vec<(&'static str, i128)>) {
    let mut world = World::new();
    let cast = world.cast;
    world.give(requester, lnq(100));
    world.register(cast.owner, cast.operator, payout);
    let terms = Terms { requester, bidSecs: 0, ..world.terms() };
    let before = world.holdings();
    let job = world.post(&terms).expect("post").value;
    world.take(cast.operator, &terms, 1, lnq(80)).expect("take");
    world.submit(cast.operator, job, 20).expect("submit");
    world.jobs(requester, &IJobs::acceptCall { job, slot: 0 }).expect("accept");
    let changes = world.changes(&before);
    (world, changes)
}

/// Whole LNQ that moved, by name.
fn whole(changes: &[(&'static str, i128)]) -> Vec<(&'static str, i128)> {
    changes.iter().map(|(name, change)| (*name, change / lnq(1) as i128)).collect()
}

mod given_the_requester_pays_itself {
    use super::*;

    #[test]
    fn it_costs_the_fee() {
        let cast = Cast::ALL;
        let (world, changes) = accepted(cast.requester, cast.requester);
        assert_eq!(whole(&changes), [("requester", -2), ("escrow", 2)]);
        assert_eq!(world.escrow_owes(), lnq(2));
    }
}

mod given_the_treasury_is_paid {
    use super::*;

    #[test]
    fn it_is_paid_like_anyone() {
        let cast = Cast::ALL;
        let (_, changes) = accepted(cast.treasury, cast.requester);
        assert_eq!(whole(&changes), [("treasury", 78), ("requester", -80), ("escrow", 2)]);
    }
}

mod given_the_treasury_posts {
    use super::*;

    #[test]
    fn it_pays_like_anyone() {
        let cast = Cast::ALL;
        let (_, changes) = accepted(cast.payout, cast.treasury);
        assert_eq!(whole(&changes), [("treasury", -80), ("payout", 78), ("escrow", 2)]);
    }
}

mod given_the_escrow_is_named_as_payout {
    use super::*;

    /// The registry does not know the escrow, so that this cannot be refused at registration.
    #[test]
    fn it_loses_its_own_pay_to_the_treasury_and_nothing_else() {
        let escrow = World::new().suite.escrow;
        let (mut world, changes) = accepted(escrow, Cast::ALL.requester);
        assert_eq!(whole(&changes), [("requester", -80), ("escrow", 80)]);
        assert_eq!((world.balance(escrow), world.escrow_owes()), (lnq(80), lnq(2)));
        let keeper = world.cast.keeper;
        assert_eq!(world.escrow(keeper, &IEscrow::skimCall {}).expect("skim").value, u96(lnq(78)));
        assert_eq!(world.balance(escrow), world.escrow_owes());
    }
}

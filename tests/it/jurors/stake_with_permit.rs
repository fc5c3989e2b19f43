use super::*;

/// `owner` stakes 5 LNQ, with a permit over them that `signer` signed; the second call shows it to the token alone.
fn call(bench: &Bench, owner: Address, signer: Address) -> (IJurors::stakeWithPermitCall, ILnqToken::permit_0Call) {
    let message = bench.world.permit(owner, bench.jurors, U256::from(lnq(5)));
    let shown = bench.world.signed(&message, &bench.world.permit_domain(), signer);
    let permit = IJurors::Permit { deadline: shown.deadline, v: shown.v, r: shown.r, s: shown.s };
    (IJurors::stakeWithPermitCall { amount: u96(lnq(5)), permit }, shown)
}

/// Somebody who has LNQ, and lets nobody take any.
fn newcomer(bench: &mut Bench) -> Address {
    let keeper = Cast::ALL.keeper;
    bench.world.give(keeper, lnq(20));
    keeper
}

/// What the token says without an allowance.
fn missing(bench: &Bench) -> ILnqToken::ERC20InsufficientAllowance {
    let needed = U256::from(lnq(5));
    ILnqToken::ERC20InsufficientAllowance { spender: bench.jurors, allowance: U256::ZERO, needed }
}

mod given_new_stake_is_kept_out {
    use super::*;

    #[test]
    fn it_reverts_with_paused() {
        let mut bench = Bench::new();
        let keeper = newcomer(&mut bench);
        bench.send(Cast::ALL.guardian, &IJurors::pauseCall {}).expect("pause");
        let (call, until) = (call(&bench, keeper, keeper).0, bench.read(&IJurors::pausedUntilCall {}));
        assert_refused(bench.send(keeper, &call), &IJurors::JurorsPaused { until });
    }
}

mod when_the_signature_is_not_good {
    use super::*;

    #[test]
    fn it_shows_as_a_missing_allowance() {
        let mut bench = Bench::new();
        let keeper = newcomer(&mut bench);
        let error = missing(&bench);
        let forged = call(&bench, keeper, Cast::ALL.eve).0;
        assert_refused(bench.send(keeper, &forged), &error);
        let stolen = call(&bench, Cast::ALL.requester, Cast::ALL.requester).0;
        assert_refused(bench.send(keeper, &stolen), &error);
        assert_eq!(bench.read(&IJurors::countCall {}), 0);
    }

    #[test]
    fn it_counts_once() {
        let mut bench = Bench::new();
        let keeper = newcomer(&mut bench);
        let (call, error) = (call(&bench, keeper, keeper).0, missing(&bench));
        bench.send(keeper, &call).expect("stake");
        assert_refused(bench.send(keeper, &call), &error);
    }
}

mod when_the_signature_is_good {
    use super::*;

    #[test]
    fn it_makes_a_juror_in_one_transaction_and_leaves_nothing_allowed() {
        let mut bench = Bench::new();
        let (keeper, jurors) = (newcomer(&mut bench), bench.jurors);
        let call = call(&bench, keeper, keeper).0;
        let sent = bench.send(keeper, &call).expect("stake");
        assert_eq!(sent.value, 1);
        let amount = u96(lnq(5));
        let added = IJurors::StakeAdded { juror: 1, account: keeper, amount, active: amount };
        assert_eq!(sent.emitted()[1..], [by_jurors(&bench, &added), moves(&bench, keeper, jurors, lnq(5))]);
        let allowance = ILnqToken::allowanceCall { owner: keeper, spender: jurors };
        assert_eq!(bench.world.read(bench.world.suite.token, &allowance), U256::ZERO);
    }

    #[test]
    fn it_works_if_somebody_else_showed_it_first() {
        let mut bench = Bench::new();
        let keeper = newcomer(&mut bench);
        let (call, shown) = call(&bench, keeper, keeper);
        bench.world.token(Cast::ALL.mallory, &shown).expect("anyone may show it");
        assert_eq!(bench.send(keeper, &call).expect("stake").value, 1);
    }
}

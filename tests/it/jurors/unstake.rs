use super::*;

const UNSTAKE: IJurors::unstakeCall = IJurors::unstakeCall {};

fn leave(bench: &mut Bench, person: Address, amount: u128) -> u64 {
    bench.send(person, &IJurors::leaveCall { amount: u96(lnq(amount)) }).expect("leaving").value
}

mod when_the_caller_is_no_juror {
    use super::*;

    #[test]
    fn it_reverts_with_not_juror() {
        let mut bench = Bench::new();
        let eve = Cast::ALL.eve;
        assert_refused(bench.send(eve, &UNSTAKE), &IJurors::JurorsNotJuror { caller: eve });
    }
}

mod given_nothing_has_left {
    use super::*;

    #[test]
    fn it_reverts_with_nothing_to_withdraw_and_says_when() {
        let mut bench = Bench::new();
        let eve = Cast::ALL.eve;
        bench.stake(eve, 10);
        assert_refused(bench.send(eve, &UNSTAKE), &IJurors::JurorsNothingToWithdraw { next: 0 });
        let end = leave(&mut bench, eve, 4);
        bench.world.at(end - 1);
        assert_refused(bench.send(eve, &UNSTAKE), &IJurors::JurorsNothingToWithdraw { next: end });
    }

    #[test]
    fn it_pays_nothing_twice() {
        let mut bench = Bench::new();
        let eve = Cast::ALL.eve;
        bench.stake(eve, 10);
        let end = leave(&mut bench, eve, 4);
        bench.world.at(end);
        bench.send(eve, &UNSTAKE).expect("withdrawal");
        assert_refused(bench.send(eve, &UNSTAKE), &IJurors::JurorsNothingToWithdraw { next: 0 });
    }
}

mod when_everything_is_right {
    use super::*;

    #[test]
    fn it_sends_what_has_left_and_says_so() {
        let mut bench = Bench::new();
        let (eve, jurors) = (Cast::ALL.eve, bench.jurors);
        bench.stake(eve, 10);
        let end = leave(&mut bench, eve, 4);
        bench.world.at(end);
        let before = bench.world.holdings();
        let sent = bench.send(eve, &UNSTAKE).expect("withdrawal");
        assert_eq!(sent.value, u96(lnq(4)));
        let withdrawn = IJurors::StakeWithdrawn { juror: 1, account: eve, amount: u96(lnq(4)) };
        assert_eq!(sent.emitted(), [by_jurors(&bench, &withdrawn), moves(&bench, jurors, eve, lnq(4))]);
        assert_eq!(bench.world.changes(&before), [("eve", lnq(4) as i128)]);
        assert_eq!(stake_of(&bench, 1), (lnq(6), 0, 0));
    }

    #[test]
    fn everybody_gets_everything_back() {
        let mut bench = Bench::new();
        let people = [Cast::ALL.requester, Cast::ALL.owner, Cast::ALL.eve];
        let before = bench.world.holdings();
        let mut end = 0;
        for (amount, person) in (100..).zip(people) {
            bench.stake(person, amount);
            end = leave(&mut bench, person, amount);
        }
        bench.world.at(end);
        for person in people {
            bench.send(person, &UNSTAKE).expect("withdrawal");
        }
        assert_eq!(bench.world.changes(&before), []);
        assert_eq!(bench.world.balance(bench.jurors), 0);
    }

    #[test]
    fn it_needs_neither_the_court_nor_an_end_of_the_pause() {
        let mut bench = Bench::new();
        let (eve, court) = (Cast::ALL.eve, bench.court);
        bench.stake(eve, 10);
        bench.world.node_mut().set_code(court, Bytes::new());
        bench.send(Cast::ALL.guardian, &IJurors::pauseCall {}).expect("pause");
        let end = leave(&mut bench, eve, 10);
        bench.world.at(end);
        bench.send(eve, &UNSTAKE).expect("withdrawal");
        assert_eq!(bench.world.balance(eve), SHARE);
    }
}

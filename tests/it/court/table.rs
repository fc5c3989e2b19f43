//! The table of round states, PROTOCOL.md §8: every state × function × caller, as it begins, a second before it ends, as
//! it ends, and long after.

use super::*;

/// A state of the last round, and how it is reached.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    /// The first jury is ordered.
    Evidence,
    /// An appeal is ordered.
    AppealEvidence,
    /// The beacon's time has come.
    Drawing,
    /// Eight of fifteen seats are drawn.
    DrawnInPart,
    /// Nobody has sealed a vote.
    Commit,
    /// The first seat has.
    OneSealed,
    /// Every seat has.
    Reveal,
    /// The clock ended the commit phase of [`State::OneSealed`].
    RevealByClock,
    /// Every vote was shown.
    Appeal,
    /// The time to appeal has passed.
    Final,
    /// Every round is settled.
    Settled,
    /// The jury was not drawn in time.
    Lapsed,
    /// The claims met.
    Cancelled,
}

use State::*;

impl State {
    const ALL: [Self; 13] = [
        Evidence,
        AppealEvidence,
        Drawing,
        DrawnInPart,
        Commit,
        OneSealed,
        Reveal,
        RevealByClock,
        Appeal,
        Final,
        Settled,
        Lapsed,
        Cancelled,
    ];

    fn reach(self) -> (Courtroom, u64) {
        let (keeper, eve) = (Cast::ALL.keeper, Cast::ALL.eve);
        let opened = || {
            let mut room = Courtroom::new();
            let dispute = room.open(LARGE);
            (room, dispute)
        };
        match self {
            Evidence => opened(),
            AppealEvidence => {
                let (mut room, dispute) = decided(&[Some(20); 3]);
                room.appeal(eve, dispute, LOWER);
                (room, dispute)
            }
            Drawing => {
                let (mut room, dispute) = opened();
                room.wait(dispute);
                (room, dispute)
            }
            DrawnInPart => {
                let (mut room, dispute) = decided(&[Some(20); 3]);
                room.appeal(eve, dispute, LOWER);
                room.vote(dispute, &[Some(20); 7]);
                room.appeal(eve, dispute, LOWER);
                room.wait(dispute);
                room.done(keeper, &ICourt::drawCall { dispute });
                (room, dispute)
            }
            Commit => drawn(),
            OneSealed => {
                let (mut room, dispute) = drawn();
                room.commit(dispute, 0, 20);
                (room, dispute)
            }
            Reveal => sealed(&[20; 3]),
            RevealByClock => sealed(&[20]),
            Appeal => decided(&[Some(20); 3]),
            Final => final_(&[Some(20); 3]),
            Settled => {
                let (mut room, dispute) = final_(&[Some(20); 3]);
                room.settle(dispute, 0);
                (room, dispute)
            }
            Lapsed => {
                let (mut room, dispute) = opened();
                room.wait(dispute);
                room.wait(dispute);
                room.done(keeper, &ICourt::lapseCall { dispute });
                (room, dispute)
            }
            Cancelled => {
                let (mut room, dispute) = opened();
                let opener = room.opener;
                room.done(opener, &ICourt::cancelCall { dispute, burn: U96::ZERO });
                (room, dispute)
            }
        }
    }
}

/// A call on the last round.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Function {
    Cancel,
    Evidence,
    Draw,
    Lapse,
    Appeal,
    /// Of the first seat.
    CommitFirst,
    /// Of the second seat.
    CommitSecond,
    /// Of the first seat, whose vote is 20 where it is sealed.
    Expose,
    Reveal,
    /// Of the last round, one call.
    Settle,
    /// For the juror of the first seat of the last round.
    Claim,
}

impl Function {
    const ALL: [Self; 11] = [
        Self::Cancel,
        Self::Evidence,
        Self::Draw,
        Self::Lapse,
        Self::Appeal,
        Self::CommitFirst,
        Self::CommitSecond,
        Self::Expose,
        Self::Reveal,
        Self::Settle,
        Self::Claim,
    ];
}

/// Where the last round is afterwards, or the revert data.
type Cell = Result<(u8, CourtPhase), Vec<u8>>;

/// What a cell is told of the moment.
struct Moment {
    dispute: u64,
    round: u8,
    phase: CourtPhase,
    until: u64,
    now: u64,
    /// Who sits on the first two seats.
    jurors: [u32; 2],
    accounts: [Address; 2],
    opener: Address,
}

impl Moment {
    fn of(room: &Courtroom, dispute: u64) -> Self {
        let (round, phase, until) = room.phase(dispute);
        let seats = room.round(dispute, round).jurors();
        let jurors = [seats[0], seats[1]];
        let accounts = jurors.map(|juror| room.account(juror));
        Self { dispute, round, phase, until, now: room.world.now(), jurors, accounts, opener: room.opener }
    }

    /// Whether the drawing has passed its end.
    fn is_overdue(&self) -> bool {
        self.phase == CourtPhase::Drawing && self.now >= self.until
    }
}

/// The table. The state is what was reached; the phase may be a later one, by the clock.
fn expected(state: State, at: &Moment, function: Function, caller: Address) -> Cell {
    let Moment { dispute, round, phase, until, .. } = *at;
    let wrong_phase = || Err(ICourt::CourtWrongPhase { dispute, phase: phase as u8, until }.abi_encode());
    let stays = Ok((round, phase));
    let sealed_first = matches!(state, OneSealed | RevealByClock | Reveal);
    match function {
        Function::Cancel if caller != at.opener => Err(ICourt::CourtNotOpener { caller }.abi_encode()),
        Function::Cancel if phase == CourtPhase::Evidence && round == 0 => Ok((0, CourtPhase::Cancelled)),
        Function::Cancel => wrong_phase(),
        Function::Evidence => match phase {
            CourtPhase::Evidence | CourtPhase::Drawing | CourtPhase::Commit => stays,
            _ => wrong_phase(),
        },
        Function::Draw if phase == CourtPhase::Drawing && !at.is_overdue() => Ok((round, CourtPhase::Commit)),
        Function::Draw => wrong_phase(),
        Function::Lapse if at.is_overdue() => Ok((round, CourtPhase::Final)),
        Function::Lapse => wrong_phase(),
        Function::Appeal if phase != CourtPhase::Appeal => wrong_phase(),
        Function::Appeal if !pays(caller) => {
            let spender = Address::ZERO;
            // The court's address is put in by who compares.
            Err(ILnqToken::ERC20InsufficientAllowance { spender, allowance: U256::ZERO, needed: U256::from(7 * FEE) }
                .abi_encode())
        }
        Function::Appeal => Ok((round + 1, CourtPhase::Evidence)),
        Function::CommitFirst | Function::CommitSecond if phase != CourtPhase::Commit => wrong_phase(),
        Function::CommitFirst if state == OneSealed => {
            Err(ICourt::CourtSeatHasActed { dispute, round, seat: 0 }.abi_encode())
        }
        Function::CommitFirst | Function::CommitSecond => {
            let seat = usize::from(function == Function::CommitSecond);
            if caller == at.accounts[seat] {
                stays
            } else {
                Err(ICourt::CourtNotJuror { juror: at.jurors[seat], caller }.abi_encode())
            }
        }
        Function::Expose if phase != CourtPhase::Commit => wrong_phase(),
        Function::Reveal if phase != CourtPhase::Reveal => wrong_phase(),
        Function::Expose | Function::Reveal if !sealed_first => {
            Err(ICourt::CourtNoCommitment { dispute, round, seat: 0 }.abi_encode())
        }
        Function::Expose => stays,
        // The only vote that was sealed in time decides; otherwise two are still to be shown.
        Function::Reveal if state == RevealByClock || state == OneSealed => Ok((round, CourtPhase::Appeal)),
        Function::Reveal => stays,
        Function::Settle | Function::Claim if phase != CourtPhase::Final => wrong_phase(),
        Function::Settle if matches!(state, Settled | Lapsed) => {
            Err(ICourt::CourtAlreadySettled { dispute, round }.abi_encode())
        }
        Function::Settle => stays,
        Function::Claim if !matches!(state, Settled | Lapsed) => {
            Err(ICourt::CourtNotSettled { dispute, round }.abi_encode())
        }
        Function::Claim if state == Lapsed => {
            Err(ICourt::CourtNothingToClaim { dispute, round, juror: at.jurors[0] }.abi_encode())
        }
        Function::Claim => stays,
    }
}

/// Whether the caller has approved the court.
fn pays(caller: Address) -> bool {
    [Cast::ALL.requester, Cast::ALL.owner, Cast::ALL.eve].contains(&caller)
}

/// Tries one cell; everything is as before afterwards.
fn try_cell(room: &mut Courtroom, at: &Moment, function: Function, caller: Address) -> Cell {
    let (dispute, round, court) = (at.dispute, at.round, room.court);
    let salt = Courtroom::salt(round, 0);
    let seal = |room: &Courtroom, seat| room.commitment(dispute, round, seat, at.jurors[usize::from(seat)], 20);
    let input = match function {
        Function::Cancel => ICourt::cancelCall { dispute, burn: U96::ZERO }.abi_encode(),
        Function::Evidence => ICourt::evidenceCall { dispute, hash: B256::ZERO, uri: String::new() }.abi_encode(),
        Function::Draw => ICourt::drawCall { dispute }.abi_encode(),
        Function::Lapse => ICourt::lapseCall { dispute }.abi_encode(),
        Function::Appeal => ICourt::appealCall { dispute, round, side: LOWER }.abi_encode(),
        Function::CommitFirst => ICourt::commitCall { dispute, round, seat: 0, commitment: seal(room, 0) }.abi_encode(),
        Function::CommitSecond => {
            ICourt::commitCall { dispute, round, seat: 1, commitment: seal(room, 1) }.abi_encode()
        }
        Function::Expose => ICourt::exposeCall { dispute, round, seat: 0, vote: 20, salt }.abi_encode(),
        Function::Reveal => ICourt::revealCall { dispute, round, seat: 0, vote: 20, salt }.abi_encode(),
        Function::Settle => ICourt::settleCall { dispute, round }.abi_encode(),
        Function::Claim => ICourt::claimCall { dispute, round, juror: at.jurors[0] }.abi_encode(),
    };
    room.world.rehearse(|world| {
        world.transact(caller, court, input).map_err(|refusal| refusal.data.to_vec())?;
        let found = world.read(court, &ICourt::phaseCall { dispute });
        Ok((found.round, CourtPhase::from_u8(found.phase).expect("a phase")))
    })
}

/// As it begins, around its end, and long after. A phase may follow by the clock alone.
fn moments(room: &Courtroom, dispute: u64) -> Vec<u64> {
    let ((_, _, until), now) = (room.phase(dispute), room.world.now());
    if until == 0 { vec![now, now + 1, now + 100_000] } else { vec![now, until - 1, until, until + 1, until + 100_000] }
}

fn callers(at: &Moment) -> Vec<Address> {
    let cast = Cast::ALL;
    let [first, second] = at.accounts;
    vec![at.opener, cast.requester, cast.eve, cast.keeper, cast.governor, cast.deployer, first, second]
}

fn every_cell_of(state: State) {
    let (mut room, dispute) = state.reach();
    let mut cells = 0;
    for second in moments(&room, dispute) {
        room.world.at(second);
        let at = Moment::of(&room, dispute);
        for caller in callers(&at) {
            room.world.node_mut().set_balance(caller, U256::from(lnq(1_000)));
        }
        for function in Function::ALL {
            for caller in callers(&at) {
                let mut expected = expected(state, &at, function, caller);
                if let Err(data) = &mut expected
                    && data[..4] == ILnqToken::ERC20InsufficientAllowance::SELECTOR
                {
                    data[16..36].copy_from_slice(room.court.as_slice());
                }
                let found = try_cell(&mut room, &at, function, caller);
                let who = Cast::name(caller).unwrap_or("a juror or the opener");
                assert!(
                    found == expected,
                    "{state:?} in {:?} at {:+} s, {function:?} by {who}: {} instead of {}",
                    at.phase,
                    second as i128 - i128::from(at.until),
                    shown(&found),
                    shown(&expected),
                );
                cells += 1;
            }
        }
    }
    println!("{state:?}: {cells} cells");
}

fn shown(cell: &Cell) -> String {
    match cell {
        Ok((round, phase)) => format!("round {round}, {phase}"),
        Err(data) => linq_tests::explain(data),
    }
}

macro_rules! tests_of_every_state {
    ($($name:ident: $state:expr),+ $(,)?) => {
        $(#[test]
        fn $name() {
            every_cell_of($state);
        })+

        #[test]
        fn no_state_is_forgotten() {
            assert_eq!([$($state),+], State::ALL);
        }
    };
}

mod every_cell_does_what_the_table_says {
    use super::*;

    tests_of_every_state! {
        of_a_first_jury_that_is_ordered: Evidence,
        of_an_appeal_that_is_ordered: AppealEvidence,
        of_a_jury_to_be_drawn: Drawing,
        of_a_jury_drawn_in_part: DrawnInPart,
        of_a_jury_that_has_sealed_nothing: Commit,
        of_a_jury_that_has_sealed_one_vote: OneSealed,
        of_a_jury_that_has_sealed_every_vote: Reveal,
        of_a_jury_whose_time_to_seal_has_passed: RevealByClock,
        of_a_verdict_that_can_be_appealed: Appeal,
        of_a_final_verdict: Final,
        of_a_settled_one: Settled,
        of_a_jury_that_lapsed: Lapsed,
        of_claims_that_met: Cancelled,
    }
}

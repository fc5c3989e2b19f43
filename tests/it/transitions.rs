//! The table of slot states, PROTOCOL.md §6, cell by cell (JB-1), and second by second (JB-2).
//!
//! [`expected`] is that table in code. A cell is a kind of terms, a stage of a slot's life, a moment of that stage, a
//! function and a caller; every cell is tried on a chain of its own, and what it does or why it is refused has to be what
//! the table says.

use linq_abi::codes::CourtPhase;
use linq_tests::{ROOT, court_parameters};

use crate::prelude::*;

/// A kind of terms.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Nothing special.
    Plain,
    /// Anyone may assign it to a standing offer.
    AnyoneMatches,
    /// A judge rules.
    Judged,
    /// A result with the expected hash is paid at once.
    Expects,
    /// The first take is final.
    NoBidding,
    /// There is one attempt.
    OneAttempt,
    /// The first provider is named.
    Named,
}

impl Kind {
    /// Every kind.
    pub const ALL: [Self; 7] =
        [Self::Plain, Self::AnyoneMatches, Self::Judged, Self::Expects, Self::NoBidding, Self::OneAttempt, Self::Named];

    fn terms(self, world: &World) -> Terms {
        let mut terms = world.terms();
        match self {
            Self::Plain => {}
            Self::AnyoneMatches => terms.anyoneMatches = true,
            Self::Judged => terms.judge = world.cast.judge,
            Self::Expects => terms.expected = keccak256(ROOT),
            Self::NoBidding => terms.bidSecs = 0,
            Self::OneAttempt => terms.attempts = 1,
            Self::Named => (terms.provider, terms.attempts) = (1, 1),
        }
        terms
    }

    /// Whether a provider that left can be followed by another.
    fn has_second_attempt(self) -> bool {
        !matches!(self, Self::OneAttempt | Self::Named)
    }

    /// Whether somebody who is not the operator may assign it.
    fn assignable_by(self, caller: Address) -> bool {
        match self {
            Self::Judged | Self::Expects => false,
            Self::AnyoneMatches => true,
            _ => caller == Cast::ALL.requester,
        }
    }
}

/// A stage in the life of slot 0, and how it is reached.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stage {
    Open,
    /// The first provider left it.
    OpenAgain,
    /// The first provider has it, at 80 LNQ, and can be displaced.
    Taken,
    Running,
    /// The first provider submitted, claiming the whole.
    Submitted,
    /// The requester said that nothing is due.
    Disputed,
    Closed(Outcome),
}

impl Stage {
    /// Every stage that a slot of this kind comes through.
    pub fn of(kind: Kind) -> Vec<Self> {
        use Outcome::*;
        let mut stages = vec![Self::Open, Self::Running, Self::Closed(Cancelled), Self::Closed(Expired)];
        if kind != Kind::NoBidding {
            stages.push(Self::Taken);
        }
        if kind.has_second_attempt() {
            stages.push(Self::OpenAgain);
        } else {
            stages.extend([Self::Closed(Late), Self::Closed(Unable)]);
        }
        if kind == Kind::Expects {
            stages.push(Self::Closed(Expected));
        } else {
            stages.extend([Self::Submitted, Self::Closed(Accepted), Self::Closed(Undisputed)]);
        }
        if kind == Kind::Judged {
            stages.push(Self::Closed(Ruled));
        } else if kind != Kind::Expects {
            stages.extend([Self::Disputed, Self::Closed(Conceded), Self::Closed(Neutral)]);
        }
        stages
    }

    fn state(self) -> SlotState {
        match self {
            Self::Open | Self::OpenAgain => SlotState::Open,
            Self::Taken => SlotState::Taken,
            Self::Running => SlotState::Running,
            Self::Submitted => SlotState::Submitted,
            Self::Disputed => SlotState::Disputed,
            Self::Closed(_) => SlotState::Closed,
        }
    }

    /// Brings slot 0 there.
    pub fn reach(self, scene: &mut Scene) {
        let cast = scene.world.cast;
        let (job, slot) = (scene.job, 0);
        match self {
            Self::Open => {}
            Self::OpenAgain => {
                Self::Running.reach(scene);
                scene.wait();
                scene.done(cast.keeper, &IJobs::stepCall { job, slot });
            }
            Self::Taken => {
                let (terms, price) = (scene.terms.clone(), u96(lnq(80)));
                scene.done(cast.operator, &IJobs::takeCall { terms, slot, provider: 1, price });
            }
            Self::Running => {
                Self::Taken.reach(scene);
                if scene.slot().state == SlotState::Taken as u8 {
                    scene.wait();
                }
            }
            Self::Submitted | Self::Closed(Outcome::Expected) => {
                Self::Running.reach(scene);
                scene.done(cast.operator, &submit(job));
            }
            Self::Closed(Outcome::Accepted) => {
                Self::Submitted.reach(scene);
                scene.done(cast.requester, &IJobs::acceptCall { job, slot });
            }
            Self::Closed(Outcome::Undisputed) => {
                Self::Submitted.reach(scene);
                scene.wait();
                scene.done(cast.keeper, &IJobs::stepCall { job, slot });
            }
            Self::Closed(Outcome::Ruled) => {
                Self::Submitted.reach(scene);
                scene.done(cast.judge, &IJobs::ruleCall { job, slot, share: 10 });
            }
            Self::Closed(Outcome::Cancelled) => scene.done(cast.requester, &IJobs::cancelCall { job, slot }),
            Self::Closed(Outcome::Expired) => {
                scene.wait();
                scene.done(cast.keeper, &IJobs::stepCall { job, slot });
            }
            Self::Closed(Outcome::Late) => {
                Self::Running.reach(scene);
                scene.wait();
                scene.done(cast.keeper, &IJobs::stepCall { job, slot });
            }
            Self::Closed(Outcome::Unable) => {
                Self::Running.reach(scene);
                scene.done(cast.operator, &IJobs::unableCall { job, slot, reason: 0 });
            }
            Self::Disputed => {
                Self::Submitted.reach(scene);
                scene.dispute();
            }
            Self::Closed(Outcome::Conceded) => {
                Self::Disputed.reach(scene);
                scene.world.disputes(cast.owner, &IDisputes::concedeCall { job, slot, claim: 0 }).expect("concession");
            }
            Self::Closed(Outcome::Neutral) => {
                Self::Disputed.reach(scene);
                scene.wait();
                scene.world.disputes(cast.keeper, &IDisputes::settleNeutralCall { job, slot }).expect("settlement");
            }
            Self::Closed(Outcome::None) => unreachable!("a closed slot has an outcome"),
            Self::Closed(Outcome::Decided | Outcome::Forfeited) => unreachable!("no kind of terms comes through it"),
        }
    }
}

/// A call on slot 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Function {
    /// For this provider, at its own quote, which is far below 80 LNQ.
    Take(u32),
    /// The right root, claiming the whole.
    Submit,
    Accept,
    /// Half of the price.
    Rule,
    Unable,
    Cancel,
    Step,
    /// Nothing is due.
    Dispute,
    /// The whole claim of the other side.
    Concede,
    /// As the court decided.
    Settle,
    SettleNeutral,
}

impl Function {
    const ALL: [Self; 12] = [
        Self::Take(1),
        Self::Take(2),
        Self::Submit,
        Self::Accept,
        Self::Rule,
        Self::Unable,
        Self::Cancel,
        Self::Step,
        Self::Dispute,
        Self::Concede,
        Self::Settle,
        Self::SettleNeutral,
    ];
}

/// What a cell of the table says: state and outcome afterwards, or the revert data.
type Cell = Result<(SlotState, Outcome), Vec<u8>>;

/// The table.
fn expected(scene: &Scene, kind: Kind, stage: Stage, function: Function, caller: Address) -> Cell {
    use Function::*;
    let cast = Cast::ALL;
    let job = scene.job;
    let now = scene.world.now();
    let slot = scene.slot();
    let (state, until) = (stage.state(), slot.until);
    // The one boundary between what the parties may do and what the clock makes due.
    let late = now >= until;
    // No jury is drawn: the court waits for one when the time for evidence is over.
    let dispute = 1;
    let evidence = now < scene.disputed_at + u64::from(court_parameters().evidenceSecs);

    let wrong_state = || IJobs::JobsWrongState { job, slot: 0, state: state as u8 }.abi_encode();
    let too_late = || IJobs::JobsTooLate { job, slot: 0, deadline: until }.abi_encode();
    let nothing_due = || IJobs::JobsNothingDue { job, slot: 0, state: state as u8, until }.abi_encode();
    let not_requester = || IJobs::JobsNotRequester { job, caller }.abi_encode();
    let not_the_requester = || IDisputes::DisputesNotRequester { job, caller }.abi_encode();
    let not_judge = || IJobs::JobsNotJudge { job, caller }.abi_encode();
    let not_operator = || IRegistry::RegistryNotOperator { provider: 1, caller }.abi_encode();

    let taken = if kind == Kind::NoBidding { SlotState::Running } else { SlotState::Taken };
    let left = |outcome| {
        let again = kind.has_second_attempt() && now < scene.open_until;
        if again { (SlotState::Open, Outcome::None) } else { (SlotState::Closed, outcome) }
    };

    match function {
        Take(provider) => {
            if kind == Kind::Named && provider != 1 {
                return Err(IJobs::JobsOtherProviderNamed { named: 1, provider }.abi_encode());
            }
            match stage {
                Stage::Open | Stage::OpenAgain if late => return Err(too_late()),
                Stage::OpenAgain if provider == 1 => {
                    return Err(IJobs::JobsProviderLeft { job, slot: 0, provider }.abi_encode());
                }
                Stage::Taken if provider == 1 => {
                    return Err(IJobs::JobsAlreadyTheirs { job, slot: 0, provider }.abi_encode());
                }
                Stage::Open | Stage::OpenAgain | Stage::Taken => {}
                _ => return Err(wrong_state()),
            }
            let operator = if provider == 1 { cast.operator } else { cast.rival_operator };
            if caller != operator && !kind.assignable_by(caller) {
                return Err(IRegistry::RegistryNotAssignable { provider, caller }.abi_encode());
            }
            Ok((taken, Outcome::None))
        }
        Submit | Unable => {
            if stage != Stage::Running {
                return Err(wrong_state());
            }
            if late {
                return Err(too_late());
            }
            if caller != cast.operator {
                return Err(not_operator());
            }
            match (function, kind) {
                (Unable, _) => Ok(left(Outcome::Unable)),
                (_, Kind::Expects) => Ok((SlotState::Closed, Outcome::Expected)),
                _ => Ok((SlotState::Submitted, Outcome::None)),
            }
        }
        Accept => match stage {
            Stage::Submitted if late => Err(too_late()),
            Stage::Submitted if caller != cast.requester => Err(not_requester()),
            Stage::Submitted => Ok((SlotState::Closed, Outcome::Accepted)),
            _ => Err(wrong_state()),
        },
        Rule => {
            if kind != Kind::Judged || caller != cast.judge {
                return Err(not_judge());
            }
            match stage {
                Stage::Submitted if late => Err(too_late()),
                Stage::Submitted => Ok((SlotState::Closed, Outcome::Ruled)),
                _ => Err(wrong_state()),
            }
        }
        Cancel => match stage {
            Stage::Open | Stage::OpenAgain if late => Err(too_late()),
            Stage::Open | Stage::OpenAgain if caller != cast.requester => Err(not_requester()),
            Stage::Open | Stage::OpenAgain => Ok((SlotState::Closed, Outcome::Cancelled)),
            _ => Err(wrong_state()),
        },
        Step => match stage {
            Stage::Closed(_) | Stage::Taken | Stage::Disputed => Err(nothing_due()),
            _ if !late => Err(nothing_due()),
            Stage::Open | Stage::OpenAgain => Ok((SlotState::Closed, Outcome::Expired)),
            Stage::Running => Ok(left(Outcome::Late)),
            Stage::Submitted => Ok((SlotState::Closed, Outcome::Undisputed)),
        },
        Dispute => match stage {
            Stage::Closed(_) => Err(not_the_requester()),
            _ if caller != cast.requester => Err(not_the_requester()),
            _ if kind == Kind::Judged => Err(IJobs::JobsJudged { job }.abi_encode()),
            Stage::Submitted if late => Err(too_late()),
            Stage::Submitted => Ok((SlotState::Disputed, Outcome::None)),
            _ => Err(wrong_state()),
        },
        Concede | Settle | SettleNeutral if stage != Stage::Disputed => {
            Err(IDisputes::DisputesNotDisputed { job, slot: 0 }.abi_encode())
        }
        Concede if !evidence => Err(IDisputes::DisputesTooLate { dispute }.abi_encode()),
        Concede if ![cast.requester, cast.operator, cast.owner].contains(&caller) => {
            Err(IDisputes::DisputesNotParty { job, slot: 0, caller }.abi_encode())
        }
        Concede => Ok((SlotState::Closed, Outcome::Conceded)),
        Settle => {
            let phase = if evidence { CourtPhase::Evidence } else { CourtPhase::Drawing };
            Err(IDisputes::DisputesUndecided { dispute, phase: phase as u8 }.abi_encode())
        }
        SettleNeutral if late => Ok((SlotState::Closed, Outcome::Neutral)),
        SettleNeutral => Err(IDisputes::DisputesTooEarly { dispute, neutralFrom: until }.abi_encode()),
    }
}

/// A job with one slot, and both providers.
pub struct Scene {
    pub world: World,
    terms: Terms,
    pub job: B256,
    open_until: u64,
    disputed_at: u64,
    quotes: [u128; 2],
}

impl Scene {
    fn new(kind: Kind) -> Self {
        Self::in_world(World::with_providers(), kind)
    }

    /// In a world that has both providers already.
    pub fn in_world(mut world: World, kind: Kind) -> Self {
        let terms = kind.terms(&world);
        let job = world.post(&terms).expect("post").value;
        let open_until = world.job(job).openUntil;
        let quotes = [1, 2].map(|provider| world.quote(provider, &terms.resources, terms.runSecs));
        world.approve(world.cast.requester, world.suite.court);
        Self { world, terms, job, open_until, disputed_at: 0, quotes }
    }

    /// Slot 0.
    pub fn slot(&self) -> Slot {
        self.world.slot_of(self.job)
    }

    /// Waits until the stage has ended.
    fn wait(&mut self) {
        let until = self.slot().until;
        self.world.at(until);
    }

    /// The requester says that nothing is due.
    fn dispute(&mut self) {
        let call = IDisputes::disputeCall { job: self.job, slot: 0, claim: 0 };
        self.world.disputes(self.world.cast.requester, &call).expect("dispute");
        self.disputed_at = self.world.now();
    }

    fn done<C: SolCall>(&mut self, caller: Address, call: &C) {
        self.world.jobs(caller, call).unwrap_or_else(|refusal| panic!("{}: {refusal:?}", C::SIGNATURE));
    }

    /// Tries one cell; everything is as before afterwards.
    fn try_cell(&mut self, function: Function, caller: Address) -> Cell {
        let (job, slot, terms, quotes) = (self.job, 0, self.terms.clone(), self.quotes);
        self.world.rehearse(|world| {
            let done = match function {
                Function::Take(provider) => {
                    let price = u96(quotes[provider as usize - 1]);
                    world.jobs(caller, &IJobs::takeCall { terms, slot, provider, price }).map(drop)
                }
                Function::Submit => world.jobs(caller, &submit(job)).map(drop),
                Function::Accept => world.jobs(caller, &IJobs::acceptCall { job, slot }).map(drop),
                Function::Rule => world.jobs(caller, &IJobs::ruleCall { job, slot, share: 10 }).map(drop),
                Function::Unable => world.jobs(caller, &IJobs::unableCall { job, slot, reason: 0 }).map(drop),
                Function::Cancel => world.jobs(caller, &IJobs::cancelCall { job, slot }).map(drop),
                Function::Step => world.jobs(caller, &IJobs::stepCall { job, slot }).map(drop),
                Function::Dispute => world.disputes(caller, &IDisputes::disputeCall { job, slot, claim: 0 }).map(drop),
                Function::Concede => {
                    let claim = if caller == world.cast.requester { 20 } else { 0 };
                    world.disputes(caller, &IDisputes::concedeCall { job, slot, claim }).map(drop)
                }
                Function::Settle => world.disputes(caller, &IDisputes::settleCall { job, slot }).map(drop),
                Function::SettleNeutral => {
                    world.disputes(caller, &IDisputes::settleNeutralCall { job, slot }).map(drop)
                }
            };
            done.map_err(|refusal| refusal.data.to_vec())?;
            let slot = world.slot_of(job);
            let state = SlotState::from_u8(slot.state).expect("a state");
            Ok((state, Outcome::from_u8(slot.outcome).expect("an outcome")))
        })
    }
}

fn submit(job: B256) -> IJobs::submitCall {
    IJobs::submitCall { job, slot: 0, root: ROOT, claim: 20, uri: String::new() }
}

/// The seconds at which a stage is tried: as it begins, and around its deadline. A taken slot is running from its deadline
/// on, so that the seconds after it belong to that stage.
fn moments(scene: &Scene, stage: Stage) -> Vec<u64> {
    let (now, until) = (scene.world.now(), scene.slot().until);
    match stage {
        Stage::Closed(_) => vec![now, now + 1, now + 300 * 86_400],
        Stage::Taken => vec![now, until - 1],
        _ => vec![now, until - 1, until, until + 1, until + 300 * 86_400],
    }
}

/// Every caller class: each party, a party's other half, and people with no part in the job.
fn callers() -> Vec<Address> {
    let cast = Cast::ALL;
    vec![
        cast.requester,
        cast.operator,
        cast.owner,
        cast.payout,
        cast.rival_operator,
        cast.judge,
        cast.keeper,
        cast.treasury,
        cast.deployer,
    ]
}

fn every_cell_of(kind: Kind) {
    let mut cells = 0;
    for stage in Stage::of(kind) {
        let mut scene = Scene::new(kind);
        stage.reach(&mut scene);
        if let Stage::Closed(outcome) = stage {
            assert_eq!(scene.slot().outcome, outcome as u8, "{kind:?} did not reach {stage:?}");
        }
        for moment in moments(&scene, stage) {
            scene.world.at(moment);
            assert_eq!(scene.slot().state, stage.state() as u8, "{kind:?} {stage:?} at {moment}");
            for function in Function::ALL {
                for caller in callers() {
                    let expected = expected(&scene, kind, stage, function, caller);
                    let found = scene.try_cell(function, caller);
                    let who = Cast::name(caller).unwrap_or("somebody");
                    let offset = moment as i128 - i128::from(scene.slot().until);
                    assert!(
                        found == expected,
                        "{kind:?} terms, {stage:?} at {offset:+} s, {function:?} by {who}: {} instead of {}",
                        shown(&found),
                        shown(&expected),
                    );
                    cells += 1;
                }
            }
        }
    }
    println!("{kind:?}: {cells} cells");
}

fn shown(cell: &Cell) -> String {
    match cell {
        Ok((state, outcome)) => format!("{state} ({outcome})"),
        Err(data) => linq_tests::explain(data),
    }
}

/// A test of each kind by itself, by what is to be checked of one.
macro_rules! tests_of_every_kind {
    ($check:ident) => {
        tests_of_every_kind! { $check:
            with_nothing_special: Kind::Plain,
            where_anyone_matches: Kind::AnyoneMatches,
            with_a_judge: Kind::Judged,
            with_an_expected_result: Kind::Expects,
            without_bidding: Kind::NoBidding,
            with_one_attempt: Kind::OneAttempt,
            with_a_named_provider: Kind::Named,
        }
    };
    ($check:ident: $($name:ident: $kind:expr),+ $(,)?) => {
        $(#[test]
        fn $name() {
            $check($kind);
        })+

        #[test]
        fn no_kind_is_forgotten() {
            assert_eq!([$($kind),+], Kind::ALL);
        }
    };
}
pub(crate) use tests_of_every_kind;

mod invariant_jb_1_every_cell_does_what_the_table_says {
    use super::*;

    tests_of_every_kind!(every_cell_of);
}

mod invariant_jb_2_at_every_second_one_of_the_competing_actions_is_possible {
    use super::*;

    /// Actions that exclude one another: none of two groups is ever possible at the same second.
    const GROUPS: [&[(Function, Address)]; 4] = [
        &[
            (Function::Take(1), Cast::ALL.operator),
            (Function::Take(2), Cast::ALL.rival_operator),
            (Function::Cancel, Cast::ALL.requester),
        ],
        &[(Function::Submit, Cast::ALL.operator), (Function::Unable, Cast::ALL.operator)],
        &[
            (Function::Accept, Cast::ALL.requester),
            (Function::Rule, Cast::ALL.judge),
            (Function::Dispute, Cast::ALL.requester),
        ],
        &[(Function::Step, Cast::ALL.keeper)],
    ];

    /// Goes second by second from now to two seconds after the slot's state has ended.
    fn walk(scene: &mut Scene) {
        let until = scene.slot().until;
        for second in scene.world.now()..until + 2 {
            scene.world.at(second);
            let possible =
                GROUPS.map(|group| group.iter().any(|(function, caller)| scene.try_cell(*function, *caller).is_ok()));
            let count = possible.iter().filter(|possible| **possible).count();
            assert_eq!(count, 1, "at {:+} s of {:?}: {possible:?}", second as i128 - i128::from(until), scene.slot());
        }
    }

    #[test]
    fn through_a_whole_life() {
        for (kind, stages) in [
            (Kind::Plain, [Stage::Open, Stage::Taken, Stage::Running, Stage::Submitted, Stage::OpenAgain].as_slice()),
            (Kind::Judged, &[Stage::Submitted]),
            (Kind::Expects, &[Stage::Running]),
            (Kind::NoBidding, &[Stage::Open, Stage::Running]),
            (Kind::OneAttempt, &[Stage::Running]),
        ] {
            for stage in stages {
                let mut scene = Scene::new(kind);
                stage.reach(&mut scene);
                // The minutes in between are all alike; the last seconds and those after them are not.
                let late = scene.slot().until.saturating_sub(5).max(scene.world.now());
                scene.world.at(late);
                walk(&mut scene);
            }
        }
    }
}

//! What to do about one slot: a pure function of what the chain says and what is recorded here.
//!
//! | the slot is | and | then |
//! |---|---|---|
//! | Open, or Taken by another | wanted, a place free, price right | prepare, take |
//! | Open | its time has passed | forget |
//! | Taken by us | it may still be displaced | prepare, wait |
//! | Running by us | no result yet | prepare, run; `unable` when that cannot be |
//! | | a result recorded | submit |
//! | | due has passed | nothing: only others gain by a step |
//! | Submitted by us | the window has passed | step |
//! | Closed | | forget |
//! | anything else | | wait: another's work may come back, and unwanted work may be assigned to us |

use alloy_primitives::{B256, keccak256};
use linq_abi::{Slot, Terms, codes::SlotState};

use crate::policy::Policy;

/// Seconds that must be left before a deadline for a transaction to be worth sending.
const SENDING_SECS: u64 = 2;
/// Times that a run is begun again after the relayer was interrupted in it.
pub const MAX_STARTS: u32 = 5;

/// Why a provider gives work back; the number is what `unable` carries.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum Inability {
    /// The manifest could not be had from its URI.
    ManifestUnreachable = 1,
    /// The manifest is not the one that the terms name, or asks for more than they say.
    ManifestWrong = 2,
    /// The module or an input could not be had from its URI.
    ContentUnreachable = 3,
    /// The module or an input does not have its digest, is too large, or comes from where nothing is fetched from.
    ContentWrong = 4,
    /// The module cannot be run here.
    NotRunnable = 5,
    /// The run failed by the provider's fault.
    RunFailed = 6,
    /// The run came to another result than the one expected.
    OtherResult = 7,
}

/// How far the content of a job is prepared.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Readiness {
    /// Not looked at yet, or due for another look.
    Unknown,
    /// Under way.
    Busy,
    /// Fetched, checked and runnable.
    Ready,
    /// It cannot be had at present; another look is due later.
    Unreachable(Inability),
    /// It will never be runnable here.
    Unfit(Inability),
}

/// What is recorded here of the present attempt at a slot.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Work {
    /// A run was begun this often and none has ended.
    Begun {
        /// How often.
        starts: u32,
        /// Whether one is going on in this process.
        running: bool,
    },
    /// A run has ended by the provider's fault, more often than is worth another.
    Failed,
    /// A result is recorded: there is no other run of this attempt.
    Done {
        /// The root of its output.
        root: B256,
    },
}

/// Everything that decides about one slot.
#[derive(Clone, Debug)]
pub struct Situation<'a> {
    /// Unix seconds by the chain.
    pub now: u64,
    /// The terms of the job, verified against its id.
    pub terms: &'a Terms,
    /// The slot as the contract shows it.
    pub slot: &'a Slot,
    /// What is recorded of the present attempt.
    pub work: Option<&'a Work>,
    /// How far the content is prepared.
    pub readiness: &'a Readiness,
    /// Whether policy wants the job.
    pub wanted: bool,
    /// What the provider's own rates come to.
    pub quote: u128,
    /// Places free below the most slots at a time.
    pub places: usize,
    /// Whether own slots are stepped.
    pub step: bool,
    /// Which work the operator wants, and what it asks for it.
    pub policy: &'a Policy,
}

/// What to do about one slot.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Action {
    /// Nothing now.
    Wait,
    /// Fetch and check the content.
    Prepare,
    /// Take it at this price.
    Take {
        /// In base units.
        price: u128,
    },
    /// Begin the run.
    Run,
    /// Submit the recorded result.
    Submit,
    /// Give it back.
    Unable(Inability),
    /// Settle it.
    Step,
    /// Look at it no more.
    Forget,
}

/// What to do about one slot.
pub fn plan(situation: &Situation<'_>) -> Action {
    let slot = situation.slot;
    let ours = slot.provider == situation.policy.provider;
    match SlotState::from_u8(slot.state) {
        Some(SlotState::Open) => open(situation, None),
        Some(SlotState::Taken) if ours => match situation.readiness {
            Readiness::Unknown => Action::Prepare,
            _ => Action::Wait,
        },
        Some(SlotState::Taken) => open(situation, Some(slot.price.to::<u128>())),
        Some(SlotState::Running) if ours => running(situation),
        Some(SlotState::Submitted) if ours => match situation.step && situation.now >= slot.until {
            true => Action::Step,
            false => Action::Wait,
        },
        // Another has it, or the court; it may come back.
        Some(SlotState::Running | SlotState::Submitted | SlotState::Disputed) => Action::Wait,
        Some(SlotState::Closed) => Action::Forget,
        // A state this version does not know is left alone.
        None => Action::Wait,
    }
}

fn open(situation: &Situation<'_>, standing: Option<u128>) -> Action {
    let Situation { now, terms, slot, policy, .. } = *situation;
    if standing.is_none() && now >= slot.until {
        return Action::Forget;
    }
    let possible =
        situation.wanted && now + SENDING_SECS < slot.until && slot.left != policy.provider && situation.places > 0;
    let price = policy.price(terms.price.to::<u128>(), situation.quote, standing);
    let Some(price) = price.filter(|_| possible) else { return Action::Wait };
    match situation.readiness {
        Readiness::Ready => Action::Take { price },
        Readiness::Unknown => Action::Prepare,
        Readiness::Busy | Readiness::Unreachable(_) | Readiness::Unfit(_) => Action::Wait,
    }
}

fn running(situation: &Situation<'_>) -> Action {
    let Situation { now, terms, slot, .. } = *situation;
    if now >= slot.due {
        return Action::Wait;
    }
    match situation.work {
        Some(Work::Done { root }) if !expected(terms, *root) => Action::Unable(Inability::OtherResult),
        Some(Work::Done { .. }) => Action::Submit,
        Some(Work::Begun { running: true, .. }) => Action::Wait,
        Some(Work::Begun { starts, .. }) if *starts >= MAX_STARTS => Action::Unable(Inability::RunFailed),
        Some(Work::Failed) => Action::Unable(Inability::RunFailed),
        Some(Work::Begun { .. }) | None => match situation.readiness {
            Readiness::Unknown => Action::Prepare,
            Readiness::Busy => Action::Wait,
            Readiness::Ready => Action::Run,
            Readiness::Unfit(why) => Action::Unable(*why),
            // Patience ends where giving back becomes as dear as being late: after the first quarter of the run.
            Readiness::Unreachable(why) => {
                let begun = slot.due.saturating_sub(terms.runSecs.into());
                let quarter = begun + u64::from(terms.runSecs / 4);
                match now + u64::from(terms.runSecs / 16) + SENDING_SECS >= quarter {
                    true => Action::Unable(*why),
                    false => Action::Wait,
                }
            }
        },
    }
}

/// Whether a root may be submitted under terms that may name the only one they pay for.
fn expected(terms: &Terms, root: B256) -> bool {
    terms.expected.is_zero() || keccak256(root) == terms.expected
}

#[cfg(test)]
mod tests {
    use alloy_primitives::aliases::U96;

    use super::*;
    use crate::policy::tests::{policy, terms};

    const ME: u32 = 7;
    const ROOT: B256 = B256::repeat_byte(5);

    fn slot(state: SlotState, provider: u32) -> Slot {
        Slot {
            state: state as u8,
            until: 1_000,
            outcome: 0,
            provider,
            left: 0,
            attempt: 1,
            price: U96::from(640),
            lock: U96::ZERO,
            takenAt: 600,
            due: 1_000,
            claim: 0,
            standing: false,
            payoutVersion: 0,
        }
    }

    /// The plan for a slot in `state` held by `provider`, after `change`.
    fn planned(state: SlotState, provider: u32, change: impl FnOnce(&mut Situation<'_>, &mut Slot)) -> Action {
        let (terms, policy, mut changed) = (terms(), policy(), slot(state, provider));
        let start = changed.clone();
        let mut situation = Situation {
            now: 650,
            terms: &terms,
            slot: &start,
            work: None,
            readiness: &Readiness::Ready,
            wanted: true,
            quote: 100,
            places: 1,
            step: true,
            policy: &policy,
        };
        change(&mut situation, &mut changed);
        plan(&Situation { slot: &changed, ..situation })
    }

    mod open {
        use super::*;

        #[test]
        fn it_is_prepared_then_taken_at_the_asked_price() {
            let with = |readiness| planned(SlotState::Open, 0, |s, _| s.readiness = readiness);
            assert_eq!(with(&Readiness::Unknown), Action::Prepare);
            assert_eq!(with(&Readiness::Busy), Action::Wait);
            assert_eq!(with(&Readiness::Ready), Action::Take { price: 1_000 });
            assert_eq!(with(&Readiness::Unreachable(Inability::ContentUnreachable)), Action::Wait);
            assert_eq!(with(&Readiness::Unfit(Inability::NotRunnable)), Action::Wait);
        }

        #[test]
        fn it_is_left_alone_when_it_cannot_be_taken_now() {
            assert_eq!(planned(SlotState::Open, 0, |s, _| s.wanted = false), Action::Wait);
            assert_eq!(planned(SlotState::Open, 0, |s, _| s.places = 0), Action::Wait);
            assert_eq!(planned(SlotState::Open, 0, |s, _| s.quote = 1_001), Action::Wait);
            assert_eq!(planned(SlotState::Open, 0, |s, _| s.now = 998), Action::Wait);
            assert_eq!(planned(SlotState::Open, 0, |s, _| s.now = 1_000), Action::Forget);
            assert_eq!(planned(SlotState::Open, 0, |_, slot| slot.left = ME), Action::Wait);
        }

        #[test]
        fn the_take_of_another_is_displaced_only_by_a_cheaper_one() {
            assert_eq!(planned(SlotState::Taken, 8, |_, _| ()), Action::Take { price: 630 });
            assert_eq!(planned(SlotState::Taken, 8, |s, _| s.quote = 631), Action::Wait);
        }
    }

    mod ours {
        use super::*;

        #[test]
        fn nothing_runs_while_it_can_still_be_displaced() {
            assert_eq!(planned(SlotState::Taken, ME, |_, _| ()), Action::Wait);
            assert_eq!(planned(SlotState::Taken, ME, |s, _| s.readiness = &Readiness::Unknown), Action::Prepare);
        }

        #[test]
        fn it_runs_until_a_result_is_recorded_and_then_submits() {
            let with = |work: Option<&Work>| planned(SlotState::Running, ME, |s, _| s.work = work.cloned().map(leak));
            assert_eq!(with(None), Action::Run);
            assert_eq!(with(Some(&Work::Begun { starts: 1, running: true })), Action::Wait);
            assert_eq!(with(Some(&Work::Begun { starts: 4, running: false })), Action::Run);
            assert_eq!(with(Some(&Work::Begun { starts: 5, running: false })), Action::Unable(Inability::RunFailed));
            assert_eq!(with(Some(&Work::Failed)), Action::Unable(Inability::RunFailed));
            assert_eq!(with(Some(&Work::Done { root: ROOT })), Action::Submit);
        }

        #[test]
        fn a_recorded_result_is_submitted_whatever_became_of_the_content() {
            let action = planned(SlotState::Running, ME, |s, _| {
                s.work = Some(leak(Work::Done { root: ROOT }));
                s.readiness = &Readiness::Unfit(Inability::ContentWrong);
                s.wanted = false;
            });
            assert_eq!(action, Action::Submit);
        }

        #[test]
        fn an_unexpected_result_is_given_back() {
            let mut expecting = terms();
            expecting.expected = keccak256(ROOT);
            let expecting: &Terms = Box::leak(Box::new(expecting));
            let with = |root| {
                planned(SlotState::Running, ME, |s, _| {
                    s.terms = expecting;
                    s.work = Some(leak(Work::Done { root }));
                })
            };
            assert_eq!(with(ROOT), Action::Submit);
            assert_eq!(with(B256::ZERO), Action::Unable(Inability::OtherResult));
        }

        #[test]
        fn what_cannot_be_fetched_is_given_back_inside_the_first_quarter() {
            let unreachable = &Readiness::Unreachable(Inability::ContentUnreachable);
            let at = |now| {
                planned(SlotState::Running, ME, |s, _| {
                    s.now = now;
                    s.readiness = unreachable;
                })
            };
            // It runs from 600 to 1,000; the quarter ends at 700.
            assert_eq!(at(610), Action::Wait);
            assert_eq!(at(672), Action::Wait);
            assert_eq!(at(673), Action::Unable(Inability::ContentUnreachable));
            let wrong = &Readiness::Unfit(Inability::ManifestWrong);
            assert_eq!(
                planned(SlotState::Running, ME, |s, _| s.readiness = wrong),
                Action::Unable(Inability::ManifestWrong)
            );
        }

        #[test]
        fn after_the_deadline_nothing_is_sent() {
            let late = |work: Option<&'static Work>| {
                planned(SlotState::Running, ME, |s, _| {
                    s.now = 1_000;
                    s.work = work;
                })
            };
            assert_eq!(late(None), Action::Wait);
            assert_eq!(late(Some(leak(Work::Done { root: ROOT }))), Action::Wait);
        }

        #[test]
        fn it_is_stepped_once_its_window_has_passed() {
            assert_eq!(planned(SlotState::Submitted, ME, |s, _| s.now = 999), Action::Wait);
            assert_eq!(planned(SlotState::Submitted, ME, |s, _| s.now = 1_000), Action::Step);
            let disabled = planned(SlotState::Submitted, ME, |s, _| {
                s.now = 1_000;
                s.step = false;
            });
            assert_eq!(disabled, Action::Wait);
            assert_eq!(planned(SlotState::Submitted, 8, |s, _| s.now = 1_000), Action::Wait);
        }
    }

    #[test]
    fn what_is_closed_is_forgotten_and_what_is_unknown_left_alone() {
        assert_eq!(planned(SlotState::Closed, ME, |_, _| ()), Action::Forget);
        assert_eq!(planned(SlotState::Disputed, ME, |_, _| ()), Action::Wait);
        assert_eq!(planned(SlotState::Running, 8, |_, _| ()), Action::Wait);
        assert_eq!(planned(SlotState::Open, 0, |_, slot| slot.state = 99), Action::Wait);
    }

    /// Situations borrow; a test may let one value live on.
    fn leak(work: Work) -> &'static Work {
        Box::leak(Box::new(work))
    }
}

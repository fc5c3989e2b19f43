//! G-7: no call of the governor, the guardian or the deployer stops a way out, in any state, or changes what it pays.
//!
//! A cell is a kind of terms, a stage of a slot's life, a moment of that stage, a privileged call and an exit. The exit is
//! tried once with nobody in power doing anything, once with the call just before it, and once with the call at the very
//! beginning of the story, so that what it announced is in force when most stages are reached. All three must come to the
//! same: the same answer, the same LNQ in everybody's hands, the same slot, the same stake.

use std::collections::BTreeSet;

use linq_abi::{CourtParameters, RegistryParameters, TierRule};
use linq_tests::{Holdings, ROOT};

use crate::{
    prelude::*,
    registry::next_day,
    transitions::{Kind, Scene, Stage, tests_of_every_kind},
};

/// What somebody in power can do.
#[derive(Clone, Copy, Debug)]
enum Power {
    /// The guardian pauses the registry.
    Pause,
    /// The guardian pauses jobs.
    PauseJobs,
    /// The governor announces the harshest parameters there are, to registry and jobs.
    Parameters,
    /// The deployer tries to wire the three contracts to others.
    Rewire,
}

impl Power {
    const ALL: [Self; 4] = [Self::Pause, Self::PauseJobs, Self::Parameters, Self::Rewire];
    /// Those that a story can begin with. While jobs is paused nothing is taken, so that there would be none.
    const EARLY: [Self; 3] = [Self::Pause, Self::Parameters, Self::Rewire];

    /// Does it.
    fn exert(self, world: &mut World) {
        let cast = world.cast;
        match self {
            Self::Pause => {
                world.registry(cast.guardian, &IRegistry::pauseCall {}).expect("pause");
            }
            Self::PauseJobs => {
                world.jobs(cast.guardian, &IJobs::pauseCall {}).expect("pause");
            }
            Self::Parameters => {
                world.registry(cast.governor, &IRegistry::setParametersCall { parameters: harshest() }).expect("set");
                let call = IJobs::setParametersCall { feeBps: 1_000, collateralBps: 10_000, maxAttempts: 1 };
                world.jobs(cast.governor, &call).expect("set");
                let call = ICourt::setParametersCall { parameters: dearest() };
                world.send(cast.governor, world.suite.court, &call).expect("set");
            }
            Self::Rewire => {
                let other = world.place(&Stub::word(1));
                let (registry, escrow, disputes) = (other, other, other);
                let refused = world.registry(cast.deployer, &IRegistry::wireCall { jobs: other });
                assert_refused(refused, &IRegistry::RegistryAlreadyWired {});
                let refused = world.escrow(cast.deployer, &IEscrow::wireCall { jobs: other });
                assert_refused(refused, &IEscrow::EscrowAlreadyWired {});
                let refused = world.jobs(cast.deployer, &IJobs::wireCall { registry, escrow, disputes });
                assert_refused(refused, &IJobs::JobsAlreadyWired {});
            }
        }
    }
}

/// Every limit of a court: the longest phases, and the dearest seats.
fn dearest() -> CourtParameters {
    let week = 7 * 86_400;
    CourtParameters {
        evidenceSecs: week,
        appealEvidenceSecs: week,
        commitSecs: week,
        revealSecs: week,
        appealSecs: week,
        drawSecs: week,
        floorMilliLnq: 1_000_000,
    }
}

/// Every limit: the largest stake, the longest wait, and tiers that nobody reaches and that go up to nothing.
fn harshest() -> RegistryParameters {
    let tier = || TierRule { stakeMultiple: u16::MAX, ageDays: u8::MAX, reputationBps: 10_000, priceCapLnq: 0 };
    RegistryParameters {
        minimumLnq: 1_000_000,
        perCoreLnq: 1_000_000,
        perGpuLnq: 1_000_000,
        unbondingSecs: 60 * 86_400,
        priceCapLnq: 0,
        tier1: tier(),
        tier2: tier(),
        tier3: tier(),
    }
}

/// A way out, taken by the one who has a right to it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Exit {
    /// All free stake, from now on waiting.
    Unbond,
    /// What has waited long enough.
    Withdraw,
    /// Both, with whatever wait there is in between.
    Leave,
    CloseOffer,
    Drain,
    /// To another owner, who accepts.
    HandOver,
    TopUp,
    Cancel,
    Accept,
    Rule,
    Dispute,
    Concede,
    SettleNeutral,
    Submit,
    Unable,
    Step,
    Sweep,
    Skim,
    Transfer,
}

impl Exit {
    const ALL: [Self; 19] = [
        Self::Unbond,
        Self::Withdraw,
        Self::Leave,
        Self::CloseOffer,
        Self::Drain,
        Self::HandOver,
        Self::TopUp,
        Self::Cancel,
        Self::Accept,
        Self::Rule,
        Self::Dispute,
        Self::Concede,
        Self::SettleNeutral,
        Self::Submit,
        Self::Unable,
        Self::Step,
        Self::Sweep,
        Self::Skim,
        Self::Transfer,
    ];

    /// Every one that some stage of a slot of this kind has.
    fn of(kind: Kind) -> BTreeSet<Self> {
        let has = |exit: &Self| match exit {
            Self::Rule => kind == Kind::Judged,
            Self::Accept => kind != Kind::Expects,
            Self::Dispute | Self::Concede | Self::SettleNeutral => kind != Kind::Expects && kind != Kind::Judged,
            _ => true,
        };
        Self::ALL.into_iter().filter(has).collect()
    }

    fn take(self, world: &mut World, job: B256) -> Result<(), Refusal> {
        let (cast, slot, provider) = (world.cast, 0, 1);
        let owner = cast.owner;
        match self {
            Self::Unbond => unbond_all(world).map(drop),
            Self::Withdraw => world.registry(owner, &IRegistry::withdrawCall { provider }).map(drop),
            Self::Leave => {
                let end = unbond_all(world)?;
                world.at(end);
                world.registry(owner, &IRegistry::withdrawCall { provider }).map(drop)
            }
            Self::CloseOffer => {
                let (rates, offer) = (world.provider(provider).rates, StandingOffer::default());
                world.registry(owner, &IRegistry::setOfferCall { provider, rates, offer }).map(drop)
            }
            Self::Drain => world.registry(owner, &IRegistry::drainCall { provider }).map(drop),
            Self::HandOver => {
                let (owner, operator, payout) = (cast.mallory, cast.operator, cast.payout);
                let keys = IRegistry::setKeysCall { provider, owner, operator, payout };
                world.registry(cast.owner, &keys)?;
                world.registry(cast.mallory, &IRegistry::acceptRoleCall { provider }).map(drop)
            }
            Self::TopUp => world.registry(owner, &IRegistry::addStakeCall { provider, amount: u96(lnq(3)) }).map(drop),
            Self::Cancel => world.jobs(cast.requester, &IJobs::cancelCall { job, slot }).map(drop),
            Self::Accept => world.jobs(cast.requester, &IJobs::acceptCall { job, slot }).map(drop),
            Self::Rule => world.jobs(cast.judge, &IJobs::ruleCall { job, slot, share: 3 }).map(drop),
            Self::Dispute => world.disputes(cast.requester, &IDisputes::disputeCall { job, slot, claim: 5 }).map(drop),
            Self::Concede => world.disputes(owner, &IDisputes::concedeCall { job, slot, claim: 0 }).map(drop),
            Self::SettleNeutral => world.disputes(cast.keeper, &IDisputes::settleNeutralCall { job, slot }).map(drop),
            Self::Submit => world.submit(cast.operator, job, 20).map(drop),
            Self::Unable => world.jobs(cast.operator, &IJobs::unableCall { job, slot, reason: 1 }).map(drop),
            Self::Step => world.step(job).map(drop),
            Self::Sweep => world.escrow(cast.keeper, &IEscrow::sweepCall {}).map(drop),
            Self::Skim => world.escrow(cast.keeper, &IEscrow::skimCall {}).map(drop),
            Self::Transfer => {
                let call = ILnqToken::transferCall { to: cast.keeper, value: U256::from(lnq(1)) };
                world.token(cast.requester, &call).map(drop)
            }
        }
    }
}

/// The first provider's owner unbonds all that is free; the second from which on it can be withdrawn.
fn unbond_all(world: &mut World) -> Result<u64, Refusal> {
    let provider = world.provider(1);
    let call = IRegistry::unbondCall { provider: 1, amount: provider.bonded - provider.locked };
    Ok(world.registry(world.cast.owner, &call)?.value)
}

/// What an exit came to.
#[derive(Debug, PartialEq)]
struct Picture {
    answer: Result<(), Bytes>,
    changes: Vec<(&'static str, i128)>,
    /// Not after [`Exit::Leave`], whose wait a new version may make longer.
    slot: Option<Slot>,
    stake: (U96, U96, U96),
    used: Resources,
    record: Record,
}

/// Takes an exit after a privileged call, if any, and turns everything back. What has changed since `before` includes what
/// the privileged call itself would move.
fn picture(scene: &mut Scene, before: &Holdings, exit: Exit, power: Option<Power>) -> Picture {
    let job = scene.job;
    scene.world.rehearse(|world| {
        if let Some(power) = power {
            power.exert(world);
        }
        let answer = exit.take(world, job).map_err(|refusal| refusal.data);
        let Provider { bonded, locked, unbonding, used, record, .. } = world.provider(1);
        Picture {
            answer,
            changes: world.changes(before),
            slot: (exit != Exit::Leave).then(|| world.slot_of(job)),
            stake: (bonded, locked, unbonding),
            used,
            record,
        }
    })
}

/// A job of a kind, posted a minute before midnight; the first provider is unbonding something, the escrow has fees of
/// another job and LNQ that somebody sent by mistake. Then comes the privileged call, if any.
fn scene(kind: Kind, power: Option<Power>) -> Scene {
    let mut world = World::with_providers();
    let cast = world.cast;
    let evening = next_day(&world) - 60;
    world.at(evening);
    let amount = u96(lnq(1_000));
    world.registry(cast.owner, &IRegistry::unbondCall { provider: 1, amount }).expect("unbonding");
    world.give(world.suite.escrow, 7);
    let other = Terms { salt: B256::repeat_byte(1), bidSecs: 0, expected: keccak256(ROOT), ..world.terms() };
    let job = world.post(&other).expect("post").value;
    world.take(cast.rival_operator, &other, 2, lnq(80)).expect("take");
    world.submit(cast.rival_operator, job, 20).expect("submit");
    let mut scene = Scene::in_world(world, kind);
    if let Some(power) = power {
        power.exert(&mut scene.world);
    }
    scene
}

/// The seconds at which a stage is tried: as it begins, and on both sides of its end.
fn moments(scene: &Scene, stage: Stage) -> Vec<u64> {
    let (now, until) = (scene.world.now(), scene.slot().until);
    match stage {
        Stage::Closed(_) => vec![now],
        Stage::Taken => vec![now, until - 1],
        _ => vec![now, until - 1, until],
    }
}

/// Every exit at every moment of a stage, with the calls in `powers` just before it, or none.
fn pictures(
    kind: Kind,
    stage: Stage,
    earlier: Option<Power>,
    powers: &[Option<Power>],
) -> Vec<(String, Exit, Picture)> {
    let mut scene = scene(kind, earlier);
    stage.reach(&mut scene);
    let mut found = Vec::new();
    for moment in moments(&scene, stage) {
        scene.world.at(moment);
        let before = scene.world.holdings();
        for exit in Exit::ALL {
            for power in powers {
                let cell = format!("{kind:?} {stage:?} at {moment}: {exit:?} after {earlier:?} and {power:?}");
                found.push((cell, exit, picture(&mut scene, &before, exit, *power)));
            }
        }
    }
    found
}

fn every_exit_of(kind: Kind) {
    let (mut cells, mut open) = (0, BTreeSet::new());
    let in_state: Vec<_> = [None].into_iter().chain(Power::ALL.map(Some)).collect();
    for stage in Stage::of(kind) {
        let found = pictures(kind, stage, None, &in_state);
        let free: Vec<_> = found.iter().step_by(in_state.len()).collect();
        open.extend(free.iter().filter(|(_, _, picture)| picture.answer.is_ok()).map(|(_, exit, _)| *exit));
        for (group, (_, _, expected)) in found.chunks(in_state.len()).zip(&free) {
            for (cell, _, picture) in group {
                assert_eq!(picture, expected, "{cell}");
                cells += 1;
            }
        }
        for power in Power::EARLY {
            let found = pictures(kind, stage, Some(power), &[None]);
            assert_eq!(found.len(), free.len());
            for ((cell, _, picture), (_, _, expected)) in found.iter().zip(&free) {
                assert_eq!(picture, expected, "{cell}");
                cells += 1;
            }
        }
    }
    assert_eq!(open, Exit::of(kind), "every exit was open at some moment");
    println!("{kind:?}: {cells} cells");
}

mod invariant_g_7_no_privileged_call_stops_an_exit {
    use super::*;

    tests_of_every_kind!(every_exit_of);
}

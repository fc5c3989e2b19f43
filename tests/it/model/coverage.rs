//! What the games came across.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt,
};

use crate::prelude::*;

/// Every changing function of the suite.
const FUNCTIONS: [&str; 51] = [
    "court.cancel",
    "court.lapse",
    "court.open",
    "court.wire",
    "disputes.concede",
    "disputes.dispute",
    "disputes.settle",
    "disputes.settleNeutral",
    "disputes.wire",
    "escrow.forfeit",
    "escrow.lock",
    "escrow.refund",
    "escrow.settle",
    "escrow.skim",
    "escrow.sweep",
    "escrow.wire",
    "jobs.accept",
    "jobs.cancel",
    "jobs.dispute",
    "jobs.post",
    "jobs.rule",
    "jobs.settle",
    "jobs.step",
    "jobs.submit",
    "jobs.take",
    "jobs.unable",
    "jobs.wire",
    "jurors.wire",
    "registry.acceptRole",
    "registry.addStake",
    "registry.addStakeWithPermit",
    "registry.close",
    "registry.drain",
    "registry.free",
    "registry.pause",
    "registry.register",
    "registry.registerWithPermit",
    "registry.setCapacity",
    "registry.setKeys",
    "registry.setOffer",
    "registry.setParameters",
    "registry.take",
    "registry.unbond",
    "registry.wire",
    "registry.withdraw",
    "token.approve",
    "token.burn",
    "token.burnFrom",
    "token.permit",
    "token.transfer",
    "token.transferFrom",
];

/// Why no game comes to a refusal.
const IMPERSONATED: &str = "jobs never asks for that; it/escrow and it/registry do, in its name";
const UNSAID: &str = "the disputes contract never says that; it/jobs/settle.rs does, in its name";
const TOO_LARGE: &str = "all LNQ there are stay below 2^90, and no game makes 2^16 payout addresses";
const CONSTRUCTED: &str =
    "the suite is constructed and wired rightly; it/*/constructor.rs and wire.rs have the wrong ways";
const HOSTILE: &str =
    "LNQ and the siblings answer as they should; reentry.rs, token_failures.rs and siblings.rs have others";
const GOVERNED: &str = "what governor and guardian do to jobs is no move: it/jobs, it/exits.rs";
const SIGNED: &str = "signatures and votes have games of their own: it/token/reference.rs";

/// Refusals that no game comes to, and why. Every other one has to be reached.
const OUT_OF_REACH: [(&str, &str); 36] = [
    ("DisputesBadAddress", CONSTRUCTED),
    ("DisputesOverflow", TOO_LARGE),
    ("DisputesSiblingFailed", HOSTILE),
    ("ECDSAInvalidSignature", SIGNED),
    ("ECDSAInvalidSignatureLength", SIGNED),
    ("ECDSAInvalidSignatureS", SIGNED),
    ("ERC5805FutureLookup", SIGNED),
    ("EscrowAlreadyLocked", IMPERSONATED),
    ("EscrowBadAddress", CONSTRUCTED),
    ("EscrowBadFee", IMPERSONATED),
    ("EscrowBadPrice", IMPERSONATED),
    ("EscrowBadShare", IMPERSONATED),
    ("EscrowBadSlots", IMPERSONATED),
    ("EscrowNothingLocked", IMPERSONATED),
    ("EscrowOverflow", TOO_LARGE),
    ("EscrowPriceAbovePosted", IMPERSONATED),
    ("EscrowTokenFailed", HOSTILE),
    ("InvalidAccountNonce", SIGNED),
    ("JobsBadAddress", CONSTRUCTED),
    ("JobsBadParameters", GOVERNED),
    ("JobsBadVerdict", UNSAID),
    ("JobsNotGovernor", GOVERNED),
    ("JobsNotGuardian", GOVERNED),
    ("JobsOverflow", TOO_LARGE),
    ("JobsParametersPending", GOVERNED),
    ("JobsPaused", GOVERNED),
    ("JobsPausedLately", GOVERNED),
    ("JobsSiblingFailed", HOSTILE),
    ("LnqBadAllocation", CONSTRUCTED),
    ("LnqBadHolders", CONSTRUCTED),
    ("RegistryBadWork", IMPERSONATED),
    ("RegistryOverflow", TOO_LARGE),
    ("RegistryTokenFailed", HOSTILE),
    ("VotesExpiredSignature", SIGNED),
    ("VotesInvalidSigner", SIGNED),
    ("VotesNoCheckpoint", SIGNED),
];

/// Every refusal that token, registry, escrow, jobs and disputes know by name.
fn refusals() -> impl Iterator<Item = &'static str> {
    [
        ILnqToken::ILnqTokenErrors::VARIANT_NAMES,
        IRegistry::IRegistryErrors::VARIANT_NAMES,
        IEscrow::IEscrowErrors::VARIANT_NAMES,
        IJobs::IJobsErrors::VARIANT_NAMES,
        IDisputes::IDisputesErrors::VARIANT_NAMES,
    ]
    .into_iter()
    .flatten()
    .copied()
}

/// Functions that have no reason to refuse anybody.
const NEVER_REFUSE: [&str; 2] = ["escrow.skim", "escrow.sweep"];

/// How often each function ended how, and which states were seen before and after their end.
#[derive(Default)]
pub struct Coverage {
    outcomes: BTreeMap<(&'static str, String), u64>,
    states: BTreeMap<(u8, bool), u64>,
}

impl Coverage {
    /// Notes that `function` ended with `outcome`: "ok", or the name of an error.
    pub fn count(&mut self, function: &'static str, outcome: &str) {
        *self.outcomes.entry((function, outcome.to_owned())).or_default() += 1;
    }

    /// Notes that a slot was seen in `state`, before its end or not.
    pub fn reach(&mut self, state: SlotState, before: bool) {
        *self.states.entry((state as u8, before)).or_default() += 1;
    }

    /// Adds what other games came across.
    pub fn add(&mut self, other: &Self) {
        for (ending, count) in &other.outcomes {
            *self.outcomes.entry(ending.clone()).or_default() += count;
        }
        for (state, count) in &other.states {
            *self.states.entry(*state).or_default() += count;
        }
    }

    /// How many calls succeeded, and how many there were.
    pub fn calls(&self) -> (u64, u64) {
        let ok = self.outcomes.iter().filter(|((_, outcome), _)| outcome == "ok").map(|(_, count)| count).sum();
        (ok, self.outcomes.values().sum())
    }

    /// What should have been seen and was not.
    pub fn gaps(&self) -> Vec<String> {
        let mut gaps = Vec::new();
        let known: BTreeSet<_> = self.outcomes.keys().map(|(function, _)| *function).collect();
        gaps.extend(known.iter().filter(|name| !FUNCTIONS.contains(name)).map(|name| format!("{name} is not listed")));
        for function in FUNCTIONS {
            let ended =
                |ok: bool| self.outcomes.keys().any(|(name, outcome)| *name == function && (outcome == "ok") == ok);
            if !ended(true) {
                gaps.push(format!("{function} never succeeded"));
            }
            if !ended(false) && !NEVER_REFUSE.contains(&function) {
                gaps.push(format!("{function} was never refused"));
            }
        }
        let reached: BTreeSet<&str> = self.outcomes.keys().map(|(_, outcome)| outcome.as_str()).collect();
        for name in refusals() {
            match (reached.contains(name), OUT_OF_REACH.iter().any(|(known, _)| *known == name)) {
                (true, true) => gaps.push(format!("{name} is reached after all: take it off the list")),
                (false, false) => gaps.push(format!("nobody was refused with {name}")),
                _ => {}
            }
        }
        let unknown = OUT_OF_REACH.iter().filter(|(name, _)| !refusals().any(|known| known == *name));
        gaps.extend(unknown.map(|(name, _)| format!("there is no {name}")));
        use SlotState::*;
        for (state, before) in [
            (Open, true),
            (Open, false),
            (Taken, true),
            (Running, true),
            (Running, false),
            (Submitted, true),
            (Submitted, false),
            (Disputed, true),
            (Disputed, false),
            (Closed, false),
        ] {
            if !self.states.contains_key(&(state as u8, before)) {
                gaps.push(format!("no slot was {state} {} its end", if before { "before" } else { "after" }));
            }
        }
        gaps
    }
}

impl fmt::Display for Coverage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for function in FUNCTIONS {
            write!(f, "  {function:<24}")?;
            let of_function = self.outcomes.iter().filter(|((name, _), _)| *name == function);
            let (ok, refused): (Vec<_>, Vec<_>) = of_function.partition(|((_, outcome), _)| outcome == "ok");
            write!(f, "{:>6} ok", ok.iter().map(|(_, count)| **count).sum::<u64>())?;
            for ((_, outcome), count) in refused {
                write!(f, ", {count} {outcome}")?;
            }
            writeln!(f)?;
        }
        for ((state, before), count) in &self.states {
            let state = SlotState::from_u8(*state).expect("a state");
            writeln!(f, "  slot {state}, {} its end: {count}", if *before { "before" } else { "after" })?;
        }
        for (name, why) in OUT_OF_REACH {
            writeln!(f, "  never {name}: {why}")?;
        }
        Ok(())
    }
}

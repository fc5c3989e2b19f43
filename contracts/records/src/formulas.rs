//! Formulas of eligibility, prices and slashing, as plain functions.

use core::num::NonZeroU32;

use linq_abi::{
    RegistryParameters, Resources, StandingOffer,
    codes::{Verdict, WorkEnd},
};
use linq_common::{Amount, DAY_SECS, Share};

use crate::words::{Capacity, Ladder, MinimumParts, Prices, Quantities, Rung};

/// The most that each part of the minimum stake can be, in whole LNQ.
const MAX_MINIMUM_PART: u32 = 1_000_000;
/// Short enough for a local chain; a public one is set up with seven days or more.
const MIN_UNBONDING_SECS: u32 = 60;
const MAX_UNBONDING_SECS: u32 = 60 * DAY_SECS;
const MAX_REPUTATION_BPS: u16 = 10_000;

/// Longest run of a job.
const MAX_RUN_SECS: u32 = 90 * DAY_SECS;
/// Longest window of a job.
const MAX_WINDOW_SECS: u32 = 14 * DAY_SECS;
/// Longest hold-back of a lease, and longest notice.
const MAX_HOLD_BACK_SECS: u32 = 7 * DAY_SECS;

const MILLIS_PER_CORE: u32 = 1_000;
const REGION_BITS: u32 = 16;

/// A share below this many twentieths is slashed as low.
const LOW_TWENTIETHS: u8 = 5;
/// A claim up to this many twentieths above the share is no overclaim.
const TOLERATED_TWENTIETHS: u8 = 4;
const SIXTEEN: NonZeroU32 = NonZeroU32::MIN.saturating_add(15);
const TWO: NonZeroU32 = NonZeroU32::MIN.saturating_add(1);
const FOUR: NonZeroU32 = NonZeroU32::MIN.saturating_add(3);

/// Whether every parameter is inside its limits and no tier asks for less, or goes up to less, than the one below.
pub fn parameters_are_sound(parameters: &RegistryParameters) -> bool {
    let parts = [parameters.minimumLnq, parameters.perCoreLnq, parameters.perGpuLnq];
    let mut below = Rung { stake_multiple: 1, age_days: 0, reputation_bps: 0, price_cap: parameters.priceCapLnq };
    for rule in [&parameters.tier1, &parameters.tier2, &parameters.tier3] {
        let rung = Rung::from(rule);
        if !rung.is_above(&below) {
            return false;
        }
        below = rung;
    }
    parts.iter().all(|part| *part <= MAX_MINIMUM_PART)
        && (MIN_UNBONDING_SECS..=MAX_UNBONDING_SECS).contains(&parameters.unbondingSecs)
        && below.reputation_bps <= MAX_REPUTATION_BPS
}

/// Whether a capacity can run anything, and names a class of GPUs iff it has some.
pub fn capacity_is_sound(capacity: &Resources) -> bool {
    capacity.cpuMillis > 0 && capacity.memoryMib > 0 && (capacity.gpus == 0) == (capacity.gpuClass == 0)
}

/// Whether an offer is closed, or can take some job or lease.
pub fn offer_is_sound(offer: &StandingOffer) -> bool {
    !offer.open
        || (offer.minRunSecs <= offer.maxRunSecs
            && (1..=MAX_RUN_SECS).contains(&offer.maxRunSecs)
            && offer.maxWindowSecs <= MAX_WINDOW_SECS
            && offer.maxHoldBackSecs <= MAX_HOLD_BACK_SECS
            && offer.maxNoticeSecs <= offer.maxHoldBackSecs)
}

/// The minimum stake for a capacity: the base, and more for each started core and each GPU.
pub fn minimum(parts: &MinimumParts, total: &Quantities) -> Amount {
    let cores = total.cpu_millis.div_ceil(MILLIS_PER_CORE);
    let lnq = u64::from(parts.base)
        .saturating_add(u64::from(parts.per_core).saturating_mul(cores.into()))
        .saturating_add(u64::from(parts.per_gpu).saturating_mul(total.gpus.into()));
    Amount::new_clipped(Amount::LNQ.units().saturating_mul(lnq.into()))
}

/// What `needed` costs for `run_secs`: rates times amounts times seconds, and never less than the least price. Clipped
/// where it would be more LNQ than there is.
pub fn quote(prices: &Prices, min_price: Amount, needed: &Quantities, run_secs: u32) -> Amount {
    let per_sec = [
        (prices.cpu_milli, needed.cpu_millis),
        (prices.memory_mib, needed.memory_mib),
        (prices.storage_gib, needed.storage_gib),
        (prices.gpu, needed.gpus.into()),
    ]
    .into_iter()
    .fold(0u128, |sum, (rate, amount)| sum.saturating_add(u128::from(rate).saturating_mul(amount.into())));
    Amount::new_clipped(per_sec.saturating_mul(run_secs.into())).max(min_price)
}

/// Whether `regions`, up to eight codes from the low end, name `region` or none at all.
pub fn region_matches(regions: u128, region: u16) -> bool {
    let wanted = u128::from(region);
    let mut rest = regions;
    while rest != 0 {
        if region != 0 && rest & u128::from(u16::MAX) == wanted {
            return true;
        }
        rest = rest.unbounded_shr(REGION_BITS);
    }
    regions == 0
}

/// How a piece of work ended, as far as stake and reputation go by it.
#[derive(Clone, Copy, Debug)]
pub struct Closing {
    /// Why it leaves the books.
    pub end: WorkEnd,
    /// How the share was found.
    pub verdict: Verdict,
    /// What the provider claimed.
    pub claim: Share,
    /// What the result was worth.
    pub share: Share,
    /// Whether the work came from the standing offer.
    pub standing: bool,
}

/// What closing a piece of work takes of its lock.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Levy {
    /// To the requester: the part of the jury's cost that is owed, and half of what an overclaim costs.
    pub compensated: Amount,
    /// Burned.
    pub burned: Amount,
}

impl Levy {
    /// Both, at most the lock.
    pub fn total(&self) -> Amount {
        self.compensated.plus_clipped(self.burned)
    }
}

/// What closing takes of `lock`; never more than all of it. What is `owed` of the jury's cost comes first, then the
/// slash: rounded up, so that small locks are no way around it, the requester's half of it down.
pub fn levy(closing: &Closing, lock: Amount, owed: Amount) -> Levy {
    let owed = owed.min(lock);
    let (slash, halved) = slash(closing, lock);
    let slash = slash.min(lock.minus_clipped(owed));
    let half = if halved { slash.mul_div_down(1, TWO).unwrap_or_default() } else { Amount::ZERO };
    Levy { compensated: owed.plus_clipped(half), burned: slash.minus_clipped(half) }
}

/// What is slashed of `lock`, and whether half of it goes to the requester.
fn slash(closing: &Closing, lock: Amount) -> (Amount, bool) {
    match (closing.end, closing.verdict) {
        (WorkEnd::Displaced, _) | (WorkEnd::Settled, Verdict::Neutral) => (Amount::ZERO, false),
        (WorkEnd::Unable, _) if closing.standing => (Amount::ZERO, false),
        (WorkEnd::Unable, _) => (sixteenths_up(lock, 1), false),
        (WorkEnd::Late, _) => (low(lock, Share::NONE), false),
        (WorkEnd::Settled, Verdict::Unheard) => (low(lock, Share::NONE), false),
        (WorkEnd::Settled, verdict) => {
            let low = low(lock, closing.share);
            let whole = sixteenths_up(lock, overclaim(closing.claim, closing.share));
            let over = if verdict == Verdict::Conceded { whole.mul_div_up(1, TWO).unwrap_or(whole) } else { whole };
            (low.max(over), over > low && verdict != Verdict::Judge)
        }
    }
}

/// What closing a piece of work adds to the good and to the bad side of a reputation: the fee that was taken; the fee of
/// the price when late; and four times that, in proportion, for an overclaim, conceded or not.
pub fn marks(closing: &Closing, fee: Amount, price_fee: Amount) -> (Amount, Amount) {
    match closing.end {
        WorkEnd::Settled if matches!(closing.verdict, Verdict::Neutral | Verdict::Unheard) => (fee, Amount::ZERO),
        WorkEnd::Settled => {
            let over = overclaim(closing.claim, closing.share);
            (fee, price_fee.mul_div_up(over, FOUR).unwrap_or(Amount::MAX))
        }
        WorkEnd::Late => (Amount::ZERO, price_fee),
        WorkEnd::Unable | WorkEnd::Displaced => (Amount::ZERO, Amount::ZERO),
    }
}

fn low(lock: Amount, share: Share) -> Amount {
    let missing = LOW_TWENTIETHS.saturating_sub(share.twentieths());
    lock.share_up(Share::new(missing).unwrap_or_default())
}

/// By how many twentieths a claim was more too high than is tolerated.
fn overclaim(claim: Share, share: Share) -> u32 {
    claim.twentieths().saturating_sub(share.twentieths()).saturating_sub(TOLERATED_TWENTIETHS).into()
}

fn sixteenths_up(lock: Amount, sixteenths: u32) -> Amount {
    lock.mul_div_up(sixteenths, SIXTEEN).unwrap_or(lock).min(lock)
}

impl Quantities {
    /// Both together, if every one of them can be counted.
    pub fn plus(&self, other: &Self) -> Option<Self> {
        Some(Self {
            cpu_millis: self.cpu_millis.checked_add(other.cpu_millis)?,
            memory_mib: self.memory_mib.checked_add(other.memory_mib)?,
            storage_gib: self.storage_gib.checked_add(other.storage_gib)?,
            bandwidth_mbps: self.bandwidth_mbps.checked_add(other.bandwidth_mbps)?,
            gpus: self.gpus.checked_add(other.gpus)?,
        })
    }

    /// What is left without `other`, if that is all in it.
    pub fn minus(&self, other: &Self) -> Option<Self> {
        Some(Self {
            cpu_millis: self.cpu_millis.checked_sub(other.cpu_millis)?,
            memory_mib: self.memory_mib.checked_sub(other.memory_mib)?,
            storage_gib: self.storage_gib.checked_sub(other.storage_gib)?,
            bandwidth_mbps: self.bandwidth_mbps.checked_sub(other.bandwidth_mbps)?,
            gpus: self.gpus.checked_sub(other.gpus)?,
        })
    }
}

impl Capacity {
    /// What would be in use with `needed` reserved beside `used`, if there is room for it and GPUs are of its class.
    pub fn reserve(&self, used: &Quantities, needed: &Resources) -> Option<Quantities> {
        if needed.gpus > 0 && needed.gpuClass != self.gpu_class {
            return None;
        }
        let used = used.plus(&needed.into())?;
        self.total.minus(&used)?;
        Some(used)
    }
}

impl Rung {
    fn is_above(&self, below: &Self) -> bool {
        self.stake_multiple >= below.stake_multiple
            && self.age_days >= below.age_days
            && self.reputation_bps >= below.reputation_bps
            && self.price_cap >= below.price_cap
    }

    fn is_met(&self, standing: &Standing) -> bool {
        let stake = standing.minimum.times(self.stake_multiple.into()).unwrap_or(Amount::MAX);
        standing.bonded >= stake
            && standing.age_secs >= u64::from(u32::from(self.age_days).saturating_mul(DAY_SECS))
            && standing.reputation_bps >= self.reputation_bps
    }
}

/// What tiers go by.
pub struct Standing {
    /// Bonded stake.
    pub bonded: Amount,
    /// The minimum for the provider's capacity.
    pub minimum: Amount,
    /// Seconds since it registered.
    pub age_secs: u64,
    /// Its reputation.
    pub reputation_bps: u16,
}

impl Ladder {
    /// The highest tier whose demands are met. Each tier demands at least what the one below does.
    pub fn tier(&self, standing: &Standing) -> u8 {
        [(3, &self.tier3), (2, &self.tier2), (1, &self.tier1)]
            .into_iter()
            .find(|(_, rung)| rung.is_met(standing))
            .map_or(0, |(tier, _)| tier)
    }

    /// The highest posted price of one slot for a tier.
    pub fn price_cap(&self, tier: u8) -> Amount {
        let cap = match tier {
            0 => self.price_cap,
            1 => self.tier1.price_cap,
            2 => self.tier2.price_cap,
            _ => self.tier3.price_cap,
        };
        if cap == u32::MAX { Amount::MAX } else { Amount::from_lnq(cap) }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::size::cases;

    fn share(twentieths: u8) -> Share {
        Share::new(twentieths).unwrap()
    }

    fn lock() -> impl Strategy<Value = Amount> {
        prop_oneof![(0..1_000u128), (0..=Amount::MAX.units())].prop_map(Amount::new_clipped)
    }

    fn closings() -> impl Strategy<Value = Closing> {
        (0..4usize, 0..6usize, 0..=20u8, 0..=20u8, any::<bool>()).prop_map(|(end, verdict, claim, got, standing)| {
            let (claim, share) = (share(claim.max(got)), share(claim.min(got)));
            let verdict = if claim == share { Verdict::Undisputed } else { Verdict::ALL[verdict] };
            Closing { end: WorkEnd::ALL[end], verdict, claim, share, standing }
        })
    }

    fn settled(verdict: Verdict, claim: u8, got: u8) -> Closing {
        Closing { end: WorkEnd::Settled, verdict, claim: share(claim), share: share(got), standing: false }
    }

    /// Without a result.
    fn ended(end: WorkEnd) -> Closing {
        Closing { end, ..settled(Verdict::Undisputed, 0, 0) }
    }

    fn quantities() -> impl Strategy<Value = Quantities> {
        (any::<[u32; 4]>(), any::<u16>()).prop_map(|([cpu_millis, memory_mib, storage_gib, bandwidth_mbps], gpus)| {
            Quantities { cpu_millis, memory_mib, storage_gib, bandwidth_mbps, gpus }
        })
    }

    /// The defaults of the protocol.
    fn defaults() -> RegistryParameters {
        let rule = |stake, age, reputation, cap| linq_abi::TierRule {
            stakeMultiple: stake,
            ageDays: age,
            reputationBps: reputation,
            priceCapLnq: cap,
        };
        RegistryParameters {
            minimumLnq: 1_000,
            perCoreLnq: 100,
            perGpuLnq: 1_000,
            unbondingSecs: 28 * DAY_SECS,
            priceCapLnq: 500,
            tier1: rule(4, 7, 5_000, 5_000),
            tier2: rule(16, 30, 8_000, 50_000),
            tier3: rule(64, 90, 9_500, u32::MAX),
        }
    }

    /// What goes to the requester, and what burns, as the protocol says it.
    fn plain_levy(closing: &Closing, lock: u128, owed: u128) -> (u128, u128) {
        let (claim, got) = (u128::from(closing.claim.twentieths()), u128::from(closing.share.twentieths()));
        let low = |share: u128| (lock * 5u128.saturating_sub(share)).div_ceil(20);
        let over = (lock * claim.saturating_sub(got).saturating_sub(4)).div_ceil(16);
        // What is slashed, and whether half of it is the requester's.
        let (slashed, shared) = match (closing.end, closing.verdict) {
            (WorkEnd::Displaced, _) => (0, false),
            (WorkEnd::Late, _) => (lock.div_ceil(4), false),
            (WorkEnd::Unable, _) if closing.standing => (0, false),
            (WorkEnd::Unable, _) => (lock.div_ceil(16), false),
            (WorkEnd::Settled, Verdict::Neutral) => (0, false),
            (WorkEnd::Settled, Verdict::Unheard) => (lock.div_ceil(4), false),
            (WorkEnd::Settled, Verdict::Judge) => (low(got).max(over), false),
            (WorkEnd::Settled, verdict) => {
                let over = if verdict == Verdict::Conceded { over.div_ceil(2) } else { over };
                if over > low(got) { (over, true) } else { (low(got), false) }
            }
        };
        let first = owed.min(lock);
        let slashed = slashed.min(lock - first);
        let half = if shared { slashed / 2 } else { 0 };
        (first + half, slashed - half)
    }

    fn ladder() -> Ladder {
        let parameters = defaults();
        Ladder {
            price_cap: parameters.priceCapLnq,
            tier1: (&parameters.tier1).into(),
            tier2: (&parameters.tier2).into(),
            tier3: (&parameters.tier3).into(),
        }
    }

    proptest! {
        #![proptest_config(cases())]

        #[test]
        fn a_levy_is_what_plain_numbers_make_of_it(closing in closings(), lock in lock(), owed in lock()) {
            let levy = levy(&closing, lock, owed);
            let (compensated, burned) = plain_levy(&closing, lock.units(), owed.units());
            prop_assert_eq!((levy.compensated.units(), levy.burned.units()), (compensated, burned));
        }

        #[test]
        fn a_levy_never_exceeds_its_lock(closing in closings(), lock in lock(), owed in lock()) {
            let levy = levy(&closing, lock, owed);
            prop_assert!(levy.compensated.plus(levy.burned).unwrap() <= lock);
            prop_assert!(levy.compensated >= owed.min(lock), "what is owed comes first");
        }

        #[test]
        fn what_is_owed_leaves_the_slash_alone_while_the_lock_lasts(closing in closings(), lock in lock(), owed in lock()) {
            let (with, without) = (levy(&closing, lock, owed), levy(&closing, lock, Amount::ZERO));
            if let Ok(all) = without.total().plus(owed) && all <= lock {
                prop_assert_eq!(with.burned, without.burned);
                prop_assert_eq!(with.compensated, without.compensated.plus(owed).unwrap());
            } else {
                prop_assert_eq!(with.total(), lock);
            }
        }

        #[test]
        fn a_requester_never_gets_more_of_a_slash_than_burns(closing in closings(), lock in lock()) {
            let levy = levy(&closing, lock, Amount::ZERO);
            prop_assert!(levy.compensated <= levy.burned);
            prop_assert!(levy.burned.minus(levy.compensated).unwrap().units() <= 1 || levy.compensated.is_zero());
        }

        #[test]
        fn a_worse_result_never_costs_less(lock in lock(), claim in 0..=20u8, got in 0..20u8) {
            let cost = |got| levy(&settled(Verdict::Jury, claim, got), lock, Amount::ZERO).total();
            prop_assert!(cost(got) >= cost(got + 1));
        }

        #[test]
        fn owning_up_never_costs_more(lock in lock(), claim in 1..=20u8, got in 0..=20u8) {
            let cost = |verdict, claim| levy(&settled(verdict, claim, got), lock, Amount::ZERO).total();
            prop_assert!(cost(Verdict::Jury, claim - 1) <= cost(Verdict::Jury, claim));
            prop_assert!(cost(Verdict::Conceded, claim) <= cost(Verdict::Jury, claim));
        }

        #[test]
        fn garbage_is_never_cheaper_than_being_late(lock in lock(), claim in 0..=20u8) {
            let cost = |closing| levy(&closing, lock, Amount::ZERO).total();
            let (late, unable) = (cost(ended(WorkEnd::Late)), cost(ended(WorkEnd::Unable)));
            prop_assert!(cost(settled(Verdict::Jury, claim, 0)) >= late);
            prop_assert!(cost(settled(Verdict::Judge, claim, 0)) >= late);
            prop_assert!(cost(settled(Verdict::Unheard, claim, 0)) >= late);
            prop_assert!(late >= unable);
        }

        #[test]
        fn honest_work_costs_nothing(lock in lock(), got in LOW_TWENTIETHS..=20) {
            let over = (got + TOLERATED_TWENTIETHS).min(20);
            let cost = |closing| levy(&closing, lock, Amount::ZERO);
            prop_assert_eq!(cost(settled(Verdict::Jury, over, got)), Levy::default());
            prop_assert_eq!(cost(settled(Verdict::Neutral, 20, 0)), Levy::default());
            prop_assert_eq!(cost(ended(WorkEnd::Displaced)), Levy::default());
            prop_assert_eq!(cost(Closing { standing: true, ..ended(WorkEnd::Unable) }), Levy::default());
        }

        #[test]
        fn only_an_overclaim_that_no_judge_ruled_on_pays_the_requester(closing in closings(), lock in lock()) {
            let levy = levy(&closing, lock, Amount::ZERO);
            let over = overclaim(closing.claim, closing.share) > 0;
            let heard = matches!(closing.verdict, Verdict::Undisputed | Verdict::Conceded | Verdict::Jury);
            prop_assert!(levy.compensated.is_zero() || (closing.end == WorkEnd::Settled && over && heard));
        }

        #[test]
        fn good_marks_are_the_fee_taken(closing in closings(), fee in lock(), price_fee in lock()) {
            let (good, bad) = marks(&closing, fee, price_fee);
            prop_assert!(good == Amount::ZERO || (closing.end == WorkEnd::Settled && good == fee));
            prop_assert!(bad <= price_fee.times(4).unwrap_or(Amount::MAX));
            if closing.end == WorkEnd::Settled && overclaim(closing.claim, closing.share) == 0 {
                prop_assert_eq!(bad, Amount::ZERO);
            }
        }

        #[test]
        fn what_is_reserved_fits_and_comes_back(total in quantities(), used in quantities(), needed in quantities()) {
            let capacity = Capacity { total, gpu_class: 3, ..Capacity::default() };
            match capacity.reserve(&used, &needed.with_class(3)) {
                Some(now) => {
                    prop_assert!(total.minus(&now).is_some());
                    prop_assert_eq!(now.minus(&needed), Some(used));
                }
                None => prop_assert!(used.plus(&needed).is_none_or(|sum| total.minus(&sum).is_none())),
            }
        }

        #[test]
        fn gpus_of_another_class_do_not_fit(gpus in 1..=u16::MAX, class in 1..=u16::MAX) {
            let total = Quantities { gpus: u16::MAX, ..Quantities::default() };
            let capacity = Capacity { total, gpu_class: 1, ..Capacity::default() };
            let needed = Quantities { gpus, ..Quantities::default() }.with_class(class);
            prop_assert_eq!(capacity.reserve(&Quantities::default(), &needed).is_some(), class == 1);
        }

        #[test]
        fn a_quote_is_the_sum_of_its_parts(rates: [u32; 4], needed in quantities(), run_secs: u32, least in lock()) {
            let [cpu_milli, memory_mib, storage_gib, gpu] = rates.map(u64::from);
            let prices = Prices { cpu_milli, memory_mib, storage_gib, gpu };
            let sum = u128::from(rates[0]) * u128::from(needed.cpu_millis)
                + u128::from(rates[1]) * u128::from(needed.memory_mib)
                + u128::from(rates[2]) * u128::from(needed.storage_gib)
                + u128::from(rates[3]) * u128::from(needed.gpus);
            let expected = Amount::new_clipped(sum.saturating_mul(run_secs.into()).max(least.units()));
            prop_assert_eq!(quote(&prices, least, &needed, run_secs), expected);
        }

        #[test]
        fn a_quote_never_falls_as_the_run_grows(rates: [u64; 4], needed in quantities(), run_secs in 0..u32::MAX) {
            let [cpu_milli, memory_mib, storage_gib, gpu] = rates;
            let prices = Prices { cpu_milli, memory_mib, storage_gib, gpu };
            let quoted = |secs| quote(&prices, Amount::ZERO, &needed, secs);
            prop_assert!(quoted(run_secs) <= quoted(run_secs + 1));
        }

        #[test]
        fn regions_are_found_wherever_they_stand(codes in proptest::collection::vec(1..=999u16, 1..=8), region in 1..=999u16) {
            let packed = codes.iter().rev().fold(0u128, |word, code| (word << 16) | u128::from(*code));
            prop_assert_eq!(region_matches(packed, region), codes.contains(&region));
        }

        #[test]
        fn more_of_anything_never_lowers_a_tier(
            bonded in lock(), minimum in lock(), age_secs in 0..100 * u64::from(DAY_SECS), reputation_bps in 0..=10_000u16,
        ) {
            let tier = |bonded, age_secs, reputation_bps| {
                ladder().tier(&Standing { bonded, minimum, age_secs, reputation_bps })
            };
            let now = tier(bonded, age_secs, reputation_bps);
            prop_assert!(tier(bonded.plus_clipped(Amount::LNQ), age_secs, reputation_bps) >= now);
            prop_assert!(tier(bonded, age_secs + 1, reputation_bps) >= now);
            prop_assert!(tier(bonded, age_secs, reputation_bps + 1) >= now);
        }

        #[test]
        fn the_minimum_is_the_sum_of_its_parts(parts: [u32; 3], cpu_millis: u32, gpus: u16) {
            let [base, per_core, per_gpu] = parts.map(|part| part % (MAX_MINIMUM_PART + 1));
            let total = Quantities { cpu_millis, gpus, ..Quantities::default() };
            let cores = u128::from(cpu_millis).div_ceil(1_000);
            let whole = u128::from(base) + u128::from(per_core) * cores + u128::from(per_gpu) * u128::from(gpus);
            let least = minimum(&MinimumParts { base, per_core, per_gpu }, &total);
            prop_assert_eq!(least.units(), (whole * Amount::LNQ.units()).min(Amount::MAX.units()));
        }

        #[test]
        fn a_larger_capacity_never_needs_less(total in quantities(), more in quantities()) {
            let parts = MinimumParts { base: 1_000, per_core: 100, per_gpu: 1_000 };
            if let Some(larger) = total.plus(&more) {
                prop_assert!(minimum(&parts, &larger) >= minimum(&parts, &total));
            }
        }
    }

    #[test]
    fn slashes_are_the_ones_of_the_protocol() {
        let lock = Amount::from_lnq(160);
        let lnq = Amount::from_lnq;
        let parts = |closing, owed| {
            let levy = levy(&closing, lock, lnq(owed));
            (levy.compensated, levy.burned)
        };
        let none = lnq(0);
        assert_eq!(parts(settled(Verdict::Undisputed, 20, 20), 0), (none, none));
        assert_eq!(parts(settled(Verdict::Undisputed, 3, 3), 0), (none, lnq(16)));
        assert_eq!(parts(settled(Verdict::Undisputed, 0, 0), 0), (none, lnq(40)));
        assert_eq!(parts(settled(Verdict::Jury, 20, 15), 0), (lnq(5), lnq(5)));
        assert_eq!(parts(settled(Verdict::Jury, 20, 0), 0), (lnq(80), lnq(80)));
        assert_eq!(parts(settled(Verdict::Conceded, 20, 0), 0), (lnq(40), lnq(40)), "owned up to");
        assert_eq!(parts(settled(Verdict::Conceded, 4, 0), 0), (none, lnq(40)), "a low share is never halved");
        assert_eq!(parts(settled(Verdict::Judge, 20, 0), 0), (none, lnq(160)));
        assert_eq!(parts(settled(Verdict::Neutral, 20, 10), 0), (none, none));
        assert_eq!(parts(settled(Verdict::Unheard, 20, 0), 0), (none, lnq(40)));
        assert_eq!(parts(settled(Verdict::Jury, 8, 3), 0), (none, lnq(16)), "the larger of low and overclaim counts");
        assert_eq!(parts(settled(Verdict::Jury, 20, 15), 30), (lnq(35), lnq(5)), "what is owed comes first");
        assert_eq!(parts(settled(Verdict::Jury, 20, 0), 30), (lnq(95), lnq(65)), "never more than the lock holds");
        assert_eq!(parts(settled(Verdict::Jury, 20, 0), 500), (lnq(160), none));
        assert_eq!(parts(Closing { standing: true, ..ended(WorkEnd::Late) }, 0), (none, lnq(40)));
        assert_eq!(parts(ended(WorkEnd::Unable), 0), (none, lnq(10)));
    }

    #[test]
    fn a_lock_too_small_to_divide_is_slashed_all_the_same() {
        let wei = Amount::new_clipped(1);
        let burned = |closing| levy(&closing, wei, Amount::ZERO);
        assert_eq!(burned(ended(WorkEnd::Unable)), Levy { burned: wei, ..Levy::default() });
        assert_eq!(burned(settled(Verdict::Undisputed, 4, 4)), Levy { burned: wei, ..Levy::default() });
        assert_eq!(
            burned(settled(Verdict::Jury, 20, 15)),
            Levy { burned: wei, ..Levy::default() },
            "half, rounded down"
        );
    }

    #[test]
    fn an_overclaim_costs_four_fees_at_most() {
        let fee = Amount::from_lnq(4);
        let bad = |claim, got| marks(&settled(Verdict::Conceded, claim, got), Amount::ZERO, fee).1;
        assert_eq!(bad(20, 0), Amount::from_lnq(16));
        assert_eq!(bad(10, 5), Amount::from_lnq(1));
        assert_eq!(bad(10, 6), Amount::ZERO);
        assert_eq!(marks(&settled(Verdict::Neutral, 20, 0), Amount::ZERO, fee).1, Amount::ZERO);
        assert_eq!(marks(&settled(Verdict::Unheard, 20, 0), Amount::ZERO, fee).1, Amount::ZERO);
        assert_eq!(marks(&ended(WorkEnd::Late), Amount::ZERO, fee), (Amount::ZERO, fee));
    }

    #[test]
    fn the_minimum_counts_started_cores_and_gpus() {
        let parts = MinimumParts { base: 1_000, per_core: 100, per_gpu: 1_000 };
        let of = |cpu_millis, gpus| minimum(&parts, &Quantities { cpu_millis, gpus, ..Quantities::default() });
        assert_eq!(of(1, 0), Amount::from_lnq(1_100));
        assert_eq!(of(1_000, 0), Amount::from_lnq(1_100));
        assert_eq!(of(1_001, 2), Amount::from_lnq(3_200));
        let most = MinimumParts { base: MAX_MINIMUM_PART, per_core: MAX_MINIMUM_PART, per_gpu: MAX_MINIMUM_PART };
        assert_eq!(minimum(&most, &Quantities { cpu_millis: u32::MAX, ..Quantities::default() }), Amount::MAX);
    }

    #[test]
    fn tiers_are_the_ones_of_the_protocol() {
        let minimum = Amount::from_lnq(1_100);
        let tier = |multiple, days: u64, reputation_bps| {
            let bonded = minimum.times(multiple).unwrap();
            ladder().tier(&Standing { bonded, minimum, age_secs: days * u64::from(DAY_SECS), reputation_bps })
        };
        assert_eq!(tier(1, 1_000, 10_000), 0);
        assert_eq!(tier(4, 7, 5_000), 1);
        assert_eq!(tier(4, 6, 5_000), 0);
        assert_eq!(tier(16, 30, 7_999), 1);
        assert_eq!(tier(16, 30, 8_000), 2);
        assert_eq!(tier(64, 90, 9_500), 3);
        assert_eq!(ladder().price_cap(0), Amount::from_lnq(500));
        assert_eq!(ladder().price_cap(3), Amount::MAX);
    }

    #[test]
    fn no_regions_are_anywhere_and_no_region_is_nowhere() {
        assert!(region_matches(0, 276));
        assert!(region_matches(0, 0));
        assert!(!region_matches(276, 0));
        assert!(!region_matches(276 << 16, 0));
    }

    #[test]
    fn parameters_outside_their_limits_are_not_sound() {
        assert!(parameters_are_sound(&defaults()));
        let wrong = |change: fn(&mut RegistryParameters)| {
            let mut parameters = defaults();
            change(&mut parameters);
            !parameters_are_sound(&parameters)
        };
        assert!(wrong(|p| p.minimumLnq = MAX_MINIMUM_PART + 1));
        assert!(wrong(|p| p.perCoreLnq = MAX_MINIMUM_PART + 1));
        assert!(wrong(|p| p.perGpuLnq = MAX_MINIMUM_PART + 1));
        assert!(wrong(|p| p.unbondingSecs = MIN_UNBONDING_SECS - 1));
        assert!(wrong(|p| p.unbondingSecs = MAX_UNBONDING_SECS + 1));
        assert!(wrong(|p| p.tier1.stakeMultiple = 0));
        assert!(wrong(|p| p.tier2.ageDays = 6));
        assert!(wrong(|p| p.tier3.reputationBps = 7_999));
        assert!(wrong(|p| p.tier3.reputationBps = MAX_REPUTATION_BPS + 1));
        assert!(wrong(|p| p.tier1.priceCapLnq = 499));
    }

    #[test]
    fn an_offer_must_leave_room_for_some_work() {
        let offer = StandingOffer {
            open: true,
            minRunSecs: 60,
            maxRunSecs: 3_600,
            maxWindowSecs: MAX_WINDOW_SECS,
            maxHoldBackSecs: MAX_HOLD_BACK_SECS,
            maxNoticeSecs: MAX_HOLD_BACK_SECS,
            ..StandingOffer::default()
        };
        assert!(offer_is_sound(&offer));
        let wrong = |change: fn(&mut StandingOffer)| {
            let mut other = offer.clone();
            change(&mut other);
            !offer_is_sound(&other)
        };
        assert!(wrong(|o| o.minRunSecs = 3_601));
        assert!(wrong(|o| (o.minRunSecs, o.maxRunSecs) = (0, 0)));
        assert!(wrong(|o| o.maxRunSecs = MAX_RUN_SECS + 1));
        assert!(wrong(|o| o.maxWindowSecs = MAX_WINDOW_SECS + 1));
        assert!(wrong(|o| o.maxHoldBackSecs = MAX_HOLD_BACK_SECS + 1));
        assert!(wrong(|o| o.maxNoticeSecs = MAX_HOLD_BACK_SECS + 1));
        assert!(!wrong(|o| (o.open, o.maxRunSecs) = (false, 0)));
    }

    #[test]
    fn a_capacity_must_be_able_to_run() {
        let sound = |cpu_millis, memory_mib, gpus, class| {
            capacity_is_sound(&Resources {
                cpuMillis: cpu_millis,
                memoryMib: memory_mib,
                gpus,
                gpuClass: class,
                ..Resources::default()
            })
        };
        assert!(sound(1, 1, 0, 0) && sound(1, 1, 1, 1));
        assert!(!sound(0, 1, 0, 0) && !sound(1, 0, 0, 0) && !sound(1, 1, 1, 0) && !sound(1, 1, 0, 1));
    }
}

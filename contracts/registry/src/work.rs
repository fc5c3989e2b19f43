//! Taking, freeing and closing work, for the jobs contract alone.

// The SDK's macros name `Vec` without a path.
use alloc::vec::Vec;

use alloy_primitives::{Address, aliases::U96};
use linq_abi::{
    IRegistry::{
        CapacityFreed, RegistryBadWork, RegistryBelowMinimum, RegistryDraining, RegistryMissingFeatures,
        RegistryNoCapacity, RegistryNotAssignable, RegistryNotEnoughStake, RegistryNotOperator, RegistryNotTheQuote,
        RegistryOfferClosed, RegistryOutsideOffer, RegistryPriceAboveTier, RegistryTierTooLow, RegistryUnknownProvider,
        RegistryWrongRegion, WorkClosed, WorkTaken,
    },
    Resources, WorkClose, WorkRequest,
    codes::{Obstacle, Trial, Verdict, WorkEnd},
    wire::bytes_of,
};
use linq_common::{Abi, Amount, OutOfRange, Share, Token, log};
use linq_records::{
    Reputation,
    eligibility::{Fit, Hindrance, Rules, fit},
    formulas::{Closing, levy, marks, minimum},
    words::{Capacity, History, Load, Payout, Penalties, Stake},
};
use stylus_sdk::prelude::*;

use crate::{Registry, RegistryError, state::Shelved};

/// What the jobs contract does to providers.
#[public]
#[allow(missing_docs, reason = "the macro adds a method of its own")]
pub trait Work {
    /// Reserves capacity and locks stake for a piece of work.
    ///
    /// Who:   the jobs contract.
    /// Needs: a provider that is eligible; if `caller` is not its operator, work that may be assigned and lies inside the
    ///        standing offer, at exactly the price the provider quotes.
    /// Does:  reserves, locks and counts; returns which payout address is in force, and whether the work came from the
    ///        standing offer.
    /// Emits: `WorkTaken`.
    /// Fails: `RegistryNotJobs`; `RegistryUnknownProvider`; `RegistryNotAssignable`; `RegistryDraining`;
    ///        `RegistryMissingFeatures`; `RegistryWrongRegion`; `RegistryNoCapacity`; `RegistryBelowMinimum`; `RegistryTierTooLow`;
    ///        `RegistryPriceAboveTier`; `RegistryNotEnoughStake`; `RegistryOfferClosed`; `RegistryOutsideOffer`;
    ///        `RegistryNotTheQuote`; `RegistryOverflow`.
    /// Units: LNQ base units; seconds; see `Resources`.
    fn take(&mut self, request: Abi<WorkRequest>) -> Result<(u16, bool), RegistryError>;

    /// Returns the capacity of a piece of work whose result is in, and confirms who brought it.
    ///
    /// Who:   the jobs contract.
    /// Needs: `operator` is the provider's, and agreed to be.
    /// Does:  returns the capacity; the lock stays until the work is closed.
    /// Emits: `CapacityFreed`.
    /// Fails: `RegistryNotJobs`; `RegistryUnknownProvider`; `RegistryNotOperator`; `RegistryBadWork` if more would be
    ///        returned than is reserved.
    fn free(&mut self, provider: u32, operator: Address, resources: Abi<Resources>) -> Result<(), RegistryError>;

    /// Closes a piece of work: unlocks, slashes, records.
    ///
    /// Who:   the jobs contract.
    /// Needs: work that was taken and is closed for the first time.
    /// Does:  returns the capacity if it is still reserved; takes what is owed and the slash out of the lock and releases
    ///        the rest; counts, adds to reputation and history; then pays the requester its part and burns the other.
    ///        Returns who is paid for the work and how much was taken. Work that was displaced leaves no record.
    /// Emits: `WorkClosed`.
    /// Fails: `RegistryNotJobs`; `RegistryBadWork` for a code, claim or share that there is none of, and for more than is
    ///        reserved or locked; `RegistryOverflow`; a reason of the token passes through.
    /// Units: LNQ base units; twentieths; seconds.
    fn close(&mut self, work: Abi<WorkClose>) -> Result<(Address, U96), RegistryError>;
}

#[public]
impl Work for Registry {
    fn take(&mut self, request: Abi<WorkRequest>) -> Result<(u16, bool), RegistryError> {
        let Abi(request) = request;
        self.require_jobs()?;
        let provider = request.provider;
        let operator = self.known_operator(provider)?;
        let standing = !operator.is(request.caller);

        if standing && !request.assignable {
            return Err(RegistryNotAssignable { provider, caller: request.caller }.into());
        }
        let (minimum, ladder) = self.rules();
        let rules = Rules { minimum, ladder, now: self.now() };
        let shelf = Shelved { registry: self, provider };
        let Fit { used, mut load, mut stake } =
            fit(&shelf, &operator, &rules, &request, standing).map_err(|why| self.hindered(&request, why))?;
        let lock = Amount::from(request.lock);

        load.used = used;
        load.accepted = load.accepted.checked_add(1).ok_or(OutOfRange)?;
        stake.locked = stake.locked.plus(lock)?;
        self.write(provider, &load);
        self.write(provider, &stake);
        log(self.vm(), &WorkTaken { provider, lock: request.lock, locked: stake.locked.into() });
        Ok((operator.payout_version, standing))
    }

    fn free(&mut self, provider: u32, operator: Address, resources: Abi<Resources>) -> Result<(), RegistryError> {
        self.require_jobs()?;
        if !self.known_operator(provider)?.is(operator) {
            return Err(RegistryNotOperator { provider, caller: operator }.into());
        }
        let mut load: Load = self.read(provider);
        load.used = load.used.minus(&(&resources.0).into()).ok_or(RegistryBadWork { provider })?;
        self.write(provider, &load);
        log(self.vm(), &CapacityFreed { provider });
        Ok(())
    }

    fn close(&mut self, work: Abi<WorkClose>) -> Result<(Address, U96), RegistryError> {
        let Abi(work) = work;
        self.require_jobs()?;
        let provider = work.provider;
        let lock = Amount::from(work.lock);
        let Some((closing, trial)) = terms(&work) else {
            return Err(RegistryBadWork { provider }.into());
        };
        let end = closing.end;

        if work.reserved || end != WorkEnd::Settled {
            self.unload(&work, end)?;
        }
        let levy = levy(&closing, lock, work.owed.into());
        let slashed = levy.total();
        let mut stake: Stake = self.read(provider);
        stake.locked = stake.locked.minus(lock).map_err(|_| RegistryBadWork { provider })?;
        stake.bonded = stake.bonded.minus(slashed)?;
        if end == WorkEnd::Settled {
            stake.completed = stake.completed.checked_add(1).ok_or(OutOfRange)?;
        }
        self.write(provider, &stake);
        let fee = Amount::from(work.fee);
        let (good, bad) = marks(&closing, fee, work.priceFee.into());
        let earned = if end == WorkEnd::Settled { Amount::from(work.paid).minus_clipped(fee) } else { Amount::ZERO };
        self.remember(provider, good, bad, earned);
        self.punish(provider, slashed, trial)?;
        if end != WorkEnd::Displaced {
            self.fold(&work);
        }
        let payout = self.read_numbered::<Payout>(provider, work.payoutVersion).address;
        let closed = WorkClosed {
            provider,
            work: work.work,
            end: work.end,
            tookSecs: work.tookSecs,
            paid: work.paid,
            trial: work.trial,
            unlocked: lock.minus_clipped(slashed).into(),
            slashed: slashed.into(),
            compensated: levy.compensated.into(),
            bonded: stake.bonded.into(),
        };
        log(self.vm(), &closed);

        let token = Token(self.holdings.get().token);
        if !levy.compensated.is_zero() {
            token.transfer(self, work.requester, levy.compensated)?;
        }
        if !levy.burned.is_zero() {
            token.burn(self, levy.burned)?;
        }
        Ok((payout, slashed.into()))
    }
}

impl Registry {
    /// The error that names what stands in the way of a take.
    fn hindered(&self, request: &WorkRequest, Hindrance { obstacle, figure }: Hindrance) -> RegistryError {
        let provider = request.provider;
        let amount: U96 = figure.into();
        let number = u64::try_from(figure.units()).unwrap_or(u64::MAX);
        match obstacle {
            Obstacle::MissingFeatures => RegistryMissingFeatures { provider, missing: number }.into(),
            Obstacle::WrongRegion => {
                RegistryWrongRegion { provider, region: u16::try_from(number).unwrap_or(u16::MAX) }.into()
            }
            Obstacle::Draining => RegistryDraining { provider }.into(),
            Obstacle::NoCapacity => RegistryNoCapacity { provider }.into(),
            Obstacle::BelowMinimum => {
                let capacity: Capacity = self.read(provider);
                let least = minimum(&self.rules().0, &capacity.total).into();
                RegistryBelowMinimum { provider, bonded: amount, minimum: least }.into()
            }
            Obstacle::TierTooLow => {
                let tier = u8::try_from(number).unwrap_or(u8::MAX);
                RegistryTierTooLow { provider, tier, needed: request.tier }.into()
            }
            Obstacle::PriceAboveTier => RegistryPriceAboveTier { provider, posted: request.posted, cap: amount }.into(),
            Obstacle::NotEnoughStake => RegistryNotEnoughStake { provider, free: amount, needed: request.lock }.into(),
            Obstacle::OfferClosed => RegistryOfferClosed { provider }.into(),
            Obstacle::OutsideOffer => RegistryOutsideOffer { provider }.into(),
            Obstacle::NotTheQuote => RegistryNotTheQuote { provider, price: request.price, quote: amount }.into(),
            // What only the lens finds.
            Obstacle::None | Obstacle::UnknownProvider | Obstacle::QuoteAbovePrice => {
                RegistryUnknownProvider { provider }.into()
            }
        }
    }

    /// Returns capacity that is still reserved, and counts what ends without a result.
    fn unload(&mut self, work: &WorkClose, end: WorkEnd) -> Result<(), RegistryError> {
        let provider = work.provider;
        let mut load: Load = self.read(provider);
        if work.reserved {
            load.used = load.used.minus(&(&work.resources).into()).ok_or(RegistryBadWork { provider })?;
        }
        match end {
            WorkEnd::Settled => {}
            WorkEnd::Displaced => load.accepted = load.accepted.checked_sub(1).ok_or(RegistryBadWork { provider })?,
            WorkEnd::Unable => load.unable = load.unable.checked_add(1).ok_or(OutOfRange)?,
            WorkEnd::Late => load.late = load.late.checked_add(1).ok_or(OutOfRange)?,
        }
        self.write(provider, &load);
        Ok(())
    }

    /// Adds to reputation and earnings; a piece of work that adds nothing leaves the word alone.
    fn remember(&mut self, provider: u32, good: Amount, bad: Amount, earned: Amount) {
        if good.is_zero() && bad.is_zero() && earned.is_zero() {
            return;
        }
        let reputation = self.read::<Reputation>(provider).with(self.now(), good, bad, earned);
        self.write(provider, &reputation);
    }

    /// Counts what was taken of the stake, and a dispute; a piece of work with neither leaves the word alone.
    fn punish(&mut self, provider: u32, slashed: Amount, trial: Trial) -> Result<(), OutOfRange> {
        if slashed.is_zero() && trial == Trial::None {
            return Ok(());
        }
        let mut penalties: Penalties = self.read(provider);
        penalties.slashed = penalties.slashed.plus_clipped(slashed);
        let counter = match trial {
            Trial::None => None,
            Trial::Won => Some(&mut penalties.disputes_won),
            Trial::Lost => Some(&mut penalties.disputes_lost),
        };
        if let Some(counter) = counter {
            *counter = counter.checked_add(1).ok_or(OutOfRange)?;
        }
        self.write(provider, &penalties);
        Ok(())
    }

    /// Folds a closed piece of work into the history of its provider.
    fn fold(&mut self, work: &WorkClose) {
        let provider = work.provider;
        let History(before) = self.read(provider);
        let entry = bytes_of(&(before, work.work, work.end, work.tookSecs, work.paid));
        let history = History(self.vm().native_keccak256(&entry));
        self.write(provider, &history);
    }
}

/// How work ends, and whether it was disputed, if there are such codes and shares.
fn terms(work: &WorkClose) -> Option<(Closing, Trial)> {
    let (end, verdict) = (WorkEnd::from_u8(work.end)?, Verdict::from_u8(work.verdict)?);
    let (claim, share) = (Share::new(work.claim).ok()?, Share::new(work.share).ok()?);
    let closing = Closing { end, verdict, claim, share, standing: work.standing };
    (share <= claim).then_some((closing, Trial::from_u8(work.trial)?))
}

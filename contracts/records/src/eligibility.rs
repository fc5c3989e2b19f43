//! Whether a provider can take a piece of work, and what stands in the way.

use linq_abi::{WorkRequest, codes::Obstacle};
use linq_common::{Amount, Timestamp};

use crate::{
    Reputation,
    formulas::{Standing, minimum, quote, region_matches},
    words::{Capacity, Ladder, Load, MinimumParts, Offer, Operator, Prices, Quantities, Record, Stake},
};

/// Where the words of one provider are read.
///
/// Words that few takes depend on are read only when they matter.
pub trait Shelf {
    /// A word of the provider; nothing where none was stored.
    fn read<T: Record>(&self) -> T;
}

/// What a piece of work is held against besides the provider itself.
pub struct Rules {
    /// What the minimum stake is made of.
    pub minimum: MinimumParts,
    /// The tiers.
    pub ladder: Ladder,
    /// The present second.
    pub now: Timestamp,
}

/// A provider that can take a piece of work.
pub struct Fit {
    /// What is in use with the work reserved.
    pub used: Quantities,
    /// What is reserved and counted so far.
    pub load: Load,
    /// Its stake.
    pub stake: Stake,
}

/// Why it cannot, with the figure that says by how much.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Hindrance {
    /// What stands in the way.
    pub obstacle: Obstacle,
    /// Missing feature bits, the region, the tier, or an amount: bonded stake, price cap, free stake, quote. Else zero.
    pub figure: Amount,
}

impl From<Obstacle> for Hindrance {
    fn from(obstacle: Obstacle) -> Self {
        Self { obstacle, figure: Amount::ZERO }
    }
}

/// Whether the provider can take what `request` asks for, asked by its operator or, where `standing`, from its standing
/// offer.
pub fn fit<S: Shelf>(
    shelf: &S,
    operator: &Operator,
    rules: &Rules,
    request: &WorkRequest,
    standing: bool,
) -> Result<Fit, Hindrance> {
    let capacity: Capacity = shelf.read();
    let (load, stake): (Load, Stake) = (shelf.read(), shelf.read());
    if capacity.draining {
        return Err(Obstacle::Draining.into());
    }
    let missing = request.features & !capacity.features;
    if missing != 0 {
        return Err(hindrance(Obstacle::MissingFeatures, missing));
    }
    if !region_matches(request.regions, capacity.region) {
        return Err(hindrance(Obstacle::WrongRegion, capacity.region.into()));
    }
    let used = capacity.reserve(&load.used, &request.resources).ok_or(Obstacle::NoCapacity)?;
    let least = minimum(&rules.minimum, &capacity.total);
    if stake.bonded < least {
        return Err(Hindrance { obstacle: Obstacle::BelowMinimum, figure: stake.bonded });
    }
    require_tier(shelf, operator, rules, request, stake.bonded, least)?;
    let free = stake.bonded.minus_clipped(stake.locked);
    if Amount::from(request.lock) > free {
        return Err(Hindrance { obstacle: Obstacle::NotEnoughStake, figure: free });
    }
    if standing {
        require_inside_offer(shelf, operator, request)?;
    }
    Ok(Fit { used, load, stake })
}

/// The tier that the work demands, and one that goes up to its price. What age and reputation say is read only when tier 0
/// is not enough.
fn require_tier<S: Shelf>(
    shelf: &S,
    operator: &Operator,
    rules: &Rules,
    request: &WorkRequest,
    bonded: Amount,
    minimum: Amount,
) -> Result<(), Hindrance> {
    let (ladder, posted) = (&rules.ladder, Amount::from(request.posted));
    if request.tier == 0 && posted <= ladder.price_cap(0) {
        return Ok(());
    }
    let reputation_bps = shelf.read::<Reputation>().bps(rules.now);
    let age_secs = rules.now.secs_since(operator.registered_at);
    let tier = ladder.tier(&Standing { bonded, minimum, age_secs, reputation_bps });
    if tier < request.tier {
        return Err(hindrance(Obstacle::TierTooLow, tier.into()));
    }
    let cap = ladder.price_cap(tier);
    if posted > cap { Err(Hindrance { obstacle: Obstacle::PriceAboveTier, figure: cap }) } else { Ok(()) }
}

fn require_inside_offer<S: Shelf>(shelf: &S, operator: &Operator, request: &WorkRequest) -> Result<(), Hindrance> {
    let offer: Offer = shelf.read();
    if !offer.is_open() {
        return Err(Obstacle::OfferClosed.into());
    }
    let inside = (operator.min_run_secs..=offer.max_run_secs).contains(&request.runSecs)
        && request.windowSecs <= offer.max_window_secs
        && Amount::from(request.lock) <= offer.max_lock;
    if !inside {
        return Err(Obstacle::OutsideOffer.into());
    }
    let prices: Prices = shelf.read();
    let quote = quote(&prices, offer.min_price, &(&request.resources).into(), request.runSecs);
    if Amount::from(request.price) != quote {
        return Err(Hindrance { obstacle: Obstacle::NotTheQuote, figure: quote });
    }
    Ok(())
}

fn hindrance(obstacle: Obstacle, figure: u64) -> Hindrance {
    Hindrance { obstacle, figure: Amount::new_clipped(figure.into()) }
}

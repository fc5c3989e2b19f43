//! What registered providers ask for some work.

use std::collections::BTreeMap;

use alloy::primitives::{Address, B256, aliases::U96};
use linq_abi::codes::Obstacle;
use linq_abi::{ILens, Requirements, Terms};
use linq_manifest::{Posting, Price};
use serde::Serialize;

use crate::client::Linq;
use crate::cost::Estimate;
use crate::error::{Error, Result};
use crate::market;
use crate::submission::Work;
use crate::units::{Lnq, now};

/// A provider that could take the work.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Taker {
    /// The provider.
    pub provider: u32,
    /// What it asks for one task.
    pub quote: Lnq,
    /// Whether its standing offer takes it, or only its operator could.
    pub standing: bool,
}

/// What all registered providers say to some work.
#[derive(Clone, Debug)]
pub struct Quotes {
    /// How many were asked.
    pub asked: u32,
    /// Who could take it, the cheapest first.
    pub takers: Vec<Taker>,
    /// How many cannot, by the reason.
    pub obstacles: BTreeMap<&'static str, u32>,
    /// What one task pays: the price that the work names, or the market's.
    pub price: Option<Lnq>,
}

impl Quotes {
    /// Asks the lens about every provider that is registered.
    pub async fn ask(linq: &Linq, work: &Work) -> Result<Self> {
        let terms = work.terms_at(linq, Address::ZERO, 1).await?;
        let fixed = match work.order.price {
            Price::Fixed(price) => Some(amount(price)?),
            Price::Market => None,
        };
        let asked = linq.client.call(linq.suite.lens, &ILens::providerCountCall {}).await?;
        let (mut takers, mut obstacles) = (Vec::new(), BTreeMap::new());
        for id in 1..=asked {
            match taker(linq, &terms, id, fixed).await? {
                Ok(taker) => takers.push(taker),
                Err(why) => *obstacles.entry(why).or_default() += 1,
            }
        }
        takers.sort_by_key(|taker| (taker.quote, taker.provider));
        let mut quotes = Self { asked, takers, obstacles, price: fixed };
        quotes.price = fixed.or(quotes.market());
        Ok(quotes)
    }

    /// What the price "market" becomes: the cheapest quote of a standing offer.
    pub fn market(&self) -> Option<Lnq> {
        self.takers.iter().find(|taker| taker.standing).map(|taker| taker.quote)
    }

    /// The cheapest quote.
    pub fn cheapest(&self) -> Option<Lnq> {
        self.takers.first().map(|taker| taker.quote)
    }

    /// The quote in the middle, the lower one of two.
    pub fn median(&self) -> Option<Lnq> {
        self.takers.get(self.takers.len().saturating_sub(1) / 2).map(|taker| taker.quote)
    }
}

impl Work {
    /// What it costs at a price, without the gas, which only a signer's transaction has.
    pub async fn cost(&self, linq: &Linq, requester: Address, price: Lnq) -> Result<Estimate> {
        let terms = self.terms_at(linq, requester, price.0.to::<u128>()).await?;
        let version = terms.parameters;
        let parameters = linq.client.call(linq.suite.lens, &ILens::jobParametersCall { version }).await?;
        Estimate::new(&terms, &parameters, None, linq.client.gas_price_wei().await?)
    }

    async fn terms_at(&self, linq: &Linq, requester: Address, price: u128) -> Result<Terms> {
        let parameters = linq.client.call(linq.suite.lens, &ILens::jobLimitsCall {}).await?.currentParameters;
        let now = linq.second().await?.max(now());
        let posting = Posting { requester, price, now, parameters, salt: B256::ZERO };
        self.order.terms(&self.manifest, &posting).map_err(|error| Error::usage(error.to_string()))
    }
}

/// Whether a provider could take it, by its standing offer or else by its operator, and why not.
async fn taker(
    linq: &Linq,
    terms: &Terms,
    id: u32,
    fixed: Option<Lnq>,
) -> Result<std::result::Result<Taker, &'static str>> {
    if terms.provider != 0 && terms.provider != id {
        return Ok(Err("another provider is named"));
    }
    let asked = market::requirements(terms, fixed.map_or(U96::ZERO, |price| price.0));
    let unasked = !market::is_decided_by_others(terms);
    let mut why = Obstacle::OfferClosed;
    for standing in [true, false] {
        if standing && !unasked {
            continue;
        }
        let requirements = Requirements { standing, ..asked.clone() };
        let answer = linq.client.call(linq.suite.lens, &ILens::eligibleCall { id, requirements }).await?;
        why = Obstacle::from_u8(answer.obstacle)
            .ok_or_else(|| Error::network(format!("the lens names obstacle {}", answer.obstacle)))?;
        if why != Obstacle::None {
            continue;
        }
        if !linq.provider(id).await?.operatorAccepted {
            return Ok(Err("its operator has not accepted the role"));
        }
        let quote = Lnq(answer.quote);
        if fixed.is_some_and(|price| quote > price) {
            return Ok(Err(reason(Obstacle::QuoteAbovePrice)));
        }
        return Ok(Ok(Taker { provider: id, quote, standing }));
    }
    Ok(Err(reason(why)))
}

/// An obstacle in words.
fn reason(obstacle: Obstacle) -> &'static str {
    match obstacle {
        Obstacle::None => "nothing stands in the way",
        Obstacle::UnknownProvider => "not registered",
        Obstacle::MissingFeatures => "a feature is missing",
        Obstacle::WrongRegion => "in another region",
        Obstacle::NoCapacity => "the capacity is too small or in use",
        Obstacle::BelowMinimum => "the stake is below the minimum",
        Obstacle::TierTooLow => "the tier is too low",
        Obstacle::PriceAboveTier => "the price is above what the tier goes up to",
        Obstacle::NotEnoughStake => "too little free stake to lock",
        Obstacle::OfferClosed => "takes no work unasked",
        Obstacle::OutsideOffer => "outside the limits of the standing offer",
        Obstacle::NotTheQuote => "the price is not the quote",
        Obstacle::QuoteAbovePrice => "asks for more than the price",
        Obstacle::Draining => "is leaving and takes no work",
    }
}

fn amount(price: u128) -> Result<Lnq> {
    let price = U96::try_from(price).map_err(|_| Error::usage("order.price is more than there can be"))?;
    Ok(Lnq(price))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn quotes(takers: &[(u64, bool)]) -> Quotes {
        let taker = |&(quote, standing): &(u64, bool)| Taker { provider: 1, quote: Lnq::whole(quote), standing };
        Quotes { asked: 9, takers: takers.iter().map(taker).collect(), obstacles: BTreeMap::new(), price: None }
    }

    #[test]
    fn the_market_is_made_by_standing_offers_alone() {
        let quotes = quotes(&[(1, false), (2, true), (3, true), (9, false)]);
        assert_eq!(quotes.market(), Some(Lnq::whole(2)));
        assert_eq!((quotes.cheapest(), quotes.median()), (Some(Lnq::whole(1)), Some(Lnq::whole(2))));
    }

    #[test]
    fn the_median_is_the_one_in_the_middle() {
        assert_eq!(quotes(&[]).median(), None);
        assert_eq!(quotes(&[(4, true)]).median(), Some(Lnq::whole(4)));
        assert_eq!(quotes(&[(4, true), (5, true), (7, true)]).median(), Some(Lnq::whole(5)));
    }
}

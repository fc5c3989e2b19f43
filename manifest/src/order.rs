//! What is offered for a manifest, and how it becomes the terms of a job.

use alloy_primitives::{Address, B256, U256, aliases::U96, keccak256};
use alloy_sol_types::SolValue;
use linq_abi::Terms;
use serde::Deserialize;

use crate::{Manifest, ManifestError, feature, units};

/// Most slots of one job.
pub(crate) const MAX_TASKS: u16 = 256;
/// Region codes that fit into the terms.
pub(crate) const MAX_REGIONS: usize = 8;
/// Highest numeric country code.
pub(crate) const MAX_REGION: u16 = 999;
/// Highest tier.
pub(crate) const MAX_TIER: u8 = 3;
/// Most providers that try one after another.
pub(crate) const MAX_ATTEMPTS: u8 = 8;
/// Longest time in which a take can be displaced.
pub(crate) const MAX_BID_SECS: u32 = 6 * 3_600;
/// Longest run.
pub(crate) const MAX_RUN_SECS: u32 = 90 * 86_400;
/// Time between writing the terms and their block that must not shorten `openFor`.
const POSTING_SLACK_SECS: u64 = 300;

/// What is offered for a manifest: a price and times, and who may take it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Order {
    /// The most one task pays.
    pub price: Price,
    /// How many slots run the same manifest, each by itself.
    pub tasks: u16,
    /// Where it may run, ISO 3166-1 numeric; empty means anywhere.
    pub regions: Vec<u16>,
    /// Least tier of a provider.
    pub tier: u8,
    /// Feature bits beyond those that the manifest itself demands.
    pub features: u64,
    /// The only provider that may take it.
    pub provider: Option<u32>,
    /// Who rules on results instead of a jury.
    pub judge: Option<Address>,
    /// keccak256 of the output root that is paid at once.
    pub expected: Option<B256>,
    /// How long takes are accepted.
    pub open_secs: u32,
    /// How long a cheaper take displaces; 0 means the first is final.
    pub bid_secs: u32,
    /// How long a provider has.
    pub run_secs: u32,
    /// How long a result can be accepted, ruled on or disputed.
    pub window_secs: u32,
    /// How many providers may try, one after another.
    pub attempts: u8,
    /// Who may assign it to a standing offer.
    pub matching: Matching,
}

/// What one task pays at most.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Price {
    /// What eligible providers quote when it is posted; whoever posts looks it up.
    Market,
    /// This many base units.
    Fixed(u128),
}

/// Who may assign a job to a provider's standing offer.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Matching {
    /// The requester alone.
    #[default]
    Requester,
    /// Anyone, at the provider's own quote.
    Anyone,
}

/// What only the moment of posting knows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Posting {
    /// Who posts and pays.
    pub requester: Address,
    /// The price of one task in base units, `Price::Market` having been looked up.
    pub price: u128,
    /// Unix seconds by the chain.
    pub now: u64,
    /// Version of the parameters in force.
    pub parameters: u16,
    /// Makes two orders of the same work two jobs.
    pub salt: B256,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, default, rename_all = "camelCase")]
pub(crate) struct RawOrder {
    price: String,
    tasks: u16,
    regions: Vec<u16>,
    tier: u8,
    features: Vec<String>,
    provider: Option<u32>,
    judge: Option<Address>,
    expected: Option<B256>,
    open_for: String,
    bid_for: String,
    run_for: String,
    window: String,
    attempts: u8,
    matching: Matching,
}

impl Default for RawOrder {
    fn default() -> Self {
        Self {
            price: "market".into(),
            tasks: 1,
            regions: Vec::new(),
            tier: 0,
            features: Vec::new(),
            provider: None,
            judge: None,
            expected: None,
            open_for: "1h".into(),
            bid_for: "0".into(),
            run_for: "1h".into(),
            window: "72h".into(),
            attempts: 4,
            matching: Matching::Requester,
        }
    }
}

impl RawOrder {
    pub(crate) fn check(&self) -> Result<Order, ManifestError> {
        let price = match self.price.as_str() {
            "market" => Price::Market,
            amount => Price::Fixed(units::lnq("order.price", amount)?),
        };
        let mut features = 0;
        for name in &self.features {
            features |= feature::parse(name)?;
        }
        let order = Order {
            price,
            tasks: self.tasks,
            regions: self.regions.clone(),
            tier: self.tier,
            features,
            provider: self.provider,
            judge: self.judge,
            expected: self.expected,
            open_secs: units::seconds("order.openFor", &self.open_for)?,
            bid_secs: units::seconds("order.bidFor", &self.bid_for)?,
            run_secs: units::seconds("order.runFor", &self.run_for)?,
            window_secs: units::seconds("order.window", &self.window)?,
            attempts: self.attempts,
            matching: self.matching,
        };
        order.check()?;
        Ok(order)
    }
}

impl Default for Order {
    /// What a `resource.yaml` without an `order` offers.
    fn default() -> Self {
        RawOrder::default().check().expect("the defaults are an order")
    }
}

impl Order {
    /// Checks what holds under every parameter version; the rest is the contract's to refuse.
    ///
    /// Fails: [`ManifestError::BadValue`].
    pub fn check(&self) -> Result<(), ManifestError> {
        let bad = |field, reason: String| Err(ManifestError::value(field, reason));
        if self.price == Price::Fixed(0) {
            return bad("order.price", "must not be 0".into());
        }
        if !(1..=MAX_TASKS).contains(&self.tasks) {
            return bad("order.tasks", format!("must be 1 to {MAX_TASKS}"));
        }
        if self.regions.len() > MAX_REGIONS || self.regions.iter().any(|code| !(1..=MAX_REGION).contains(code)) {
            return bad("order.regions", format!("must be up to {MAX_REGIONS} numeric country codes of ISO 3166-1"));
        }
        if self.tier > MAX_TIER {
            return bad("order.tier", format!("must be 0 to {MAX_TIER}"));
        }
        if self.provider == Some(0) {
            return bad("order.provider", "ids begin with 1".into());
        }
        if self.judge.is_some() && self.expected.is_some() {
            return bad("order.judge", "a job has a judge or an expected result, not both".into());
        }
        if self.open_secs == 0 {
            return bad("order.openFor", "must not be 0".into());
        }
        if self.bid_secs > MAX_BID_SECS {
            return bad("order.bidFor", "must be at most 6h".into());
        }
        if self.run_secs == 0 || self.run_secs > MAX_RUN_SECS {
            return bad("order.runFor", "must be 1s to 90d".into());
        }
        if !(1..=MAX_ATTEMPTS).contains(&self.attempts) {
            return bad("order.attempts", format!("must be 1 to {MAX_ATTEMPTS}"));
        }
        Ok(())
    }

    /// The terms of a job that runs `manifest`.
    ///
    /// Fails: [`ManifestError::BadValue`] when the order cannot be, when a run may last longer than a provider has,
    /// or when the price does not fit.
    pub fn terms(&self, manifest: &Manifest, posting: &Posting) -> Result<Terms, ManifestError> {
        self.check()?;
        manifest.check()?;
        if manifest.limits.seconds > self.run_secs {
            let reason = format!("{}s is shorter than limits.time, {}s", self.run_secs, manifest.limits.seconds);
            return Err(ManifestError::value("order.runFor", reason));
        }
        let price = U96::try_from(posting.price)
            .ok()
            .filter(|price| !price.is_zero())
            .ok_or_else(|| ManifestError::value("order.price", "must be above 0 and below 2^96 base units"))?;
        let run_end = posting.now
            + POSTING_SLACK_SECS
            + [self.open_secs, self.bid_secs, self.run_secs].map(u64::from).iter().sum::<u64>();

        Ok(Terms {
            requester: posting.requester,
            specHash: manifest.spec_hash().bytes(),
            price,
            tasks: self.tasks,
            resources: manifest.slot_resources(),
            features: self.features | manifest.features(),
            regions: pack_regions(&self.regions),
            tier: self.tier,
            provider: self.provider.unwrap_or_default(),
            judge: self.judge.unwrap_or_default(),
            expected: self.expected.unwrap_or_default(),
            openSecs: self.open_secs,
            bidSecs: self.bid_secs,
            runSecs: self.run_secs,
            windowSecs: self.window_secs,
            attempts: self.attempts,
            endBy: run_end,
            anyoneMatches: self.matching == Matching::Anyone,
            parameters: posting.parameters,
            salt: posting.salt,
        })
    }
}

/// Region codes as the terms hold them: 16 bits each, from the low end.
fn pack_regions(regions: &[u16]) -> u128 {
    regions.iter().rev().fold(0, |packed, code| packed << 16 | u128::from(*code))
}

/// The id that the jobs contract at `jobs` on chain `chain_id` gives to `terms`: accepting it is accepting exactly
/// these terms.
pub fn job_id(chain_id: u64, jobs: Address, terms: &Terms) -> B256 {
    keccak256((U256::from(chain_id), jobs, terms.clone()).abi_encode())
}

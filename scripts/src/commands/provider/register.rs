//! `linq provider register`

use std::path::PathBuf;

use alloy::primitives::{Address, B256, U256};
use clap::Args;
use linq_abi::{ILens, IRegistry, Permit, Rates, Registration, Resources, StandingOffer};
use linq_manifest::feature;
use serde::Serialize;

use super::super::Context;
use super::capacity_flags::CapacityFlags;
use super::file::ProviderFile;
use super::offer_flags::OfferFlags;
use super::payment::PaymentFlag;
use super::sending::SendFlags;
use crate::client::{Linq, Sent};
use crate::cost::GasCost;
use crate::error::{Error, Result};
use crate::output::{Page, Report};
use crate::units::{Lnq, parse_address};

/// Register as a provider, with a first stake
///
/// The key becomes the owner, which looks after stake and offer. The operator takes work and submits results; another key
/// than the owner has to accept the role itself, with `linq provider accept-role`.
///
/// Shows the cost and asks before anything is sent. The stake is signed for inside the one transaction, unless the
/// registry may take it already; nothing stays allowed.
#[derive(Args, Debug)]
pub(super) struct Arguments {
    /// File that `linq provider init` wrote; flags come before what it says
    #[arg(long, value_name = "FILE")]
    from: Option<PathBuf>,
    /// The key that takes work and submits results [default: the owner]
    #[arg(long, value_name = "ADDRESS", value_parser = parse_address)]
    operator: Option<Address>,
    /// Who receives earnings [default: the owner]
    #[arg(long, value_name = "ADDRESS", value_parser = parse_address)]
    payout: Option<Address>,
    #[command(flatten)]
    capacity: CapacityFlags,
    /// First stake [default: the least allowed for the capacity]
    #[arg(long, value_name = "LNQ")]
    stake: Option<Lnq>,
    #[command(flatten)]
    offer: OfferFlags,
    #[command(flatten)]
    payment: PaymentFlag,
    #[command(flatten)]
    sending: SendFlags,
}

/// The new provider, or what it would cost.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Document {
    /// Absent in an estimate.
    #[serde(skip_serializing_if = "Option::is_none")]
    provider: Option<u32>,
    owner: Address,
    operator: Address,
    payout: Address,
    stake: Lnq,
    minimum: Lnq,
    #[serde(flatten)]
    gas: GasCost,
    /// Absent in an estimate.
    #[serde(skip_serializing_if = "Option::is_none")]
    tx_hash: Option<B256>,
}

impl Arguments {
    pub(super) async fn run(self, context: &Context) -> Result<()> {
        let Self { payment, sending, .. } = self;
        let plan = self.plan()?;
        let linq = context.writer().await?;
        let owner = linq.client.account()?;
        if let Some(provider) = linq.provider_of(owner).await? {
            // The contract would say so too, but only after a permit has been signed or the stake approved.
            return Err(Error::policy(format!("{owner} is owner or operator of provider {provider} already"))
                .hint("use another key, or change that provider with `linq provider offer` and `capacity`"));
        }
        let capacity = plan.capacity.clone();
        let minimum = Lnq(linq.client.call(linq.suite.lens, &ILens::minimumStakeCall { capacity }).await?);
        let registration = plan.registration(owner, minimum)?;
        let stake = Lnq(registration.stake);
        linq.require_lnq(owner, stake).await?;

        // Signed before the question, since the gas cannot be told without; by itself it moves nothing.
        let mut permit = if payment.approves() { None } else { linq.permit(stake).await? };
        let mut document = Document::new(&linq, owner, &registration, minimum, permit.as_ref()).await?;
        if !sending.go_ahead(context, &document, "Register this provider?")? {
            return Ok(());
        }
        if payment.approves() {
            permit = payment.permit(context, &linq, stake).await?;
        }
        let sent = send(&linq, registration, permit).await?;
        document.provider = Some(sent.expect_event::<IRegistry::ProviderRegistered>(linq.suite.registry)?.provider);
        document.tx_hash = Some(sent.hash);
        context.output.report(&document)
    }

    /// What is to be registered, with what the file says where no flag does.
    fn plan(self) -> Result<Plan> {
        let file = self.from.as_deref().map(ProviderFile::read).transpose()?.unwrap_or_default();
        let capacity = self.capacity.over(file.capacity);
        let offer = self.offer.over(file.offer);
        for (name, given) in [
            ("cpu", capacity.cpu.is_some()),
            ("memory", capacity.memory.is_some()),
            ("region", capacity.region.is_some()),
        ] {
            if !given {
                return Err(Error::usage(format!("no {name} is given"))
                    .hint(format!("give --{name}, or --from a file that says it: `linq provider init` writes one")));
            }
        }
        Ok(Plan {
            operator: self.operator.or(file.operator),
            payout: self.payout.or(file.payout),
            capacity: capacity.resources(&Resources::default())?,
            features: capacity.features(feature::WASI)?,
            region: capacity.region.unwrap_or_default(),
            rates: offer.rates(&Rates::default())?,
            offer: offer.standing(&StandingOffer::default()),
            stake: self.stake.or(file.stake),
        })
    }
}

/// A registration as far as it is known without the chain.
struct Plan {
    operator: Option<Address>,
    payout: Option<Address>,
    capacity: Resources,
    features: u64,
    region: u16,
    rates: Rates,
    offer: StandingOffer,
    stake: Option<Lnq>,
}

impl Plan {
    fn registration(self, owner: Address, minimum: Lnq) -> Result<Registration> {
        let stake = self.stake.unwrap_or(minimum);
        if stake < minimum {
            return Err(Error::policy(format!("a stake of {stake} is less than the {minimum} this capacity needs"))
                .hint("raise --stake, or leave it out"));
        }
        Ok(Registration {
            operator: self.operator.unwrap_or(owner),
            payout: self.payout.unwrap_or(owner),
            capacity: self.capacity,
            features: self.features,
            region: self.region,
            rates: self.rates,
            offer: self.offer,
            stake: stake.0,
        })
    }
}

async fn send(linq: &Linq, registration: Registration, permit: Option<Permit>) -> Result<Sent> {
    let registry = linq.suite.registry;
    match permit {
        Some(permit) => {
            let call = IRegistry::registerWithPermitCall { registration, permit };
            linq.client.send(registry, &call, U256::ZERO).await
        }
        None => linq.client.send(registry, &IRegistry::registerCall { registration }, U256::ZERO).await,
    }
}

/// The gas of registering; not known while the registry may not take the stake.
async fn gas(linq: &Linq, registration: &Registration, permit: Option<&Permit>) -> Result<GasCost> {
    let (registry, registration) = (linq.suite.registry, registration.clone());
    if let Some(permit) = permit.cloned() {
        let call = IRegistry::registerWithPermitCall { registration, permit };
        return GasCost::of(&linq.client, registry, &call).await;
    }
    let allowed = linq.allowance(linq.client.account()?, registry).await?;
    if allowed < Lnq(registration.stake).to_token() {
        return GasCost::unknown(&linq.client).await;
    }
    GasCost::of(&linq.client, registry, &IRegistry::registerCall { registration }).await
}

impl Document {
    async fn new(
        linq: &Linq,
        owner: Address,
        registration: &Registration,
        minimum: Lnq,
        permit: Option<&Permit>,
    ) -> Result<Self> {
        Ok(Self {
            provider: None,
            owner,
            operator: registration.operator,
            payout: registration.payout,
            stake: Lnq(registration.stake),
            minimum,
            gas: gas(linq, registration, permit).await?,
            tx_hash: None,
        })
    }
}

impl Report for Document {
    fn page(&self, page: &mut Page) {
        match self.provider {
            Some(provider) => page.heading(format!("Provider {provider}")),
            None => page.heading("Registration"),
        }
        page.field("owner", self.owner);
        page.field("operator", self.operator);
        page.field("payout", self.payout);
        page.field("stake", format!("{}; {} is the least for this capacity", self.stake, self.minimum));
        match self.provider {
            Some(provider) if self.operator != self.owner => {
                page.field("next", format!("linq provider accept-role --provider {provider}, with the operator's key"));
            }
            Some(_) => {}
            None => self.gas.page(page),
        }
    }
}

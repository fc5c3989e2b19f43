//! What a job costs, and a transaction, before anything is signed.

use alloy::primitives::{Address, U256};
use alloy::sol_types::SolCall;
use linq_abi::{JobParameters, Terms};
use serde::Serialize;

use crate::client::{Client, Linq};
use crate::error::{Error, Result};
use crate::output::{Page, Report};
use crate::units::{Lnq, decimal, show_secs};

/// What a job costs its requester, and what its providers stake and receive.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Estimate {
    /// The most one task pays.
    pub price: Lnq,
    /// Number of tasks.
    pub tasks: u16,
    /// What the escrow takes when the job is posted: the price of every task.
    pub total: Lnq,
    /// The protocol's part of one task paid in full. It is part of the price.
    pub fee: Lnq,
    /// Its rate.
    pub fee_bps: u16,
    /// What the provider of one task receives when it is paid in full.
    pub provider_receives: Lnq,
    /// What the provider of one task locks and may lose.
    pub collateral: Lnq,
    /// Its rate.
    pub collateral_bps: u16,
    /// How long the provider has.
    pub run_secs: u32,
    /// How long the result can be accepted or disputed; then it is paid.
    pub window_secs: u32,
    /// How long takes are accepted; an open task returns its price afterwards.
    pub open_secs: u32,
    /// Gas of posting, when it could be estimated.
    pub gas: Option<u64>,
    /// Its price in wei.
    #[serde(with = "as_text")]
    pub gas_price_wei: u128,
}

mod as_text {
    pub(super) fn serialize<S: serde::Serializer>(number: &u128, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(number)
    }
}

impl Estimate {
    /// Reckons the cost of terms. `gas` is that of all transactions together.
    pub fn new(terms: &Terms, parameters: &JobParameters, gas: Option<u64>, gas_price_wei: u128) -> Result<Self> {
        let price = Lnq(terms.price);
        let total = price.times(terms.tasks.into()).ok_or_else(|| {
            Error::usage(format!("{price} for each of {} tasks is more than there can be", terms.tasks))
                .hint("lower the price or the number of tasks")
        })?;
        let fee = price.bps_down(parameters.feeBps);
        Ok(Self {
            price,
            tasks: terms.tasks,
            total,
            fee,
            fee_bps: parameters.feeBps,
            provider_receives: Lnq(price.0.saturating_sub(fee.0)),
            collateral: price.bps_up(parameters.collateralBps),
            collateral_bps: parameters.collateralBps,
            run_secs: terms.runSecs,
            window_secs: terms.windowSecs,
            open_secs: terms.openSecs,
            gas,
            gas_price_wei,
        })
    }

    /// What the gas costs in wei.
    pub fn gas_cost_wei(&self) -> Option<U256> {
        self.gas.map(|gas| U256::from(gas) * U256::from(self.gas_price_wei))
    }
}

impl Report for Estimate {
    fn page(&self, page: &mut Page) {
        page.heading("Cost");
        page.field(
            "price",
            format!("{} for each of {} task(s): {} in all, held by the escrow", self.price, self.tasks, self.total),
        );
        page.field(
            "fee",
            format!(
                "{} of it ({} %); the provider receives {}",
                self.fee,
                percent(self.fee_bps),
                self.provider_receives
            ),
        );
        page.field(
            "collateral",
            format!("{} per task ({} %), locked by the provider", self.collateral, percent(self.collateral_bps)),
        );
        page.field(
            "gas",
            match self.gas_cost_wei() {
                Some(wei) => format!("about {} ether", decimal(wei)),
                None => "known once the escrow may take the price".into(),
            },
        );
        page.field(
            "refund",
            format!(
                "in full for what nobody takes within {}, and after the last late attempt",
                show_secs(self.open_secs.into())
            ),
        );
        page.field(
            "payment",
            format!("{} after a result, unless it is accepted earlier or disputed", show_secs(self.window_secs.into())),
        );
    }
}

/// What the gas of one transaction costs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct GasCost {
    /// Gas; none while it cannot be told.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub gas: Option<u64>,
    /// Its price in wei.
    #[serde(with = "as_text")]
    pub gas_price_wei: u128,
}

impl GasCost {
    /// That of a call as it would go now. A call that would be refused is refused here.
    pub async fn of<C: SolCall>(client: &Client, to: Address, call: &C) -> Result<Self> {
        let gas = client.estimate(to, call, U256::ZERO).await?;
        Ok(Self { gas: Some(gas), ..Self::unknown(client).await? })
    }

    /// That of a call which cannot be tried yet.
    pub async fn unknown(client: &Client) -> Result<Self> {
        Ok(Self { gas: None, gas_price_wei: client.gas_price_wei().await? })
    }

    /// That of a call by which the court takes the `cost` of a jury; not known while it may not take that.
    pub async fn of_jury<C: SolCall>(linq: &Linq, to: Address, call: &C, cost: Lnq) -> Result<Self> {
        if linq.allowance(linq.client.account()?, linq.suite.court).await? < cost.to_token() {
            return Self::unknown(&linq.client).await;
        }
        Self::of(&linq.client, to, call).await
    }

    /// What it comes to in wei.
    pub fn wei(&self) -> Option<U256> {
        self.gas.map(|gas| U256::from(gas) * U256::from(self.gas_price_wei))
    }
}

impl Report for GasCost {
    fn page(&self, page: &mut Page) {
        page.field(
            "gas",
            match self.wei() {
                Some(wei) => format!("about {} ether", decimal(wei)),
                None => "known once the amount may be taken".into(),
            },
        );
    }
}

fn percent(bps: u16) -> String {
    let (whole, rest) = (bps / 100, bps % 100);
    match rest {
        0 => whole.to_string(),
        rest => format!("{whole}.{}", format!("{rest:02}").trim_end_matches('0')),
    }
}

/// A rate in base units per second from a price in LNQ per hour of `units` of what the rate counts, rounded down.
///
/// A core is 1,000 millicores and a GiB is 1,024 MiB, so the price of a core-hour spreads over 1,000 × 3,600.
pub fn rate_down(per_hour: Lnq, units: u64) -> Option<u64> {
    let rate = per_hour.to_token() / U256::from(units) / U256::from(3_600);
    u64::try_from(rate).ok()
}

/// The price per hour that a rate comes to.
pub fn per_hour(rate: u64, units: u64) -> U256 {
    U256::from(rate) * U256::from(units) * U256::from(3_600)
}

#[cfg(test)]
mod tests {
    use alloy::primitives::aliases::U96;

    use super::*;

    fn parameters() -> JobParameters {
        JobParameters { feeBps: 250, collateralBps: 2_000, maxAttempts: 4 }
    }

    fn estimate(price: Lnq, tasks: u16) -> Result<Estimate> {
        let terms = Terms { price: price.0, tasks, ..Terms::default() };
        Estimate::new(&terms, &parameters(), Some(400_000), 100_000_000)
    }

    #[test]
    fn the_parts_of_a_price_add_up_to_it() {
        let cost = estimate(Lnq::whole(10), 3).unwrap();
        assert_eq!(cost.total, Lnq::whole(30));
        assert_eq!(cost.fee.to_string(), "0.25 LNQ");
        assert_eq!(cost.provider_receives.to_string(), "9.75 LNQ");
        assert_eq!(cost.collateral, Lnq::whole(2));
        assert_eq!(cost.gas_cost_wei(), Some(U256::from(40_000_000_000_000_u64)));
    }

    #[test]
    fn the_fee_rounds_down_and_the_collateral_up() {
        let cost = estimate(Lnq(U96::from(39)), 1).unwrap();
        assert_eq!((cost.fee.0, cost.provider_receives.0, cost.collateral.0), (U96::ZERO, U96::from(39), U96::from(8)));
    }

    #[test]
    fn more_than_a_contract_holds_is_refused() {
        assert!(estimate(Lnq(U96::MAX), 1).is_ok());
        assert!(estimate(Lnq(U96::MAX), 2).is_err());
    }

    #[test]
    fn amounts_are_text_in_json() {
        let json = serde_json::to_value(estimate(Lnq::whole(1), 1).unwrap()).unwrap();
        assert_eq!(json["total"], "1000000000000000000");
        assert_eq!(json["gasPriceWei"], "100000000");
        assert_eq!(json["tasks"], 1);
    }

    #[test]
    fn rates_follow_from_prices_per_hour() {
        assert_eq!(rate_down("0.36".parse().unwrap(), 1_000), Some(100_000_000_000));
        assert_eq!(rate_down("0.000000000003599999".parse().unwrap(), 1_000), Some(0));
        assert_eq!(rate_down(Lnq(U96::MAX), 1), None);
        assert_eq!(per_hour(100_000_000_000, 1_000), Lnq::whole(36).to_token() / U256::from(100));
    }

    #[test]
    fn percentages_are_short() {
        assert_eq!((percent(250), percent(2_000), percent(5)), ("2.5".into(), "20".into(), "0.05".into()));
    }
}

//! Prices and limits, as `register` and `offer` take them.

use clap::Args;
use linq_abi::{Rates, StandingOffer};

use crate::cost::rate_down;
use crate::error::{Error, Result};
use crate::units::{Lnq, parse_secs};

/// Millicores of a core.
pub(super) const CORE: u64 = 1_000;
/// MiB of a GiB.
pub(super) const GIB: u64 = 1_024;

/// What a provider asks for and what it takes unasked. Everything that is left out stays as it is.
#[derive(Args, Debug, Default)]
pub(super) struct OfferFlags {
    /// LNQ for a core and hour
    #[arg(long, value_name = "LNQ", help_heading = "Prices")]
    pub(super) cpu_price: Option<Lnq>,
    /// LNQ for a GiB of memory and hour
    #[arg(long, value_name = "LNQ", help_heading = "Prices")]
    pub(super) memory_price: Option<Lnq>,
    /// LNQ for a GiB of storage and hour
    #[arg(long, value_name = "LNQ", help_heading = "Prices")]
    pub(super) storage_price: Option<Lnq>,
    /// LNQ for a GPU and hour
    #[arg(long, value_name = "LNQ", help_heading = "Prices")]
    pub(super) gpu_price: Option<Lnq>,
    /// Least price of one task, whatever the prices say
    #[arg(long, value_name = "LNQ", help_heading = "Prices")]
    pub(super) min_price: Option<Lnq>,
    /// Take work unasked inside the limits below
    #[arg(long, conflicts_with = "closed", help_heading = "Standing offer")]
    pub(super) open: bool,
    /// Take only work that the operator chooses
    #[arg(long, help_heading = "Standing offer")]
    pub(super) closed: bool,
    /// Shortest run
    #[arg(long, value_name = "TIME", value_parser = parse_secs, help_heading = "Standing offer")]
    pub(super) min_run: Option<u32>,
    /// Longest run
    #[arg(long, value_name = "TIME", value_parser = parse_secs, help_heading = "Standing offer")]
    pub(super) max_run: Option<u32>,
    /// Longest window
    #[arg(long, value_name = "TIME", value_parser = parse_secs, help_heading = "Standing offer")]
    pub(super) max_window: Option<u32>,
    /// Largest stake that one task may lock
    #[arg(long, value_name = "LNQ", help_heading = "Standing offer")]
    pub(super) max_lock: Option<Lnq>,
}

impl OfferFlags {
    /// These, and where one is left out that of `base`.
    pub(super) fn over(self, base: Self) -> Self {
        let said = self.open || self.closed;
        Self {
            cpu_price: self.cpu_price.or(base.cpu_price),
            memory_price: self.memory_price.or(base.memory_price),
            storage_price: self.storage_price.or(base.storage_price),
            gpu_price: self.gpu_price.or(base.gpu_price),
            min_price: self.min_price.or(base.min_price),
            open: if said { self.open } else { base.open },
            closed: if said { self.closed } else { base.closed },
            min_run: self.min_run.or(base.min_run),
            max_run: self.max_run.or(base.max_run),
            max_window: self.max_window.or(base.max_window),
            max_lock: self.max_lock.or(base.max_lock),
        }
    }

    /// The rates with what was given put in.
    pub(super) fn rates(&self, current: &Rates) -> Result<Rates> {
        Ok(Rates {
            cpuMilli: rate("--cpu-price", self.cpu_price, CORE, current.cpuMilli)?,
            memoryMib: rate("--memory-price", self.memory_price, GIB, current.memoryMib)?,
            storageGib: rate("--storage-price", self.storage_price, 1, current.storageGib)?,
            gpu: rate("--gpu-price", self.gpu_price, 1, current.gpu)?,
        })
    }

    /// The standing offer with what was given put in.
    pub(super) fn standing(&self, current: &StandingOffer) -> StandingOffer {
        StandingOffer {
            open: (current.open || self.open) && !self.closed,
            minPrice: self.min_price.map_or(current.minPrice, |price| price.0),
            minRunSecs: self.min_run.unwrap_or(current.minRunSecs),
            maxRunSecs: self.max_run.unwrap_or(current.maxRunSecs),
            maxWindowSecs: self.max_window.unwrap_or(current.maxWindowSecs),
            maxLock: self.max_lock.map_or(current.maxLock, |lock| lock.0),
            ..current.clone()
        }
    }
}

fn rate(flag: &str, per_hour: Option<Lnq>, units: u64, current: u64) -> Result<u64> {
    let Some(per_hour) = per_hour else { return Ok(current) };
    let rate = rate_down(per_hour, units)
        .ok_or_else(|| Error::usage(format!("{flag}: {per_hour} an hour is more than the contracts can hold")))?;
    if rate == 0 && per_hour != Lnq::default() {
        return Err(Error::usage(format!("{flag}: {per_hour} an hour is less than one base unit a second")));
    }
    Ok(rate)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_left_out_stays() {
        let current = Rates { cpuMilli: 7, memoryMib: 8, storageGib: 9, gpu: 10 };
        let flags = OfferFlags { cpu_price: Some("3.6".parse().unwrap()), ..OfferFlags::default() };
        let rates = flags.rates(&current).unwrap();
        assert_eq!((rates.cpuMilli, rates.memoryMib, rates.gpu), (1_000_000_000_000, 8, 10));

        let current = StandingOffer { open: true, maxRunSecs: 5, ..StandingOffer::default() };
        assert!(OfferFlags::default().standing(&current).open);
        let closed = OfferFlags { closed: true, max_run: Some(6), ..OfferFlags::default() }.standing(&current);
        assert!(!closed.open);
        assert_eq!(closed.maxRunSecs, 6);
    }

    #[test]
    fn open_and_closed_displace_each_other() {
        let open = || OfferFlags { open: true, min_run: Some(5), ..OfferFlags::default() };
        let closed = || OfferFlags { closed: true, ..OfferFlags::default() };
        assert!(!closed().over(open()).standing(&StandingOffer::default()).open);
        assert!(open().over(closed()).standing(&StandingOffer::default()).open);
        let kept = OfferFlags::default().over(open()).standing(&StandingOffer::default());
        assert_eq!((kept.open, kept.minRunSecs), (true, 5));
    }

    #[test]
    fn a_price_that_rounds_to_nothing_is_refused() {
        let flags = OfferFlags { memory_price: Some("1wei".parse().unwrap()), ..OfferFlags::default() };
        assert!(flags.rates(&Rates::default()).is_err());
        let free = OfferFlags { memory_price: Some(Lnq::default()), ..OfferFlags::default() };
        assert_eq!(free.rates(&Rates::default()).unwrap().memoryMib, 0);
    }
}

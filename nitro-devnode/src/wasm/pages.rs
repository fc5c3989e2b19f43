//! What memory pages cost within one transaction.
//!
//! Linear above the free pages, plus an exponential term in the most pages ever open at once, so that a
//! transaction can hardly use more than 128 pages (Nitro v3.9.5, prover/src/programs/memory.rs and
//! arbos/programs/memory.go).

/// Pages beyond which the exponential term is out of reach of any gas.
const MAX_PAGES: u16 = 128;

/// The exponential term reaches this at [`MAX_PAGES`]; one less there, by the table Nitro ships.
const EXPONENT_BASE: f64 = 31_874_000.0;

/// The memory model's two parameters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MemoryModel {
    /// Pages a transaction may have open without paying.
    pub free_pages: u16,
    /// Gas per page above those.
    pub page_gas: u16,
}

impl MemoryModel {
    /// Gas for opening `new` pages when `open` are open and `ever` is the most open so far.
    pub fn gas_cost(&self, new: u16, open: u16, ever: u16) -> u64 {
        let now_open = open.saturating_add(new);
        let now_ever = ever.max(now_open);
        if now_ever <= self.free_pages {
            return 0;
        }
        let charged = self.paid_pages(now_open) - self.paid_pages(open);
        let linear = u64::from(charged) * u64::from(self.page_gas);
        let exponential = exponential_gas(now_ever) - exponential_gas(ever);
        linear.saturating_add(exponential)
    }

    fn paid_pages(&self, pages: u16) -> u16 {
        pages.saturating_sub(self.free_pages)
    }
}

/// The exponential term: the integer part of 31,874,000^(pages / 128).
fn exponential_gas(pages: u16) -> u64 {
    if pages > MAX_PAGES {
        return u64::MAX;
    }
    if pages == MAX_PAGES {
        return EXPONENT_BASE as u64 - 1;
    }
    EXPONENT_BASE.powf(f64::from(pages) / f64::from(MAX_PAGES)) as u64
}

#[cfg(test)]
mod tests {
    use super::*;

    const DEFAULT: MemoryModel = MemoryModel { free_pages: 2, page_gas: 1_000 };

    #[test]
    fn exponential_term_matches_published_points() {
        let points = [
            (0, 1),
            (5, 1),
            (6, 2),
            (8, 2),
            (10, 3),
            (12, 5),
            (16, 8),
            (17, 9),
            (18, 11),
            (20, 14),
            (24, 25),
            (32, 75),
            (48, 651),
            (64, 5_645),
            (80, 48_938),
            (96, 424_206),
            (112, 3_677_113),
            (127, 27_849_408),
            (128, 31_873_999),
            (129, u64::MAX),
        ];
        for (pages, gas) in points {
            assert_eq!(exponential_gas(pages), gas, "{pages} pages");
        }
    }

    #[test]
    fn costs_of_common_frames() {
        assert_eq!(DEFAULT.gas_cost(1, 0, 0), 0);
        assert_eq!(DEFAULT.gas_cost(2, 0, 0), 0);
        assert_eq!(DEFAULT.gas_cost(3, 0, 0), 1_000);
        assert_eq!(DEFAULT.gas_cost(17, 0, 0), 15_008);
        assert_eq!(DEFAULT.gas_cost(17, 17, 17), 17_089);
        assert_eq!(DEFAULT.gas_cost(17, 34, 34), 17_878);
        assert_eq!(DEFAULT.gas_cost(17, 0, 17), 15_000);
        assert_eq!(DEFAULT.gas_cost(1, 2, 2), 1_000);
        assert_eq!(DEFAULT.gas_cost(128, 0, 0), 126_000 + 31_873_998);
    }

    #[test]
    fn more_than_128_pages_cost_everything() {
        assert!(DEFAULT.gas_cost(1, 128, 128) > 1 << 63);
        assert_eq!(DEFAULT.gas_cost(u16::MAX, u16::MAX, 0), u64::MAX - 1);
    }
}

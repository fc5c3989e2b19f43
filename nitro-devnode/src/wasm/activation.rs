//! What activation records of a module and charges for it, and what entering it costs later.
//!
//! The weights are those of Nitro v3.9.5 (prover/src/programs/mod.rs, prover/src/binary.rs and
//! arbos/programs): every term is divided on its own, rounding down.

use alloy::primitives::U256;

/// Bytes of machine code assumed for an empty module.
const ASM_BASE: u64 = 512_000;

/// Activation work is measured in units of this many gas.
const ACTIVATION_UNIT_GAS: u64 = 28;

/// Activation units per 64 KiB page of initial memory.
const ACTIVATION_UNITS_PER_PAGE: u64 = 2_217;

/// Gas per word of returned data, as for EVM memory.
const MEMORY_GAS_PER_WORD: u64 = 3;

/// Divisor of the quadratic part of EVM memory gas.
const MEMORY_QUADRATIC_DIVISOR: u64 = 512;

/// The counts of a module that prices are made of.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Shape {
    /// Uncompressed length in bytes, custom sections included.
    pub wasm_len: u64,
    /// Functions with bodies.
    pub functions: u64,
    /// Parameters and results of those functions, summed.
    pub type_words: u64,
    /// Globals, the four of the instrumentation included.
    pub globals: u64,
    /// Encoded length of all data and element segments, headers included.
    pub segment_bytes: u64,
    /// Payload of all data segments.
    pub data_bytes: u64,
    /// Encoded length of all element segments.
    pub element_bytes: u64,
    /// Initial memory in 64 KiB pages.
    pub pages: u16,
    /// Operators of all bodies after instrumentation.
    pub operators: u64,
}

/// What activation records of a module and charges for it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ModuleInfo {
    /// The counts everything below follows from.
    pub shape: Shape,
    /// Gas of an uncached entry, before scaling.
    pub init_cost: u16,
    /// Gas of every entry, before scaling.
    pub cached_cost: u16,
    /// Pages of memory a frame opens.
    pub footprint: u16,
    /// Estimated machine code in bytes, which the data fee is charged for.
    pub asm_estimate: u32,
    /// Activation gas above the fixed part.
    pub activation_gas: u64,
}

/// A cost that does not fit the field it is recorded in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CostError {
    /// The cost of an uncached entry.
    #[error("init cost too high")]
    Init,
    /// The cost of a cached entry.
    #[error("cached cost too high")]
    Cached,
    /// The estimate of machine code.
    #[error("asm estimate too large")]
    Asm,
}

impl ModuleInfo {
    /// Prices a module of the given `shape`.
    pub fn of(shape: Shape, stylus_version: u16) -> Result<Self, CostError> {
        let cached = cached_cost(&shape);
        let mut init = init_cost(&shape);
        if stylus_version < 2 {
            init += cached;
        }
        Ok(Self {
            shape,
            init_cost: init.try_into().map_err(|_| CostError::Init)?,
            cached_cost: cached.try_into().map_err(|_| CostError::Cached)?,
            footprint: shape.pages,
            asm_estimate: asm_estimate(&shape).try_into().map_err(|_| CostError::Asm)?,
            activation_gas: activation_gas(&shape),
        })
    }

    /// The estimate of machine code as it is recorded: in KiB, rounded up.
    pub fn asm_estimate_kb(&self) -> u32 {
        self.asm_estimate.div_ceil(1024)
    }
}

fn weigh(count: u64, weight: u64, divisor: u64) -> u64 {
    count * weight / divisor
}

fn init_cost(shape: &Shape) -> u64 {
    weigh(shape.functions, 8_252, 1_000) + weigh(shape.type_words, 1_059, 1_000) + weigh(shape.wasm_len, 1_286, 10_000)
}

fn cached_cost(shape: &Shape) -> u64 {
    weigh(shape.functions, 13_420, 100_000)
        + weigh(shape.type_words, 89, 100_000)
        + weigh(shape.wasm_len, 122, 100_000)
        + weigh(shape.globals, 1_628, 1_000)
        + weigh(shape.segment_bytes, 75_244, 100_000)
        + u64::from(shape.pages) * 5
}

fn asm_estimate(shape: &Shape) -> u64 {
    ASM_BASE
        + weigh(shape.functions, 996_829, 1_000)
        + weigh(shape.type_words, 11_416, 1_000)
        + weigh(shape.wasm_len, 62_628, 10_000)
}

fn activation_gas(shape: &Shape) -> u64 {
    let units = weigh(shape.wasm_len, 31_733, 100_000)
        + weigh(shape.functions, 17_263, 100_000)
        + weigh(shape.data_bytes, 17_376, 100_000)
        + weigh(shape.element_bytes, 17_376, 100_000)
        + u64::from(shape.pages) * ACTIVATION_UNITS_PER_PAGE
        + weigh(shape.operators, 535, 1_000);
    units * ACTIVATION_UNIT_GAS
}

/// The chain's parameters of entry prices, in the units they are stored in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct EntryParams {
    /// Stylus version; version 1 folds the cached cost into the init cost.
    pub stylus_version: u16,
    /// Units of 128 gas.
    pub min_init_gas: u8,
    /// Units of 32 gas.
    pub min_cached_init_gas: u8,
    /// Units of 2 percent.
    pub init_cost_scalar: u8,
    /// Units of 2 percent.
    pub cached_cost_scalar: u8,
}

impl EntryParams {
    /// Gas for a program with the recorded `init_cost` that no cache holds; the cached part is not included.
    pub fn init_gas(&self, init_cost: u16) -> u64 {
        const MIN_UNIT: u64 = 128;
        u64::from(self.min_init_gas) * MIN_UNIT + scale(init_cost, self.init_cost_scalar)
    }

    /// Gas for a program with the recorded `cached_cost` that is cached.
    pub fn cached_gas(&self, cached_cost: u16) -> u64 {
        const MIN_UNIT: u64 = 32;
        u64::from(self.min_cached_init_gas) * MIN_UNIT + scale(cached_cost, self.cached_cost_scalar)
    }

    /// Gas to enter a program, besides its memory.
    pub fn entry_gas(&self, init_cost: u16, cached_cost: u16, cached: bool) -> u64 {
        match (cached, self.stylus_version) {
            (true, _) => self.cached_gas(cached_cost),
            (false, 0 | 1) => self.init_gas(init_cost),
            (false, _) => self.init_gas(init_cost) + self.cached_gas(cached_cost),
        }
    }
}

/// `cost` times `scalar` units of 2 percent, rounded up.
fn scale(cost: u16, scalar: u8) -> u64 {
    const PERCENT_PER_UNIT: u64 = 2;
    (u64::from(cost) * u64::from(scalar) * PERCENT_PER_UNIT).div_ceil(100)
}

/// The least gas a frame that returns `len` bytes must have used (Stylus version 2 and later).
pub fn return_data_gas(len: usize) -> u64 {
    let words = (len as u64).div_ceil(32);
    MEMORY_GAS_PER_WORD * words + words * words / MEMORY_QUADRATIC_DIVISOR
}

/// The state behind the price of a byte of machine code, which rises with recent activations.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DataPricer {
    /// Bytes activated and not yet worked off.
    pub demand: u32,
    /// Bytes worked off per second.
    pub bytes_per_second: u32,
    /// Unix time of the last activation.
    pub last_update: u64,
    /// Wei per byte without demand.
    pub min_price: u32,
    /// Demand in bytes that multiplies the price by e.
    pub inertia: u32,
}

/// The pricer of a chain on which nothing was activated yet.
impl Default for DataPricer {
    fn default() -> Self {
        Self {
            demand: 0,
            bytes_per_second: 34_865,
            last_update: 1_421_388_000,
            min_price: 82_928_201,
            inertia: 21_360_419,
        }
    }
}

impl DataPricer {
    /// Takes note of `bytes` activated at unix time `now` and returns their fee in wei.
    pub fn charge(&mut self, bytes: u32, now: u64) -> U256 {
        let elapsed = now.saturating_sub(self.last_update);
        let worked_off = elapsed.saturating_mul(u64::from(self.bytes_per_second));
        let backlog = u64::from(self.demand).saturating_sub(worked_off);
        let demand = backlog.saturating_add(u64::from(bytes));
        self.demand = u32::try_from(demand).unwrap_or(u32::MAX);
        self.last_update = now;
        U256::from(self.price()) * U256::from(bytes)
    }

    /// Wei per byte at the present demand.
    fn price(&self) -> u64 {
        let exponent = BIPS * u64::from(self.demand) / u64::from(self.inertia.max(1));
        u64::from(self.min_price).saturating_mul(exp_bips(exponent)) / BIPS
    }
}

const BIPS: u64 = 10_000;

/// e^(x / 10,000) in bips by twelve terms of its series, in integers as the chain computes it.
fn exp_bips(x: u64) -> u64 {
    const TERMS: u64 = 12;
    let innermost = BIPS + x / TERMS;
    (1..TERMS).rev().fold(innermost, |sum, divisor| BIPS + sum.saturating_mul(x) / (divisor * BIPS))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn data_fees_follow_demand_as_measured() {
        let measured: [(u64, u32, u64); 15] = [
            (1_795_237_553, 513_544, 43_617_891_993_272),
            (1_795_237_553, 4_646_778, 490_587_732_275_976),
            (1_795_237_553, 4_645_797, 609_647_429_116_245),
            (1_795_237_554, 4_644_795, 756_348_268_922_925),
            (1_795_237_554, 4_643_792, 939_801_249_143_952),
            (1_795_237_554, 4_642_790, 1_167_798_768_017_540),
            (1_795_237_554, 4_641_788, 1_450_897_484_479_300),
            (1_795_237_554, 4_640_786, 1_802_608_439_936_400),
            (1_795_237_554, 4_639_784, 2_239_432_183_317_560),
            (1_795_237_555, 4_638_782, 2_777_470_277_176_928),
            (1_795_237_555, 4_637_781, 3_450_195_109_415_205),
            (1_795_237_555, 4_636_778, 4_285_702_299_637_346),
            (1_795_237_555, 4_635_776, 5_323_139_321_479_552),
            (1_795_237_558, 516_629, 604_794_812_275_921),
            (1_795_237_566, 518_672, 614_077_070_729_584),
        ];
        let mut pricer = DataPricer::default();
        for (now, bytes, fee) in measured {
            assert_eq!(pricer.charge(bytes, now), U256::from(fee), "at {now}");
        }
    }

    #[test]
    fn entry_gas_of_a_small_module() {
        let params = EntryParams {
            stylus_version: 2,
            min_init_gas: 69,
            min_cached_init_gas: 11,
            init_cost_scalar: 50,
            cached_cost_scalar: 50,
        };
        assert_eq!(params.entry_gas(20, 11, true), 363);
        assert_eq!(params.entry_gas(20, 11, false), 8_852 + 363);
        let first = EntryParams { stylus_version: 1, ..params };
        assert_eq!(first.entry_gas(31, 11, false), 8_863);
    }

    #[test]
    fn returned_data_costs_as_memory_does() {
        assert_eq!(return_data_gas(0), 0);
        assert_eq!(return_data_gas(1), 3);
        assert_eq!(return_data_gas(32), 3);
        assert_eq!(return_data_gas(33), 6);
        assert_eq!(return_data_gas(32 * 1024), 3 * 1024 + 2048);
    }
}

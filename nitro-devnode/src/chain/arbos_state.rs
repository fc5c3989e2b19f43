//! The part of the state that belongs to ArbOS: parameters, program records, roles.
//!
//! It lives in the storage of an account, as on Nitro, so that it is reverted, kept and dumped with the rest. The
//! account and the layout inside it are the node's own: contracts can see whether Nitro's account was touched before
//! in a transaction, and there it never is.

use alloy::primitives::{Address, B256, U256, address, keccak256};

use crate::wasm::activation::{DataPricer, EntryParams};
use crate::wasm::pages::MemoryModel;

use super::arbos::ArbosVersion;

/// The account that holds the storage of ArbOS on Nitro. Here it exists and nothing more.
pub(crate) const ARBOS_ACCOUNT: Address = address!("a4b05fffffffffffffffffffffffffffffffffff");

/// The account that holds the storage of ArbOS here.
pub(crate) const ARBOS_STORAGE: Address = address!("a4b0550000000000000000000000000000057a7e");

/// Program ages count whole hours from this unix second.
pub(crate) const ACTIVATION_EPOCH: u64 = 1_421_388_000;

/// Where single values are kept.
#[derive(Clone, Copy, Debug)]
#[repr(u64)]
pub(crate) enum Field {
    /// [`StylusParams`], packed.
    StylusParams = 1,
    /// Gas of `ArbWasm.activationGas`.
    ActivationGas,
    /// [`DataPricer::demand`].
    PricerDemand,
    /// [`DataPricer::last_update`].
    PricerLastUpdate,
    /// ArbOS version.
    Version,
    /// Version of a scheduled upgrade.
    UpgradeVersion,
    /// Its time.
    UpgradeTime,
    /// Wei per unit of L1 data.
    L1PricePerUnit,
    /// Least base fee in wei.
    MinimumBaseFee,
    /// Base fee in wei.
    BaseFee,
    /// Receiver of fees.
    NetworkFeeAccount,
    /// Receiver of the infrastructure part of fees.
    InfraFeeAccount,
    /// Gas a transaction may compute with.
    MaxTxGas,
    /// Gas the transactions of a block may compute with.
    MaxBlockGas,
    /// Gas per second the chain is priced for.
    SpeedLimit,
    /// Estimate of the L1 block number.
    L1BlockNumber,
    /// Messages sent to L1.
    SendCount,
    /// Gas that was computed with and not yet worked off.
    GasBacklog,
}

impl Field {
    pub fn slot(self) -> U256 {
        U256::from(self as u64)
    }
}

/// Sets of addresses.
#[derive(Clone, Copy, Debug)]
#[repr(u8)]
pub(crate) enum Role {
    /// May call ArbOwner.
    ChainOwner = 1,
    /// May call ArbWasmCache.
    CacheManager,
}

impl Role {
    /// Where the number of members is.
    pub fn len_slot(self) -> U256 {
        place(b"role", &[self as u8])
    }

    /// Where the member number `index` is.
    pub fn member_slot(self, index: u64) -> U256 {
        place(b"member", &[&[self as u8][..], &index.to_be_bytes()].concat())
    }

    /// Where the index of `member`, plus one, is.
    pub fn index_slot(self, member: Address) -> U256 {
        place(b"index", &[&[self as u8][..], member.as_slice()].concat())
    }
}

/// Where the record of the program with this code hash is.
pub(crate) fn record_slot(code_hash: B256) -> U256 {
    place(b"program", code_hash.as_slice())
}

/// Where its module hash is.
pub(crate) fn module_slot(code_hash: B256) -> U256 {
    place(b"module", code_hash.as_slice())
}

fn place(kind: &[u8], key: &[u8]) -> U256 {
    keccak256([kind, key].concat()).into()
}

/// What activation recorded of a program.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct ProgramRecord {
    /// Stylus version it was activated under; 0 if it was not.
    pub version: u16,
    pub init_cost: u16,
    pub cached_cost: u16,
    pub footprint: u16,
    /// Whole hours since [`ACTIVATION_EPOCH`].
    pub activated_at: u32,
    pub asm_estimate_kb: u32,
    pub cached: bool,
}

impl ProgramRecord {
    pub fn unpack(word: U256) -> Self {
        let bytes = word.to_be_bytes::<32>();
        let u16_at = |at: usize| u16::from_be_bytes([bytes[at], bytes[at + 1]]);
        let u24_at = |at: usize| u32::from_be_bytes([0, bytes[at], bytes[at + 1], bytes[at + 2]]);
        Self {
            version: u16_at(0),
            init_cost: u16_at(2),
            cached_cost: u16_at(4),
            footprint: u16_at(6),
            activated_at: u24_at(8),
            asm_estimate_kb: u24_at(11),
            cached: bytes[14] != 0,
        }
    }

    pub fn pack(&self) -> U256 {
        let mut bytes = [0; 32];
        bytes[0..2].copy_from_slice(&self.version.to_be_bytes());
        bytes[2..4].copy_from_slice(&self.init_cost.to_be_bytes());
        bytes[4..6].copy_from_slice(&self.cached_cost.to_be_bytes());
        bytes[6..8].copy_from_slice(&self.footprint.to_be_bytes());
        bytes[8..11].copy_from_slice(&self.activated_at.to_be_bytes()[1..]);
        bytes[11..14].copy_from_slice(&self.asm_estimate_kb.to_be_bytes()[1..]);
        bytes[14] = self.cached.into();
        U256::from_be_bytes(bytes)
    }

    /// Seconds since activation.
    pub fn age(&self, now: u64) -> u64 {
        now.saturating_sub(ACTIVATION_EPOCH + u64::from(self.activated_at) * 3_600)
    }

    /// The value of `activated_at` for an activation at unix time `now`.
    pub fn hour(now: u64) -> u32 {
        let hours = now.saturating_sub(ACTIVATION_EPOCH) / 3_600;
        hours.min(0xff_ffff) as u32
    }
}

/// Parameters of Stylus, in the units they are stored in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct StylusParams {
    pub version: u16,
    /// Ink per gas; 24 bits.
    pub ink_price: u32,
    pub max_stack_depth: u32,
    pub free_pages: u16,
    pub page_gas: u16,
    pub page_limit: u16,
    /// Units of 128 gas.
    pub min_init_gas: u8,
    /// Units of 32 gas.
    pub min_cached_init_gas: u8,
    /// Units of 2 percent.
    pub init_cost_scalar: u8,
    /// Units of 2 percent.
    pub cached_cost_scalar: u8,
    pub expiry_days: u16,
    pub keepalive_days: u16,
    pub block_cache_size: u16,
    pub max_wasm_size: u32,
    pub max_fragments: u8,
}

impl StylusParams {
    pub fn initial(arbos: ArbosVersion) -> Self {
        Self {
            version: arbos.stylus_version(),
            ink_price: 10_000,
            max_stack_depth: if arbos.0 >= 50 { 22_000 } else { 262_144 },
            free_pages: 2,
            page_gas: 1_000,
            page_limit: 128,
            min_init_gas: if arbos.0 >= 31 { 69 } else { 72 },
            min_cached_init_gas: 11,
            init_cost_scalar: 50,
            cached_cost_scalar: 50,
            expiry_days: 365,
            keepalive_days: 31,
            block_cache_size: 32,
            max_wasm_size: if arbos.0 >= 60 { 262_144 } else { 131_072 },
            max_fragments: 4,
        }
    }

    /// The same parameters after an upgrade: values an upgrade brings replace the present ones.
    pub fn upgraded(mut self, from: ArbosVersion, to: ArbosVersion) -> Self {
        self.version = to.stylus_version();
        if from.0 < 31 && to.0 >= 31 {
            self.min_init_gas = 69;
        }
        if from.0 < 50 && to.0 >= 50 {
            self.max_stack_depth = self.max_stack_depth.min(22_000);
        }
        if from.0 < 60 && to.0 >= 60 {
            self.max_wasm_size = 262_144;
        }
        self
    }

    pub fn unpack(word: U256) -> Self {
        let bytes = word.to_be_bytes::<32>();
        let u16_at = |at: usize| u16::from_be_bytes([bytes[at], bytes[at + 1]]);
        let u32_at = |at: usize| u32::from_be_bytes([bytes[at], bytes[at + 1], bytes[at + 2], bytes[at + 3]]);
        Self {
            version: u16_at(0),
            ink_price: u32_at(1) & 0xff_ffff,
            max_stack_depth: u32_at(5),
            free_pages: u16_at(9),
            page_gas: u16_at(11),
            page_limit: u16_at(13),
            min_init_gas: bytes[15],
            min_cached_init_gas: bytes[16],
            init_cost_scalar: bytes[17],
            cached_cost_scalar: bytes[18],
            expiry_days: u16_at(19),
            keepalive_days: u16_at(21),
            block_cache_size: u16_at(23),
            max_wasm_size: u32_at(25),
            max_fragments: bytes[29],
        }
    }

    pub fn pack(&self) -> U256 {
        let mut bytes = [0; 32];
        bytes[0..2].copy_from_slice(&self.version.to_be_bytes());
        bytes[2..5].copy_from_slice(&self.ink_price.to_be_bytes()[1..]);
        bytes[5..9].copy_from_slice(&self.max_stack_depth.to_be_bytes());
        bytes[9..11].copy_from_slice(&self.free_pages.to_be_bytes());
        bytes[11..13].copy_from_slice(&self.page_gas.to_be_bytes());
        bytes[13..15].copy_from_slice(&self.page_limit.to_be_bytes());
        bytes[15] = self.min_init_gas;
        bytes[16] = self.min_cached_init_gas;
        bytes[17] = self.init_cost_scalar;
        bytes[18] = self.cached_cost_scalar;
        bytes[19..21].copy_from_slice(&self.expiry_days.to_be_bytes());
        bytes[21..23].copy_from_slice(&self.keepalive_days.to_be_bytes());
        bytes[23..25].copy_from_slice(&self.block_cache_size.to_be_bytes());
        bytes[25..29].copy_from_slice(&self.max_wasm_size.to_be_bytes());
        bytes[29] = self.max_fragments;
        U256::from_be_bytes(bytes)
    }

    pub fn memory_model(&self) -> MemoryModel {
        MemoryModel { free_pages: self.free_pages, page_gas: self.page_gas }
    }

    pub fn entry(&self) -> EntryParams {
        EntryParams {
            stylus_version: self.version,
            min_init_gas: self.min_init_gas,
            min_cached_init_gas: self.min_cached_init_gas,
            init_cost_scalar: self.init_cost_scalar,
            cached_cost_scalar: self.cached_cost_scalar,
        }
    }

    pub fn expiry_secs(&self) -> u64 {
        u64::from(self.expiry_days) * 86_400
    }

    pub fn keepalive_secs(&self) -> u64 {
        u64::from(self.keepalive_days) * 86_400
    }
}

/// Why a program cannot be called or serviced.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ProgramFault {
    NotActivated,
    NeedsUpgrade { record: u16, params: u16 },
    Expired { age: u64 },
}

impl ProgramFault {
    /// Checks that a program can be called at unix time `now`.
    pub fn check(record: &ProgramRecord, params: &StylusParams, now: u64) -> Result<(), Self> {
        if record.version == 0 {
            return Err(Self::NotActivated);
        }
        if record.version != params.version {
            return Err(Self::NeedsUpgrade { record: record.version, params: params.version });
        }
        let age = record.age(now);
        if age > params.expiry_secs() {
            return Err(Self::Expired { age });
        }
        Ok(())
    }
}

/// Reading and writing the storage of ArbOS, from wherever it can be reached.
pub(crate) trait ArbosStorage {
    /// Reads a slot.
    fn get(&mut self, slot: U256) -> U256;

    /// Writes a slot.
    fn set(&mut self, slot: U256, value: U256);

    fn field(&mut self, field: Field) -> U256 {
        self.get(field.slot())
    }

    fn set_field(&mut self, field: Field, value: U256) {
        self.set(field.slot(), value);
    }

    /// A field that holds a number of at most 64 bits.
    fn number(&mut self, field: Field) -> u64 {
        self.field(field).saturating_to()
    }

    /// A field that holds an address.
    fn address(&mut self, field: Field) -> Address {
        Address::from_word(self.field(field).into())
    }

    fn set_address(&mut self, field: Field, value: Address) {
        self.set_field(field, value.into_word().into());
    }

    fn stylus_params(&mut self) -> StylusParams {
        StylusParams::unpack(self.field(Field::StylusParams))
    }

    fn set_stylus_params(&mut self, params: &StylusParams) {
        self.set_field(Field::StylusParams, params.pack());
    }

    fn record(&mut self, code_hash: B256) -> ProgramRecord {
        ProgramRecord::unpack(self.get(record_slot(code_hash)))
    }

    fn set_record(&mut self, code_hash: B256, record: &ProgramRecord) {
        self.set(record_slot(code_hash), record.pack());
    }

    fn pricer(&mut self) -> DataPricer {
        DataPricer {
            demand: self.field(Field::PricerDemand).saturating_to(),
            last_update: self.number(Field::PricerLastUpdate),
            ..DataPricer::default()
        }
    }

    fn set_pricer(&mut self, pricer: &DataPricer) {
        self.set_field(Field::PricerDemand, U256::from(pricer.demand));
        self.set_field(Field::PricerLastUpdate, U256::from(pricer.last_update));
    }

    fn has_role(&mut self, role: Role, member: Address) -> bool {
        !self.get(role.index_slot(member)).is_zero()
    }

    fn members(&mut self, role: Role) -> Vec<Address> {
        let len: u64 = self.get(role.len_slot()).saturating_to();
        (0..len).map(|index| Address::from_word(self.get(role.member_slot(index)).into())).collect()
    }

    fn grant(&mut self, role: Role, member: Address) {
        if self.has_role(role, member) {
            return;
        }
        let len: u64 = self.get(role.len_slot()).saturating_to();
        self.set(role.member_slot(len), member.into_word().into());
        self.set(role.index_slot(member), U256::from(len + 1));
        self.set(role.len_slot(), U256::from(len + 1));
    }

    /// Takes a role away; the last member moves into the gap.
    fn revoke(&mut self, role: Role, member: Address) {
        let place: u64 = self.get(role.index_slot(member)).saturating_to();
        let len: u64 = self.get(role.len_slot()).saturating_to();
        if place == 0 {
            return;
        }
        let last = self.get(role.member_slot(len - 1));
        self.set(role.member_slot(place - 1), last);
        self.set(role.index_slot(Address::from_word(last.into())), U256::from(place));
        self.set(role.member_slot(len - 1), U256::ZERO);
        self.set(role.index_slot(member), U256::ZERO);
        self.set(role.len_slot(), U256::from(len - 1));
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use super::*;

    impl ArbosStorage for HashMap<U256, U256> {
        fn get(&mut self, slot: U256) -> U256 {
            HashMap::get(self, &slot).copied().unwrap_or_default()
        }

        fn set(&mut self, slot: U256, value: U256) {
            self.insert(slot, value);
        }
    }

    #[test]
    fn parameters_survive_packing() {
        for version in [30, 51, 60] {
            let params = StylusParams::initial(ArbosVersion(version));
            assert_eq!(StylusParams::unpack(params.pack()), params);
        }
    }

    #[test]
    fn records_survive_packing() {
        let record = ProgramRecord {
            version: 2,
            init_cost: 300,
            cached_cost: 65_535,
            footprint: 17,
            activated_at: 0xab_cdef,
            asm_estimate_kb: 0x12_3456,
            cached: true,
        };
        assert_eq!(ProgramRecord::unpack(record.pack()), record);
    }

    #[test]
    fn roles_stay_enumerable() {
        let mut storage = HashMap::new();
        let members = [1, 2, 3].map(Address::with_last_byte);
        for member in members {
            storage.grant(Role::CacheManager, member);
            storage.grant(Role::CacheManager, member);
        }
        storage.revoke(Role::CacheManager, members[0]);
        assert_eq!(storage.members(Role::CacheManager), [members[2], members[1]]);
        assert!(!storage.has_role(Role::CacheManager, members[0]));
        assert!(storage.members(Role::ChainOwner).is_empty());
        storage.revoke(Role::CacheManager, members[2]);
        storage.revoke(Role::CacheManager, members[1]);
        storage.revoke(Role::CacheManager, members[1]);
        assert!(storage.members(Role::CacheManager).is_empty());
    }
}

//! A chain that takes notes.

use std::collections::HashMap;

use alloy::primitives::{Address, B256, Bytes, U256};

use super::super::api::{
    CallOutcome, CallRequest, CreateOutcome, CreateRefused, CreateRequest, EvmApi, HostCall, StaticViolation,
    StoreError,
};

/// Answers every question from its fields and keeps what it was told.
#[derive(Debug, Default)]
pub struct Fake {
    pub storage: HashMap<B256, B256>,
    pub load_gas: u64,
    pub stored: Vec<Vec<(B256, B256)>>,
    pub store_budgets: Vec<u64>,
    pub store_result: Option<Result<u64, StoreError>>,
    pub transient: HashMap<B256, B256>,
    pub calls: Vec<CallRequest>,
    pub call_outcome: Option<CallOutcome>,
    pub creates: Vec<CreateRequest>,
    pub create_outcome: Option<CreateOutcome>,
    pub logs: Vec<(Vec<B256>, Bytes)>,
    pub code: Bytes,
    pub account_gas: u64,
    pub code_questions: usize,
    pub pages: Vec<u16>,
    pub page_gas: u64,
    pub is_static: bool,
    pub trace: Vec<HostCall>,
}

impl Fake {
    /// Ink of each traced call of `name`.
    pub fn ink_of(&self, name: &str) -> Vec<u64> {
        let named = self.trace.iter().filter(|record| record.name == name);
        named.map(|record| record.start_ink - record.end_ink).collect()
    }

    fn change(&self) -> Result<(), StaticViolation> {
        if self.is_static { Err(StaticViolation) } else { Ok(()) }
    }
}

impl EvmApi for Fake {
    fn storage_load(&mut self, key: B256) -> (B256, u64) {
        (self.storage.get(&key).copied().unwrap_or_default(), self.load_gas)
    }

    fn storage_store(&mut self, slots: &[(B256, B256)], gas_left: u64) -> Result<u64, StoreError> {
        self.stored.push(slots.to_vec());
        self.store_budgets.push(gas_left);
        self.store_result.unwrap_or(Ok(0))
    }

    fn transient_load(&mut self, key: B256) -> B256 {
        self.transient.get(&key).copied().unwrap_or_default()
    }

    fn transient_store(&mut self, key: B256, value: B256) -> Result<(), StaticViolation> {
        self.change()?;
        self.transient.insert(key, value);
        Ok(())
    }

    fn call(&mut self, request: CallRequest) -> CallOutcome {
        self.calls.push(request);
        self.call_outcome.clone().unwrap_or(CallOutcome { success: true, output: Bytes::new(), cost: 0 })
    }

    fn create(&mut self, request: CreateRequest) -> Result<CreateOutcome, CreateRefused> {
        self.creates.push(request);
        self.create_outcome.clone().ok_or(CreateRefused)
    }

    fn emit_log(&mut self, topics: Vec<B256>, data: Bytes) -> Result<(), StaticViolation> {
        self.change()?;
        self.logs.push((topics, data));
        Ok(())
    }

    fn account_balance(&mut self, _address: Address) -> (U256, u64) {
        (U256::from(77), self.account_gas)
    }

    fn account_code(&mut self, _address: Address) -> (Bytes, u64) {
        self.code_questions += 1;
        (self.code.clone(), self.account_gas)
    }

    fn account_code_hash(&mut self, _address: Address) -> (B256, u64) {
        (B256::repeat_byte(0x33), self.account_gas)
    }

    fn add_pages(&mut self, pages: u16) -> u64 {
        self.pages.push(pages);
        self.page_gas
    }

    fn tracing(&self) -> bool {
        true
    }

    fn trace(&mut self, record: HostCall) {
        self.trace.push(record);
    }
}

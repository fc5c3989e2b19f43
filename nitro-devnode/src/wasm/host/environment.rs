//! Block, transaction and message.

use super::{Hook, HookCall, prices};

impl HookCall<'_, '_> {
    /// Writes a value of fixed size that costs nothing else.
    fn give(&mut self, name: &'static str, dest: u32, value: &[u8]) -> Hook {
        self.buy_ink(prices::HOSTIO + prices::POINTER)?;
        self.write(dest, value)?;
        self.record(name, &[], &[value]);
        Ok(())
    }

    /// Returns a number that costs nothing else.
    fn tell<T: Copy, const N: usize>(&mut self, name: &'static str, value: T, bytes: fn(T) -> [u8; N]) -> Hook<T> {
        self.buy_ink(prices::HOSTIO)?;
        self.record(name, &[], &[&bytes(value)]);
        Ok(value)
    }

    /// Base fee of the block.
    pub fn block_basefee(&mut self, dest: u32) -> Hook {
        let value = self.context().block_basefee.to_be_bytes::<32>();
        self.give("block_basefee", dest, &value)
    }

    /// Fee recipient of the block.
    pub fn block_coinbase(&mut self, dest: u32) -> Hook {
        let value = self.context().block_coinbase;
        self.give("block_coinbase", dest, value.as_slice())
    }

    /// Gas limit of the block.
    pub fn block_gas_limit(&mut self) -> Hook<u64> {
        self.tell("block_gas_limit", self.context().block_gas_limit, u64::to_be_bytes)
    }

    /// Block number.
    pub fn block_number(&mut self) -> Hook<u64> {
        self.tell("block_number", self.context().block_number, u64::to_be_bytes)
    }

    /// Time of the block.
    pub fn block_timestamp(&mut self) -> Hook<u64> {
        self.tell("block_timestamp", self.context().block_timestamp, u64::to_be_bytes)
    }

    /// Chain id.
    pub fn chainid(&mut self) -> Hook<u64> {
        self.tell("chainid", self.context().chain_id, u64::to_be_bytes)
    }

    /// The acting account.
    pub fn contract_address(&mut self, dest: u32) -> Hook {
        let value = self.context().contract_address;
        self.give("contract_address", dest, value.as_slice())
    }

    /// Gas left after this function is paid.
    pub fn evm_gas_left(&mut self) -> Hook<u64> {
        self.buy_ink(prices::HOSTIO)?;
        let gas = self.gas_left();
        self.record("evm_gas_left", &[], &[&gas.to_be_bytes()]);
        Ok(gas)
    }

    /// Ink left after this function is paid.
    pub fn evm_ink_left(&mut self) -> Hook<u64> {
        self.buy_ink(prices::HOSTIO)?;
        let ink = self.ink;
        self.record("evm_ink_left", &[], &[&ink.to_be_bytes()]);
        Ok(ink)
    }

    /// Whether the acting account is already running further out.
    pub fn msg_reentrant(&mut self) -> Hook<u32> {
        self.tell("msg_reentrant", u32::from(self.context().reentrant), u32::to_be_bytes)
    }

    /// The caller.
    pub fn msg_sender(&mut self, dest: u32) -> Hook {
        let value = self.context().msg_sender;
        self.give("msg_sender", dest, value.as_slice())
    }

    /// Wei sent.
    pub fn msg_value(&mut self, dest: u32) -> Hook {
        let value = self.context().msg_value.to_be_bytes::<32>();
        self.give("msg_value", dest, &value)
    }

    /// Effective gas price.
    pub fn tx_gas_price(&mut self, dest: u32) -> Hook {
        let value = self.context().tx_gas_price.to_be_bytes::<32>();
        self.give("tx_gas_price", dest, &value)
    }

    /// Ink per gas.
    pub fn tx_ink_price(&mut self) -> Hook<u32> {
        self.tell("tx_ink_price", self.context().ink_price, u32::to_be_bytes)
    }

    /// The signer of the transaction.
    pub fn tx_origin(&mut self, dest: u32) -> Hook {
        let value = self.context().tx_origin;
        self.give("tx_origin", dest, value.as_slice())
    }
}

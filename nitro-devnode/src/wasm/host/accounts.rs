//! Other accounts.

use alloy::primitives::{Address, Bytes};

use super::{Hook, HookCall, prices};

/// ArbOS version from which empty code is not remembered.
const FORGET_EMPTY_CODE: u64 = 40;

impl HookCall<'_, '_> {
    /// Balance of an account.
    pub fn account_balance(&mut self, address: u32, dest: u32) -> Hook {
        self.buy_ink(prices::HOSTIO + 2 * prices::POINTER + prices::EVM_API)?;
        self.require_gas(prices::COLD_ACCOUNT_GAS)?;
        let address = self.address(address)?;
        let (balance, gas) = self.frame.api.account_balance(address);
        self.buy_gas(gas)?;
        let balance = balance.to_be_bytes::<32>();
        self.write(dest, &balance)?;
        self.record("account_balance", &[address.as_slice()], &[&balance]);
        Ok(())
    }

    /// Copies what there is of the code's `size` bytes from `offset`; returns how many bytes that were. All of the
    /// code is paid for.
    pub fn account_code(&mut self, address: u32, offset: u32, size: u32, dest: u32) -> Hook<u32> {
        self.buy_ink(prices::HOSTIO + prices::EVM_API)?;
        self.require_gas(prices::COLD_ACCOUNT_GAS)?;
        let address = self.address(address)?;
        let code = self.code_of(address)?;
        self.buy_ink(prices::write(code.len()))?;
        let rest = code.get(offset as usize..).unwrap_or_default();
        let copied = &rest[..rest.len().min(size as usize)];
        self.write(dest, copied)?;
        self.record("account_code", &[address.as_slice(), &offset.to_be_bytes(), &size.to_be_bytes()], &[copied]);
        Ok(copied.len() as u32)
    }

    /// Length of an account's code.
    pub fn account_code_size(&mut self, address: u32) -> Hook<u32> {
        self.buy_ink(prices::HOSTIO + prices::EVM_API)?;
        self.require_gas(prices::COLD_ACCOUNT_GAS)?;
        let address = self.address(address)?;
        let len = self.code_of(address)?.len() as u32;
        self.record("account_code_size", &[address.as_slice()], &[&len.to_be_bytes()]);
        Ok(len)
    }

    /// Code of an account, paid for unless it is the one asked for last.
    fn code_of(&mut self, address: Address) -> Hook<Bytes> {
        if let Some((last, code)) = &self.frame.last_code
            && *last == address
        {
            return Ok(code.clone());
        }
        let (code, gas) = self.frame.api.account_code(address);
        let reading = prices::code_gas(self.context().max_code_size);
        self.buy_gas(gas.saturating_add(reading))?;
        let remembered = !code.is_empty() || self.context().arbos_version < FORGET_EMPTY_CODE;
        self.frame.last_code = remembered.then(|| (address, code.clone()));
        Ok(code)
    }

    /// Hash of an account's code.
    pub fn account_codehash(&mut self, address: u32, dest: u32) -> Hook {
        self.buy_ink(prices::HOSTIO + 2 * prices::POINTER + prices::EVM_API)?;
        self.require_gas(prices::COLD_ACCOUNT_GAS)?;
        let address = self.address(address)?;
        let (hash, gas) = self.frame.api.account_code_hash(address);
        self.buy_gas(gas)?;
        self.write(dest, hash.as_slice())?;
        self.record("account_codehash", &[address.as_slice()], &[hash.as_slice()]);
        Ok(())
    }
}

//! 256-bit arithmetic. Results replace the first operand; dividing by zero gives zero.

use alloy::primitives::U256;

use super::{Hook, HookCall, prices};

impl HookCall<'_, '_> {
    /// Quotient.
    pub fn math_div(&mut self, value: u32, divisor: u32) -> Hook {
        self.buy_ink(prices::HOSTIO + 3 * prices::POINTER + prices::DIVISION)?;
        self.combine("math_div", value, divisor, |a, b| a.checked_div(b).unwrap_or_default())
    }

    /// Remainder.
    pub fn math_mod(&mut self, value: u32, modulus: u32) -> Hook {
        self.buy_ink(prices::HOSTIO + 3 * prices::POINTER + prices::DIVISION)?;
        self.combine("math_mod", value, modulus, |a, b| a.checked_rem(b).unwrap_or_default())
    }

    /// Power modulo 2^256.
    pub fn math_pow(&mut self, value: u32, exponent: u32) -> Hook {
        self.buy_ink(prices::HOSTIO + 3 * prices::POINTER)?;
        let price = prices::pow(&self.bytes(exponent)?);
        self.uint(value)?;
        self.buy_ink(price)?;
        self.combine("math_pow", value, exponent, U256::wrapping_pow)
    }

    /// Sum modulo the third operand.
    pub fn math_add_mod(&mut self, value: u32, addend: u32, modulus: u32) -> Hook {
        self.buy_ink(prices::HOSTIO + 4 * prices::POINTER + prices::ADD_MOD)?;
        self.combine_three("math_add_mod", value, addend, modulus, U256::add_mod)
    }

    /// Product modulo the third operand.
    pub fn math_mul_mod(&mut self, value: u32, multiplier: u32, modulus: u32) -> Hook {
        self.buy_ink(prices::HOSTIO + 4 * prices::POINTER + prices::MUL_MOD)?;
        self.combine_three("math_mul_mod", value, multiplier, modulus, U256::mul_mod)
    }

    fn combine(&mut self, name: &'static str, first: u32, second: u32, operation: fn(U256, U256) -> U256) -> Hook {
        let (a, b) = (self.uint(first)?, self.uint(second)?);
        let result = operation(a, b).to_be_bytes::<32>();
        self.write(first, &result)?;
        self.record(name, &[&a.to_be_bytes::<32>(), &b.to_be_bytes::<32>()], &[&result]);
        Ok(())
    }

    fn combine_three(
        &mut self,
        name: &'static str,
        first: u32,
        second: u32,
        third: u32,
        operation: fn(U256, U256, U256) -> U256,
    ) -> Hook {
        let (a, b, c) = (self.uint(first)?, self.uint(second)?, self.uint(third)?);
        let result = operation(a, b, c).to_be_bytes::<32>();
        self.write(first, &result)?;
        self.record(name, &[&a.to_be_bytes::<32>(), &b.to_be_bytes::<32>(), &c.to_be_bytes::<32>()], &[&result]);
        Ok(())
    }
}

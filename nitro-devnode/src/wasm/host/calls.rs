//! Calls and creations.

use alloy::primitives::{B256, Bytes, U256};

use super::super::api::{CallKind, CallRequest, CreateRequest};
use super::{Escape, Hook, HookCall, prices};

/// Status a program sees after a call that succeeded.
const CALL_SUCCEEDED: u32 = 0;

/// Status a program sees after any other call.
const CALL_FAILED: u32 = 2;

/// Guest pointers of a call.
#[derive(Clone, Copy, Debug)]
pub(in super::super) struct CallArgs {
    pub address: u32,
    pub data: u32,
    pub len: u32,
    pub gas: u64,
    /// Where to write the length of the return data.
    pub return_len: u32,
}

/// Guest pointers of a creation.
#[derive(Clone, Copy, Debug)]
pub(in super::super) struct CreateArgs {
    pub code: u32,
    pub len: u32,
    pub endowment: u32,
    /// Where to write the new address.
    pub address: u32,
    /// Where to write the length of the return data.
    pub return_len: u32,
}

impl HookCall<'_, '_> {
    /// Calls with the value at `value`.
    pub fn call_contract(&mut self, args: CallArgs, value: u32) -> Hook<u32> {
        self.make_call("call_contract", CallKind::Call, args, Some(value))
    }

    /// Runs another account's code in this frame's context.
    pub fn delegate_call_contract(&mut self, args: CallArgs) -> Hook<u32> {
        self.make_call("delegate_call_contract", CallKind::Delegate, args, None)
    }

    /// Calls without letting state change.
    pub fn static_call_contract(&mut self, args: CallArgs) -> Hook<u32> {
        self.make_call("static_call_contract", CallKind::Static, args, None)
    }

    fn make_call(&mut self, name: &'static str, kind: CallKind, args: CallArgs, value: Option<u32>) -> Hook<u32> {
        self.buy_ink(prices::HOSTIO + 3 * prices::POINTER + prices::EVM_API)?;
        self.pay_for_read_and_forward(args.len)?;
        let gas_left = self.gas_left();
        let gas_requested = args.gas.min(gas_left);
        let target = self.address(args.address)?;
        let input = Bytes::copy_from_slice(self.slice(args.data, args.len)?);
        let value_sent = value.map(|pointer| self.uint(pointer)).transpose()?;

        let outcome = self.frame.api.call(CallRequest {
            kind,
            target,
            value: value_sent.unwrap_or(U256::ZERO),
            input: input.clone(),
            gas_left,
            gas_requested,
        });
        self.buy_gas(outcome.cost)?;
        let len = outcome.output.len() as u32;
        self.frame.return_data = outcome.output;
        self.write(args.return_len, &len.to_le_bytes())?;

        let status = if outcome.success { CALL_SUCCEEDED } else { CALL_FAILED };
        let value_bytes = value_sent.map(|value| value.to_be_bytes::<32>());
        let value_bytes = value_bytes.as_ref().map_or(&[][..], |bytes| &bytes[..]);
        self.record_with(
            name,
            // The gas as the program asked for it, however much there is.
            &[target.as_slice(), &args.gas.to_be_bytes(), value_bytes, &input],
            &[&len.to_be_bytes(), &[status as u8]],
            Some(target),
        );
        Ok(status)
    }

    /// Creates a contract by nonce.
    pub fn create1(&mut self, args: CreateArgs) -> Hook {
        self.buy_ink(prices::HOSTIO + 3 * prices::POINTER + prices::EVM_API)?;
        self.create("create1", args, None)
    }

    /// Creates a contract by salt.
    pub fn create2(&mut self, args: CreateArgs, salt: u32) -> Hook {
        self.buy_ink(prices::HOSTIO + 4 * prices::POINTER + prices::EVM_API)?;
        self.create("create2", args, Some(salt))
    }

    fn create(&mut self, name: &'static str, args: CreateArgs, salt: Option<u32>) -> Hook {
        self.pay_for_read_and_forward(args.len)?;
        let gas_left = self.gas_left();
        let init_code = Bytes::copy_from_slice(self.slice(args.code, args.len)?);
        let endowment = self.uint(args.endowment)?;
        let salt = salt.map(|pointer| self.word(pointer)).transpose()?;

        let outcome = self
            .frame
            .api
            .create(CreateRequest { init_code: init_code.clone(), endowment, salt, gas_left })
            .map_err(|_| Escape::Failure("creation refused"))?;
        self.buy_gas(outcome.cost)?;
        let len = outcome.output.len() as u32;
        self.frame.return_data = outcome.output;
        let address = outcome.address.unwrap_or_default();
        self.write(args.return_len, &len.to_le_bytes())?;
        self.write(args.address, address.as_slice())?;

        self.record_with(
            name,
            &[&endowment.to_be_bytes::<32>(), salt.as_ref().map_or(&[][..], B256::as_slice), &init_code],
            &[address.as_slice(), &len.to_be_bytes()],
            outcome.address,
        );
        Ok(())
    }
}

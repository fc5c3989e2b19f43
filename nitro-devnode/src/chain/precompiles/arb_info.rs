//! ArbInfo: balances and code by function call.

use alloy::sol;
use alloy::sol_types::SolCall;

use super::call::{Call, Output, Purity};

const BALANCE: u64 = 700;
const CODE_ACCESS: u64 = 2_100;
const COPY_PER_WORD: u64 = 3;

sol! {
    /// Functions of ArbInfo.
    #[derive(Debug)]
    interface ArbInfo {
        function getBalance(address account) external view returns (uint256);
        function getCode(address account) external view returns (bytes);
    }
}

use ArbInfo::ArbInfoCalls as F;

pub(super) fn run(call: &mut Call<'_, '_>, data: &[u8]) -> Output {
    call.dispatch(
        data,
        |_: &F| Some(Purity::View),
        |call, function| match function {
            F::getBalance(f) => {
                call.burn(BALANCE)?;
                let balance = call.machine.info(f.account).unwrap_or_default().balance;
                Ok(ArbInfo::getBalanceCall::abi_encode_returns(&balance))
            }
            F::getCode(f) => {
                call.burn(CODE_ACCESS)?;
                let code = call.machine.info(f.account).unwrap_or_default().code.unwrap_or_default().original_bytes();
                call.burn(COPY_PER_WORD * code.len().div_ceil(32) as u64)?;
                Ok(ArbInfo::getCodeCall::abi_encode_returns(&code))
            }
        },
    )
}

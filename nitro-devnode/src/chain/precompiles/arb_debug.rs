//! ArbDebug: shortcuts of a debug chain.

use alloy::primitives::Address;
use alloy::sol;
use alloy::sol_types::SolCall;
use revm::context::JournalTr;

use super::super::arbos_state::{ArbosStorage, Role};
use super::super::state::bytecode;
use super::call::{Call, Fault, Output, Purity};

/// Where ArbDebug is.
pub(crate) const ARB_DEBUG: Address = super::low(0xff);

sol! {
    /// Functions of ArbDebug.
    #[derive(Debug)]
    interface ArbDebug {
        function becomeChainOwner() external;
        function overwriteContractCode(address target, bytes newCode) external returns (bytes oldCode);
    }
}

use ArbDebug::ArbDebugCalls as F;

pub(super) fn run(call: &mut Call<'_, '_>, data: &[u8]) -> Output {
    if !call.machine.ctx.chain.env.debug {
        return Err(Fault::Burned);
    }
    call.dispatch(
        data,
        |_: &F| Some(Purity::Write),
        |call, function| match function {
            F::becomeChainOwner(_) => {
                let caller = call.caller;
                call.arbos().grant(Role::ChainOwner, caller);
                Ok(Vec::new())
            }
            F::overwriteContractCode(f) => {
                let journal = &mut call.machine.ctx.journaled_state;
                let Ok(old) = journal.code(f.target);
                journal.set_code(f.target, bytecode(f.newCode));
                Ok(ArbDebug::overwriteContractCodeCall::abi_encode_returns(&old.data))
            }
        },
    )
}

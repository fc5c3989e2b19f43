//! ArbGasInfo: prices and limits.

use alloy::primitives::U256;
use alloy::sol;
use alloy::sol_types::SolCall;

use super::super::arbos_state::{ArbosStorage, Field};
use super::super::fees::{BACKLOG_TOLERANCE, PRICING_INERTIA};
use super::call::{Call, Output, Purity};

/// L1 gas of one byte of calldata, which prices per byte are quoted for.
const L1_GAS_PER_BYTE: u64 = 16;

/// Compressed length of a minimal transaction, in bytes.
const MINIMAL_TRANSACTION_BYTES: u64 = 140;

/// Gas of a storage write, as quoted.
const STORAGE_ARB_GAS: u64 = 20_000;

sol! {
    /// Functions of ArbGasInfo.
    #[derive(Debug)]
    interface ArbGasInfo {
        function getPricesInWei() external view returns (uint256, uint256, uint256, uint256, uint256, uint256);
        function getPricesInArbGas() external view returns (uint256, uint256, uint256);
        function getGasAccountingParams() external view returns (uint256, uint256, uint256);
        function getMinimumGasPrice() external view returns (uint256);
        function getL1BaseFeeEstimate() external view returns (uint256);
        function getL1GasPriceEstimate() external view returns (uint256);
        function getCurrentTxL1GasFees() external view returns (uint256);
        function getGasBacklog() external view returns (uint64);
        function getPricingInertia() external view returns (uint64);
        function getGasBacklogTolerance() external view returns (uint64);
        function getMaxTxGasLimit() external view returns (uint256);
        function getMaxBlockGasLimit() external view returns (uint64);
    }
}

use ArbGasInfo::ArbGasInfoCalls as F;

pub(super) fn run(call: &mut Call<'_, '_>, data: &[u8]) -> Output {
    let arbos = call.machine.ctx.chain.env.arbos;
    let purity = |function: &F| match function {
        F::getMaxTxGasLimit(_) | F::getMaxBlockGasLimit(_) if !arbos.caps_transaction_compute() => None,
        _ => Some(Purity::View),
    };
    call.dispatch(data, purity, |call, function| match function {
        F::getPricesInWei(_) => {
            let l1 = call.read(Field::L1PricePerUnit.slot())?;
            let minimum = call.read(Field::MinimumBaseFee.slot())?;
            let base_fee = U256::from(call.machine.ctx.chain.env.base_fee);
            let per_byte = l1 * U256::from(L1_GAS_PER_BYTE);
            let base = base_fee.min(minimum);
            Ok(ArbGasInfo::getPricesInWeiCall::abi_encode_returns(&ArbGasInfo::getPricesInWeiReturn {
                _0: per_byte * U256::from(MINIMAL_TRANSACTION_BYTES),
                _1: per_byte,
                _2: base_fee * U256::from(STORAGE_ARB_GAS),
                _3: base,
                _4: base_fee - base,
                _5: base_fee,
            }))
        }
        F::getPricesInArbGas(_) => {
            let l1 = call.read(Field::L1PricePerUnit.slot())?;
            let base_fee = U256::from(call.machine.ctx.chain.env.base_fee.max(1));
            let per_byte = l1 * U256::from(L1_GAS_PER_BYTE) / base_fee;
            Ok(ArbGasInfo::getPricesInArbGasCall::abi_encode_returns(&ArbGasInfo::getPricesInArbGasReturn {
                _0: per_byte * U256::from(MINIMAL_TRANSACTION_BYTES),
                _1: per_byte,
                _2: U256::from(STORAGE_ARB_GAS),
            }))
        }
        F::getGasAccountingParams(_) => {
            let speed = call.read(Field::SpeedLimit.slot())?;
            let block = call.read(Field::MaxBlockGas.slot())?;
            Ok(ArbGasInfo::getGasAccountingParamsCall::abi_encode_returns(&ArbGasInfo::getGasAccountingParamsReturn {
                _0: speed,
                _1: block,
                _2: block,
            }))
        }
        F::getMinimumGasPrice(_) => field(call, Field::MinimumBaseFee),
        F::getL1BaseFeeEstimate(_) | F::getL1GasPriceEstimate(_) => field(call, Field::L1PricePerUnit),
        F::getCurrentTxL1GasFees(_) => {
            let fee = call.machine.ctx.chain.poster_fee_wei;
            Ok(ArbGasInfo::getCurrentTxL1GasFeesCall::abi_encode_returns(&fee))
        }
        // Zero as long as the base fee does not follow demand.
        F::getGasBacklog(_) => field(call, Field::GasBacklog),
        F::getPricingInertia(_) => {
            call.charge_read()?;
            Ok(ArbGasInfo::getPricingInertiaCall::abi_encode_returns(&PRICING_INERTIA))
        }
        F::getGasBacklogTolerance(_) => {
            call.charge_read()?;
            Ok(ArbGasInfo::getGasBacklogToleranceCall::abi_encode_returns(&BACKLOG_TOLERANCE))
        }
        F::getMaxTxGasLimit(_) => field(call, Field::MaxTxGas),
        F::getMaxBlockGasLimit(_) => field(call, Field::MaxBlockGas),
    })
}

fn field(call: &mut Call<'_, '_>, field: Field) -> Output {
    call.charge_read()?;
    let value = call.arbos().field(field);
    Ok(value.to_be_bytes_vec())
}

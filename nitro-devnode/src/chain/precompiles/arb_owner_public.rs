//! ArbOwnerPublic: who owns the chain, and what everybody may know of its parameters.

use alloy::sol;
use alloy::sol_types::SolCall;

use super::super::arbos_state::{ArbosStorage, Field, Role};
use super::call::{Call, Output, Purity};

sol! {
    /// Functions of ArbOwnerPublic.
    #[derive(Debug)]
    interface ArbOwnerPublic {
        function isChainOwner(address account) external view returns (bool);
        function getAllChainOwners() external view returns (address[] owners);
        function getNetworkFeeAccount() external view returns (address);
        function getInfraFeeAccount() external view returns (address);
        function getBrotliCompressionLevel() external view returns (uint64);
        function getScheduledUpgrade() external view returns (uint64 arbosVersion, uint64 scheduledForTimestamp);
        function isCalldataPriceIncreaseEnabled() external view returns (bool);
        function getMaxStylusContractFragments() external view returns (uint8);
    }
}

use ArbOwnerPublic::ArbOwnerPublicCalls as F;

pub(super) fn run(call: &mut Call<'_, '_>, data: &[u8]) -> Output {
    let arbos = call.machine.ctx.chain.env.arbos;
    let purity = |function: &F| match function {
        F::getMaxStylusContractFragments(_) if arbos.0 < 60 => None,
        F::isCalldataPriceIncreaseEnabled(_) if arbos.0 < 40 => None,
        _ => Some(Purity::View),
    };
    call.dispatch(data, purity, |call, function| match function {
        F::isChainOwner(f) => {
            let is = call.has_role(Role::ChainOwner, f.account)?;
            Ok(ArbOwnerPublic::isChainOwnerCall::abi_encode_returns(&is))
        }
        F::getAllChainOwners(_) => {
            call.charge_read()?;
            let members = call.arbos().members(Role::ChainOwner);
            for _ in &members {
                call.charge_read()?;
            }
            Ok(ArbOwnerPublic::getAllChainOwnersCall::abi_encode_returns(&members))
        }
        F::getNetworkFeeAccount(_) => {
            call.charge_read()?;
            let account = call.arbos().address(Field::NetworkFeeAccount);
            Ok(ArbOwnerPublic::getNetworkFeeAccountCall::abi_encode_returns(&account))
        }
        F::getInfraFeeAccount(_) => {
            call.charge_read()?;
            let account = call.arbos().address(Field::InfraFeeAccount);
            Ok(ArbOwnerPublic::getInfraFeeAccountCall::abi_encode_returns(&account))
        }
        F::getBrotliCompressionLevel(_) => {
            call.charge_read()?;
            Ok(ArbOwnerPublic::getBrotliCompressionLevelCall::abi_encode_returns(&1))
        }
        F::getScheduledUpgrade(_) => {
            let version = call.read(Field::UpgradeVersion.slot())?;
            let time = call.read(Field::UpgradeTime.slot())?;
            Ok(ArbOwnerPublic::getScheduledUpgradeCall::abi_encode_returns(
                &ArbOwnerPublic::getScheduledUpgradeReturn {
                    arbosVersion: version.saturating_to(),
                    scheduledForTimestamp: time.saturating_to(),
                },
            ))
        }
        F::isCalldataPriceIncreaseEnabled(_) => {
            call.charge_read()?;
            Ok(ArbOwnerPublic::isCalldataPriceIncreaseEnabledCall::abi_encode_returns(&false))
        }
        F::getMaxStylusContractFragments(_) => {
            let params = call.params()?;
            Ok(ArbOwnerPublic::getMaxStylusContractFragmentsCall::abi_encode_returns(&params.max_fragments))
        }
    })
}

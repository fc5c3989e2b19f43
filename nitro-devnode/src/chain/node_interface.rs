//! NodeInterface: questions to the node in the form of calls to an address without code.

use alloy::primitives::{Address, Bytes, U256};
use alloy::sol;
use alloy::sol_types::{SolCall, SolInterface};

use super::arbos_state::{ArbosStorage, Field};
use super::calls::CallOptions;
use super::error::NodeError;
use super::failure;
use super::l1;
use super::node::Node;
use super::transaction::Message;

/// Where NodeInterface is.
pub(crate) const ADDRESS: Address = Address::with_last_byte(0xc8);

sol! {
    /// Functions of NodeInterface.
    interface NodeInterface {
        function gasEstimateComponents(address to, bool contractCreation, bytes data)
            external payable returns (uint64 gasEstimate, uint64 gasEstimateForL1, uint256 baseFee, uint256 l1BaseFeeEstimate);
        function gasEstimateL1Component(address to, bool contractCreation, bytes data)
            external view returns (uint64 gasEstimateForL1, uint256 baseFee, uint256 l1BaseFeeEstimate);
        function nitroGenesisBlock() external pure returns (uint256 number);
    }
}

use NodeInterface::NodeInterfaceCalls as F;

/// Answers a call to NodeInterface.
pub(crate) fn answer(node: &Node, message: &Message, options: &CallOptions) -> Result<Bytes, NodeError> {
    let refused = |_| NodeError::Reverted { output: Bytes::new(), message: failure::REVERTED.to_owned() };
    let base_fee = U256::from(node.base_fee());
    let l1_price = node.view().field(Field::L1PricePerUnit);
    let for_l1 = |data: &[u8]| -> u64 {
        let units = U256::from(l1::estimated_units(data));
        (l1_price * units / base_fee.max(U256::from(1))).saturating_to()
    };
    let output = match F::abi_decode(&message.input).map_err(refused)? {
        F::gasEstimateComponents(f) => {
            let mut request = alloy::rpc::types::TransactionRequest {
                from: Some(message.from),
                value: Some(message.value),
                input: f.data.clone().into(),
                ..Default::default()
            };
            if !f.contractCreation {
                request.to = Some(f.to.into());
            }
            let total = node.estimate(&request, options)?;
            NodeInterface::gasEstimateComponentsCall::abi_encode_returns(&NodeInterface::gasEstimateComponentsReturn {
                gasEstimate: total,
                gasEstimateForL1: for_l1(&f.data),
                baseFee: base_fee,
                l1BaseFeeEstimate: l1_price,
            })
        }
        F::gasEstimateL1Component(f) => NodeInterface::gasEstimateL1ComponentCall::abi_encode_returns(
            &NodeInterface::gasEstimateL1ComponentReturn {
                gasEstimateForL1: for_l1(&f.data),
                baseFee: base_fee,
                l1BaseFeeEstimate: l1_price,
            },
        ),
        F::nitroGenesisBlock(_) => NodeInterface::nitroGenesisBlockCall::abi_encode_returns(&U256::ZERO),
    };
    Ok(output.into())
}

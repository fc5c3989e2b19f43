//! The token that LNQ is compared with.

use alloy::{
    hex,
    primitives::{Address, TxKind, U256},
    rpc::types::TransactionRequest,
    sol_types::SolValue,
};

use crate::World;

/// Creation code, made from `tests/governor/contracts/ReferenceToken.sol` by `npm run reference` there.
const CODE: &str = include_str!("../governor/reference-token.hex");

impl World {
    /// Deploys OpenZeppelin's token with burning, permits and votes, in Solidity, and mints `amounts` to `holders`.
    ///
    /// # Panics
    ///
    /// When it is not deployed.
    pub fn deploy_reference(&mut self, holders: Vec<Address>, amounts: Vec<U256>) -> Address {
        let code = hex::decode(CODE.trim()).expect("hex");
        let input = [code, (holders, amounts).abi_encode_params()].concat();
        let request = TransactionRequest::default().from(self.cast.deployer).input(input.into()).gas_limit(30_000_000);
        let request = TransactionRequest { to: Some(TxKind::Create), ..request };
        let receipt = self.node_mut().transact(request).expect("deployment");
        receipt.contract_address.expect("an address")
    }
}

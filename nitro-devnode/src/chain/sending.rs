//! Sending without a signed transaction at hand.

use alloy::consensus::{SignableTransaction, TypedTransaction};
use alloy::network::TxSignerSync;
use alloy::primitives::{Address, B256, TxKind, U256};
use alloy::rpc::types::{BlockId, TransactionRequest};
use alloy::sol_types::SolCall;

use crate::wasm;
use crate::wasm::code::Root;

use super::accounts::{self, DEV_ACCOUNT};
use super::block::Receipt;
use super::calls::CallOptions;
use super::error::NodeError;
use super::node::Node;
use super::pool::{Pending, made_up_signature};
use super::precompiles::{ARB_WASM, ARB_WASM_CACHE, ArbWasm, ArbWasmCache};

/// Gas limit of transactions the node makes on its own; activation of the largest programs fits.
const HELPER_GAS: u64 = 30_000_000;

/// Value sent along with an activation: more than any fee. The rest comes back.
const ACTIVATION_VALUE_WEI: u128 = 10u128.pow(18);

/// Sending without a signed transaction at hand.
impl Node {
    /// Fills in what `request` leaves out, signs it with the development key of its sender and sends it. Senders
    /// that are impersonated need no key. Without `from` the first development account sends.
    pub fn send(&mut self, request: TransactionRequest) -> Result<B256, NodeError> {
        let pending = self.sign(request)?;
        self.submit(pending)
    }

    /// Sends and returns the receipt; needs automatic mining. Fails with [`NodeError::Reverted`] or
    /// [`NodeError::Halted`] when the transaction fails; its receipt is then in the latest block.
    pub fn transact(&mut self, request: TransactionRequest) -> Result<&Receipt, NodeError> {
        let hash = self.send(request)?;
        let receipt = self.receipt(hash).ok_or(NodeError::TransactionNotFound)?;
        match receipt.error() {
            Some(error) => Err(error),
            None => Ok(receipt),
        }
    }

    /// Lets [`Node::send`] send for `address` without a key.
    pub fn impersonate(&mut self, address: Address) {
        self.impersonated.insert(address);
    }

    /// Takes [`Node::impersonate`] back.
    pub fn stop_impersonating(&mut self, address: Address) {
        self.impersonated.remove(&address);
    }

    /// Whether [`Node::send`] may send for any address.
    pub fn set_auto_impersonate(&mut self, on: bool) {
        self.impersonates_all = on;
    }

    /// Whether [`Node::send`] works without a key for `address`.
    pub fn is_impersonated(&self, address: Address) -> bool {
        self.impersonates_all || self.impersonated.contains(&address)
    }

    fn sign(&self, mut request: TransactionRequest) -> Result<Pending, NodeError> {
        let from = request.from.unwrap_or(accounts::WELL_KNOWN[0].0);
        let signer = accounts::signer(from).filter(|_| self.config.dev_signers);
        if signer.is_none() && !self.is_impersonated(from) {
            return Err(NodeError::UnknownAccount(from));
        }
        request.from = Some(from);
        self.fill(&mut request, from)?;
        let mut transaction = request
            .build_consensus_tx()
            .map_err(|error| NodeError::InvalidParams(format!("incomplete transaction: {}", error.error)))?;
        if matches!(transaction, TypedTransaction::Eip4844(_)) {
            return Err(NodeError::TransactionType);
        }
        let signature = match signer {
            Some(signer) => signer
                .sign_transaction_sync(&mut transaction)
                .map_err(|error| NodeError::InvalidParams(error.to_string()))?,
            None => made_up_signature(from),
        };
        Ok(Pending::trusted(transaction.into_signed(signature).into(), from))
    }

    fn fill(&self, request: &mut TransactionRequest, from: Address) -> Result<(), NodeError> {
        let want = self.config.chain_id;
        match request.chain_id {
            Some(have) if have != want => return Err(NodeError::WrongChain { have, want }),
            _ => request.chain_id = Some(want),
        }
        request.to.get_or_insert(TxKind::Create);
        if request.nonce.is_none() {
            request.nonce = Some(self.nonce(from, BlockId::pending())?);
        }
        if request.gas.is_none() {
            let options = CallOptions { block: BlockId::pending(), ..CallOptions::default() };
            request.gas = Some(self.estimate(request, &options)?);
        }
        let affordable = u128::from(self.base_fee()) * 2;
        let is_legacy = request.gas_price.is_some() || matches!(request.transaction_type, Some(0 | 1));
        if is_legacy {
            request.gas_price.get_or_insert(affordable);
        } else {
            let tip = *request.max_priority_fee_per_gas.get_or_insert(0);
            request.max_fee_per_gas.get_or_insert(affordable.max(tip));
        }
        Ok(())
    }
}

/// Deploying programs.
impl Node {
    /// Deploys `code` (a prefixed Stylus program or EVM runtime code) from the dev account.
    pub fn deploy_code(&mut self, code: &[u8]) -> Result<Address, NodeError> {
        let receipt = self.act(None, wasm::code::init_code(code), 0)?;
        receipt.contract_address.ok_or(NodeError::TransactionNotFound)
    }

    /// Packs a WASM module, deploys it from the dev account and activates it. From ArbOS 60 on, one that is too long for
    /// a contract is deployed in fragments.
    pub fn deploy_program(&mut self, wasm: &[u8]) -> Result<Address, NodeError> {
        let code = wasm::code::encode(wasm);
        let limit = self.config.max_code_size;
        let program = if code.len() > limit && self.arbos().has_fragments() {
            let fragments = wasm::code::split(&code, limit);
            let deployed: Result<_, _> = fragments.iter().map(|fragment| self.deploy_code(fragment)).collect();
            self.deploy_code(&Root::new(wasm.len() as u32, deployed?).encode())?
        } else {
            self.deploy_code(&code)?
        };
        self.activate(program)?;
        Ok(program)
    }

    /// Activates a Stylus program from the dev account and returns the data fee in wei.
    pub fn activate(&mut self, program: Address) -> Result<U256, NodeError> {
        let input = ArbWasm::activateProgramCall { program }.abi_encode();
        let receipt = self.act(Some(ARB_WASM), input, ACTIVATION_VALUE_WEI)?;
        let output = ArbWasm::activateProgramCall::abi_decode_returns(&receipt.output);
        output.map(|output| output.dataFee).map_err(|error| NodeError::Undecodable(error.to_string()))
    }

    /// Makes a program cheap to call, as a cache manager would. The dev account has to own the chain.
    pub fn cache(&mut self, program: Address) -> Result<(), NodeError> {
        self.act(Some(ARB_WASM_CACHE), ArbWasmCache::cacheProgramCall { program }.abi_encode(), 0)?;
        Ok(())
    }

    /// Sends a transaction of the dev account and mines it.
    fn act(&mut self, to: Option<Address>, input: Vec<u8>, value: u128) -> Result<Receipt, NodeError> {
        let request = TransactionRequest {
            from: Some(DEV_ACCOUNT),
            to: Some(to.map_or(TxKind::Create, TxKind::Call)),
            input: input.into(),
            value: Some(U256::from(value)),
            gas: Some(HELPER_GAS),
            ..TransactionRequest::default()
        };
        let hash = self.send(request)?;
        if self.receipt(hash).is_none() {
            self.mine(1);
        }
        let receipt = self.receipt(hash).ok_or(NodeError::TransactionNotFound)?;
        match receipt.error() {
            Some(error) => Err(error),
            None => Ok(receipt.clone()),
        }
    }
}

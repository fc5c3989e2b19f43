//! Programs as they are built, and how they get onto a chain.

use std::path::Path;

use alloy::network::TransactionBuilder;
use alloy::primitives::{Address, B256, Bytes, U256, address, keccak256};
use alloy::providers::Provider;
use alloy::rpc::types::TransactionRequest;
use alloy::rpc::types::state::{AccountOverride, StateOverride};
use alloy::sol;
use alloy::sol_types::SolCall;
use linq_manifest::Digest;

use super::Contract;
use crate::client::{ARB_WASM, Client};
use crate::error::{Error, Kind, Result};

sol! {
    /// Deploys, activates and constructs a program in one transaction.
    #[derive(Debug)]
    interface IStylusDeployer {
        event ContractDeployed(address deployedContract);
        function deploy(bytes bytecode, bytes initData, uint256 initValue, bytes32 salt) external payable returns (address);
    }

    /// The precompile that activates programs.
    interface IArbWasm {
        function activateProgram(address program) external payable returns (uint16 version, uint256 dataFee);
        function codehashVersion(bytes32 codehash) external view returns (uint16 version);
        function stylusVersion() external view returns (uint16 version);
    }
}

/// The contract that deploys, at the same address on every chain that has it.
pub const STYLUS_DEPLOYER: Address = address!("cEcba2F1DC234f70Dd89F2041029807F8D03A990");

/// What a Stylus program begins with: the mark, and no dictionary for the compressed stream.
const PREFIX: [u8; 4] = [0xEF, 0xF0, 0x00, 0x00];

/// Selector of `stylus_constructor()`, which stands before the arguments of every constructor.
const CONSTRUCTOR: [u8; 4] = [0x55, 0x85, 0x25, 0x8d];

/// What the activation is simulated with: far more than any fee, and returned.
const SIMULATED_VALUE_WEI: u128 = 1_000_000_000_000_000_000;

/// A program as it was built.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Program {
    /// The prefixed code.
    pub code: Bytes,
    /// SHA-256 of the JSON form of its interface, if that lies beside it.
    pub abi_sha256: Option<String>,
}

impl Program {
    /// Reads a program from the folder it was built into.
    pub fn load(folder: &Path, contract: Contract) -> Result<Self> {
        let path = folder.join(format!("{contract}.code"));
        let code = std::fs::read(&path).map_err(|error| {
            Error::config(format!("cannot read the built contract {}: {error}", path.display()))
                .hint("build the contracts with `cargo xtask build`, or name their folder with --artifacts")
        })?;
        if !code.starts_with(&PREFIX) {
            return Err(Error::config(format!("{} is no Stylus program", path.display()))
                .hint("build the contracts again with `cargo xtask build`"));
        }
        let interface = std::fs::read(folder.join(format!("{contract}.abi.json"))).ok();
        Ok(Self { code: code.into(), abi_sha256: interface.map(|json| Digest::of(json).hex()) })
    }

    /// keccak256 of its code, by which the chain knows it.
    pub fn code_hash(&self) -> B256 {
        keccak256(&self.code)
    }

    /// The bytes of [`Program::code_hash`].
    pub(super) fn code_hash_bytes(&self) -> [u8; 32] {
        self.code_hash().0
    }

    /// What puts the code on the chain: the shortest EVM program that returns it.
    pub fn init_code(&self) -> Bytes {
        let length = U256::from(self.code.len()).to_be_bytes::<32>();
        // PUSH32 length, DUP1, PUSH1 43, PUSH1 0, CODECOPY, PUSH1 0, RETURN, and a byte that never runs.
        [&[0x7f][..], &length, &[0x80, 0x60, 0x2b, 0x60, 0x00, 0x39, 0x60, 0x00, 0xf3, 0x00], &self.code]
            .concat()
            .into()
    }

    /// Where the deployer puts it.
    pub fn address(&self, salt: B256, constructor: &Bytes) -> Address {
        let salt = keccak256([salt.as_slice(), constructor].concat());
        STYLUS_DEPLOYER.create2_from_code(salt, self.init_code())
    }

    /// The call that deploys it.
    pub fn deploy_call(&self, salt: B256, constructor: Bytes) -> IStylusDeployer::deployCall {
        IStylusDeployer::deployCall { bytecode: self.init_code(), initData: constructor, initValue: U256::ZERO, salt }
    }

    /// What the chain asks for activating it, in wei; nothing when the same code is active already.
    pub async fn activation_fee_wei(&self, client: &Client) -> Result<U256> {
        let current = client.call(ARB_WASM, &IArbWasm::stylusVersionCall {}).await;
        let current = current.map_err(|error| {
            error.context("asking for the Stylus version").hint("contracts can only be deployed on Arbitrum chains")
        })?;
        match client.call(ARB_WASM, &IArbWasm::codehashVersionCall { codehash: self.code_hash() }).await {
            Ok(version) if version == current => return Ok(U256::ZERO),
            Ok(_) => {}
            // Not activated, or expired, or of an older version: that is what activating is for.
            Err(error) if error.kind() == Kind::Revert => {}
            Err(error) => return Err(error),
        }
        self.simulate_activation(client).await
    }

    async fn simulate_activation(&self, client: &Client) -> Result<U256> {
        // Both are made up: the code is put at one address and the ether at another for this call alone.
        let (program, sender) = (Address::from_word(self.code_hash()), Address::repeat_byte(0x5a));
        let mut changes = StateOverride::default();
        changes.insert(program, AccountOverride { code: Some(self.code.clone()), ..AccountOverride::default() });
        let funds = U256::from(SIMULATED_VALUE_WEI) * U256::from(1_000);
        changes.insert(sender, AccountOverride { balance: Some(funds), ..AccountOverride::default() });
        let request = TransactionRequest::default()
            .with_from(sender)
            .with_to(ARB_WASM)
            .with_value(U256::from(SIMULATED_VALUE_WEI))
            .with_input(IArbWasm::activateProgramCall { program }.abi_encode());
        let output = client.provider().call(request).overrides(changes).await.map_err(|error| client.explain(error))?;
        let returned = IArbWasm::activateProgramCall::abi_decode_returns(&output)
            .map_err(|_| Error::failure("the chain answered the simulated activation with something else"))?;
        Ok(returned.dataFee)
    }
}

/// The value to send for a simulated fee: a fifth more, since the fee moves with demand; the rest comes back.
pub fn with_margin(fee_wei: U256) -> U256 {
    fee_wei.saturating_add(fee_wei / U256::from(5))
}

/// Call data of a constructor with these encoded arguments.
pub fn constructor_data(arguments: Vec<u8>) -> Bytes {
    [&CONSTRUCTOR[..], &arguments].concat().into()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn program() -> Program {
        Program { code: Bytes::from_static(&[0xEF, 0xF0, 0x00, 0x00, 0xAA, 0xBB]), abi_sha256: None }
    }

    #[test]
    fn the_init_code_copies_what_follows_it() {
        let init = program().init_code();
        assert_eq!(init.len(), 43 + 6);
        assert_eq!(init[0], 0x7f);
        assert_eq!(init[32], 6);
        assert_eq!(&init[43..], &program().code[..]);
    }

    #[test]
    fn the_address_depends_on_salt_code_and_arguments() {
        let arguments = constructor_data(vec![1]);
        let address = program().address(B256::repeat_byte(1), &arguments);
        assert_eq!(address, program().address(B256::repeat_byte(1), &arguments));
        assert_ne!(address, program().address(B256::repeat_byte(2), &arguments));
        assert_ne!(address, program().address(B256::repeat_byte(1), &constructor_data(vec![2])));
    }

    #[test]
    fn the_fee_gets_a_fifth_on_top() {
        assert_eq!(with_margin(U256::from(100)), U256::from(120));
        assert_eq!(with_margin(U256::ZERO), U256::ZERO);
    }

    #[test]
    fn a_folder_without_programs_says_how_to_build_them() {
        let folder = tempfile::tempdir().unwrap();
        let error = Program::load(folder.path(), Contract::Jobs).unwrap_err();
        assert!(error.next_step().unwrap().contains("cargo xtask build"));
        std::fs::write(folder.path().join("jobs.code"), b"\0asm").unwrap();
        assert!(Program::load(folder.path(), Contract::Jobs).unwrap_err().to_string().contains("no Stylus program"));
    }
}

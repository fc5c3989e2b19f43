//! ArbSys: facts about the chain, and messages to L1.

use alloy::primitives::{Address, B256, Bytes, U256, keccak256};
use alloy::sol;
use alloy::sol_types::SolCall;
use revm::context::JournalTr;
use revm::context_interface::journaled_state::account::JournaledAccountTr;

use super::super::arbos_state::Field;
use super::call::{Call, Fault, Output, Purity};
use super::errors::{Arb, ArbErrors};

/// Added to the address of an L1 contract that sends to L2.
const ALIAS_OFFSET: U256 = U256::from_limbs([0x1111, 0, 0x1111_0000, 0]);

/// Blocks whose hashes are known.
const HASH_WINDOW: u64 = 256;

/// Where ArbSys is.
pub(crate) const ARB_SYS: Address = super::low(0x64);

sol! {
    /// Functions and events of ArbSys.
    #[allow(clippy::too_many_arguments)]
    #[derive(Debug)]
    interface ArbSys {
        event L2ToL1Tx(
            address caller,
            address indexed destination,
            uint256 indexed hash,
            uint256 indexed position,
            uint256 arbBlockNum,
            uint256 ethBlockNum,
            uint256 timestamp,
            uint256 callvalue,
            bytes data
        );

        function arbBlockNumber() external view returns (uint256);
        function arbBlockHash(uint256 arbBlockNum) external view returns (bytes32);
        function arbChainID() external view returns (uint256);
        function arbOSVersion() external view returns (uint256);
        function getStorageGasAvailable() external view returns (uint256);
        function isTopLevelCall() external view returns (bool);
        function mapL1SenderContractAddressToL2Alias(address sender, address unused) external pure returns (address);
        function wasMyCallersAddressAliased() external view returns (bool);
        function myCallersAddressWithoutAliasing() external view returns (address);
        function withdrawEth(address destination) external payable returns (uint256);
        function sendTxToL1(address destination, bytes data) external payable returns (uint256);
    }
}

use ArbSys::ArbSysCalls as F;

pub(super) fn run(call: &mut Call<'_, '_>, data: &[u8]) -> Output {
    let purity = |function: &F| match function {
        F::mapL1SenderContractAddressToL2Alias(_) => Some(Purity::Pure),
        F::withdrawEth(_) | F::sendTxToL1(_) => Some(Purity::Payable),
        _ => Some(Purity::View),
    };
    call.dispatch(data, purity, |call, function| {
        let frames = &call.machine.ctx.chain.frames;
        match function {
            F::arbBlockNumber(_) => {
                let number = U256::from(call.machine.ctx.chain.env.number);
                Ok(ArbSys::arbBlockNumberCall::abi_encode_returns(&number))
            }
            F::arbBlockHash(f) => {
                let hash = block_hash(call, f.arbBlockNum)?;
                Ok(ArbSys::arbBlockHashCall::abi_encode_returns(&hash))
            }
            F::arbChainID(_) => {
                let id = U256::from(call.machine.ctx.chain.env.chain_id);
                Ok(ArbSys::arbChainIDCall::abi_encode_returns(&id))
            }
            F::arbOSVersion(_) => {
                let version = U256::from(call.machine.ctx.chain.env.arbos.reported());
                Ok(ArbSys::arbOSVersionCall::abi_encode_returns(&version))
            }
            F::getStorageGasAvailable(_) => Ok(ArbSys::getStorageGasAvailableCall::abi_encode_returns(&U256::ZERO)),
            F::isTopLevelCall(_) => Ok(ArbSys::isTopLevelCallCall::abi_encode_returns(&(frames.len() <= 2))),
            F::mapL1SenderContractAddressToL2Alias(f) => {
                let alias = alias(f.sender);
                Ok(ArbSys::mapL1SenderContractAddressToL2AliasCall::abi_encode_returns(&alias))
            }
            // Only deposits and retryable tickets have aliased senders, and neither exists here.
            F::wasMyCallersAddressAliased(_) => Ok(ArbSys::wasMyCallersAddressAliasedCall::abi_encode_returns(&false)),
            F::myCallersAddressWithoutAliasing(_) => {
                let depth = frames.len();
                let caller = if depth > 1 { frames[depth - 2].caller } else { Address::ZERO };
                Ok(ArbSys::myCallersAddressWithoutAliasingCall::abi_encode_returns(&caller))
            }
            F::withdrawEth(f) => send(call, f.destination, Bytes::new()),
            F::sendTxToL1(f) => send(call, f.destination, f.data),
        }
    })
}

fn alias(address: Address) -> Address {
    let sum = U256::from_be_slice(address.as_slice()).wrapping_add(ALIAS_OFFSET);
    Address::from_word(sum.into())
}

fn block_hash(call: &Call<'_, '_>, requested: U256) -> Result<B256, Fault> {
    let env = &call.machine.ctx.chain.env;
    let number = requested.try_into().unwrap_or(u64::MAX);
    let known = number < env.number && env.number - number <= HASH_WINDOW;
    match env.blocks.get(number) {
        Some(block) if known => Ok(block.hash),
        _ => Err(ArbErrors::InvalidBlockNumber(Arb::InvalidBlockNumber { requested, current: U256::from(env.number) })
            .into()),
    }
}

/// Burns the value and notes the message. Nothing carries it to L1: there is none.
fn send(call: &mut Call<'_, '_>, destination: Address, data: Bytes) -> Output {
    let env = &call.machine.ctx.chain.env;
    let (number, l1, now) = (env.number, env.l1_block_number, env.timestamp);
    let position = call.read(Field::SendCount.slot())?;
    call.write(Field::SendCount.slot(), position + U256::from(1))?;
    let hash = keccak256(
        [
            call.caller.as_slice(),
            destination.as_slice(),
            &U256::from(number).to_be_bytes::<32>(),
            &U256::from(l1).to_be_bytes::<32>(),
            &U256::from(now).to_be_bytes::<32>(),
            &call.value.to_be_bytes::<32>(),
            &data,
        ]
        .concat(),
    );
    let (address, value, caller) = (call.address, call.value, call.caller);
    let Ok(mut account) = call.machine.ctx.journaled_state.load_account_mut(address);
    let balance = *account.data.balance();
    account.data.set_balance(balance.saturating_sub(value));
    call.emit(ArbSys::L2ToL1Tx {
        caller,
        destination,
        hash: hash.into(),
        position,
        arbBlockNum: U256::from(number),
        ethBlockNum: U256::from(l1),
        timestamp: U256::from(now),
        callvalue: value,
        data,
    })?;
    Ok(ArbSys::sendTxToL1Call::abi_encode_returns(&position))
}

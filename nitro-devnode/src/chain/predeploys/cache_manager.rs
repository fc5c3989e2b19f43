//! A manager of the program cache with the interface of Arbitrum's CacheManager. Written for this chain: room is never
//! short here, so every bid wins, none has to offer anything, and nothing is ever evicted to make room.

use alloy::primitives::U256;
use alloy::sol;
use alloy::sol_types::SolCall;
use revm::bytecode::opcode as op;

use super::super::precompiles::{ARB_WASM_CACHE, ArbWasmCache};
use super::assembler::{Assembler, Expr, call, calldata, equal, not, nullary, selector};

/// Bytes of machine code the cache is said to hold.
const CACHE_BYTES: u64 = 536_870_912;

sol! {
    /// The interface of CacheManager.
    interface CacheManager {
        struct Entry { bytes32 code; uint64 size; uint192 bid; }

        function placeBid(address program) external payable;
        function getMinBid(address program) external view returns (uint192 min);
        function cacheSize() external view returns (uint64);
        function queueSize() external view returns (uint64);
        function isPaused() external view returns (bool);
        function decay() external view returns (uint64);
        function getEntries() external view returns (Entry[]);
        function getSmallestEntries(uint256 k) external view returns (Entry[]);
    }
    /// The other function of the same name.
    interface CacheManagerBySize {
        function getMinBid(uint64 size) external view returns (uint192 min);
    }
}

/// The contract's code.
pub(super) fn code() -> Vec<u8> {
    let mut asm = Assembler::default();
    on(&mut asm, CacheManager::placeBidCall::SELECTOR, place_bid);
    on(&mut asm, CacheManager::cacheSizeCall::SELECTOR, |asm| asm.give_back_word(CACHE_BYTES));
    for zero in [
        CacheManager::getMinBidCall::SELECTOR,
        CacheManagerBySize::getMinBidCall::SELECTOR,
        CacheManager::queueSizeCall::SELECTOR,
        CacheManager::isPausedCall::SELECTOR,
        CacheManager::decayCall::SELECTOR,
    ] {
        on(&mut asm, zero, |asm| asm.give_back_word(0));
    }
    for empty in [CacheManager::getEntriesCall::SELECTOR, CacheManager::getSmallestEntriesCall::SELECTOR] {
        on(&mut asm, empty, |asm| {
            asm.store(0x00, 0x20);
            asm.store(0x20, 0);
            asm.act(op::RETURN, [0.into(), 0x40.into()]);
        });
    }
    asm.act(op::REVERT, [0.into(), 0.into()]);
    asm.finish()
}

fn on(asm: &mut Assembler, function: [u8; 4], body: impl FnOnce(&mut Assembler)) {
    asm.when(equal(selector(), u64::from(u32::from_be_bytes(function))), body);
}

/// Caches the program, sends the bid back, and fails as caching does.
fn place_bid(asm: &mut Assembler) {
    let caching = U256::from(u32::from_be_bytes(ArbWasmCache::cacheProgramCall::SELECTOR)) << 224;
    asm.store(0x00, Expr::Number(caching));
    asm.store(0x04, calldata(0x04));
    asm.when(not(call(ARB_WASM_CACHE, 0, 0x00, 0x24)), |asm| {
        asm.act(op::RETURNDATACOPY, [0.into(), 0.into(), nullary(op::RETURNDATASIZE)]);
        asm.act(op::REVERT, [0.into(), nullary(op::RETURNDATASIZE)]);
    });
    let refund = call(nullary(op::CALLER), nullary(op::CALLVALUE), 0, 0);
    asm.when(not(refund), |asm| asm.act(op::REVERT, [0.into(), 0.into()]));
    asm.act(op::RETURN, [0.into(), 0.into()]);
}

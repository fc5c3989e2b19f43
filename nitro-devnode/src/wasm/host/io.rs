//! Arguments, results, logs, hashing, memory growth.

use alloy::primitives::{B256, Bytes, keccak256};

use super::{Escape, Hook, HookCall, STRICT_GROWTH_VERSION, prices};

/// Topics a log can have at most.
const MAX_TOPICS: u32 = 4;

/// Bytes of a topic.
const TOPIC_BYTES: u32 = 32;

impl HookCall<'_, '_> {
    /// Copies all calldata to `dest`.
    pub fn read_args(&mut self, dest: u32) -> Hook {
        self.buy_ink(prices::HOSTIO)?;
        let args = self.context().args.clone();
        self.buy_ink(prices::write(args.len()))?;
        self.write(dest, &args)?;
        self.record("read_args", &[], &[&args]);
        Ok(())
    }

    /// Replaces the result.
    pub fn write_result(&mut self, source: u32, len: u32) -> Hook {
        self.buy_ink(prices::HOSTIO)?;
        self.pay_for_read_and_forward(len)?;
        let result = Bytes::copy_from_slice(self.slice(source, len)?);
        self.frame.result = result.clone();
        self.record("write_result", &[&result], &[]);
        Ok(())
    }

    /// Ends the frame at once.
    pub fn exit_early(&mut self, status: u32) -> Hook {
        self.record("exit_early", &[&status.to_be_bytes()], &[]);
        Err(Escape::Exit(status))
    }

    /// Copies what there is of the return data's `size` bytes from `offset`; returns how many bytes that were.
    pub fn read_return_data(&mut self, dest: u32, offset: u32, size: u32) -> Hook<u32> {
        self.buy_ink(prices::HOSTIO + prices::EVM_API)?;
        let data = self.frame.return_data.clone();
        let rest = data.get(offset as usize..).unwrap_or_default();
        let copied = &rest[..rest.len().min(size as usize)];
        self.buy_ink(prices::write(copied.len()))?;
        if !copied.is_empty() {
            self.write(dest, copied)?;
        }
        self.record("read_return_data", &[&offset.to_be_bytes(), &size.to_be_bytes()], &[copied]);
        Ok(copied.len() as u32)
    }

    /// Length of the return data.
    pub fn return_data_size(&mut self) -> Hook<u32> {
        self.buy_ink(prices::HOSTIO)?;
        let len = self.frame.return_data.len() as u32;
        self.record("return_data_size", &[], &[&len.to_be_bytes()]);
        Ok(len)
    }

    /// Emits a log whose topics stand before its data.
    pub fn emit_log(&mut self, source: u32, len: u32, topics: u32) -> Hook {
        self.buy_ink(prices::HOSTIO + prices::EVM_API)?;
        if topics > MAX_TOPICS || len < topics * TOPIC_BYTES {
            return Err(Escape::Failure("bad topic data"));
        }
        let topic_bytes = topics * TOPIC_BYTES;
        self.buy_ink(prices::read(len))?;
        self.buy_gas(prices::log_gas(topics, len - topic_bytes))?;
        let bytes = Bytes::copy_from_slice(self.slice(source, len)?);
        let (head, data) = bytes.split_at(topic_bytes as usize);
        let words = head.chunks_exact(TOPIC_BYTES as usize).map(B256::from_slice).collect();
        self.frame.api.emit_log(words, bytes.slice_ref(data)).map_err(|_| Escape::Failure("write protection"))?;
        self.record("emit_log", &[&topics.to_be_bytes(), &bytes], &[]);
        Ok(())
    }

    /// Keccak-256. Unlike all others it does not pay for its memory accesses.
    pub fn native_keccak256(&mut self, source: u32, len: u32, dest: u32) -> Hook {
        self.buy_ink(prices::keccak(len))?;
        let preimage = Bytes::copy_from_slice(self.slice(source, len)?);
        let digest = keccak256(&preimage);
        self.write(dest, digest.as_slice())?;
        self.record("native_keccak256", &[&preimage], &[digest.as_slice()]);
        Ok(())
    }

    /// Charges for memory growth. Before Stylus version 3 only the low 16 bits count.
    pub fn pay_for_memory_grow(&mut self, pages: u32) -> Hook {
        if self.frame.stylus_version >= STRICT_GROWTH_VERSION && pages > u32::from(u16::MAX) {
            return Err(Escape::OutOfInk);
        }
        let pages = pages as u16;
        if pages == 0 {
            self.buy_ink(prices::HOSTIO)?;
        } else {
            let gas = self.frame.api.add_pages(pages);
            self.buy_gas(gas)?;
        }
        self.record("pay_for_memory_grow", &[&pages.to_be_bytes()], &[]);
        Ok(())
    }
}

//! Standard output of a run: kept in memory up to a limit, and the run ends at the first byte beyond it.

use std::{
    io,
    pin::Pin,
    sync::{Arc, Mutex, PoisonError},
    task::{Context, Poll},
};

use async_trait::async_trait;
use bytes::Bytes;
use tokio::io::AsyncWrite;
use wasmtime_wasi::{
    cli::{IsTerminal, StdoutStream},
    p2::{OutputStream, Pollable, StreamError, StreamResult},
};

/// What a run wrote to one of its streams. Clones share it.
#[derive(Clone, Debug)]
pub(super) struct Pipe {
    kept: Arc<Mutex<Vec<u8>>>,
    limit: usize,
}

/// The run wrote more than its streams hold.
#[derive(Debug, thiserror::Error)]
#[error("more was written than the log may hold")]
pub(super) struct LogFull;

impl Pipe {
    pub(super) fn new(limit: u64) -> Self {
        Self { kept: Arc::default(), limit: usize::try_from(limit).unwrap_or(usize::MAX) }
    }

    /// Everything written so far.
    pub(super) fn contents(&self) -> Vec<u8> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Keeps what fits, so that the log shows how far the run came.
    fn keep(&self, bytes: &[u8]) -> Result<(), LogFull> {
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        let fits = bytes.len().min(self.limit - kept.len());
        kept.extend_from_slice(&bytes[..fits]);
        if fits < bytes.len() { Err(LogFull) } else { Ok(()) }
    }
}

#[async_trait]
impl Pollable for Pipe {
    async fn ready(&mut self) {}
}

impl OutputStream for Pipe {
    fn write(&mut self, bytes: Bytes) -> StreamResult<()> {
        self.keep(&bytes).map_err(|full| StreamError::Trap(full.into()))
    }

    fn flush(&mut self) -> StreamResult<()> {
        Ok(())
    }

    fn check_write(&mut self) -> StreamResult<usize> {
        // Always room for one chunk: the limit is enforced by ending the run, not by making it wait.
        Ok(64 * 1024)
    }
}

impl AsyncWrite for Pipe {
    fn poll_write(self: Pin<&mut Self>, _: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        Poll::Ready(self.keep(bytes).map(|()| bytes.len()).map_err(io::Error::other))
    }

    fn poll_flush(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }

    fn poll_shutdown(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }
}

impl IsTerminal for Pipe {
    fn is_terminal(&self) -> bool {
        false
    }
}

impl StdoutStream for Pipe {
    fn p2_stream(&self) -> Box<dyn OutputStream> {
        Box::new(self.clone())
    }

    fn async_stream(&self) -> Box<dyn AsyncWrite + Send + Sync> {
        Box::new(self.clone())
    }
}

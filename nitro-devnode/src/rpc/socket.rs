//! One WebSocket connection: requests in, answers and subscription items out.

use std::sync::Arc;
use std::time::Instant;

use axum::body::Bytes;
use axum::extract::ws::{CloseFrame, Message, Utf8Bytes, WebSocket, close_code};
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

use super::dispatch;
use super::server::{Place, Shared};
use super::subscriptions::Subscriptions;

/// Items that wait for the connection. Small, because the chain's events wait in their own channel.
const OUTGOING: usize = 16;

/// Serves a connection until either side ends it.
pub(crate) async fn run(mut socket: WebSocket, shared: Arc<Shared>, place: Place) {
    let (outgoing, mut items) = mpsc::channel(OUTGOING);
    let behind = CancellationToken::new();
    let mut subscriptions = Subscriptions::new(shared.backend.clone(), outgoing, behind.clone());
    let mut heartbeat = tokio::time::interval(shared.bounds.idle / 2);
    let mut heard = Instant::now();
    let farewell = loop {
        let message = tokio::select! {
            () = shared.shutdown.cancelled() => break Some((close_code::AWAY, "the node is stopping")),
            () = behind.cancelled() => break Some((close_code::POLICY, "subscription fell behind")),
            Some(item) = items.recv() => {
                if !send(&mut socket, &shared, Message::Text(item.into())).await { break None; }
                continue;
            }
            _ = heartbeat.tick() => {
                // A peer that is gone without a word answers no ping, and would keep its place for ever.
                let alive = heard.elapsed() < shared.bounds.idle;
                if !alive || !send(&mut socket, &shared, Message::Ping(Bytes::new())).await { break None; }
                continue;
            }
            message = socket.recv() => message,
        };
        heard = Instant::now();
        let body = match message {
            Some(Ok(Message::Text(text))) => Bytes::from(text),
            Some(Ok(Message::Binary(bytes))) => bytes,
            Some(Ok(Message::Ping(_) | Message::Pong(_))) => continue,
            Some(Ok(Message::Close(_)) | Err(_)) | None => break None,
        };
        if let Some(answer) = dispatch::answer(&shared.backend, Some(&mut subscriptions), &body).await {
            let Ok(text) = Utf8Bytes::try_from(answer) else { break None };
            if !send(&mut socket, &shared, Message::Text(text)).await {
                break None;
            }
        }
        subscriptions.start();
    };
    if let Some((code, reason)) = farewell {
        send(&mut socket, &shared, Message::Close(Some(CloseFrame { code, reason: reason.into() }))).await;
    }
    drop(place);
}

/// Sends within the time a client gets to take a message; `false` ends the connection.
async fn send(socket: &mut WebSocket, shared: &Shared, message: Message) -> bool {
    matches!(tokio::time::timeout(shared.bounds.transfer, socket.send(message)).await, Ok(Ok(())))
}

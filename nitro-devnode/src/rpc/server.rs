//! The transport: one port for HTTP and WebSocket, with bounds on what clients can hold.

use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use axum::body::{Body, to_bytes};
use axum::extract::{FromRequestParts, WebSocketUpgrade};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, Method, Request, StatusCode, header};
use axum::response::{IntoResponse, Response};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::io::AsyncWriteExt;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use super::backend::Backend;
use super::config::Bounds;
use super::dispatch;
use super::origin;
use super::socket;

/// How long open connections get to finish when the server stops.
pub(crate) const DRAIN: Duration = Duration::from_secs(3);

/// What every connection shares.
pub(crate) struct Shared {
    /// The chain and everything kept beside it.
    pub(crate) backend: Arc<Backend>,
    /// Limits on clients.
    pub(crate) bounds: Bounds,
    /// Browser origins allowed besides those of this machine.
    pub(crate) allowed_origins: Vec<String>,
    /// Tells everything to end.
    pub(crate) shutdown: CancellationToken,
    /// Every task that must end before the server has stopped.
    pub(crate) tasks: TaskTracker,
}

/// A place among the connections. It is held by everything that keeps a connection open: an upgraded
/// connection outlives the HTTP part of it, and still counts.
pub(crate) type Place = Arc<OwnedSemaphorePermit>;

/// Accepts connections until the server is told to stop.
pub(crate) async fn accept_loop(listener: TcpListener, shared: Arc<Shared>) {
    let places = Arc::new(Semaphore::new(shared.bounds.connections));
    loop {
        let accepted = tokio::select! {
            accepted = listener.accept() => accepted,
            () = shared.shutdown.cancelled() => return,
        };
        let stream = match accepted {
            Ok((stream, _)) => stream,
            Err(error) => {
                // Out of descriptors or a connection that is gone already: neither ends the server,
                // and a pause keeps the first from becoming a busy loop.
                tracing::warn!(%error, "cannot accept a connection");
                tokio::time::sleep(Duration::from_millis(50)).await;
                continue;
            }
        };
        match places.clone().try_acquire_owned() {
            Ok(place) => shared.tasks.spawn(serve_connection(stream, Arc::new(place), shared.clone())),
            Err(_) => shared.tasks.spawn(turn_away(stream)),
        };
    }
}

async fn turn_away(mut stream: TcpStream) {
    const BUSY: &[u8] = b"HTTP/1.1 503 Service Unavailable\r\ncontent-length: 0\r\nconnection: close\r\n\r\n";
    // The client is gone or does not read: either way there is nothing more to say.
    let _ = tokio::time::timeout(Duration::from_millis(200), stream.write_all(BUSY)).await;
}

async fn serve_connection(stream: TcpStream, place: Place, shared: Arc<Shared>) {
    // Small answers should not wait for more; without the option they are merely slower.
    let _ = stream.set_nodelay(true);
    let service = service_fn(|request: Request<Incoming>| {
        let (shared, place) = (shared.clone(), place.clone());
        async move { Ok::<_, Infallible>(respond(request.map(Body::new), shared, place).await) }
    });
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(shared.bounds.idle)
        .serve_connection(TokioIo::new(stream), service)
        .with_upgrades();
    tokio::pin!(connection);
    let outcome = tokio::select! {
        outcome = connection.as_mut() => outcome,
        () = shared.shutdown.cancelled() => {
            connection.as_mut().graceful_shutdown();
            tokio::time::timeout(DRAIN, connection).await.unwrap_or(Ok(()))
        }
    };
    if let Err(error) = outcome {
        tracing::debug!(%error, "connection ended");
    }
}

async fn respond(request: Request<Body>, shared: Arc<Shared>, place: Place) -> Response {
    let (mut parts, body) = request.into_parts();
    let origin = match origin::check(&parts.headers, &shared.allowed_origins) {
        Ok(origin) => origin,
        Err(refused) => return refused,
    };
    let mut response = match parts.method {
        Method::POST => post(body, &shared).await,
        Method::OPTIONS => StatusCode::NO_CONTENT.into_response(),
        Method::GET if wants_upgrade(&parts.headers) => upgrade(&mut parts, shared, place).await,
        _ => (StatusCode::METHOD_NOT_ALLOWED, "JSON-RPC: POST a request, or open a WebSocket\n").into_response(),
    };
    if let Some(origin) = origin {
        origin::allow(response.headers_mut(), origin);
    }
    response
}

fn wants_upgrade(headers: &HeaderMap) -> bool {
    headers.get(header::UPGRADE).is_some_and(|value| value.as_bytes().eq_ignore_ascii_case(b"websocket"))
}

async fn post(body: Body, shared: &Shared) -> Response {
    let arrived = tokio::time::timeout(shared.bounds.transfer, to_bytes(body, shared.bounds.body_bytes)).await;
    let body = match arrived {
        Ok(Ok(body)) => body,
        Ok(Err(_)) => return (StatusCode::PAYLOAD_TOO_LARGE, "request body too large\n").into_response(),
        Err(_) => return StatusCode::REQUEST_TIMEOUT.into_response(),
    };
    let answer = dispatch::answer(&shared.backend, None, &body).await.unwrap_or_default();
    let json = HeaderValue::from_static("application/json");
    ([(header::CONTENT_TYPE, json)], answer).into_response()
}

async fn upgrade(parts: &mut Parts, shared: Arc<Shared>, place: Place) -> Response {
    let upgrade = match WebSocketUpgrade::from_request_parts(parts, &()).await {
        Ok(upgrade) => upgrade,
        Err(rejection) => return rejection.into_response(),
    };
    let bound = shared.bounds.body_bytes;
    upgrade.max_message_size(bound).max_frame_size(bound).on_upgrade(move |socket| {
        let tasks = shared.tasks.clone();
        tasks.track_future(socket::run(socket, shared, place))
    })
}

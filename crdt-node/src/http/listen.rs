//! The connections that come in, how many there may be, and how slow.

use std::convert::Infallible;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::{HeaderValue, Request, header};
use axum::response::IntoResponse;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::{Service, service_fn};
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::service::TowerToHyperService;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, watch};
use tokio::time::{sleep, timeout};
use tokio_io_timeout::TimeoutStream;
use tokio_rustls::TlsAcceptor;

use super::error::Failure;
use super::{Node, router};
use crate::metrics::Metrics;

/// After the system has had no room for a connection, it is asked again.
const PAUSE: Duration = Duration::from_millis(100);

/// How long it may take to agree on how a connection is encrypted.
const HANDSHAKE: Duration = Duration::from_secs(10);

/// So many connections at a time, beyond those that may be, are told that they are too many; those
/// beyond that are closed without a word.
const REFUSALS: usize = 64;

/// How long it may take to be told.
const REFUSAL: Duration = Duration::from_secs(5);

/// How long the head of a request is at most, in bytes, and how much of a body is read ahead.
const LONGEST_HEAD: usize = 64 << 10;

/// A connection that counts, for as long as one of these is there: also once it has become a `WebSocket`.
#[derive(Clone)]
pub(super) struct Admitted(
    #[allow(dead_code, reason = "counts until it is dropped")] Option<Arc<Counted>>,
);

struct Counted {
    _permit: OwnedSemaphorePermit,
    metrics: Metrics,
}

impl Drop for Counted {
    fn drop(&mut self) {
        self.metrics.disconnected();
    }
}

impl<S: Sync> FromRequestParts<S> for Admitted {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        Ok(parts.extensions.get().cloned().unwrap_or(Self(None)))
    }
}

/// Answers whoever connects, over TLS if there is what that takes, until it is dropped. Connections
/// that are there then go on.
///
/// As many are served at a time as [`Limits::connections`](crate::config::Limits::connections) says,
/// whatever they are for; the next are answered that they are too many, and closed. Who is slower
/// than [`Limits::slow_ms`](crate::config::Limits::slow_ms) is ended.
pub async fn listen(listener: TcpListener, tls: Option<TlsAcceptor>, node: Node) {
    let refusals = Arc::new(Semaphore::new(REFUSALS));
    let slow = Duration::from_millis(node.config.limits.slow_ms);
    let (open, shut) = (router(node.clone()), refusing(node.config.limits.connections));
    loop {
        let stream = match listener.accept().await {
            Ok((stream, _)) => stream,
            Err(error) => {
                tracing::warn!(%error, "a connection is not accepted");
                sleep(PAUSE).await;
                continue;
            }
        };
        let _slower = stream.set_nodelay(true);
        let (tls, metrics) = (tls.clone(), node.engine.metrics().clone());
        if let Ok(permit) = Arc::clone(&node.connections).try_acquire_owned() {
            metrics.connected();
            let admitted = Admitted(Some(Arc::new(Counted { _permit: permit, metrics })));
            let ending = node.ending.subscribe();
            tokio::spawn(begin(stream, tls, open.clone(), admitted, slow, ending));
            continue;
        }
        metrics.refused_connection();
        if let Ok(permit) = Arc::clone(&refusals).try_acquire_owned() {
            let ending = node.ending.subscribe();
            let told = begin(stream, tls, shut.clone(), Admitted(None), slow, ending);
            tokio::spawn(async move {
                let _late = timeout(REFUSAL, told).await;
                drop(permit);
            });
        }
    }
}

/// Says that there are too many connections, whatever is asked, and ends this one.
fn refusing(most: usize) -> Router {
    Router::new().fallback(move || async move {
        let mut response = Failure::too_many_connections(most).into_response();
        response.headers_mut().insert(header::CONNECTION, HeaderValue::from_static("close"));
        response
    })
}

async fn begin(
    stream: TcpStream,
    tls: Option<TlsAcceptor>,
    router: Router,
    admitted: Admitted,
    slow: Duration,
    ending: watch::Receiver<bool>,
) {
    let mut stream = TimeoutStream::new(stream);
    stream.set_write_timeout(Some(slow));
    let stream = Box::pin(stream);
    let Some(tls) = tls else { return serve(stream, router, admitted, slow, ending).await };
    match timeout(HANDSHAKE, tls.accept(stream)).await {
        Ok(Ok(stream)) => serve(stream, router, admitted, slow, ending).await,
        Ok(Err(why)) => tracing::debug!(%why, "a connection is not encrypted as it should be"),
        Err(_late) => tracing::debug!("a connection is not encrypted in time"),
    }
}

async fn serve<S>(
    stream: S,
    router: Router,
    admitted: Admitted,
    slow: Duration,
    mut ending: watch::Receiver<bool>,
) where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    let answer = TowerToHyperService::new(router);
    let service = service_fn(move |mut request: Request<Incoming>| {
        request.extensions_mut().insert(admitted.clone());
        answer.call(request)
    });
    let mut protocol = http1::Builder::new();
    protocol.timer(TokioTimer::new()).header_read_timeout(slow).max_buf_size(LONGEST_HEAD);
    let connection = protocol.serve_connection(TokioIo::new(stream), service).with_upgrades();
    let mut connection = pin!(connection);
    let ended = tokio::select! {
        ended = connection.as_mut() => ended,
        () = asked(&mut ending) => {
            // What was asked is still answered.
            connection.as_mut().graceful_shutdown();
            connection.await
        }
    };
    if let Err(why) = ended {
        tracing::debug!(%why, "a connection has ended");
    }
}

async fn asked(ending: &mut watch::Receiver<bool>) {
    let _node_is_gone = ending.wait_for(|is_ending| *is_ending).await;
}

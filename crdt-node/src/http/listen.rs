//! The connections that come in.

use std::time::Duration;

use axum::Router;
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::service::TowerToHyperService;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpListener;
use tokio::time::{sleep, timeout};
use tokio_rustls::TlsAcceptor;

/// After the system has had no room for a connection, it is asked again.
const PAUSE: Duration = Duration::from_millis(100);

/// How long it may take to agree on how a connection is encrypted.
const HANDSHAKE: Duration = Duration::from_secs(10);

/// Answers whoever connects, over TLS if there is what that takes, until it is dropped. Connections
/// that are there then go on.
pub async fn listen(listener: TcpListener, tls: Option<TlsAcceptor>, router: Router) {
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
        let (tls, router) = (tls.clone(), router.clone());
        tokio::spawn(async move {
            let Some(tls) = tls else { return serve(stream, router).await };
            match timeout(HANDSHAKE, tls.accept(stream)).await {
                Ok(Ok(stream)) => serve(stream, router).await,
                Ok(Err(why)) => {
                    tracing::debug!(%why, "a connection is not encrypted as it should be")
                }
                Err(_late) => tracing::debug!("a connection is not encrypted in time"),
            }
        });
    }
}

async fn serve<S>(stream: S, router: Router)
where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    let service = TowerToHyperService::new(router);
    let mut protocol = http1::Builder::new();
    protocol.timer(TokioTimer::new());
    let connection = protocol.serve_connection(TokioIo::new(stream), service).with_upgrades();
    if let Err(why) = connection.await {
        tracing::debug!(%why, "a connection has ended");
    }
}

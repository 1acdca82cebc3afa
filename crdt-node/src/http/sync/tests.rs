//! Connections that break.

use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use crdt_document::Transaction;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::protocol::Role;

use super::{Socket, frame, serve};
use crate::engine::{Durable, Settings, Way, start};
use crate::store::{Address, Memory};

/// A connection that says nothing, and that cannot be written to.
struct Broken;

impl AsyncRead for Broken {
    fn poll_read(
        self: Pin<&mut Self>,
        _: &mut Context<'_>,
        _: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Poll::Pending
    }
}

impl AsyncWrite for Broken {
    fn poll_write(self: Pin<&mut Self>, _: &mut Context<'_>, _: &[u8]) -> Poll<io::Result<usize>> {
        Poll::Ready(Err(io::ErrorKind::BrokenPipe.into()))
    }

    fn poll_flush(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Err(io::ErrorKind::BrokenPipe.into()))
    }

    fn poll_shutdown(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Err(io::ErrorKind::BrokenPipe.into()))
    }
}

/// Closing what had failed panicked, and with it ended the task that dials: the two regions were never
/// connected again.
#[tokio::test]
async fn a_connection_that_broke_while_it_was_written_to_ended_the_dialing_with_a_panic() {
    let members = [("us".into(), vec!["global".into()])].into();
    let settings = Settings { members, ..Settings::new("eu") };
    let (engine, _ended) = start(settings, Arc::new(Memory::new())).expect("starts");
    let change = |tx: &mut Transaction<'_>| tx.counter("x").increment(1);
    let address = Address::new("global", "cart");
    engine.write(address, Durable::Local, Duration::MAX, change).await.expect("is written");
    let link = engine
        .link_region("us".into(), vec!["global".into()], Way::Relayed)
        .await
        .expect("is open");
    let socket = WebSocketStream::from_raw_socket(Broken, Role::Client, None).await;
    serve(link, Socket::dialed(socket), frame::wrap, frame::unwrap).await;
}

//! The way to another region: where the region is, whether the two are cut, and how many bytes have
//! passed, over a `WebSocket` or over NATS.

use std::sync::atomic::{AtomicU64, Ordering};

use axum::body::Bytes;
use tokio::sync::watch;

/// Whether a region is to be connected.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Gate {
    /// Where it listens, if it is to be dialed.
    pub(super) url: Option<String>,
    /// No byte passes between the two.
    pub(super) is_cut: bool,
}

/// What there is of another region, whether it is connected or not.
#[derive(Debug, Default)]
pub(crate) struct Peering {
    gate: watch::Sender<Gate>,
    /// How many connections there are: one, but for a moment.
    open: watch::Sender<usize>,
    sent: AtomicU64,
    received: AtomicU64,
}

impl Peering {
    pub(super) fn set_url(&self, url: &str) {
        self.gate.send_modify(|gate| gate.url = Some(url.into()));
    }

    pub(crate) fn gate(&self) -> watch::Receiver<Gate> {
        self.gate.subscribe()
    }

    pub(crate) fn is_cut(&self) -> bool {
        self.gate.borrow().is_cut
    }

    /// Opens or closes the gate. When this has ended after a cut, no byte passes any more.
    pub(super) async fn set_gate(&self, to: Gate) {
        let is_cut = to.is_cut;
        self.gate.send_if_modified(|gate| {
            let is_other = *gate != to;
            *gate = to;
            is_other
        });
        if is_cut {
            let mut open = self.open.subscribe();
            drop(open.wait_for(|open| *open == 0).await);
        }
    }

    /// A connection is there, until this is dropped.
    pub(crate) fn opened(&self) -> Opened<'_> {
        self.open.send_modify(|open| *open += 1);
        Opened(self)
    }

    /// A message leaves.
    pub(crate) fn sends(&self, bytes: Bytes) -> Bytes {
        self.sent.fetch_add(bytes.len() as u64, Ordering::Relaxed);
        bytes
    }

    /// A message has come.
    pub(crate) fn receives<'a>(&self, bytes: &'a Bytes) -> &'a Bytes {
        self.received.fetch_add(bytes.len() as u64, Ordering::Relaxed);
        bytes
    }

    /// How many bytes of messages were sent since the process began, and how many have come.
    pub(super) fn bytes(&self) -> (u64, u64) {
        (self.sent.load(Ordering::Relaxed), self.received.load(Ordering::Relaxed))
    }
}

pub(crate) struct Opened<'a>(&'a Peering);

impl Drop for Opened<'_> {
    fn drop(&mut self) {
        self.0.open.send_modify(|open| *open -= 1);
    }
}

/// Waits until a region is to be dialed, and says where it is; none once the node is gone.
pub(super) async fn open(gate: &mut watch::Receiver<Gate>) -> Option<String> {
    let gate = gate.wait_for(|gate| gate.url.is_some() && !gate.is_cut).await.ok()?;
    gate.url.clone()
}

/// Waits until the two are not cut.
#[cfg(feature = "nats")]
pub(crate) async fn healed(gate: &mut watch::Receiver<Gate>) {
    let _gone = gate.wait_for(|gate| !gate.is_cut).await;
}

/// Waits until the two are cut.
pub(crate) async fn cut(gate: &mut watch::Receiver<Gate>) {
    if gate.wait_for(|gate| gate.is_cut).await.is_err() {
        std::future::pending::<()>().await;
    }
}

//! The direct connection to another region: where the region is, whether the two are cut, and how many
//! bytes have passed.

use std::sync::atomic::{AtomicU64, Ordering};

use axum::body::Bytes;
use tokio::sync::watch;

/// Whether a region is to be connected.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Gate {
    /// Where it listens, if it is to be dialed.
    pub(super) url: Option<String>,
    /// No byte passes between the two.
    pub(super) is_cut: bool,
}

/// What there is of another region, whether it is connected or not.
#[derive(Debug, Default)]
pub(super) struct Peering {
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

    pub(super) fn gate(&self) -> watch::Receiver<Gate> {
        self.gate.subscribe()
    }

    pub(super) fn is_cut(&self) -> bool {
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
    pub(super) fn opened(&self) -> Opened<'_> {
        self.open.send_modify(|open| *open += 1);
        Opened(self)
    }

    /// A message leaves.
    pub(super) fn sends(&self, bytes: Bytes) -> Bytes {
        self.sent.fetch_add(bytes.len() as u64, Ordering::Relaxed);
        bytes
    }

    /// A message has come.
    pub(super) fn receives<'a>(&self, bytes: &'a Bytes) -> &'a Bytes {
        self.received.fetch_add(bytes.len() as u64, Ordering::Relaxed);
        bytes
    }

    /// How many bytes of messages were sent since the process began, and how many have come.
    pub(super) fn bytes(&self) -> (u64, u64) {
        (self.sent.load(Ordering::Relaxed), self.received.load(Ordering::Relaxed))
    }
}

pub(super) struct Opened<'a>(&'a Peering);

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

/// Waits until the two are cut.
pub(super) async fn cut(gate: &mut watch::Receiver<Gate>) {
    if gate.wait_for(|gate| gate.is_cut).await.is_err() {
        std::future::pending::<()>().await;
    }
}

//! Where the other regions are, and who of them is cut off.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// One gate for each other region, shared by the threads that connect.
#[derive(Default)]
pub(super) struct Gates {
    gates: Mutex<BTreeMap<String, Gate>>,
    changed: Condvar,
}

#[derive(Default)]
struct Gate {
    address: Option<SocketAddr>,
    cut: bool,
}

impl Gates {
    /// Takes in where the peers listen; returns those that were not known.
    pub(super) fn set_addresses(&self, peers: &[(String, SocketAddr)]) -> Vec<String> {
        let mut gates = self.lock();
        let mut new = Vec::new();
        for (peer, address) in peers {
            let gate = gates.entry(peer.clone()).or_default();
            if gate.address.replace(*address).is_none() {
                new.push(peer.clone());
            }
        }
        self.changed.notify_all();
        new
    }

    /// When this returns after a cut, no greeting is under way, and none will be.
    pub(super) fn set_cut(&self, peer: &str, cut: bool) {
        self.lock().entry(peer.into()).or_default().cut = cut;
        self.changed.notify_all();
    }

    pub(super) fn is_cut(&self, peer: &str) -> bool {
        self.lock().get(peer).is_some_and(|gate| gate.cut)
    }

    /// Does `work` while the gate is held open; `None` when the peer is unknown or cut off.
    pub(super) fn while_open<T>(&self, peer: &str, work: impl FnOnce() -> T) -> Option<T> {
        let gates = self.lock();
        let open = gates.get(peer).is_some_and(|gate| gate.address.is_some() && !gate.cut);
        open.then(work)
    }

    /// Waits until the gate is open; returns where the peer is.
    pub(super) fn wait_until_open(&self, peer: &str) -> SocketAddr {
        let mut gates = self.lock();
        loop {
            if let Some(Gate { address: Some(address), cut: false }) = gates.get(peer) {
                return *address;
            }
            gates = self.changed.wait(gates).unwrap_or_else(PoisonError::into_inner);
        }
    }

    /// Waits for `pause`, or until any gate has changed.
    pub(super) fn wait_for_change(&self, pause: Duration) {
        let waited = self.changed.wait_timeout(self.lock(), pause);
        drop(waited.unwrap_or_else(PoisonError::into_inner));
    }

    /// The gates are whole between any two statements, so a panic elsewhere leaves them usable.
    fn lock(&self) -> MutexGuard<'_, BTreeMap<String, Gate>> {
        self.gates.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

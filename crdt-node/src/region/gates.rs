//! Where the other regions are, and who of them is cut off.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// One gate for each other region, shared by the threads that connect.
#[derive(Default)]
pub(super) struct Gates {
    state: Mutex<GatesState>,
    changed: Condvar,
}

#[derive(Default)]
struct GatesState {
    gates: BTreeMap<String, Gate>,
    /// How often any gate has changed.
    changes: u64,
}

#[derive(Default)]
struct Gate {
    address: Option<SocketAddr>,
    cut: bool,
}

impl Gates {
    /// Takes in where the peers listen; returns those that were not known.
    pub(super) fn set_addresses(&self, peers: &[(String, SocketAddr)]) -> Vec<String> {
        let mut new = Vec::new();
        self.change(|gates| {
            for (peer, address) in peers {
                let gate = gates.entry(peer.clone()).or_default();
                if gate.address.replace(*address).is_none() {
                    new.push(peer.clone());
                }
            }
        });
        new
    }

    /// When this returns after a cut, no greeting is under way, and none will be.
    pub(super) fn set_cut(&self, peer: &str, cut: bool) {
        self.change(|gates| gates.entry(peer.into()).or_default().cut = cut);
    }

    fn change(&self, change: impl FnOnce(&mut BTreeMap<String, Gate>)) {
        let mut state = self.lock();
        change(&mut state.gates);
        state.changes += 1;
        self.changed.notify_all();
    }

    pub(super) fn is_cut(&self, peer: &str) -> bool {
        self.lock().gates.get(peer).is_some_and(|gate| gate.cut)
    }

    /// Does `work` while the gate is held open; `None` when the peer is unknown or cut off.
    pub(super) fn while_open<T>(&self, peer: &str, work: impl FnOnce() -> T) -> Option<T> {
        let state = self.lock();
        let open = state.gates.get(peer).is_some_and(|gate| gate.address.is_some() && !gate.cut);
        open.then(work)
    }

    /// Waits until the gate is open; returns where the peer is, and how often any gate has changed.
    pub(super) fn wait_until_open(&self, peer: &str) -> (SocketAddr, u64) {
        let mut state = self.lock();
        loop {
            if let Some(Gate { address: Some(address), cut: false }) = state.gates.get(peer) {
                return (*address, state.changes);
            }
            state = self.changed.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
    }

    /// Waits for `pause`, or until gates have changed more often than `changes`.
    pub(super) fn wait_for_change(&self, changes: u64, pause: Duration) {
        let unchanged = |state: &mut GatesState| state.changes == changes;
        let waited = self.changed.wait_timeout_while(self.lock(), pause, unchanged);
        drop(waited.unwrap_or_else(PoisonError::into_inner));
    }

    /// The gates are whole between any two statements, so a panic elsewhere leaves them usable.
    fn lock(&self) -> MutexGuard<'_, GatesState> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

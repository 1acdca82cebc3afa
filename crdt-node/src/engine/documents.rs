//! Which documents there are, and what each has to say.

use std::collections::{BTreeMap, BTreeSet};

use crdt_core::{Reading, ReplicaId};
use crdt_document::Document;
use crdt_sync::{Config, Opening, Replica, Snapshot};

use super::input::{Holds, Refusal, ScopeFigures};
use super::saver::Saver;
use super::{Settings, StartError};
use crate::store::{Address, Store};

/// The records of a document may always become this long before a snapshot takes their place.
const LEAST_LOG: usize = 64 << 10;

/// After so long a document that waits for room on a link is heard again.
const MOMENT_MS: u64 = 10;

/// One document.
pub(super) struct Held {
    pub(super) replica: Replica<Document>,
    /// The replicas that the regions have of it, as far as they have said.
    pub(super) regions: BTreeMap<String, ReplicaId>,
    /// Whether it was made just now.
    pub(super) is_new: bool,
    /// How long its records are, and the last snapshot.
    records: usize,
    snapshot: usize,
    /// When it has something to say by itself.
    deadline_ms: Option<u64>,
}

impl Held {
    const fn new(replica: Replica<Document>, snapshot: usize, records: usize) -> Self {
        Self {
            replica,
            regions: BTreeMap::new(),
            is_new: true,
            records,
            snapshot,
            deadline_ms: None,
        }
    }

    pub(super) const fn grow(&mut self, bytes: usize) {
        self.records += bytes;
    }

    /// Whether a snapshot is worth its while: it is shorter than the records, or was the last time.
    pub(super) fn wants_snapshot(&self) -> bool {
        self.records > self.snapshot.max(LEAST_LOG)
    }

    /// The document as it is, to take the place of all records so far.
    pub(super) fn take_snapshot(&mut self) -> Snapshot {
        let snapshot = self.replica.snapshot();
        (self.records, self.snapshot) = (0, snapshot.bytes.len());
        snapshot
    }
}

/// All documents.
#[derive(Default)]
pub(super) struct Documents {
    held: BTreeMap<Address, Held>,
    /// Those that something has happened to.
    dirty: BTreeSet<Address>,
    deadlines: BTreeSet<(u64, Address)>,
}

impl Documents {
    /// All that are in the store.
    pub(super) fn open(settings: &Settings, store: &dyn Store) -> Result<Self, StartError> {
        let mut documents = Self::default();
        let is_held = |address: &Address| settings.holds(&address.scope);
        let (held, left): (Vec<_>, _) = store.addresses()?.into_iter().partition(is_held);
        warn_of(&left);
        for address in held {
            let stored = store.read(&address)?;
            let replica = Replica::open(
                stored.snapshot.as_deref(),
                stored.records.iter().map(Vec::as_slice),
                &opening(),
                settings.sync.clone(),
            );
            let replica = replica.map_err(|why| StartError::Document(address.clone(), why))?;
            let snapshot = stored.snapshot.as_ref().map_or(0, Vec::len);
            let records = stored.records.iter().map(Vec::len).sum();
            documents.insert(address, Held::new(replica, snapshot, records));
        }
        Ok(documents)
    }

    /// An empty document of this name, if there is none.
    pub(super) fn make(&mut self, address: &Address, settings: &Settings) -> Result<bool, Refusal> {
        if self.held.contains_key(address) {
            return Ok(false);
        }
        let most = settings.most_documents;
        if self.held.len() >= most {
            return Err(Refusal::TooManyDocuments { most });
        }
        let config = Config { durable: true, ..settings.sync.clone() };
        self.insert(address.clone(), Held::new(Replica::new(&opening(), config), 0, 0));
        Ok(true)
    }

    fn insert(&mut self, address: Address, held: Held) {
        self.dirty.insert(address.clone());
        self.held.insert(address, held);
    }

    pub(super) fn contains(&self, address: &Address) -> bool {
        self.held.contains_key(address)
    }

    /// Forgets one that was made just now, and that nothing was written to.
    pub(super) fn remove(&mut self, address: &Address) {
        self.held.remove(address);
        self.dirty.remove(address);
    }

    pub(super) fn addresses(&self) -> impl Iterator<Item = &Address> {
        self.held.keys()
    }

    /// The addresses of those that a link is for.
    pub(super) fn all(&self, of: &Holds) -> Vec<Address> {
        self.addresses().filter(|address| of.include(address)).cloned().collect()
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = (&Address, &Held)> {
        self.held.iter()
    }

    /// What there is of each scope that has a document. O(documents).
    pub(super) fn figures(&self) -> BTreeMap<String, ScopeFigures> {
        let mut scopes: BTreeMap<String, ScopeFigures> = BTreeMap::new();
        for (address, Held { replica, .. }) in &self.held {
            if !scopes.contains_key(&address.scope) {
                scopes.insert(address.scope.clone(), ScopeFigures::default());
            }
            let Some(scope) = scopes.get_mut(&address.scope) else { continue };
            let (changes, bytes) = replica.quarantined();
            scope.documents += 1;
            scope.quarantined += changes as u64;
            scope.quarantined_bytes += bytes as u64;
            scope.log_bytes += replica.log_bytes() as u64;
        }
        scopes
    }

    /// A document that is looked at only.
    pub(super) fn get_mut(&mut self, address: &Address) -> Option<&mut Held> {
        self.held.get_mut(address)
    }

    /// A document that something happens to: it will be heard.
    pub(super) fn touch(&mut self, address: &Address) -> Option<&mut Held> {
        let held = self.held.get_mut(address)?;
        if !self.dirty.contains(address) {
            self.dirty.insert(address.clone());
        }
        Some(held)
    }

    /// The next one that something has happened to since it was heard.
    pub(super) fn next_dirty(&mut self) -> Option<Address> {
        self.dirty.pop_first()
    }

    /// When the next one has something to say by itself.
    pub(super) fn deadline(&self) -> Option<u64> {
        self.deadlines.first().map(|(at_ms, _)| *at_ms)
    }

    /// Has those heard whose time has come.
    pub(super) fn wake(&mut self, now_ms: u64) {
        while let Some((at_ms, address)) = self.deadlines.pop_first() {
            if at_ms > now_ms {
                self.deadlines.insert((at_ms, address));
                break;
            }
            if let Some(held) = self.held.get_mut(&address) {
                held.deadline_ms = None;
            }
            self.dirty.insert(address);
        }
    }

    /// Notes when a document has something to say by itself. One that waits for room on a link is heard
    /// again after a moment, and not sooner, lest it be asked again and again.
    pub(super) fn schedule(&mut self, address: &Address, is_held_up: bool, now_ms: u64) {
        let Some(held) = self.held.get_mut(address) else { return };
        let mut deadline_ms = held.replica.next_deadline();
        if is_held_up {
            deadline_ms = Some(now_ms + MOMENT_MS);
        }
        if held.deadline_ms == deadline_ms {
            return;
        }
        if let Some(former_ms) = std::mem::replace(&mut held.deadline_ms, deadline_ms) {
            self.deadlines.remove(&(former_ms, address.clone()));
        }
        if let Some(at_ms) = deadline_ms {
            self.deadlines.insert((at_ms, address.clone()));
        }
    }

    /// Ends all in good order, so that each can be opened again under its id.
    pub(super) fn close_all(&mut self, saver: &mut Saver) {
        for (address, held) in &mut self.held {
            held.replica.close();
            while let Some(record) = held.replica.next_record() {
                saver.record(address, record);
            }
        }
    }
}

/// Says which documents of the store are of scopes that this region does not hold, or no longer.
fn warn_of(left: &[Address]) {
    /// So many are named of each scope.
    const NAMED: usize = 10;
    for of_scope in left.chunk_by(|one, other| one.scope == other.scope) {
        let Some(Address { scope, .. }) = of_scope.first() else { continue };
        let names = of_scope.iter().take(NAMED).map(|address| address.document.as_str());
        let (documents, names) = (of_scope.len(), names.collect::<Vec<_>>().join(", "));
        let more = if documents > NAMED { ", and more" } else { "" };
        tracing::warn!(
            "the store has {documents} documents of the scope {scope}, which this region does not \
             hold: {names}{more}; they stay there, unread: mend the scope's name or its regions, or \
             take them out with `crdt-node erase`"
        );
    }
}

fn opening() -> Opening {
    Opening::new(ReplicaId::random().as_u128(), Reading::system())
}

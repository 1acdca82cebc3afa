//! Which names there are, how they are used, and what is under them, in order.
//!
//! The one map of a document finds a key by its hash. This finds the keys of a name. It follows
//! from the map and is kept up with it, so it is no part of what a document is.

use alloc::boxed::Box;
use alloc::collections::BTreeMap;
use alloc::sync::Arc;
use alloc::vec::Vec;

use crdt_core::{Change, DotMap, Entry, ReplicaId};
use smallvec::SmallVec;

use crate::cell::Cell;
use crate::key::{Key, Place};
use crate::sorted::Sorted;
use crate::{Kind, Value};

#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Index {
    names: BTreeMap<Arc<str>, Uses>,
    /// How many names are used as more than one kind.
    conflicts: usize,
}

/// How one name is used: ascending by kind, and never empty between two changes.
pub(crate) type Uses = SmallVec<[Members; 1]>;

/// What there is of one name and kind.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Members {
    /// Who has counted, ascending.
    Counter(Vec<ReplicaId>),
    PnCounter(Box<Counted>),
    GSet(Sorted<Value>),
    Set(Sorted<Value>),
    Register,
    MvRegister,
}

/// Who has counted and who has reset, both ascending.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Counted {
    pub(crate) totals: Vec<ReplicaId>,
    pub(crate) resets: Vec<ReplicaId>,
}

impl Members {
    fn new(kind: Kind) -> Self {
        match kind {
            Kind::Counter => Self::Counter(Vec::new()),
            Kind::PnCounter => Self::PnCounter(Box::default()),
            Kind::GSet => Self::GSet(Sorted::default()),
            Kind::Set => Self::Set(Sorted::default()),
            Kind::Register => Self::Register,
            Kind::MvRegister => Self::MvRegister,
        }
    }

    pub(crate) const fn kind(&self) -> Kind {
        match self {
            Self::Counter(_) => Kind::Counter,
            Self::PnCounter(_) => Kind::PnCounter,
            Self::GSet(_) => Kind::GSet,
            Self::Set(_) => Kind::Set,
            Self::Register => Kind::Register,
            Self::MvRegister => Kind::MvRegister,
        }
    }

    fn insert(&mut self, place: &Place) {
        match (self, place) {
            (Self::Counter(replicas), Place::Count(replica)) => insert(replicas, *replica),
            (Self::PnCounter(counted), Place::Totals(replica)) => {
                insert(&mut counted.totals, *replica);
            }
            (Self::PnCounter(counted), Place::Reset(replica)) => {
                insert(&mut counted.resets, *replica);
            }
            (Self::GSet(elements), Place::GSet(element))
            | (Self::Set(elements), Place::Set(element)) => elements.insert(element.clone()),
            _ => {}
        }
    }

    /// Takes out a place; tells whether nothing is left.
    fn remove(&mut self, place: &Place) -> bool {
        match (self, place) {
            (Self::Counter(replicas), Place::Count(replica)) => {
                remove(replicas, *replica);
                replicas.is_empty()
            }
            (Self::PnCounter(counted), place) => {
                match place {
                    Place::Totals(replica) => remove(&mut counted.totals, *replica),
                    Place::Reset(replica) => remove(&mut counted.resets, *replica),
                    _ => {}
                }
                counted.totals.is_empty() && counted.resets.is_empty()
            }
            (Self::GSet(elements), Place::GSet(element))
            | (Self::Set(elements), Place::Set(element)) => {
                elements.remove(element);
                elements.len() == 0
            }
            _ => true,
        }
    }
}

fn insert(replicas: &mut Vec<ReplicaId>, replica: ReplicaId) {
    if let Err(place) = replicas.binary_search(&replica) {
        replicas.insert(place, replica);
    }
}

fn remove(replicas: &mut Vec<ReplicaId>, replica: ReplicaId) {
    if let Ok(place) = replicas.binary_search(&replica) {
        replicas.remove(place);
    }
}

impl Index {
    /// The index of a map. Cost: O(n log n).
    pub(crate) fn of(map: &DotMap<Key, Cell>) -> Self {
        let mut index = Self::default();
        map.entries().for_each(|entry| index.insert(entry.key()));
        index
    }

    /// Takes in what a merge changes; `without` is the map as it is without the entry.
    pub(crate) fn follow(
        &mut self,
        without: &DotMap<Key, Cell>,
        change: Change<&Entry<Key, Cell>>,
    ) {
        match change {
            Change::Appeared(entry) => self.insert(entry.key()),
            Change::Vanished(entry) if !without.contains_key(entry.key()) => {
                self.remove(entry.key());
            }
            Change::Vanished(_) => {}
        }
    }

    /// Takes in whether a key has entries now.
    pub(crate) fn refresh(&mut self, key: &Key, map: &DotMap<Key, Cell>) {
        if map.contains_key(key) {
            self.insert(key);
        } else {
            self.remove(key);
        }
    }

    pub(crate) fn insert(&mut self, key: &Key) {
        if let Some(members) = self.members_mut(&key.name, key.place.kind()) {
            members.insert(&key.place);
        }
    }

    /// Takes in elements of a set: as `insert` of each, and looks the name up once.
    pub(crate) fn insert_elements(&mut self, name: &Arc<str>, kind: Kind, new: Vec<Value>) {
        if new.is_empty() {
            return;
        }
        let Some(Members::GSet(elements) | Members::Set(elements)) = self.members_mut(name, kind)
        else {
            return;
        };
        for element in new {
            elements.insert(element);
        }
    }

    /// What there is of a name used so, to be added to.
    fn members_mut(&mut self, name: &Arc<str>, kind: Kind) -> Option<&mut Members> {
        if !self.names.contains_key(name) {
            self.names.insert(name.clone(), Uses::new());
        }
        let uses = self.names.get_mut(name)?;
        let at = uses.binary_search_by_key(&kind, Members::kind).unwrap_or_else(|at| {
            uses.insert(at, Members::new(kind));
            self.conflicts += usize::from(uses.len() == 2);
            at
        });
        Some(&mut uses[at])
    }

    pub(crate) fn remove(&mut self, key: &Key) {
        let Some(uses) = self.names.get_mut(&key.name) else { return };
        let Ok(at) = uses.binary_search_by_key(&key.place.kind(), Members::kind) else { return };
        if uses[at].remove(&key.place) {
            uses.remove(at);
            self.conflicts -= usize::from(uses.len() == 1);
        }
        if uses.is_empty() {
            self.names.remove(&key.name);
        }
    }

    pub(crate) fn len(&self) -> usize {
        self.names.len()
    }

    pub(crate) const fn conflicts(&self) -> usize {
        self.conflicts
    }

    /// The names in order, with their uses.
    pub(crate) fn iter(&self) -> alloc::collections::btree_map::Iter<'_, Arc<str>, Uses> {
        self.names.iter()
    }

    /// How a name is used; with the shared name.
    pub(crate) fn uses(&self, name: &str) -> Option<(&Arc<str>, &Uses)> {
        self.names.get_key_value(name)
    }

    /// What there is of a name used so.
    pub(crate) fn members(&self, name: &str, kind: Kind) -> Option<(&Arc<str>, &Members)> {
        let (name, uses) = self.uses(name)?;
        let at = uses.binary_search_by_key(&kind, Members::kind).ok()?;
        Some((name, &uses[at]))
    }

    /// Lets keys that are to be merged share the names that are here.
    pub(crate) fn share_all(&self, incoming: &mut DotMap<Key, Cell>) {
        let mut last: Option<(Arc<str>, Arc<str>)> = None;
        incoming.share_keys(|key| {
            // Keys of one message share their names among themselves.
            let again = last.as_ref().filter(|(theirs, _)| Arc::ptr_eq(theirs, &key.name));
            let mine = match again {
                Some((_, mine)) => mine.clone(),
                None => {
                    self.uses(&key.name).map_or_else(|| key.name.clone(), |(mine, _)| mine.clone())
                }
            };
            let theirs = core::mem::replace(&mut key.name, mine.clone());
            last = Some((theirs, mine));
        });
    }

    /// The shared name, of the document if it has it.
    pub(crate) fn share(&self, name: &str) -> Arc<str> {
        self.uses(name).map_or_else(|| Arc::from(name), |(name, _)| name.clone())
    }
}

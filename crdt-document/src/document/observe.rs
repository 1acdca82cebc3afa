//! What an application sees of a document, and which of it a merge brings and takes.

use alloc::boxed::Box;
use alloc::collections::BTreeMap;
use alloc::sync::Arc;
use alloc::vec::Vec;
use core::fmt;

use crdt_core::{Change, Entry, Observe};

use super::Document;
use crate::cell::Cell;
use crate::index::Members;
use crate::key::{Key, Place};
use crate::read::{Tally, cells, count, distinct, winner};
use crate::{Kind, Value};

/// Something that an application can see in a [`Document`]: a value of a counter or register, or an
/// element of a set, with its name.
#[derive(Clone, PartialEq, Eq)]
pub struct Item {
    /// The name.
    pub name: Arc<str>,
    /// What is there.
    pub content: Content,
}

/// What there is under a name, as one of its kinds.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Content {
    /// The value of a counter.
    Counter(u128),
    /// The value of a counter that goes up and down.
    PnCounter(i128),
    /// An element of a grow-only set.
    GSet(Value),
    /// An element of a set.
    Set(Value),
    /// The value of a register.
    Register(Value),
    /// One of the values of a multi-value register.
    MvRegister(Value),
}

impl Content {
    /// What it is used as.
    pub const fn kind(&self) -> Kind {
        match self {
            Self::Counter(_) => Kind::Counter,
            Self::PnCounter(_) => Kind::PnCounter,
            Self::GSet(_) => Kind::GSet,
            Self::Set(_) => Kind::Set,
            Self::Register(_) => Kind::Register,
            Self::MvRegister(_) => Kind::MvRegister,
        }
    }
}

/// Reads `cart.set: "apple"`.
impl fmt::Debug for Item {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { name, content } = self;
        let content_of: &dyn fmt::Debug = match content {
            Content::Counter(value) => value,
            Content::PnCounter(value) => value,
            Content::GSet(value)
            | Content::Set(value)
            | Content::Register(value)
            | Content::MvRegister(value) => value,
        };
        write!(f, "{name}.{}: {content_of:?}", content.kind())
    }
}

impl Document {
    /// All that there is to see, in order: by name, then by kind, then by value.
    ///
    /// ```
    /// # use crdt_document::{Author, Document, ReplicaId, Timestamp};
    /// # let me = Author::new(ReplicaId::from_u128(1), Timestamp::MIN);
    /// let mut doc = Document::new();
    /// doc.transact(me, |tx| {
    ///     tx.counter("likes").increment(3)?;
    ///     tx.set("cart").add_all(["pear", "apple"])
    /// })?;
    /// let seen: Vec<_> = doc.items().map(|item| format!("{item:?}")).collect();
    /// assert_eq!(seen, [r#"cart.set: "apple""#, r#"cart.set: "pear""#, "likes.counter: 3"]);
    /// # Ok::<(), crdt_document::WriteError>(())
    /// ```
    pub fn items(&self) -> impl Iterator<Item = Item> {
        let named = move |(name, members)| {
            let item = move |content| Item { name: Arc::clone(name), content };
            self.contents(name, members).map(item)
        };
        let uses = self.index.iter();
        uses.flat_map(|(name, uses)| uses.iter().map(move |members| (name, members)))
            .flat_map(named)
    }

    /// What there is of one name and kind.
    fn contents<'a>(
        &'a self,
        name: &'a Arc<str>,
        members: &'a Members,
    ) -> Box<dyn Iterator<Item = Content> + 'a> {
        match members {
            Members::GSet(elements) => Box::new(elements.iter().cloned().map(Content::GSet)),
            Members::Set(elements) => Box::new(elements.iter().cloned().map(Content::Set)),
            members => {
                let entries = self.entries_of(name, members);
                Box::new(contents(members.kind(), &entries).into_iter())
            }
        }
    }

    /// The entries of a counter or register.
    fn entries_of(&self, name: &Arc<str>, members: &Members) -> Vec<&Entry<Key, Cell>> {
        let places: Vec<Place> = match members {
            Members::Counter(replicas) => replicas.iter().copied().map(Place::Count).collect(),
            Members::PnCounter(counted) => {
                let totals = counted.totals.iter().copied().map(Place::Totals);
                totals.chain(counted.resets.iter().copied().map(Place::Reset)).collect()
            }
            Members::Register => [Place::Register].into(),
            Members::MvRegister => [Place::MvRegister].into(),
            Members::GSet(_) | Members::Set(_) => Vec::new(),
        };
        places.into_iter().flat_map(|place| cells(self, name, place)).collect()
    }
}

/// What the entries of one counter or register, or of one element of a set, show together.
fn contents(kind: Kind, entries: &[&Entry<Key, Cell>]) -> Vec<Content> {
    let Some(first) = entries.first() else { return Vec::new() };
    let all = || entries.iter().copied();
    match (kind, &first.key().place) {
        (Kind::Counter, _) => {
            let mut totals = BTreeMap::new();
            for entry in all() {
                let total: &mut u64 = totals.entry(entry.key().place.owner()).or_default();
                *total = count([entry].into_iter()).max(*total);
            }
            [Content::Counter(totals.into_values().map(u128::from).sum())].into()
        }
        (Kind::PnCounter, _) => [Content::PnCounter(Tally::of(all()).value())].into(),
        (Kind::Register, _) => match winner(all()).map(Entry::value) {
            Some(Cell::Stamped(_, value)) => [Content::Register(value.clone())].into(),
            _ => Vec::new(),
        },
        (Kind::MvRegister, _) => {
            distinct(all()).into_iter().cloned().map(Content::MvRegister).collect()
        }
        (_, Place::GSet(element)) => [Content::GSet(element.clone())].into(),
        (_, Place::Set(element)) => [Content::Set(element.clone())].into(),
        _ => Vec::new(),
    }
}

/// What is seen as one: a counter, a register, an element of a set.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct Unit {
    name: Arc<str>,
    kind: Kind,
    element: Option<Value>,
}

impl Unit {
    fn of(key: &Key) -> Self {
        let element = match &key.place {
            Place::GSet(element) | Place::Set(element) => Some(element.clone()),
            _ => None,
        };
        Self { name: key.name.clone(), kind: key.place.kind(), element }
    }

    /// Its entries in a document.
    fn entries<'a>(&self, document: &'a Document) -> Vec<&'a Entry<Key, Cell>> {
        let place = match (&self.element, self.kind) {
            (Some(element), Kind::GSet) => Place::GSet(element.clone()),
            (Some(element), _) => Place::Set(element.clone()),
            (None, kind) => {
                let named = document.index.members(&self.name, kind);
                return named
                    .map(|(name, members)| document.entries_of(name, members))
                    .unwrap_or_default();
            }
        };
        cells(document, &self.name, place).collect()
    }
}

/// The entries that a merge brought and took of one unit.
#[derive(Default)]
struct Changes {
    appeared: Vec<Entry<Key, Cell>>,
    vanished: Vec<Entry<Key, Cell>>,
}

/// Reports [`Item`]s: of a counter or register the new value and the old one, of a set the elements
/// that come and go, each where it really is another; in order, and first all that appear. Cost:
/// besides the merge, that of reading every counter and register that was written to.
impl Observe for Document {
    type Item = Item;

    fn merge_observed(&mut self, mut other: Self, mut observer: impl FnMut(Change<&Item>)) -> bool {
        let mut touched = BTreeMap::<Unit, Changes>::new();
        let Self { map, index } = self;
        index.share_all(&mut other.map);
        let changed = map.merge_watched(other.map, |without, change| {
            let (Change::Appeared(entry) | Change::Vanished(entry)) = change;
            let changes = touched.entry(Unit::of(entry.key())).or_default();
            match change {
                Change::Appeared(entry) => changes.appeared.push(entry.clone()),
                Change::Vanished(entry) => changes.vanished.push(entry.clone()),
            }
            index.follow(without, change);
        });
        let (mut appeared, mut vanished) = (Vec::new(), Vec::new());
        for (unit, changes) in touched {
            let entries = unit.entries(self);
            let after = contents(unit.kind, &entries);
            let is_new = |entry: &Entry<Key, Cell>| {
                changes.appeared.iter().any(|new| new.dot() == entry.dot())
            };
            let kept = entries.iter().copied().filter(|entry| !is_new(entry));
            let earlier: Vec<_> = kept.chain(&changes.vanished).collect();
            let before = contents(unit.kind, &earlier);
            let item =
                |content: &Content| Item { name: unit.name.clone(), content: content.clone() };
            let is_in = |others: &[Content], content: &&Content| others.contains(content);
            appeared.extend(after.iter().filter(|new| !is_in(&before, new)).map(item));
            vanished.extend(before.iter().filter(|old| !is_in(&after, old)).map(item));
        }
        for item in &appeared {
            observer(Change::Appeared(item));
        }
        for item in &vanished {
            observer(Change::Vanished(item));
        }
        changed
    }
}

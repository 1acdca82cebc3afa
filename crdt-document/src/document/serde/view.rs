//! A document as it is seen: name, kind, value.

use core::fmt;

use serde::ser::SerializeMap;
use serde::{Serialize, Serializer};

use crate::{Document, Kind, Kinds};

/// What there is to see in a [`Document`], to be serialized: a map from name to kind to value.
///
/// It can be shown and stored, but not merged: for that there is the document itself.
pub struct View<'a>(&'a Document);

impl Document {
    /// What there is to see, to be serialized.
    ///
    /// ```
    /// # use crdt_document::{Author, Document, ReplicaId, Timestamp};
    /// # let me = Author::new(ReplicaId::from_u128(1), Timestamp::MIN);
    /// let mut doc = Document::new();
    /// doc.transact(me, |tx| {
    ///     tx.counter("likes").increment(3)?;
    ///     tx.set("cart").add_all(["pear", "apple"])
    /// })?;
    /// let json = serde_json::to_string(&doc.view())?;
    /// assert_eq!(json, r#"{"cart":{"set":["apple","pear"]},"likes":{"counter":3}}"#);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn view(&self) -> View<'_> {
        View(self)
    }
}

impl Serialize for View<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Self(document) = self;
        let mut names = serializer.serialize_map(Some(document.len()))?;
        for name in document.names() {
            names.serialize_entry(name, &Named { document, name })?;
        }
        names.end()
    }
}

impl fmt::Debug for View<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.0.items()).finish()
    }
}

/// What there is of one name, by kind.
struct Named<'a> {
    document: &'a Document,
    name: &'a str,
}

impl Serialize for Named<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Self { document, name } = self;
        let kinds: Kinds<'_> = document.kinds(name);
        let mut uses = serializer.serialize_map(Some(kinds.len()))?;
        for kind in kinds {
            uses.serialize_key(kind.name())?;
            match kind {
                Kind::Counter => uses.serialize_value(&document.counter(name).value())?,
                Kind::PnCounter => uses.serialize_value(&document.pn_counter(name).value())?,
                Kind::GSet => uses.serialize_value(&List(document.g_set(name)))?,
                Kind::Set => uses.serialize_value(&List(document.set(name)))?,
                Kind::Register => uses.serialize_value(&document.register(name).get())?,
                Kind::MvRegister => uses.serialize_value(document.mv_register(name).values())?,
            }
        }
        uses.end()
    }
}

/// The elements of a set.
struct List<S>(S);

impl<'a, S: IntoIterator<Item = &'a crate::Value> + Copy> Serialize for List<S> {
    fn serialize<Z: Serializer>(&self, serializer: Z) -> Result<Z::Ok, Z::Error> {
        serializer.collect_seq(self.0)
    }
}

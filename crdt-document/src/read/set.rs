//! Reading a set.

use core::fmt;
use core::iter::FusedIterator;

use crate::index::Members;
use crate::sorted::{self, Sorted};
use crate::{Document, Kind, Value};

macro_rules! set {
    ($(#[$documentation:meta])* $set:ident) => {
        $(#[$documentation])*
        #[derive(Clone, Copy)]
        pub struct $set<'a> {
            elements: Option<&'a Sorted<Value>>,
        }

        impl<'a> $set<'a> {
            pub(crate) fn new(document: &'a Document, name: &str) -> Self {
                let elements = match document.index.members(name, Kind::$set) {
                    Some((_, Members::$set(elements))) => Some(elements),
                    _ => None,
                };
                Self { elements }
            }

            /// Whether the element is there. Cost: O(log n).
            pub fn contains(&self, element: impl Into<Value>) -> bool {
                self.elements.is_some_and(|elements| elements.contains(&element.into()))
            }

            /// How many elements there are. Cost: O(1).
            pub fn len(&self) -> usize {
                self.elements.map_or(0, Sorted::len)
            }

            /// Whether there is no element.
            pub fn is_empty(&self) -> bool {
                self.len() == 0
            }

            /// The elements, in the order of [`Value`].
            pub fn iter(&self) -> Elements<'a> {
                Elements(self.elements.map(Sorted::iter))
            }
        }

        impl<'a> IntoIterator for $set<'a> {
            type Item = &'a Value;
            type IntoIter = Elements<'a>;

            fn into_iter(self) -> Elements<'a> {
                self.iter()
            }
        }

        impl<'a> IntoIterator for &$set<'a> {
            type Item = &'a Value;
            type IntoIter = Elements<'a>;

            fn into_iter(self) -> Elements<'a> {
                self.iter()
            }
        }

        /// As a set: `{"apple", "pear"}`.
        impl fmt::Debug for $set<'_> {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.debug_set().entries(self).finish()
            }
        }
    };
}

set! {
    /// A set of a [`Document`] that only grows, to be read: tags of a log entry, users seen.
    ///
    /// Every element is kept for good (the G-Set of Shapiro, Preguiça, Baquero, Zawirski 2011,
    /// section 3.3.1, in a causal map that never kills what is written there). Adding what is there
    /// writes nothing.
    GSet
}

set! {
    /// A set of a [`Document`] whose elements come and go, to be read: carts, members, labels.
    ///
    /// The observed-remove set (Bieniusa et al. 2012, section 3; as a delta CRDT Almeida, Shoker,
    /// Baquero 2018, on causal CRDTs): a removal removes the additions that its replica has seen;
    /// one that runs concurrently survives it.
    ///
    /// ```
    /// # use crdt_document::{Author, Document, ReplicaId, Timestamp};
    /// # let me = Author::new(ReplicaId::from_u128(1), Timestamp::MIN);
    /// let mut doc = Document::new();
    /// doc.transact(me, |tx| tx.set("cart").add_all(["pear", "apple"]))?;
    /// doc.transact(me, |tx| tx.set("cart").remove("pear"))?;
    /// assert!(doc.set("cart").contains("apple"));
    /// assert!(doc.set("cart").iter().eq(["apple"]));
    /// # Ok::<(), crdt_document::WriteError>(())
    /// ```
    Set
}

/// The elements of a set of a [`Document`], in the order of [`Value`].
#[derive(Clone, Debug)]
pub struct Elements<'a>(Option<sorted::Iter<'a, Value>>);

impl<'a> Iterator for Elements<'a> {
    type Item = &'a Value;

    fn next(&mut self) -> Option<&'a Value> {
        self.0.as_mut()?.next()
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        self.0.as_ref().map_or((0, Some(0)), Iterator::size_hint)
    }
}

impl DoubleEndedIterator for Elements<'_> {
    fn next_back(&mut self) -> Option<Self::Item> {
        self.0.as_mut()?.next_back()
    }
}

impl ExactSizeIterator for Elements<'_> {}
impl FusedIterator for Elements<'_> {}

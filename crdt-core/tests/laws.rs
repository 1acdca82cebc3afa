//! The core's own lattices under the law kit: the causal engine, and products of lattices.

use std::collections::BTreeMap;

use crdt_core::laws::{self, Author, Model};
use crdt_core::model::DotMapModel;
use crdt_core::wire::{DecodeError, Reader, Writer};
use crdt_core::{Admit, AdmitError, Delta, DotMap, Limits, Merge, ReplicaId, Wire};

type Engine = DotMapModel<(bool, bool), bool>;

#[test]
fn the_causal_engine_obeys_the_laws() {
    laws::check::<Engine>();
}

#[test]
fn the_causal_engine_admits_and_reports() {
    laws::check_admit::<Engine>();
    laws::check_observe::<Engine>(|map| map.entries().cloned().collect());
}

/// Writes to the one key there is, so that every lost delta leaves one more live dot.
struct OneKey;

impl Model for OneKey {
    type State = DotMap<(), ()>;
    type Operation = ();
    type Observed = usize;

    fn apply(map: &mut Self::State, author: &Author, (): &()) -> Self::State {
        map.write(author.replica, (), ())
    }

    fn observe(map: &Self::State) -> usize {
        map.entries().count()
    }
}

/// Keys and values of no width: an entry may take less than a byte.
#[test]
fn entries_without_bytes_obey_the_laws() {
    laws::check::<DotMapModel<(), ()>>();
    laws::Config::from_env().with_cases(20).with_steps(128).check::<OneKey>();
}

#[test]
fn many_live_dots_of_a_key_without_bytes_are_read_back() {
    let me = ReplicaId::from_u128(1);
    let (mut here, mut there) = (DotMap::new(), DotMap::new());
    for _ in 0..100 {
        there.merge(here.write(me, (), ()));
        let _lost = here.write(me, (), ());
    }
    assert_eq!(there.entries().count(), 100, "nobody told it of the writes that superseded them");
    assert_eq!(DotMap::decode(&there.encode()), Ok(there));
}

/// The plainest lattice there is.
#[derive(Clone, Debug, Default, PartialEq)]
struct Greatest(u8);

impl Merge for Greatest {
    fn merge(&mut self, other: Self) -> bool {
        let greater = other.0 > self.0;
        self.0 = self.0.max(other.0);
        greater
    }
}

impl Delta for Greatest {
    type Digest = u8;

    fn digest(&self) -> u8 {
        self.0
    }

    fn delta_since(&self, digest: &u8) -> Self {
        if self.0 > *digest { self.clone() } else { Self::default() }
    }

    fn is_bottom(&self) -> bool {
        self.0 == 0
    }
}

impl Wire for Greatest {
    fn write_to(&self, writer: &mut Writer) {
        self.0.write_to(writer);
    }

    fn read_from(reader: &mut Reader<'_>) -> Result<Self, DecodeError> {
        u8::read_from(reader).map(Self)
    }
}

/// Admits everything: it is the same whoever raised it.
impl Admit for Greatest {
    fn admit(
        &self,
        _incoming: &Self,
        _me: ReplicaId,
        _now_ms: u64,
        _limits: &Limits,
    ) -> Result<(), AdmitError> {
        Ok(())
    }
}

/// A tuple, a map of maps, an option: all at once.
struct Product;

impl Model for Product {
    type State = (BTreeMap<u8, BTreeMap<u8, <Engine as Model>::State>>, Option<Greatest>, Greatest);
    type Operation = (u8, <Engine as Model>::Operation);
    type Observed = (Vec<<Engine as Model>::Observed>, Option<u8>, u8);

    fn apply(state: &mut Self::State, author: &Author, operation: &Self::Operation) -> Self::State {
        let (place, operation) = operation;
        let mut delta = Self::State::default();
        match place % 4 {
            0 => {
                let greatest = Greatest(*place);
                state.1.merge(Some(greatest.clone()));
                delta.1 = Some(greatest);
            }
            1 => {
                state.2.merge(Greatest(*place));
                delta.2 = Greatest(*place);
            }
            place => {
                let outer = state.0.entry(place).or_default();
                let inner = outer.entry(0).or_default();
                let change = Engine::apply(inner, author, operation);
                if inner.is_bottom() {
                    outer.remove(&0);
                }
                if outer.is_empty() {
                    state.0.remove(&place);
                }
                if !change.is_bottom() {
                    delta.0 = BTreeMap::from([(place, BTreeMap::from([(0, change)]))]);
                }
            }
        }
        delta
    }

    fn observe(state: &Self::State) -> Self::Observed {
        let inner = state.0.values().flat_map(BTreeMap::values);
        (
            inner.map(Engine::observe).collect(),
            state.1.as_ref().map(|greatest| greatest.0),
            state.2.0,
        )
    }
}

#[test]
fn products_of_lattices_obey_the_laws() {
    laws::check::<Product>();
    laws::check_admit::<Product>();
}

#[test]
fn a_bottom_value_equals_an_absent_key() {
    let mut map = BTreeMap::from([("a".to_owned(), Greatest(0))]);
    let absent = BTreeMap::<String, Greatest>::new();
    assert!(map.is_bottom());
    assert_eq!(map.encode(), absent.encode());
    assert_eq!(map.digest(), absent.digest());
    assert!(map.delta_since(&absent.digest()).is_empty());

    let mut other = absent.clone();
    assert!(!Merge::merge(&mut other, map.clone()), "a bottom value is not brought in");
    assert_eq!(other, absent);
    assert!(Merge::merge(&mut map, BTreeMap::from([("a".to_owned(), Greatest(1))])));

    let bytes = [1, 1, 1, b'a', 0];
    assert!(BTreeMap::<String, Greatest>::decode(&bytes).is_err(), "nor read");
}

#[test]
fn none_is_below_every_value() {
    let mut option = None;
    assert!(option.is_bottom());
    assert!(option.merge(Some(Greatest(0))), "now it knows that there is one");
    assert!(!option.is_bottom());
    assert!(!option.merge(None));
}

//! The engine against its definition: a plain map from dot to live or dead, operation by operation.

use std::collections::BTreeMap;

use crdt_core::{CausalContext, Delta, Dot, DotMap, DotMapDigest, Dotted, Merge, ReplicaId, Wire};
use quickcheck::{Arbitrary, Gen};

type Key = u8;
type Value = u8;
type Engine = DotMap<Key, Value>;

/// Every dot seen, with its content while it is live. Unknown < live < dead.
#[derive(Clone, Debug, Default, PartialEq)]
struct Oracle(BTreeMap<Dot, Option<(Key, Value)>>);

impl Oracle {
    fn of(engine: &Engine) -> Self {
        let dots = engine.context().replicas().flat_map(|replica| {
            let counters = engine.context().runs(replica).flatten();
            counters.map(move |counter| Dot::new(replica, counter).expect("within range"))
        });
        let content = |dot| engine.entry(dot).map(|entry| (*entry.key(), *entry.value()));
        Self(dots.map(|dot| (dot, content(dot))).collect())
    }

    fn live(&self) -> impl Iterator<Item = (Dot, Key, Value)> {
        self.0.iter().filter_map(|(dot, content)| content.map(|(key, value)| (*dot, key, value)))
    }

    fn write(&mut self, me: ReplicaId, key: Key, value: Value) -> Self {
        let counter = self.0.keys().filter(|dot| dot.replica() == me).map(Dot::counter).max();
        let dot = Dot::new(me, counter.unwrap_or(0) + 1).expect("within range");
        let mut delta = self.remove(|other| other == key);
        delta.0.insert(dot, Some((key, value)));
        self.join(&delta);
        delta
    }

    fn remove(&mut self, leaving: impl Fn(Key) -> bool) -> Self {
        let killed = self.live().filter(|(_, key, _)| leaving(*key)).map(|(dot, ..)| (dot, None));
        let delta = Self(killed.collect());
        self.join(&delta);
        delta
    }

    fn join(&mut self, other: &Self) {
        for (dot, content) in &other.0 {
            self.0.entry(*dot).and_modify(|mine| *mine = mine.and(*content)).or_insert(*content);
        }
    }

    /// The least state that brings `peer` up to this: every dot that is further along here.
    fn delta_since(&self, peer: &Self) -> Self {
        let further = |dot: &Dot, content: &Option<_>| match peer.0.get(dot) {
            None => true,
            Some(theirs) => theirs.is_some() && content.is_none(),
        };
        let dots = self.0.iter().filter(|(dot, content)| further(dot, content));
        Self(dots.map(|(dot, content)| (*dot, *content)).collect())
    }
}

fn check(engine: &Engine, oracle: &Oracle, after: &str) {
    engine.internal_validate().unwrap_or_else(|rule| panic!("{rule}, after {after}"));
    assert_eq!(Oracle::of(engine), *oracle, "after {after}");
    let entries = engine.entries().map(|entry| (entry.dot(), *entry.key(), *entry.value()));
    assert!(entries.eq(oracle.live()), "the order of dots, after {after}");
    for key in 0..KEYS {
        let found = engine.values(&key).map(crdt_core::Entry::dot);
        assert!(found.eq(oracle.live().filter(|(_, other, _)| *other == key).map(|(dot, ..)| dot)));
        assert_eq!(engine.contains_key(&key), oracle.live().any(|(_, other, _)| other == key));
    }
    let mut keys: Vec<Key> = oracle.live().map(|(_, key, _)| key).collect();
    let mut seen = Vec::new();
    keys.retain(|key| {
        !seen.contains(key) && {
            seen.push(*key);
            true
        }
    });
    assert_eq!(engine.keys().copied().collect::<Vec<_>>(), keys, "after {after}");
    assert_eq!(engine.len(), keys.len());
    assert_eq!(Engine::decode(&engine.encode()).as_ref(), Ok(engine));
    assert_eq!(DotMapDigest::decode(&engine.digest().encode()), Ok(engine.digest()));
}

/// There are never more keys than that.
const KEYS: Key = 60;

/// A few keys, so that replicas meet at each; and no index yet.
#[test]
fn the_engine_does_what_its_definition_does_with_few_keys() {
    (0..300).for_each(|seed| run(seed, 60, 4));
}

/// Many keys and counters, in several blocks.
#[test]
fn the_engine_does_what_its_definition_does_with_many_keys() {
    (0..12).for_each(|seed| run(seed, 700, KEYS));
}

fn run(seed: u64, steps: usize, keys: Key) {
    let generator = &mut Gen::from_size_and_seed(100, seed);
    let mut replicas = vec![(Engine::new(), Oracle::default()); 3];
    let mut deltas = vec![(Engine::new(), Oracle::default())];
    for step in 0..steps {
        let pick = |generator: &mut Gen, n: usize| usize::arbitrary(generator) % n;
        let (here, other) = (pick(generator, 3), pick(generator, 3));
        let me = ReplicaId::from_u128(here as u128 + 1);
        let (key, value) = (u8::arbitrary(generator) % keys, u8::arbitrary(generator));
        let (peer, peer_oracle) = replicas[other].clone();
        let (engine, oracle) = &mut replicas[here];
        let before = (engine.clone(), oracle.clone());
        let (what, delta) = match pick(generator, 9) {
            0 => {
                let writes = [(key, value), (value % keys, key), (key, key)];
                let mut expected = Oracle::default();
                for (key, value) in writes {
                    expected.join(&oracle.write(me, key, value));
                }
                ("several writes", (engine.write_all(me, writes), expected))
            }
            1 | 2 => ("write", (engine.write(me, key, value), oracle.write(me, key, value))),
            3 => ("remove", (engine.remove(&key), oracle.remove(|other| other == key))),
            4 => (
                "retain",
                (engine.retain(|entry| entry.key() % 3 > 0), oracle.remove(|key| key % 3 == 0)),
            ),
            5 if step % 25 == 0 => ("clear", (engine.clear(), oracle.remove(|_| true))),
            5 | 6 => {
                let (delta, expected) = deltas[pick(generator, deltas.len())].clone();
                let changed = engine.merge(delta.clone());
                oracle.join(&expected);
                assert_eq!(changed, before.1 != *oracle);
                ("a single delta, perhaps without those before it", (delta, expected))
            }
            7 => {
                let expected = peer_oracle.delta_since(oracle);
                oracle.join(&peer_oracle);
                let novel = engine.merge_novel(peer);
                ("a whole state, keeping what was novel", (novel, expected))
            }
            _ => {
                let digest = engine.digest();
                let expected = peer_oracle.delta_since(oracle);
                oracle.join(&expected);
                let delta = peer.delta_since(&digest);
                engine.merge(delta.clone());
                ("an exact delta", (delta, expected))
            }
        };
        let what = format!("{what} (seed {seed}, step {step})");
        check(&delta.0, &delta.1, &what);
        check(engine, oracle, &what);
        for dots in [delta.0.context(), deltas[step / 2].0.context()] {
            assert_eq!(engine.encode_restricted(dots), engine.restrict(dots).encode(), "{what}");
        }
        let mut again = before.0;
        again.merge_ref(&delta.0);
        assert_eq!(again, *engine, "before ⊔ delta = after {what}");
        deltas.push(delta);
    }
}

#[test]
fn a_context_of_2_to_the_48_dots_costs_what_one_of_two_does() {
    let me = ReplicaId::from_u128(1);
    let mut wide = Engine::new();
    wide.write(me, 1, 1);
    // Encoded by hand: version, one replica, one run 1..=2^48, none live.
    let mut bytes = vec![1, 1, 0];
    bytes.extend(me.as_bytes());
    bytes.extend([1, 0, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x3f, 0]);
    let forged = Engine::decode(&bytes).unwrap();
    assert_eq!(forged.context().max(me), Dot::MAX_COUNTER);
    assert!(wide.merge(forged.clone()));
    assert!(wide.is_empty());
    assert_eq!(wide.delta_since(&DotMapDigest::default()), forged);
    assert_eq!(wide.context().difference(&CausalContext::new()).len(), Dot::MAX_COUNTER);
    wide.write(me, 2, 2);
    wide.internal_validate().unwrap();
}

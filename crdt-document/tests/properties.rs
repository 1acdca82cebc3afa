//! What holds of any document: the layout, and the rules of counters in any order of arrival.

use crdt_core::laws::quickcheck::{Arbitrary, Gen, QuickCheck};
use crdt_document::{Author, Delta, Document, Merge, ReplicaId, Timestamp, Wire};

fn author(number: usize) -> Author {
    Author::new(ReplicaId::from_u128(number as u128 + 1), Timestamp::MIN)
}

#[test]
fn the_layout_is_kept_whatever_way_a_document_came_about() {
    fn is_kept(one: &Document, other: &Document) -> bool {
        let mut merged = one.clone();
        merged.merge_ref(other);
        let mut novel = one.clone();
        let brought = novel.merge_novel(other.clone());
        let mut watched = one.clone();
        crdt_document::Observe::merge_observed(&mut watched, other.clone(), |_| ());
        let mut named = one.clone();
        named.merge_naming(other.clone(), &mut |_| ());
        let decoded = Document::decode(&merged.encode()).expect("canonical");
        let delta = other.delta_since(&one.digest());
        let all = [one, &merged, &novel, &brought, &watched, &named, &decoded, &delta];
        all.iter().all(|document| document.internal_validate() == Ok(()))
    }
    QuickCheck::new()
        .quickcheck((|one, other| is_kept(&one, &other)) as fn(Document, Document) -> bool);
}

/// What a replica does to a counter.
#[derive(Clone, Copy, Debug)]
enum Step {
    Count(usize, usize, u64),
    Reset(usize),
    /// The first hears all that the second holds.
    Hear(usize, usize),
}

const REPLICAS: usize = 3;

impl Arbitrary for Step {
    fn arbitrary(generator: &mut Gen) -> Self {
        let mut below = |bound: usize| usize::arbitrary(generator) % bound;
        let (one, other) = (below(REPLICAS), below(REPLICAS));
        match below(8) {
            0..=3 => Self::Count(one, below(2), below(3) as u64 + 1),
            4 => Self::Reset(one),
            _ => Self::Hear(one, other),
        }
    }
}

/// What one count was, and which replicas have seen a reset that has seen it. The value is the sum
/// of the counts that a replica has seen and whose reset it has not: "a reset removes exactly what
/// was observed".
#[derive(Clone, Default)]
struct Seen {
    /// Numbers of counts.
    counts: std::collections::BTreeSet<usize>,
    /// Numbers of counts that a reset known here has seen.
    reset: std::collections::BTreeSet<usize>,
}

fn counts_and_resets(steps: Vec<Step>) {
    let mut amounts = Vec::new();
    let mut seen = vec![Seen::default(); REPLICAS];
    let mut documents = vec![Document::new(); REPLICAS];
    let mut deltas = Vec::new();
    for step in steps {
        match step {
            Step::Count(at, side, amount) => {
                seen[at].counts.insert(amounts.len());
                let signed = i128::from(amount);
                amounts.push(if side == 0 { signed } else { -signed });
                deltas.extend(documents[at].transact(author(at), |tx| match side {
                    0 => tx.pn_counter("n").increment(amount),
                    _ => tx.pn_counter("n").decrement(amount),
                }));
            }
            Step::Reset(at) => {
                let counts = seen[at].counts.clone();
                seen[at].reset.extend(counts);
                deltas.extend(documents[at].transact(author(at), |tx| tx.remove("n")));
            }
            Step::Hear(at, of) => {
                let told = seen[of].clone();
                seen[at].counts.extend(told.counts);
                seen[at].reset.extend(told.reset);
                let told = documents[of].clone();
                documents[at].merge(told);
            }
        }
        for (document, seen) in documents.iter().zip(&seen) {
            let left = seen.counts.difference(&seen.reset);
            let value: i128 = left.map(|count| amounts[*count]).sum();
            assert_eq!(document.pn_counter("n").value(), value);
        }
    }
    // All deltas, in the order in which nobody sent them.
    let mut all = Document::new();
    for delta in deltas.into_iter().rev() {
        all.merge(delta);
    }
    let mut joined = Document::new();
    for document in &documents {
        joined.merge_ref(document);
    }
    assert_eq!(all, joined);
}

/// A concurrent increment survives a reset, on each side, whoever resets; a removal is a reset.
#[test]
fn a_reset_removes_exactly_what_was_observed() {
    QuickCheck::new().tests(500).quickcheck(counts_and_resets as fn(Vec<Step>));
}

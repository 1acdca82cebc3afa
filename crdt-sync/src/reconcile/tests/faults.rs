//! One dot with two contents: a fault that contexts and live dots do not show.

use alloc::sync::Arc;

use crdt_core::{Delta, DotMap, Merge};

use super::history::replica;
use super::{join, run};

#[test]
fn two_contents_of_one_dot_are_found_and_settled_alike() {
    let (mut here, mut there) = (DotMap::<u64, u64>::new(), DotMap::new());
    for n in 0..500 {
        there.merge(here.write(replica(0), n, n));
    }
    here.write(replica(1), 1_000, 1);
    there.write(replica(1), 1_000, 2);
    here.remove(&7);
    for (a, b) in [(&here, &there), (&there, &here)] {
        let (mut a, mut b) = (a.clone(), b.clone());
        // What differs besides is settled first.
        for round in 0..2 {
            let (pinned_a, pinned_b) = (Arc::new(a.clone()), Arc::new(b.clone()));
            let outcome = run(&pinned_a, &pinned_b, round, 1);
            a = join(&join(&a, &outcome.for_a), &outcome.own_a);
            b = join(&join(&b, &outcome.for_b), &outcome.own_b);
        }
        assert_eq!(a, b);
        assert_eq!(a.values(&1_000).next().map(|entry| *entry.value()), Some(2));
        assert!(!a.is_bottom() && !a.contains_key(&7));
    }
}

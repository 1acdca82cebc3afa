//! Causal contexts against plain sets of dots.

use std::collections::BTreeSet;

use crdt_core::{CausalContext, Dot, Merge, Wire};
use quickcheck::{Arbitrary, Gen, QuickCheck};

fn plain(context: &CausalContext) -> BTreeSet<Dot> {
    let dots = |replica| {
        let counters = context.runs(replica).flatten();
        counters.map(move |counter| Dot::new(replica, counter).expect("within range"))
    };
    context.replicas().flat_map(dots).collect()
}

fn check(property: fn(CausalContext, CausalContext) -> bool) {
    let seeded = Gen::from_size_and_seed(60, 1);
    QuickCheck::new().rng(seeded).tests(500).quickcheck(property);
}

#[test]
fn union_is_that_of_sets() {
    check(|a, b| {
        let mut united = a.clone();
        let grown = united.merge_ref(&b);
        let expected: BTreeSet<Dot> = plain(&a).union(&plain(&b)).copied().collect();
        plain(&united) == expected
            && grown == (united != a)
            && united.len() == expected.len() as u64
    });
}

#[test]
fn difference_and_intersection_are_those_of_sets() {
    check(|a, b| {
        let (x, y) = (plain(&a), plain(&b));
        plain(&a.difference(&b)) == x.difference(&y).copied().collect()
            && plain(&a.intersection(&b)) == x.intersection(&y).copied().collect()
            && a.is_subset(&b) == x.is_subset(&y)
    });
}

#[test]
fn membership_prefix_and_maximum_are_those_of_sets() {
    check(|a, b| {
        let x = plain(&a);
        let member = |dot: &Dot| a.contains(*dot) == x.contains(dot);
        let replica = |replica| {
            let of = |dot: &&Dot| dot.replica() == replica;
            let counters: Vec<u64> = x.iter().filter(of).map(Dot::counter).collect();
            let gapless = (1..).zip(&counters).take_while(|(place, counter)| place == *counter);
            a.max(replica) == counters.last().copied().unwrap_or(0)
                && a.prefix(replica) == gapless.count() as u64
        };
        plain(&b).iter().all(member) && x.iter().all(member) && b.replicas().all(replica)
    });
}

#[test]
fn a_context_is_what_its_dots_are_in_any_order() {
    check(|a, _| {
        let backwards: CausalContext = plain(&a).into_iter().rev().collect();
        backwards == a && backwards.encode() == a.encode()
    });
}

#[test]
fn shrinking_a_context_makes_it_smaller() {
    let mut generator = Gen::from_size_and_seed(20, 7);
    let context = CausalContext::arbitrary(&mut generator);
    for smaller in context.shrink() {
        assert!(smaller.is_subset(&context));
        assert_eq!(smaller.len() + 1, context.len());
    }
}

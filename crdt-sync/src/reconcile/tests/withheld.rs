//! What waits in quarantine is told as held, and not passed on.

use alloc::sync::Arc;

use crdt_registers::LwwRegister;
use crdt_sets::{GSet, OrSet};

use super::history::{Random, Written, states};
use super::{join, run_withholding};

fn check<S: Written>(seed: u64, steps: usize, keys: u64) {
    let states = states::<S>(seed, steps, keys);
    let mut random = Random(!seed);
    let (visible_a, visible_b) = (states[0].clone(), states[1].clone());
    // What waits came from a third replica, with its kills; it has not been passed on by either.
    let waiting = states[2].clone();
    let mut pinned = |state: &S| {
        let whole = if random.below(3) > 0 { join(state, &waiting) } else { state.clone() };
        let visible = Arc::new(state.clone());
        let whole = if whole == *visible { visible.clone() } else { Arc::new(whole) };
        (whole, visible)
    };
    let (a, b) = (pinned(&visible_a), pinned(&visible_b));
    let outcome = run_withholding((&a.0, &a.1), (&b.0, &b.1), u128::from(seed), 1);
    for (maker, delta) in [(&a.1, &outcome.for_b), (&b.1, &outcome.for_a)] {
        assert_eq!(join(&**maker, delta), **maker, "a delta is of what is visible");
    }
    assert_eq!(join(&*b.1, &outcome.own_a), *b.1, "no kill is found out that has to wait there");
    assert_eq!(join(&*a.1, &outcome.own_b), *a.1);
    for (taker, maker, mut gets, own) in [
        (&a.0, &b.1, outcome.for_a.clone(), outcome.own_a.clone()),
        (&b.0, &a.1, outcome.for_b.clone(), outcome.own_b.clone()),
    ] {
        gets.merge(own);
        let brought_up = join(&**taker, &gets);
        assert_eq!(join(&brought_up, &**maker), brought_up, "all that is visible arrives");
    }
}

#[test]
fn or_set() {
    for seed in 0..80 {
        check::<OrSet<u64>>(seed, 60, 12);
    }
    for seed in 100..104 {
        check::<OrSet<u64>>(seed, 3_000, 2_000);
    }
}

#[test]
fn plain_types() {
    for seed in 0..80 {
        check::<GSet<u64>>(seed, 60, 12);
        check::<(LwwRegister<u64>, GSet<u64>)>(seed, 20, 12);
    }
}

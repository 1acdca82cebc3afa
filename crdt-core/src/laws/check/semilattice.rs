//! The join: associative, commutative, idempotent, with bottom as its identity.

use super::join;
use crate::laws::failure::Violation;
use crate::laws::trace::Sample;
use crate::laws::{Law, Model};
use crate::{Delta, Merge};

pub(in crate::laws) fn check<M: Model>(samples: &[Sample<M::State>]) -> Result<(), Violation> {
    for a in samples {
        alone::<M>(a)?;
    }
    check_pairs::<M>(samples)?;
    for (place, a) in samples.iter().enumerate() {
        for b in samples {
            for c in &samples[place + 1..] {
                associates::<M>(a, b, c)?;
            }
        }
    }
    Ok(())
}

/// The laws of two states, for all pairs.
pub(in crate::laws) fn check_pairs<M: Model>(
    samples: &[Sample<M::State>],
) -> Result<(), Violation> {
    for (place, a) in samples.iter().enumerate() {
        for b in samples {
            told::<M>(a, b)?;
        }
        for b in &samples[place + 1..] {
            commutes::<M>(a, b)?;
        }
    }
    Ok(())
}

pub(in crate::laws) fn alone<M: Model>(a: &Sample<M::State>) -> Result<(), Violation> {
    let bottom = M::State::default();
    if a.state.is_bottom() != (a.state == bottom) {
        return Err(Violation::of(Law::BottomIsRecognized)
            .with_sample("a", a)
            .with("a.is_bottom()", &a.state.is_bottom())
            .with("a == Default::default()", &(a.state == bottom)));
    }
    let doubled = join(&a.state, &a.state);
    if doubled != a.state {
        return Err(Violation::of(Law::Idempotence).with_sample("a", a).with("a ⊔ a", &doubled));
    }
    let (right, left) = (join(&a.state, &bottom), join(&bottom, &a.state));
    if right != a.state || left != a.state {
        return Err(Violation::of(Law::BottomIsIdentity)
            .with_sample("a", a)
            .with("a ⊔ ⊥", &right)
            .with("⊥ ⊔ a", &left));
    }
    Ok(())
}

pub(in crate::laws) fn told<M: Model>(
    a: &Sample<M::State>,
    b: &Sample<M::State>,
) -> Result<(), Violation> {
    let (mut merged, mut by_reference) = (a.state.clone(), a.state.clone());
    let told = merged.merge(b.state.clone());
    if told != (merged != a.state) {
        return Err(Violation::of(Law::ChangeIsTold)
            .with_sample("a", a)
            .with_sample("b", b)
            .with("a ⊔ b", &merged)
            .with("a.merge(b)", &told));
    }
    let told_by_reference = by_reference.merge_ref(&b.state);
    if told_by_reference != told || by_reference != merged {
        return Err(Violation::of(Law::MergeRefAgrees)
            .with_sample("a", a)
            .with_sample("b", b)
            .with("by merge", &merged)
            .with("it returns", &told)
            .with("by merge_ref", &by_reference)
            .with("it returns", &told_by_reference));
    }
    Ok(())
}

pub(in crate::laws) fn commutes<M: Model>(
    a: &Sample<M::State>,
    b: &Sample<M::State>,
) -> Result<(), Violation> {
    let (ab, ba) = (join(&a.state, &b.state), join(&b.state, &a.state));
    if ab != ba {
        return Err(Violation::of(Law::Commutativity)
            .with_sample("a", a)
            .with_sample("b", b)
            .with("a ⊔ b", &ab)
            .with("b ⊔ a", &ba));
    }
    Ok(())
}

pub(in crate::laws) fn associates<M: Model>(
    a: &Sample<M::State>,
    b: &Sample<M::State>,
    c: &Sample<M::State>,
) -> Result<(), Violation> {
    let left = join(&join(&a.state, &b.state), &c.state);
    let right = join(&a.state, &join(&b.state, &c.state));
    if left != right {
        return Err(Violation::of(Law::Associativity)
            .with_sample("a", a)
            .with_sample("b", b)
            .with_sample("c", c)
            .with("(a ⊔ b) ⊔ c", &left)
            .with("a ⊔ (b ⊔ c)", &right));
    }
    Ok(())
}

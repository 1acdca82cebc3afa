//! Canonical bytes: equal states have equal bytes, which yield equal states.

use alloc::string::ToString;
use alloc::vec::Vec;

use quickcheck::Gen;

use super::{join, tampering};
use crate::Wire;
use crate::laws::failure::Violation;
use crate::laws::random::{below, shuffle, subset};
use crate::laws::trace::{Sample, Trace};
use crate::laws::{Law, Model};

pub(in crate::laws) fn check<M: Model>(
    samples: &[Sample<M::State>],
    generator: &mut Gen,
) -> Result<(), Violation> {
    for a in samples {
        round_trip::<M>(a)?;
        let shown = |found: Violation, decoded: &M::State| {
            found.with_sample("message of a", a).with("decoded", decoded)
        };
        tampering::check(&a.bytes, generator, shown)?;
    }
    for (place, a) in samples.iter().enumerate() {
        for b in &samples[place + 1..] {
            distinct::<M>(a, b)?;
        }
    }
    Ok(())
}

/// Two samples are equal exactly when their bytes are.
pub(in crate::laws) fn distinct<M: Model>(
    a: &Sample<M::State>,
    b: &Sample<M::State>,
) -> Result<(), Violation> {
    same::<M>("a", (&a.state, &a.bytes), (&b.state, &b.bytes)).map_err(|found| {
        found.with_text("a is", a.origin.to_string()).with_text("b is", b.origin.to_string())
    })
}

/// The same deltas in two orders, and in two groups.
pub(in crate::laws) fn check_orders<M: Model>(
    trace: &Trace<M>,
    generator: &mut Gen,
) -> Result<(), Violation> {
    let numbers = subset(generator, 0..trace.deltas.len());
    let mut shuffled = numbers.clone();
    shuffle(generator, &mut shuffled);
    let one = trace.join(&numbers);
    let (early, late) = shuffled.split_at(below(generator, shuffled.len() + 1));
    for (order, other) in [
        ("in another order", trace.join(&shuffled)),
        ("in another order and two groups", join(&trace.join(early), &trace.join(late))),
    ] {
        let named = |violation: Violation| {
            let one_based = |numbers: &[usize]| numbers.iter().map(|n| n + 1).collect::<Vec<_>>();
            violation
                .with("deltas", &one_based(&numbers))
                .with(order, &(one_based(early), one_based(late)))
        };
        if one != other {
            let found = Violation::of(Law::OrderIndependence);
            return Err(named(found).with("state", &one).with("state in the other order", &other));
        }
        same::<M>(order, (&one, &one.encode()), (&other, &other.encode())).map_err(named)?;
    }
    Ok(())
}

/// Equal states, equal bytes, equal observations.
pub(in crate::laws) fn same<M: Model>(
    name: &str,
    (a, bytes_a): (&M::State, &[u8]),
    (b, bytes_b): (&M::State, &[u8]),
) -> Result<(), Violation> {
    if (a == b) != (bytes_a == bytes_b) {
        return Err(Violation::of(Law::Canonical)
            .with("a", a)
            .with("b", b)
            .with("a == b", &(a == b))
            .with("bytes of a", &bytes_a)
            .with("bytes of b", &bytes_b));
    }
    if a == b && M::observe(a) != M::observe(b) {
        return Err(Violation::of(Law::EqualIsSeenEqual)
            .with(name, a)
            .with("observed of the one", &M::observe(a))
            .with("observed of the other", &M::observe(b)));
    }
    Ok(())
}

pub(in crate::laws) fn round_trip<M: Model>(a: &Sample<M::State>) -> Result<(), Violation> {
    let violation = |law| Violation::of(law).with_sample("a", a).with("bytes of a", &a.bytes);
    let decoded = match M::State::decode(&a.bytes) {
        Ok(decoded) => decoded,
        Err(error) => {
            return Err(violation(Law::RoundTrip).with_text("refused", error.to_string()));
        }
    };
    if decoded != a.state {
        return Err(violation(Law::RoundTrip).with("decoded", &decoded));
    }
    same::<M>("a, and a decoded", (&a.state, &a.bytes), (&decoded, &decoded.encode()))
}

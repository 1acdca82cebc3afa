//! What is found by dots and by parts: a peer that is given it has everything.

use alloc::collections::BTreeSet;
use alloc::vec::Vec;

use super::join;
use crate::laws::failure::Violation;
use crate::laws::trace::Sample;
use crate::laws::{Law, Model};
use crate::{CausalContext, ContentKey, Delta, Dots, Merge, Parts, Wire};

pub(in crate::laws) fn check<M: Model>(samples: &[Sample<M::State>]) -> Result<(), Violation> {
    for s in samples {
        alone::<M>(s)?;
    }
    for p in samples {
        for s in samples {
            pair::<M>(p, s)?;
        }
    }
    Ok(())
}

pub(in crate::laws) fn alone<M: Model>(s: &Sample<M::State>) -> Result<(), Violation> {
    if let Some(dots) = M::State::dots() {
        restricts::<M>(dots, s)?;
    }
    if let Some(parts) = M::State::parts() {
        has_parts::<M>(parts, s)?;
    }
    Ok(())
}

/// The laws of two states, in this order.
pub(in crate::laws) fn pair<M: Model>(
    p: &Sample<M::State>,
    s: &Sample<M::State>,
) -> Result<(), Violation> {
    named_merge::<M>(p, s)?;
    if let Some(dots) = M::State::dots() {
        dots_suffice::<M>(dots, p, s)?;
    }
    if let Some(parts) = M::State::parts() {
        parts_suffice::<M>(parts, p, s)?;
    }
    Ok(())
}

/// Hashes are compared under one key, which no state has a part in.
const KEY: ContentKey = ContentKey::from_u128(0x9e37_79b9_7f4a_7c15);

/// Every second run, and the rest: both have runs that begin and end anywhere.
fn halves(dots: &CausalContext) -> [CausalContext; 2] {
    let mut halves = [CausalContext::new(), CausalContext::new()];
    for replica in dots.replicas() {
        for (place, counter) in dots.runs(replica).flatten().enumerate() {
            halves[place / 2 % 2].insert_run(replica, counter..=counter);
        }
    }
    halves
}

fn restricts<M: Model>(dots: Dots<M::State>, s: &Sample<M::State>) -> Result<(), Violation> {
    let seen = dots.seen(&s.state);
    let [some, others] = halves(seen);
    let (one, other) = (dots.restrict(&s.state, &some), dots.restrict(&s.state, &others));
    let joined = join(&one, &other);
    let knows_just_those = *dots.seen(&one) == some && *dots.seen(&other) == others;
    if joined != s.state || !knows_just_those || !dots.restrict(&one, &others).is_bottom() {
        return Err(Violation::of(Law::RestrictionSplits)
            .with_sample("s", s)
            .with("some dots", &some)
            .with("s restricted to them", &one)
            .with("the others", &others)
            .with("s restricted to them", &other)
            .with("the join of the two", &joined));
    }
    let dead = seen.difference(&dots.live(&s.state));
    let (told, restricted) = (dots.dead(dead.clone()), dots.restrict(&s.state, &dead));
    if told != restricted {
        return Err(Violation::of(Law::DeadIsDead)
            .with_sample("s", s)
            .with("its dead dots", &dead)
            .with("the state that knows of just these", &told)
            .with("s restricted to them", &restricted));
    }
    Ok(())
}

fn dots_suffice<M: Model>(
    dots: Dots<M::State>,
    p: &Sample<M::State>,
    s: &Sample<M::State>,
) -> Result<(), Violation> {
    let (seen_p, seen_s) = (dots.seen(&p.state), dots.seen(&s.state));
    let died = dots.live(&p.state).intersection(seen_s).difference(&dots.live(&s.state));
    let mut told = dots.restrict(&s.state, &seen_s.difference(seen_p));
    told.merge(dots.dead(died.clone()));
    let (brought_up, joined) = (join(&p.state, &told), join(&p.state, &s.state));
    if brought_up != joined {
        return Err(Violation::of(Law::DotsSuffice)
            .with_sample("p", p)
            .with_sample("s", s)
            .with("live in p and dead in s", &died)
            .with("told with what p has not seen", &told)
            .with("p ⊔ that", &brought_up)
            .with("p ⊔ s", &joined));
    }
    let common = seen_p.intersection(seen_s);
    let of = |state| (dots.restrict(state, &common), dots.content(state, KEY, &common));
    let ((mine, my_content), (theirs, their_content)) = (of(&p.state), of(&s.state));
    if (mine == theirs) != (my_content == their_content) {
        return Err(Violation::of(Law::ContentTells)
            .with_sample("p", p)
            .with_sample("s", s)
            .with("p on the dots in common", &mine)
            .with("s on them", &theirs)
            .with("whether their hashes are equal", &(my_content == their_content)));
    }
    Ok(())
}

fn names<S>(parts: Parts<S>, state: &S) -> BTreeSet<u64> {
    let mut names = BTreeSet::new();
    parts.name(state, KEY, &mut |name| {
        names.insert(name);
    });
    names
}

fn has_parts<M: Model>(parts: Parts<M::State>, s: &Sample<M::State>) -> Result<(), Violation> {
    let all = names(parts, &s.state);
    let whole = parts.take(&s.state, KEY, &|name| all.contains(&name));
    let none = parts.take(&s.state, KEY, &|_| false);
    if whole != s.state || !none.is_bottom() {
        return Err(Violation::of(Law::PartsMakeTheWhole)
            .with_sample("s", s)
            .with("the join of its parts", &whole)
            .with("the join of none", &none));
    }
    let copied = M::State::decode(&s.bytes).map(|copy| names(parts, &copy));
    if copied.as_ref() != Ok(&all) {
        return Err(Violation::of(Law::PartsAreNamedAlike).with_sample("s", s));
    }
    Ok(())
}

fn parts_suffice<M: Model>(
    parts: Parts<M::State>,
    p: &Sample<M::State>,
    s: &Sample<M::State>,
) -> Result<(), Violation> {
    let named = names(parts, &p.state);
    let lacking = parts.take(&s.state, KEY, &|name| !named.contains(&name));
    let (brought_up, joined) = (join(&p.state, &lacking), join(&p.state, &s.state));
    if brought_up != joined {
        return Err(Violation::of(Law::PartsSuffice)
            .with_sample("p", p)
            .with_sample("s", s)
            .with("parts of s that p does not name", &lacking)
            .with("p ⊔ those", &brought_up)
            .with("p ⊔ s", &joined));
    }
    Ok(())
}

fn named_merge<M: Model>(p: &Sample<M::State>, s: &Sample<M::State>) -> Result<(), Violation> {
    let (mut merged, mut named) = (p.state.clone(), p.state.clone());
    let novel = merged.merge_novel(s.state.clone());
    let mut told = Vec::new();
    let by_naming = named.merge_naming(s.state.clone(), &mut |name| told.push(name.len()));
    let idle = merged == p.state && !told.is_empty();
    if named != merged || by_naming != novel || idle {
        return Err(Violation::of(Law::NamingMerges)
            .with_sample("p", p)
            .with_sample("s", s)
            .with("p.merge_novel(s)", &novel)
            .with("leaves", &merged)
            .with("p.merge_naming(s)", &by_naming)
            .with("leaves", &named)
            .with("names told", &told.len()));
    }
    Ok(())
}

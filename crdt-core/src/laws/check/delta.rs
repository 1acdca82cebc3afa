//! `delta_since` and `merge_novel`: exact and least.

use alloc::vec::Vec;

use quickcheck::Gen;

use super::digest::Asked;
use super::{join, tampering};
use crate::laws::failure::Violation;
use crate::laws::trace::Sample;
use crate::laws::{Law, Model};
use crate::{Delta, Wire};

pub(in crate::laws) fn check<M: Model>(
    samples: &[Sample<M::State>],
    generator: &mut Gen,
) -> Result<(), Violation> {
    for s in samples {
        alone::<M>(s)?;
    }
    let exchanges = exchanges::<M>(samples)?;
    if let Some(a) = generator.choose(samples) {
        let shown = |found: Violation, _: &<M::State as Delta>::Digest| {
            found.with_sample("message of the digest of a", a)
        };
        tampering::check(&a.state.digest().encode(), generator, shown)?;
    }
    // What is not exact is mostly not least either: the former says more.
    exchanges.iter().try_for_each(Exchange::check_exact)?;
    for exchange in &exchanges {
        exchange.check_others()?;
        samples.iter().try_for_each(|x| exchange.check_least(x))?;
    }
    Ok(())
}

/// The laws of two states, for all pairs.
pub(in crate::laws) fn check_pairs<M: Model>(
    samples: &[Sample<M::State>],
) -> Result<(), Violation> {
    exchanges::<M>(samples)?.iter().try_for_each(Exchange::check)
}

fn exchanges<M: Model>(samples: &[Sample<M::State>]) -> Result<Vec<Exchange<'_, M>>, Violation> {
    let mut exchanges = Vec::new();
    for p in samples {
        let asked = Asked::by::<M>(p)?;
        for s in samples {
            exchanges.push(Exchange::answering(&asked, p, s)?);
        }
    }
    Ok(exchanges)
}

pub(in crate::laws) fn alone<M: Model>(s: &Sample<M::State>) -> Result<(), Violation> {
    let for_nothing = s.state.delta_since(&<M::State as Delta>::Digest::default());
    if for_nothing != s.state {
        return Err(Violation::of(Law::DeltaForNothing)
            .with_sample("s", s)
            .with("s.delta_since(&Default::default())", &for_nothing));
    }
    let for_itself = s.state.delta_since(&s.state.digest());
    if !for_itself.is_bottom() {
        return Err(Violation::of(Law::DeltaForItself)
            .with_sample("s", s)
            .with("s.delta_since(&s.digest())", &for_itself));
    }
    Ok(())
}

/// What a peer `p` is sent by `s` in answer to its digest.
pub(in crate::laws) struct Exchange<'a, M: Model> {
    p: &'a Sample<M::State>,
    s: &'a Sample<M::State>,
    pub(in crate::laws) delta: M::State,
    /// `p ⊔ s`.
    joined: M::State,
}

impl<'a, M: Model> Exchange<'a, M> {
    pub(in crate::laws) fn between(
        p: &'a Sample<M::State>,
        s: &'a Sample<M::State>,
    ) -> Result<Self, Violation> {
        Self::answering(&Asked::by::<M>(p)?, p, s)
    }

    fn answering(
        asked: &Asked<<M::State as Delta>::Digest>,
        p: &'a Sample<M::State>,
        s: &'a Sample<M::State>,
    ) -> Result<Self, Violation> {
        let delta = asked.answered_by::<M>(p, s)?;
        Ok(Self { p, s, delta, joined: join(&p.state, &s.state) })
    }

    fn violation(&self, law: Law) -> Violation {
        Violation::of(law)
            .with_sample("p", self.p)
            .with_sample("s", self.s)
            .with("δ = s.delta_since(p.digest())", &self.delta)
    }

    /// All laws of two states.
    pub(in crate::laws) fn check(&self) -> Result<(), Violation> {
        self.check_exact()?;
        self.check_others()
    }

    fn check_others(&self) -> Result<(), Violation> {
        self.check_contained()?;
        self.check_novel()?;
        self.check_least_of_two()
    }

    fn check_exact(&self) -> Result<(), Violation> {
        let brought_up = join(&self.p.state, &self.delta);
        if brought_up != self.joined {
            return Err(self
                .violation(Law::DeltaIsExact)
                .with("p ⊔ δ", &brought_up)
                .with("p ⊔ s", &self.joined));
        }
        let left = self.s.state.delta_since(&brought_up.digest());
        if !left.is_bottom() {
            return Err(self
                .violation(Law::DeltaLeavesNothing)
                .with("p ⊔ δ", &brought_up)
                .with("s.delta_since((p ⊔ δ).digest())", &left));
        }
        Ok(())
    }

    fn check_contained(&self) -> Result<(), Violation> {
        let grown = join(&self.s.state, &self.delta);
        if grown != self.s.state {
            return Err(self.violation(Law::DeltaIsContained).with("s ⊔ δ", &grown));
        }
        Ok(())
    }

    /// Every candidate that would have had the same effect includes the delta.
    pub(in crate::laws) fn check_least(&self, x: &Sample<M::State>) -> Result<(), Violation> {
        if join(&self.p.state, &x.state) != self.joined {
            return Ok(());
        }
        let more = join(&x.state, &self.delta);
        if more != x.state {
            return Err(self
                .violation(Law::DeltaIsLeast)
                .with_sample("x", x)
                .with("p ⊔ x = p ⊔ s", &self.joined)
                .with("x ⊔ δ, which is more than x", &more));
        }
        Ok(())
    }

    fn check_novel(&self) -> Result<(), Violation> {
        let mut merged = self.p.state.clone();
        let novel = merged.merge_novel(self.s.state.clone());
        if merged != self.joined {
            return Err(self
                .violation(Law::NovelMerges)
                .with("p after p.merge_novel(s)", &merged)
                .with("p ⊔ s", &self.joined));
        }
        if novel != self.delta {
            return Err(self.violation(Law::NovelIsLeast).with("p.merge_novel(s)", &novel));
        }
        Ok(())
    }

    /// Of the state `p ⊔ x` no more is sent to `p` than `x`: here `x` is the one called `s`.
    fn check_least_of_two(&self) -> Result<(), Violation> {
        let (p, x) = (self.p, self.s);
        let delta = self.joined.delta_since(&p.state.digest());
        let more = join(&x.state, &delta);
        if more != x.state {
            return Err(Violation::of(Law::DeltaIsLeast)
                .with_sample("p", p)
                .with_sample("x", x)
                .with("s = p ⊔ x", &self.joined)
                .with("δ = s.delta_since(p.digest())", &delta)
                .with("x ⊔ δ, which is more than x", &more));
        }
        Ok(())
    }
}

//! `merge_observed`: it merges as `merge` does, and what it reports is what changed.

use alloc::vec::Vec;
use core::fmt::Debug;

use quickcheck::Gen;

use super::SAMPLES;
use crate::laws::failure::Violation;
use crate::laws::trace::Trace;
use crate::laws::{Law, Model};
use crate::{Change, Merge, Observe};

pub(in crate::laws) fn check<M: Model>(
    trace: &Trace<M>,
    generator: &mut Gen,
    items: &impl Fn(&M::State) -> Vec<<M::State as Observe>::Item>,
) -> Result<(), Violation>
where
    M::State: Observe<Item: Clone + PartialEq + Debug>,
{
    for delivery in &trace.deliveries {
        let watched = Watched::new(&delivery.held.state, &delivery.arrived);
        let named = |found: Violation| {
            found.with_sample("a", &delivery.held).with("b, which arrives there", &delivery.arrived)
        };
        watched.check(&delivery.held.state, items).map_err(named)?;
    }
    let samples = trace.sample(generator, SAMPLES);
    for a in &samples {
        for b in &samples {
            let named = |found: Violation| found.with_sample("a", a).with_sample("b", b);
            Watched::new(&a.state, &b.state).check(&a.state, items).map_err(named)?;
        }
    }
    Ok(())
}

/// A merge that was watched, and the same one unwatched.
struct Watched<S: Observe<Item: Sized>> {
    appeared: Vec<S::Item>,
    vanished: Vec<S::Item>,
    /// Whether something was reported as appearing after something as vanishing.
    appeared_late: bool,
    state: S,
    told: bool,
    unwatched: S,
    told_unwatched: bool,
}

impl<S> Watched<S>
where
    S: Observe<Item: Clone + PartialEq + Debug> + Merge + Clone + PartialEq + Debug,
{
    fn new(a: &S, b: &S) -> Self {
        let (mut state, mut unwatched) = (a.clone(), a.clone());
        let (mut appeared, mut vanished, mut appeared_late) = (Vec::new(), Vec::new(), false);
        let told = state.merge_observed(b.clone(), |change| match change {
            Change::Appeared(item) => {
                appeared_late |= !vanished.is_empty();
                appeared.push(item.clone());
            }
            Change::Vanished(item) => vanished.push(item.clone()),
        });
        let told_unwatched = unwatched.merge(b.clone());
        Self { appeared, vanished, appeared_late, state, told, unwatched, told_unwatched }
    }

    fn check(&self, a: &S, items: &impl Fn(&S) -> Vec<S::Item>) -> Result<(), Violation> {
        if self.state != self.unwatched || self.told != self.told_unwatched {
            return Err(Violation::of(Law::ObservedMergeAgrees)
                .with("by merge", &self.unwatched)
                .with("it returns", &self.told_unwatched)
                .with("by merge_observed", &self.state)
                .with("it returns", &self.told));
        }
        let reported = |law| {
            Violation::of(law)
                .with("a ⊔ b", &self.state)
                .with("reported to appear", &self.appeared)
                .with("reported to vanish", &self.vanished)
        };
        if self.state == *a && !(self.appeared.is_empty() && self.vanished.is_empty()) {
            return Err(reported(Law::NothingToReport));
        }
        if self.appeared_late {
            return Err(reported(Law::AppearedIsReportedFirst));
        }
        let (before, after) = (items(a), items(&self.state));
        let (appears, vanishes) = (without(&after, &before), without(&before, &after));
        if !(is_same(&self.appeared, &appears) && is_same(&self.vanished, &vanishes)) {
            return Err(reported(Law::ReportIsDifference)
                .with("appears", &appears)
                .with("vanishes", &vanishes));
        }
        Ok(())
    }
}

/// `items` less the `others`, each as often as it occurs.
fn without<T: Clone + PartialEq>(items: &[T], others: &[T]) -> Vec<T> {
    let mut left = items.to_vec();
    for other in others {
        if let Some(place) = left.iter().position(|item| item == other) {
            left.swap_remove(place);
        }
    }
    left
}

/// Whether two lists hold the same, in any order.
fn is_same<T: Clone + PartialEq>(one: &[T], other: &[T]) -> bool {
    one.len() == other.len() && without(one, other).is_empty()
}

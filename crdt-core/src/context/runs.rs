//! One replica's part of a causal context: a set of counters as sorted runs.
//!
//! All algebra is on intervals, so that a run of 2^48 dots costs what a run of one does.

use core::ops::RangeInclusive;

use smallvec::SmallVec;

/// A set of counters from 1: sorted, neither overlapping nor adjacent, inclusive runs. The run that
/// starts at 1 is the prefix.
#[derive(Clone, Default, PartialEq, Eq)]
pub(crate) struct Runs(SmallVec<[(u64, u64); 1]>);

static EMPTY: Runs = Runs(SmallVec::new_const());

impl Runs {
    /// The empty set, where a reference to one is needed.
    pub(crate) fn empty() -> &'static Self {
        &EMPTY
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// How many runs there are.
    pub(crate) fn count(&self) -> usize {
        self.0.len()
    }

    /// How many counters there are.
    pub(crate) fn len(&self) -> u64 {
        self.0.iter().map(|(first, last)| last - first + 1).fold(0, u64::saturating_add)
    }

    pub(crate) fn max(&self) -> u64 {
        self.0.last().map_or(0, |(_, last)| *last)
    }

    pub(crate) fn prefix(&self) -> u64 {
        self.0.first().filter(|(first, _)| *first == 1).map_or(0, |(_, last)| *last)
    }

    pub(crate) fn contains(&self, counter: u64) -> bool {
        let place = self.ending_at_or_after(counter);
        self.0.get(place).is_some_and(|(first, _)| *first <= counter)
    }

    pub(crate) fn iter(&self) -> impl ExactSizeIterator<Item = RangeInclusive<u64>> + use<'_> {
        self.0.iter().map(|(first, last)| *first..=*last)
    }

    /// Adds a run; tells whether any of it is new. Constant at the end, else O(runs beyond it).
    pub(crate) fn insert(&mut self, run: RangeInclusive<u64>) -> bool {
        let (first, last) = run.into_inner();
        if let Some((_, end)) = self.0.last_mut()
            && *end + 1 == first
        {
            *end = last;
            return true;
        }
        // The runs that touch it: those it overlaps, and those it is adjacent to.
        let from = self.ending_at_or_after(first.saturating_sub(1));
        let to = from + self.0[from..].partition_point(|run| run.0 <= last.saturating_add(1));
        match self.0[from..to] {
            [] => {
                self.0.insert(from, (first, last));
                true
            }
            [only] if only.0 <= first && last <= only.1 => false,
            [start, ..] => {
                let merged = (start.0.min(first), self.0[to - 1].1.max(last));
                self.0[from] = merged;
                self.0.drain(from + 1..to);
                true
            }
        }
    }

    /// Adds a run that begins beyond every other.
    pub(crate) fn push(&mut self, run: RangeInclusive<u64>) {
        let (first, last) = run.into_inner();
        match self.0.last_mut() {
            Some((_, end)) if *end + 1 == first => *end = last,
            _ => self.0.push((first, last)),
        }
    }

    /// Adds all of `other`; tells whether any of it is new. O(runs of both), and for few runs in
    /// `other` O(those · log runs).
    pub(crate) fn union(&mut self, other: &Self) -> bool {
        if other.count() <= 1 + self.count() / 8 {
            let mut grown = false;
            for run in other.iter() {
                grown |= self.insert(run);
            }
            return grown;
        }
        let united = self.united(other);
        let grown = united != *self;
        *self = united;
        grown
    }

    fn united(&self, other: &Self) -> Self {
        let mut united = Self::default();
        let (mut mine, mut theirs) = (self.iter().peekable(), other.iter().peekable());
        loop {
            let next = match (mine.peek(), theirs.peek()) {
                (Some(a), Some(b)) if a.start() <= b.start() => mine.next(),
                (_, Some(_)) => theirs.next(),
                (_, None) => mine.next(),
            };
            let Some(run) = next else { break united };
            match united.0.last_mut() {
                Some((_, end)) if *run.start() <= *end + 1 => *end = (*end).max(*run.end()),
                _ => united.push(run),
            }
        }
    }

    /// What is in `self` and not in `other`. O(runs of both), and for few runs in `self`
    /// O(those · log runs).
    pub(crate) fn difference(&self, other: &Self) -> Self {
        let mut left = Self::default();
        for (first, last) in &self.0 {
            let mut from = *first;
            for hole in &other.0[other.ending_at_or_after(*first)..] {
                if hole.0 > *last {
                    break;
                }
                if hole.0 > from {
                    left.push(from..=hole.0 - 1);
                }
                from = hole.1 + 1;
            }
            if from <= *last {
                left.push(from..=*last);
            }
        }
        left
    }

    /// What is in both. Cost as for the difference.
    pub(crate) fn intersection(&self, other: &Self) -> Self {
        let mut both = Self::default();
        for (first, last) in &self.0 {
            for run in &other.0[other.ending_at_or_after(*first)..] {
                if run.0 > *last {
                    break;
                }
                both.push(run.0.max(*first)..=run.1.min(*last));
            }
        }
        both
    }

    /// The places, from 1, of the counters of `members` among those of `self`, which has them all.
    pub(crate) fn ranks_of(&self, members: &Self) -> Self {
        let mut ranks = Self::default();
        let mut members = members.0.iter().peekable();
        let mut before = 0;
        for (first, last) in &self.0 {
            while let Some(run) = members.next_if(|run| run.0 <= *last) {
                ranks.push(before + run.0 - first + 1..=before + run.1 - first + 1);
            }
            before += last - first + 1;
        }
        ranks
    }

    /// The counters at these ascending places: the inverse of [`ranks_of`](Runs::ranks_of). Places
    /// beyond the last counter are left out.
    pub(crate) fn at_ranks(&self, ranks: impl Iterator<Item = u64>) -> impl Iterator<Item = u64> {
        let mut runs = self.0.iter();
        let mut before = 0;
        let mut run = runs.next();
        ranks.map_while(move |rank| {
            loop {
                let (first, last) = run?;
                let length = last - first + 1;
                if rank <= before + length {
                    return Some(rank - before - 1 + first);
                }
                before += length;
                run = runs.next();
            }
        })
    }

    /// The same for places that come in runs, run by run. O(runs of both).
    pub(crate) fn runs_at_ranks(&self, ranks: &Self) -> Self {
        let mut found = Self::default();
        let mut before = 0;
        let mut wanted = ranks.0.iter().copied().peekable();
        for (first, last) in &self.0 {
            let length = last - first + 1;
            while let Some((from, to)) = wanted.peek().copied() {
                if from > before + length {
                    break;
                }
                let from = from.max(before + 1);
                let end = to.min(before + length);
                found.push(first + (from - before) - 1..=first + (end - before) - 1);
                if to > before + length {
                    break;
                }
                wanted.next();
            }
            before += length;
        }
        found
    }

    fn ending_at_or_after(&self, counter: u64) -> usize {
        self.0.partition_point(|(_, last)| *last < counter)
    }
}

impl FromIterator<u64> for Runs {
    /// From ascending counters.
    fn from_iter<I: IntoIterator<Item = u64>>(counters: I) -> Self {
        let mut runs = Self::default();
        for counter in counters {
            runs.push(counter..=counter);
        }
        runs
    }
}

#[cfg(test)]
mod tests {
    use super::Runs;
    use alloc::collections::BTreeSet;
    use alloc::vec::Vec;

    /// Every subset of 1..=5, as runs and as a plain set.
    fn subsets() -> Vec<(Runs, BTreeSet<u64>)> {
        let subset = |bits: u64| (1..=5).filter(move |n| bits >> (n - 1) & 1 == 1);
        (0..32).map(|bits| (subset(bits).collect(), subset(bits).collect())).collect()
    }

    fn plain(runs: &Runs) -> BTreeSet<u64> {
        runs.iter().flatten().collect()
    }

    #[test]
    fn algebra_is_that_of_plain_sets() {
        for (a, plain_a) in subsets() {
            assert_eq!(plain(&a), plain_a);
            assert_eq!(a.len(), plain_a.len() as u64);
            assert_eq!(a.max(), plain_a.last().copied().unwrap_or(0));
            for counter in 1..=6 {
                assert_eq!(a.contains(counter), plain_a.contains(&counter));
            }
            for (b, plain_b) in subsets() {
                let mut united = a.clone();
                assert_eq!(united.union(&b), !plain_b.is_subset(&plain_a));
                assert_eq!(united, plain_a.union(&plain_b).copied().collect());
                assert_eq!(a.difference(&b), plain_a.difference(&plain_b).copied().collect());
                assert_eq!(a.intersection(&b), plain_a.intersection(&plain_b).copied().collect());
            }
        }
    }

    #[test]
    fn inserting_a_run_melts_what_it_touches() {
        for (runs, plain_runs) in subsets() {
            for first in 1..=5 {
                for last in first..=5 {
                    let mut grown = runs.clone();
                    let new = (first..=last).any(|counter| !plain_runs.contains(&counter));
                    assert_eq!(grown.insert(first..=last), new);
                    assert_eq!(
                        grown,
                        plain_runs
                            .iter()
                            .copied()
                            .chain(first..=last)
                            .collect::<BTreeSet<_>>()
                            .into_iter()
                            .collect()
                    );
                }
            }
        }
    }

    #[test]
    fn ranks_are_places_among_the_members() {
        for (runs, plain_runs) in subsets() {
            for (members, plain_members) in subsets() {
                if !plain_members.is_subset(&plain_runs) {
                    continue;
                }
                let place = |n: &u64| plain_runs.range(..=*n).count() as u64;
                let places: Runs = plain_members.iter().map(place).collect();
                assert_eq!(runs.ranks_of(&members), places);
                let places = places.iter().flatten();
                assert_eq!(runs.at_ranks(places).collect::<Runs>(), members);
                assert_eq!(runs.runs_at_ranks(&runs.ranks_of(&members)), members);
            }
        }
    }

    #[test]
    fn few_and_many_runs_unite_alike() {
        let even: Runs = (1..=40).map(|n| 2 * n).collect();
        let odd: Runs = (1..=40).map(|n| 2 * n + 1).collect();
        let mut all = even.clone();
        assert!(all.union(&odd));
        assert_eq!(all.iter().collect::<Vec<_>>(), [2..=81]);
        let mut one_more = even.clone();
        assert!(one_more.union(&[3].into_iter().collect()));
        assert_eq!(one_more.count(), 39);
    }

    #[test]
    fn a_run_of_2_to_the_48_is_one_run() {
        let mut wide = Runs::default();
        wide.insert(1..=1 << 48);
        let mut hole = Runs::default();
        hole.insert(7..=7);
        assert_eq!(wide.difference(&hole).count(), 2);
        assert_eq!(wide.intersection(&hole), hole);
        assert!(!wide.clone().union(&hole));
    }
}

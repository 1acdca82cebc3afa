//! Digests and exact differences.
//!
//! A removal leaves no trace in a context, and a write that supersedes hides the dot it killed. So a
//! digest says two things, what was seen and what of it is live, and the difference is taken dot by
//! dot along *unknown → live → dead* (Enes et al. 2019, section IV, on this chain).

use super::{DotMap, Key, Value, live};
use crate::context::Runs;
use crate::wire::{DecodeError, Reader, Wire, Writer};
use crate::{CausalContext, Delta, Merge};

/// What a [`DotMap`] tells a peer: the dots it has seen, and those of them that are live.
///
/// Size: O(replicas + runs), where a hole in what was seen and a gap in what is live both begin a
/// run; and, as bytes, never more than a bit for each dot seen besides.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DotMapDigest {
    seen: CausalContext,
    live: CausalContext,
}

impl DotMapDigest {
    /// The dots seen.
    pub fn seen(&self) -> &CausalContext {
        &self.seen
    }

    /// The dots live.
    pub fn live(&self) -> &CausalContext {
        &self.live
    }
}

/// What was seen, then per replica what of it is live.
impl Wire for DotMapDigest {
    fn write_to(&self, writer: &mut Writer) {
        self.seen.write_to(writer);
        for (replica, seen) in self.seen.entries() {
            live::write(seen, self.live.get(replica), writer);
        }
    }

    fn read_from(reader: &mut Reader<'_>) -> Result<Self, DecodeError> {
        let seen = CausalContext::read_from(reader)?;
        let mut live = CausalContext::new();
        for (replica, seen) in seen.entries() {
            live.push(replica, live::read(seen, reader)?);
        }
        Ok(Self { seen, live })
    }
}

impl<K: Key, V: Value> Delta for DotMap<K, V> {
    type Digest = DotMapDigest;

    /// Cost: O(live dots); the digest itself is smaller.
    fn digest(&self) -> Self::Digest {
        DotMapDigest { seen: self.context.clone(), live: self.columns.to_context() }
    }

    /// Cost: O(runs of both), the live dots within the runs that are live there, and the delta.
    fn delta_since(&self, digest: &Self::Digest) -> Self {
        let mut delta = Self::new();
        for (replica, seen) in self.context.entries() {
            let unseen = seen.difference(digest.seen.get(replica));
            for run in unseen.iter() {
                for (_, slot) in self.columns.range(replica, run) {
                    delta.bring(self.entries.get(slot).clone());
                }
            }
            let mut told = unseen;
            for run in digest.live.get(replica).intersection(seen).iter() {
                let live = self.columns.range(replica, run.clone());
                let live: Runs = live.map(|(counter, _)| counter).collect();
                let mut known = Runs::default();
                known.push(run);
                told.union(&known.difference(&live));
            }
            delta.context.push(replica, told);
        }
        delta
    }

    fn merge_novel(&mut self, other: Self) -> Self {
        let found = self.compare(&other);
        let mut novel = Self { context: other.context.difference(&self.context), ..Self::new() };
        for (dot, slot) in found.appearing.iter().chain(&found.replaced) {
            novel.context.insert(*dot);
            novel.bring(other.entries.get(*slot).clone());
        }
        novel.context.extend(found.vanishing.iter().copied());
        let Self { context, mut entries, .. } = other;
        self.apply(found, |slot| entries.take(slot), |_, _| ());
        self.context.merge(context);
        novel
    }

    fn is_bottom(&self) -> bool {
        self.context.is_empty()
    }
}

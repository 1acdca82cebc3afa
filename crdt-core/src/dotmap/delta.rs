//! Digests and exact differences.
//!
//! A removal leaves no trace in a context, and a write that supersedes hides the dot it killed. So a
//! digest says two things, what was seen and what of it is live, and the difference is taken dot by
//! dot along *unknown → live → dead* (Enes et al. 2019, section IV, on this chain).

use super::live::{self, Live};
use super::{DotMap, Key, Value};
use crate::context::Runs;
use crate::wire::{DecodeError, Reader, Wire, Writer};
use crate::{CausalContext, Delta, Dots, Parts};

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
            let of_one = Live::read(seen, reader)?;
            live.push(replica, of_one.into_runs(seen, reader)?);
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
            let mut killed = Runs::default();
            for run in digest.live.get(replica).intersection(seen).iter() {
                let mut next = *run.start();
                for (counter, _) in self.columns.range(replica, run.clone()) {
                    if next < counter {
                        killed.push(next..=counter - 1);
                    }
                    next = counter + 1;
                }
                if next <= *run.end() {
                    killed.push(next..=*run.end());
                }
            }
            let mut told = unseen;
            told.union(&killed);
            delta.context.push(replica, told);
        }
        delta
    }

    fn merge_novel(&mut self, other: Self) -> Self {
        self.merge_novel_watched(other, |_, _| ())
    }

    fn is_bottom(&self) -> bool {
        self.context.is_empty()
    }

    fn dots() -> Option<Dots<Self>> {
        Some(Dots::of())
    }

    fn parts() -> Option<Parts<Self>> {
        Some(Parts::of())
    }
}

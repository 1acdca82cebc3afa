//! What the engine does, as a document: merge, deltas, and what lets two replicas compare.

use alloc::sync::Arc;
use alloc::vec::Vec;

use crdt_core::wire::Writer;
use crdt_core::{
    CausalContext, Change, ContentKey, Decompose, Delta, DotMap, DotMapDigest, Dots, Dotted, Merge,
    Parts,
};

use super::Document;

impl Merge for Document {
    fn merge(&mut self, mut other: Self) -> bool {
        if self.is_bottom() {
            *self = other;
            return !self.is_bottom();
        }
        let Self { map, index } = self;
        index.share_all(&mut other.map);
        map.merge_watched(other.map, |without, change| index.follow(without, change))
    }

    /// Copies only the values that are new.
    fn merge_ref(&mut self, other: &Self) -> bool {
        let Self { map, index } = self;
        map.merge_ref_watched(&other.map, |without, change| index.follow(without, change))
    }
}

impl Delta for Document {
    type Digest = DotMapDigest;

    /// Cost: O(live values); the digest itself is smaller.
    fn digest(&self) -> DotMapDigest {
        self.map.digest()
    }

    fn delta_since(&self, digest: &DotMapDigest) -> Self {
        Self::of(self.map.delta_since(digest))
    }

    fn merge_novel(&mut self, mut other: Self) -> Self {
        let Self { map, index } = self;
        index.share_all(&mut other.map);
        let novel =
            map.merge_novel_watched(other.map, |without, change| index.follow(without, change));
        Self::of(novel)
    }

    fn is_bottom(&self) -> bool {
        self.map.is_bottom()
    }

    /// Names, each once and in order, under which something was written or removed, also where
    /// that changes nothing that is read: an element that was added again.
    fn merge_naming(&mut self, mut other: Self, name: &mut dyn FnMut(&str)) -> Self {
        let mut names = Vec::<Arc<str>>::new();
        let Self { map, index } = self;
        index.share_all(&mut other.map);
        let novel = map.merge_novel_watched(other.map, |without, change| {
            let (Change::Appeared(entry) | Change::Vanished(entry)) = &change;
            let changed = &entry.key().name;
            // Entries of one name mostly come one after the other, and share it.
            if !names.last().is_some_and(|last| Arc::ptr_eq(last, changed)) {
                names.push(changed.clone());
            }
            index.follow(without, change);
        });
        names.sort_unstable();
        names.dedup();
        for changed in &names {
            name(changed);
        }
        Self::of(novel)
    }

    fn dots() -> Option<Dots<Self>> {
        Some(Dots::of())
    }

    fn parts() -> Option<Parts<Self>> {
        Some(Parts::of())
    }
}

impl Dotted for Document {
    fn seen(&self) -> &CausalContext {
        self.map.seen()
    }

    fn live(&self) -> CausalContext {
        self.map.live()
    }

    fn restrict(&self, dots: &CausalContext) -> Self {
        Self::of(self.map.restrict(dots))
    }

    fn write_restricted(&self, dots: &CausalContext, writer: &mut Writer) {
        self.write_among(&dots.intersection(self.seen()), writer);
    }

    fn dead(dots: CausalContext) -> Self {
        Self::of(DotMap::dead(dots))
    }

    fn content(&self, key: ContentKey, dots: &CausalContext) -> u128 {
        self.map.content(key, dots)
    }
}

impl Decompose for Document {
    fn name_parts(&self, key: ContentKey, each: &mut dyn FnMut(u64)) {
        self.map.name_parts(key, each);
    }

    fn take_parts(&self, key: ContentKey, wanted: &dyn Fn(u64) -> bool) -> Self {
        Self::of(self.map.take_parts(key, wanted))
    }
}

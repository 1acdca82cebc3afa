//! A user's own lattice, with nothing but what the traits ask for.

use std::collections::BTreeMap;

use crdt_core::wire::{DecodeError, DecodeErrorKind, Reader, Wire, Writer};
use crdt_core::{Admit, AdmitError, ContentKey, Delta, Limits, Merge, ReplicaId};

/// The most votes that anybody has seen for each name.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Votes(BTreeMap<String, u64>);

impl Votes {
    /// Counts votes; returns the delta.
    pub(crate) fn count(&mut self, name: &str, votes: u64) -> Self {
        let delta = Self(BTreeMap::from([(name.to_owned(), votes)]));
        if self.merge(delta.clone()) { delta } else { Self::default() }
    }
}

fn hash(name: &str) -> u64 {
    ContentKey::from_u128(1).name(|writer| name.to_owned().write_to(writer))
}

impl Merge for Votes {
    fn merge(&mut self, other: Self) -> bool {
        let mut grew = false;
        for (name, votes) in other.0 {
            let most = self.0.entry(name).or_default();
            grew |= votes > *most;
            *most = votes.max(*most);
        }
        grew
    }
}

impl Delta for Votes {
    /// Hashes of the names, ascending, and their votes.
    type Digest = Vec<(u64, u64)>;

    fn digest(&self) -> Self::Digest {
        let mut digest: Vec<_> = self.0.iter().map(|(name, votes)| (hash(name), *votes)).collect();
        digest.sort_unstable();
        digest
    }

    fn delta_since(&self, digest: &Self::Digest) -> Self {
        let seen: BTreeMap<_, _> = digest.iter().copied().collect();
        let news = |(name, votes): &(&String, &u64)| seen.get(&hash(name)).copied() < Some(**votes);
        let news = self.0.iter().filter(news);
        Self(news.map(|(name, votes)| (name.clone(), *votes)).collect())
    }

    fn is_bottom(&self) -> bool {
        self.0.is_empty()
    }
}

impl Admit for Votes {
    fn admit(&self, _: &Self, _: ReplicaId, _: u64, _: &Limits) -> Result<(), AdmitError> {
        Ok(())
    }
}

impl Wire for Votes {
    fn write_to(&self, writer: &mut Writer) {
        writer.count(self.0.len());
        for (name, votes) in &self.0 {
            name.write_to(writer);
            writer.varint(*votes);
        }
    }

    fn read_from(reader: &mut Reader<'_>) -> Result<Self, DecodeError> {
        let mut all = BTreeMap::new();
        for _ in 0..reader.count()? {
            let name = String::read_from(reader)?;
            if all.last_key_value().is_some_and(|(last, _)| *last >= name) {
                return Err(reader.error(DecodeErrorKind::OutOfOrder));
            }
            let votes = reader.varint()?;
            if votes == 0 {
                return Err(reader.error(DecodeErrorKind::OutOfRange));
            }
            all.insert(name, votes);
        }
        Ok(Self(all))
    }
}

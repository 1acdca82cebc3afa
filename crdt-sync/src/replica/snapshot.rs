//! A replica as bytes: for its own store, or for another replica to begin from.

use crdt_core::Reading;

use super::Replica;
use crate::holding::{Advance, Change, Stretch};
use crate::record::{Image, Storable};
use crate::{Lattice, Snapshot, SnapshotError};

impl<S: Lattice> Replica<S> {
    /// The whole replica as it is now, to be stored in place of the records so far. Once it is
    /// durable say so with [`persisted`](Replica::persisted), and drop the snapshots and records
    /// before it. Whether that is worthwhile the host decides: by the size of the records, say.
    ///
    /// Another replica can [merge](Replica::merge_snapshot) it, too.
    ///
    /// Cost: O(n).
    pub fn snapshot(&self) -> Snapshot {
        Snapshot { number: self.holding.journal.written(), bytes: self.holding.image().to_stored() }
    }

    /// Takes in the [snapshot](Replica::snapshot) of *another* replica, wherever it comes from: a
    /// file that is carried, an object store that new replicas begin from. Afterwards this replica
    /// includes all that the other did, its tokens are covered here, and when the two connect only
    /// what was written since is sent; unless a value in it waits in quarantine, or was
    /// [refused](crate::Event::ValueRefused): then it counts as included once that is merged, or a
    /// snapshot is that it was not refused from.
    ///
    /// Replicas that are never open at the same time stay together like this, at the cost of the
    /// whole state each time. A host gives a snapshot away only when the records up to its
    /// [number](Snapshot::number) are durable: what others hold, a crash must not undo.
    ///
    /// To go on *as* the replica that the snapshot is of is [`Replica::open`], once. Bytes that were
    /// damaged or cut short on the way are found by their checksum, which is no signature: who could
    /// have altered them on purpose is for whoever carries them to think of.
    ///
    /// Cost: O(n), within [`Config::budget`](crate::Config::budget): raise it for states that are
    /// longer.
    ///
    /// # Errors
    ///
    /// When it is refused: see [`SnapshotError`]; then nothing was changed, unless it shows that this
    /// store was copied: then it goes on under a new id, and events say so.
    ///
    /// # Examples
    ///
    /// ```
    /// use crdt_core::Reading;
    /// use crdt_sets::GSet;
    /// use crdt_sync::{Config, Opening, Replica};
    ///
    /// let now = Reading::wall(1_700_000_000_000);
    /// let mut eu = Replica::<GSet<u8>>::new(&Opening::new(1, now), Config::volatile());
    /// let token = eu.write(now, |set, _| set.add(7))?;
    ///
    /// let mut us = Replica::<GSet<u8>>::new(&Opening::new(2, now), Config::volatile());
    /// us.merge_snapshot(&eu.snapshot().bytes, now)?;
    /// assert!(us.state().contains(&7) && us.covers(&token));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn merge_snapshot(&mut self, snapshot: &[u8], now: Reading) -> Result<(), SnapshotError> {
        if self.is_closed {
            return Err(SnapshotError::Closed);
        }
        let budget = &self.config.budget;
        let image = Image::from_stored(snapshot, budget).map_err(SnapshotError::Unreadable)?;
        let state = image.state_within(budget).map_err(SnapshotError::Unreadable)?;
        let own = self.holding.incarnation;
        if image.incarnation == own {
            return Err(SnapshotError::Oneself);
        }
        let (claimed, held) = (image.known.position(own), self.holding.position());
        if claimed > held {
            return Err(SnapshotError::NeverMade { claimed, held });
        }
        self.release(now);
        // What it has is not to be written anew, should it tell of a twin.
        self.holding.claims.acknowledge(image.known.position(own));
        self.learn_lineage(&image.known, now);
        let (sender, to) = (image.incarnation, image.position);
        let stretch = Stretch { sender, from: 0, to };
        let change = Change { delta: state, stretch, is_piece: false };
        let advance = Advance { sender, from: 0, to, known: image.known };
        let taken = self.holding.take_in(Some(change), Some(advance), now, &self.config);
        let result = taken.map(|taken| self.tell(None, taken));
        if let Err(why) = &result {
            self.mind_own_writes(why, now);
        }
        self.after_news();
        result.map_err(SnapshotError::Refused)
    }
}

//! How a replica begins, and begins again.

use alloc::sync::Arc;

use crdt_core::wire::Budget;
use crdt_core::{Clock, ReplicaId, Timestamp};

use super::{Claims, Holding, Journal, Log, Quarantine, log};
use crate::fault::Fault;
use crate::known::{Known, Reach};
use crate::random::Random;
use crate::record::{Entry, Image, Storable};
use crate::{Config, Incarnation, Lattice, OpenError, Opening, StoredError};

/// What the records of a store add up to.
struct Stored<S> {
    replica: ReplicaId,
    incarnation: Incarnation,
    position: u64,
    known: Known,
    ceiling: Timestamp,
    state: S,
    log: Log<S>,
    is_closed: bool,
}

impl<S: Lattice> Holding<S> {
    /// A replica that has nothing yet.
    pub(crate) fn create(opening: &Opening, config: &Config) -> Self {
        let mut holding = Self::blank(opening, config);
        holding.begin();
        holding
    }

    /// A replica that goes on from what its store holds.
    pub(crate) fn reopen<'a>(
        image: Option<&[u8]>,
        records: impl IntoIterator<Item = &'a [u8]>,
        opening: &Opening,
        config: &Config,
    ) -> Result<Self, OpenError> {
        let mut holding = Self::blank(opening, config);
        if let Some(mut stored) = Stored::<S>::read(image, records, opening, config)? {
            if stored.is_closed || config.makes(Fault::ReuseId) {
                (holding.id, holding.keeps_id) = (stored.replica, true);
            } else if holding.id == stored.replica {
                // What the store has lost may have been written under it.
                holding.id = ReplicaId::from_u128(holding.random.draw());
            }
            stored.known.forget(config.token_life_ms, opening.now.wall_ms);
            holding.predecessor = Some((stored.incarnation, stored.position));
            let line = core::iter::once(stored.incarnation)
                .chain(stored.known.line_of(stored.incarnation));
            for incarnation in line {
                let reach = Reach::to(stored.known.position(incarnation));
                holding.past.advance(incarnation, reach);
            }
            holding.past.advance(stored.incarnation, Reach::to(stored.position));
            holding.claims = Claims::new(stored.state.claims_of(holding.id), stored.position);
            holding.state = Arc::new(stored.state);
            holding.held = stored.known.clone();
            holding.known = stored.known;
            holding.log = stored.log;
            if config.makes(Fault::ForgetPast) {
                (holding.known, holding.held) = (Known::default(), Known::default());
            }
            if config.makes(Fault::ReusePositions) {
                (holding.incarnation, holding.predecessor) = (stored.incarnation, None);
            }
            holding.ceiling = stored.ceiling;
            if config.durable {
                holding.clock = Clock::durable(stored.ceiling);
            }
        }
        holding.begin();
        Ok(holding)
    }

    fn blank(opening: &Opening, config: &Config) -> Self {
        let mut random = Random::new(opening.seed);
        let id = opening.id.unwrap_or_else(|| ReplicaId::from_u128(random.draw()));
        let incarnation = Incarnation::drawn(opening.now.wall_ms, random.draw_u32());
        Self {
            id,
            incarnation,
            predecessor: None,
            past: Known::default(),
            // One that the host gives may be in use elsewhere.
            keeps_id: opening.id.is_some(),
            opened: 0,
            state: Arc::default(),
            known: Known::default(),
            held: Known::default(),
            pending: super::pending::Pending::default(),
            quarantine: Quarantine::default(),
            log: Log::starting_at(0),
            journal: Journal::new(config.durable),
            clock: if config.durable { Clock::durable(Timestamp::MIN) } else { Clock::new() },
            ceiling: Timestamp::MIN,
            random,
            claims: Claims::new(S::default(), 0),
            latest: opening.now,
        }
    }

    fn begin(&mut self) {
        let included = self.enter();
        let continues = self.predecessor.map(|(predecessor, _)| predecessor);
        let (replica, incarnation) = (self.id, self.incarnation);
        let opened = Entry::Opened { replica, incarnation, continues };
        self.put(&opened, included);
        self.opened = self.journal.written();
    }

    /// Enters the present opening into what is included, and returns all that is.
    pub(super) fn enter(&mut self) -> (Known, Known) {
        let position = self.position();
        let continues = self.predecessor;
        for included in [&mut self.known, &mut self.held] {
            if let Some((predecessor, start)) = continues {
                included.advance(predecessor, Reach::to(start));
            }
            included.advance(self.incarnation, Reach { position, continues });
        }
        (self.known.clone(), self.held.clone())
    }
}

impl<S: Lattice> Stored<S> {
    /// Replays a store; `None` when there is nothing in it.
    fn read<'a>(
        image: Option<&[u8]>,
        records: impl IntoIterator<Item = &'a [u8]>,
        opening: &Opening,
        config: &Config,
    ) -> Result<Option<Self>, OpenError> {
        let mut stored = None;
        if let Some(bytes) = image {
            let image =
                Image::from_stored(bytes, &Budget::unbounded()).map_err(OpenError::Snapshot)?;
            stored = Some(Self::of(image).map_err(OpenError::Snapshot)?);
        }
        let began = stored.as_ref().map(|stored: &Self| stored.incarnation);
        // An opening that may be one from before the snapshot, which has forgotten it, or a foreign one.
        let mut unexplained = None;
        for (place, bytes) in records.into_iter().enumerate() {
            let unreadable = |error| OpenError::Record { place, error };
            let entry = Entry::from_stored(bytes, &Budget::unbounded()).map_err(unreadable)?;
            match (entry, &mut stored) {
                (Entry::Whole(image), stored) => {
                    let own = image.known.get(image.incarnation);
                    let continues = own.and_then(|reach| Some(reach.continues?.0));
                    let is_next = |stored: &Self| continues == Some(stored.incarnation);
                    if stored.as_ref().is_none_or(is_next) {
                        *stored = Some(Self::of(image).map_err(unreadable)?);
                    }
                }
                (Entry::Opened { replica, incarnation, .. }, None) => {
                    stored = Some(Self::opened(replica, incarnation));
                }
                (_, None) => return Err(OpenError::Incomplete { place }),
                (entry, Some(stored)) if stored.lacks_before(&entry) => {
                    return Err(OpenError::Incomplete { place });
                }
                (Entry::Opened { incarnation, continues, .. }, Some(stored))
                    if continues != Some(stored.incarnation) =>
                {
                    if Some(incarnation) == began {
                        // What is before it led there.
                        unexplained = None;
                    } else if stored.known.get(incarnation).is_some() {
                        // It came before the snapshot.
                    } else if began == Some(stored.incarnation) {
                        unexplained.get_or_insert(place);
                    } else {
                        return Err(OpenError::Foreign { place });
                    }
                }
                (Entry::Changed { position, .. }, Some(stored)) if unexplained.is_some() => {
                    if position > stored.position {
                        break;
                    }
                }
                (entry, Some(stored)) => {
                    stored.replay(entry, opening, config).map_err(unreadable)?;
                }
            }
        }
        match unexplained {
            Some(place) => Err(OpenError::Foreign { place }),
            None => Ok(stored),
        }
    }

    fn opened(replica: ReplicaId, incarnation: Incarnation) -> Self {
        Self {
            replica,
            incarnation,
            position: 0,
            known: Known::of(incarnation, Reach::default()),
            ceiling: Timestamp::MIN,
            state: S::default(),
            log: Log::starting_at(0),
            is_closed: false,
        }
    }

    fn of(image: Image) -> Result<Self, StoredError> {
        Ok(Self {
            state: image.state_within(&Budget::unbounded())?,
            replica: image.replica,
            incarnation: image.incarnation,
            position: image.position,
            known: image.known,
            ceiling: image.ceiling,
            log: Log::starting_at(image.position),
            is_closed: false,
        })
    }

    /// Whether changes are missing between what there is and this one.
    fn lacks_before(&self, entry: &Entry) -> bool {
        match entry {
            Entry::Changed { position, delta, .. } => {
                *position > self.position.saturating_add(u64::from(!delta.is_empty()))
            }
            _ => false,
        }
    }

    fn replay(
        &mut self,
        entry: Entry,
        opening: &Opening,
        config: &Config,
    ) -> Result<(), StoredError> {
        self.is_closed = entry == Entry::Closed(self.incarnation);
        match entry {
            Entry::Opened { replica, incarnation, .. } => {
                let position = self.position;
                self.known.advance(self.incarnation, Reach::to(position));
                let continues = Some((self.incarnation, position));
                self.known.advance(incarnation, Reach { position, continues });
                (self.replica, self.incarnation) = (replica, incarnation);
            }
            Entry::Changed { position, known, origin, delta } => {
                if position <= self.position && !delta.is_empty() {
                    // A snapshot that was taken later holds it already.
                    return Ok(());
                }
                self.known.merge(&known);
                if !delta.is_empty() {
                    let bytes = delta.len();
                    let delta = S::decode_within(&delta, &Budget::unbounded())
                        .map_err(StoredError::State)?;
                    self.state.merge_ref(&delta);
                    let at_ms = opening.now.monotonic_ms;
                    let entry = log::Entry::new(delta, bytes, origin, at_ms);
                    // Whether it was one of several has been forgotten.
                    let entry = if origin.is_some() { entry.of_several() } else { entry };
                    self.log.push(entry, config.log_bytes);
                    self.position = position;
                }
            }
            Entry::Ceiling(ceiling) => self.ceiling = self.ceiling.max(ceiling),
            Entry::Whole(_) | Entry::Closed(_) => {}
        }
        Ok(())
    }
}

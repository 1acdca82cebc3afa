//! The account and its peers: what to send, and what to make of what arrives.
//!
//! A store speaks to a peer in two ways. While the peer acknowledges, it is sent the log from
//! there. When the log does not reach back, or after either was opened anew, the peer sends a
//! digest and gets an exact delta.

use crdt_registers::Reading;
use crdt_sets::wire::{Budget, Wire};
use crdt_sets::{Admit, AdmitError, Change, ContentKey, Delta, Limits, Merge, Observe};
use uuid::Uuid;

use crate::{Account, Store, StoreError};

/// A place in the log of one opening of one store: what a peer acknowledges, by handing it back
/// when it has made a message durable.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Position {
    opening: Uuid,
    entry: u64,
}

/// What a store says of itself: its digest, and the hash of the cart under a key drawn for it.
///
/// A digest says which dots there are and not what they hold, so it cannot tell two carts apart in
/// which one dot means two items. The hash can, for equal carts have equal bytes.
type Greeting = (<Account as Delta>::Digest, ContentKey, u128);

/// What to send to a peer.
#[derive(Clone, Debug)]
pub struct Message {
    /// A change, for the peer to [receive](Store::receive).
    pub delta: Vec<u8>,
    /// What the peer may acknowledge once it has received the change.
    pub position: Position,
}

impl Store {
    /// What a peer lacks that has acknowledged this position: the log from there, as one change.
    /// `None` when the log does not reach back so far: ask the peer for its
    /// [digest](Store::digest).
    ///
    /// It reads the database, so nothing leaves that is not durable.
    ///
    /// # Errors
    ///
    /// When the database fails, or has failed before.
    pub fn since(&self, acknowledged: Position) -> Result<Option<Message>, StoreError> {
        self.check_usable()?;
        let Position { opening, entry } = acknowledged;
        if opening != self.opening || !(self.start..=self.end).contains(&entry) {
            return Ok(None);
        }
        Ok(Some(self.message(&self.log_after(entry)?)))
    }

    /// What this store tells a peer so that the peer can send what is lacking.
    ///
    /// # Errors
    ///
    /// When the database has failed before.
    pub fn digest(&self) -> Result<Vec<u8>, StoreError> {
        self.check_usable()?;
        let key = ContentKey::fresh();
        let greeting: Greeting = (self.account.digest(), key, key.hash(&self.account.0));
        Ok(greeting.encode())
    }

    /// What a peer lacks that sent this digest.
    ///
    /// # Errors
    ///
    /// When the bytes are not a digest, or the database fails or has failed before.
    pub fn answer(&mut self, digest: &[u8]) -> Result<Message, StoreError> {
        self.check_usable()?;
        let (digest, key, hash) = Greeting::decode_within(digest, &message_budget())?;
        if digest.0.seen().max(self.me) > self.account.0.context().max(self.me) {
            // The peer has seen writes of this id that this store never made.
            self.renew()?;
        }
        let cart = &self.account.0;
        if digest.0 == cart.digest() && hash != key.hash(cart) {
            // One dot, two items: whose dot it is finds out from the whole account.
            return Ok(self.message(&self.account));
        }
        Ok(self.message(&self.account.delta_since(&digest)))
    }

    /// Takes in what a peer sent; tells whether there was anything new in it. It is durable
    /// afterwards, and may be acknowledged.
    ///
    /// # Errors
    ///
    /// When the bytes are no account, exceed the budget, or claim what cannot be; and when the
    /// database fails or has failed before.
    pub fn receive(&mut self, delta: &[u8], reading: Reading) -> Result<bool, StoreError> {
        self.check_usable()?;
        let incoming = Account::decode_within(delta, &message_budget())?;
        let limits = Limits::default();
        let admit = |store: &Self| {
            let Self { account, me, .. } = store;
            account.admit(&incoming, *me, reading.wall_ms, &limits)
        };
        match admit(self) {
            Err(AdmitError::OwnWriteUnknown { .. } | AdmitError::OwnWriteDiffers { .. }) => {
                self.renew()?;
                admit(self)?;
            }
            admitted => admitted?,
        }
        if let Some(timestamp) = incoming.1.timestamp() {
            self.clock.observe(reading, timestamp, &limits)?;
        }
        // What of it is new goes into the log, and what that does to the cart into the projection.
        let novel = incoming.delta_since(&self.account.digest());
        let mut seen = Vec::new();
        self.account.0.merge_observed(novel.0.clone(), |change| seen.push(owned(change)));
        self.account.1.merge_ref(&novel.1);
        self.without_mine.merge_ref(&novel);
        self.record(&novel, &seen)?;
        Ok(!novel.is_bottom())
    }

    fn message(&self, change: &Account) -> Message {
        let position = Position { opening: self.opening, entry: self.end };
        Message { delta: change.encode(), position }
    }
}

fn owned(change: Change<&String>) -> Change<String> {
    match change {
        Change::Appeared(item) => Change::Appeared(item.clone()),
        Change::Vanished(item) => Change::Vanished(item.clone()),
    }
}

/// What a peer may make this store hold at once.
fn message_budget() -> Budget {
    Budget::default().with_bytes(4 << 20).with_items(100_000).with_replicas(10_000)
}

//! Where that goes which is said to all regions at once.

use crdt_core::Reading;
use tokio::sync::mpsc;
use tokio::sync::mpsc::error::TrySendError;

use super::documents::{Documents, Held};
use super::input::{Holds, Outgoing};
use crate::store::Address;

/// A stream for the changes of some scopes.
#[derive(Debug)]
pub(crate) struct Stream {
    pub(crate) scopes: Vec<String>,
    pub(crate) outgoing: mpsc::Sender<Outgoing>,
}

/// The stream, if there is one.
#[derive(Default)]
pub(super) struct Publisher(Option<Stream>);

impl Publisher {
    /// From here on changes are said to a stream.
    pub(super) fn begin(&mut self, stream: Stream, documents: &mut Documents) {
        for address in documents.all(&Holds::Scopes(stream.scopes.clone())) {
            let _held = documents.touch(&address);
        }
        self.0 = Some(stream);
    }

    /// Says what a document has to say to all, as far as there is room; tells whether there was not.
    /// Once the stream has ended, all goes over the links.
    pub(super) fn send(&self, address: &Address, held: &mut Held, now: Reading) -> bool {
        let Some(stream) = self.0.as_ref().filter(|stream| stream.scopes.contains(&address.scope))
        else {
            return false;
        };
        loop {
            match stream.outgoing.try_reserve() {
                Ok(room) => {
                    let Some(bytes) = held.replica.next_broadcast(now) else { return false };
                    room.send((address.clone(), bytes.into()));
                }
                Err(TrySendError::Full(())) => return true,
                Err(TrySendError::Closed(())) => {
                    held.replica.end_broadcast();
                    return false;
                }
            }
        }
    }
}

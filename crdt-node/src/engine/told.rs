//! What an operator is told of a document, in the log.

use crdt_sync::Event;

use super::links::Links;
use crate::store::Address;

/// Tells what somebody should look at: a store that was restored or copied, values from clocks that are
/// wrong, messages that are refused.
pub(super) fn tell<S>(address: &Address, event: &Event<S>, links: &Links) {
    let region = |peer| links.region_of(peer).unwrap_or("a client");
    match event {
        Event::Restored { held, peer_has } => {
            tracing::warn!(%address, held, peer_has, "the store was restored from an older copy: what peers hold comes back");
        }
        Event::Forked { .. } => {
            tracing::warn!(%address, "the store was copied or restored: another process continues the same one");
        }
        Event::Renewed { from, to, .. } => {
            tracing::warn!(%address, %from, %to, "the replica id was in use twice: what nobody had is written anew under another");
        }
        Event::Quarantined { waiting, .. } => {
            tracing::warn!(%address, waiting, "a value from a clock that is ahead waits until its time has come");
        }
        Event::ValueRefused { from, why } => {
            let by = from.map_or("a region", region);
            tracing::warn!(%address, by, %why, "a value is refused");
        }
        Event::RefusedByPeer { peer, why } => {
            tracing::warn!(%address, by = region(*peer), why, "a message is refused there");
        }
        Event::TooLong { length, most, .. } => {
            tracing::error!(%address, length, most, "a value is longer than regions accept: raise the bound in all");
        }
        Event::Diverged { peer } => {
            tracing::error!(%address, from = region(*peer), "what should have been equal was not, and is brought together");
        }
        _ => {}
    }
}

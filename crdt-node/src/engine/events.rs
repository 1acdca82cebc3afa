//! What is counted and logged of what happens to a document.

use crdt_document::Document;
use crdt_sync::{Event, Peer};

use super::links::Links;
use crate::metrics::Metrics;
use crate::store::Address;

/// Something has happened to a document. What somebody may have to look at is logged: a store that was
/// restored or copied, values from clocks that are wrong, messages that are refused. Lag is told of a region,
/// and not of each of its documents.
pub(super) fn note(metrics: &Metrics, links: &Links, address: &Address, event: &Event<Document>) {
    let name = |peer: &Peer| links.region_of(*peer).unwrap_or("a client, or one that is gone");
    match event {
        Event::Changed { .. } => metrics.merged(&address.scope),
        Event::Refused { .. } => metrics.refused(&address.scope),
        Event::Quarantined { from, waiting } => {
            let from = from.as_ref().map_or("a region", name);
            tracing::warn!(%address, from, waiting, "changes ahead of the clock here wait until it gets there");
        }
        Event::ValueRefused { from, why } => {
            let from = from.as_ref().map_or("a region", name);
            tracing::warn!(%address, from, %why, "a value is refused, the rest is merged");
        }
        Event::RefusedByPeer { peer, why } => {
            // It is told as a warning there; right after a connection it says nothing.
            tracing::info!(%address, by = name(peer), why, "something of this region is refused");
        }
        Event::Restored { held, peer_has } => tracing::error!(
            %address,
            held,
            peer_has,
            "the store is older than what peers have of it: what nobody else has is lost, the rest \
             comes back"
        ),
        Event::Forked { one, other } => tracing::error!(
            %address, ?one, ?other, "the store was copied or restored: two go on from the same opening"
        ),
        Event::Renewed { from, to, at_risk } => {
            let at_risk: Vec<&str> = at_risk.names().collect();
            tracing::error!(
                %address,
                %from,
                %to,
                ?at_risk,
                "the id is in use twice, and this one takes another: look whether the last \
                 writes are there to what is at risk"
            );
        }
        Event::TooLong { length, most, .. } => tracing::error!(
            %address, length, most, "a value is too long for its peers: raise their bound"
        ),
        Event::Diverged { peer } => {
            let from = name(peer);
            tracing::error!(%address, from, "what should have been equal is not: bringing it together");
        }
        _ => {}
    }
}

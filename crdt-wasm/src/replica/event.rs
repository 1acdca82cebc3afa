//! Events as lists of texts: the name, and what belongs to it, for `ts/events.ts`.

use alloc::string::{String, ToString};
use alloc::vec::Vec;
use core::fmt::Display;

use crdt_document::Document;
use crdt_sync::{Durability, Event, Level, Peer};

/// The name of an event and its fields, in the order of `ts/events.ts`.
pub(super) fn texts(event: Event<Document>) -> Vec<String> {
    let of = |name: &str, fields: &[&dyn Display]| {
        let mut texts = Vec::from([String::from(name)]);
        texts.extend(fields.iter().map(ToString::to_string));
        texts
    };
    match event {
        Event::Changed { from, names, .. } => {
            let mut texts = of("changed", &[&link(from)]);
            texts.extend(names);
            texts
        }
        Event::Connected { peer, replica } => of("connected", &[&peer.0, &replica]),
        Event::Covered(token) => of("covered", &[&token]),
        Event::Durable(token, durability) => of("durable", &[&token, &level_of(durability)]),
        Event::Lag { replica, level } => of("lag", &[&replica, &name_of(level)]),
        Event::Quarantined { from, waiting } => of("quarantined", &[&link(from), &waiting]),
        Event::ValueRefused { from, why } => of("valueRefused", &[&link(from), &why]),
        Event::Refused { from, why } => of("refused", &[&from.0, &why]),
        Event::RefusedByPeer { peer, why } => of("refusedByPeer", &[&peer.0, &why]),
        Event::Restored { held, peer_has } => of("restored", &[&held, &peer_has]),
        Event::Forked { .. } => of("forked", &[]),
        Event::Renewed { from, to, at_risk } => {
            let mut texts = of("renewed", &[&from, &to]);
            texts.extend(at_risk.names().map(String::from));
            texts
        }
        Event::TooLong { peer, length, most } => of("tooLong", &[&peer.0, &length, &most]),
        Event::Diverged { peer } => of("diverged", &[&peer.0]),
        _ => of("other", &[]),
    }
}

/// A link by its number, or nothing.
fn link(peer: Option<Peer>) -> String {
    peer.map(|peer| peer.0.to_string()).unwrap_or_default()
}

/// How many members, or `all`.
fn level_of(durability: Durability) -> String {
    match durability {
        Durability::Local => "0".into(),
        Durability::Members(count) => count.to_string(),
        Durability::All => "all".into(),
    }
}

pub(super) const fn name_of(level: Level) -> &'static str {
    match level {
        Level::Fine => "fine",
        Level::Warn => "warn",
        Level::Critical => "critical",
    }
}

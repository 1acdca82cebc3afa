//! Where that is which is not here yet.

use crdt_core::Reading;
use crdt_sync::Token;

use super::documents::Held;
use super::input::Refusal;
use super::links::Links;

/// No region is so many changes ahead: a token that says so is made up.
const MOST_AHEAD: u64 = u32::MAX as u64;

/// What is said to who waited for a token in vain. O(regions × changes that each lacks).
pub(super) fn not_yet<'a>(
    held: Option<&Held>,
    token: &Token,
    regions: impl Iterator<Item = &'a String>,
    links: &Links,
    now: Reading,
) -> Refusal {
    let regions: Vec<&String> = regions.collect();
    let Some(held) = held else {
        // What is not here at all may be with anybody.
        let any = regions.into_iter().find(|region| links.is_connected(region)).cloned();
        return Refusal::NotYet { token: None, lag: None, has: vec![], least_lag: any };
    };
    let missing = held.replica.missing(token).filter(|missing| *missing <= MOST_AHEAD);
    // Who gave it has it, also while cut off from here.
    let giver = held.replica.giver(token).filter(|_| missing.is_some());
    let there: Vec<_> = held.replica.durable_at(token).chain(giver).collect();
    let has = |region: &&&String| {
        held.regions.get(**region).is_some_and(|replica| there.contains(replica))
    };
    let mut has: Vec<String> = regions.iter().filter(has).map(|region| (*region).clone()).collect();
    has.sort_by_key(|region| held.regions.get(region).copied() != giver);
    let lag = |region: &String| Some(held.replica.lag(*held.regions.get(region)?, now)?.positions);
    let connected = regions.iter().filter(|region| links.is_connected(region));
    let least = connected.filter_map(|region| Some((lag(region)?, *region))).min();
    let least = least.map(|(_, region)| region.clone());
    Refusal::NotYet {
        token: Some(held.replica.token()),
        lag: missing,
        least_lag: least.filter(|_| has.is_empty()),
        has,
    }
}

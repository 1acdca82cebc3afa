//! Where that is which is not here yet.

use crdt_core::Reading;
use crdt_sync::Token;

use super::documents::Held;
use super::input::Refusal;
use super::links::Links;

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
        return Refusal::NotYet { token: None, lag: token.position(), has: vec![], least_lag: any };
    };
    let there: Vec<_> = held.replica.durable_at(token).collect();
    let has = |region: &&&String| {
        held.regions.get(**region).is_some_and(|replica| there.contains(replica))
    };
    let has: Vec<String> = regions.iter().filter(has).map(|region| (*region).clone()).collect();
    let lag = |region: &String| Some(held.replica.lag(*held.regions.get(region)?, now)?.positions);
    let connected = regions.iter().filter(|region| links.is_connected(region));
    let least = connected.filter_map(|region| Some((lag(region)?, *region))).min();
    let least = least.map(|(_, region)| region.clone());
    Refusal::NotYet {
        token: Some(held.replica.token()),
        lag: missing(held, token),
        least_lag: least.filter(|_| has.is_empty()),
        has,
    }
}

/// How many changes are missing up to a token: what is covered is so up to some position.
fn missing(held: &Held, token: &Token) -> u64 {
    let covers = |position: u64| {
        let earlier = format!("{:016x}-{position}", token.incarnation().to_bits()).parse();
        earlier.is_ok_and(|earlier: Token| held.replica.covers(&earlier))
    };
    let (mut covered, mut missing) = (0, token.position());
    while missing - covered > 1 {
        let middle = covered + (missing - covered) / 2;
        if covers(middle) {
            covered = middle;
        } else {
            missing = middle;
        }
    }
    token.position() - covered
}

//! A lattice of one's own, synchronized: no code beyond that which makes it one.
//!
//! `HighestBid` merges, tells what a peer lacks, is admitted, and has bytes, some thirty lines in
//! all. `Replica<HighestBid>` adds logs, acknowledgements, reconnects, tokens and durability to it.
//! `cargo run -p crdt-sync --example own_lattice`

use std::error::Error;

use crdt_core::wire::{DecodeError, Reader, Wire, Writer};
use crdt_core::{Admit, AdmitError, Delta, Limits, Merge, Reading, ReplicaId};
use crdt_sync::{Config, Event, Opening, Peer, Replica};

/// The highest bid so far, in cents. Nobody has bid at 0.
#[derive(Clone, Debug, Default, PartialEq)]
struct HighestBid(u64);

impl Merge for HighestBid {
    fn merge(&mut self, other: Self) -> bool {
        let higher = other.0 > self.0;
        self.0 = self.0.max(other.0);
        higher
    }
}

impl Delta for HighestBid {
    type Digest = u64;

    fn digest(&self) -> u64 {
        self.0
    }

    fn delta_since(&self, seen: &u64) -> Self {
        if self.0 > *seen { self.clone() } else { Self::default() }
    }

    fn is_bottom(&self) -> bool {
        self.0 == 0
    }
}

impl Admit for HighestBid {
    /// A bid bears neither its writer's name nor a time, so there is nothing to be refused.
    fn admit(&self, _: &Self, _: ReplicaId, _: u64, _: &Limits) -> Result<(), AdmitError> {
        Ok(())
    }
}

impl Wire for HighestBid {
    fn write_to(&self, writer: &mut Writer) {
        self.0.write_to(writer);
    }

    fn read_from(reader: &mut Reader<'_>) -> Result<Self, DecodeError> {
        u64::read_from(reader).map(Self)
    }
}

/// How each of the two calls the other.
const OTHER: Peer = Peer(0);

/// Carries messages between the two until neither has one.
fn exchange(
    one: &mut Replica<HighestBid>,
    other: &mut Replica<HighestBid>,
    now: Reading,
) -> Result<(), Box<dyn Error>> {
    loop {
        let mut quiet = true;
        while let Some(message) = one.next_message(now) {
            other.receive(OTHER, &message.bytes, now)?;
            quiet = false;
        }
        while let Some(message) = other.next_message(now) {
            one.receive(OTHER, &message.bytes, now)?;
            quiet = false;
        }
        if quiet {
            return Ok(());
        }
    }
}

fn main() -> Result<(), Box<dyn Error>> {
    let now = Reading::wall(1_700_000_000_000); // Reading::system(), in earnest
    let replica = |random_bits| Replica::new(&Opening::new(random_bits, now), Config::volatile());
    let (mut hall, mut phone) = (replica(1), replica(2));

    // A mutator changes the state and returns the change, which for a bid is what is novel in it.
    let bid = |cents| move |highest: &mut HighestBid, _| highest.merge_novel(HighestBid(cents));
    hall.write(now, bid(5_500))?;
    let called = phone.write(now, bid(7_000))?;

    hall.connect(OTHER, now);
    phone.connect(OTHER, now);
    exchange(&mut hall, &mut phone, now)?;
    assert_eq!(hall.state(), &HighestBid(7_000));
    assert_eq!(hall.state(), phone.state());
    assert!(hall.covers(&called), "who called finds the bid in the hall");

    // The host hears of what peers change.
    let changed = std::iter::from_fn(|| hall.next_event()).find_map(|event| match event {
        Event::Changed { delta, .. } => Some(delta),
        _ => None,
    });
    assert_eq!(changed, Some(HighestBid(7_000)));

    // A lower bid changes nothing, so nothing is sent.
    phone.write(now, bid(6_000))?;
    assert!(phone.next_message(now).is_none());
    println!("the highest bid is {} cents, in the hall and on the phone", hall.state().0);
    Ok(())
}

#[test]
fn the_highest_bid_is_known_to_both() {
    main().expect("runs");
}

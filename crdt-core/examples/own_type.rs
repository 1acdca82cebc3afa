//! A data type of one's own: a register that keeps the greatest value, and the proof in one line.

use crdt_core::laws::{self, Author, Model};
use crdt_core::wire::{DecodeError, Reader, Wire, Writer};
use crdt_core::{Delta, Merge};

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

impl Wire for HighestBid {
    fn write_to(&self, writer: &mut Writer) {
        self.0.write_to(writer);
    }

    fn read_from(reader: &mut Reader<'_>) -> Result<Self, DecodeError> {
        u64::read_from(reader).map(Self)
    }
}

/// How the law kit uses it: an operation is a bid. A bid is a state too, and what it changes is
/// what is novel in it.
struct Bids;

impl Model for Bids {
    type State = HighestBid;
    type Operation = u64;
    type Observed = u64;

    fn apply(state: &mut HighestBid, _: &Author, cents: &u64) -> HighestBid {
        state.merge_novel(HighestBid(*cents))
    }

    fn observe(state: &HighestBid) -> u64 {
        state.0
    }

    fn sequential(bids: &[u64]) -> Option<u64> {
        Some(bids.iter().copied().max().unwrap_or(0))
    }
}

#[test]
fn converges() {
    laws::check::<Bids>();
}

fn main() {
    laws::check::<Bids>();
    println!("HighestBid keeps every law: its replicas converge, whatever the network does.");
}

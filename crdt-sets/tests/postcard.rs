//! Elements of a type that has serde's traits and knows nothing of this family.

use crdt_sets::wire::{DecodeErrorKind, Postcard};
use crdt_sets::{GSet, Merge, OrSet, ReplicaId, Wire};
use serde::{Deserialize, Serialize};

#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
struct Line {
    article: String,
    pieces: u32,
}

fn line(article: &str, pieces: u32) -> Postcard<Line> {
    Postcard(Line { article: article.into(), pieces })
}

#[test]
fn a_set_of_any_serde_type_travels() {
    let (eu, us) = (ReplicaId::from_u128(1), ReplicaId::from_u128(2));
    let mut cart_eu = OrSet::new();
    cart_eu.add_all(eu, [line("tea", 2), line("cup", 1)]);
    let mut cart_us = OrSet::<Postcard<Line>>::decode(&cart_eu.encode()).expect("canonical");
    let removal = cart_us.remove(&line("cup", 1));
    cart_us.add(us, line("pot", 1));
    cart_eu.merge(OrSet::decode(&removal.encode()).expect("canonical"));
    assert!(cart_eu.iter().eq([&line("tea", 2)]));
    assert_eq!(cart_eu.iter().next().map(|line| line.article.as_str()), Some("tea"));

    let seen: GSet<_> = [line("tea", 2), line("cup", 1)].into_iter().collect();
    assert_eq!(GSet::decode(&seen.encode()).as_ref(), Ok(&seen));
}

#[test]
fn what_postcard_accepts_and_would_not_write_is_refused() {
    // A count of 2 written in two bytes: `postcard` reads it, and would write it in one.
    let mut bytes = line("tea", 2).encode();
    assert_eq!(bytes, [1, 5, 3, b't', b'e', b'a', 2]);
    bytes[1] = 6;
    bytes.truncate(6);
    bytes.extend([0x82, 0x00]);
    let refused = Postcard::<Line>::decode(&bytes).unwrap_err();
    assert_eq!(refused.kind(), &DecodeErrorKind::Invalid("a serde value is not canonical"));

    let shorter = Postcard::<Line>::decode(&[1, 2, 3, b't']).unwrap_err();
    let expected = DecodeErrorKind::Invalid("a value does not read as the expected serde type");
    assert_eq!(shorter.kind(), &expected);
}

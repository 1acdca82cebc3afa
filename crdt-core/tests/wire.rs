//! What decoding accepts: the bytes that encoding writes, and no others.

use std::collections::BTreeMap;
use std::fmt::Debug;
use std::sync::Arc;

use crdt_core::wire;
use crdt_core::wire::{Budget, DecodeError, DecodeErrorKind, Reader, Wire, Writer};
use crdt_core::{CausalContext, Dot, DotMap, DotMapDigest, ReplicaId, Timestamp};

fn kind<T: Wire + Debug>(bytes: &[u8]) -> DecodeErrorKind {
    T::decode(bytes).expect_err("must be refused").kind().clone()
}

/// Every truncation and every trailing byte is refused; every other single byte is refused or is
/// the canonical encoding of another value.
fn holds<T: Wire + Debug + PartialEq>(value: &T) {
    let bytes = value.encode();
    assert_eq!(T::decode(&bytes).as_ref(), Ok(value));
    for end in 0..bytes.len() {
        assert!(T::decode(&bytes[..end]).is_err(), "{value:?} truncated to {end}");
    }
    let mut longer = bytes.clone();
    longer.push(0);
    assert!(T::decode(&longer).is_err(), "{value:?} and a byte more");
    for place in 0..bytes.len() {
        for byte in 0..=u8::MAX {
            let mut other = bytes.clone();
            other[place] = byte;
            if let Ok(value) = T::decode(&other) {
                assert_eq!(value.encode(), other);
            }
        }
    }
}

#[test]
fn scalars_are_canonical() {
    holds(&0x1234u16);
    holds(&u64::MAX);
    holds(&-5i128);
    holds(&true);
    holds(&'é');
    holds(&"grün".to_owned());
    holds(&vec![1u8, 2, 3]);
    holds(&vec!["a".to_owned(), String::new()]);
    holds(&[7u32, 8]);
    holds(&(1u8, (2u16, "x".to_owned()), ()));
    holds(&Some(3u8));
    holds(&None::<u8>);
    holds(&Arc::<str>::from("shared"));
    holds(&uuid::Uuid::from_u128(5));
    holds(&Timestamp::from_bits(99));
    holds(&vec![ReplicaId::from_u128(1), ReplicaId::from_u128(2), ReplicaId::from_u128(1)]);
}

#[test]
fn causal_states_are_canonical() {
    let (a, b) = (ReplicaId::from_u128(1), ReplicaId::from_u128(2));
    let mut map = DotMap::<u8, u8>::new();
    for key in 0..6 {
        map.write(a, key, 1);
        map.write(b, key, 2);
    }
    map.remove(&1);
    map.remove(&2);
    holds(&map);
    holds(map.context());
    holds(&crdt_core::Delta::digest(&map));
    let dot = |counter| Dot::new(b, counter).expect("within range");
    let holes: CausalContext = [3, 4, 9].map(dot).into_iter().collect();
    holds(&DotMap::<u8, u8>::from_parts(holes, []).unwrap());
}

#[test]
fn a_varint_has_one_form() {
    struct Number(u64);
    impl Wire for Number {
        fn write_to(&self, writer: &mut Writer) {
            writer.varint(self.0);
        }
        fn read_from(reader: &mut Reader<'_>) -> Result<Self, DecodeError> {
            reader.varint().map(Self)
        }
    }
    for number in [0, 1, 127, 128, 16_383, 16_384, 1 << 63, u64::MAX] {
        assert_eq!(Number::decode(&Number(number).encode()).map(|n| n.0), Ok(number));
    }
    let refused = |bytes: &[u8]| Number::decode(bytes).map(|n| n.0).unwrap_err().kind().clone();
    assert_eq!(refused(&[1, 0x80, 0x00]), DecodeErrorKind::NonMinimalInteger);
    let mut too_great = vec![1];
    too_great.extend([0xff; 9]);
    too_great.push(2);
    assert_eq!(refused(&too_great), DecodeErrorKind::OutOfRange);
    let mut endless = vec![1];
    endless.extend([0xff; 20]);
    assert_eq!(refused(&endless), DecodeErrorKind::OutOfRange);
}

#[test]
fn refusals_say_why() {
    assert_eq!(kind::<u8>(&[]), DecodeErrorKind::UnexpectedEnd);
    assert_eq!(kind::<u8>(&[2, 0]), DecodeErrorKind::UnknownVersion(2));
    assert_eq!(kind::<u8>(&[1, 0, 0]), DecodeErrorKind::TrailingBytes);
    assert_eq!(kind::<bool>(&[1, 2]), DecodeErrorKind::UnknownTag(2));
    assert_eq!(kind::<String>(&[1, 1, 0xff]), DecodeErrorKind::InvalidUtf8);
    assert_eq!(kind::<String>(&[1, 0xff, 0x7f]), DecodeErrorKind::UnexpectedEnd);

    let id = ReplicaId::from_u128(9);
    let mut twice = vec![1, 2, 0];
    twice.extend(id.as_bytes());
    twice.push(0);
    twice.extend(id.as_bytes());
    assert_eq!(kind::<Vec<ReplicaId>>(&twice), DecodeErrorKind::RepeatedReplica);
    assert_eq!(kind::<ReplicaId>(&[1, 1]), DecodeErrorKind::UnknownReplica);

    let sentence = u8::decode(&[7, 0]).unwrap_err().to_string();
    assert!(sentence.contains("version 7 is unknown"), "{sentence}");
}

#[test]
fn a_live_dot_that_was_not_seen_is_refused() {
    let id = ReplicaId::from_u128(9);
    // One dot seen; one run of live ones, of two dots.
    let mut digest = vec![1, 1, 0];
    digest.extend(id.as_bytes());
    digest.extend([1, 0, 0, 2, 0, 1]);
    let expected = DecodeErrorKind::Invalid("a live dot was not seen");
    assert_eq!(kind::<DotMapDigest>(&digest), expected);
    let mut map = digest;
    map.extend([5, 5, 6, 6]);
    assert_eq!(kind::<DotMap<u8, u8>>(&map), expected);
}

/// y-crdt#415: a few bytes that ask for terabytes.
#[test]
fn a_short_message_cannot_ask_for_much() {
    let id = ReplicaId::from_u128(9);
    let mut bytes = vec![1, 1, 0];
    bytes.extend(id.as_bytes());
    let wide = [1, 0, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x3f];
    bytes.extend(wide); // 2^48 seen
    bytes.push(2);
    bytes.extend(&wide[1..]); // and live
    assert_eq!(kind::<DotMap<(), ()>>(&bytes), DecodeErrorKind::UnexpectedEnd);
    assert_eq!(kind::<Vec<u64>>(&[1, 0xff, 0xff, 0xff, 0x7f]), DecodeErrorKind::UnexpectedEnd);
    assert_eq!(kind::<Vec<()>>(&[1, 0xff, 0xff, 0xff, 0x7f]), DecodeErrorKind::UnexpectedEnd);
}

#[test]
fn a_budget_holds() {
    let bytes = vec![1u64; 100].encode();
    let refused =
        |budget: Budget| Vec::<u64>::decode_within(&bytes, &budget).unwrap_err().kind().clone();
    assert_eq!(refused(Budget::default().with_items(99)), DecodeErrorKind::OverBudget("items"));
    assert_eq!(refused(Budget::default().with_bytes(99)), DecodeErrorKind::OverBudget("bytes"));
    assert!(Vec::<u64>::decode_within(&bytes, &Budget::default().with_items(100)).is_ok());

    let dots = (1..=9).map(|n| Dot::new(ReplicaId::from_u128(n.into()), 2 * n).unwrap());
    let context: CausalContext = dots.collect();
    let bytes = context.encode();
    let refused =
        |budget: Budget| CausalContext::decode_within(&bytes, &budget).unwrap_err().kind().clone();
    assert_eq!(
        refused(Budget::default().with_replicas(8)),
        DecodeErrorKind::OverBudget("replicas")
    );
    assert_eq!(refused(Budget::default().with_runs(8)), DecodeErrorKind::OverBudget("runs"));
}

#[test]
fn a_replica_is_written_out_once_however_many_there_are() {
    // Ascending, descending, and in no order.
    for id in [|n| n, |n| 100 - n, |n| n * 7 % 41] {
        let ids: Vec<ReplicaId> = (1..=40).map(id).map(ReplicaId::from_u128).collect();
        let twice: Vec<ReplicaId> = ids.iter().chain(ids.iter().rev()).copied().collect();
        let bytes = twice.encode();
        assert_eq!(bytes.len(), 2 + 40 * 17 + 40);
        assert_eq!(Vec::<ReplicaId>::decode(&bytes), Ok(twice));

        for (place, repeated) in ids.iter().enumerate() {
            let mut forged = ids.encode();
            forged[1] += 1;
            forged.push(0);
            forged.extend(repeated.as_bytes());
            let refused = Vec::<ReplicaId>::decode(&forged).unwrap_err();
            assert_eq!(refused.kind(), &DecodeErrorKind::RepeatedReplica, "{place}");
        }
    }
}

#[test]
fn a_dot_costs_little() {
    let me = ReplicaId::from_u128(1);
    let mut set = DotMap::<u64, ()>::new();
    for element in 0..1_000 {
        set.write(me, element, ());
    }
    // Version, one id, one run of dots, one run of live ones; then the elements.
    assert_eq!(set.encode().len(), 1 + 1 + 17 + 4 + 4 + 8 * 1_000);
}

#[test]
fn maps_are_ascending() {
    let map = BTreeMap::from([(1u8, DotMap::<u8, u8>::new())]);
    assert_eq!(map.encode(), [1, 0], "a bottom value is left out");
    let mut written = BTreeMap::<u8, DotMap<u8, u8>>::new();
    for key in [1, 2] {
        written.entry(key).or_default().write(ReplicaId::from_u128(1), 1, 1);
    }
    holds(&written);
}

#[test]
fn ids_that_a_link_has_agreed_on_are_not_written_out() {
    let ids = [3, 1, 2].map(ReplicaId::from_u128);
    let (bytes, besides) = wire::encode_with(&ids.to_vec(), &ids[..2]);
    assert_eq!(bytes.len(), 1 + 1 + 1 + 1 + 17);
    assert_eq!(besides, [ids[2]]);
    let read = |bytes: &[u8], agreed: &[ReplicaId]| {
        wire::decode_with::<Vec<ReplicaId>>(bytes, &Budget::default(), agreed)
    };
    assert_eq!(read(&bytes, &ids[..2]), Ok((ids.to_vec(), besides)));
    assert_eq!(read(&bytes, &[]).expect_err("unknown").kind(), &DecodeErrorKind::UnknownReplica);
    let repeated = read(&bytes, &ids).expect_err("it was agreed on, so it is not written out");
    assert_eq!(repeated.kind(), &DecodeErrorKind::RepeatedReplica);
    let many: Vec<ReplicaId> = (0..1_000).map(ReplicaId::from_u128).collect();
    let (bytes, besides) = wire::encode_with(&many, &many);
    assert!(besides.is_empty() && bytes.len() < 2_100);
    assert_eq!(read(&bytes, &many), Ok((many.clone(), besides)));
}

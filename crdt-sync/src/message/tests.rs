//! The bytes of messages, as they were released: to be read, and written, for good.

use alloc::string::ToString;
use alloc::vec;
use alloc::vec::Vec;

use crdt_core::ReplicaId;
use crdt_core::laws::{check_golden, golden_bytes};
use crdt_core::wire::{DecodeErrorKind, Wire};

use super::{
    Broadcast, Fingerprint, Frame, Hello, Need, Part, PartAck, Piece, Probe, Progress, Refused,
    Same, Told, Update,
};
use crate::Incarnation;
use crate::known::{Known, Reach};
use crate::seal::{open, seal, session_key};

fn incarnation(seconds: u64, random: u32) -> Incarnation {
    Incarnation::drawn(seconds * 1_000, random)
}

fn id(number: u128) -> ReplicaId {
    ReplicaId::from_u128(number)
}

/// Two openings of one replica, and one of another.
fn known() -> Known {
    let (first, second) = (incarnation(1, 0xa1), incarnation(2, 0xa2));
    let mut known = Known::of(first, Reach::to(3));
    known.advance(second, Reach { position: 300, continues: Some((first, 3)) });
    known.advance(incarnation(3, 0xb), Reach::to(1));
    known
}

fn progress() -> Progress {
    Progress { from: 5, to: 133, session: None }
}

fn hello() -> Frame {
    Frame::Hello(Hello {
        major: 1,
        minor: 1,
        replica: id(1),
        incarnation: incarnation(2, 0xa2),
        need: Need::Difference,
        session: 0x5e55,
        heard: Some(0xbeef),
        known: known(),
    })
}

fn update() -> Frame {
    Frame::Update(Update {
        told: Told {
            version: 7,
            known: Known::of(incarnation(3, 0xb), Reach::to(1)),
            at: 133,
            received: 9,
            included: 8,
            heard: 4,
            names: 2,
        },
        progress: Some(progress()),
        base: 1,
        added: vec![id(2)],
        delta: vec![1, 0xde, 0x17],
    })
}

fn acknowledgement() -> Frame {
    let told = Told { version: 7, received: 9, included: 9, heard: 4, names: 2, ..Told::default() };
    Frame::Update(Update { told, ..Update::default() })
}

fn part() -> Frame {
    Frame::Part(Part {
        transfer: 0x77,
        progress: Progress { from: 0, to: 300, session: Some(0x5e) },
        known: known(),
        total: 1_003,
        offset: 1_000,
        bytes: vec![0xde, 0x17, 0xa0],
    })
}

fn part_ack() -> Frame {
    Frame::PartAck(PartAck { transfer: 0x77, offset: 1_003 })
}

fn fingerprint() -> Frame {
    Frame::Fingerprint(Fingerprint {
        key: 0x4e_1e,
        hash: 0xf1_66,
        at: 300,
        known: known(),
        yours: Some(9),
    })
}

fn same() -> Frame {
    Frame::Same(Same { at: 300, mine: 9, known: Known::default() })
}

fn probe() -> Frame {
    Frame::Probe(Probe { session: 0x5e, round: 1, bytes: vec![1, 2, 3] })
}

fn refused() -> Frame {
    Frame::Refused(Refused { why: "the message was damaged on its way".to_string() })
}

fn piece() -> Frame {
    Frame::Piece(Piece { of: 0x5ea1, number: 2, count: 300, bytes: vec![1, 2, 3] })
}

fn broadcast() -> Frame {
    Frame::Broadcast(Broadcast {
        sender: incarnation(2, 0xa2),
        from: 5,
        to: 133,
        required: Known::of(incarnation(3, 0xb), Reach::to(1)),
        ids: vec![id(2)],
        delta: vec![1, 0xde, 0x17],
    })
}

/// Each form with its golden file.
fn all() -> Vec<(&'static str, Frame)> {
    vec![
        (include_str!("../../tests/golden/hello.hex"), hello()),
        (include_str!("../../tests/golden/update.hex"), update()),
        (include_str!("../../tests/golden/update_acknowledgement.hex"), acknowledgement()),
        (include_str!("../../tests/golden/part.hex"), part()),
        (include_str!("../../tests/golden/part_ack.hex"), part_ack()),
        (include_str!("../../tests/golden/fingerprint.hex"), fingerprint()),
        (include_str!("../../tests/golden/same.hex"), same()),
        (include_str!("../../tests/golden/probe.hex"), probe()),
        (include_str!("../../tests/golden/refused.hex"), refused()),
        (include_str!("../../tests/golden/piece.hex"), piece()),
        (include_str!("../../tests/golden/broadcast.hex"), broadcast()),
    ]
}

#[test]
fn frames() {
    for (golden, frame) in all() {
        check_golden(golden, &frame);
    }
}

#[test]
fn seals() {
    let (one, other) = ((incarnation(3, 0xb), 0xbeef), (incarnation(2, 0xa2), 0x5e55));
    let key = session_key(one, other);
    assert_eq!(key, session_key(other, one));
    let golden = [
        (include_str!("../../tests/golden/sealed_hello.hex"), hello(), 0),
        (include_str!("../../tests/golden/sealed.hex"), part_ack(), key),
    ];
    for (golden, frame, key) in golden {
        let sealed = golden_bytes(golden);
        assert_eq!(seal(frame.encode(), key), sealed);
        assert_eq!(open(&sealed, key), Some(&*frame.encode()));
        assert_eq!(open(&sealed, key + 1), None);
    }
}

/// A frame that ends with bytes of any length is read from fewer of them: that nothing is missing,
/// the seal says.
#[test]
fn what_is_read_is_written_alike() {
    for (_, frame) in all() {
        let bytes = frame.encode();
        let alter = |place: usize, bit: usize| {
            let mut bytes = bytes.clone();
            bytes[place] ^= 1 << bit;
            bytes
        };
        let flipped = (0..8 * bytes.len()).map(|bit| alter(bit / 8, bit % 8));
        let cut = (0..bytes.len()).map(|length| bytes[..length].to_vec());
        let prolonged = [[&bytes[..], &[0]].concat()];
        for altered in flipped.chain(cut).chain(prolonged) {
            if let Ok(read) = Frame::decode(&altered) {
                assert_ne!(read, frame);
                assert_eq!(read.encode(), altered);
            }
        }
    }
}

#[test]
fn a_seal_finds_every_flipped_bit_and_every_byte_that_is_missing_or_too_many() {
    for (_, frame) in all() {
        let key = 0x5eed;
        let sealed = seal(frame.encode(), key);
        for bit in 0..8 * sealed.len() {
            let mut sealed = sealed.clone();
            sealed[bit / 8] ^= 1 << (bit % 8);
            assert_eq!(open(&sealed, key), None, "bit {bit} of {frame:?}");
        }
        for length in 0..sealed.len() {
            assert_eq!(open(&sealed[..length], key), None, "{length} bytes of {frame:?}");
        }
        for byte in 0..=u8::MAX {
            assert_eq!(open(&[&sealed[..], &[byte]].concat(), key), None);
        }
    }
}

#[test]
fn what_is_not_canonical_is_refused() {
    let refused =
        |hex: &str| Frame::decode(&golden_bytes(hex)).map_err(|error| error.kind().clone());
    assert_eq!(refused("01 0a"), Err(DecodeErrorKind::UnknownTag(10)));
    let known = "02 0b00000003000000 01 00 a100000001000000 03 00";
    let same = refused(&std::format!("01 05 00 00 {known}"));
    assert_eq!(same, Err(DecodeErrorKind::OutOfOrder), "openings descend");
    let waits = refused("01 01 07 00 09 0a 04 02 00 00 00");
    assert_eq!(waits, Err(DecodeErrorKind::OutOfRange), "more waits than has arrived");
    let far = "ff ff ff ff ff ff ff ff ff 01";
    let beyond = refused(&std::format!("01 01 07 00 09 00 04 02 01 01 {far} 00 00 00"));
    assert_eq!(beyond, Err(DecodeErrorKind::OutOfRange), "a stretch beyond the last position");
    let beyond = refused(&std::format!("01 09 a200000002000000 01 {far} 00 00"));
    assert_eq!(beyond, Err(DecodeErrorKind::OutOfRange), "a broadcast beyond the last position");
    for (piece, why) in [("02 02 07", "beyond the last"), ("00 01 07", "whole"), ("00 02", "empty")]
    {
        let piece = refused(&std::format!("01 08 a15e000000000000 {piece}"));
        assert_eq!(piece, Err(DecodeErrorKind::OutOfRange), "a piece that is {why}");
    }
    let many = refused("01 05 00 00 ff ff 03");
    assert_eq!(many, Err(DecodeErrorKind::UnexpectedEnd), "more openings than bytes");
}

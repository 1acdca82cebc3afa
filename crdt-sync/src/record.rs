//! What a host keeps.

use alloc::vec::Vec;

use crdt_core::wire::{Budget, DecodeError, DecodeErrorKind, Reader, Wire, Writer};
use crdt_core::{ReplicaId, Timestamp};

use crate::known::Known;
use crate::{Incarnation, StoredError, seal};

/// Something to persist, in order.
///
/// A host appends the bytes to its store, makes them durable, several at once if it likes, and says
/// so with [`Replica::persisted`](crate::Replica::persisted). Nothing leaves a replica before what it
/// tells is durable.
///
/// It ends with a checksum, so that [`Replica::open`](crate::Replica::open) finds what the store has
/// damaged. How long it is, it does not say: that, the store has to keep.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Record {
    /// Counts the records of one opening, from 1.
    pub number: u64,
    /// What to append. A record may be empty of meaning to the host, but none may be left out.
    pub bytes: Vec<u8>,
}

/// A whole state to begin from, in place of all records before it. It ends with a checksum, as a
/// [`Record`] does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Snapshot {
    /// It stands for the records up to this number; those after it are still needed.
    pub number: u64,
    /// What to store.
    pub bytes: Vec<u8>,
}

/// Where a change comes from: whose log, and up to which position of it.
pub(crate) type Origin = (Incarnation, u64);

/// A value whose bytes are stored, sealed.
pub(crate) trait Storable: Wire {
    /// What it is sealed with.
    const KEY: u128;

    /// The bytes to store.
    fn to_stored(&self) -> Vec<u8> {
        seal::seal(self.encode(), Self::KEY)
    }

    /// Reads what was stored.
    fn from_stored(bytes: &[u8], budget: &Budget) -> Result<Self, StoredError> {
        let Some(body) = seal::open(bytes, Self::KEY) else {
            let is = |key| seal::open(bytes, key).is_some();
            return Err(match () {
                () if is(Entry::KEY) => StoredError::Mistaken("a record"),
                () if is(Image::KEY) => StoredError::Mistaken("a snapshot"),
                () if is(seal::ANYBODY) => StoredError::Mistaken("a message between replicas"),
                () => StoredError::Damaged,
            });
        };
        Self::decode_within(body, budget).map_err(StoredError::Malformed)
    }
}

impl Storable for Entry {
    const KEY: u128 = seal::RECORD;
}

impl Storable for Image {
    const KEY: u128 = seal::SNAPSHOT;
}

/// What a record says. States are bytes here.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Entry {
    /// A new opening of the store, whose identity the writes after it bear.
    Opened { replica: ReplicaId, incarnation: Incarnation, continues: Option<Incarnation> },
    /// A change, or nothing, and what is included with it.
    Changed { position: u64, known: Known, origin: Option<Origin>, delta: Vec<u8> },
    /// No timestamp above this has been minted.
    Ceiling(Timestamp),
    /// All of it, as it is.
    Whole(Image),
    /// The host closed this opening in good order: it has told nothing after this.
    Closed(Incarnation),
}

/// A replica as it is stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Image {
    pub(crate) replica: ReplicaId,
    pub(crate) incarnation: Incarnation,
    pub(crate) position: u64,
    pub(crate) known: Known,
    pub(crate) ceiling: Timestamp,
    pub(crate) state: Vec<u8>,
}

impl Image {
    /// The state, if it is one of this type.
    pub(crate) fn state_within<S: Wire>(&self, budget: &Budget) -> Result<S, StoredError> {
        S::decode_within(&self.state, budget).map_err(StoredError::State)
    }
}

impl Wire for Image {
    fn write_to(&self, writer: &mut Writer) {
        writer.raw(self.replica.as_bytes());
        self.incarnation.write_to(writer);
        writer.varint(self.position);
        self.known.write_to(writer);
        self.ceiling.to_bits().write_to(writer);
        self.state.write_to(writer);
    }

    fn read_from(reader: &mut Reader<'_>) -> Result<Self, DecodeError> {
        Ok(Self {
            replica: ReplicaId::from_bytes(reader.array()?),
            incarnation: Incarnation::read_from(reader)?,
            position: reader.varint()?,
            known: Known::read_from(reader)?,
            ceiling: Timestamp::from_bits(u64::read_from(reader)?),
            state: Vec::read_from(reader)?,
        })
    }
}

impl Wire for Entry {
    fn write_to(&self, writer: &mut Writer) {
        match self {
            Self::Opened { replica, incarnation, continues } => {
                writer.byte(0);
                writer.raw(replica.as_bytes());
                incarnation.write_to(writer);
                continues.write_to(writer);
            }
            Self::Changed { position, known, origin, delta } => {
                writer.byte(1);
                writer.varint(*position);
                known.write_to(writer);
                writer.byte(u8::from(origin.is_some()));
                if let Some((sender, at)) = origin {
                    sender.write_to(writer);
                    writer.varint(*at);
                }
                delta.write_to(writer);
            }
            Self::Ceiling(ceiling) => {
                writer.byte(2);
                ceiling.to_bits().write_to(writer);
            }
            Self::Whole(image) => {
                writer.byte(3);
                image.write_to(writer);
            }
            Self::Closed(incarnation) => {
                writer.byte(4);
                incarnation.write_to(writer);
            }
        }
    }

    fn read_from(reader: &mut Reader<'_>) -> Result<Self, DecodeError> {
        let kind = reader.byte()?;
        Ok(match kind {
            0 => Self::Opened {
                replica: ReplicaId::from_bytes(reader.array()?),
                incarnation: Incarnation::read_from(reader)?,
                continues: Option::read_from(reader)?,
            },
            1 => Self::Changed {
                position: reader.varint()?,
                known: Known::read_from(reader)?,
                origin: if bool::read_from(reader)? {
                    Some((Incarnation::read_from(reader)?, reader.varint()?))
                } else {
                    None
                },
                delta: Vec::read_from(reader)?,
            },
            2 => Self::Ceiling(Timestamp::from_bits(u64::read_from(reader)?)),
            3 => Self::Whole(Image::read_from(reader)?),
            4 => Self::Closed(Incarnation::read_from(reader)?),
            _ => return Err(reader.error(DecodeErrorKind::UnknownTag(kind))),
        })
    }
}

#[cfg(test)]
mod tests {
    use alloc::vec;
    use alloc::vec::Vec;
    use core::fmt::Debug;

    use crdt_core::laws::{check_golden, golden_bytes};
    use crdt_core::wire::{Budget, DecodeErrorKind};
    use crdt_core::{ReplicaId, Timestamp};

    use super::{Entry, Image, Storable};
    use crate::known::{Known, Reach};
    use crate::{Incarnation, StoredError, Token, seal};

    fn opening() -> Incarnation {
        Incarnation::drawn(2_000, 0xa2)
    }

    fn known() -> Known {
        let continues = Some((Incarnation::drawn(1_000, 0xa1), 3));
        Known::of(opening(), Reach { position: 300, continues })
    }

    fn image() -> Image {
        Image {
            replica: ReplicaId::from_u128(1),
            incarnation: opening(),
            position: 300,
            known: known(),
            ceiling: Timestamp::from_bits(1_000 << 16 | 1),
            state: vec![1, 0xde, 0x17],
        }
    }

    fn all() -> Vec<(&'static str, Entry)> {
        let (replica, incarnation) = (ReplicaId::from_u128(1), opening());
        let delta = vec![1, 0xde, 0x17];
        vec![
            (
                include_str!("../tests/golden/record_opened.hex"),
                Entry::Opened { replica, incarnation, continues: Some(Incarnation::from_bits(7)) },
            ),
            (
                include_str!("../tests/golden/record_changed.hex"),
                Entry::Changed {
                    position: 300,
                    known: known(),
                    origin: Some((opening(), 9)),
                    delta,
                },
            ),
            (
                include_str!("../tests/golden/record_ceiling.hex"),
                Entry::Ceiling(Timestamp::from_bits(1_000 << 16 | 1)),
            ),
            (include_str!("../tests/golden/record_whole.hex"), Entry::Whole(image())),
            (include_str!("../tests/golden/record_closed.hex"), Entry::Closed(incarnation)),
        ]
    }

    fn read<T: Storable>(bytes: &[u8]) -> Result<T, StoredError> {
        T::from_stored(bytes, &Budget::unbounded())
    }

    fn check_stored<T: Storable + PartialEq + Debug>(golden: &str, value: &T) {
        let golden = golden_bytes(golden);
        assert_eq!(
            value.to_stored(),
            golden,
            "{value:?} is written differently than it was released"
        );
        assert_eq!(read::<T>(&golden).as_ref(), Ok(value), "released bytes read differently");
    }

    #[test]
    fn records_and_snapshots_stay_readable() {
        for (golden, entry) in all() {
            check_stored(golden, &entry);
        }
        check_stored(include_str!("../tests/golden/snapshot.hex"), &image());
    }

    #[test]
    fn tokens_stay_readable() {
        let token = Token { incarnation: opening(), position: 300 };
        check_golden("01  a200000002000000  ac02", &token);
        assert_eq!("00000002000000a2-300".parse(), Ok(token));
    }

    /// Every bit that may be flipped, every length that may be left, and some bytes too many.
    fn check_damage<T: Storable + PartialEq + Debug>(value: &T) {
        let bytes = value.to_stored();
        for bit in 0..8 * bytes.len() {
            let mut flipped = bytes.clone();
            flipped[bit / 8] ^= 1 << (bit % 8);
            assert_eq!(read::<T>(&flipped), Err(StoredError::Damaged), "bit {bit} of {value:?}");
        }
        for length in 0..bytes.len() {
            let cut = read::<T>(&bytes[..length]);
            assert_eq!(cut, Err(StoredError::Damaged), "{length} bytes of {value:?}");
        }
        for surplus in [&[0][..], &[1, 2, 3], &bytes] {
            let prolonged = read::<T>(&[&bytes, surplus].concat());
            assert_eq!(prolonged, Err(StoredError::Damaged), "{surplus:?} after {value:?}");
        }
    }

    #[test]
    fn a_flipped_bit_or_a_missing_byte_is_found_in_every_record_and_snapshot() {
        for (_, entry) in all() {
            check_damage(&entry);
        }
        check_damage(&image());
    }

    #[test]
    fn what_is_whole_and_something_else_is_refused_by_its_name() {
        let record = Entry::Whole(image()).to_stored();
        assert_eq!(read::<Image>(&record), Err(StoredError::Mistaken("a record")));
        let snapshot = image().to_stored();
        assert_eq!(read::<Entry>(&snapshot), Err(StoredError::Mistaken("a snapshot")));
        let message = golden_bytes(include_str!("../tests/golden/sealed_hello.hex"));
        let mistaken = Err(StoredError::Mistaken("a message between replicas"));
        assert_eq!(read::<Entry>(&message), mistaken);
        assert_eq!(read::<Image>(&message).map(|_| ()), mistaken.map(|_| ()));
    }

    #[test]
    fn a_record_of_another_release_is_refused_as_that() {
        for (bytes, why) in [
            ("01 05", DecodeErrorKind::UnknownTag(5)),
            ("02 04 a200000002000000", DecodeErrorKind::UnknownVersion(2)),
        ] {
            let bytes = seal::seal(golden_bytes(bytes), seal::RECORD);
            let Err(StoredError::Malformed(error)) = read::<Entry>(&bytes) else {
                panic!("it is refused")
            };
            assert_eq!(error.kind(), &why);
        }
    }
}

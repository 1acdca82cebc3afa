//! What a register tells a peer.

use crdt_core::wire::{DecodeError, Reader, Wire, Writer};
use crdt_core::{ContentKey, ReplicaId, Timestamp};

use super::LwwRegister;

/// The stamp of an [`LwwRegister`]'s write, and a keyed hash of its value. By default that of a
/// register that was never written.
///
/// The hash is there for faults: the stamp alone would make two registers that hold different
/// values under one stamp look equal for good. Size: 59 bytes as a message of its own, however
/// long the value.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LwwRegisterDigest {
    seen: Option<Seen>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct Seen {
    timestamp: Timestamp,
    writer: ReplicaId,
    key: ContentKey,
    hash: u128,
}

impl LwwRegisterDigest {
    pub(super) fn of<T: Wire>(register: &LwwRegister<T>, key: ContentKey) -> Self {
        let seen = register.written.as_ref().map(|written| Seen {
            timestamp: written.timestamp,
            writer: written.writer,
            key,
            hash: key.hash(&written.value),
        });
        Self { seen }
    }

    /// Whether the register that this is the digest of lacks what `register` holds.
    pub(super) fn lacks<T: Wire>(&self, register: &LwwRegister<T>) -> bool {
        match (&register.written, &self.seen) {
            (None, _) => false,
            (Some(_), None) => true,
            (Some(written), Some(seen)) => {
                let stamps = written.stamp().cmp(&(seen.timestamp, seen.writer));
                stamps.is_gt() || stamps.is_eq() && seen.key.hash(&written.value) != seen.hash
            }
        }
    }
}

/// A tag, and after 1: timestamp, replica id, key and hash.
impl Wire for LwwRegisterDigest {
    fn write_to(&self, writer: &mut Writer) {
        self.seen.write_to(writer);
    }

    fn read_from(reader: &mut Reader<'_>) -> Result<Self, DecodeError> {
        Option::read_from(reader).map(|seen| Self { seen })
    }
}

impl Wire for Seen {
    fn write_to(&self, writer: &mut Writer) {
        self.timestamp.write_to(writer);
        self.writer.write_to(writer);
        self.key.write_to(writer);
        self.hash.write_to(writer);
    }

    fn read_from(reader: &mut Reader<'_>) -> Result<Self, DecodeError> {
        Ok(Self {
            timestamp: Wire::read_from(reader)?,
            writer: Wire::read_from(reader)?,
            key: Wire::read_from(reader)?,
            hash: Wire::read_from(reader)?,
        })
    }
}

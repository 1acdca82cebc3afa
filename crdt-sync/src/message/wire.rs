//! The bytes of frames: the kind, then the fields in order.

use alloc::string::String;
use alloc::vec::Vec;

use crdt_core::ReplicaId;
use crdt_core::wire::{DecodeError, DecodeErrorKind, Reader, Wire, Writer};

use super::{
    Broadcast, Fingerprint, Frame, Hello, Need, Part, PartAck, Piece, Probe, Progress, Refused,
    Same, Told, Update,
};
use crate::Incarnation;
use crate::known::Known;

impl Wire for Frame {
    fn write_to(&self, writer: &mut Writer) {
        match self {
            Self::Hello(hello) => {
                writer.byte(Self::HELLO);
                hello.write_to(writer);
            }
            Self::Update(update) => {
                writer.byte(Self::UPDATE);
                update.write_to(writer);
            }
            Self::Part(part) => {
                writer.byte(Self::PART);
                part.write_to(writer);
            }
            Self::PartAck(PartAck { transfer, offset }) => {
                writer.byte(Self::PART_ACK);
                transfer.write_to(writer);
                writer.varint(*offset);
            }
            Self::Fingerprint(fingerprint) => {
                writer.byte(Self::FINGERPRINT);
                fingerprint.write_to(writer);
            }
            Self::Same(Same { at, mine, known }) => {
                writer.byte(Self::SAME);
                writer.varint(*at);
                writer.varint(*mine);
                known.write_to(writer);
            }
            Self::Probe(Probe { session, round, bytes }) => {
                writer.byte(Self::PROBE);
                session.write_to(writer);
                writer.varint(*round);
                writer.raw(bytes);
            }
            Self::Refused(Refused { why }) => {
                writer.byte(Self::REFUSED);
                why.write_to(writer);
            }
            Self::Piece(piece) => {
                writer.byte(Self::PIECE);
                piece.write_to(writer);
            }
            Self::Broadcast(broadcast) => {
                writer.byte(Self::BROADCAST);
                broadcast.write_to(writer);
            }
        }
    }

    fn read_from(reader: &mut Reader<'_>) -> Result<Self, DecodeError> {
        let kind = reader.byte()?;
        Ok(match kind {
            Self::HELLO => Self::Hello(Hello::read_from(reader)?),
            Self::UPDATE => Self::Update(Update::read_from(reader)?),
            Self::PART => Self::Part(Part::read_from(reader)?),
            Self::PART_ACK => {
                let transfer = u64::read_from(reader)?;
                Self::PartAck(PartAck { transfer, offset: reader.varint()? })
            }
            Self::FINGERPRINT => Self::Fingerprint(Fingerprint::read_from(reader)?),
            Self::SAME => {
                let (at, mine) = (reader.varint()?, reader.varint()?);
                Self::Same(Same { at, mine, known: Known::read_from(reader)? })
            }
            Self::PROBE => {
                let (session, round) = (u64::read_from(reader)?, reader.varint()?);
                Self::Probe(Probe { session, round, bytes: rest(reader)? })
            }
            Self::REFUSED => Self::Refused(Refused { why: String::read_from(reader)? }),
            Self::PIECE => Self::Piece(Piece::read_from(reader)?),
            Self::BROADCAST => Self::Broadcast(Broadcast::read_from(reader)?),
            _ => return Err(reader.error(DecodeErrorKind::UnknownTag(kind))),
        })
    }
}

impl Wire for Hello {
    fn write_to(&self, writer: &mut Writer) {
        writer.byte(self.major);
        writer.byte(self.minor);
        writer.raw(self.replica.as_bytes());
        self.incarnation.write_to(writer);
        self.need.write_to(writer);
        self.session.write_to(writer);
        self.heard.write_to(writer);
        self.known.write_beside(self.incarnation, writer);
    }

    fn read_from(reader: &mut Reader<'_>) -> Result<Self, DecodeError> {
        let (major, minor) = (reader.byte()?, reader.byte()?);
        let replica = ReplicaId::from_bytes(reader.array()?);
        let incarnation = Incarnation::read_from(reader)?;
        Ok(Self {
            major,
            minor,
            replica,
            incarnation,
            need: Need::read_from(reader)?,
            session: u32::read_from(reader)?,
            heard: Option::read_from(reader)?,
            known: Known::read_beside(incarnation, reader)?,
        })
    }
}

impl Wire for Need {
    fn write_to(&self, writer: &mut Writer) {
        writer.byte(match self {
            Self::Difference => 0,
            Self::Everything => 1,
            Self::NothingYet => 2,
        });
    }

    fn read_from(reader: &mut Reader<'_>) -> Result<Self, DecodeError> {
        match reader.byte()? {
            0 => Ok(Self::Difference),
            1 => Ok(Self::Everything),
            2 => Ok(Self::NothingYet),
            _ => Err(reader.error(DecodeErrorKind::OutOfRange)),
        }
    }
}

/// `from`, the distance to `to`, the session.
impl Wire for Progress {
    fn write_to(&self, writer: &mut Writer) {
        writer.varint(self.from);
        writer.varint(self.to - self.from);
        self.session.write_to(writer);
    }

    fn read_from(reader: &mut Reader<'_>) -> Result<Self, DecodeError> {
        let (from, distance) = (reader.varint()?, reader.varint()?);
        let to = from.checked_add(distance);
        let to = to.ok_or_else(|| reader.error(DecodeErrorKind::OutOfRange))?;
        Ok(Self { from, to, session: Option::read_from(reader)? })
    }
}

impl Wire for Told {
    fn write_to(&self, writer: &mut Writer) {
        writer.varint(self.version);
        self.known.write_to(writer);
        if !self.known.is_empty() {
            writer.varint(self.at);
        }
        writer.varint(self.received);
        writer.varint(self.received - self.included);
        writer.varint(self.heard);
        writer.varint(self.names);
    }

    fn read_from(reader: &mut Reader<'_>) -> Result<Self, DecodeError> {
        let (version, known) = (reader.varint()?, Known::read_from(reader)?);
        let at = if known.is_empty() { 0 } else { reader.varint()? };
        let (received, waiting) = (reader.varint()?, reader.varint()?);
        let included = received.checked_sub(waiting);
        Ok(Self {
            version,
            known,
            at,
            received,
            included: included.ok_or_else(|| reader.error(DecodeErrorKind::OutOfRange))?,
            heard: reader.varint()?,
            names: reader.varint()?,
        })
    }
}

/// What is told, the progress, the dictionary; all that follows is the change.
impl Wire for Update {
    fn write_to(&self, writer: &mut Writer) {
        self.told.write_to(writer);
        self.progress.write_to(writer);
        writer.varint(self.base);
        write_ids(&self.added, writer);
        writer.raw(&self.delta);
    }

    fn read_from(reader: &mut Reader<'_>) -> Result<Self, DecodeError> {
        let (told, progress) = (Told::read_from(reader)?, Option::read_from(reader)?);
        let (base, added) = (reader.varint()?, read_ids(reader)?);
        Ok(Self { told, progress, base, added, delta: rest(reader)? })
    }
}

/// The fields in order; all that follows is the part's.
impl Wire for Part {
    fn write_to(&self, writer: &mut Writer) {
        self.transfer.write_to(writer);
        self.progress.write_to(writer);
        self.known.write_to(writer);
        writer.varint(self.total);
        writer.varint(self.offset);
        writer.raw(&self.bytes);
    }

    fn read_from(reader: &mut Reader<'_>) -> Result<Self, DecodeError> {
        Ok(Self {
            transfer: u64::read_from(reader)?,
            progress: Progress::read_from(reader)?,
            known: Known::read_from(reader)?,
            total: reader.varint()?,
            offset: reader.varint()?,
            bytes: rest(reader)?,
        })
    }
}

impl Wire for Fingerprint {
    fn write_to(&self, writer: &mut Writer) {
        self.key.write_to(writer);
        self.hash.write_to(writer);
        writer.varint(self.at);
        self.known.write_to(writer);
        writer.byte(u8::from(self.yours.is_some()));
        if let Some(yours) = self.yours {
            writer.varint(yours);
        }
    }

    fn read_from(reader: &mut Reader<'_>) -> Result<Self, DecodeError> {
        Ok(Self {
            key: u64::read_from(reader)?,
            hash: u64::read_from(reader)?,
            at: reader.varint()?,
            known: Known::read_from(reader)?,
            yours: if bool::read_from(reader)? { Some(reader.varint()?) } else { None },
        })
    }
}

/// The fields in order; all that follows is the piece's.
impl Wire for Piece {
    fn write_to(&self, writer: &mut Writer) {
        self.of.write_to(writer);
        writer.varint(self.number);
        writer.varint(self.count);
        writer.raw(&self.bytes);
    }

    fn read_from(reader: &mut Reader<'_>) -> Result<Self, DecodeError> {
        let (of, number, count) = (u64::read_from(reader)?, reader.varint()?, reader.varint()?);
        let bytes = rest(reader)?;
        if count < 2 || number >= count || bytes.is_empty() {
            return Err(reader.error(DecodeErrorKind::OutOfRange));
        }
        Ok(Self { of, number, count, bytes })
    }
}

/// The sender, `from`, the distance to `to`, what is required, the ids; all that follows is the change.
impl Wire for Broadcast {
    fn write_to(&self, writer: &mut Writer) {
        self.sender.write_to(writer);
        writer.varint(self.from);
        writer.varint(self.to - self.from);
        self.required.write_to(writer);
        write_ids(&self.ids, writer);
        writer.raw(&self.delta);
    }

    fn read_from(reader: &mut Reader<'_>) -> Result<Self, DecodeError> {
        let sender = Incarnation::read_from(reader)?;
        let (from, distance) = (reader.varint()?, reader.varint()?);
        let to = from.checked_add(distance);
        let to = to.ok_or_else(|| reader.error(DecodeErrorKind::OutOfRange))?;
        let (required, ids) = (Known::read_from(reader)?, read_ids(reader)?);
        Ok(Self { sender, from, to, required, ids, delta: rest(reader)? })
    }
}

fn write_ids(ids: &[ReplicaId], writer: &mut Writer) {
    writer.count(ids.len());
    for id in ids {
        writer.raw(id.as_bytes());
    }
}

fn read_ids(reader: &mut Reader<'_>) -> Result<Vec<ReplicaId>, DecodeError> {
    let mut ids = Vec::new();
    for _ in 0..reader.count()? {
        ids.push(ReplicaId::from_bytes(reader.array()?));
    }
    Ok(ids)
}

fn rest(reader: &mut Reader<'_>) -> Result<Vec<u8>, DecodeError> {
    let length = reader.remaining();
    reader.raw(length).map(<[u8]>::to_vec)
}

//! The bytes around a message between regions: the version of the format, the scope and the document that
//! the message is for, both as texts, and the message.

use axum::body::Bytes;
use crdt_core::wire::{Budget, Reader, Wire, Writer};

use crate::config::is_name;
use crate::engine::Outgoing;
use crate::store::Address;

/// Says which document a message is for.
pub fn wrap((address, message): Outgoing) -> Bytes {
    let mut writer = Writer::with_replicas(&[]);
    address.scope.write_to(&mut writer);
    address.document.write_to(&mut writer);
    writer.raw(&message);
    writer.into_parts().0.into()
}

/// Which document a message is for, if these are the bytes of one.
pub fn unwrap(bytes: &Bytes) -> Option<(Address, Bytes)> {
    let budget = Budget::default().with_bytes(bytes.len());
    let mut reader = Reader::with_replicas(bytes, &budget, &[]).ok()?;
    let scope = String::read_from(&mut reader).ok()?;
    let document = String::read_from(&mut reader).ok()?;
    let left = reader.remaining();
    let is_right = is_name(&scope) && is_name(&document);
    is_right.then(|| (Address { scope, document }, bytes.slice(bytes.len() - left..)))
}

#[cfg(test)]
mod tests {
    use axum::body::Bytes;

    use super::{unwrap, wrap};
    use crate::store::Address;

    #[test]
    fn frames_stay_readable() {
        let frame = wrap((Address::new("eu", "cart"), Bytes::from_static(&[7, 8])));
        assert_eq!(frame[..], *b"\x01\x02eu\x04cart\x07\x08");
    }

    #[test]
    fn a_frame_reads_back_and_what_is_none_is_told() {
        let frame = wrap((Address::new("global", "cart"), Bytes::from_static(&[7, 8, 9])));
        let read = unwrap(&frame);
        assert_eq!(read, Some((Address::new("global", "cart"), Bytes::from_static(&[7, 8, 9]))));
        let header = frame.len() - 3;
        for end in 0..header {
            assert_eq!(unwrap(&frame.slice(..end)), None, "cut at {end}");
        }
        let slash = wrap((Address::new("global", "a/b"), Bytes::new()));
        assert_eq!(unwrap(&slash), None);
    }
}

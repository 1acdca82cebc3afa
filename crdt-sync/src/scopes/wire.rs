//! The bytes around a scope's message: what it is, the scope's name, the message.

use alloc::string::String;
use alloc::vec::Vec;

use crdt_core::wire::{Budget, DecodeError, DecodeErrorKind, Reader, Wire, Writer};

/// The longest message that is looked at; its scope has a limit of its own.
const LONGEST: usize = 1 << 30;

const MESSAGE: u8 = 0;
const REFUSED: u8 = 1;

/// What crosses a link.
pub(super) enum Scoped<'a> {
    Message { name: String, bytes: &'a [u8] },
    Refused { name: String },
}

pub(super) fn wrap(name: &str, bytes: &[u8]) -> Vec<u8> {
    let mut writer = begin(MESSAGE, name);
    writer.raw(bytes);
    writer.into_parts().0
}

pub(super) fn refuse(name: &str) -> Vec<u8> {
    begin(REFUSED, name).into_parts().0
}

fn begin(kind: u8, name: &str) -> Writer {
    let mut writer = Writer::with_replicas(&[]);
    writer.byte(kind);
    writer.count(name.len());
    writer.raw(name.as_bytes());
    writer
}

pub(super) fn read(bytes: &[u8]) -> Result<Scoped<'_>, DecodeError> {
    let budget = Budget::default().with_bytes(LONGEST);
    let mut reader = Reader::with_replicas(bytes, &budget, &[])?;
    let kind = reader.byte()?;
    let name = String::read_from(&mut reader)?;
    match kind {
        MESSAGE => {
            let length = reader.remaining();
            Ok(Scoped::Message { name, bytes: reader.raw(length)? })
        }
        REFUSED => {
            reader.finish()?;
            Ok(Scoped::Refused { name })
        }
        _ => Err(reader.error(DecodeErrorKind::UnknownTag(kind))),
    }
}

#[cfg(test)]
mod tests {
    use crdt_core::laws::golden_bytes;

    use crdt_core::wire::VERSION;

    use super::{MESSAGE, REFUSED, Scoped, read, refuse, wrap};

    #[test]
    fn scoped_messages_stay_readable() {
        let golden = golden_bytes(include_str!("../../tests/golden/scope_message.hex"));
        assert_eq!(wrap("eu", &[1, 3, 0x77]), golden);
        let Ok(Scoped::Message { name, bytes }) = read(&golden) else { panic!("a message") };
        assert_eq!((&*name, bytes), ("eu", &[1, 3, 0x77][..]));

        let golden = golden_bytes(include_str!("../../tests/golden/scope_refused.hex"));
        assert_eq!(refuse("eu"), golden);
        let Ok(Scoped::Refused { name }) = read(&golden) else { panic!("a refusal") };
        assert_eq!(name, "eu");
    }

    #[test]
    fn what_names_no_scope_is_refused() {
        let (cut, prolonged) = ([MESSAGE, 3, b'e', b'u'], [REFUSED, 1, b'e', 0]);
        for bytes in [&[][..], &[2, 0], &cut, &prolonged, &[MESSAGE, 1, 0xff]] {
            let bytes = [&[VERSION], bytes].concat();
            assert!(read(&bytes).is_err(), "{bytes:?}");
        }
    }
}

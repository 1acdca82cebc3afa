//! What is asked of a document, and what it answers, as bytes that `ts/question.ts` writes and reads.

use alloc::string::String;
use alloc::vec::Vec;

use crdt_core::wire::{Budget, DecodeError, DecodeErrorKind, Reader, Wire, Writer};
use crdt_document::{Document, Kind, Value};

use super::program::kind;
use crate::values::alike;

/// Answers one question.
pub(crate) fn answer(document: &Document, question: &[u8]) -> Result<Vec<u8>, DecodeError> {
    let mut reader = Reader::with_replicas(question, &Budget::unbounded(), &[])?;
    let mut writer = Writer::with_replicas(&[]);
    match reader.byte()? {
        // All there is.
        0 => {
            writer.count(document.len());
            for name in document.names() {
                write_name(document, name, &mut writer);
            }
        }
        // What there is under a name.
        1 => write_name(document, &String::read_from(&mut reader)?, &mut writer),
        // What there is under a name as one kind.
        2 => {
            let kind = kind(&mut reader)?;
            write_content(document, &String::read_from(&mut reader)?, kind, &mut writer);
        }
        // Whether a set has an element.
        3 => {
            let kind = kind(&mut reader)?;
            let name = String::read_from(&mut reader)?;
            let (one, other) = alike(Value::read_from(&mut reader)?);
            let has = |value: &Value| match kind {
                Kind::GSet => document.g_set(&name).contains(value),
                _ => document.set(&name).contains(value),
            };
            (has(&one) || other.is_some_and(|other| has(&other))).write_to(&mut writer);
        }
        // How many elements a set has.
        4 => {
            let kind = kind(&mut reader)?;
            let name = String::read_from(&mut reader)?;
            let size = match kind {
                Kind::GSet => document.g_set(&name).len(),
                _ => document.set(&name).len(),
            };
            writer.count(size);
        }
        // When and by whom a register was written.
        5 => {
            let name = String::read_from(&mut reader)?;
            let register = document.register(&name);
            if let (Some(at), Some(by)) = (register.timestamp(), register.writer()) {
                write_shown(&at, &mut writer);
                write_shown(&by, &mut writer);
            }
        }
        // The names, and those with two kinds.
        6 => {
            writer.count(document.len());
            for name in document.names() {
                write_text(name, &mut writer);
            }
        }
        7 => {
            writer.count(document.conflicts().count());
            for (name, kinds) in document.conflicts() {
                write_text(name, &mut writer);
                writer.count(kinds.len());
                kinds.for_each(|kind| writer.byte(tag(kind)));
            }
        }
        other => return Err(reader.error(DecodeErrorKind::UnknownTag(other))),
    }
    Ok(writer.into_parts().0)
}

/// A name, and what there is of it as each kind.
fn write_name(document: &Document, name: &str, writer: &mut Writer) {
    write_text(name, writer);
    writer.count(document.kinds(name).len());
    for kind in document.kinds(name) {
        write_content(document, name, kind, writer);
    }
}

/// A kind and what there is: of a counter the decimal digits, otherwise values.
fn write_content(document: &Document, name: &str, kind: Kind, writer: &mut Writer) {
    writer.byte(tag(kind));
    match kind {
        Kind::Counter => write_shown(&document.counter(name).value(), writer),
        Kind::PnCounter => write_shown(&document.pn_counter(name).value(), writer),
        Kind::GSet => write_values(document.g_set(name).iter(), writer),
        Kind::Set => write_values(document.set(name).iter(), writer),
        Kind::Register => write_values(document.register(name).get().into_iter(), writer),
        _ => write_values(document.mv_register(name).values().iter().copied(), writer),
    }
}

fn write_values<'a>(values: impl ExactSizeIterator<Item = &'a Value>, writer: &mut Writer) {
    writer.count(values.len());
    values.for_each(|value| value.write_to(writer));
}

fn write_shown(number: &dyn core::fmt::Display, writer: &mut Writer) {
    write_text(&alloc::format!("{number}"), writer);
}

fn write_text(text: &str, writer: &mut Writer) {
    writer.count(text.len());
    writer.raw(text.as_bytes());
}

/// The place of a kind in [`Kind::ALL`].
fn tag(kind: Kind) -> u8 {
    (0..).zip(Kind::ALL).find(|(_, other)| *other == kind).map_or(u8::MAX, |(place, _)| place)
}

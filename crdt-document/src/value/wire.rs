//! The bytes of a value: a tag, and what it holds.

use alloc::string::String;
use alloc::vec::Vec;

use crdt_core::wire::{DecodeError, DecodeErrorKind, Reader, Wire, Writer};

use super::Value;
use super::order::canonical_bits;

const NULL: u8 = 0;
const FALSE: u8 = 1;
const TRUE: u8 = 2;
const I64: u8 = 3;
const F64: u8 = 4;
const TEXT: u8 = 5;
const BYTES: u8 = 6;
/// Text of fewer bytes than this: the tag is it and their number.
const SHORT_TEXT: u8 = 0x80;

/// Whole numbers as a varint, with the sign in the lowest bit; floats as eight bytes; the length of a text
/// below 128 bytes in the tag.
impl Wire for Value {
    fn write_to(&self, writer: &mut Writer) {
        match self {
            Self::Null => writer.byte(NULL),
            Self::Bool(false) => writer.byte(FALSE),
            Self::Bool(true) => writer.byte(TRUE),
            Self::I64(number) => {
                writer.byte(I64);
                writer.varint((number << 1 ^ number >> 63).cast_unsigned());
            }
            Self::F64(number) => {
                writer.byte(F64);
                canonical_bits(*number).write_to(writer);
            }
            Self::Text(text) => match u8::try_from(text.len()) {
                Ok(length) if length < SHORT_TEXT => {
                    writer.byte(SHORT_TEXT | length);
                    writer.raw(text.as_bytes());
                }
                _ => {
                    writer.byte(TEXT);
                    text.write_to(writer);
                }
            },
            Self::Bytes(bytes) => {
                writer.byte(BYTES);
                bytes.write_to(writer);
            }
        }
    }

    fn read_from(reader: &mut Reader<'_>) -> Result<Self, DecodeError> {
        match reader.byte()? {
            NULL => Ok(Self::Null),
            FALSE => Ok(Self::Bool(false)),
            TRUE => Ok(Self::Bool(true)),
            I64 => {
                let bits = reader.varint()?;
                Ok(Self::I64((bits >> 1).cast_signed() ^ -(bits & 1).cast_signed()))
            }
            F64 => {
                let bits = u64::read_from(reader)?;
                let number = f64::from_bits(bits);
                if canonical_bits(number) != bits {
                    return Err(reader.error(DecodeErrorKind::Invalid("a NaN is not the one NaN")));
                }
                Ok(Self::F64(number))
            }
            TEXT => {
                let text = String::read_from(reader)?;
                if text.len() < SHORT_TEXT.into() {
                    return Err(
                        reader.error(DecodeErrorKind::Invalid("a short text is written long"))
                    );
                }
                Ok(text.into())
            }
            BYTES => Vec::<u8>::read_from(reader).map(Self::from),
            short if short >= SHORT_TEXT => {
                let bytes = reader.raw((short - SHORT_TEXT).into())?;
                let text = core::str::from_utf8(bytes);
                text.map(Self::from).map_err(|_| reader.error(DecodeErrorKind::InvalidUtf8))
            }
            tag => Err(reader.error(DecodeErrorKind::UnknownTag(tag))),
        }
    }
}

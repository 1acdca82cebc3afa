//! What becomes a value by itself.

use alloc::boxed::Box;
use alloc::string::String;
use alloc::sync::Arc;
use alloc::vec::Vec;

use super::Value;

macro_rules! from {
    ($($kind:ty => $variant:ident),* $(,)?) => {$(
        impl From<$kind> for Value {
            fn from(content: $kind) -> Self {
                Self::$variant(content.into())
            }
        }
    )*};
}

from! {
    bool => Bool,
    i8 => I64,
    i16 => I64,
    i32 => I64,
    i64 => I64,
    u8 => I64,
    u16 => I64,
    u32 => I64,
    f32 => F64,
    f64 => F64,
    &str => Text,
    String => Text,
    Box<str> => Text,
    Arc<str> => Text,
    &[u8] => Bytes,
    Vec<u8> => Bytes,
    Arc<[u8]> => Bytes,
}

impl From<&String> for Value {
    fn from(text: &String) -> Self {
        Self::from(text.as_str())
    }
}

impl From<&Self> for Value {
    fn from(value: &Self) -> Self {
        value.clone()
    }
}

/// [`Null`](Value::Null) of nothing.
impl<T: Into<Self>> From<Option<T>> for Value {
    fn from(content: Option<T>) -> Self {
        content.map_or(Self::Null, Into::into)
    }
}

impl From<()> for Value {
    fn from((): ()) -> Self {
        Self::Null
    }
}

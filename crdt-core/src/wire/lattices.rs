//! The bytes of products: `Option`, tuples, maps.

use alloc::collections::BTreeMap;

use super::{DecodeError, DecodeErrorKind, Reader, Wire, Writer};
use crate::Delta;
use crate::products::MapDigest;

impl<T: Wire> Wire for Option<T> {
    fn write_to(&self, writer: &mut Writer) {
        match self {
            None => writer.byte(0),
            Some(value) => {
                writer.byte(1);
                value.write_to(writer);
            }
        }
    }

    fn read_from(reader: &mut Reader<'_>) -> Result<Self, DecodeError> {
        match reader.byte()? {
            0 => Ok(None),
            1 => T::read_from(reader).map(Some),
            tag => Err(reader.error(DecodeErrorKind::UnknownTag(tag))),
        }
    }
}

macro_rules! tuple {
    ($($name:ident . $index:tt),*) => {
        impl<$($name: Wire),*> Wire for ($($name,)*) {
            #[allow(unused_variables, reason = "the empty tuple writes nothing")]
            fn write_to(&self, writer: &mut Writer) {
                $(self.$index.write_to(writer);)*
            }

            #[allow(unused_variables, reason = "the empty tuple reads nothing")]
            fn read_from(reader: &mut Reader<'_>) -> Result<Self, DecodeError> {
                Ok(($($name::read_from(reader)?,)*))
            }
        }
    };
}

tuple!();
tuple!(A.0);
tuple!(A.0, B.1);
tuple!(A.0, B.1, C.2);
tuple!(A.0, B.1, C.2, D.3);
tuple!(A.0, B.1, C.2, D.3, E.4);
tuple!(A.0, B.1, C.2, D.3, E.4, F.5);
tuple!(A.0, B.1, C.2, D.3, E.4, F.5, G.6);
tuple!(A.0, B.1, C.2, D.3, E.4, F.5, G.6, H.7);

/// A map of lattices. A bottom value equals an absent key, so it is not written, and refused when
/// read.
impl<K: Ord + Wire, V: Delta + Wire> Wire for BTreeMap<K, V> {
    fn write_to(&self, writer: &mut Writer) {
        writer.count(self.values().filter(|value| !value.is_bottom()).count());
        for (key, value) in self.iter().filter(|(_, value)| !value.is_bottom()) {
            key.write_to(writer);
            value.write_to(writer);
        }
    }

    fn read_from(reader: &mut Reader<'_>) -> Result<Self, DecodeError> {
        read_ascending(reader, |value| !V::is_bottom(value))
    }
}

impl<K: Ord + Wire, D: Wire> Wire for MapDigest<K, D> {
    fn write_to(&self, writer: &mut Writer) {
        writer.count(self.0.len());
        for (key, digest) in &self.0 {
            key.write_to(writer);
            digest.write_to(writer);
        }
    }

    fn read_from(reader: &mut Reader<'_>) -> Result<Self, DecodeError> {
        read_ascending(reader, |_| true).map(Self)
    }
}

fn read_ascending<K: Ord + Wire, V: Wire>(
    reader: &mut Reader<'_>,
    says_something: impl Fn(&V) -> bool,
) -> Result<BTreeMap<K, V>, DecodeError> {
    let mut map = BTreeMap::new();
    for _ in 0..reader.count()? {
        let key = K::read_from(reader)?;
        if map.last_key_value().is_some_and(|(last, _)| *last >= key) {
            return Err(reader.error(DecodeErrorKind::OutOfOrder));
        }
        let value = V::read_from(reader)?;
        if !says_something(&value) {
            return Err(reader.error(DecodeErrorKind::EmptyEntry));
        }
        map.insert(key, value);
    }
    Ok(map)
}

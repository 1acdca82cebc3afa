//! Few different values, so that replicas write the same; each kind among them.

use alloc::boxed::Box;

use quickcheck::{Arbitrary, Gen};

use super::Value;

/// Yields one of a dozen values of all kinds, and now and then any number or text.
impl Arbitrary for Value {
    fn arbitrary(generator: &mut Gen) -> Self {
        match u8::arbitrary(generator) % 16 {
            0 => Self::Null,
            1 | 2 => Self::Bool(bool::arbitrary(generator)),
            3..=6 => Self::I64(i64::from(u8::arbitrary(generator) % 3) - 1),
            7 => Self::I64(i64::arbitrary(generator)),
            8 | 9 => {
                let number = [0.0, -0.0, f64::NAN, 1.5].get(usize::arbitrary(generator) % 4);
                Self::F64(number.copied().unwrap_or_default())
            }
            10 => Self::F64(f64::arbitrary(generator)),
            11 | 12 => Self::from(["", "a", "b"][usize::arbitrary(generator) % 3]),
            13 => Self::from(alloc::string::String::arbitrary(generator)),
            _ => Self::from(&[0, 255][..usize::arbitrary(generator) % 3]),
        }
    }

    fn shrink(&self) -> Box<dyn Iterator<Item = Self>> {
        match self {
            Self::Null => quickcheck::empty_shrinker(),
            _ => quickcheck::single_shrinker(Self::Null),
        }
    }
}

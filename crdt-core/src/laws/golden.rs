//! Bytes that were released stay readable.

use core::fmt::Debug;

use alloc::vec::Vec;

use crate::Wire;

/// Checks that a value is written as, and read from, the bytes of a golden file: hexadecimal
/// digits, white space, and after `#` on a line words for the reader.
///
/// Keep one such file for every shape of a type's bytes, and never change one that was released:
/// it stands for what is in other people's databases.
///
/// # Panics
///
/// When the bytes are not those, either way.
///
/// # Examples
///
/// ```
/// use crdt_core::laws;
///
/// let golden = "
///     01          # format version
///     03          # three bytes
///     61 62 63    # abc
/// ";
/// laws::check_golden(golden, &String::from("abc"));
/// ```
pub fn check_golden<T: Wire + PartialEq + Debug>(golden: &str, value: &T) {
    let bytes = golden_bytes(golden);
    assert_eq!(T::decode(&bytes).as_ref(), Ok(value), "released bytes read differently");
    assert_eq!(value.encode(), bytes, "the value is written differently than it was released");
}

/// The bytes of a golden file, as [`check_golden`] reads them.
///
/// # Panics
///
/// When the text is not pairs of hexadecimal digits.
pub fn golden_bytes(golden: &str) -> Vec<u8> {
    let lines = golden.lines().map(|line| line.split('#').next().unwrap_or_default());
    let digit = |c: char| c.to_digit(16).and_then(|digit| u8::try_from(digit).ok());
    let digits = lines.flat_map(str::chars).filter(|c| !c.is_whitespace());
    let digits: Vec<u8> = digits
        .map(|c| digit(c).unwrap_or_else(|| panic!("{c:?} is no hexadecimal digit")))
        .collect();
    assert!(digits.len().is_multiple_of(2), "a digit is missing");
    digits.chunks(2).map(|pair| pair[0] << 4 | pair[1]).collect()
}

//! How a document reads.

use core::fmt;

use super::Document;

/// Reads `Document {cart.set["apple"]: there @ …0001:1} seen {…0001: 1-1}`: what is written where, by
/// which dot, and every dot seen.
impl fmt::Debug for Document {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Document ")?;
        self.map.fmt(f)
    }
}

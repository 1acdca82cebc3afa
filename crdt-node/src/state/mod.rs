//! What a region holds: one document, in the words of an operations file.

mod apply;
mod read;

use crdt_core::ContentKey;
use crdt_document::Document;

pub use apply::apply;
pub use read::readings;

/// Equal for equal documents: a hash of the canonical bytes. It tells a person, and the supervisor,
/// whether regions agree; nothing is merged or left out because of it.
pub fn fingerprint(document: &Document) -> u128 {
    ContentKey::from_u128(0).hash(document)
}

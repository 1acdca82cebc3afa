//! The token of a document: what a session shows elsewhere.
//!
//! It is `TOKEN@SCOPE/DOCUMENT`: a token of the protocol, and the one document that it is of. Positions are
//! counted by document, so that a token of another would be waited for in vain. Without what follows `@` it
//! is what a replica in a browser gives and takes, and is read as one of the document that is asked for.

use crdt_sync::Token;

use super::error::Failure;
use crate::store::Address;

/// As a session shows it.
pub(super) fn write(token: &Token, address: &Address) -> String {
    format!("{token}@{address}")
}

/// The token that a request for a document brings.
pub(super) fn read(text: &str, address: &Address) -> Result<Token, Failure> {
    let (token, of) = text.split_once('@').map_or((text, None), |(token, of)| (token, Some(of)));
    let token = token.parse().map_err(|error| Failure::malformed(format!("token: {error}")))?;
    let asked = address.to_string();
    match of.filter(|of| *of != asked) {
        Some(of) => Err(Failure::other_document(of, &asked)),
        None => Ok(token),
    }
}

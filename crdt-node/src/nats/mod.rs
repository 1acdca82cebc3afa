//! NATS between regions: one server, or cluster, in each, with `JetStream` in a domain of its own, and leaf
//! nodes between them.
//!
//! Each region says its changes once, to a stream of its own for each scope; the others mirror that stream
//! into their own domain and read on where they were, however long they were away. A stream is never
//! taken for more than a way to bring changes soon: what counts as received, as included and as durable
//! in another region is what that region says over its link. Links go over NATS, too, as plain
//! messages, to regions that have no address of their own; what a stream does not bring comes over them.
//!
//! A scope that is bound to regions has no stream, and no message of it goes over NATS: to deny subjects
//! does not stop a mirror, and what passes through a server may be kept there.
//!
//! | file | what it answers |
//! |---|---|
//! | `streams` | the streams that there have to be, and that they are what was asked for |
//! | `session` | what is said and read while there is a connection |
//! | `peers` | which regions are there, and the links to them |
//! | `error` | why it does not work |

mod error;
mod peers;
mod session;
mod streams;

use std::time::Duration;

use tokio::time::sleep;

use crate::http::Node;
pub use error::NatsError;

/// The pause before the server is tried again.
const PAUSE: Duration = Duration::from_secs(1);

/// Keeps connected to the region's server, until the node ends.
///
/// # Errors
///
/// At the start, when it cannot work, however often it is tried: the server is too old, or is none that was
/// meant, or has a stream under one of the names that is another. While the server is away, it is
/// tried again; so it is when it comes back as one of no use, since the region serves without it.
pub async fn run(node: Node) -> Result<(), NatsError> {
    let Some(nats) = node.config.nats.clone() else { return Ok(()) };
    let mut is_start = true;
    loop {
        match session::run(&node, &nats).await {
            Ok(()) => return Ok(()),
            Err(error) if error.is_final() && is_start => return Err(error),
            Err(error) if error.is_final() => {
                tracing::error!(%error, url = nats.url, "NATS came back, and is of no use");
            }
            Err(error) => tracing::warn!(%error, url = nats.url, "NATS is away"),
        }
        is_start = false;
        sleep(PAUSE).await;
    }
}

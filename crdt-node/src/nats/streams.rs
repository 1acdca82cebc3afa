//! The streams that there have to be.
//!
//! In each region's domain there is, for each scope, a stream of what the region has said, and one that
//! mirrors that of each other region. A stream keeps what it was told for a day, or until it is long: whoever
//! was away for longer gets the rest over a link.

use std::time::Duration;

use async_nats::jetstream::Context;
use async_nats::jetstream::consumer::{AckPolicy, DeliverPolicy, PullConsumer, pull};
use async_nats::jetstream::stream::{Config, DiscardPolicy, Source, StorageType, Stream};

use super::NatsError;
use crate::config::Nats;

/// What somebody is called who reads a stream for a region: where it is, the server keeps.
const READER: &str = "crdt-node";

/// How many messages may be with a reader before it has said that it has them.
const UNDER_WAY: i64 = 10_000;

/// The subject of what a region says to all.
pub(super) fn subject(scope: &str, region: &str) -> String {
    format!("crdt.changes.{scope}.{region}")
}

/// The stream of that. Neither scopes nor regions have this character in their names.
fn name(scope: &str, region: &str) -> String {
    format!("crdt={scope}={region}")
}

/// The stream of what this region says.
pub(super) async fn own(
    context: &Context,
    nats: &Nats,
    scope: &str,
    region: &str,
) -> Result<(), NatsError> {
    let wanted = Config { subjects: vec![subject(scope, region)], ..base(nats, scope, region) };
    let made = context.create_or_update_stream(wanted.clone()).await;
    let made = made.map_err(|why| NatsError::away("make a stream")(&why))?;
    check(&wanted, &made.config)
}

/// The mirror of what another region says, and a reader of it.
pub(super) async fn mirror(
    context: &Context,
    nats: &Nats,
    scope: &str,
    region: &str,
    domain: &str,
) -> Result<PullConsumer, NatsError> {
    let source =
        Source { name: name(scope, region), domain: Some(domain.into()), ..Source::default() };
    let wanted = Config { mirror: Some(source), ..base(nats, scope, region) };
    let failed = |why: &dyn std::fmt::Display| NatsError::away("mirror a stream")(why);
    let made = context.get_or_create_stream(wanted.clone()).await;
    let mut stream: Stream = made.map_err(|why| failed(&why))?;
    let found = stream.cached_info().config.clone();
    if (found.max_age, found.max_bytes) != (wanted.max_age, wanted.max_bytes) {
        // What it mirrors stays as the server says it.
        let kept = Config { max_age: wanted.max_age, max_bytes: wanted.max_bytes, ..found };
        context.update_stream(kept).await.map_err(|why| failed(&why))?;
        stream = context.get_stream(&wanted.name).await.map_err(|why| failed(&why))?;
    }
    check(&wanted, &stream.cached_info().config)?;
    let reader = pull::Config {
        durable_name: Some(READER.into()),
        deliver_policy: DeliverPolicy::All,
        ack_policy: AckPolicy::Explicit,
        ack_wait: Duration::from_secs(30),
        max_ack_pending: UNDER_WAY,
        ..pull::Config::default()
    };
    let made = stream.get_or_create_consumer(READER, reader).await;
    made.map_err(|why| NatsError::away("read a stream")(&why))
}

fn base(nats: &Nats, scope: &str, region: &str) -> Config {
    Config {
        name: name(scope, region),
        max_age: Duration::from_secs(nats.keep_seconds),
        max_bytes: i64::try_from(nats.keep_bytes).unwrap_or(i64::MAX),
        storage: StorageType::File,
        discard: DiscardPolicy::Old,
        ..Config::default()
    }
}

/// Whether a stream is what was asked for: a server drops what it does not know without a word.
fn check(wanted: &Config, found: &Config) -> Result<(), NatsError> {
    let source = |config: &Config| {
        let mirror = config.mirror.as_ref();
        mirror.map(|mirror| {
            let external = mirror.external.as_ref().map(|external| external.api_prefix.clone());
            let of_domain = mirror.domain.as_ref().map(|domain| format!("$JS.{domain}.API"));
            (mirror.name.clone(), external.or(of_domain))
        })
    };
    let fields: [(&'static str, String, String); 6] = [
        ("subjects", format!("{:?}", wanted.subjects), format!("{:?}", found.subjects)),
        ("max_age", format!("{:?}", wanted.max_age), format!("{:?}", found.max_age)),
        ("max_bytes", wanted.max_bytes.to_string(), found.max_bytes.to_string()),
        ("storage", format!("{:?}", wanted.storage), format!("{:?}", found.storage)),
        ("discard", format!("{:?}", wanted.discard), format!("{:?}", found.discard)),
        ("mirror", format!("{:?}", source(wanted)), format!("{:?}", source(found))),
    ];
    match fields.into_iter().find(|(_, asked, found)| asked != found) {
        None => Ok(()),
        Some((field, asked, found)) => {
            Err(NatsError::Stream { name: wanted.name.clone(), field, asked, found })
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_field_that_the_server_has_dropped_is_named() {
        let nats = Nats::at("nats://127.0.0.1:4222");
        let wanted = base(&nats, "global", "eu");
        assert!(check(&wanted, &wanted.clone()).is_ok());
        let dropped = Config { max_age: Duration::ZERO, ..wanted.clone() };
        let error = check(&wanted, &dropped).expect_err("it keeps what it was told for ever");
        assert!(error.is_final());
        assert!(error.to_string().contains("crdt=global=eu has max_age 0ns"), "{error}");
        let source = Source { name: "crdt=global=us".into(), ..Source::default() };
        let mirrored = Config { mirror: Some(source), ..wanted.clone() };
        let error = check(&mirrored, &wanted).expect_err("it mirrors nothing");
        assert!(error.to_string().contains("mirror None"), "{error}");
    }
}

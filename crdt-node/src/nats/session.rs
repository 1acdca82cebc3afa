//! What is said and read while there is a connection.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use async_nats::jetstream::consumer::PullConsumer;
use async_nats::jetstream::context::ContextBuilder;
use async_nats::jetstream::{self, Context};
use async_nats::{Client, ConnectOptions, Event, Message};
use bytes::Bytes;
use crdt_core::ReplicaId;
use futures_util::StreamExt;
use tokio::sync::{Semaphore, mpsc};
use tokio::task::JoinSet;
use tokio::time::interval;

use super::NatsError;
use super::peers::{ALIVE, Peers, alive, link};
use super::streams;
use crate::config::{Nats, Peer};
use crate::engine::{Engine, Outgoing, Refusal};
use crate::http::peering::{self, Peering};
use crate::http::{LONGEST_FRAME, Node, frame};

/// The oldest server that is known to do what is needed.
const LEAST: (i64, i64, i64) = (2, 9, 10);
const LEAST_NAME: &str = "2.9.10";

/// So many messages may be on their way to a stream.
const UNDER_WAY: usize = 256;

/// How long to read on where this region was, before it says that it is there: what a stream still
/// holds then comes over links as well.
const READING_ON: Duration = Duration::from_secs(30);

/// Serves one connection until it ends; in good order when the node does.
pub(super) async fn run(node: &Node, nats: &Nats) -> Result<(), NatsError> {
    let (lost, mut is_lost) = mpsc::channel(1);
    let client = connect(nats, lost).await?;
    check(&client, nats, &node.config.region)?;
    let domain = nats.domain_of(&node.config.region);
    let context = ContextBuilder::new().domain(domain).build(client.clone());
    let region = &node.config.region;
    let scopes = node.config.scopes_streamed();
    let mut tasks = JoinSet::new();
    let behind = Arc::new(AtomicUsize::new(0));
    let peers = node.config.peers.iter();
    let ways: Vec<(&Peer, _)> =
        peers.filter_map(|peer| Some((peer, node.way_to(&peer.region)?))).collect();
    for scope in &scopes {
        streams::own(&context, nats, scope, region).await?;
        for (peer, way) in &ways {
            let domain = nats.domain_of(&peer.region);
            let reader = streams::mirror(&context, nats, scope, &peer.region, domain).await?;
            behind.fetch_add(1, Ordering::Relaxed);
            let (way, engine) = (Arc::clone(way), node.engine.clone());
            tasks.spawn(read(reader, scope.clone(), way, engine, Arc::clone(&behind)));
        }
    }
    let subscribed = |why: &dyn std::fmt::Display| NatsError::away("subscribe")(why);
    let mut links = client.subscribe(link(region, "*")).await.map_err(|why| subscribed(&why))?;
    let mut others = client.subscribe(alive("*")).await.map_err(|why| subscribed(&why))?;
    let Ok(published) = node.engine.publish(scopes).await else { return Ok(()) };
    let ways = ways.into_iter().map(|(_, way)| way).collect();
    tasks.spawn(publish(context, published, region.clone(), ways));

    let process = Bytes::copy_from_slice(ReplicaId::random().as_bytes());
    let (mut ticks, begun) = (interval(ALIVE), Instant::now());
    let mut peers = Peers::new(node, client.clone());
    let ended = loop {
        let is_here = behind.load(Ordering::Relaxed) == 0 || begun.elapsed() > READING_ON;
        let done = tokio::select! {
            _ = ticks.tick() => {
                if is_here {
                    let _lost = client.publish(alive(region), process.clone()).await;
                }
                peers.part_with_silent().await
            }
            Some(message) = others.next(), if is_here => {
                peers.is_there(last_token(&message), message.payload.clone()).await
            }
            Some(message) = links.next() => {
                peers.receive(last_token(&message), &message.payload).await
            }
            Some(ended) = tasks.join_next() => {
                break ended.unwrap_or_else(|why| Err(NatsError::away("go on")(&why)));
            }
            Some(why) = is_lost.recv() => break Err(NatsError::away("stay connected")(&why)),
            else => break Err(NatsError::away("stay connected")(&"the client has ended")),
        };
        if done.is_err() {
            return Ok(());
        }
    };
    match peers.part_with_all().await {
        Ok(()) => ended,
        Err(_node_ends) => Ok(()),
    }
}

/// The region that a message is of: the last part of its subject.
fn last_token(message: &Message) -> &str {
    message.subject.as_str().rsplit('.').next().unwrap_or_default()
}

async fn connect(nats: &Nats, lost: mpsc::Sender<String>) -> Result<Client, NatsError> {
    let mut options = ConnectOptions::new();
    if let Some(path) = &nats.credentials {
        let read = options.credentials_file(path).await;
        options = read.map_err(|why| NatsError::away("read the credentials")(&why))?;
    }
    if let (Some(user), Some(password)) = (&nats.user, &nats.password) {
        options = options.user_and_password(user.clone(), password.clone());
    }
    if let Some(authority) = &nats.ca {
        options = options.add_root_certificates(authority.clone());
    }
    let options = options
        .name("crdt-node")
        .no_echo()
        .connection_timeout(Duration::from_secs(5))
        .event_callback(move |event| {
            let lost = lost.clone();
            async move {
                match event {
                    Event::Disconnected | Event::Closed | Event::LameDuckMode => {
                        let _told_already = lost.try_send(event.to_string());
                    }
                    Event::Connected | Event::Draining => {}
                    // That it is away is told already.
                    Event::ClientError(error) => tracing::debug!(%error, "NATS"),
                    other => tracing::warn!(event = %other, "NATS"),
                }
            }
        });
    let connected = options.connect(&nats.url).await;
    connected.map_err(|why| NatsError::away("connect")(&why))
}

/// Whether a server can do what is needed.
fn check(client: &Client, nats: &Nats, region: &str) -> Result<(), NatsError> {
    let server = client.server_info();
    let (major, minor, patch) = LEAST;
    if !client.is_server_compatible(major, minor, patch) {
        return Err(NatsError::Version { version: server.version, least: LEAST_NAME });
    }
    if !server.jetstream {
        return Err(NatsError::NoJetStream);
    }
    let expected = nats.domain_of(region);
    if server.domain.as_deref() != Some(expected) {
        return Err(NatsError::Domain { expected: expected.into(), found: server.domain });
    }
    if server.max_payload < LONGEST_FRAME {
        return Err(NatsError::Payload { most: server.max_payload, needed: LONGEST_FRAME });
    }
    Ok(())
}

/// Says to the stream what is for all. That it has it, the server says later; if it has not, this ends,
/// and all goes over the links.
async fn publish(
    context: Context,
    mut published: mpsc::Receiver<Outgoing>,
    region: String,
    ways: Vec<Arc<Peering>>,
) -> Result<(), NatsError> {
    let under_way = Arc::new(Semaphore::new(UNDER_WAY));
    let mut acknowledged = JoinSet::new();
    let failed = |why: &dyn std::fmt::Display| NatsError::away("write to a stream")(why);
    loop {
        tokio::select! {
            next = published.recv() => {
                let Some((address, bytes)) = next else { return Ok(()) };
                let Ok(permit) = Arc::clone(&under_way).acquire_owned().await else { return Ok(()) };
                let subject = streams::subject(&address.scope, &region);
                let bytes = frame::wrap((address, bytes));
                // To every region's mirror.
                let bytes = ways.iter().fold(bytes, |bytes, way| way.sends(bytes));
                let sent = context.publish(subject, bytes).await;
                let ack = sent.map_err(|why| failed(&why))?;
                acknowledged.spawn(async move {
                    let ack = ack.await;
                    drop(permit);
                    ack
                });
            }
            Some(ack) = acknowledged.join_next() => {
                ack.map_err(|why| failed(&why))?.map_err(|why| failed(&why))?;
            }
        }
    }
}

/// Reads what another region says to all, from where this region was; while the two are cut, nothing.
async fn read(
    reader: PullConsumer,
    scope: String,
    way: Arc<Peering>,
    engine: Engine,
    behind: Arc<AtomicUsize>,
) -> Result<(), NatsError> {
    let failed = |why: &dyn std::fmt::Display| NatsError::away("read a stream")(why);
    let mut is_behind = true;
    let mut catch_up = |left: u64| {
        if is_behind && left == 0 {
            is_behind = false;
            behind.fetch_sub(1, Ordering::Relaxed);
        }
    };
    let about = reader.cached_info();
    catch_up(about.num_pending + about.num_ack_pending as u64);
    let messages = reader.stream().max_messages_per_batch(500).messages().await;
    let mut messages = messages.map_err(|why| failed(&why))?;
    while let Some(message) = messages.next().await {
        let message: jetstream::Message = message.map_err(|why| failed(&why))?;
        let mut gate = way.gate();
        let open = loop {
            peering::healed(&mut gate).await;
            let open = way.opened();
            if !way.is_cut() {
                break open;
            }
        };
        match frame::unwrap(way.receives(&message.payload)) {
            Some((address, bytes)) if address.scope == scope => {
                if matches!(engine.hear(address, bytes).await, Err(Refusal::Stopped)) {
                    return Ok(());
                }
            }
            _ => {
                tracing::warn!(subject = %message.subject, "a message of a stream is none of ours");
            }
        }
        drop(open);
        // Should the process end before it is stored, a link brings it.
        message.ack().await.map_err(|why| failed(&why))?;
        catch_up(message.info().map_or(0, |about| about.pending));
    }
    Err(failed(&"it has ended"))
}

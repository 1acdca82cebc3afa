//! Which regions are there, and the links to those that have no address of their own.
//!
//! Each region says every second that it is there. One that is heard listens; one that was not heard
//! for a while, or is another process than before, is connected anew.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use async_nats::Client;
use bytes::Bytes;
use tokio::task::JoinHandle;

use crate::config::Peer;
use crate::engine::{Inbox, Link, Refusal, Way};
use crate::http::peering::{self, Peering};
use crate::http::{Node, frame};

/// How often a region says that it is there.
pub(super) const ALIVE: Duration = Duration::from_secs(1);

/// After so long without a word it is not.
const SILENCE: Duration = Duration::from_secs(5);

/// The subject on which a region says that it is there.
pub(super) fn alive(region: &str) -> String {
    format!("crdt.alive.{region}")
}

/// The subject of a link's messages.
pub(super) fn link(to: &str, from: &str) -> String {
    format!("crdt.link.{to}.{from}")
}

/// A region that is there.
struct Present {
    /// Tells this process of it from those before.
    process: Bytes,
    heard_at: Instant,
    /// Where what it sends goes, and what sends to it, if it has no address of its own.
    linked: Option<(Inbox, JoinHandle<()>)>,
}

/// All other regions.
pub(super) struct Peers<'a> {
    node: &'a Node,
    client: Client,
    present: BTreeMap<String, Present>,
}

impl<'a> Peers<'a> {
    pub(super) const fn new(node: &'a Node, client: Client) -> Self {
        Self { node, client, present: BTreeMap::new() }
    }

    /// A region that is configured, and not cut off.
    fn reached(&self, region: &str) -> Option<(&'a Peer, Arc<Peering>)> {
        let peer = self.node.config.peers.iter().find(|peer| peer.region == region)?;
        let way = self.node.way_to(region).filter(|way| !way.is_cut())?;
        Some((peer, way))
    }

    /// A region says that it is there.
    pub(super) async fn is_there(&mut self, region: &str, process: Bytes) -> Result<(), Refusal> {
        let Some((peer, way)) = self.reached(region) else { return Ok(()) };
        let heard_at = Instant::now();
        if let Some(present) = self.present.get_mut(region)
            && present.process == process
        {
            present.heard_at = heard_at;
            let has_ended =
                present.linked.as_ref().is_some_and(|(_, sending)| sending.is_finished());
            if !has_ended {
                return Ok(());
            }
        }
        self.part(region).await?;
        self.node.engine.set_listening(region.into(), true).await?;
        let mut linked = None;
        if peer.url.is_none() {
            let scopes = self.node.config.scopes_streamed();
            match self.node.engine.link_region(region.into(), scopes, Way::Relayed).await {
                Ok(link) => {
                    let inbox = link.inbox();
                    let to = self::link(region, &self.node.config.region);
                    let sending = tokio::spawn(send(link, way, self.client.clone(), to));
                    linked = Some((inbox, sending));
                }
                // It has connected to us.
                Err(Refusal::Linked { .. }) => {}
                Err(refusal) => return Err(refusal),
            }
        }
        tracing::info!(region, "heard over NATS");
        self.present.insert(region.into(), Present { process, heard_at, linked });
        Ok(())
    }

    /// A region has sent a message over its link.
    pub(super) async fn receive(&self, region: &str, bytes: &Bytes) -> Result<(), Refusal> {
        let linked = self.present.get(region).and_then(|present| present.linked.as_ref());
        let (Some((inbox, _)), Some(way)) = (linked, self.node.way_to(region)) else {
            return Ok(());
        };
        let _open = way.opened();
        if way.is_cut() {
            return Ok(());
        }
        match frame::unwrap(way.receives(bytes)) {
            Some((address, bytes)) => inbox.receive(address, bytes).await,
            None => Ok(()),
        }
    }

    /// Parts with those that have not been heard for a while.
    pub(super) async fn part_with_silent(&mut self) -> Result<(), Refusal> {
        let is_silent = |present: &Present| present.heard_at.elapsed() > SILENCE;
        let silent = self.present.iter().filter(|(_, present)| is_silent(present));
        let silent: Vec<String> = silent.map(|(region, _)| region.clone()).collect();
        for region in silent {
            tracing::warn!(region, "no longer heard over NATS");
            self.part(&region).await?;
        }
        Ok(())
    }

    /// Parts with all: there is no NATS any more.
    pub(super) async fn part_with_all(&mut self) -> Result<(), Refusal> {
        let all: Vec<String> = self.present.keys().cloned().collect();
        for region in all {
            self.part(&region).await?;
        }
        Ok(())
    }

    async fn part(&mut self, region: &str) -> Result<(), Refusal> {
        let Some(present) = self.present.remove(region) else { return Ok(()) };
        if let Some((_, sending)) = present.linked {
            // The link ends with it; it has ended before another begins.
            sending.abort();
            let _aborted = sending.await;
        }
        self.node.engine.set_listening(region.into(), false).await
    }
}

/// Sends what a link has to say, until the two are cut. What gets lost is sent again.
async fn send(mut link: Link, way: Arc<Peering>, client: Client, to: String) {
    let _open = way.opened();
    let mut gate = way.gate();
    let send = async {
        while let Some(message) = link.next().await {
            let bytes = way.sends(frame::wrap(message));
            if client.publish(to.clone(), bytes).await.is_err() {
                return;
            }
        }
    };
    tokio::select! {
        biased;
        () = peering::cut(&mut gate) => {}
        () = send => {}
    }
}

//! What everybody else has of the engine: a handle, to be cloned.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use bytes::Bytes;
use crdt_core::{Reading, Timestamp};
use crdt_document::{Transaction, WriteError};
use crdt_sync::Token;
use tokio::sync::{mpsc, oneshot};

use super::input::{
    Durable, Ending, Figures, Holds, Input, LinkId, LinkRequest, Outgoing, ReadRequest, Refusal,
    Regions, Settled, Shown, SpeaksFor, Way, WriteRequest,
};
use super::publisher::Stream;
use crate::metrics::Metrics;
use crate::store::Address;

/// How many messages may be on their way to one link.
const OUTGOING: usize = 16;

/// Serves the documents of a node. When the last clone is gone, the engine ends in good order.
#[derive(Clone, Debug)]
pub struct Engine {
    inputs: mpsc::Sender<Input>,
    links: Arc<AtomicU64>,
    metrics: Metrics,
}

/// A connection, for as long as it lasts.
#[derive(Debug)]
pub struct Link {
    id: LinkId,
    engine: Engine,
    /// What is to be sent; ends when the engine does.
    outgoing: mpsc::Receiver<Outgoing>,
    ended: oneshot::Receiver<Ending>,
}

/// Where what comes over a link goes.
#[derive(Clone, Debug)]
pub struct Inbox {
    id: LinkId,
    engine: Engine,
}

impl Engine {
    pub(super) fn new(inputs: mpsc::Sender<Input>, metrics: Metrics) -> Self {
        Self { inputs, links: Arc::default(), metrics }
    }

    /// What is measured of it.
    pub const fn metrics(&self) -> &Metrics {
        &self.metrics
    }

    /// Reads a document, once what the token stands for is here: at the latest within `patience`.
    ///
    /// Cost: that of `view`, which the engine waits for, besides O(log documents); who waits for a token
    /// in vain costs another O(regions).
    ///
    /// # Errors
    ///
    /// [`Refusal::NoDocument`], [`Refusal::NotYet`], [`Refusal::Stopped`].
    pub async fn read<T: Send + 'static>(
        &self,
        address: Address,
        after: Option<Token>,
        patience: Duration,
        view: impl FnOnce(Shown<'_>) -> T + Send + 'static,
    ) -> Result<T, Refusal> {
        let (answer, answered) = oneshot::channel();
        let view = Box::new(|shown: Result<Shown<'_>, Refusal>| {
            let _gone = answer.send(shown.map(view));
        });
        let until_ms = until(patience);
        self.send(Input::Read(ReadRequest { address, after, until_ms, view })).await?;
        answered.await.unwrap_or(Err(Refusal::Stopped))
    }

    /// Writes a document, all of it or nothing; a document that is not there is made. Answers when it
    /// is durable as asked for, or at the latest after `patience`, and says how far it has come.
    ///
    /// Cost: that of `change`, its bytes on each link, and a part of one commit: what is written
    /// while another is under way shares the next. O(links), as each is asked whether it is for the document.
    ///
    /// # Errors
    ///
    /// [`Refusal::Write`], [`Refusal::Replica`], [`Refusal::TooManyDocuments`]: nothing was written.
    /// [`Refusal::Stopped`], the same. [`Refusal::Failed`]: it may have been.
    pub async fn write(
        &self,
        address: Address,
        durable: Durable,
        patience: Duration,
        change: impl FnOnce(&mut Transaction<'_>) -> Result<(), WriteError> + Send + 'static,
    ) -> Result<Settled, Refusal> {
        self.write_at(address, None, durable, patience, change).await
    }

    /// As [`write`](Self::write); registers count as written at that time, if one is given. Who gives
    /// one ahead of the clock is refused by peers.
    ///
    /// # Errors
    ///
    /// As [`write`](Self::write).
    pub async fn write_at(
        &self,
        address: Address,
        at: Option<Timestamp>,
        durable: Durable,
        patience: Duration,
        change: impl FnOnce(&mut Transaction<'_>) -> Result<(), WriteError> + Send + 'static,
    ) -> Result<Settled, Refusal> {
        let (answer, answered) = oneshot::channel();
        let (change, until_ms) = (Box::new(change), until(patience));
        let (begun, scope) = (Instant::now(), address.scope.clone());
        self.send(Input::Write(WriteRequest { address, at, change, durable, until_ms, answer }))
            .await?;
        let settled = answered.await.unwrap_or(Err(Refusal::Stopped))?;
        self.metrics.written(&scope);
        if settled.is_done {
            self.metrics.durable(durable.name(), begun.elapsed());
        }
        Ok(settled)
    }

    /// A region is connected this way, and these scopes are for it. O(documents): each greets. A connection
    /// that it takes the place of is [ended](Link::ending).
    ///
    /// # Errors
    ///
    /// [`Refusal::Linked`], [`Refusal::Stopped`].
    pub async fn link_region(
        &self,
        name: String,
        scopes: Vec<String>,
        way: Way,
    ) -> Result<Link, Refusal> {
        self.link(Some((name, way)), Holds::Scopes(scopes), SpeaksFor::any()).await
    }

    /// A client is connected, for one document, which is made if it is not there. The link is
    /// [ended](Link::ending) when it greets as a replica that is none of those, or a region's.
    ///
    /// # Errors
    ///
    /// [`Refusal::TooManyDocuments`], [`Refusal::Stopped`].
    pub async fn link_client(
        &self,
        address: Address,
        speaks_for: SpeaksFor,
    ) -> Result<Link, Refusal> {
        self.link(None, Holds::One(address), speaks_for).await
    }

    /// Has the changes of these scopes said once for all regions, until what is returned is dropped.
    /// Those that [listen](Engine::set_listening) are sent over their links only what does not reach
    /// them so.
    ///
    /// # Errors
    ///
    /// [`Refusal::Stopped`].
    pub async fn publish(&self, scopes: Vec<String>) -> Result<mpsc::Receiver<Outgoing>, Refusal> {
        let (outgoing, published) = mpsc::channel(OUTGOING);
        self.send(Input::Publish(Stream { scopes, outgoing })).await?;
        Ok(published)
    }

    /// Says whether a region hears what is [published](Engine::publish).
    ///
    /// # Errors
    ///
    /// [`Refusal::Stopped`].
    pub async fn set_listening(&self, region: String, is_listening: bool) -> Result<(), Refusal> {
        self.send(Input::Listening { region, is_listening }).await
    }

    /// What another region has said to all has come. Should it be refused, it comes over a link.
    ///
    /// # Errors
    ///
    /// [`Refusal::Stopped`].
    pub async fn hear(&self, address: Address, bytes: Bytes) -> Result<(), Refusal> {
        self.send(Input::Heard { address, bytes }).await
    }

    async fn link(
        &self,
        region: Option<(String, Way)>,
        holds: Holds,
        speaks_for: SpeaksFor,
    ) -> Result<Link, Refusal> {
        let id = LinkId(self.links.fetch_add(1, Ordering::Relaxed));
        let (sender, outgoing) = mpsc::channel(OUTGOING);
        let (opened, is_open) = oneshot::channel();
        let (ends, ended) = oneshot::channel();
        let link = Link { id, engine: self.clone(), outgoing, ended };
        let outgoing = sender;
        let request = LinkRequest { id, region, holds, outgoing, speaks_for, ended: ends, opened };
        self.send(Input::Open(request)).await?;
        is_open.await.unwrap_or(Err(Refusal::Stopped)).map(|()| link)
    }

    /// How the other regions are doing, seen from here. O(documents), and in those of which a region may
    /// lack something, O(changes that it lacks) for each region.
    ///
    /// # Errors
    ///
    /// [`Refusal::Stopped`].
    pub async fn regions(&self) -> Result<Regions, Refusal> {
        let (answer, answered) = oneshot::channel();
        self.send(Input::Regions(answer)).await?;
        answered.await.map_err(|_| Refusal::Stopped)
    }

    /// What is measured once in a while. Costs what [`regions`](Engine::regions) does.
    ///
    /// # Errors
    ///
    /// [`Refusal::Stopped`].
    pub async fn figures(&self) -> Result<Figures, Refusal> {
        let (answer, answered) = oneshot::channel();
        self.send(Input::Figures(answer)).await?;
        answered.await.map_err(|_| Refusal::Stopped)
    }

    /// The addresses of all documents, in order. O(documents), copied.
    ///
    /// # Errors
    ///
    /// [`Refusal::Stopped`].
    pub async fn documents(&self) -> Result<Vec<Address>, Refusal> {
        let (answer, answered) = oneshot::channel();
        self.send(Input::Documents(answer)).await?;
        answered.await.map_err(|_| Refusal::Stopped)
    }

    /// Whether it serves. O(1).
    ///
    /// # Errors
    ///
    /// [`Refusal::Stopped`].
    pub async fn ready(&self) -> Result<(), Refusal> {
        let (answer, answered) = oneshot::channel();
        self.send(Input::Ready(answer)).await?;
        answered.await.map_err(|_| Refusal::Stopped)
    }

    /// Has the engine end in good order: each document can be opened again under its replica id. Costs a
    /// record of each document, in one commit.
    pub async fn end(&self) {
        let _ended_already = self.send(Input::End).await;
    }

    async fn send(&self, input: Input) -> Result<(), Refusal> {
        self.inputs.send(input).await.map_err(|_| Refusal::Stopped)
    }
}

impl Link {
    /// What is to be sent next; none when the engine has ended, or has ended the link.
    pub async fn next(&mut self) -> Option<Outgoing> {
        let next = self.outgoing.recv().await;
        if self.outgoing.is_empty() {
            // Not waited for: whoever gives up meanwhile would lose the message. The engine looks again.
            let _looks_again = self.engine.inputs.try_send(Input::Room { link: self.id });
        }
        next
    }

    /// Why the engine has ended it, once [`next`](Link::next) has said that it is over.
    pub fn ending(&mut self) -> Option<Ending> {
        self.ended.try_recv().ok()
    }

    /// Where what comes over the link goes.
    pub fn inbox(&self) -> Inbox {
        Inbox { id: self.id, engine: self.engine.clone() }
    }
}

impl Inbox {
    /// Bytes have come for a document.
    ///
    /// # Errors
    ///
    /// [`Refusal::Stopped`].
    pub async fn receive(&self, address: Address, bytes: Bytes) -> Result<(), Refusal> {
        self.engine.send(Input::Received { link: self.id, address, bytes }).await
    }
}

impl Drop for Link {
    fn drop(&mut self) {
        let (inputs, link) = (self.engine.inputs.clone(), self.id);
        if let Err(mpsc::error::TrySendError::Full(closed)) =
            inputs.try_send(Input::Closed { link })
            && let Ok(runtime) = tokio::runtime::Handle::try_current()
        {
            runtime.spawn(async move {
                let _ended = inputs.send(closed).await;
            });
        }
    }
}

fn until(patience: Duration) -> u64 {
    let patience_ms = u64::try_from(patience.as_millis()).unwrap_or(u64::MAX);
    Reading::system().monotonic_ms.saturating_add(patience_ms)
}

//! The one owner of all documents of a node.
//!
//! One task drives the [`Replica`](crdt_sync::Replica) of every document. Whoever wants something of it
//! sends it an input: a read, a write, bytes that came over a link. What has come in is taken in first,
//! all that there is; then what is new goes to the store, many documents in one commit, while the next
//! inputs are taken; when it is durable, writes are answered and peers are told.
//!
//! | file | what it answers |
//! |---|---|
//! | `handle`, `input` | what may be asked of the engine, and what it answers |
//! | `documents` | which documents there are, and what each has to say |
//! | `events` | what is counted and logged of what happens to a document |
//! | `links` | who is connected, and how much may be on its way to them |
//! | `publisher` | where that goes which is said to all regions at once |
//! | `elsewhere` | where that is which is not here yet |
//! | `waits` | who waits for a token or for durability, and until when |
//! | `saver` | what is being committed |

mod documents;
mod elsewhere;
#[cfg(test)]
mod ending_tests;
mod events;
mod handle;
mod input;
mod links;
mod publisher;
mod saver;
#[cfg(test)]
mod tests;
mod waits;

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use crdt_core::Reading;
use tokio::sync::mpsc;
use tokio::task::JoinHandle;

use crate::metrics::Metrics;
use crate::store::{Address, Store, StoreError};
use documents::Documents;
use input::Input;
use links::Links;
use publisher::Publisher;
use saver::{Saved, Saver};
use waits::Waits;

pub use handle::{Engine, Inbox, Link};
pub use input::{
    Durable, Ending, Figures, Outgoing, Refusal, Region, Regions, ScopeFigures, Settled, Shown,
    SpeaksFor, Way,
};

/// There is room for so many inputs at a time; who sends more waits.
const INPUTS: usize = 1_024;

/// What a node holds, and whom it holds it for.
#[derive(Clone, Debug)]
pub struct Settings {
    /// The name of the region.
    pub region: String,
    /// The other regions, each with the scopes that it holds as this one does: where a write has to be
    /// for [`Durable::All`].
    pub members: BTreeMap<String, Vec<String>>,
    /// The scopes that it holds: documents of others stay in the store, and nothing is done with them.
    /// Without a list, all.
    pub scopes: Option<Vec<String>>,
    /// Whether the store is gone with the process: then nothing counts as durable here.
    pub is_in_memory: bool,
    /// How the documents are synchronized.
    pub sync: crdt_sync::Config,
    /// How many documents there may be.
    pub most_documents: usize,
    /// Where it is measured what becomes of them.
    pub metrics: Metrics,
}

impl Settings {
    /// A region by itself.
    pub fn new(region: impl Into<String>) -> Self {
        Self {
            region: region.into(),
            members: BTreeMap::new(),
            scopes: None,
            is_in_memory: false,
            sync: crdt_sync::Config { gossip_ms: 100, ..crdt_sync::Config::default() },
            most_documents: 100_000,
            metrics: Metrics::new(),
        }
    }
}

impl Settings {
    fn holds(&self, scope: &String) -> bool {
        self.scopes.as_ref().is_none_or(|scopes| scopes.contains(scope))
    }

    /// The other regions that hold a scope.
    fn members_of<'a>(&'a self, scope: &'a str) -> impl Iterator<Item = &'a String> {
        let holds = move |scopes: &&'a Vec<String>| scopes.iter().any(|held| held == scope);
        self.members.iter().filter(move |(_, scopes)| holds(scopes)).map(|(region, _)| region)
    }
}

/// Opens all that is in the store, and begins to serve; returns the engine, and what ends when it has
/// ended: when it was [asked to](Engine::end), or its store has failed.
///
/// Cost: that of reading the store. All documents are held in memory.
///
/// # Errors
///
/// When the store cannot be read, or holds what is no document.
pub fn start(
    settings: Settings,
    store: Arc<dyn Store>,
) -> Result<(Engine, JoinHandle<()>), StartError> {
    let documents = Documents::open(&settings, &*store)?;
    let (sender, inputs) = mpsc::channel(INPUTS);
    let metrics = settings.metrics.clone();
    let saver = Saver::new(store, metrics.clone());
    let (links, publisher, waits) = (Links::default(), Publisher::default(), Waits::default());
    let task = Task { settings, documents, links, publisher, waits, saver };
    let ended = tokio::spawn(task.serve(inputs));
    Ok((Engine::new(sender, metrics), ended))
}

/// Why a node does not start.
#[derive(Debug)]
pub enum StartError {
    /// The store cannot be read.
    Store(StoreError),
    /// What it holds of this document is damaged, or of a later release.
    Document(Address, crdt_sync::OpenError),
}

impl std::fmt::Display for StartError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Store(error) => error.fmt(f),
            Self::Document(address, error) => write!(f, "{address} in the store: {error}"),
        }
    }
}

impl std::error::Error for StartError {}

impl From<StoreError> for StartError {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

struct Task {
    settings: Settings,
    documents: Documents,
    links: Links,
    publisher: Publisher,
    waits: Waits,
    saver: Saver,
}

impl Task {
    async fn serve(mut self, mut inputs: mpsc::Receiver<Input>) {
        loop {
            self.settle();
            let deadline = self.documents.deadline().into_iter().chain(self.waits.deadline()).min();
            let pause = deadline.map(|at_ms| at_ms.saturating_sub(Reading::system().monotonic_ms));
            tokio::select! {
                input = inputs.recv() => {
                    let Some(input) = input else { break };
                    let more = std::iter::from_fn(|| inputs.try_recv().ok()).take(INPUTS);
                    for input in std::iter::once(input).chain(more) {
                        if matches!(input, Input::End) {
                            return self.close().await;
                        }
                        self.take(input);
                    }
                }
                saved = self.saver.saved() => self.saved(saved),
                () = sleep(pause) => {}
            }
            if self.saver.has_failed() {
                // Nobody knows what is durable: what is answered from here on might not be so.
                break;
            }
        }
        self.close().await;
    }

    fn take(&mut self, input: Input) {
        let now = Reading::system();
        let Self { settings, documents, links, waits, .. } = self;
        match input {
            Input::Read(request) => {
                let address = request.address.clone();
                waits.read(request, documents.touch(&address));
            }
            Input::Write(request) => {
                let address = request.address.clone();
                let is_new = !documents.contains(&address);
                let made = links.make(&address, documents, settings, now);
                match (made, documents.touch(&address)) {
                    (Ok(()), Some(held)) => {
                        let is_written = waits.write(request, held, settings, now);
                        if is_new && !is_written {
                            // Nobody has heard of it yet.
                            documents.remove(&address);
                        }
                    }
                    (made, _) => {
                        let refusal = made.err().unwrap_or(Refusal::NoDocument);
                        let _gone = request.answer.send(Err(refusal));
                    }
                }
            }
            Input::Open(request) => links.open(request, documents, settings, now),
            Input::Received { link, address, bytes } => {
                links.receive(link, &address, &bytes, documents, settings, now);
            }
            Input::Publish(stream) => self.publisher.begin(stream, documents),
            Input::Listening { region, is_listening } => {
                links.set_listening(region, is_listening, documents);
            }
            Input::Heard { address, bytes } => {
                links.hear(&address, &bytes, documents, settings, now);
            }
            Input::Room { link } => links.has_room(link, documents),
            Input::Closed { link } => links.close(link, documents),
            Input::End => {}
            Input::Regions(answer) => {
                let _gone = answer.send(links.regions(documents, settings, now));
            }
            Input::Figures(answer) => {
                let regions = links.regions(documents, settings, now);
                let _gone = answer.send(Figures { regions, scopes: documents.figures() });
            }
            Input::Documents(answer) => {
                let _gone = answer.send(documents.addresses().cloned().collect());
            }
            Input::Ready(answer) => {
                let _gone = answer.send(());
            }
        }
    }

    /// Hears what every document has to say that anything has happened to.
    fn settle(&mut self) {
        let now = Reading::system();
        self.documents.wake(now.monotonic_ms);
        while let Some(address) = self.documents.next_dirty() {
            let Some(held) = self.documents.get_mut(&address) else { continue };
            if held.is_new {
                self.waits.made(&address, held);
                held.is_new = false;
            }
            let is_full = self.publisher.send(&address, held, now);
            let is_held_up = self.links.send(&address, held, now) || is_full;
            while let Some(record) = held.replica.next_record() {
                held.grow(record.bytes.len());
                self.saver.record(&address, record);
            }
            if held.wants_snapshot() {
                self.saver.snapshot(&address, held.take_snapshot());
            }
            while let Some(event) = held.replica.next_event() {
                events::note(&self.settings.metrics, &self.links, &address, &event);
                self.links.learn(&address, held, &event, &self.settings, now);
                self.waits.learn(&address, held, &event, &self.settings, &self.links);
            }
            self.documents.schedule(&address, is_held_up, now.monotonic_ms);
        }
        self.waits.give_up(&mut self.documents, &self.settings, &self.links, now);
        self.saver.begin();
    }

    fn saved(&mut self, saved: Saved) {
        for (address, number) in saved {
            if let Some(held) = self.documents.touch(&address) {
                held.replica.persisted(number);
            }
        }
    }

    /// Ends in good order: what was written is made durable and answered, and each document can be
    /// opened again under its id.
    async fn close(mut self) {
        if !self.saver.has_failed() {
            self.settle();
        }
        while self.saver.is_busy() {
            let saved = self.saver.saved().await;
            self.saved(saved);
            if !self.saver.has_failed() {
                self.settle();
            }
        }
        let has_failed = self.saver.has_failed();
        self.waits.end(&mut self.documents, &self.settings, &self.links, has_failed);
        if has_failed {
            return;
        }
        self.documents.close_all(&mut self.saver);
        self.saver.finish().await;
    }
}

async fn sleep(pause: Option<u64>) {
    match pause {
        Some(pause_ms) => tokio::time::sleep(Duration::from_millis(pause_ms)).await,
        None => std::future::pending().await,
    }
}

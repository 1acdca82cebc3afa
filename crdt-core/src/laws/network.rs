//! What is in flight.

use alloc::rc::Rc;
use alloc::string::String;
use alloc::vec::Vec;

/// A message on its way.
#[derive(Clone)]
pub(super) struct Message {
    pub(super) from: usize,
    pub(super) to: usize,
    /// What it is, for the story.
    pub(super) what: String,
    pub(super) payload: Payload,
}

/// All that travels does so as bytes.
#[derive(Clone)]
pub(super) enum Payload {
    /// A state: a delta, a group of deltas, an answer to a digest, or a whole one.
    State(Rc<[u8]>),
    /// A digest, which asks: what do I lack?
    Digest(Rc<[u8]>),
}

/// A network that loses, repeats and reorders, and whose links are cut and heal.
pub(super) struct Network {
    in_flight: Vec<Message>,
    cuts: Vec<(usize, usize)>,
}

impl Network {
    pub(super) const fn new() -> Self {
        Self { in_flight: Vec::new(), cuts: Vec::new() }
    }

    pub(super) fn send(&mut self, message: Message) {
        self.in_flight.push(message);
    }

    /// The message with this number, modulo how many are in flight; a copy of it stays if it is to
    /// be repeated.
    pub(super) fn take(&mut self, number: usize, repeated: bool) -> Option<Message> {
        let place = number.checked_rem(self.in_flight.len())?;
        let message = self.in_flight.remove(place);
        if repeated {
            self.send(message.clone());
        }
        Some(message)
    }

    pub(super) fn cut(&mut self, one: usize, other: usize) {
        self.cuts.push((one.min(other), one.max(other)));
    }

    pub(super) fn heal(&mut self) {
        self.cuts.clear();
    }

    pub(super) fn is_cut(&self, one: usize, other: usize) -> bool {
        self.cuts.contains(&(one.min(other), one.max(other)))
    }
}

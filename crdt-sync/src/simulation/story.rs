//! What was said and told in a run, for a person to read.

use alloc::format;
use alloc::rc::Rc;
use alloc::string::String;
use alloc::vec::Vec;
use core::cell::RefCell;
use core::fmt::Arguments;

use crdt_core::wire::Wire;

use super::step::Name;
use crate::message::{Frame, Part, Progress};
use crate::{reconcile, seal};

/// The most lines that are kept: the first.
const MOST_LINES: usize = 5_000;

/// The lines, if somebody wants them. They outlive a world that panics.
#[derive(Clone, Debug, Default)]
pub(super) struct Story(Option<Rc<RefCell<Vec<String>>>>);

impl Story {
    pub(super) fn wanted() -> Self {
        Self(Some(Rc::default()))
    }

    pub(super) fn lines(&self) -> Vec<String> {
        self.0.as_ref().map(|lines| lines.borrow().clone()).unwrap_or_default()
    }

    pub(super) fn tell(&self, now_ms: u64, line: Arguments<'_>) {
        let Some(lines) = &self.0 else { return };
        let mut lines = lines.borrow_mut();
        if lines.len() < MOST_LINES {
            lines.push(format!("{now_ms:>8} {line}"));
        }
    }

    pub(super) fn tell_message(&self, now_ms: u64, from: usize, to: usize, bytes: &[u8]) {
        if self.0.is_none() {
            return;
        }
        let (from, to) = (Name(from), Name(to));
        let body = &bytes[..bytes.len().saturating_sub(seal::LENGTH)];
        match Frame::decode(body) {
            Ok(frame) => self.tell(now_ms, format_args!("{from} -> {to} {frame:?}")),
            Err(error) => self.tell(now_ms, format_args!("{from} -> {to} {error}")),
        }
    }
}

/// What kinds of message this is one of, in words.
pub(super) fn kinds(bytes: &[u8]) -> impl Iterator<Item = &'static str> {
    let body = &bytes[..bytes.len().saturating_sub(seal::LENGTH)];
    let kinds = match Frame::decode(body) {
        Ok(Frame::Hello(_)) => [Some("message Hello"), None],
        Ok(Frame::Update(update)) => {
            let change = (!update.delta.is_empty()).then_some("message Update with a change");
            [Some("message Update"), change]
        }
        Ok(Frame::Part(Part { progress: Progress { session, from, .. }, .. })) => {
            let of = match (session, from) {
                (Some(_), _) => "message Part of what was found to differ",
                (None, 0) => "message Part of the log from its beginning, or of all",
                (None, _) => "message Part of a long change",
            };
            [Some("message Part"), Some(of)]
        }
        Ok(Frame::PartAck(_)) => [Some("message PartAck"), None],
        Ok(Frame::Fingerprint(asked)) => {
            let why = match asked.yours {
                None => "message Fingerprint, as the log does not reach back",
                Some(_) => "message Fingerprint, for good measure",
            };
            [Some("message Fingerprint"), Some(why)]
        }
        Ok(Frame::Same(_)) => [Some("message Same"), None],
        Ok(Frame::Probe(probe)) => [Some("message Probe"), Some(reconcile::kind(&probe.bytes))],
        Ok(Frame::Refused(_)) => [Some("message Refused"), None],
        Ok(Frame::Piece(_)) => [Some("message Piece"), None],
        Ok(Frame::Broadcast(said)) => {
            let leaves_out = "message Broadcast that leaves out what others say";
            [Some("message Broadcast"), (!said.required.is_empty()).then_some(leaves_out)]
        }
        Err(_) => [Some("message that cannot be read"), None],
    };
    kinds.into_iter().flatten()
}

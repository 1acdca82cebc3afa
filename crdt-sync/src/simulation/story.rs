//! What was said and told in a run, for a person to read.

use alloc::format;
use alloc::rc::Rc;
use alloc::string::String;
use alloc::vec::Vec;
use core::cell::RefCell;
use core::fmt::Arguments;

use crdt_core::wire::Wire;

use super::step::Name;
use crate::message::{Frame, SEAL_LENGTH};

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
        let body = &bytes[..bytes.len().saturating_sub(SEAL_LENGTH)];
        match Frame::decode(body) {
            Ok(frame) => self.tell(now_ms, format_args!("{from} -> {to} {frame:?}")),
            Err(error) => self.tell(now_ms, format_args!("{from} -> {to} {error}")),
        }
    }
}

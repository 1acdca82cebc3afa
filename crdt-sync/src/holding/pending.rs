//! What is to be included once it is there without gaps.

use alloc::vec::Vec;

use super::quarantine::Quarantine;
use crate::Incarnation;
use crate::known::Known;

/// What a sender's log brings its receiver to include, once it is there without gaps.
#[derive(Clone, Debug)]
pub(crate) struct Advance {
    pub(crate) sender: Incarnation,
    /// It builds on what the sender's log brought before this …
    pub(crate) from: u64,
    /// … and holds once everything before this is included.
    pub(crate) to: u64,
    /// What the sender included at `to`, its own log up to there among it.
    pub(crate) known: Known,
}

/// What waits for what it builds on, or for a value in quarantine.
#[derive(Clone, Debug, Default)]
pub(super) struct Pending(Vec<Advance>);

impl Pending {
    /// Has an advance wait: together with the one before it where the two wait for the same, so that a
    /// value that waits for long lets no list grow.
    pub(super) fn push<S>(&mut self, advance: Advance, quarantine: &Quarantine<S>) {
        let Self(pending) = self;
        let former = pending.iter_mut().rev().find(|former| former.sender == advance.sender);
        match former {
            Some(former)
                if (former.from..=former.to).contains(&advance.from)
                    && former.to <= advance.to
                    && !quarantine.blocks_within(advance.sender, former.to, advance.to) =>
            {
                former.to = advance.to;
                former.known.merge(&advance.known);
            }
            _ => pending.push(advance),
        }
    }

    /// Advances `known` as far as the quarantine allows; returns the difference.
    pub(super) fn settle<S>(&mut self, known: &mut Known, quarantine: &Quarantine<S>) -> Known {
        let Self(pending) = self;
        let mut grown = Known::default();
        loop {
            let before = pending.len();
            pending.retain(|advance| {
                // What it builds on may wait, too: it may have come over another link.
                let is_reached = known.position(advance.sender) >= advance.from;
                if !is_reached || quarantine.blocks(advance.sender, advance.to) {
                    return true;
                }
                let news = advance.known.since(known);
                known.merge(&news);
                grown.merge(&news);
                false
            });
            if pending.is_empty() || pending.len() == before {
                return grown;
            }
        }
    }

    pub(super) fn clear(&mut self) {
        self.0.clear();
    }
}

#[cfg(test)]
mod tests {
    use crdt_core::DotMap;

    use super::{Advance, Pending, Quarantine};
    use crate::Incarnation;
    use crate::known::{Known, Reach};

    fn advance(from: u64, to: u64) -> Advance {
        let sender = Incarnation::from_bits(7);
        let mut known = Known::default();
        known.advance(sender, Reach { position: to, continues: None });
        Advance { sender, from, to, known }
    }

    #[test]
    fn each_change_behind_what_was_missing_was_kept_and_looked_at_by_itself() {
        let quarantine = Quarantine::<DotMap<u8, ()>>::default();
        let (mut pending, mut known) = (Pending::default(), Known::default());
        for position in 1..1_000 {
            pending.push(advance(position, position + 1), &quarantine);
            assert!(pending.settle(&mut known, &quarantine).is_empty(), "the first is missing");
        }
        assert_eq!(pending.0.len(), 1);
        pending.push(advance(0, 1), &quarantine);
        pending.settle(&mut known, &quarantine);
        assert_eq!(known.position(Incarnation::from_bits(7)), 1_000);
        assert!(pending.0.is_empty());
    }
}

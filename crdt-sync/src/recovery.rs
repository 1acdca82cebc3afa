//! How much is sent again of what went unacknowledged.

use crate::ranges::Ranges;

/// What was sent again and is acknowledged is followed by so many times as much.
const GROWTH: u64 = 8;

/// What is sent again after a pause without acknowledgement.
///
/// Acknowledgements say only up to where all has arrived, so there is no telling from them whether
/// all that follows was lost, or a single change that keeps the rest from counting: one that the peer
/// refuses, say, for as long as it does. So one change is sent again, and only as that is acknowledged
/// what follows, eight times as much each time: after a loss of everything it takes a round trip for
/// every factor of eight, and no pause. (Slow start after a timeout: RFC 5681, section 3.1.)
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Recovery {
    /// So many positions were sent again last …
    width: u64,
    /// … which end here …
    to: u64,
    /// … of those before this, which had been sent when the pause was over.
    until: u64,
}

impl Recovery {
    /// Begins to send again what was `sent`: the first change after `acked`.
    pub(crate) fn begin(&mut self, acked: u64, sent: &mut Ranges) {
        *self = Self { width: 1, to: acked, until: sent.end() };
        self.send_again(acked, sent);
    }

    /// The peer has all before `acked`. If what was sent again has arrived and not all that had been
    /// sent before, more of that is sent again.
    pub(crate) fn acknowledge(&mut self, acked: u64, sent: &mut Ranges) {
        if acked >= self.to && acked < self.until {
            self.width = self.width.saturating_mul(GROWTH);
            self.send_again(acked, sent);
        }
    }

    /// Where what was sent again last ends.
    pub(crate) const fn to(&self) -> u64 {
        self.to
    }

    fn send_again(&mut self, acked: u64, sent: &mut Ranges) {
        self.to = acked.saturating_add(self.width).min(self.until);
        sent.remove(acked, self.to);
    }
}

#[cfg(test)]
mod tests {
    use super::Recovery;
    use crate::ranges::Ranges;

    fn sent(from: u64, to: u64) -> Ranges {
        let mut sent = Ranges::default();
        sent.insert(from, to);
        sent
    }

    #[test]
    fn more_is_sent_again_only_as_it_turns_out_to_be_missing() {
        let mut recovery = Recovery::default();
        let mut ranges = sent(5, 1_000);
        recovery.begin(5, &mut ranges);
        assert_eq!(ranges, sent(6, 1_000));
        // It has arrived, and nothing that was sent before.
        ranges.insert(5, 6);
        recovery.acknowledge(6, &mut ranges);
        assert_eq!(ranges.end_of(6), None);
        assert_eq!(ranges.end_of(14), Some(1_000));
        // What was written meanwhile is not sent again.
        ranges.insert(6, 14);
        ranges.insert(1_000, 2_000);
        recovery.acknowledge(990, &mut ranges);
        assert_eq!((ranges.end_of(990), ranges.end_of(1_000)), (None, Some(2_000)));
        ranges.insert(990, 1_000);
        recovery.acknowledge(1_000, &mut ranges);
        assert_eq!(ranges.end_of(1_000), Some(2_000));
    }

    #[test]
    fn what_has_not_arrived_again_yet_is_waited_for() {
        let mut recovery = Recovery::default();
        let mut ranges = sent(0, 100);
        recovery.begin(0, &mut ranges);
        recovery.acknowledge(1, &mut ranges);
        let before = ranges.clone();
        for acked in 2..9 {
            recovery.acknowledge(acked, &mut ranges);
        }
        assert_eq!(ranges, before);
    }
}

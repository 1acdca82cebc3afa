//! How long to wait between attempts to connect.

use std::time::Duration;

/// The pause before the first new attempt, and the longest; it doubles in between.
const SHORTEST: Duration = Duration::from_millis(10);
const LONGEST: Duration = Duration::from_secs(1);

/// The pauses between attempts to connect to one peer.
pub(super) struct Pauses {
    next: Duration,
}

impl Default for Pauses {
    fn default() -> Self {
        Self { next: SHORTEST }
    }
}

impl Pauses {
    /// The pause after an attempt that came to its end after `lasted`, perhaps as a connection. Each
    /// is longer than the one before, until an attempt has lasted longer than any pause, or there
    /// was news.
    pub(super) fn after(&mut self, lasted: Duration, news: bool) -> Duration {
        if news || lasted > LONGEST {
            self.next = SHORTEST;
        }
        let pause = self.next;
        self.next = LONGEST.min(pause * 2);
        pause
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::{LONGEST, Pauses, SHORTEST};

    /// It was dialled every ten milliseconds, since it had connected each time.
    #[test]
    fn a_peer_that_connects_and_sends_garbage_is_dialled_ever_more_slowly() {
        let at_once = Duration::ZERO;
        let mut pauses = Pauses::default();
        let mut longer = SHORTEST;
        for _ in 0..20 {
            assert_eq!(pauses.after(at_once, false), longer);
            longer = LONGEST.min(longer * 2);
        }
        assert_eq!(longer, LONGEST);
        assert_eq!(pauses.after(LONGEST * 2, false), SHORTEST, "that was a connection");
        assert_eq!(pauses.after(at_once, false), SHORTEST * 2);
        assert_eq!(pauses.after(at_once, true), SHORTEST, "it is somewhere else now, say");
    }
}

//! When a lag is worth a line in the log.

use crdt_sync::Level;

/// A level counts once it has lasted for so many samples on end, so that one late answer wakes nobody.
const SUSTAINED: u32 = 3;

/// Watches one region's lag.
#[derive(Debug, Default)]
pub(super) struct Alarm {
    /// What was said last.
    said: Level,
    /// What the last samples have in common against that, and how many they are.
    since: Option<(Level, u32)>,
}

impl Alarm {
    /// Takes in a sample; returns the level that is to be told, if it has changed and lasted.
    ///
    /// Samples that all are worse than what was said count together, by the least of them; so do those
    /// that all are better, by the worst.
    pub(super) fn sample(&mut self, level: Level) -> Option<Level> {
        let is_worse = level > self.said;
        if level == self.said {
            self.since = None;
            return None;
        }
        let (common, samples) = match self.since {
            Some((before, samples)) if (before > self.said) == is_worse => {
                let common = if is_worse { before.min(level) } else { before.max(level) };
                (common, samples + 1)
            }
            _ => (level, 1),
        };
        self.since = Some((common, samples));
        if samples < SUSTAINED {
            return None;
        }
        (self.said, self.since) = (common, None);
        Some(common)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use Level::{Critical, Fine, Warn};

    /// What is told of these samples, each with its number.
    fn told(samples: &[Level]) -> Vec<(usize, Level)> {
        let mut alarm = Alarm::default();
        let all = samples.iter().enumerate();
        all.filter_map(|(number, level)| Some((number, alarm.sample(*level)?))).collect()
    }

    #[test]
    fn a_lag_is_told_once_it_has_lasted_and_when_it_is_back() {
        let samples =
            [Fine, Warn, Warn, Warn, Warn, Critical, Critical, Critical, Fine, Fine, Fine];
        assert_eq!(told(&samples), [(3, Warn), (7, Critical), (10, Fine)]);
    }

    #[test]
    fn a_lag_that_comes_and_goes_is_not_told() {
        assert_eq!(told(&[Warn, Warn, Fine, Warn, Critical, Fine, Critical, Fine]), []);
    }

    #[test]
    fn a_lag_that_grows_fast_is_told_by_the_least_of_it() {
        assert_eq!(told(&[Warn, Critical, Critical, Critical, Critical]), [(2, Warn)]);
        let back = [Critical, Critical, Critical, Warn, Fine, Fine, Fine, Fine, Fine];
        assert_eq!(told(&back), [(2, Critical), (5, Warn), (8, Fine)]);
    }
}

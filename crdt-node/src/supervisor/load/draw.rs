//! Which operation comes next, on which key.

/// How many keys there are, in how many documents.
const KEYS: usize = 1_000;
const DOCUMENTS: usize = 20;

/// What a caller does next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Act {
    Read,
    Add,
    Increment,
    Set,
}

/// A key: a name in a document.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Key {
    pub(super) document: String,
    pub(super) name: String,
}

impl Key {
    fn of(rank: usize) -> Self {
        Self { document: format!("load-{}", rank % DOCUMENTS), name: format!("key-{rank}") }
    }

    pub(super) fn path(&self) -> String {
        format!("/v1/documents/global/{}", self.document)
    }
}

/// Draws keys as Zipf has it: the second is drawn half as often as the first, the tenth a tenth as often.
pub(super) struct Draw {
    state: u64,
    /// For each key, how often it or one before it is drawn.
    cumulative: Vec<f64>,
}

impl Draw {
    pub(super) fn new(seed: u64) -> Self {
        let mut sum = 0.0;
        let mut weight = 0.0_f64;
        let cumulative = std::iter::repeat_with(|| {
            weight += 1.0;
            sum += 1.0 / weight;
            sum
        });
        Self { state: seed, cumulative: cumulative.take(KEYS).collect() }
    }

    /// `SplitMix64`: evenly spread, and the same from the same seed.
    fn next(&mut self) -> u64 {
        self.state = self.state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut bits = self.state;
        bits = (bits ^ (bits >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        bits = (bits ^ (bits >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        bits ^ (bits >> 31)
    }

    pub(super) fn key(&mut self) -> Key {
        let most = self.cumulative.last().copied().unwrap_or_default();
        let bits = u32::try_from(self.next() >> 32).unwrap_or_default();
        let at = f64::from(bits) / f64::from(u32::MAX) * most;
        Key::of(self.cumulative.partition_point(|sum| *sum < at).min(KEYS - 1))
    }

    /// Half of all are reads.
    pub(super) fn act(&mut self) -> Act {
        match self.next() % 10 {
            0..=4 => Act::Read,
            5 | 6 => Act::Add,
            7 | 8 => Act::Increment,
            _ => Act::Set,
        }
    }

    pub(super) fn is_heads(&mut self) -> bool {
        self.next().is_multiple_of(2)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::{Act, Draw, Key};

    #[test]
    fn keys_are_drawn_by_their_rank_and_half_of_all_acts_are_reads() {
        let mut draw = Draw::new(1);
        let mut drawn: BTreeMap<Key, u32> = BTreeMap::new();
        let mut reads = 0;
        for _ in 0..100_000 {
            *drawn.entry(draw.key()).or_default() += 1;
            reads += u32::from(draw.act() == Act::Read);
        }
        let of = |rank| drawn.get(&Key::of(rank)).copied().unwrap_or_default();
        assert!((12_500..14_300).contains(&of(0)), "{}", of(0));
        assert!((6_200..7_200).contains(&of(1)), "{}", of(1));
        assert!((1_200..1_480).contains(&of(9)), "{}", of(9));
        assert!((49_000..51_000).contains(&reads), "{reads}");
    }
}

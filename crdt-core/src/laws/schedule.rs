//! What happens in a run: a list of steps, generated and shrunk.

use alloc::boxed::Box;
use alloc::vec::Vec;

use quickcheck::{Arbitrary, Gen};

use super::random::{below, once_in};

/// At most so many replicas take part.
pub(super) const MOST_REPLICAS: usize = 4;

/// By so many milliseconds clocks are ahead: mostly by none, so that instants coincide.
const SKEWS_MS: [u8; 6] = [0, 0, 0, 1, 4, GREATEST_SKEW_MS];

pub(super) const GREATEST_SKEW_MS: u8 = 16;

/// The replicas of a run, their clocks, and what happens to them.
#[derive(Clone, Debug)]
pub(super) struct Schedule<O> {
    pub(super) replicas: Replicas,
    /// The upper half of all replica ids, 0 to have them read well.
    pub(super) namespace: u64,
    /// By how many milliseconds each replica's clock is ahead.
    pub(super) skews: [u8; MOST_REPLICAS],
    pub(super) steps: Vec<Step<O>>,
}

/// How many replicas there are: from two to [`MOST_REPLICAS`].
#[derive(Clone, Copy, Debug)]
pub(super) struct Replicas(pub(super) usize);

/// One thing that happens.
///
/// Replicas and messages are named by numbers modulo how many there are, so that every part of a
/// schedule is a schedule: that is what makes it shrink.
#[derive(Clone, Debug)]
pub(super) enum Step<O> {
    /// A replica applies an operation and sends its delta to every other.
    Write { at: u8, operation: O },
    /// A replica sends its last few deltas to another, joined into one.
    SendGroup { from: u8, to: u8, deltas: u8 },
    /// A replica sends its whole state to another.
    SendState { from: u8, to: u8 },
    /// A replica sends its digest to another, which answers, when that arrives, with a delta.
    Ask { from: u8, to: u8 },
    /// A message in flight arrives, whichever was sent first; when it is repeated, a copy of it
    /// stays in flight. It is lost when its link is cut.
    Deliver { message: u8, repeated: bool },
    /// A message in flight is lost.
    Lose { message: u8 },
    /// The link between two replicas is cut.
    Cut { one: u8, other: u8 },
    /// All links heal.
    Heal,
    /// A replica persists its state.
    Persist { at: u8 },
    /// A replica stops and starts again, with the state that it persisted last and a new id.
    Restart { at: u8 },
}

/// A storm has so many times the steps of a plain schedule.
const STORM: usize = 4;

/// At most so many writes of one replica come in a row in a storm.
const BURST: usize = 12;

impl<O: Arbitrary> Schedule<O> {
    /// The schedule of a case: mostly a plain one of at most `most` steps, at times a storm.
    pub(super) fn arbitrary(generator: &mut Gen, most: usize) -> Self {
        if most > 0 && once_in(generator, 4) {
            Self::storm(generator, STORM * most)
        } else {
            Self::generate(generator, most)
        }
    }

    /// A schedule of at most `most` steps of all kinds.
    pub(super) fn generate(generator: &mut Gen, most: usize) -> Self {
        let length = 1 + below(generator, most);
        let steps = (0..length).map(|_| Step::arbitrary(generator)).collect();
        Self::of(steps, generator)
    }

    /// A schedule of `length` steps: bursts of writes, and heavy loss. Of what one replica wrote,
    /// others have some and lack some in many places, so that what is seen and what of it is live
    /// falls into many runs.
    fn storm(generator: &mut Gen, length: usize) -> Self {
        let mut steps = Vec::new();
        while steps.len() < length {
            let at = u8::arbitrary(generator);
            let burst = 1 + below(generator, BURST);
            steps
                .extend((0..burst).map(|_| Step::Write { at, operation: O::arbitrary(generator) }));
            for _ in 0..burst {
                let message = u8::arbitrary(generator);
                steps.push(match below(generator, 8) {
                    0..=3 => Step::Deliver { message, repeated: false },
                    4..=6 => Step::Lose { message },
                    _ => Step::arbitrary(generator),
                });
            }
        }
        steps.truncate(length);
        Self::of(steps, generator)
    }

    fn of(steps: Vec<Step<O>>, generator: &mut Gen) -> Self {
        Self {
            replicas: Replicas::arbitrary(generator),
            namespace: 0,
            skews: [(); MOST_REPLICAS].map(|()| *generator.choose(&SKEWS_MS).unwrap_or(&0)),
            steps,
        }
    }

    /// Simpler schedules: fewer steps, fewer replicas, simpler steps, equal clocks.
    pub(super) fn simpler(&self) -> impl Iterator<Item = Self> + use<O> {
        let whole = self.clone();
        let fewer_steps = self.steps.shrink().map(move |steps| Self { steps, ..whole.clone() });
        let whole = self.clone();
        let fewer_replicas =
            self.replicas.shrink().map(move |replicas| Self { replicas, ..whole.clone() });
        let whole = self.clone();
        let equal_clocks = self.skews.shrink().map(move |skews| Self { skews, ..whole.clone() });
        fewer_replicas.chain(fewer_steps).chain(equal_clocks)
    }
}

impl Arbitrary for Replicas {
    fn arbitrary(generator: &mut Gen) -> Self {
        Self(2 + below(generator, MOST_REPLICAS - 1))
    }

    fn shrink(&self) -> Box<dyn Iterator<Item = Self>> {
        Box::new((2..self.0).map(Self))
    }
}

impl<O: Arbitrary> Arbitrary for Step<O> {
    fn arbitrary(generator: &mut Gen) -> Self {
        let mut replica = || u8::arbitrary(generator);
        let (one, other, message) = (replica(), replica(), replica());
        match below(generator, 32) {
            0..=12 => Self::Write { at: one, operation: O::arbitrary(generator) },
            13..=21 => Self::Deliver { message, repeated: once_in(generator, 4) },
            22 => Self::Lose { message },
            23 => Self::SendGroup { from: one, to: other, deltas: 2 + message % 3 },
            24 | 25 => Self::SendState { from: one, to: other },
            26 | 27 => Self::Ask { from: one, to: other },
            28 => Self::Cut { one, other },
            29 => Self::Heal,
            30 => Self::Persist { at: one },
            _ => Self::Restart { at: one },
        }
    }

    fn shrink(&self) -> Box<dyn Iterator<Item = Self>> {
        match self.clone() {
            Self::Write { at, operation } => Box::new(
                (at, operation).shrink().map(|(at, operation)| Self::Write { at, operation }),
            ),
            Self::SendGroup { from, to, deltas } => {
                Box::new((from, to, deltas).shrink().map(|(from, to, deltas)| Self::SendGroup {
                    from,
                    to,
                    deltas,
                }))
            }
            Self::SendState { from, to } => {
                Box::new((from, to).shrink().map(|(from, to)| Self::SendState { from, to }))
            }
            Self::Ask { from, to } => {
                Box::new((from, to).shrink().map(|(from, to)| Self::Ask { from, to }))
            }
            Self::Deliver { message, repeated } => Box::new(
                (message, repeated)
                    .shrink()
                    .map(|(message, repeated)| Self::Deliver { message, repeated }),
            ),
            Self::Lose { message } => {
                Box::new(message.shrink().map(|message| Self::Lose { message }))
            }
            Self::Cut { one, other } => {
                Box::new((one, other).shrink().map(|(one, other)| Self::Cut { one, other }))
            }
            Self::Heal => quickcheck::empty_shrinker(),
            Self::Persist { at } => Box::new(at.shrink().map(|at| Self::Persist { at })),
            Self::Restart { at } => Box::new(at.shrink().map(|at| Self::Restart { at })),
        }
    }
}

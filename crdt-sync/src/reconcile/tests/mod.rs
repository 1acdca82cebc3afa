//! Sessions between states that random histories have made.

mod bytes;
mod exact;
mod faults;
mod golden;
mod history;
mod hostile;
mod withheld;

use alloc::sync::Arc;
use alloc::vec::Vec;
use core::fmt::Debug;

use crdt_core::{ContentKey, Delta};

use super::probe::{Tag, open};
use super::{Session, Step};

/// What a session came to.
pub(super) struct Outcome<S> {
    /// The deltas from the opening end and from the answering one.
    pub(super) for_b: S,
    pub(super) for_a: S,
    /// What each found out for itself.
    pub(super) own_a: S,
    pub(super) own_b: S,
    /// The probes, by turns, beginning with the first.
    pub(super) probes: Vec<Vec<u8>>,
}

impl<S> Outcome<S> {
    /// Whether a probe with this tag was said.
    pub(super) fn has_said(&self, tag: Tag) -> bool {
        self.probes.iter().any(|probe| open(probe, &[]).is_ok_and(|(said, _)| said == tag))
    }

    pub(super) fn bytes(&self) -> usize {
        self.probes.iter().map(Vec::len).sum()
    }
}

/// What one end has been told so far.
struct End<S> {
    for_peer: Option<S>,
    own: S,
    done: bool,
}

impl<S: Delta> End<S> {
    fn new() -> Self {
        Self { for_peer: None, own: S::default(), done: false }
    }

    fn note(&mut self, step: Step<S>) -> Option<Vec<u8>> {
        assert!(!self.done, "nothing comes after the end");
        if let Some(delta) = step.for_peer {
            assert!(self.for_peer.replace(delta).is_none(), "each delta is told once");
        }
        if let Some(kills) = step.for_me {
            self.own.merge(kills);
        }
        self.done = step.done;
        assert!(self.done || step.say.is_some(), "somebody has to speak");
        step.say
    }
}

/// Both ends of a session, of states of which some is withheld.
pub(super) fn run_withholding<S: Delta + Debug>(
    (whole_a, visible_a): (&Arc<S>, &Arc<S>),
    (whole_b, visible_b): (&Arc<S>, &Arc<S>),
    key: u128,
    minor: u8,
) -> Outcome<S> {
    let key = ContentKey::from_u128(key);
    let (mut a, first) = Session::open(whole_a.clone(), visible_a.clone(), key, minor);
    let mut probes = alloc::vec![first];
    let (mut end_a, mut end_b) = (End::new(), End::new());
    let (mut b, step) =
        Session::answer(whole_b.clone(), visible_b.clone(), minor, &probes[0]).expect("honest");
    let mut said = end_b.note(step);
    let mut is_for_a = true;
    while let Some(probe) = said {
        assert!(probes.len() < 60, "it has to end");
        let heard = if is_for_a { a.hear(&probe) } else { b.hear(&probe) };
        let end = if is_for_a { &mut end_a } else { &mut end_b };
        said = end.note(heard.expect("honest"));
        probes.push(probe);
        is_for_a = !is_for_a;
    }
    assert!(end_a.done && end_b.done, "both ends know that it is over");
    Outcome {
        for_b: end_a.for_peer.expect("told"),
        for_a: end_b.for_peer.expect("told"),
        own_a: end_a.own,
        own_b: end_b.own,
        probes,
    }
}

pub(super) fn run<S: Delta + Debug>(a: &Arc<S>, b: &Arc<S>, key: u128, minor: u8) -> Outcome<S> {
    run_withholding((a, a), (b, b), key, minor)
}

pub(super) fn join<S: Delta + Clone>(a: &S, b: &S) -> S {
    let mut joined = a.clone();
    joined.merge_ref(b);
    joined
}

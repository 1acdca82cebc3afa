//! The rounds of a session.

use alloc::collections::BTreeSet;
use alloc::sync::Arc;
use alloc::vec::Vec;
use core::mem;

use crdt_core::wire::{Reader, Wire, Writer};
use crdt_core::{CausalContext, ContentKey, Delta, Merge, ReplicaId};

use super::ProbeError;
use super::probe::{Tag, begin, open, read_places, write_places};
use super::subject::{Difference, Dots, Subject, other_names};
use super::taking::{Taken, Taking};
use super::telling::Telling;

/// The version of the protocol from which on there is more than digests.
const SKETCHES: u8 = 1;

/// One end of a reconciliation of two states, both pinned.
#[derive(Debug)]
pub(crate) struct Session<S> {
    /// What the peer is told to be here.
    whole: Arc<S>,
    /// What deltas are made of: less than the whole where some of it must not be passed on yet.
    visible: Arc<S>,
    minor: u8,
    key: ContentKey,
    /// The replica ids that probes have mentioned.
    agreed: Vec<ReplicaId>,
    stage: Stage,
}

/// What has been said, and so what can come.
#[derive(Debug)]
enum Stage {
    /// Nothing; any first probe.
    New,
    /// A digest; the other's.
    Digest,
    /// The dots seen; the other's.
    Seen,
    /// What is here; whether that is the same there, or what differs.
    Compared(Subject),
    Telling(Telling),
    Taking(Taking),
    /// All; nothing.
    Over,
}

/// What comes of a probe. Over a whole session, each delta is told once.
#[derive(Debug)]
pub(crate) struct Step<S> {
    /// To be sent to the peer.
    pub(crate) say: Option<Vec<u8>>,
    /// The exact delta for the peer: with it, it has all that is visible here.
    pub(crate) for_peer: Option<S>,
    /// Kills that were found out here, and that the peer therefore does not send: to be merged
    /// together with the peer's delta, so that nobody sees a gap where something was replaced.
    pub(crate) for_me: Option<S>,
    /// Whether this end is through: it neither says nor hears anything more.
    pub(crate) done: bool,
}

impl<S> Step<S> {
    const fn said(say: Vec<u8>) -> Self {
        Self { say: Some(say), for_peer: None, for_me: None, done: false }
    }

    const fn told(for_peer: S) -> Self {
        Self { say: None, for_peer: Some(for_peer), for_me: None, done: true }
    }
}

impl<S: Delta> Session<S> {
    /// Begins a session; returns the first probe.
    ///
    /// `whole` is what the peer is told to be held here, `visible` what deltas are made of; where
    /// nothing waits they are one and the same. `key` must be fresh. `minor` is the version of the
    /// protocol that both ends speak.
    pub(crate) fn open(
        whole: Arc<S>,
        visible: Arc<S>,
        key: ContentKey,
        minor: u8,
    ) -> (Self, Vec<u8>) {
        let mut session =
            Self { whole, visible, minor, key, agreed: Vec::new(), stage: Stage::New };
        let probe = if let Some(dots) = S::dots().filter(|_| minor >= SKETCHES) {
            let mut writer = begin(Tag::Seen, &[]);
            key.write_to(&mut writer);
            session.withholds().write_to(&mut writer);
            dots.seen(&session.whole).write_to(&mut writer);
            session.stage = Stage::Seen;
            writer
        } else if S::parts().is_some() && minor >= SKETCHES {
            session.by_parts()
        } else {
            session.stage = Stage::Digest;
            session.digest()
        };
        let probe = session.said(probe);
        (session, probe)
    }

    /// Joins a session that the peer has begun with this probe. The rest is as for
    /// [`open`](Session::open).
    pub(crate) fn answer(
        whole: Arc<S>,
        visible: Arc<S>,
        minor: u8,
        probe: &[u8],
    ) -> Result<(Self, Step<S>), ProbeError> {
        let key = ContentKey::default();
        let mut session =
            Self { whole, visible, minor, key, agreed: Vec::new(), stage: Stage::New };
        let step = session.hear(probe)?;
        Ok((session, step))
    }

    /// Takes the peer's next probe. After an error the session is over.
    pub(crate) fn hear(&mut self, probe: &[u8]) -> Result<Step<S>, ProbeError> {
        let stage = mem::replace(&mut self.stage, Stage::Over);
        let (tag, mut reader) = open(probe, &self.agreed)?;
        match (tag, stage) {
            (Tag::Digest, Stage::New) => {
                let mut step = self.hear_digest(reader)?;
                let digest = self.digest();
                step.say = Some(self.said(digest));
                Ok(step)
            }
            (Tag::Digest, Stage::Digest) => self.hear_digest(reader),
            (Tag::Seen, Stage::New) if self.minor >= SKETCHES => self.hear_seen(reader),
            (Tag::Content, Stage::Seen) => self.hear_content(reader),
            (Tag::Parts, Stage::New) if self.minor >= SKETCHES => self.hear_parts(reader),
            (Tag::Parts, Stage::Telling(Telling { subject: Subject::Dots(_), .. })) => {
                self.hear_parts(reader)
            }
            (Tag::Same, Stage::Compared(subject)) => {
                reader.finish()?;
                Ok(Step::told(self.delta(&subject, None)))
            }
            (Tag::Turn, Stage::Compared(subject)) => {
                let theirs = reader.varint()?;
                reader.finish()?;
                Ok(self.tell(subject, theirs))
            }
            (Tag::First | Tag::Plain, Stage::Compared(subject)) => {
                self.take(Taking::new(subject), tag, reader)
            }
            (Tag::First | Tag::Plain | Tag::Cells, Stage::Taking(taking)) => {
                self.take(taking, tag, reader)
            }
            (Tag::More | Tag::Plainly | Tag::Found, Stage::Telling(telling)) => {
                self.hear_back(telling, tag, reader)
            }
            _ => Err(ProbeError::Unexpected),
        }
    }

    /// Whether something is held here that deltas must not be made of.
    fn withholds(&self) -> bool {
        !Arc::ptr_eq(&self.whole, &self.visible)
    }

    /// A probe that is written, whose ids the peer will know.
    fn said(&mut self, probe: Writer) -> Vec<u8> {
        let (bytes, agreed) = probe.into_parts();
        self.agreed = agreed;
        bytes
    }

    /// The end of a probe, whose ids both know.
    fn heard(&mut self, reader: Reader<'_>) -> Result<(), ProbeError> {
        self.agreed = reader.replicas().to_vec();
        Ok(reader.finish()?)
    }

    fn digest(&self) -> Writer {
        let mut writer = begin(Tag::Digest, &self.agreed);
        self.whole.digest().write_to(&mut writer);
        writer
    }

    fn hear_digest(&mut self, mut reader: Reader<'_>) -> Result<Step<S>, ProbeError> {
        let digest = S::Digest::read_from(&mut reader)?;
        self.heard(reader)?;
        Ok(Step::told(self.visible.delta_since(&digest)))
    }

    fn hear_seen(&mut self, mut reader: Reader<'_>) -> Result<Step<S>, ProbeError> {
        let dots = S::dots().ok_or(ProbeError::Unexpected)?;
        self.key = ContentKey::read_from(&mut reader)?;
        let peer_withholds = bool::read_from(&mut reader)?;
        let peer = CausalContext::read_from(&mut reader)?;
        self.heard(reader)?;
        let seen = dots.seen(&self.whole);
        let common = seen.intersection(&peer);
        let live = dots.live(&self.whole).intersection(&common);
        let mut writer = begin(Tag::Content, &self.agreed);
        self.withholds().write_to(&mut writer);
        // By how it differs from what came: what both lack costs nothing once more.
        seen.difference(&peer).write_to(&mut writer);
        peer.difference(seen).write_within(&peer, &mut writer);
        writer.raw(&dots.content(&self.whole, self.key, &common).to_le_bytes());
        writer.varint(live.len());
        self.stage = Stage::Compared(Subject::Dots(Dots::new(peer, peer_withholds, common, live)));
        Ok(Step::said(self.said(writer)))
    }

    fn hear_content(&mut self, mut reader: Reader<'_>) -> Result<Step<S>, ProbeError> {
        let dots = S::dots().ok_or(ProbeError::Unexpected)?;
        let peer_withholds = bool::read_from(&mut reader)?;
        let seen = dots.seen(&self.whole);
        let mut peer = CausalContext::read_from(&mut reader)?;
        peer.merge(seen.difference(&CausalContext::read_within(seen, &mut reader)?));
        let content = u128::from_le_bytes(reader.array()?);
        let theirs = reader.varint()?;
        self.heard(reader)?;
        let common = dots.seen(&self.whole).intersection(&peer);
        let live = dots.live(&self.whole).intersection(&common);
        let is_same = dots.content(&self.whole, self.key, &common) == content;
        let subject = Subject::Dots(Dots::new(peer, peer_withholds, common, live));
        if is_same { Ok(self.same(&subject)) } else { Ok(self.compare(subject, theirs)) }
    }

    /// Begins to compare parts.
    fn by_parts(&mut self) -> Writer {
        let names = self.names();
        let mut writer = begin(Tag::Parts, &self.agreed);
        self.key.write_to(&mut writer);
        writer.varint(names.len());
        writer.raw(&names.hash(self.key).to_le_bytes());
        self.stage = Stage::Compared(names);
        writer
    }

    fn hear_parts(&mut self, mut reader: Reader<'_>) -> Result<Step<S>, ProbeError> {
        if S::parts().is_none() {
            return Err(ProbeError::Unexpected);
        }
        self.key = ContentKey::read_from(&mut reader)?;
        let theirs = reader.varint()?;
        let hash = u128::from_le_bytes(reader.array()?);
        self.heard(reader)?;
        let names = self.names();
        if names.hash(self.key) == hash {
            Ok(self.same(&names))
        } else {
            Ok(self.compare(names, theirs))
        }
    }

    /// The names of the parts of what is here. What is visible may have parts that the whole has
    /// outgrown and that the peer yet lacks.
    fn names(&self) -> Subject {
        let mut names = Vec::new();
        if let Some(parts) = S::parts() {
            parts.name(&self.whole, self.key, &mut |name| names.push(name));
            if self.withholds() {
                parts.name(&self.visible, self.key, &mut |name| names.push(name));
            }
        }
        names.sort_unstable();
        names.dedup();
        Subject::Names(names)
    }

    /// Nothing differs but dots that one end has not seen.
    fn same(&mut self, subject: &Subject) -> Step<S> {
        let writer = begin(Tag::Same, &self.agreed);
        let say = Some(self.said(writer));
        Step { say, ..Step::told(self.delta(subject, None)) }
    }

    /// The end with fewer numbers tells them.
    fn compare(&mut self, subject: Subject, theirs: u64) -> Step<S> {
        if subject.len() <= theirs {
            return self.tell(subject, theirs);
        }
        let mut writer = begin(Tag::Turn, &self.agreed);
        writer.varint(subject.len());
        self.stage = Stage::Taking(Taking::new(subject));
        Step::said(self.said(writer))
    }

    fn tell(&mut self, subject: Subject, theirs: u64) -> Step<S> {
        let (telling, writer) = Telling::begin(subject, self.key, theirs, &self.agreed);
        self.stage = Stage::Telling(telling);
        Step::said(self.said(writer))
    }

    fn take(
        &mut self,
        mut taking: Taking,
        tag: Tag,
        reader: Reader<'_>,
    ) -> Result<Step<S>, ProbeError> {
        let writer = match taking.take(tag, reader, self.key)? {
            Taken::All(difference) => return Ok(self.found(&taking.subject, &difference)),
            Taken::More(cells) => {
                let mut writer = begin(Tag::More, &self.agreed);
                writer.count(cells);
                writer
            }
            Taken::Plainly => begin(Tag::Plainly, &self.agreed),
        };
        self.stage = Stage::Taking(taking);
        Ok(Step::said(self.said(writer)))
    }

    /// What differs is known.
    fn found(&mut self, subject: &Subject, difference: &Difference) -> Step<S> {
        let mut writer = begin(Tag::Found, &self.agreed);
        let mut for_me = None;
        match (subject, difference) {
            (Subject::Dots(_), Difference::Dots { mine, theirs })
                if mine.is_empty() && theirs.is_empty() && S::parts().is_some() =>
            {
                // The same dots are live, and hold something else.
                let writer = self.by_parts();
                return Step::said(self.said(writer));
            }
            (Subject::Dots(dots), Difference::Dots { mine, .. }) => {
                if dots.peer_withholds {
                    mine.write_within(&dots.common, &mut writer);
                } else {
                    let kill = |kinds: crdt_core::Dots<S>| kinds.dead(mine.clone());
                    for_me = S::dots().filter(|_| !mine.is_empty()).map(kill);
                }
            }
            (Subject::Names(names), Difference::Names { mine, theirs }) => {
                let other = other_names(names, mine, theirs);
                let places = (0..).zip(&other).filter(|(_, name)| theirs.contains(name));
                let places: Vec<u64> = places.map(|(place, _)| place).collect();
                write_places(&places, &mut writer);
            }
            _ => {}
        }
        let for_peer = match difference {
            Difference::Dots { theirs, .. } => self.delta(subject, Some(theirs)),
            Difference::Names { mine, .. } => self.parts_among(mine),
        };
        Step { say: Some(self.said(writer)), for_me, ..Step::told(for_peer) }
    }

    /// The other end wants more, or has found out what differs.
    fn hear_back(
        &mut self,
        mut telling: Telling,
        tag: Tag,
        mut reader: Reader<'_>,
    ) -> Result<Step<S>, ProbeError> {
        let writer = match (tag, &telling.subject) {
            (Tag::Found, Subject::Dots(dots)) => {
                let mut wanted = CausalContext::new();
                if self.withholds() {
                    wanted = CausalContext::read_within(&dots.common, &mut reader)?;
                }
                reader.finish()?;
                return Ok(Step::told(self.delta(&telling.subject, Some(&wanted))));
            }
            (Tag::Found, Subject::Names(names)) => {
                let places = read_places(names.len() as u64, &mut reader)?;
                reader.finish()?;
                let at = |place: &u64| names.get(usize::try_from(*place).ok()?).copied();
                let wanted = places.iter().filter_map(at).collect();
                return Ok(Step::told(self.parts_among(&wanted)));
            }
            (Tag::More, _) => {
                let cells = usize::try_from(reader.varint()?).unwrap_or(usize::MAX);
                telling.more(cells, self.key, &self.agreed)
            }
            _ => telling.all(self.key, &self.agreed),
        };
        reader.finish()?;
        let writer = writer.ok_or(ProbeError::Unexpected)?;
        self.stage = Stage::Telling(telling);
        Ok(Step::said(self.said(writer)))
    }

    /// The visible parts with these names.
    fn parts_among(&self, names: &BTreeSet<u64>) -> S {
        let taken = S::parts()
            .map(|parts| parts.take(&self.visible, self.key, &|name| names.contains(&name)));
        taken.unwrap_or_default()
    }

    /// For the peer: what it has not seen, and that these dots, live there, are dead.
    fn delta(&self, subject: &Subject, dead: Option<&CausalContext>) -> S {
        let (Some(kinds), Subject::Dots(Dots { peer, .. })) = (S::dots(), subject) else {
            return S::default();
        };
        let mut told = kinds.seen(&self.visible).difference(peer);
        if let Some(dead) = dead {
            // Where a kill has to wait, the dot is live in what is visible, and the peer has it.
            told.merge(dead.difference(&kinds.live(&self.visible)));
        }
        kinds.restrict(&self.visible, &told)
    }
}

//! A schedule carried out: replicas, their clocks, and the network between them.

use alloc::format;
use alloc::rc::Rc;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use core::cell::RefCell;
use core::fmt::Write as _;
use std::panic::{AssertUnwindSafe, catch_unwind};

use super::failure::Violation;
use super::name::Name;
use super::network::{Message, Network, Payload};
use super::schedule::{Schedule, Step};
use super::trace::{Delivery, Origin, Sample, Trace, Write};
use super::{Author, Law, Model, check};
use crate::{Delta, Merge, Timestamp, Wire};

/// So many steps share one millisecond, so that instants of different replicas coincide.
const STEPS_PER_MILLISECOND: usize = 4;

/// Carries out a schedule.
///
/// Whatever travels or is persisted does so as bytes.
pub(super) fn simulate<M: Model>(schedule: &Schedule<M::Operation>) -> Run<M> {
    Simulation::new(schedule, None).run(schedule)
}

/// Carries out a schedule and tells what happens, a line a step; of one that panics, up to there.
pub(super) fn narrate<M: Model>(schedule: &Schedule<M::Operation>) -> Vec<String> {
    let story = RefCell::new(Vec::new());
    let _ = catch_unwind(AssertUnwindSafe(|| {
        Simulation::<M>::new(schedule, Some(&story)).run(schedule);
    }));
    story.into_inner()
}

/// What came of a schedule.
pub(super) struct Run<M: Model> {
    pub(super) trace: Trace<M>,
    /// A law that was seen to be broken on the way.
    pub(super) violation: Option<Violation>,
}

struct Replica<M: Model> {
    name: Name,
    state: M::State,
    /// The deltas that it has made, by number.
    deltas: Vec<usize>,
    persisted: Vec<u8>,
    last_timestamp: Timestamp,
    skew_ms: u64,
}

struct Simulation<'a, M: Model> {
    replicas: Vec<Replica<M>>,
    network: Network,
    trace: Trace<M>,
    namespace: u64,
    steps: usize,
    /// The lines told so far, also when nobody listens.
    lines: usize,
    story: Option<&'a RefCell<Vec<String>>>,
}

impl<'a, M: Model> Simulation<'a, M> {
    fn new(schedule: &Schedule<M::Operation>, story: Option<&'a RefCell<Vec<String>>>) -> Self {
        let replica = |(place, skew): (usize, &u8)| Replica {
            name: Name::of(place),
            state: M::State::default(),
            deltas: Vec::new(),
            persisted: M::State::default().encode(),
            last_timestamp: Timestamp::MIN,
            skew_ms: u64::from(*skew),
        };
        let places = schedule.skews.iter().enumerate().take(schedule.replicas.0);
        Self {
            replicas: places.map(replica).collect(),
            network: Network::new(),
            trace: Trace::new(),
            namespace: schedule.namespace,
            steps: 0,
            lines: 0,
            story,
        }
    }

    fn run(mut self, schedule: &Schedule<M::Operation>) -> Run<M> {
        let outcome = schedule.steps.iter().try_for_each(|step| {
            self.steps += 1;
            self.step(step)
        });
        if outcome.is_ok() {
            self.deliver_everything();
        }
        for replica in self.replicas {
            self.trace.finals.push(Sample::new(Origin::Replica(replica.name), replica.state));
        }
        Run { trace: self.trace, violation: outcome.err() }
    }

    fn tell(&mut self, line: impl FnOnce(&Self) -> String) {
        self.lines += 1;
        if let Some(story) = self.story {
            story.borrow_mut().push(line(self));
        }
    }

    fn place(&self, number: u8) -> usize {
        usize::from(number) % self.replicas.len()
    }

    /// Two different replicas.
    fn link(&self, from: u8, to: u8) -> (usize, usize) {
        let (from, to) = (self.place(from), self.place(to));
        (from, if from == to { (to + 1) % self.replicas.len() } else { to })
    }

    fn name(&self, place: usize) -> Name {
        self.replicas[place].name
    }

    /// What the wall clock of a replica reads.
    fn now_ms(&self, place: usize) -> u64 {
        1 + (self.steps / STEPS_PER_MILLISECOND) as u64 + self.replicas[place].skew_ms
    }

    fn step(&mut self, step: &Step<M::Operation>) -> Result<(), Violation> {
        match step {
            Step::Write { at, operation } => self.write(self.place(*at), operation)?,
            Step::SendGroup { from, to, deltas } => {
                let (from, to) = self.link(*from, *to);
                self.send_group(from, to, usize::from(*deltas));
            }
            Step::SendState { from, to } => {
                let (from, to) = self.link(*from, *to);
                let state = self.replicas[from].state.encode();
                let what = format!("the whole state of {}", self.name(from));
                self.tell(|run| {
                    format!("{} sends its whole state to {}", run.name(from), run.name(to))
                });
                self.send(from, to, what, Payload::State(state.into()));
            }
            Step::Ask { from, to } => {
                let (from, to) = self.link(*from, *to);
                let digest = self.replicas[from].state.digest().encode();
                let what = format!("the digest of {}", self.name(from));
                self.tell(|run| format!("{} sends its digest to {}", run.name(from), run.name(to)));
                self.send(from, to, what, Payload::Digest(digest.into()));
            }
            Step::Deliver { message, repeated } => {
                if let Some(message) = self.network.take(usize::from(*message), *repeated) {
                    self.deliver(&message, *repeated)?;
                }
            }
            Step::Lose { message } => {
                if let Some(message) = self.network.take(usize::from(*message), false) {
                    self.tell(|run| {
                        format!("{} to {} is lost", message.what, run.name(message.to))
                    });
                }
            }
            Step::Cut { one, other } => {
                let (one, other) = self.link(*one, *other);
                self.network.cut(one, other);
                self.tell(|run| {
                    format!("the link of {} and {} is cut", run.name(one), run.name(other))
                });
            }
            Step::Heal => {
                self.network.heal();
                self.tell(|_| "all links heal".into());
            }
            Step::Persist { at } => {
                let at = self.place(*at);
                let replica = &mut self.replicas[at];
                replica.persisted = replica.state.encode();
                self.tell(|run| format!("{} persists its state", run.name(at)));
            }
            Step::Restart { at } => self.restart(self.place(*at))?,
        }
        Ok(())
    }

    fn write(&mut self, at: usize, operation: &M::Operation) -> Result<(), Violation> {
        let now_ms = self.now_ms(at);
        let replica = &mut self.replicas[at];
        let author = Author {
            replica: replica.name.id(self.namespace),
            timestamp: next_timestamp(replica.last_timestamp, now_ms),
        };
        replica.last_timestamp = author.timestamp;

        let before = replica.state.clone();
        let delta = M::apply(&mut replica.state, &author, operation);
        let after = replica.state.clone();

        let changes = !delta.is_bottom();
        let number = self.trace.deltas.len() + 1;
        self.trace.operations.push(operation.clone());
        self.tell(|run| {
            let name = run.name(at);
            if changes {
                format!("{name} writes {operation:?}: delta #{number}")
            } else {
                format!("{name} writes {operation:?}, which changes nothing")
            }
        });

        let mut merged = before.clone();
        merged.merge(delta.clone());
        if merged != after {
            return Err(Violation::of(Law::MutatorIsMerge)
                .with("state before", &before)
                .with("operation", operation)
                .with("state after", &after)
                .with("returned delta", &delta)
                .with("before ⊔ delta", &merged));
        }
        if !changes {
            return Ok(());
        }
        self.reach(at);
        let origin = Origin::Before { name: self.name(at), line: self.lines };
        self.trace.writes.push(Write {
            author,
            operation: operation.clone(),
            now_ms,
            before: Sample::new(origin, before),
            delta: delta.clone(),
            after,
            persisted: self.replicas[at].persisted.clone(),
        });
        self.replicas[at].deltas.push(self.trace.deltas.len());
        let bytes: Rc<[u8]> = delta.encode().into();
        self.trace.deltas.push(delta);
        for to in (0..self.replicas.len()).filter(|to| *to != at) {
            let what = format!("delta #{number} of {}", self.name(at));
            self.send(at, to, what, Payload::State(bytes.clone()));
        }
        Ok(())
    }

    fn send_group(&mut self, from: usize, to: usize, deltas: usize) {
        let own = &self.replicas[from].deltas;
        let group = own[own.len().saturating_sub(deltas)..].to_vec();
        if group.len() < 2 {
            return;
        }
        let mut what = String::from("the join of deltas");
        for number in &group {
            let _ = write!(what, " #{}", number + 1);
        }
        let _ = write!(what, " of {}", self.name(from));
        let joined = self.trace.join(&group);
        self.tell(|run| format!("{what} is sent to {}", run.name(to)));
        self.send(from, to, what, Payload::State(joined.encode().into()));
    }

    fn send(&mut self, from: usize, to: usize, what: String, payload: Payload) {
        self.network.send(Message { from, to, what, payload });
    }

    fn deliver(&mut self, message: &Message, repeated: bool) -> Result<(), Violation> {
        let Message { from, to, what, payload } = message;
        if self.network.is_cut(*from, *to) {
            self.tell(|run| format!("{what} is lost on the cut link to {}", run.name(*to)));
            return Ok(());
        }
        let copy = if repeated { ", and a copy stays in flight" } else { "" };
        self.tell(|run| format!("{what} reaches {}{copy}", run.name(*to)));
        match payload {
            Payload::State(bytes) => {
                let arrived = decoded::<M>(bytes)?;
                let origin = Origin::Before { name: self.name(*to), line: self.lines };
                self.note_delivery(*to, origin, &arrived);
                self.replicas[*to].state.merge(arrived);
                self.reach(*to);
            }
            Payload::Digest(digest) => {
                let digest = check::digest::decoded::<M>(digest)?;
                let answer = self.replicas[*to].state.delta_since(&digest);
                let what = format!("the answer of {}", self.name(*to));
                self.send(*to, *from, what, Payload::State(answer.encode().into()));
            }
        }
        Ok(())
    }

    /// What reaches every replica in the end, were the network to heal: the merge of all states,
    /// in which each finds what it wrote itself.
    fn deliver_everything(&mut self) {
        let mut everything = M::State::default();
        for replica in &self.replicas {
            everything.merge_ref(&replica.state);
        }
        for to in 0..self.replicas.len() {
            self.note_delivery(to, Origin::Replica(self.name(to)), &everything);
        }
    }

    fn note_delivery(&mut self, to: usize, origin: Origin, arrived: &M::State) {
        self.trace.deliveries.push(Delivery {
            me: self.name(to).id(self.namespace),
            now_ms: self.now_ms(to),
            held: Sample::new(origin, self.replicas[to].state.clone()),
            arrived: arrived.clone(),
        });
    }

    fn restart(&mut self, at: usize) -> Result<(), Violation> {
        let replica = &mut self.replicas[at];
        let before = replica.name;
        replica.name.restarts += 1;
        replica.deltas.clear();
        replica.last_timestamp = Timestamp::MIN;
        replica.state = decoded::<M>(&replica.persisted)?;
        self.tell(|run| {
            format!("{before} restarts as {}, with what it persisted last", run.name(at))
        });
        Ok(())
    }

    fn reach(&mut self, at: usize) {
        let state = self.replicas[at].state.clone();
        let origin = Origin::After { name: self.name(at), line: self.lines };
        self.trace.reached.push((origin, state));
    }
}

/// Later than the `last`, and not before the wall clock.
fn next_timestamp(last: Timestamp, wall_ms: u64) -> Timestamp {
    let wall = Timestamp::from_millis(wall_ms).unwrap_or(Timestamp::MAX);
    last.next().map_or(Timestamp::MAX, |next| next.max(wall))
}

fn decoded<M: Model>(bytes: &[u8]) -> Result<M::State, Violation> {
    M::State::decode(bytes).map_err(|error| {
        Violation::of(Law::RoundTrip)
            .with("bytes of a state", &bytes)
            .with_text("refused", error.to_string())
    })
}

#[cfg(test)]
mod tests {
    use alloc::string::String;
    use alloc::vec::Vec;

    use quickcheck::Gen;

    use super::{narrate, simulate};
    use crate::laws::numbers::{Numbers, Operation};
    use crate::laws::schedule::Schedule;
    use crate::{DotMap, Merge};

    fn schedules() -> impl Iterator<Item = Schedule<Operation>> {
        (0..300).map(|seed| Schedule::generate(&mut Gen::from_size_and_seed(8, seed), 32))
    }

    #[test]
    fn everything_that_can_happen_happens() {
        let stories: Vec<String> = schedules().flat_map(|s| narrate::<Numbers>(&s)).collect();
        for happens in [
            "A writes Some(",
            ", which changes nothing",
            "delta #1 of A reaches B",
            ", and a copy stays in flight",
            "delta #1 of A to B is lost",
            "the link of A and B is cut",
            "is lost on the cut link to",
            "all links heal",
            "A sends its whole state to B",
            "the whole state of A reaches B",
            "the join of deltas #… of A is sent to B",
            "the join of deltas #… of A reaches B",
            "A sends its digest to B",
            "the digest of A reaches B",
            "the answer of B reaches A",
            "A persists its state",
            "A restarts as A', with what it persisted last",
            "A' restarts as A'', with what it persisted last",
            "D writes Some(",
        ] {
            let tells = |line: &String| happens.split('…').all(|part| line.contains(part));
            assert!(stories.iter().any(tells), "{happens}");
        }
    }

    #[test]
    fn every_part_of_a_schedule_is_a_schedule() {
        for schedule in schedules().take(20) {
            for simpler in schedule.simpler().take(100) {
                assert!(simulate::<Numbers>(&simpler).violation.is_none());
            }
        }
    }

    #[test]
    fn some_writes_die_with_their_replica() {
        let lost = |schedule: Schedule<Operation>| {
            let trace = simulate::<Numbers>(&schedule).trace;
            let mut all = DotMap::new();
            for replica in &trace.finals {
                all.merge_ref(&replica.state);
            }
            trace.deltas.iter().any(|delta| !delta.context().is_subset(all.context()))
        };
        assert!(schedules().any(lost));
    }
}

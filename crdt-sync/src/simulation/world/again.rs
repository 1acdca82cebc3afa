//! What has to hold when all who are equal meet again, and when they begin again.

use alloc::format;

use crdt_core::laws::Model;

use super::heal::since;
use super::{World, violated};
use crate::Lattice;
use crate::simulation::report::{Law, Violation};
use crate::simulation::step::Name;

/// How many bytes an end says at most to one that is equal, beside what its greetings tell of
/// openings.
const EQUALS: u64 = 256;

/// What a greeting tells of an opening takes at most so many bytes.
const OPENING: u64 = 48;

/// How often an end greets at most while all are there and nothing is lost.
const GREETINGS: u64 = 3;

impl<M: Model<State: Lattice>> World<M> {
    /// All connections are gone and there anew: that costs a few bytes, and changes nothing.
    pub(super) fn meet_again(&mut self) -> Result<(), Violation> {
        self.story.tell(self.now_ms, format_args!("* all meet again"));
        self.counts.add("all meet again", 1);
        let (before, links) = (self.network.traffic.total, self.network.traffic.links.clone());
        for (one, other) in self.linked.clone() {
            self.network.connect(one, other);
            self.connect(one, other);
            self.connect(other, one);
            self.pump(one)?;
            self.pump(other)?;
        }
        self.come_to_rest(before)?;
        let openings: u64 = self.hosts.iter().map(|host| 1 + 2 * host.opening).sum();
        let most = EQUALS + GREETINGS * OPENING * openings;
        for ((from, to), load) in &self.network.traffic.links {
            let said = since(links.get(&(*from, *to)).copied().unwrap_or_default(), *load);
            if said.bytes > most {
                let (from, to) = (Name(*from), Name(*to));
                let evidence = format!(
                    "{from} and {to} are equal and meet again, and {from} says {} bytes, where \
                     {most} are the most",
                    said.bytes
                );
                return violated(Law::Silence, evidence);
            }
        }
        Ok(())
    }

    /// All processes end, in good order or not, and begin again: nothing is lost, and every token
    /// is covered that was.
    pub(super) fn begin_again(&mut self) -> Result<(), Violation> {
        self.story.tell(self.now_ms, format_args!("* all begin again"));
        self.counts.add("all begin again", 1);
        let before = self.network.traffic.total;
        for host in self.present() {
            if self.dice.percent(50) { self.crash(host)? } else { self.close(host)? }
        }
        for host in self.present() {
            self.start(host)?;
        }
        for (one, other) in self.linked.clone() {
            let [knows, is_known] =
                [(one, other), (other, one)].map(|(a, b)| self.hosts[a].links.contains(&b));
            if !(knows && is_known) {
                self.network.connect(one, other);
                self.connect(one, other);
                self.connect(other, one);
                self.pump(one)?;
                self.pump(other)?;
            }
        }
        self.come_to_rest(before)
    }
}

//! What to do when an id turns out to be in use twice.
//!
//! A restored backup, a cloned disk or a duplicated tab goes on where another goes on too. Each
//! opening names the one that it continues, and that is told along with what is included; so whoever
//! hears of two that continue the same one knows, and both give way: each goes on under an id of its
//! own. That costs nothing but a name, and neither has to know whether the other still lives. It is
//! written down, for the next opening not to give way again.
//!
//! What nobody had acknowledged is taken back and written anew, so it is lost to nobody. What a peer
//! had acknowledged cannot be: should the other copy have written as much, and another peer have
//! acknowledged that, then the same dots have two contents, of which the same one stays everywhere.
//! To write all of it anew would count twice what stays. So the application is told what it is.

use crdt_core::Reading;

use super::Replica;
use crate::known::Known;
use crate::sorted::SortedSet;
use crate::{Event, Lattice};

impl<S: Lattice> Replica<S> {
    /// Takes in which openings there are, and acts if this one is not the only one of its kind.
    pub(super) fn learn_lineage(&mut self, known: &Known, now: Reading) {
        let own = self.holding.incarnation;
        let is_news = self.lineage.merge(known);
        self.has_learnt |= is_news;
        if let Some((held, peer_has)) = self.holding.past.exceeded_by(known)
            && !self.has_told_restored
        {
            self.has_told_restored = true;
            self.events.push_back(Event::Restored { held, peer_has });
            self.give_way(now);
            return;
        }
        let mut twins = if is_news { self.lineage.twins_of(own) } else { SortedSet::default() };
        // One that is known already says nothing of another: they may bear different ids.
        twins.retain(|twin| self.twins.insert(*twin));
        let Some(twin) = twins.iter().next().copied() else { return };
        for twin in twins.iter() {
            self.holding.note_opening(*twin, self.lineage.get(*twin));
        }
        self.events.push_back(Event::Forked { one: own, other: twin });
        self.give_way(now);
    }

    /// Waits no more for openings that others go on from.
    pub(super) fn forget_continued(&mut self) {
        let (links, lineage, members) = (&self.links, &self.lineage, &self.members);
        let is_here = |incarnation| {
            let mut remotes = links.values().filter_map(|link| link.remote);
            remotes.any(|remote| remote.incarnation == incarnation)
        };
        self.met.retain(|replica, met| {
            let is_former = lineage.is_continued(met.incarnation) && !is_here(met.incarnation);
            members.contains(replica) || !is_former
        });
    }

    /// Goes on under another id, if somebody else can have the present one in good faith: it came
    /// with the store. One that was drawn at this opening is nobody else's.
    pub(super) fn give_way(&mut self, now: Reading) {
        if !self.holding.keeps_id {
            return;
        }
        let (from, at_risk) = self.holding.renew(now, &self.config);
        self.lineage.merge(&self.holding.known);
        self.greet_all(now);
        self.suspended.clear();
        let to = self.holding.id;
        self.events.push_back(Event::Renewed { from, to, at_risk });
    }

    /// Has every link begin anew.
    pub(super) fn greet_all(&mut self, now: Reading) {
        for link in self.links.values_mut() {
            link.reset(now.monotonic_ms, self.holding.random.draw_u32());
        }
    }
}

//! Known ways to get the protocol wrong, for tests that the simulator finds each of them.

use crdt_core::{CausalContext, ReplicaId};

use crate::{Config, Lattice};

/// A mistake that some system has made, or an earlier state of this one, to be made again.
///
/// Read in `Config::makes` at the place where it would be made. Without the feature `simulate`
/// nothing can be wrong, and nothing is asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(not(feature = "simulate"), allow(unreachable_pub, reason = "only then it is public"))]
#[non_exhaustive]
pub enum Fault {
    /// A stretch of a log counts as included although there is a gap before it: breaks nine random
    /// runs of ten in the model of the protocol.
    KnowAcrossGaps,
    /// What has arrived is acknowledged before it is durable.
    AcknowledgeEarly,
    /// What was written is sent before it is durable.
    SendEarly,
    /// An opening takes up the log positions of the one before it: what was acknowledged of that
    /// one is taken for acknowledgements of this one.
    ReusePositions,
    /// An opening goes on under the id of the one before it, although that one was not closed.
    ReuseId,
    /// What was said over another connection, or to another opening, is taken for news.
    TrustOldMessages,
    /// What a peer lacks is taken off the log when something is merged.
    ClearOnMerge,
    /// A change in parts counts as included with its first.
    CountFirstPart,
    /// The log keeps all that a peer lacks, however much that is: one that is gone has it grow.
    KeepForTheDead,
    /// Who is said not to come back is waited for all the same.
    WaitForTheRetired,
    /// What is written anew under another id is claimed under the old one all the same, as dead: so it
    /// deletes what another copy has written there.
    ClaimSkipped,
    /// What the log no longer holds counts as sent.
    ForgetTrimmed,
    /// The novel part of a change is not logged, so nobody hears of it from here.
    KeepToOneself,
    /// What waits in quarantine counts as included.
    CountQuarantined,
    /// A reopened store does not know what its former openings had.
    ForgetPast,
    /// What everybody was told counts as arrived although it leaves out what is not there.
    IncludeWithoutRequired,
    /// A message without news is taken for one that brought them.
    AcknowledgeUnheard,
}

impl Config {
    /// Whether this mistake is to be made.
    #[cfg(feature = "simulate")]
    pub(crate) fn makes(&self, fault: Fault) -> bool {
        self.fault == Some(fault)
    }

    /// Whether this mistake is to be made: no.
    #[cfg(not(feature = "simulate"))]
    #[allow(clippy::unused_self, reason = "it has one with the feature")]
    pub(crate) const fn makes(&self, _: Fault) -> bool {
        false
    }
}

/// The kills of [`Fault::ClaimSkipped`]: all that `from` may have written beyond what is shared.
pub(crate) fn skipped<S: Lattice>(
    config: &Config,
    state: &S,
    from: ReplicaId,
    shared: &S,
) -> Option<S> {
    let dots = S::dots().filter(|_| config.makes(Fault::ClaimSkipped))?;
    let mut skipped = CausalContext::new();
    skipped.insert_run(from, 1..=dots.seen(state).max(from).max(1));
    Some(dots.dead(skipped.difference(dots.seen(shared))))
}

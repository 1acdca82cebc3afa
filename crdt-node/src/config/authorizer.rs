//! Who may do what, and speak for which replica.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use crdt_core::ReplicaId;

use super::{Access, Caller, May};

/// Decides what callers may do. A node asks it before it looks at anything; what it holds of the
/// configuration are tokens, and another can be put in its place.
///
/// None of this may block: it is asked for each request, and for each message of a client.
pub trait Authorizer: Send + Sync {
    /// Who shows this token, or none; nobody, if it is not known.
    fn caller(&self, token: Option<&str>) -> Option<Caller>;

    /// Whether they may do that in a scope.
    fn may(&self, caller: &Caller, may: May, scope: &str) -> bool;

    /// Whether a client of theirs may greet as this replica. That it is no region's is seen to besides.
    fn may_speak_for(&self, caller: &Caller, replica: ReplicaId) -> bool;
}

/// The tokens of a configuration.
#[derive(Clone, Debug)]
pub struct Tokens {
    tokens: Vec<Access>,
    /// The hashes of the tokens that each replica is bound to, of those that are.
    bound: BTreeMap<ReplicaId, BTreeSet<String>>,
}

impl Tokens {
    /// These, and without any, everybody may do everything.
    pub fn new(tokens: &[Access]) -> Self {
        let mut bound: BTreeMap<_, BTreeSet<_>> = BTreeMap::new();
        for access in tokens {
            for replica in access.replica_ids() {
                bound.entry(replica).or_default().insert(access.hash.to_ascii_lowercase());
            }
        }
        Self { tokens: tokens.to_vec(), bound }
    }

    /// The same, for a node.
    pub fn shared(tokens: &[Access]) -> Arc<dyn Authorizer> {
        Arc::new(Self::new(tokens))
    }
}

impl Authorizer for Tokens {
    fn caller(&self, token: Option<&str>) -> Option<Caller> {
        Caller::of(token, &self.tokens)
    }

    fn may(&self, caller: &Caller, may: May, scope: &str) -> bool {
        caller.may(may, scope)
    }

    /// Who is bound to replicas speaks for these, and nobody else does.
    fn may_speak_for(&self, caller: &Caller, replica: ReplicaId) -> bool {
        match self.bound.get(&replica) {
            Some(bound) => caller.hash().is_some_and(|hash| bound.contains(hash)),
            None => !caller.is_bound(),
        }
    }
}

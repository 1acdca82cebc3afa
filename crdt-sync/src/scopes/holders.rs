//! Who may hold a scope.

use alloc::collections::BTreeSet;
use alloc::string::String;

/// Who may hold a scope: a policy, by the names that the host vouches for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Holders(Option<BTreeSet<String>>);

impl Holders {
    /// Every peer.
    pub const fn anyone() -> Self {
        Self(None)
    }

    /// The peers of these names, and no others.
    pub fn only(names: impl IntoIterator<Item = impl Into<String>>) -> Self {
        Self(Some(names.into_iter().map(Into::into).collect()))
    }

    /// Whether the peer of this name may hold it.
    pub fn include(&self, name: &str) -> bool {
        self.0.as_ref().is_none_or(|names| names.contains(name))
    }
}

//! The JSON of writes.
//!
//! ```json
//! {"operations": [
//!   {"op": "counter.increment", "name": "likes", "by": 1},
//!   {"op": "set.add", "name": "cart", "values": ["apple", "pear"]},
//!   {"op": "register.set", "name": "title", "value": "Shopping"}
//! ], "durability": "1", "wait_ms": 2000}
//! ```

use crdt_core::{Limits, Reading, Timestamp};
use crdt_document::{Kind, Transaction, Value, WriteError};
use serde::Deserialize;

use super::error::Failure;
use crate::engine::Durable;

/// A request to write: all of it or nothing.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Writes {
    pub(super) operations: Vec<Operation>,
    #[serde(default)]
    pub(super) durability: Durability,
    /// What has to be here before anything is written.
    pub(super) token: Option<String>,
    /// How long the answer may wait for that and for durability, in milliseconds.
    pub(super) wait_ms: Option<u64>,
    /// When it was written, in milliseconds since 1970, if not now: its registers count as of then.
    at_ms: Option<u64>,
}

impl Writes {
    /// When it was written, if not now. Who writes ahead of the clock would win for long.
    pub(super) fn at(&self) -> Result<Option<Timestamp>, Failure> {
        let Some(at_ms) = self.at_ms else { return Ok(None) };
        let at = Timestamp::from_millis(at_ms);
        let is_right = |at: &Timestamp| {
            Limits::default().check_timestamp(*at, Reading::system().wall_ms).is_ok()
        };
        let refused = "at_ms: the time is more than a minute in the future";
        at.filter(is_right).map(Some).ok_or_else(|| Failure::malformed(refused))
    }
}

/// Where it has to be durable before it is answered.
#[derive(Clone, Copy, Debug, Default, Deserialize)]
pub(super) enum Durability {
    #[default]
    #[serde(rename = "local")]
    Local,
    #[serde(rename = "1")]
    One,
    #[serde(rename = "all")]
    All,
}

impl From<Durability> for Durable {
    fn from(durability: Durability) -> Self {
        match durability {
            Durability::Local => Self::Local,
            Durability::One => Self::One,
            Durability::All => Self::All,
        }
    }
}

/// One operation.
#[derive(Debug, Deserialize)]
#[serde(tag = "op", deny_unknown_fields)]
pub(super) enum Operation {
    #[serde(rename = "counter.increment")]
    Increment { name: String, by: u64 },
    #[serde(rename = "pn_counter.increment")]
    IncrementPn { name: String, by: u64 },
    #[serde(rename = "pn_counter.decrement")]
    DecrementPn { name: String, by: u64 },
    #[serde(rename = "pn_counter.reset")]
    ResetPn { name: String },
    #[serde(rename = "g_set.add")]
    AddToGSet { name: String, values: Vec<Value> },
    #[serde(rename = "set.add")]
    AddToSet { name: String, values: Vec<Value> },
    #[serde(rename = "set.remove")]
    RemoveFromSet { name: String, values: Vec<Value> },
    #[serde(rename = "set.clear")]
    ClearSet { name: String },
    #[serde(rename = "register.set")]
    SetRegister { name: String, value: Value },
    #[serde(rename = "register.clear")]
    ClearRegister { name: String },
    #[serde(rename = "mv_register.set")]
    SetMvRegister { name: String, value: Value },
    #[serde(rename = "mv_register.resolve")]
    ResolveMvRegister { name: String, value: Value },
    #[serde(rename = "mv_register.clear")]
    ClearMvRegister { name: String },
    /// As all kinds.
    #[serde(rename = "remove")]
    Remove { name: String },
    /// As one kind, where a name is used as several.
    #[serde(rename = "remove_kind")]
    RemoveKind { name: String, kind: String },
}

impl Operation {
    /// What is wrong with it, if something is, whatever the document holds.
    pub(super) fn fault(&self) -> Option<String> {
        match self {
            Self::RemoveKind { kind, .. } if kind.parse::<Kind>().is_err() => {
                let kinds: Vec<_> = Kind::ALL.iter().map(ToString::to_string).collect();
                Some(format!("there is no kind {kind:?}: take one of {}", kinds.join(", ")))
            }
            _ => None,
        }
    }

    /// Does it.
    pub(super) fn apply(self, tx: &mut Transaction<'_>) -> Result<(), WriteError> {
        match self {
            Self::Increment { name, by } => tx.counter(&name).increment(by),
            Self::IncrementPn { name, by } => tx.pn_counter(&name).increment(by),
            Self::DecrementPn { name, by } => tx.pn_counter(&name).decrement(by),
            Self::ResetPn { name } => tx.pn_counter(&name).reset(),
            Self::AddToGSet { name, values } => tx.g_set(&name).add_all(values),
            Self::AddToSet { name, values } => tx.set(&name).add_all(values),
            Self::RemoveFromSet { name, values } => tx.set(&name).remove_all(values),
            Self::ClearSet { name } => tx.set(&name).clear(),
            Self::SetRegister { name, value } => tx.register(&name).set(value),
            Self::ClearRegister { name } => tx.register(&name).clear(),
            Self::SetMvRegister { name, value } => tx.mv_register(&name).set(value),
            Self::ResolveMvRegister { name, value } => tx.mv_register(&name).resolve(|_| value),
            Self::ClearMvRegister { name } => tx.mv_register(&name).clear(),
            Self::Remove { name } => tx.remove(&name),
            Self::RemoveKind { name, kind } => match kind.parse() {
                Ok(kind) => tx.remove_kind(&name, kind),
                Err(_) => Ok(()),
            },
        }
    }
}

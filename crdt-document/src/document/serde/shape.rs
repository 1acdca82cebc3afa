//! What there is to know of one name: for each kind its cells, each with its dot.

use alloc::collections::BTreeMap;
use alloc::sync::Arc;
use alloc::vec::Vec;

use crdt_core::{Dot, Entry, ReplicaId, Timestamp};
use serde::{Deserialize, Serialize};

use crate::Value;
use crate::cell::{Cell, Sides};
use crate::key::{Key, Place};

#[derive(Default, PartialEq, Serialize, Deserialize)]
#[serde(rename = "Uses", deny_unknown_fields, default)]
pub(super) struct Uses {
    #[serde(skip_serializing_if = "Vec::is_empty")]
    counter: Vec<Count>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pn_counter: Vec<Counted>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    g_set: Vec<Member>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    set: Vec<Member>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    register: Vec<Stamped>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    mv_register: Vec<Plain>,
}

/// What one replica has counted.
#[derive(PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Count {
    total: u64,
    replica: ReplicaId,
    counter: u64,
}

/// What one replica has counted both ways, or seen when it reset.
#[derive(PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
enum Counted {
    Totals(Totals),
    Reset(Seen),
}

#[derive(PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Totals {
    increments: u64,
    decrements: u64,
    replica: ReplicaId,
    counter: u64,
}

#[derive(PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Seen {
    reset: BTreeMap<ReplicaId, Baselines>,
    replica: ReplicaId,
    counter: u64,
}

#[derive(PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Baselines {
    increments: u64,
    decrements: u64,
}

#[derive(PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Member {
    element: Value,
    replica: ReplicaId,
    counter: u64,
}

#[derive(PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Stamped {
    value: Value,
    timestamp: Timestamp,
    replica: ReplicaId,
    counter: u64,
}

#[derive(PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Plain {
    value: Value,
    replica: ReplicaId,
    counter: u64,
}

impl Uses {
    /// Adds an entry to what is shown.
    pub(super) fn show(&mut self, entry: &Entry<Key, Cell>) {
        let (replica, counter) = (entry.dot().replica(), entry.dot().counter());
        match (&entry.key().place, entry.value()) {
            (Place::Count(_), Cell::Count(total)) => {
                self.counter.push(Count { total: *total, replica, counter });
            }
            (Place::Totals(_), Cell::Totals([increments, decrements])) => {
                let (increments, decrements) = (*increments, *decrements);
                let totals = Totals { increments, decrements, replica, counter };
                self.pn_counter.push(Counted::Totals(totals));
            }
            (Place::Reset(_), Cell::Reset(rows)) => {
                let row = |(of, [increments, decrements]): &(ReplicaId, Sides)| {
                    (*of, Baselines { increments: *increments, decrements: *decrements })
                };
                let reset = Seen { reset: rows.iter().map(row).collect(), replica, counter };
                self.pn_counter.push(Counted::Reset(reset));
            }
            (Place::GSet(element), _) => {
                self.g_set.push(Member { element: element.clone(), replica, counter });
            }
            (Place::Set(element), _) => {
                self.set.push(Member { element: element.clone(), replica, counter });
            }
            (Place::Register, Cell::Stamped(timestamp, value)) => {
                let (timestamp, value) = (*timestamp, value.clone());
                self.register.push(Stamped { value, timestamp, replica, counter });
            }
            (_, Cell::Plain(value)) => {
                self.mv_register.push(Plain { value: value.clone(), replica, counter });
            }
            // A place holds cells of its own shape only.
            _ => {}
        }
    }

    /// Adds what is shown to the entries of a document. Cells that no document holds are refused, as
    /// decoding refuses them.
    pub(super) fn read(
        self,
        name: &Arc<str>,
        entries: &mut Vec<Entry<Key, Cell>>,
    ) -> Result<(), &'static str> {
        if self == Self::default() {
            return Err("a name is listed under which there is nothing");
        }
        let mut add = |(replica, counter), place, cell| {
            let dot = Dot::new(replica, counter).ok_or("a counter is out of range")?;
            entries.push(Entry::new(dot, Key::new(name, place), cell));
            Ok(())
        };
        for Count { total, replica, counter } in self.counter {
            let total = Some(total).filter(|total| *total > 0).ok_or(NOTHING)?;
            add((replica, counter), Place::Count(replica), Cell::Count(total))?;
        }
        for counted in self.pn_counter {
            match counted {
                Counted::Totals(Totals { increments, decrements, replica, counter }) => {
                    let totals = sides(increments, decrements)?;
                    add((replica, counter), Place::Totals(replica), Cell::Totals(totals))?;
                }
                Counted::Reset(Seen { reset, replica, counter }) => {
                    let row = |(of, row): (ReplicaId, Baselines)| {
                        Ok((of, sides(row.increments, row.decrements)?))
                    };
                    let rows: Vec<_> = reset.into_iter().map(row).collect::<Result<_, _>>()?;
                    let rows = Some(rows).filter(|rows| !rows.is_empty()).ok_or(NOTHING)?;
                    add((replica, counter), Place::Reset(replica), Cell::Reset(rows.into()))?;
                }
            }
        }
        for Member { element, replica, counter } in self.g_set {
            add((replica, counter), Place::GSet(element), Cell::Element)?;
        }
        for Member { element, replica, counter } in self.set {
            add((replica, counter), Place::Set(element), Cell::Element)?;
        }
        for Stamped { value, timestamp, replica, counter } in self.register {
            add((replica, counter), Place::Register, Cell::Stamped(timestamp, value))?;
        }
        for Plain { value, replica, counter } in self.mv_register {
            add((replica, counter), Place::MvRegister, Cell::Plain(value))?;
        }
        Ok(())
    }
}

const NOTHING: &str = "a total says nothing";

fn sides(increments: u64, decrements: u64) -> Result<Sides, &'static str> {
    match [increments, decrements] {
        [0, 0] => Err(NOTHING),
        sides => Ok(sides),
    }
}

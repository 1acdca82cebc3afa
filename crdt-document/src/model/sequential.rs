//! What one replica alone sees of a document, by the plainest means there are.

use alloc::collections::{BTreeMap, BTreeSet};
use alloc::vec::Vec;

use super::{DocumentOperation, What, Write};
use crate::{Content, Item, Kind, Value};

/// All that there is to see after these operations.
pub(super) fn after(operations: &[DocumentOperation]) -> Vec<Item> {
    let mut plain = Plain::default();
    for operation in operations {
        let mut attempt = plain.clone();
        let done = match operation {
            DocumentOperation::Write(write) => attempt.apply(write),
            DocumentOperation::Transact(writes) => {
                writes.iter().try_for_each(|write| attempt.apply(write))
            }
            DocumentOperation::Abandon(_) => None,
        };
        if done.is_some() {
            plain = attempt;
        }
    }
    plain.items()
}

#[derive(Clone, Default)]
struct Plain(BTreeMap<&'static str, Named>);

/// What there is under one name.
#[derive(Clone, Default)]
struct Named {
    counter: u64,
    /// All increments and decrements, and how many of each the last reset knew.
    pn_counter: [[u64; 2]; 2],
    g_set: BTreeSet<Value>,
    set: BTreeSet<Value>,
    register: Option<Value>,
    mv_register: Option<Value>,
}

impl Plain {
    /// `None` for what is not possible.
    fn apply(&mut self, Write { name, what }: &Write) -> Option<()> {
        let named = self.0.entry(name).or_default();
        let [totals, _] = &mut named.pn_counter;
        match what {
            What::Count(amount) => named.counter = named.counter.checked_add(*amount)?,
            What::Increment(amount) => totals[0] = totals[0].checked_add(*amount)?,
            What::Decrement(amount) => totals[1] = totals[1].checked_add(*amount)?,
            What::Reset => named.reset(),
            What::Keep(element) => named.g_set.extend([element.clone()]),
            What::Add(element) => named.set.extend([element.clone()]),
            What::RemoveElement(element) => named.set.retain(|other| other != element),
            What::Set(value) => named.register = Some(value.clone()),
            What::SetBeside(value) => named.mv_register = Some(value.clone()),
            // Alone there is never anything to resolve.
            What::ResolveToFirst => {}
            What::Remove => {
                if named.counter > 0 || !named.g_set.is_empty() {
                    return None;
                }
                named.reset();
                named.set.clear();
                (named.register, named.mv_register) = (None, None);
            }
            What::RemoveKind(kind) => match kind {
                Kind::Counter | Kind::GSet => return None,
                Kind::PnCounter => named.reset(),
                Kind::Set => named.set.clear(),
                Kind::Register => named.register = None,
                Kind::MvRegister => named.mv_register = None,
            },
        }
        Some(())
    }

    fn items(self) -> Vec<Item> {
        let item = |(name, named): (&'static str, Named)| {
            named.contents().into_iter().map(move |content| Item { name: name.into(), content })
        };
        self.0.into_iter().flat_map(item).collect()
    }
}

impl Named {
    fn reset(&mut self) {
        self.pn_counter[1] = self.pn_counter[0];
    }

    /// In the order of kinds.
    fn contents(self) -> Vec<Content> {
        let mut contents = Vec::new();
        if self.counter > 0 {
            contents.push(Content::Counter(self.counter.into()));
        }
        let [totals, baselines] = self.pn_counter;
        if totals != [0, 0] {
            let left = |side: usize| i128::from(totals[side] - baselines[side]);
            contents.push(Content::PnCounter(left(0) - left(1)));
        }
        contents.extend(self.g_set.into_iter().map(Content::GSet));
        contents.extend(self.set.into_iter().map(Content::Set));
        contents.extend(self.register.map(Content::Register));
        contents.extend(self.mv_register.map(Content::MvRegister));
        contents
    }
}

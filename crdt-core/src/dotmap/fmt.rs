//! How a map reads: `{"apples": 3 @ …0001:1} seen {…0001: 1-4}`.

use core::fmt;

use super::{DotMap, Entry};

impl<K: fmt::Debug, V: fmt::Debug> fmt::Debug for DotMap<K, V> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let written = |entry: &Entry<K, V>| {
            let Entry { dot, key, value } = entry;
            alloc::format!("{key:?}: {value:?} @ {dot:?}")
        };
        f.write_str("{")?;
        for (place, entry) in self.entries().enumerate() {
            f.write_str(if place > 0 { ", " } else { "" })?;
            f.write_str(&written(entry))?;
        }
        write!(f, "}} seen {:?}", self.context)
    }
}

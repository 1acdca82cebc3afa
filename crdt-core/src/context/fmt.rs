//! How a context reads: `{…0001: 1-4 7, …0002: 1-3}`.

use core::fmt;

use super::{CausalContext, Runs};

impl fmt::Debug for Runs {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (place, run) in self.iter().enumerate() {
            if place > 0 {
                f.write_str(" ")?;
            }
            let (first, last) = run.into_inner();
            if first == last {
                write!(f, "{first}")?;
            } else {
                write!(f, "{first}-{last}")?;
            }
        }
        Ok(())
    }
}

impl fmt::Debug for CausalContext {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_map().entries(self.entries()).finish()
    }
}

//! How a register reads and compares.

use core::fmt;

use super::MvRegister;

/// Equal states. Two registers with the same values differ when they have seen different writes.
impl<T: PartialEq> PartialEq for MvRegister<T> {
    fn eq(&self, other: &Self) -> bool {
        self.writes == other.writes
    }
}

impl<T: Eq> Eq for MvRegister<T> {}

/// Its values and who wrote them: `MvRegister {…0001:1: "1 Main St", …0002:1: "2 High St"}`. The
/// alternate form, `{:#?}`, tells what it has seen as well.
impl<T: fmt::Debug> fmt::Debug for MvRegister<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let values = self.writes.entries().map(|entry| (entry.dot(), entry.value()));
        f.write_str("MvRegister ")?;
        f.debug_map().entries(values).finish()?;
        if f.alternate() {
            write!(f, " seen {:?}", self.writes.context())?;
        }
        Ok(())
    }
}

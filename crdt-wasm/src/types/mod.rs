//! The data types, one by one.

mod clock;
mod g_counter;
mod g_set;
mod lww_register;
mod mv_register;
mod or_set;
mod pn_counter;

pub use clock::RawClock;
pub use g_counter::RawGCounter;
pub use g_set::RawGSet;
pub use lww_register::RawLwwRegister;
pub use mv_register::RawMvRegister;
pub use or_set::RawOrSet;
pub use pn_counter::RawPnCounter;

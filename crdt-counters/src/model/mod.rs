//! The counters as the law kit sees them.
//!
//! ```
//! use crdt_core::laws;
//! use crdt_counters::model::PnCounterModel;
//!
//! laws::check::<PnCounterModel>();
//! ```

mod amount;
mod arbitrary;
mod g_counter;
mod pn_counter;
mod resettable_counter;

pub use g_counter::{GCounterModel, GCounterOperation};
pub use pn_counter::{PnCounterModel, PnCounterOperation};
pub use resettable_counter::{ResettableCounterModel, ResettableCounterOperation};

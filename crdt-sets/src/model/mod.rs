//! The sets as the law kit sees them.
//!
//! ```
//! use crdt_core::laws;
//! use crdt_sets::model::{GSetModel, OrSetModel};
//!
//! laws::check::<GSetModel<(bool, bool)>>();
//! laws::check::<OrSetModel<(bool, bool)>>();
//! ```

mod g_set;
mod or_set;

pub use g_set::{GSetModel, GSetOperation};
pub use or_set::{OrSetModel, OrSetOperation};

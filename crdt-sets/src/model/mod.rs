//! The sets as the law kit sees them.
//!
//! ```
//! use crdt_core::laws;
//! use crdt_sets::model::GSetModel;
//!
//! laws::check::<GSetModel<(bool, bool)>>();
//! ```

mod g_set;

pub use g_set::{GSetModel, GSetOperation};

//! The registers as the law kit sees them.
//!
//! ```
//! use crdt_core::laws;
//! use crdt_registers::model::LwwRegisterModel;
//!
//! laws::check::<LwwRegisterModel<(bool, bool)>>();
//! ```

mod lww_register;

pub use lww_register::{LwwRegisterModel, LwwRegisterOperation};

//! The registers as the law kit sees them.
//!
//! ```
//! use crdt_core::laws;
//! use crdt_registers::model::{LwwRegisterModel, MvRegisterModel};
//!
//! laws::check::<LwwRegisterModel<(bool, bool)>>();
//! laws::check::<MvRegisterModel<(bool, bool)>>();
//! ```

mod lww_register;
mod mv_register;

pub use lww_register::{LwwRegisterModel, LwwRegisterOperation};
pub use mv_register::{MvRegisterModel, MvRegisterOperation};

//! Every register keeps the laws of the family.

use crdt_core::laws;
use crdt_registers::model::{LwwRegisterModel, MvRegisterModel};

#[test]
fn lww_register() {
    laws::check::<LwwRegisterModel<(bool, bool)>>();
}

#[test]
fn lww_register_of_text() {
    laws::check::<LwwRegisterModel<String>>();
}

#[test]
fn mv_register() {
    laws::check::<MvRegisterModel<(bool, bool)>>();
}

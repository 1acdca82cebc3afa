//! Every register keeps the laws of the family.

use crdt_core::laws;
use crdt_registers::model::{LwwRegisterModel, MvRegisterModel};

#[test]
fn lww_register() {
    laws::check::<LwwRegisterModel<(bool, bool)>>();
    laws::check_admit::<LwwRegisterModel<(bool, bool)>>();
    laws::check_observe::<LwwRegisterModel<(bool, bool)>>(|register| {
        register.get().copied().into_iter().collect()
    });
}

#[test]
fn lww_register_of_text() {
    laws::check::<LwwRegisterModel<String>>();
}

#[test]
fn mv_register() {
    laws::check::<MvRegisterModel<(bool, bool)>>();
    laws::check_admit::<MvRegisterModel<(bool, bool)>>();
    laws::check_observe::<MvRegisterModel<(bool, bool)>>(|register| {
        register.values().into_iter().copied().collect()
    });
}

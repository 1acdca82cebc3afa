//! Every set keeps the laws of the family.

use crdt_core::laws;
use crdt_sets::model::GSetModel;

#[test]
fn g_set() {
    laws::check::<GSetModel<(bool, bool)>>();
}

#[test]
fn g_set_of_text() {
    laws::check::<GSetModel<String>>();
}

//! Every set keeps the laws of the family.

use crdt_core::laws;
use crdt_sets::model::{GSetModel, OrSetModel};

#[test]
fn g_set() {
    laws::check::<GSetModel<(bool, bool)>>();
    laws::check_admit::<GSetModel<(bool, bool)>>();
    laws::check_observe::<GSetModel<(bool, bool)>>(|set| set.iter().copied().collect());
}

#[test]
fn g_set_of_text() {
    laws::check::<GSetModel<String>>();
}

#[test]
fn or_set() {
    laws::check::<OrSetModel<(bool, bool)>>();
    laws::check_admit::<OrSetModel<(bool, bool)>>();
    laws::check_observe::<OrSetModel<(bool, bool)>>(|set| set.iter().copied().collect());
}

//! A document keeps the laws of the family.

use crdt_core::laws;
use crdt_document::model::DocumentModel;

#[test]
fn document() {
    laws::check::<DocumentModel>();
}

#[test]
fn what_is_honest_is_admitted() {
    laws::check_admit::<DocumentModel>();
}

#[test]
fn what_changes_is_told() {
    laws::check_observe::<DocumentModel>(|document| document.items().collect());
}

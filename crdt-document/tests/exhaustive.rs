//! Every run of a document in small scope: all deliveries of whole states and of single deltas, also
//! lost and out of order, and all ordered pairs of the states that result.

use crdt_core::laws;
use crdt_document::model::{DocumentModel, DocumentOperation, What, Write};

fn write(what: What) -> DocumentOperation {
    DocumentOperation::Write(Write { name: "a", what })
}

#[test]
fn two_replicas_that_count_and_reset() {
    let operations = [What::Increment(1), What::Decrement(1), What::Reset].map(write);
    let seen = laws::exhaust::<DocumentModel>(2, &operations, 5);
    assert_eq!((seen.configurations, seen.pairs), (2_641, 11_618), "nothing is left out");
}

#[test]
fn three_replicas_that_count_and_reset() {
    let operations = [What::Increment(1), What::Reset].map(write);
    let seen = laws::exhaust::<DocumentModel>(3, &operations, 5);
    assert_eq!((seen.configurations, seen.pairs), (2_006, 5_741), "nothing is left out");
}

#[test]
fn two_replicas_that_set_and_remove() {
    let operations = [What::Set(1.into()), What::SetBeside(1.into()), What::Remove].map(write);
    let seen = laws::exhaust::<DocumentModel>(2, &operations, 5);
    assert_eq!((seen.configurations, seen.pairs), (3_169, 10_302), "nothing is left out");
}

#[test]
fn two_replicas_that_use_one_name_as_two_sets() {
    let operations =
        [What::Keep(1.into()), What::Add(1.into()), What::RemoveElement(1.into())].map(write);
    let seen = laws::exhaust::<DocumentModel>(2, &operations, 5);
    assert_eq!((seen.configurations, seen.pairs), (1_349, 5_015), "nothing is left out");
}

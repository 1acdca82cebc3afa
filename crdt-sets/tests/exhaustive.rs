//! Every run of an OR-Set in small scope: all deliveries of whole states and of single deltas, also
//! lost and out of order, and all ordered pairs of the states that result.

use crdt_core::laws;
use crdt_sets::model::{OrSetModel, OrSetOperation};

#[test]
fn two_replicas_and_two_elements_to_depth_5() {
    let operations =
        [0, 1].map(|element: u8| [OrSetOperation::Add(element), OrSetOperation::Remove(element)]);
    let seen = laws::exhaust::<OrSetModel<u8>>(2, operations.as_flattened(), 5);
    assert_eq!((seen.configurations, seen.pairs), (3_241, 9_558), "nothing is left out");
}

#[test]
fn three_replicas_and_one_element_to_depth_5() {
    let operations = [OrSetOperation::Add(0), OrSetOperation::Remove(0)];
    let seen = laws::exhaust::<OrSetModel<u8>>(3, &operations, 5);
    assert_eq!((seen.configurations, seen.pairs), (2_300, 3_479), "nothing is left out");
}

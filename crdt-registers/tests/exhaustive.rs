//! Every run of a multi-value register in small scope: all deliveries of whole states and of single
//! deltas, also lost and out of order, and all ordered pairs of the states that result.

use crdt_core::laws;
use crdt_registers::model::{MvRegisterModel, MvRegisterOperation};

#[test]
fn two_replicas_and_two_values_to_depth_5() {
    let operations = [
        MvRegisterOperation::Set(0),
        MvRegisterOperation::Set(1),
        MvRegisterOperation::ResolveToFirst,
        MvRegisterOperation::Clear,
    ];
    let seen = laws::exhaust::<MvRegisterModel<u8>>(2, &operations, 5);
    assert_eq!((seen.configurations, seen.pairs), (3_381, 3_964), "nothing is left out");
}

#[test]
fn three_replicas_and_one_value_to_depth_5() {
    let operations = [MvRegisterOperation::Set(0), MvRegisterOperation::Clear];
    let seen = laws::exhaust::<MvRegisterModel<u8>>(3, &operations, 5);
    assert_eq!((seen.configurations, seen.pairs), (2_300, 3_479), "nothing is left out");
}

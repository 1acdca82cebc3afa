//! Peers: acknowledged positions, digests, compaction, and bytes that are refused.

mod support;

use crdt_registers::{AdmitError, LwwRegister, Reading, ReplicaId, Timestamp};
use crdt_sets::wire::DecodeErrorKind;
use crdt_sets::{OrSet, Wire};
use embedding::{Account, StoreError};
use support::{Disk, items, meet};

const NOW: u64 = 1_000_000;

#[test]
fn an_acknowledged_position_is_what_the_next_message_begins_at() {
    let (mut eu, mut us) = (Disk::default().open(), Disk::default().open());
    eu.add("apple").unwrap();
    let first = eu.answer(&us.digest().unwrap()).unwrap();
    assert!(us.receive(&first.delta, Reading::wall(NOW)).unwrap());

    eu.add("pear").unwrap();
    eu.add("plum").unwrap();
    let next = eu.since(first.position).unwrap().unwrap();
    let sent = Account::decode(&next.delta).unwrap();
    assert_eq!(sent.0.len(), 2, "the pear and the plum, in one change");
    assert!(us.receive(&next.delta, Reading::wall(NOW)).unwrap());
    assert!(!us.receive(&next.delta, Reading::wall(NOW)).unwrap(), "repeated, nothing is new");
    assert_eq!(us.cart(), eu.cart());
}

#[test]
fn a_change_travels_on_to_third_parties_once() {
    let (mut eu, mut us, mut ap) =
        (Disk::default().open(), Disk::default().open(), Disk::default().open());
    let us_from_eu = us.answer(&eu.digest().unwrap()).unwrap().position;
    let ap_from_us = us.answer(&ap.digest().unwrap()).unwrap().position;
    eu.add("apple").unwrap();
    meet(&mut eu, &mut us, NOW).unwrap();

    let forwarded = us.since(ap_from_us).unwrap().unwrap();
    assert!(ap.receive(&forwarded.delta, Reading::wall(NOW)).unwrap());
    assert_eq!(items(&ap), ["apple"]);
    let echoed = us.since(us_from_eu).unwrap().unwrap();
    assert!(!eu.receive(&echoed.delta, Reading::wall(NOW)).unwrap(), "an echo ends here");
}

#[test]
fn the_log_is_bounded_and_who_falls_behind_sends_a_digest() {
    let disk = Disk::default();
    let (mut eu, mut us) = (disk.open(), Disk::default().open());
    let start = eu.answer(&us.digest().unwrap()).unwrap().position;
    let mut recent = start;
    for n in 0..700 {
        eu.add(&n.to_string()).unwrap();
        if n == 650 {
            recent = eu.answer(&us.digest().unwrap()).unwrap().position;
        }
    }
    assert!(eu.since(start).unwrap().is_none(), "the log does not reach back");
    assert!(eu.since(recent).unwrap().is_some());
    meet(&mut eu, &mut us, NOW).unwrap();
    assert_eq!(us.cart(), eu.cart());

    let cart = eu.cart().clone();
    drop(eu);
    assert_eq!(*disk.open().cart(), cart, "state and log together are the account");
}

#[test]
fn compaction_changes_nothing_that_can_be_seen() {
    let disk = Disk::default();
    let mut store = disk.open();
    store.add("apple").unwrap();
    store.add("pear").unwrap();
    store.remove("apple").unwrap();
    store.rename("Alice", Reading::wall(NOW)).unwrap();
    let (cart, name) = (store.cart().clone(), store.name().clone());
    let before = store.answer(&store.digest().unwrap()).unwrap().position;
    store.compact().unwrap();
    assert_eq!((store.cart(), store.name()), (&cart, &name));
    assert!(store.since(before).unwrap().is_some(), "who was up to date is so still");
    store.add("plum").unwrap();
    assert!(store.since(before).unwrap().is_some());
    store.close().unwrap();

    let mut store = disk.open();
    assert_eq!(items(&store), ["pear", "plum"]);
    assert_eq!(*store.name(), name);
    store.compact().unwrap();
    drop(store);
    assert_eq!(items(&disk.open()), ["pear", "plum"]);
}

#[test]
fn a_position_means_nothing_to_a_store_opened_anew() {
    let disk = Disk::default();
    let mut store = disk.open();
    store.add("apple").unwrap();
    let acknowledged = store.answer(&store.digest().unwrap()).unwrap().position;
    store.close().unwrap();
    let store = disk.open();
    assert!(store.since(acknowledged).unwrap().is_none(), "it may be a copy: compare digests");
}

#[test]
fn bytes_that_are_refused_change_nothing() {
    let disk = Disk::default();
    let mut store = disk.open_at(NOW);
    store.add("apple").unwrap();
    let (cart, syncs) = (store.cart().clone(), disk.syncs());
    let now = Reading::wall(NOW);
    let us = ReplicaId::from_u128(2);

    let garbage = store.receive(&[9, 9, 9], now).unwrap_err();
    assert!(matches!(garbage, StoreError::Decode(_)));
    assert_eq!(
        garbage.to_string(),
        "the bytes are not an account: format version 9 is unknown (this release reads version \
         1): upgrade the reader, or check what these bytes are (at byte 0)"
    );

    let mut large = OrSet::new();
    large.add_all(us, (0..100_001).map(|n| n.to_string()));
    let large: Account = (large, LwwRegister::new());
    let StoreError::Decode(error) = store.receive(&large.encode(), now).unwrap_err() else {
        panic!("not refused by its size");
    };
    assert_eq!(error.kind(), &DecodeErrorKind::OverBudget("items"));

    let mut future: Account = (OrSet::new(), LwwRegister::new());
    future.0.add(us, "pear".into());
    let tomorrow = Timestamp::from_millis(NOW + 86_400_000).unwrap();
    future.1.set(us, tomorrow, "Alicia".into()).unwrap();
    let refused = store.receive(&future.encode(), now).unwrap_err();
    assert!(matches!(refused, StoreError::Admit(AdmitError::FutureTimestamp { .. })));

    assert_eq!(*store.cart(), cart);
    assert_eq!(disk.syncs(), syncs);
    let later = Reading::wall(NOW + 86_400_000);
    assert!(store.receive(&future.encode(), later).unwrap(), "when time has caught up");
}

//! Who writes: closed stores, copies and restored backups.

mod support;

use crdt_registers::Reading;
use support::{Disk, items, meet};

const NOW: u64 = 1_000_000;

#[test]
fn a_store_that_was_closed_goes_on_under_its_id_once() {
    let disk = Disk::default();
    let store = disk.open();
    let id = store.replica();
    store.close().unwrap();

    let store = disk.open();
    assert_eq!(store.replica(), id);
    drop(store);
    assert_ne!(disk.open().replica(), id, "the mark was consumed");
}

#[test]
fn a_copy_of_an_open_store_has_another_id_from_the_start() {
    let disk = Disk::default();
    disk.open().close().unwrap();
    let mut store = disk.open();
    store.add("apple").unwrap();

    let copy = Disk::holding(disk.image()).open();
    assert_ne!(copy.replica(), store.replica());
    assert_eq!(items(&copy), ["apple"]);
}

/// The original goes on from where the backup was taken, and a peer knows of it.
#[test]
fn a_restored_backup_is_found_out_before_it_sends_anything() {
    let disk = Disk::default();
    let mut peer = Disk::default().open();
    let mut store = disk.open();
    store.add("apple").unwrap();
    store.close().unwrap();
    let backup = disk.image();

    let mut store = disk.open();
    store.add("pear").unwrap();
    meet(&mut store, &mut peer, NOW).unwrap();

    let mut restored = Disk::holding(backup).open();
    assert_eq!(restored.replica(), store.replica(), "nothing in the file says that it is a copy");
    restored.answer(&peer.digest().unwrap()).unwrap();
    assert_ne!(restored.replica(), store.replica());
    assert_eq!(restored.renewals(), 1);
    meet(&mut restored, &mut peer, NOW).unwrap();
    assert_eq!(items(&restored), ["apple", "pear"]);
    assert_eq!(restored.renewals(), 1);
}

/// Both write under one id, one dot for two items, before either hears of the other. Whoever
/// speaks first, and however many dots collide, nothing is lost.
#[test]
fn what_two_copies_wrote_under_one_id_is_all_kept() {
    for (by_store, by_copy, copy_first) in
        (0..9).flat_map(|n| [false, true].map(|copy_first| (n / 3, n % 3, copy_first)))
    {
        let disk = Disk::default();
        let mut peer = Disk::default().open();
        let mut store = disk.open();
        store.add("apple").unwrap();
        store.add("gone").unwrap();
        store.close().unwrap();
        let mut restored = Disk::holding(disk.image()).open();
        let mut store = disk.open();

        let mut all = vec!["apple".to_string()];
        for n in 0..by_store {
            store.add(&format!("pear {n}")).unwrap();
            all.push(format!("pear {n}"));
        }
        for n in 0..by_copy {
            restored.add(&format!("plum {n}")).unwrap();
            all.push(format!("plum {n}"));
        }
        store.rename("Alice", Reading::wall(NOW)).unwrap();
        restored.remove("gone").unwrap();
        restored.rename("Alicia", Reading::wall(NOW + 1)).unwrap();

        if copy_first {
            meet(&mut restored, &mut peer, NOW).unwrap();
        }
        for _ in 0..2 {
            meet(&mut store, &mut peer, NOW).unwrap();
            meet(&mut restored, &mut peer, NOW).unwrap();
        }
        meet(&mut store, &mut peer, NOW).unwrap();
        for each in [&store, &restored, &peer] {
            assert_eq!(items(each), all, "{by_store}, {by_copy}, {copy_first}");
            assert_eq!(each.name().get().map(String::as_str), Some("Alicia"));
            assert_eq!(each.cart(), peer.cart());
        }
        assert_ne!(restored.replica(), store.replica());
    }
}

#[test]
fn what_a_renewed_store_holds_is_durable() {
    let disk = Disk::default();
    let mut peer = Disk::default().open();
    let mut store = disk.open();
    store.add("apple").unwrap();
    store.close().unwrap();
    let copy = Disk::holding(disk.image());
    let mut restored = copy.open();
    let mut store = disk.open();
    store.add("pear").unwrap();
    meet(&mut store, &mut peer, NOW).unwrap();
    restored.add("plum").unwrap();
    meet(&mut restored, &mut peer, NOW).unwrap();
    let (id, cart) = (restored.replica(), restored.cart().clone());
    restored.close().unwrap();

    let reopened = copy.open();
    assert_eq!(reopened.replica(), id);
    assert_eq!(*reopened.cart(), cart);
}

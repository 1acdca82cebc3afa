//! What both stores promise, and what only a file can break.

use std::cell::RefCell;
use std::fs;
use std::path::{Path, PathBuf};

use super::{Address, Change, Memory, Redb, Store, StoreError, Stored};

thread_local! {
    /// The folders whose names a store has made durable.
    pub(super) static SYNCED: RefCell<Vec<PathBuf>> = const { RefCell::new(Vec::new()) };
}

fn cart() -> Address {
    Address::new("global", "cart")
}

fn record(address: &Address, bytes: &[u8]) -> Change {
    Change::Record(address.clone(), bytes.into())
}

fn open(folder: &Path) -> Redb {
    Redb::open(folder).expect("opens")
}

/// Runs a test over each kind of store; `reopen` gives what is there after the process has ended.
fn for_each(test: impl Fn(&dyn Fn() -> Box<dyn Store>)) {
    let memory = Memory::new();
    test(&|| Box::new(memory.clone()));
    let folder = tempfile::tempdir().expect("a folder");
    test(&|| Box::new(open(folder.path())));
}

#[test]
fn what_was_committed_is_there_in_order_and_by_document() {
    for_each(|reopen| {
        let other = Address::new("global", "cart/2");
        let store = reopen();
        assert_eq!(store.addresses().expect("reads"), []);
        store.commit(&[record(&cart(), b"1"), record(&other, b"a")]).expect("commits");
        store.commit(&[record(&cart(), b"2")]).expect("commits");
        drop(store);
        let store = reopen();
        store.commit(&[record(&cart(), b"3"), record(&cart(), b"4")]).expect("commits");
        let stored = store.read(&cart()).expect("reads");
        assert_eq!(stored.records, [b"1", b"2", b"3", b"4"]);
        assert_eq!(store.read(&other).expect("reads").records, [b"a"]);
        assert_eq!(store.addresses().expect("reads"), [cart(), other]);
        assert_eq!(store.read(&Address::new("eu", "cart")).expect("reads"), Stored::default());
    });
}

#[test]
fn a_snapshot_takes_the_place_of_what_was_before_and_records_go_on() {
    for_each(|reopen| {
        let other = Address::new("global", "other");
        let store = reopen();
        let snapshot = |bytes: &[u8]| Change::Snapshot(cart(), bytes.into());
        store.commit(&[record(&cart(), b"1"), record(&other, b"a")]).expect("commits");
        store.commit(&[snapshot(b"one"), record(&cart(), b"2")]).expect("commits");
        store.commit(&[snapshot(b"two")]).expect("commits");
        store.commit(&[record(&cart(), b"3")]).expect("commits");
        drop(store);
        let store = reopen();
        let stored = store.read(&cart()).expect("reads");
        assert_eq!(stored.snapshot.as_deref(), Some(&b"two"[..]));
        assert_eq!(stored.records, [b"3"]);
        assert_eq!(store.read(&other).expect("reads").records, [b"a"]);
    });
}

#[test]
fn what_was_erased_is_gone_and_its_name_is_free() {
    for_each(|reopen| {
        let store = reopen();
        store.commit(&[Change::Snapshot(cart(), b"one".to_vec())]).expect("commits");
        store.commit(&[record(&cart(), b"1"), Change::Erase(cart())]).expect("commits");
        assert_eq!(store.addresses().expect("reads"), []);
        store.commit(&[record(&cart(), b"2")]).expect("commits");
        drop(store);
        let stored = reopen().read(&cart()).expect("reads");
        assert_eq!((stored.snapshot, stored.records), (None, vec![b"2".to_vec()]));
    });
}

#[test]
fn a_store_is_open_once_at_a_time() {
    let folder = tempfile::tempdir().expect("a folder");
    let store = open(folder.path());
    let refused = Redb::open(folder.path()).expect_err("must be refused");
    assert!(matches!(refused, StoreError::InUse { .. }), "{refused}");
    drop(store);
    open(folder.path());
}

#[test]
fn a_store_of_a_later_release_is_refused_and_stays_as_it_is() {
    let folder = tempfile::tempdir().expect("a folder");
    drop(open(folder.path()));
    let path = folder.path().join("documents.redb");
    let database = redb::Database::open(&path).expect("opens");
    let transaction = database.begin_write().expect("begins");
    transaction.open_table(super::redb::ABOUT).expect("opens").insert("", 7).expect("inserts");
    transaction.commit().expect("commits");
    drop(database);
    let refused = Redb::open(folder.path()).expect_err("must be refused").to_string();
    assert!(refused.contains("is of version 7, and this release writes version 1"), "{refused}");
}

#[test]
fn what_is_no_store_is_an_error_and_not_a_fresh_start() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("documents.redb");
    let store = open(folder.path());
    store.commit(&[record(&cart(), &[7; 10_000])]).expect("commits");
    drop(store);
    let whole = fs::read(&path).expect("reads");
    let beginning = [&[0; 64][..], &whole[64..]].concat();
    for damaged in [&whole[..whole.len() / 2], &beginning, b"something else", b""] {
        fs::write(&path, damaged).expect("writes");
        let refused = Redb::open(folder.path()).expect_err("must be refused");
        assert!(matches!(refused, StoreError::Damaged { .. }), "{refused:?}");
        assert_eq!(fs::read(&path).expect("reads"), damaged, "it was not touched");
    }
    fs::write(&path, whole).expect("writes");
    assert_eq!(open(folder.path()).read(&cart()).expect("reads").records, [[7; 10_000]]);
}

/// A kill while the file was made left one that was damaged, or empty and then taken for new.
#[test]
fn what_is_left_of_a_kill_while_it_was_made_is_not_taken_for_the_store() {
    let folder = tempfile::tempdir().expect("a folder");
    fs::write(folder.path().join("documents.redb.killed"), b"half a sto").expect("writes");
    let store = open(folder.path());
    store.commit(&[record(&cart(), b"1")]).expect("commits");
    drop(store);
    assert_eq!(open(folder.path()).read(&cart()).expect("reads").records, [b"1"]);
    // Nothing but the store is left of making it.
    let names = fs::read_dir(folder.path()).expect("reads").map(|entry| entry.expect("is one"));
    let mut names: Vec<_> = names.map(|entry| entry.file_name()).collect();
    names.sort();
    assert_eq!(names, ["documents.redb", "documents.redb.killed"]);
}

#[test]
fn a_missing_record_is_an_error() {
    let folder = tempfile::tempdir().expect("a folder");
    let store = open(folder.path());
    let records = [b"1", b"2", b"3"].map(|bytes| record(&cart(), bytes));
    store.commit(&records).expect("commits");
    drop(store);
    let database = redb::Database::open(folder.path().join("documents.redb")).expect("opens");
    let transaction = database.begin_write().expect("begins");
    let mut table = transaction.open_table(super::redb::RECORDS).expect("opens");
    table.remove(("global", "cart", 1)).expect("removes");
    drop(table);
    transaction.commit().expect("commits");
    drop(database);
    let refused = open(folder.path()).read(&cart()).expect_err("must be refused").to_string();
    assert!(refused.contains("record 1 of global/cart is missing"), "{refused}");
}

#[test]
fn an_erased_document_leaves_no_byte_in_the_file_and_the_others_are_as_they_were() {
    let folder = tempfile::tempdir().expect("a folder");
    let secret = b"a secret that nobody else has";
    let kept = Address::new("global", "kept");
    let store = open(folder.path());
    for number in 0..200 {
        let change = record(&cart(), &[&secret[..], &[number]].concat());
        store.commit(&[change, record(&kept, &[number])]).expect("commits");
    }
    store.commit(&[Change::Snapshot(kept.clone(), b"whole".to_vec())]).expect("commits");
    store.commit(&[record(&kept, b"after")]).expect("commits");
    let before = store.read(&kept).expect("reads");
    drop(store);
    let file = folder.path().join("documents.redb");
    let has_secret = || {
        let bytes = fs::read(&file).expect("reads");
        bytes.windows(secret.len()).any(|window| window == secret)
    };
    assert!(has_secret());
    let unknown = Address::new("global", "unknown");
    assert!(!super::erase(folder.path(), &unknown).expect("reads"));
    assert!(has_secret());
    assert!(super::erase(folder.path(), &cart()).expect("erases"));
    assert!(!has_secret());
    let store = open(folder.path());
    assert_eq!(store.addresses().expect("reads"), std::slice::from_ref(&kept));
    assert_eq!(store.read(&kept).expect("reads"), before);
    // Open elsewhere, it is left alone; where there is no store, none is made.
    assert!(matches!(super::erase(folder.path(), &kept), Err(StoreError::InUse { .. })));
    let nowhere = folder.path().join("nowhere");
    assert!(matches!(super::erase(&nowhere, &kept), Err(StoreError::Io { .. })));
    assert!(!nowhere.exists());
}

/// The name of a folder that a store was the first to be put in was not durable: a power failure could
/// take the folder, and all that was answered as durable.
#[test]
fn the_folders_that_are_made_for_a_store_are_durable() {
    let folder = tempfile::tempdir().expect("a folder");
    let (made, store) = (folder.path().join("made"), folder.path().join("made/store"));
    SYNCED.take();
    drop(open(&store));
    assert_eq!(SYNCED.take(), [made, folder.path().to_path_buf(), store.clone()]);
    drop(open(&store));
    assert_eq!(SYNCED.take(), Vec::<PathBuf>::new());
}

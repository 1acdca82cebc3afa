//! Every way in which a store can end, and how it is opened again.

use std::fs;
use std::path::Path;

use super::{Store, StoreError, Stored, log};

/// Short enough that a few commits want a snapshot.
const LEAST_LOG: u64 = 256;

fn open(folder: &Path) -> Result<(Store, Stored), StoreError> {
    Store::open_with(folder, LEAST_LOG)
}

fn records(stored: &Stored) -> Vec<&[u8]> {
    stored.records.iter().map(Vec::as_slice).collect()
}

/// A store with three commits; the lengths of its log after each.
fn filled(folder: &Path) -> [u64; 3] {
    let (mut store, stored) = open(folder).expect("opens");
    assert_eq!(stored, Stored::default());
    let commits: [&[&[u8]]; 3] = [&[b"one"], &[b"two", b"three"], &[]];
    let mut applied = 0;
    commits.map(|records| {
        applied += 1;
        let records = records.iter().map(|record| record.to_vec()).collect();
        store.commit(applied, records).expect("commits");
        store.log.length()
    })
}

fn log_of(folder: &Path) -> Vec<u8> {
    fs::read(log::path(folder, 0)).expect("reads")
}

fn refused(folder: &Path) -> String {
    open(folder).expect_err("must be refused").to_string()
}

#[test]
fn what_was_committed_is_there_in_order() {
    let folder = tempfile::tempdir().expect("a folder");
    filled(folder.path());
    let (mut store, stored) = open(folder.path()).expect("opens");
    assert_eq!(records(&stored), [&b"one"[..], b"two", b"three"]);
    assert_eq!((stored.applied, stored.cut_off, stored.snapshot), (3, 0, None));
    store.commit(4, vec![b"four".to_vec()]).expect("commits");
    drop(store);
    assert_eq!(open(folder.path()).expect("opens").1.records.len(), 4);
}

#[test]
fn a_commit_that_was_cut_short_is_left_out_wherever_it_was_cut() {
    let folder = tempfile::tempdir().expect("a folder");
    let [first, second, _] =
        filled(folder.path()).map(|length| usize::try_from(length).expect("short"));
    let whole = log_of(folder.path());
    for end in first + 1..second {
        fs::write(log::path(folder.path(), 0), &whole[..end]).expect("writes");
        let (mut store, stored) = open(folder.path()).expect("opens");
        assert_eq!(records(&stored), [&b"one"[..]], "cut at {end}");
        assert_eq!((stored.applied, stored.cut_off), (1, (end - first) as u64));
        // What follows stands where the torn one stood, and is found.
        store.commit(2, vec![b"again".to_vec()]).expect("commits");
        drop(store);
        assert_eq!(records(&open(folder.path()).expect("opens").1), [&b"one"[..], b"again"]);
    }
}

/// A filesystem may have made the file longer before it wrote what is in it.
#[test]
fn a_commit_of_which_only_the_room_was_made_is_left_out() {
    let folder = tempfile::tempdir().expect("a folder");
    let [first, second, _] =
        filled(folder.path()).map(|length| usize::try_from(length).expect("short"));
    let mut bytes = log_of(folder.path())[..second].to_vec();
    for place in (first..second).rev() {
        bytes[place] = 0;
        fs::write(log::path(folder.path(), 0), &bytes).expect("writes");
        let (_, stored) = open(folder.path()).expect("opens");
        assert_eq!(records(&stored), [&b"one"[..]], "zeros from {place} on");
    }
}

#[test]
fn a_bit_that_has_flipped_before_the_last_commit_is_an_error_and_changes_nothing() {
    let folder = tempfile::tempdir().expect("a folder");
    let [first, second, _] =
        filled(folder.path()).map(|length| usize::try_from(length).expect("short"));
    let whole = log_of(folder.path());
    for place in 0..second {
        let mut damaged = whole.clone();
        damaged[place] ^= 1;
        fs::write(log::path(folder.path(), 0), &damaged).expect("writes");
        let begins = if place < first { 0 } else { first };
        let error = refused(folder.path());
        assert!(
            error.contains(&format!("log-0 is damaged at byte {begins}: ")),
            "{place}: {error}"
        );
        assert_eq!(log_of(folder.path()), damaged, "it was not touched");
    }
}

#[test]
fn a_commit_that_stands_elsewhere_than_it_was_written_is_no_commit() {
    let folder = tempfile::tempdir().expect("a folder");
    let [first, ..] = filled(folder.path()).map(|length| usize::try_from(length).expect("short"));
    let whole = log_of(folder.path());
    fs::write(log::path(folder.path(), 0), [&whole[..first], &whole[..first]].concat())
        .expect("writes");
    assert_eq!(records(&open(folder.path()).expect("opens").1), [&b"one"[..]]);
}

#[test]
fn a_snapshot_takes_the_place_of_what_was_before() {
    let folder = tempfile::tempdir().expect("a folder");
    let (mut store, _) = open(folder.path()).expect("opens");
    let mut commits = 0;
    while !store.wants_snapshot() {
        commits += 1;
        store.commit(commits, vec![b"record".to_vec()]).expect("commits");
    }
    assert!((2..50).contains(&commits), "{commits}");
    store.replace(commits, vec![7; 1_000]).expect("replaces");
    store.commit(commits + 1, vec![b"after".to_vec()]).expect("commits");
    assert!(!store.wants_snapshot(), "not before the log is as long again");
    drop(store);

    let (mut store, stored) = open(folder.path()).expect("opens");
    assert_eq!(stored.snapshot, Some(vec![7; 1_000]));
    assert_eq!((records(&stored), stored.applied), (vec![&b"after"[..]], commits + 1));
    let mut after = 0;
    while !store.wants_snapshot() {
        after += 1;
        store.commit(after, vec![b"record".to_vec()]).expect("commits");
    }
    assert!(after > 10, "{after}: a long snapshot waits for a long log");
}

#[test]
fn a_snapshot_that_was_never_finished_changes_nothing() {
    let folder = tempfile::tempdir().expect("a folder");
    filled(folder.path());
    fs::write(folder.path().join("snapshot.new"), b"half").expect("writes");
    fs::write(log::path(folder.path(), 1), b"").expect("writes");
    let (mut store, stored) = open(folder.path()).expect("opens");
    assert_eq!((stored.records.len(), stored.applied), (3, 3));
    store.replace(3, b"whole".to_vec()).expect("replaces");
    drop(store);

    // It had been finished, but the old log was still there.
    fs::write(log::path(folder.path(), 0), b"old").expect("writes");
    let (_, stored) = open(folder.path()).expect("opens");
    assert_eq!((stored.snapshot, stored.records), (Some(b"whole".to_vec()), vec![]));
    assert!(!log::path(folder.path(), 0).exists());
}

#[test]
fn a_damaged_snapshot_is_an_error_and_not_a_fresh_start() {
    let folder = tempfile::tempdir().expect("a folder");
    filled(folder.path());
    open(folder.path()).expect("opens").0.replace(3, b"whole".to_vec()).expect("replaces");
    let path = folder.path().join("snapshot");
    let whole = fs::read(&path).expect("reads");
    let mut damages: Vec<_> = (0..whole.len()).map(|end| whole[..end].to_vec()).collect();
    damages.extend((0..whole.len()).map(|place| {
        let mut flipped = whole.clone();
        flipped[place] ^= 1;
        flipped
    }));
    damages.push([&whole[..], &[0]].concat());
    for damaged in damages {
        fs::write(&path, damaged).expect("writes");
        assert!(refused(folder.path()).contains("snapshot is damaged at byte 0"));
    }
}

#[test]
fn a_missing_file_is_an_error_and_not_a_fresh_start() {
    let folder = tempfile::tempdir().expect("a folder");
    filled(folder.path());
    open(folder.path()).expect("opens").0.replace(3, b"whole".to_vec()).expect("replaces");
    let (snapshot, log) = (folder.path().join("snapshot"), log::path(folder.path(), 1));
    let bytes = fs::read(&snapshot).expect("reads");
    fs::remove_file(&snapshot).expect("removes");
    assert!(refused(folder.path()).contains("log-0 is missing"), "{}", refused(folder.path()));
    fs::write(&snapshot, bytes).expect("writes");
    fs::remove_file(&log).expect("removes");
    assert!(refused(folder.path()).contains("log-1 is missing"));
}

#[test]
fn a_store_is_open_once_at_a_time() {
    let folder = tempfile::tempdir().expect("a folder");
    let (store, _) = open(folder.path()).expect("opens");
    assert!(refused(folder.path()).contains("another process has the store"));
    drop(store);
    open(folder.path()).expect("opens");
}

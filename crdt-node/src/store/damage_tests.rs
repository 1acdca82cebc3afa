//! What becomes of a store whose bytes are no longer those that were written.

use std::fs;
use std::path::Path;

use super::{Address, Change, Redb, Store, StoreError, Stored};

type All = Vec<(Address, Stored)>;

/// All that a store holds, or why it cannot be had.
fn all(folder: &Path) -> Result<All, StoreError> {
    let store = Redb::open(folder)?;
    let addresses = store.addresses()?.into_iter();
    addresses.map(|address| Ok((address.clone(), store.read(&address)?))).collect()
}

/// Six documents of some records, each in a commit of its own, and one with a snapshot.
fn fill(store: &Redb) {
    for number in 0..30_u8 {
        let address = Address::new("global", format!("d{}", number % 6));
        store.commit(&[Change::Record(address, vec![number; 200])]).expect("commits");
    }
    let snapshot = Change::Snapshot(Address::new("global", "d0"), vec![7; 9_000]);
    store.commit(&[snapshot]).expect("commits");
    // What is lost when the database goes back by one commit.
    store.commit(&[Change::Record(Address::new("global", "d1"), vec![9; 50])]).expect("commits");
}

/// The file of a store as it is closed, or as a crash leaves it; and what it holds.
fn written(is_closed: bool) -> (Vec<u8>, All) {
    let folder = tempfile::tempdir().expect("a folder");
    let store = Redb::open(folder.path()).expect("opens");
    fill(&store);
    let file = Redb::file(folder.path());
    let crashed = fs::read(&file).expect("reads");
    drop(store);
    let expected = all(folder.path()).expect("is whole");
    (if is_closed { fs::read(&file).expect("reads") } else { crashed }, expected)
}

/// Opens what a file has become.
fn reopened(bytes: &[u8]) -> Result<All, StoreError> {
    let folder = tempfile::tempdir().expect("a folder");
    fs::write(Redb::file(folder.path()), bytes).expect("writes");
    // What was refused may have been written to, and must not be taken for whole then.
    all(folder.path()).or_else(|_refused| all(folder.path()))
}

/// Either all is there, or a typed error says that it is not. Returns whether it was refused.
fn check(bytes: &[u8], expected: &All, what: &str) -> bool {
    match reopened(bytes) {
        Ok(found) => {
            assert!(&found == expected, "less, or something else, without a word: {what}");
            false
        }
        Err(refused) => {
            assert!(!refused.to_string().is_empty(), "{what}");
            true
        }
    }
}

/// After a crash the database took the commit before the last when a checksum did not fit: the last write
/// that was answered was gone without a word.
#[test]
fn a_page_that_is_damaged_after_a_crash_does_not_take_the_last_commit_back() {
    let (file, expected) = written(false);
    let mut refused = 0;
    for start in (0..file.len()).step_by(4_096) {
        if file[start..].iter().take(4_096).all(|byte| *byte == 0) {
            continue;
        }
        let mut damaged = file.clone();
        let end = damaged.len().min(start + 4_096);
        damaged[start..end].fill(0);
        refused += usize::from(check(&damaged, &expected, &format!("the page at {start}")));
    }
    assert!(refused > 0);
}

/// A flipped bit in a key made its document vanish, as nothing of a store that was closed in good order was
/// verified.
#[test]
fn a_flipped_bit_in_a_closed_store_makes_no_document_vanish() {
    for is_closed in [true, false] {
        let (file, expected) = written(is_closed);
        let used: Vec<usize> = (0..file.len()).filter(|place| file[*place] != 0).collect();
        let mut random = numbers(7);
        let mut refused = 0;
        for _ in 0..100 {
            let place = used[random(used.len())];
            let bit = random(8);
            let mut damaged = file.clone();
            damaged[place] ^= 1 << bit;
            let what = format!("bit {bit} of byte {place}, closed: {is_closed}");
            refused += usize::from(check(&damaged, &expected, &what));
        }
        assert!(refused > 0);
    }
}

/// The same numbers below a bound for the same seed.
fn numbers(mut state: u64) -> impl FnMut(usize) -> usize {
    move |below| {
        state =
            state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(state >> 33).expect("fits") % below
    }
}

/// What says that there is a root, how large the file is, and which of two commits is the last.
#[test]
fn a_flipped_bit_in_the_head_of_a_closed_store_is_not_a_fresh_start() {
    let (file, expected) = written(true);
    for place in 0..320 {
        let bit = if place % 8 == 1 { 0 } else { place % 7 };
        let mut damaged = file.clone();
        damaged[place] ^= 1 << bit;
        check(&damaged, &expected, &format!("bit {bit} of byte {place}"));
    }
}

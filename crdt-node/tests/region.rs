//! One region, or two: what it promises its supervisor, and what peers and disks can do to it.

mod one;

use std::fs;
use std::path::Path;

use crdt_core::{Reading, Wire};
use crdt_document::{Author, Document};
use crdt_node::control::Answer;
use one::{Region, Visitor};

fn folder() -> tempfile::TempDir {
    tempfile::tempdir().expect("a folder")
}

/// A region `b` that knows of a region `a`, which does not run.
fn alone(folder: &Path) -> Region {
    let mut region = Region::start("b", folder);
    assert_eq!(region.ask("peers a=127.0.0.1:1"), Answer::Done);
    region
}

/// Lets the two be connected, and waits until they are equal.
fn bring_together(a: &mut Region, b: &mut Region) {
    assert_eq!(a.ask(&format!("peers b={}", b.address)), Answer::Done);
    assert_eq!(b.ask(&format!("peers a={}", a.address)), Answer::Done);
    while a.status().fingerprint != b.status().fingerprint {}
}

fn copy(from: &Path, to: &Path) {
    for entry in fs::read_dir(from).expect("reads") {
        let entry = entry.expect("reads");
        fs::copy(entry.path(), to.join(entry.file_name())).expect("copies");
    }
}

/// Whoever said the name of a peer was taken for it, and the peer's own connection was closed.
#[test]
fn the_place_of_a_peer_that_is_connected_cannot_be_taken_by_saying_its_name() {
    let folder = folder();
    let mut region = alone(folder.path());
    let mut peer = Visitor::come(&region, "a");
    let mut other = Visitor::greet(&region, "a");
    assert!(other.hear().is_some(), "it is greeted");
    assert!(other.hear().is_none(), "and that is all that it hears");

    peer.talk();
    region.apply(1, "counter x += 1");
    peer.converse(|replica| replica.state().counter("x").value() == 1);

    drop(peer);
    Visitor::come(&region, "a");
}

#[test]
fn whoever_speaks_the_protocol_takes_part() {
    let folder = folder();
    let mut region = alone(folder.path());
    let Answer::Written(token) = region.ask("apply 1 or-set cart add apple") else {
        panic!("it is not written")
    };
    let mut peer = Visitor::come(&region, "a");
    peer.converse(|replica| replica.covers(&token));
    assert!(peer.replica.state().set("cart").contains("apple"));

    let write = |document: &mut Document, me, stamp| {
        document.transact(Author::new(me, stamp), |tx| tx.set("cart").add("pear"))
    };
    let token = peer.replica.try_write(Reading::system(), write).expect("writes");
    peer.converse(|replica| replica.durable_at(&token).next().is_some());
    assert_eq!(region.values(), ["or-set \"cart\" = \"apple\" \"pear\""]);
    let followed = region.ask(&format!("follow {token}"));
    assert!(matches!(followed, Answer::Covered(Some(_))), "{followed}");
}

#[test]
fn whoever_sends_what_makes_no_sense_is_told_so_and_dismissed() {
    let folder = folder();
    let mut region = alone(folder.path());
    region.apply(1, "counter x += 1");
    let hello_that_is_none = [1, 0, 255, 255, 255, 255];
    let beyond_the_limit = vec![0; (1 << 20) + 1];
    for nonsense in [&hello_that_is_none[..], &beyond_the_limit] {
        let mut hostile = Visitor::come(&region, "a");
        hostile.send(nonsense);
        while hostile.hear().is_some() {}
        // The place is free again.
        Visitor::come(&region, "a");
    }
    assert_eq!(region.values(), ["counter \"x\" = 1"]);
    let said = region.end();
    assert!(said.contains("b: a message from a is refused: the message was damaged"), "{said}");
    assert!(said.contains("b: a sent what cannot be read: a frame of 1048577 bytes"), "{said}");
}

#[test]
fn a_peer_that_does_not_read_keeps_nobody_waiting_and_is_disconnected() {
    let folder = folder();
    let mut region = alone(folder.path());
    let mut slow = Visitor::come(&region, "a");
    slow.talk();
    // More than any system keeps for who does not read.
    let long = "x".repeat(512 << 10);
    for number in 1..=40 {
        region.apply(number, &format!("g-set log add {number}-{long}"));
    }
    // While it is connected nobody takes its place; so this ends when it no longer is.
    Visitor::come(&region, "a");
    region.apply(41, "counter x += 1");
}

#[test]
fn a_region_that_is_killed_comes_back_with_all_that_it_answered_and_a_new_id() {
    let folder = folder();
    let mut region = alone(folder.path());
    for number in 1..=20 {
        region.apply(number, "counter x += 1");
    }
    let before = region.replica;
    region.kill();
    let mut region = alone(folder.path());
    assert_ne!(region.replica, before);
    assert_eq!(region.applied, 20);
    region.apply(20, "counter x += 1");
    assert_eq!(region.values(), ["counter \"x\" = 20"]);
}

#[test]
fn a_region_that_ends_in_good_order_keeps_its_id() {
    let folder = folder();
    let mut region = alone(folder.path());
    region.apply(1, "counter x += 1");
    let before = region.replica;
    assert_eq!(region.end(), "");
    let region = alone(folder.path());
    assert_eq!((region.replica, region.applied), (before, 1));
}

#[test]
fn a_commit_that_was_cut_short_is_left_out_and_told_of() {
    let folder = folder();
    let mut region = alone(folder.path());
    region.apply(1, "counter x += 1");
    region.apply(2, "counter x += 10");
    region.kill();
    let log = folder.path().join("log-0");
    let bytes = fs::read(&log).expect("reads");
    fs::write(&log, &bytes[..bytes.len() - 3]).expect("writes");
    let mut region = alone(folder.path());
    assert_eq!((region.applied, region.values()), (1, vec!["counter \"x\" = 1".into()]));
    region.apply(2, "counter x += 10");
    assert_eq!(region.values(), ["counter \"x\" = 11"]);
    let said = region.end();
    assert!(said.contains("b: the store ended within a commit; its "), "{said}");
}

#[test]
fn a_damaged_store_is_named_and_left_as_it_is() {
    let folder = folder();
    let mut region = alone(folder.path());
    region.apply(1, "counter x += 1");
    region.apply(2, "counter x += 10");
    assert_eq!(region.end(), "");
    let log = folder.path().join("log-0");
    let mut bytes = fs::read(&log).expect("reads");
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    fs::write(&log, &bytes).expect("writes");
    let said = Region::try_start("b", folder.path()).err().expect("is refused");
    assert!(said.contains("log-0 is damaged at byte "), "{said}");
    assert!(said.contains("restore the folder from a copy"), "{said}");
    assert_eq!(fs::read(&log).expect("reads"), bytes);
}

#[test]
fn two_processes_cannot_have_one_store() {
    let folder = folder();
    let _region = alone(folder.path());
    let said = Region::try_start("b", folder.path()).err().expect("is refused");
    assert!(said.contains("another process has the store"), "{said}");
}

/// Both copies were closed in good order, so both go on under one id, until they meet.
#[test]
fn the_copy_of_a_store_takes_another_id_and_nothing_is_lost() {
    let (folder_a, folder_b) = (folder(), folder());
    let mut a = Region::start("a", folder_a.path());
    a.apply(1, "counter x += 1");
    a.apply(2, "or-set cart add apple");
    assert_eq!(a.end(), "");
    copy(folder_a.path(), folder_b.path());

    let mut a = Region::start("a", folder_a.path());
    let mut b = Region::start("b", folder_b.path());
    assert_eq!(a.replica, b.replica);
    a.apply(3, "counter x += 10");
    b.apply(3, "counter x += 100");
    a.apply(4, "or-set cart add pear");
    b.apply(4, "or-set cart remove apple");
    bring_together(&mut a, &mut b);
    assert_eq!(a.values(), ["counter \"x\" = 111", "or-set \"cart\" = \"pear\""]);

    let said = [a.end(), b.end()].concat();
    assert!(said.contains("the store was copied"), "{said}");
    assert!(said.contains("is in use twice: going on as"), "{said}");
    let (a, b) = (Region::start("a", folder_a.path()), Region::start("b", folder_b.path()));
    assert_ne!(a.replica, b.replica);
}

/// What peers have of it is brought back; what it had told nobody is lost, and it says so.
#[test]
fn a_store_that_is_restored_from_a_copy_gets_back_what_its_peer_has() {
    let (folder_a, folder_b, backup) = (folder(), folder(), folder());
    let mut a = Region::start("a", folder_a.path());
    a.apply(1, "counter x += 1");
    assert_eq!(a.end(), "");
    copy(folder_a.path(), backup.path());

    let mut a = Region::start("a", folder_a.path());
    let mut b = Region::start("b", folder_b.path());
    a.apply(2, "counter x += 10");
    bring_together(&mut a, &mut b);
    a.kill();
    let mut restored = Region::start("a", backup.path());
    restored.apply(2, "counter x += 100");
    bring_together(&mut restored, &mut b);
    assert_eq!(restored.values(), ["counter \"x\" = 111"]);
    let said = restored.end();
    assert!(said.contains("is in use twice") || said.contains("older than"), "{said}");
}

/// A greeting is heard before anything else, and is short.
#[test]
fn a_greeting_that_is_none_is_refused() {
    let folder = folder();
    let mut region = alone(folder.path());
    for greeting in [&b"\xff"[..], &"x".repeat(1_000).encode(), &"c".to_owned().encode()] {
        let mut stranger = Visitor::greet(&region, "b");
        stranger.send(greeting);
        assert!(stranger.hear().is_none());
    }
    region.apply(1, "counter x += 1");
}

//! What a crash leaves, wherever it comes.

mod support;

use crdt_registers::Reading;
use crdt_sets::{Merge, ReplicaId, Wire};
use embedding::{Account, Store, StoreError};
use support::{Disk, items, meet};

const NOW: u64 = 1_000_000;

fn account(store: &Store) -> Account {
    (store.cart().clone(), store.name().clone())
}

type Step = Box<dyn Fn(&mut Store)>;

/// A day in the life of a store, step by step.
fn steps() -> Vec<Step> {
    let mut us = Disk::default().open_at(NOW);
    us.add("pear").unwrap();
    us.rename("Alicia", Reading::wall(NOW)).unwrap();
    let from_us = us.answer(&Disk::default().open().digest().unwrap()).unwrap().delta;

    let mut steps: Vec<Step> = vec![
        Box::new(|store| store.add("apple").unwrap()),
        Box::new(|store| store.rename("Alice", Reading::wall(NOW)).unwrap()),
        Box::new(move |store| assert!(store.receive(&from_us, Reading::wall(NOW)).unwrap())),
        Box::new(|store| store.remove("apple").unwrap()),
        Box::new(|store| store.compact().unwrap()),
        Box::new(|store| store.rename("Bob", Reading::wall(NOW + 60_000)).unwrap()),
    ];
    for n in 0..6 {
        steps.push(Box::new(move |store| store.add(&format!("item {n}")).unwrap()));
    }
    steps
}

#[test]
fn every_commit_boundary_is_survived() {
    let disk = Disk::default();
    let mut store = disk.open_at(NOW);
    let id = store.replica();
    // What the account was when so many syncs were done.
    let mut history = vec![(disk.syncs(), account(&store))];
    for step in steps() {
        step(&mut store);
        history.push((disk.syncs(), account(&store)));
    }
    let opened = history[0].0;

    for sync in opened..=disk.syncs() {
        let mut survivor = Disk::holding(disk.image_after(sync)).open_at(NOW);
        let done = history.iter().rposition(|(syncs, _)| *syncs <= sync).unwrap();
        let found = account(&survivor);
        let may_be = history[done..].iter().take(2).any(|(_, account)| *account == found);
        assert!(may_be, "after sync {sync}: {found:?}, and not {:?}", history[done]);
        assert_ne!(survivor.replica(), id, "no mark of a clean shutdown: a new id");

        // What the store had sent before the crash comes back, and both go on.
        let mut elsewhere = Disk::default().open_at(NOW);
        meet(&mut store, &mut elsewhere, NOW + 60_000).unwrap();
        survivor.add("after the crash").unwrap();
        meet(&mut survivor, &mut elsewhere, NOW + 60_000).unwrap();
        assert_eq!(account(&survivor), account(&elsewhere));
        assert!(items(&survivor).contains(&"after the crash"));
        assert!(items(&survivor).contains(&"item 5"));
    }
}

#[test]
fn nothing_is_sent_that_is_not_durable() {
    let disk = Disk::default();
    let mut store = disk.open_at(NOW);
    let nobody = Disk::default().open().digest().unwrap();
    let start = store.answer(&nobody).unwrap().position;
    for step in steps() {
        step(&mut store);
        let mut sent = vec![store.answer(&nobody).unwrap()];
        sent.extend(store.since(start).unwrap());
        let left = Disk::holding(disk.image_after(disk.syncs())).open_at(NOW);
        for message in sent {
            let mut durable = account(&left);
            let sent = Account::decode(&message.delta).unwrap();
            assert!(!durable.merge(sent), "{durable:?} lacked something that was sent");
        }
    }
}

#[test]
fn a_store_whose_disk_fails_says_nothing_more() {
    let disk = Disk::default();
    let mut store = disk.open();
    store.add("apple").unwrap();
    let (id, digest) = (store.replica(), store.digest().unwrap());
    let start = store.answer(&digest).unwrap().position;

    disk.break_down();
    let failed = store.add("pear").unwrap_err();
    assert!(matches!(failed, StoreError::Database(_)), "{failed}");
    // The account in memory holds the pear, and no disk does. Nobody may hear of it.
    assert!(matches!(store.since(start), Err(StoreError::Failed)));
    assert!(matches!(store.digest(), Err(StoreError::Failed)));
    assert!(matches!(store.add("plum"), Err(StoreError::Failed)));
    assert!(matches!(store.answer(&digest), Err(StoreError::Failed)));
    let nothing = Account::default().encode();
    assert!(matches!(store.receive(&nothing, Reading::wall(0)), Err(StoreError::Failed)));
    assert!(matches!(store.close(), Err(StoreError::Failed)));

    let store = Disk::holding(disk.image()).open();
    assert_eq!(items(&store), ["apple"]);
    assert_ne!(store.replica(), id);
}

#[test]
fn time_goes_on_across_a_crash_whatever_the_wall_clock_says() {
    let disk = Disk::default();
    let mut store = disk.open_at(NOW);
    store.rename("before", Reading::wall(NOW)).unwrap();
    let before = store.name().timestamp();
    drop(store);
    let mut store = disk.open_at(NOW - 500_000);
    store.rename("after", Reading::wall(NOW - 500_000)).unwrap();
    assert!(store.name().timestamp() > before);
    assert_eq!(store.name().get().map(String::as_str), Some("after"));
}

/// Every opening reserved ten seconds above those that the one before had reserved, and used up what
/// it had: after seven crashes peers refused the name.
#[test]
fn a_hundred_crashes_do_not_run_ahead_of_a_clock_that_stands_still() {
    let disk = Disk::default();
    let mut peer = Disk::default().open_at(NOW);
    let mut before = None;
    for crash in 0..100 {
        let mut store = disk.open_at(NOW);
        store.rename(&format!("name {crash}"), Reading::wall(NOW)).unwrap();
        assert!(store.name().timestamp() > before, "crash {crash}");
        before = store.name().timestamp();
        meet(&mut store, &mut peer, NOW).unwrap();
    }
    assert_eq!(peer.name().get().map(String::as_str), Some("name 99"));
    assert_eq!(peer.name().timestamp(), before);
}

#[test]
fn an_id_is_never_that_of_an_earlier_crash() {
    let disk = Disk::default();
    let ids: Vec<ReplicaId> = (0..3).map(|_| disk.open().replica()).collect();
    assert!(ids[0] != ids[1] && ids[1] != ids[2] && ids[0] != ids[2]);
}

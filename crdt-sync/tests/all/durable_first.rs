//! What is told, acknowledged or counted before it is durable, or included.

#![allow(clippy::needless_range_loop, reason = "replicas and what they hear go by number")]

use crate::support::{Fleet, START_MS, Set, Store, add, elements, said};
use crdt_core::{Reading, Timestamp};
use crdt_document::{Author, Document, WriteError};
use crdt_sync::{Config, Durability, Event, Holders, Lattice, Opening, Peer, Replica, Scopes};

/// As the README says: first messages, then records. Time goes from deadline to deadline.
fn run_as_in_the_readme<S: Lattice>(fleet: &mut Fleet<S>, ms: u64) {
    let end = fleet.now_ms + ms;
    loop {
        loop {
            let now = fleet.now();
            let mut any = false;
            let mut all = Vec::new();
            for from in 0..fleet.replicas.len() {
                for m in said(&mut fleet.replicas[from], now) {
                    all.push((from, m));
                }
                while let Some(record) = fleet.replicas[from].next_record() {
                    any = true;
                    fleet.stores[from].records.push(record.bytes);
                    fleet.replicas[from].persisted(record.number);
                }
            }
            any |= !all.is_empty();
            for (from, m) in all {
                *fleet
                    .messages
                    .entry((from, usize::try_from(m.to.0).expect("small")))
                    .or_default() += 1;
                let to = usize::try_from(m.to.0).expect("small");
                let _ = fleet.replicas[to].receive(Peer(from as u64), &m.bytes, now);
            }
            if !any {
                break;
            }
        }
        let next = fleet.replicas.iter().filter_map(Replica::next_deadline).min();
        let Some(next) = next.filter(|n| *n <= end) else { break };
        fleet.now_ms = next.max(fleet.now_ms + 1);
    }
    fleet.now_ms = end;
}

#[test]
fn a_greeting_before_the_first_record_is_durable_does_not_unhinge_the_link() {
    let mut fleet = Fleet::<Set>::new(2, &Config::default());
    // 1 waits for a member that is away: its log is kept.
    fleet.replicas[1].set_members([crdt_core::ReplicaId::from_u128(77)]);
    fleet.connect(0, 1);
    fleet.run(1_000);
    add(&mut fleet, 0, 1);
    fleet.run(10_000);
    let store = fleet.stores[0].clone();
    fleet.reopen(0, &store);
    fleet.connect(0, 1);
    run_as_in_the_readme(&mut fleet, 10_000);
    add(&mut fleet, 0, 2);
    let token = fleet.replicas[0].token();
    run_as_in_the_readme(&mut fleet, 60_000);
    assert_eq!(elements(&fleet, 1), [1, 2]);
    fleet.forget_counts();
    run_as_in_the_readme(&mut fleet, 3_600_000);
    assert!(fleet.replicas[1].covers(&token), "it shows the write");
}

/// With a host that asks for messages before it persists what there is, or after.
fn check_that_a_renewed_replica_does_not_make_its_peer_claim_what_it_lacks(messages_first: bool) {
    // 0 and 1 are copies; 2 knows both. 3 meets 0 when it renews.
    let mut fleet = Fleet::<Set>::new(4, &Config::default());
    add(&mut fleet, 0, 1);
    fleet.persist(0);
    fleet.replicas[0].close();
    fleet.persist(0);
    let store = fleet.stores[0].clone();
    fleet.reopen(0, &store);
    fleet.reopen(1, &store);
    for n in 0..4 {
        fleet.persist(n);
    }
    // 2 has a write that 0 has and 3 has not.
    add(&mut fleet, 2, 20);
    let token = fleet.replicas[2].token();
    fleet.connect(0, 2);
    fleet.run(10_000);
    assert!(fleet.replicas[0].covers(&token));
    // 2 meets the other copy, and tells 0. Meanwhile 0 is connected to 3, whose messages take time.
    let now = fleet.now();
    fleet.replicas[0].connect(Peer(3), now);
    fleet.replicas[3].connect(Peer(0), now);
    fleet.connect(1, 2);
    for _ in 0..200 {
        let now = fleet.now();
        let mut all = Vec::new();
        for from in 0..4 {
            if !messages_first {
                fleet.persist(from);
            }
            for m in said(&mut fleet.replicas[from], now) {
                all.push((from, m));
            }
            if messages_first {
                fleet.persist(from);
            }
        }
        for (from, m) in all {
            let to = usize::try_from(m.to.0).expect("small");
            // Whatever is longer than this on the way to 3 is lost: all changes of the state.
            if from == 0 && to == 3 && matches!(m.bytes[1], 2) {
                continue;
            }
            let _ = fleet.replicas[to].receive(Peer(from as u64), &m.bytes, now);
        }
        if fleet.replicas[3].covers(&token) {
            assert!(fleet.replicas[3].state().contains(&20), "it claims what it lacks");
        }
        fleet.now_ms += 20;
    }
    let renewed = std::iter::from_fn(|| fleet.replicas[0].next_event())
        .any(|e| matches!(e, Event::Renewed { .. }));
    assert!(renewed);
}

#[test]
fn a_renewed_replica_does_not_make_its_peer_claim_what_it_lacks() {
    check_that_a_renewed_replica_does_not_make_its_peer_claim_what_it_lacks(true);
    check_that_a_renewed_replica_does_not_make_its_peer_claim_what_it_lacks(false);
}

#[test]
fn a_member_that_began_anew_twice_stays_one() {
    let mut fleet = Fleet::<Set>::new(2, &Config::default());
    fleet.connect(0, 1);
    fleet.run(1_000);
    let member = fleet.replicas[1].id();
    fleet.replicas[0].set_members([member]);
    fleet.disconnect(0, 1);
    for _ in 0..2 {
        fleet.persist(1);
        let store = fleet.stores[1].clone();
        fleet.reopen(1, &store);
        fleet.persist(1);
    }
    fleet.connect(0, 1);
    fleet.run(1_000);
    add(&mut fleet, 0, 1);
    let token = fleet.replicas[0].token();
    fleet.run(60_000);
    assert!(fleet.are_equal());
    assert!(fleet.replicas[0].is_durable(&token, Durability::All));
}

#[test]
fn records_of_long_ago_beside_a_snapshot_do_not_change_the_identity() {
    const DAY: u64 = 24 * 3_600_000;
    let mut fleet = Fleet::<Set>::new(2, &Config::default());
    fleet.connect(0, 1);
    add(&mut fleet, 0, 1);
    fleet.run(1_000);
    fleet.disconnect(0, 1);
    fleet.now_ms += 40 * DAY;
    let store = fleet.stores[0].clone();
    fleet.reopen(0, &store);
    fleet.persist(0);
    fleet.now_ms += 40 * DAY;
    // Opened once more: the first opening is forgotten.
    let store = fleet.stores[0].clone();
    fleet.reopen(0, &store);
    add(&mut fleet, 0, 2);
    fleet.persist(0);
    // A snapshot is stored; the host dies before the records are dropped.
    let snapshot = Some(fleet.replicas[0].snapshot().bytes);
    fleet.replicas[0].close();
    fleet.persist(0);
    let id = fleet.replicas[0].id();
    let records = fleet.stores[0].records.clone();
    fleet.reopen(0, &Store { snapshot, records });
    fleet.connect(0, 1);
    fleet.run(60_000);
    for (n, e) in &fleet.events {
        if matches!(e, Event::Forked { .. } | Event::Restored { .. } | Event::Renewed { .. }) {
            panic!("{n}: {e:?}: nobody has copied or restored anything");
        }
    }
    assert_eq!(fleet.replicas[0].id(), id, "it was closed in good order");
}

fn doc_set(
    doc: &mut Document,
    me: crdt_core::ReplicaId,
    stamp: Timestamp,
    name: &str,
    v: i64,
) -> Document {
    doc.transact(Author::new(me, stamp), |tx| {
        tx.register(name).set(v)?;
        Ok::<_, WriteError>(())
    })
    .expect("written")
}

#[test]
fn a_comparison_does_not_cover_what_waits_in_quarantine() {
    const HOUR: u64 = 3_600_000;
    let config = Config { log_bytes: 0, ..Config::volatile() };
    // 0 and 2 have clocks an hour ahead; 1 has not.
    let new = |seed, ahead: u64| {
        Replica::<Document>::new(
            &Opening::new(seed, Reading::wall(START_MS + ahead)),
            config.clone(),
        )
    };
    let mut r = [new(1, HOUR), new(2, 0), new(3, HOUR)];
    let ahead = [HOUR, 0, HOUR];
    let mut ms = 0u64;
    let reading = |n: usize, ms: u64| Reading {
        wall_ms: START_MS + ahead[n] + ms,
        monotonic_ms: START_MS + ms,
    };
    let links = std::cell::RefCell::new(std::collections::BTreeSet::new());
    let pump = |r: &mut [Replica<Document>; 3], ms: &mut u64, steps: u64| {
        for _ in 0..steps {
            loop {
                let mut all = Vec::new();
                for n in 0..3 {
                    for m in said(&mut r[n], reading(n, *ms)) {
                        all.push((n, m));
                    }
                }
                if all.is_empty() {
                    break;
                }
                for (from, m) in all {
                    let to = usize::try_from(m.to.0).expect("small");
                    if links.borrow().contains(&(from.min(to), from.max(to))) {
                        r[to].receive(Peer(from as u64), &m.bytes, reading(to, *ms)).expect("ok");
                    }
                }
            }
            *ms += 10;
        }
    };
    let connect = |r: &mut [Replica<Document>; 3], a: usize, b: usize, ms: u64| {
        links.borrow_mut().insert((a.min(b), a.max(b)));
        r[a].connect(Peer(b as u64), reading(a, ms));
        r[b].connect(Peer(a as u64), reading(b, ms));
    };
    let disconnect = |r: &mut [Replica<Document>; 3], a: usize, b: usize| {
        links.borrow_mut().remove(&(a.min(b), a.max(b)));
        r[a].disconnect(Peer(b as u64));
        r[b].disconnect(Peer(a as u64));
    };
    // Each has something, so that nobody is sent a snapshot.
    for n in 0..3 {
        let name = format!("base{n}");
        r[n].write(reading(n, ms), |d, me| {
            d.transact(Author::new(me, Timestamp::from_millis(START_MS).expect("ok")), |tx| {
                tx.register(&name).set(1)?;
                Ok::<_, WriteError>(())
            })
            .expect("ok")
        })
        .expect("open");
    }
    connect(&mut r, 0, 1, ms);
    connect(&mut r, 0, 2, ms);
    pump(&mut r, &mut ms, 500);
    disconnect(&mut r, 0, 2);
    // 0 writes with its clock: 1 puts it into quarantine.
    let token0 =
        r[0].write_stamped(reading(0, ms), |d, me, s| doc_set(d, me, s, "x", 7)).expect("open");
    pump(&mut r, &mut ms, 300);
    assert_eq!(r[1].quarantined().0, 1);
    assert!(!r[1].covers(&token0));
    disconnect(&mut r, 0, 1);
    // 2, whose clock is ahead too, gets it, and shows it.
    connect(&mut r, 0, 2, ms);
    pump(&mut r, &mut ms, 300);
    assert!(r[2].covers(&token0));
    disconnect(&mut r, 0, 2);
    // Both write something, so that their states differ, then meet: they compare.
    r[2].write(reading(2, ms), |d, me| {
        doc_set(d, me, Timestamp::from_millis(START_MS + 1).expect("ok"), "two", 2)
    })
    .expect("open");
    let token2 = r[2].token();
    r[1].write(reading(1, ms), |d, me| {
        doc_set(d, me, Timestamp::from_millis(START_MS + 1).expect("ok"), "one", 1)
    })
    .expect("open");
    connect(&mut r, 1, 2, ms);
    pump(&mut r, &mut ms, 300);
    let x = |r: &Replica<Document>| r.state().register("x").get().is_some();
    assert!(!r[1].covers(&token0) || x(&r[1]), "it covers what it does not show");
    assert!(!r[1].covers(&token2) || x(&r[1]), "it covers what it does not show");
}

#[test]
fn that_something_came_out_of_quarantine_is_told_reliably() {
    const HOUR: u64 = 3_600_000;
    let mut fleet = Fleet::<Document>::new(2, &Config::volatile());
    fleet.connect(0, 1);
    fleet.run(1_000);
    let ahead = Timestamp::from_millis(fleet.now_ms + HOUR).expect("in range");
    let now = fleet.now();
    fleet.replicas[0].write(now, |d, me| doc_set(d, me, ahead, "x", 7)).expect("open");
    let token = fleet.replicas[0].token();
    fleet.run(HOUR / 2);
    assert_eq!(fleet.replicas[1].quarantined().0, 1);
    // It comes out; everything that 1 says for two seconds is lost.
    fleet.now_ms += HOUR / 2;
    for _ in 0..20 {
        let now = fleet.now();
        let _lost = said(&mut fleet.replicas[1], now);
        for m in said(&mut fleet.replicas[0], now) {
            fleet.replicas[1].receive(Peer(0), &m.bytes, now).expect("ok");
        }
        fleet.now_ms += 100;
    }
    assert_eq!(fleet.replicas[1].quarantined().0, 0);
    assert!(fleet.replicas[1].covers(&token));
    fleet.run(24 * HOUR);
    let member = fleet.replicas[1].id();
    fleet.replicas[0].set_members([member]);
    assert!(fleet.replicas[0].is_durable(&token, Durability::All), "a day later");
}

#[test]
fn what_was_discarded_does_not_count_as_durable() {
    const HOUR: u64 = 3_600_000;
    let mut fleet = Fleet::<Document>::new(2, &Config::default());
    fleet.connect(0, 1);
    fleet.run(1_000);
    let member = fleet.replicas[1].id();
    fleet.replicas[0].set_members([member]);
    let ahead = Timestamp::from_millis(fleet.now_ms + HOUR).expect("in range");
    let now = fleet.now();
    fleet.replicas[0].write(now, |d, me| doc_set(d, me, ahead, "x", 7)).expect("open");
    let token = fleet.replicas[0].token();
    fleet.run(20_000);
    assert!(!fleet.replicas[0].is_durable(&token, Durability::All));
    fleet.replicas[1].discard_quarantine(now);
    fleet.run(20_000);
    assert!(!fleet.replicas[0].is_durable(&token, Durability::All), "1 holds nothing of it");
    fleet.run(2 * HOUR);
    assert!(fleet.are_equal(), "a peer that holds it offers it again");
}

#[test]
fn what_was_discarded_is_offered_again() {
    const HOUR: u64 = 3_600_000;
    let mut fleet = Fleet::<Document>::new(2, &Config::default());
    fleet.connect(0, 1);
    fleet.run(1_000);
    let member = fleet.replicas[1].id();
    fleet.replicas[0].set_members([member]);
    let ahead = Timestamp::from_millis(fleet.now_ms + HOUR).expect("in range");
    let now = fleet.now();
    fleet.replicas[0].write(now, |d, me| doc_set(d, me, ahead, "x", 7)).expect("open");
    let token = fleet.replicas[0].token();
    fleet.run(20_000);
    assert!(!fleet.replicas[0].is_durable(&token, Durability::All));
    fleet.replicas[1].discard_quarantine(now);
    fleet.run(20_000);
    fleet.run(2 * HOUR);
    assert!(fleet.are_equal(), "a peer that holds it offers it again");
}

#[test]
fn a_scope_that_is_added_later_is_linked_too() {
    let now = Reading::wall(START_MS);
    let replica = |seed| Replica::<Set>::new(&Opening::new(seed, now), Config::volatile());
    let mut scopes = Scopes::new();
    scopes.add("one", replica(1), Holders::anyone(), now);
    scopes.connect(Peer(1), "dublin", now);
    while scopes.next_message(now).is_some() {}
    scopes.add("two", replica(2), Holders::anyone(), now);
    assert!(scopes.next_message(now).is_some(), "a greeting for the new scope");
}

#[test]
fn a_peer_that_has_not_the_scope_is_left_in_peace() {
    let now = Reading::wall(START_MS);
    let replica = |seed| Replica::<Set>::new(&Opening::new(seed, now), Config::volatile());
    let mut one = Scopes::new();
    one.add("only here", replica(1), Holders::anyone(), now);
    let mut other = Scopes::<Set>::new();
    one.connect(Peer(1), "other", now);
    other.connect(Peer(0), "one", now);
    let mut sent = 0;
    let mut ms = START_MS;
    while ms < START_MS + 3_600_000 {
        let now = Reading::wall(ms);
        while let Some(m) = one.next_message(now) {
            sent += 1;
            let _ = other.receive(Peer(0), &m.bytes, now);
        }
        while let Some(m) = other.next_message(now) {
            let _ = one.receive(Peer(1), &m.bytes, now);
        }
        let Some(next) = one.next_deadline() else { break };
        ms = next.max(ms + 1);
    }
    assert!(sent < 5, "{sent} greetings in an hour to a peer that said no");
}

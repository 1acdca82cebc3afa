//! Connections that only one end takes for new, and messages that come late or twice.

use crate::support::{Fleet, Set, add, elements, said};
use crdt_sets::GSet;
use crdt_sync::{Config, Lattice, Peer, Replica};

/// 2 and 3 write, 0 forwards to 1.
fn star() -> Fleet<Set> {
    let mut fleet = Fleet::<Set>::new(4, &Config::volatile());
    for leaf in 1..4 {
        fleet.connect(0, leaf);
    }
    fleet.run(1_000);
    fleet
}

#[test]
fn one_sided_reconnect_of_the_sender_does_not_mix_up_ids() {
    let mut fleet = star();
    add(&mut fleet, 2, 20);
    fleet.run(3_000);
    // 0's connection to 1 is made anew; 1 has not noticed.
    let now = fleet.now();
    fleet.replicas[0].connect(Peer(1), now);
    fleet.run(3_000);
    for element in 30..34 {
        add(&mut fleet, 3, element);
        fleet.run(3_000);
    }
    fleet.run(120_000);
    for n in 0..4 {
        assert_eq!(elements(&fleet, n), [20, 30, 31, 32, 33], "at {n}");
    }
    assert!(fleet.are_equal());
}

#[test]
fn a_late_message_of_the_connection_before_does_not_mix_up_ids() {
    let mut fleet = star();
    add(&mut fleet, 2, 20);
    // Keep a copy of the message by which 0 forwards 20 to 1.
    let mut late = None;
    for _ in 0..50 {
        let now = fleet.now();
        let mut all = Vec::new();
        for from in 0..4 {
            for m in said(&mut fleet.replicas[from], now) {
                all.push((from, m));
            }
        }
        for (from, m) in all {
            let to = usize::try_from(m.to.0).expect("small");
            if from == 0 && to == 1 && m.bytes.len() > 50 {
                late.get_or_insert(m.bytes.clone());
            }
            fleet.replicas[to].receive(Peer(from as u64), &m.bytes, now).expect("ok");
        }
        fleet.now_ms += 10;
    }
    let late = late.expect("forwarded");
    fleet.run(3_000);
    // Both ends connect anew.
    fleet.disconnect(0, 1);
    fleet.connect(0, 1);
    fleet.run(3_000);
    // A repeated message of the former connection comes late.
    let now = fleet.now();
    let _refused = fleet.replicas[1].receive(Peer(0), &late, now);
    for element in 30..34 {
        add(&mut fleet, 3, element);
        fleet.run(1_000);
    }
    fleet.run(120_000);
    for n in 0..4 {
        assert_eq!(elements(&fleet, n), [20, 30, 31, 32, 33], "at {n}");
    }
    assert!(fleet.are_equal());
}

#[test]
fn one_sided_reconnect_of_the_receiver_still_converges() {
    let mut fleet = Fleet::<Set>::new(2, &Config::volatile());
    fleet.connect(0, 1);
    fleet.run(1_000);
    add(&mut fleet, 0, 1);
    fleet.run(3_000);
    add(&mut fleet, 0, 2);
    fleet.run(3_000);
    let now = fleet.now();
    fleet.replicas[1].connect(Peer(0), now);
    fleet.run(1_000);
    add(&mut fleet, 0, 3);
    fleet.run(3_600_000);
    assert_eq!(elements(&fleet, 1), [1, 2, 3]);
}

#[test]
fn who_takes_the_other_end_over_is_told_what_the_former_end_has_acknowledged() {
    let mut fleet = Fleet::<Set>::new(3, &Config::volatile());
    add(&mut fleet, 1, 1);
    fleet.persist(1);
    let backup = fleet.stores[1].clone();
    fleet.connect(0, 1);
    let now = fleet.now();
    let greetings = said(&mut fleet.replicas[0], now);
    assert_eq!(greetings.len(), 1, "for 1");
    fleet.replicas[1].receive(Peer(0), &greetings[0].bytes, now).expect("a greeting");
    fleet.connect(0, 2);
    let token = add(&mut fleet, 2, 2);
    fleet.run(60_000);
    assert!(fleet.replicas[1].covers(&token));
    // A process begun from a backup takes the place of 1; for 0 the connection goes on, and its
    // greeting from then comes once more.
    fleet.reopen(1, &backup);
    let now = fleet.now();
    fleet.replicas[1].connect(Peer(0), now);
    fleet.replicas[1].receive(Peer(0), &greetings[0].bytes, now).expect("a greeting");
    assert!(!fleet.replicas[1].covers(&token));
    // Sooner than equality is asked about, which would bring it too.
    fleet.run(3_000);
    assert!(fleet.are_equal());
    assert!(fleet.replicas[1].covers(&token));
}

#[test]
fn a_late_hello_of_the_opening_before_does_not_cut_the_link_for_good() {
    let mut fleet = Fleet::<Set>::new(2, &Config::default());
    add(&mut fleet, 1, 1);
    fleet.persist(0);
    fleet.persist(1);
    fleet.connect(0, 1);
    let now = fleet.now();
    let late = said(&mut fleet.replicas[1], now);
    assert_eq!(late.len(), 1, "a hello");
    fleet.run(1_000);
    // 1 is opened anew; both connect anew.
    let store = fleet.stores[1].clone();
    fleet.reopen(1, &store);
    fleet.persist(1);
    fleet.connect(0, 1);
    fleet.run(1_000);
    // The hello of the opening before comes twice, the second time late.
    let now = fleet.now();
    let _ = fleet.replicas[0].receive(Peer(1), &late[0].bytes, now);
    add(&mut fleet, 0, 2);
    add(&mut fleet, 1, 3);
    pump_tolerant(&mut fleet, 3_600_000);
    assert_eq!(elements(&fleet, 0), [1, 2, 3]);
    assert_eq!(elements(&fleet, 1), [1, 2, 3]);
}

/// Like run, but refused messages are tolerated.
fn pump_tolerant<S: Lattice>(fleet: &mut Fleet<S>, ms: u64) {
    let end = fleet.now_ms + ms;
    loop {
        loop {
            let now = fleet.now();
            let mut all = Vec::new();
            for from in 0..fleet.replicas.len() {
                fleet.persist(from);
                for m in said(&mut fleet.replicas[from], now) {
                    all.push((from, m));
                }
            }
            if all.is_empty() {
                break;
            }
            for (from, m) in all {
                *fleet
                    .messages
                    .entry((from, usize::try_from(m.to.0).expect("small")))
                    .or_default() += 1;
                let _ = fleet.replicas[usize::try_from(m.to.0).expect("small")].receive(
                    Peer(from as u64),
                    &m.bytes,
                    now,
                );
            }
        }
        (0..fleet.replicas.len()).for_each(|n| fleet.persist(n));
        let next = fleet.replicas.iter().filter_map(Replica::next_deadline).min();
        let Some(next) = next.filter(|n| *n <= end) else { break };
        fleet.now_ms = next.max(fleet.now_ms + 1);
    }
    fleet.now_ms = end;
}

#[test]
fn a_question_that_comes_twice_does_not_stop_the_comparison_for_good() {
    // Either of the two may be the one who asks.
    for asker in 0..2 {
        let config = Config { log_bytes: 0, ..Config::volatile() };
        let mut fleet = Fleet::<Set>::new(2, &config);
        for n in 0..2 {
            let now = fleet.now();
            fleet.replicas[n].write(now, |s, me| s.add_all(me, 0..1_000)).expect("open");
        }
        fleet.connect(0, 1);
        fleet.run(60_000);
        assert!(fleet.are_equal());
        fleet.disconnect(0, 1);
        add(&mut fleet, asker, 5_000);
        fleet.connect(0, 1);
        // Every message comes twice.
        for _ in 0..40 {
            let now = fleet.now();
            let mut all = Vec::new();
            for from in 0..2 {
                for m in said(&mut fleet.replicas[from], now) {
                    all.push((from, m));
                }
            }
            for (from, m) in all {
                for _ in 0..2 {
                    let to = usize::try_from(m.to.0).expect("small");
                    fleet.replicas[to].receive(Peer(from as u64), &m.bytes, now).expect("ok");
                }
            }
            fleet.now_ms += 10;
        }
        fleet.forget_counts();
        pump_tolerant(&mut fleet, 3_600_000);
        assert!(fleet.are_equal(), "asker {asker}");
    }
}

#[test]
fn a_late_part_of_the_transfer_before_does_not_stop_the_next_for_good() {
    let config = Config { max_message: 1_024, ..Config::volatile() };
    let mut fleet = Fleet::<GSet<Vec<u8>>>::new(2, &config);
    fleet.connect(0, 1);
    fleet.run(1_000);
    let now = fleet.now();
    fleet.replicas[0].write(now, |set, _| set.add(vec![1; 3_000])).expect("open");
    let mut late = None;
    for _ in 0..20 {
        let now = fleet.now();
        for m in said(&mut fleet.replicas[0], now) {
            if m.bytes[1] == 2 {
                late = Some(m.bytes.clone());
            }
            fleet.replicas[1].receive(Peer(0), &m.bytes, now).expect("ok");
        }
        for m in said(&mut fleet.replicas[1], now) {
            fleet.replicas[0].receive(Peer(1), &m.bytes, now).expect("ok");
        }
        fleet.now_ms += 10;
    }
    let late = late.expect("a part");
    fleet.run(10_000);
    assert!(fleet.are_equal());
    // The second long value; amid it, a part of the first comes once more.
    let now = fleet.now();
    fleet.replicas[0].write(now, |set, _| set.add(vec![2; 20_000])).expect("open");
    for turn in 0..3 {
        let now = fleet.now();
        for m in said(&mut fleet.replicas[0], now) {
            fleet.replicas[1].receive(Peer(0), &m.bytes, now).expect("ok");
        }
        if turn == 1 {
            let _ = fleet.replicas[1].receive(Peer(0), &late, now);
        }
        for m in said(&mut fleet.replicas[1], now) {
            fleet.replicas[0].receive(Peer(1), &m.bytes, now).expect("ok");
        }
        fleet.now_ms += 10;
    }
    fleet.forget_counts();
    pump_tolerant(&mut fleet, 3_600_000);
    assert!(fleet.are_equal());
}

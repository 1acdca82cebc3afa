//! What the simulator has found, each as short as it can be told.

use crate::support::{Fleet, START_MS, said};
use crdt_core::{Reading, ReplicaId, Timestamp};
use crdt_document::{Author, Document, Transaction, WriteError};
use crdt_registers::LwwRegister;
use crdt_sets::{GSet, OrSet};
use crdt_sync::{Config, Durability, Event, Lattice, Message, Opening, Peer, Replica, Token};

const LINK: Peer = Peer(0);

fn new<S: Lattice>(seed: u128, config: &Config) -> Replica<S> {
    Replica::new(&Opening::new(seed, Reading::wall(START_MS)), config.clone())
}

fn hear<S: Lattice>(replica: &mut Replica<S>, messages: &[Message], now: Reading) {
    for message in messages {
        replica.receive(LINK, &message.bytes, now).expect("understood");
    }
}

/// All that one says reaches the other; returns how many messages that were.
fn tell<S: Lattice>(from: &mut Replica<S>, to: &mut Replica<S>, now: Reading) -> usize {
    let messages = said(from, now);
    for message in &messages {
        // Some are told to show that they are refused.
        let _understood = to.receive(LINK, &message.bytes, now);
    }
    messages.len()
}

/// Both speak until neither has anything to say, and time passes, for at most `ms`; returns how
/// many messages that took.
fn talk<S: Lattice>(a: &mut Replica<S>, b: &mut Replica<S>, now: &mut Reading, ms: u64) -> usize {
    let end = now.monotonic_ms + ms;
    let mut count = 0;
    loop {
        let told = tell(a, b, *now) + tell(b, a, *now);
        count += told;
        assert!(count < 10_000, "there is no end to it");
        if told == 0 {
            let next = [a.next_deadline(), b.next_deadline()].into_iter().flatten().min();
            let Some(next) = next.filter(|next| *next <= end) else { return count };
            *now = Reading::wall(next.max(now.monotonic_ms));
        }
    }
}

fn write(replica: &mut Replica<GSet<Vec<u8>>>, now: Reading, element: &[u8]) -> Token {
    replica.write(now, |set, _| set.add(element.to_vec())).expect("open")
}

#[test]
fn the_last_part_is_sent_again_when_it_overtook_the_one_before() {
    let config = Config { max_message: 1_024, ..Config::volatile() };
    let (mut a, mut b) = (new(1, &config), new(2, &config));
    let mut now = Reading::wall(START_MS);
    a.connect(LINK, now);
    b.connect(LINK, now);
    talk(&mut a, &mut b, &mut now, 10_000);
    let token = write(&mut a, now, &[7; 1_500]);
    let parts = said(&mut a, now);
    assert_eq!(parts.len(), 2, "{parts:?}");
    for part in parts.iter().rev() {
        b.receive(LINK, &part.bytes, now).expect("understood");
    }
    talk(&mut a, &mut b, &mut now, 10_000);
    assert!(b.covers(&token));
}

#[test]
fn one_end_that_connects_anew_is_answered() {
    let config = Config::volatile();
    let (mut a, mut b) = (new(1, &config), new(2, &config));
    let mut now = Reading::wall(START_MS);
    a.connect(LINK, now);
    b.connect(LINK, now);
    talk(&mut a, &mut b, &mut now, 10_000);
    a.connect(LINK, now);
    assert!(talk(&mut a, &mut b, &mut now, 600_000) < 20);
    let token = write(&mut a, now, b"x");
    talk(&mut a, &mut b, &mut now, 10_000);
    assert!(b.covers(&token));
}

#[test]
fn greetings_of_old_are_not_answered_for_ever() {
    let config = Config::volatile();
    let (mut a, mut b) = (new::<GSet<Vec<u8>>>(1, &config), new(2, &config));
    let mut now = Reading::wall(START_MS);
    let mut greetings = Vec::new();
    for _ in 0..3 {
        a.connect(LINK, now);
        b.connect(LINK, now);
        greetings.push((said(&mut a, now), said(&mut b, now)));
    }
    let (last_of_a, last_of_b) = greetings.pop().expect("three of them");
    hear(&mut b, &last_of_a, now);
    hear(&mut a, &last_of_b, now);
    talk(&mut a, &mut b, &mut now, 60_000);
    for (of_a, of_b) in &greetings {
        hear(&mut b, of_a, now);
        hear(&mut a, of_b, now);
    }
    assert!(talk(&mut a, &mut b, &mut now, 600_000) < 20);
}

#[test]
fn a_dictionary_of_an_old_connection_names_nobody_else() {
    use crdt_counters::GCounter;
    let config = Config::volatile();
    let (mut a, mut b) = (new::<GCounter>(1, &config), new(2, &config));
    let mut now = Reading::wall(START_MS);
    a.connect(LINK, now);
    b.connect(LINK, now);
    talk(&mut a, &mut b, &mut now, 10_000);
    let [one, other] = [7, 8].map(ReplicaId::from_u128);
    a.write(now, |counter, _| counter.increment_by(one, 1).expect("small")).expect("open");
    let of_old = said(&mut a, now);
    a.connect(LINK, now);
    b.connect(LINK, now);
    talk(&mut a, &mut b, &mut now, 100);
    for message in &of_old {
        let _refused = b.receive(LINK, &message.bytes, now);
    }
    a.write(now, |counter, _| counter.increment_by(other, 10).expect("small")).expect("open");
    a.write(now, |counter, _| counter.increment_by(one, 1).expect("small")).expect("open");
    talk(&mut a, &mut b, &mut now, 60_000);
    assert_eq!((b.state().get(one), b.state().get(other)), (2, 10));
}

#[test]
fn nobody_is_greeted_before_the_opening_is_durable() {
    let mut replica = new::<GSet<Vec<u8>>>(1, &Config::default());
    let now = Reading::wall(START_MS);
    replica.connect(LINK, now);
    assert!(said(&mut replica, now).is_empty());
    assert!(replica.next_deadline().is_none(), "there is nothing to do until then");
    let last = std::iter::from_fn(|| replica.next_record()).last().expect("an opening");
    replica.persisted(last.number);
    assert_eq!(said(&mut replica, now).len(), 1);
}

#[test]
fn the_first_write_after_a_long_pause_has_a_timestamp_and_the_next_opening_later_ones() {
    let now = Reading::wall(START_MS);
    let mut replica = new::<LwwRegister<u8>>(1, &Config::default());
    let stamp = |replica: &mut Replica<LwwRegister<u8>>, now| {
        let mut given = Timestamp::MIN;
        let set = |register: &mut LwwRegister<u8>, me, stamp| {
            given = stamp;
            register.set(me, stamp, 1).expect("not worn out")
        };
        replica.write_stamped(now, set).expect("a timestamp");
        given
    };
    stamp(&mut replica, now);
    let last = stamp(&mut replica, Reading::wall(START_MS + 3_600_000));
    assert_eq!(last.millis(), START_MS + 3_600_000);
    // However much of it is durable: what bears a timestamp is only after a ceiling above it.
    let records: Vec<_> = std::iter::from_fn(|| replica.next_record()).collect();
    for kept in 1..=records.len() {
        let kept = records[..kept].iter().map(|record| record.bytes.as_slice());
        let opening = Opening::new(2, now);
        let opened = Replica::<LwwRegister<u8>>::open(None, kept, &opening, Config::default());
        let mut opened = opened.expect("a store in order");
        let durable = opened.state().timestamp();
        let next = stamp(&mut opened, now);
        assert!(durable.is_none_or(|durable| durable < next), "{next:?} after {durable:?}");
    }
}

/// A replica whose clock is ten minutes behind takes in what it can, and shows nothing else.
type Title = (LwwRegister<u8>, GSet<u8>);

fn behind(now: Reading) -> Reading {
    Reading { wall_ms: now.wall_ms - 600_000, ..now }
}

fn title(replica: &mut Replica<Title>, now: Reading, value: u8) -> Token {
    let set = |state: &mut Title, me, timestamp: Timestamp| {
        (state.0.set(me, timestamp, value).expect("not worn out"), GSet::new())
    };
    replica.write_stamped(now, set).expect("a timestamp")
}

#[test]
fn what_came_from_one_peer_and_waits_is_not_included_by_what_another_says() {
    let config = Config::volatile();
    let now = Reading::wall(START_MS);
    let mut replicas: Vec<Replica<Title>> = (1..=3).map(|seed| new(seed, &config)).collect();
    let token = title(&mut replicas[0], now, 7);
    // 0 and 1 are equal; 2 is behind, and hears of it from both.
    for (one, other) in [(0, 1), (0, 2), (1, 2)] {
        replicas[one].connect(Peer(other), now);
        replicas[usize::try_from(other).expect("few")].connect(Peer(one as u64), now);
    }
    for step in 0..20_000 {
        let now = Reading::wall(START_MS + step);
        let mut under_way = Vec::new();
        for (from, replica) in replicas.iter_mut().enumerate() {
            let now = if from == 2 { behind(now) } else { now };
            under_way.extend(said(replica, now).into_iter().map(|message| (from, message)));
        }
        for (from, message) in under_way {
            let to = usize::try_from(message.to.0).expect("few");
            let now = if to == 2 { behind(now) } else { now };
            replicas[to].receive(Peer(from as u64), &message.bytes, now).expect("understood");
        }
        let shows = replicas[2].state().0.get().is_some();
        assert!(shows || !replicas[2].covers(&token), "after {step} ms");
    }
    assert!(replicas[1].covers(&token) && replicas[2].quarantined().0 > 0);
    for (place, replica) in replicas.iter_mut().enumerate() {
        let diverged = |event| matches!(event, Event::Diverged { .. });
        assert!(!std::iter::from_fn(|| replica.next_event()).any(diverged), "{place}");
    }
}

#[test]
fn a_restored_store_that_crashed_before_it_heard_of_that_hears_of_it_then() {
    let mut fleet = Fleet::<GSet<u8>>::new(2, &Config::default());
    fleet.connect(0, 1);
    fleet.run(1_000);
    let backup = fleet.stores[0].clone();
    let now = fleet.now();
    fleet.replicas[0].write(now, |set, _| set.add(1)).expect("open");
    fleet.run(10_000);
    fleet.reopen(0, &backup);
    fleet.settle();
    let crashed = fleet.stores[0].clone();
    fleet.reopen(0, &crashed);
    fleet.events.clear();
    fleet.connect(0, 1);
    fleet.run(10_000);
    let restored =
        |(host, event): &(usize, Event<_>)| *host == 0 && matches!(event, Event::Restored { .. });
    assert!(fleet.events.iter().any(restored), "{:?}", fleet.events);
}

#[test]
fn a_copy_of_a_running_store_does_not_stand_for_it() {
    let mut fleet = Fleet::<GSet<u8>>::new(3, &Config::default());
    fleet.connect(0, 1);
    fleet.run(1_000);
    let id = fleet.replicas[0].id();
    fleet.replicas[1].set_members([id]);
    let store = fleet.stores[0].clone();
    fleet.reopen(2, &store);
    fleet.connect(1, 2);
    fleet.run(1_000);
    assert_eq!(fleet.replicas[1].members().collect::<Vec<_>>(), [id]);
    let now = fleet.now();
    let token = fleet.replicas[1].write(now, |set, _| set.add(1)).expect("open");
    fleet.run(10_000);
    assert!(fleet.replicas[1].is_durable(&token, Durability::All));
    assert_eq!(fleet.replicas[1].log_bytes(), 0);
}

#[test]
fn what_came_from_a_peer_is_not_sent_back_to_it_after_a_restart() {
    let mut fleet = Fleet::<GSet<Vec<u8>>>::new(3, &Config::default());
    fleet.connect(0, 1);
    fleet.run(1_000);
    // 2 is a member that is never there, so the log is kept.
    let absent = fleet.replicas[2].id();
    fleet.replicas[0].set_members([absent]);
    let now = fleet.now();
    fleet.replicas[1].write(now, |set, _| set.add(vec![7; 5_000])).expect("open");
    fleet.run(10);
    let store = fleet.stores[0].clone();
    fleet.reopen(0, &store);
    fleet.forget_counts();
    fleet.connect(0, 1);
    fleet.run(10_000);
    assert_eq!(fleet.replicas[0].state(), fleet.replicas[1].state());
    assert!(fleet.bytes[&(0, 1)] < 500, "{:?}", fleet.bytes);
    // Whoever lacks it is sent it from the log that was reopened.
    fleet.connect(0, 2);
    fleet.run(10_000);
    assert!(fleet.are_equal());
}

#[test]
fn a_second_copy_of_a_store_is_found_out_although_a_first_is_known() {
    let mut fleet = Fleet::<OrSet<u8>>::new(4, &Config::default());
    fleet.connect(0, 1);
    let now = fleet.now();
    fleet.replicas[1].write(now, |set, me| set.add(me, 1)).expect("open");
    fleet.run(1_000);
    // The first was made while it ran, so it has another id; that it is there is known.
    let running = fleet.stores[0].clone();
    fleet.reopen(2, &running);
    fleet.connect(0, 2);
    fleet.run(1_000);
    fleet.disconnect(0, 2);
    fleet.replicas[0].close();
    fleet.persist(0);
    let closed = fleet.stores[0].clone();
    for (copy, element) in [(0, 10), (3, 13)] {
        fleet.reopen(copy, &closed);
        let now = fleet.now();
        fleet.replicas[copy].write(now, |set, me| set.add(me, element)).expect("open");
    }
    assert_eq!(fleet.replicas[0].id(), fleet.replicas[3].id());
    fleet.connect(0, 1);
    fleet.run(1_000);
    fleet.connect(3, 1);
    fleet.connect(2, 1);
    fleet.run(60_000);
    assert!(fleet.are_equal());
    assert!([10, 13].iter().all(|element| fleet.replicas[1].state().contains(element)));
    assert_ne!(fleet.replicas[0].id(), fleet.replicas[3].id());
}

#[test]
fn a_copy_that_was_closed_before_it_met_anybody_is_found_out_and_once() {
    let mut fleet = Fleet::<OrSet<u8>>::new(3, &Config::default());
    let close = |fleet: &mut Fleet<OrSet<u8>>, number: usize| {
        fleet.persist(number);
        fleet.replicas[number].close();
        fleet.persist(number);
        fleet.stores[number].clone()
    };
    fleet.connect(0, 1);
    fleet.run(1_000);
    let closed = close(&mut fleet, 0);
    for (copy, element) in [(0, 10), (2, 12)] {
        fleet.reopen(copy, &closed);
        let again = close(&mut fleet, copy);
        fleet.reopen(copy, &again);
        let now = fleet.now();
        fleet.replicas[copy].write(now, |set, me| set.add(me, element)).expect("open");
    }
    assert_eq!(fleet.replicas[0].id(), fleet.replicas[2].id());
    fleet.connect(0, 1);
    fleet.run(1_000);
    fleet.connect(2, 1);
    fleet.run(60_000);
    assert!(fleet.are_equal());
    assert!([10, 12].iter().all(|element| fleet.replicas[1].state().contains(element)));
    let id = fleet.replicas[2].id();
    assert_ne!(fleet.replicas[0].id(), id);
    // Its store remembers, so it does not give way again.
    let again = close(&mut fleet, 2);
    fleet.reopen(2, &again);
    fleet.connect(2, 1);
    fleet.run(60_000);
    assert_eq!(fleet.replicas[2].id(), id);
}

#[test]
fn an_end_that_is_back_after_a_greeting_of_old_means_the_same_ids() {
    use crdt_counters::GCounter;
    let config = Config::volatile();
    let (mut a, mut former) = (new::<GCounter>(1, &config), new(2, &config));
    let mut now = Reading::wall(START_MS);
    let [one, other] = [7, 8].map(ReplicaId::from_u128);
    let count = |a: &mut Replica<GCounter>, now, id, by| {
        a.write(now, |counter, _| counter.increment_by(id, by).expect("small")).expect("open");
    };
    a.connect(LINK, now);
    former.connect(LINK, now);
    tell(&mut a, &mut former, now);
    let of_old = said(&mut former, now);
    hear(&mut a, &of_old, now);
    // The other end begins anew, which this one does not notice …
    let mut b = new(3, &config);
    b.connect(LINK, now);
    talk(&mut a, &mut b, &mut now, 10_000);
    count(&mut a, now, one, 1);
    talk(&mut a, &mut b, &mut now, 10_000);
    // … and what was said before arrives once more.
    hear(&mut a, &of_old[..1], now);
    count(&mut a, now, other, 10);
    talk(&mut a, &mut b, &mut now, 60_000);
    count(&mut a, now, one, 1);
    talk(&mut a, &mut b, &mut now, 60_000);
    assert_eq!((b.state().get(one), b.state().get(other)), (2, 10));
}

#[test]
fn who_heard_an_earlier_greeting_is_told_what_came_since() {
    let config = Config::volatile();
    let new = |seed| new::<GSet<Vec<u8>>>(seed, &config);
    let (mut a, mut former, mut c) = (new(1), new(2), new(3));
    let mut now = Reading::wall(START_MS);
    // Neither is a newcomer, who would greet anew.
    write(&mut a, now, b"a");
    write(&mut former, now, b"b");
    a.connect(LINK, now);
    former.connect(LINK, now);
    let greeting = said(&mut a, now);
    hear(&mut former, &greeting, now);
    let of_old = said(&mut former, now);
    hear(&mut a, &of_old, now);
    let of_old = said(&mut former, Reading::wall(START_MS + 1_000));
    let beside = Peer(1);
    a.connect(beside, now);
    c.connect(LINK, now);
    let token = write(&mut c, now, b"x");
    for step in 0..1_000 {
        now = Reading::wall(START_MS + step);
        for message in said(&mut a, now).iter().filter(|message| message.to == beside) {
            c.receive(LINK, &message.bytes, now).expect("understood");
        }
        for message in said(&mut c, now) {
            a.receive(beside, &message.bytes, now).expect("understood");
        }
    }
    assert!(a.covers(&token));
    a.disconnect(beside);
    // The other end begins anew, which this one does not notice, and hears the first greeting.
    let mut b = new(4);
    b.connect(LINK, now);
    hear(&mut b, &greeting, now);
    hear(&mut a, &said(&mut b, now)[..1], now);
    // Something of before comes late, so it is greeted again.
    let late = of_old.last().expect("that it was heard");
    a.receive(LINK, &late.bytes, now).expect_err("it is of another opening");
    talk(&mut a, &mut b, &mut now, 60_000);
    assert!(b.state().contains(b"x".as_slice()) && b.covers(&token));
}

#[test]
fn a_comparison_that_was_given_up_is_not_answered_again() {
    let config = Config { log_bytes: 0, ..Config::volatile() };
    let (mut a, mut b) = (new::<OrSet<u8>>(1, &config), new(2, &config));
    let mut now = Reading::wall(START_MS);
    let add = |replica: &mut Replica<OrSet<u8>>, now, element| {
        replica.write(now, |set, me| set.add(me, element)).expect("open");
    };
    a.connect(LINK, now);
    b.connect(LINK, now);
    add(&mut a, now, 1);
    talk(&mut a, &mut b, &mut now, 60_000);
    add(&mut a, now, 2);
    tell(&mut a, &mut b, now);
    let begun = said(&mut b, now);
    hear(&mut a, &begun, now);
    tell(&mut a, &mut b, now);
    // What concludes it is lost, and all that is said again.
    said(&mut b, now);
    for _ in 0..20 {
        now = Reading::wall(a.next_deadline().expect("it waits").max(now.monotonic_ms));
        said(&mut a, now);
    }
    let token = a.write(now, |set, _| set.remove(&1)).expect("open");
    hear(&mut a, &begun, now);
    for _ in 0..100_000 {
        tell(&mut a, &mut b, now);
        assert!(!b.covers(&token) || !b.state().contains(&1), "it is covered, and not included");
        tell(&mut b, &mut a, now);
        now = Reading::wall(now.monotonic_ms + 1);
    }
    assert!(b.covers(&token));
}

#[test]
fn that_nothing_waits_any_more_is_told_until_it_is_heard() {
    type Change = fn(&mut Transaction<'_>) -> Result<(), WriteError>;
    let config = Config::volatile();
    let (mut a, mut b) = (new::<Document>(1, &config), new::<Document>(2, &config));
    let mut now = Reading::wall(START_MS);
    let write = |replica: &mut Replica<Document>, now, change: Change| {
        let write =
            |document: &mut Document, me, stamp| document.transact(Author::new(me, stamp), change);
        replica.try_write(now, write).expect("a change")
    };
    let token = write(&mut b, now, |tx| tx.register("title").set("x"));
    a.connect(LINK, now);
    b.connect(LINK, now);
    for step in 1..9_900 {
        now = Reading::wall(START_MS + step);
        match step {
            // It is seen that what waits is needed still.
            9_000 => drop(write(&mut b, now, |tx| tx.set("tags").add("x"))),
            // What waits will bring nothing new when it is let in, which is before it is seen.
            9_300 => drop(write(&mut b, now, |tx| tx.remove("title"))),
            _ => {}
        }
        hear(&mut a, &said(&mut b, now), behind(now));
        hear(&mut b, &said(&mut a, behind(now)), now);
    }
    assert_eq!(a.quarantined().0, 1);
    // Its clock is set right. What it says then is lost.
    assert!(!said(&mut a, now).is_empty() && a.covers(&token));
    talk(&mut a, &mut b, &mut now, 600_000);
    assert_eq!(b.durable_at(&token).collect::<Vec<_>>(), [a.id()]);
}

#[test]
fn a_transfer_goes_on_from_where_its_receiver_is() {
    let config = Config { max_message: 1_024, ..Config::volatile() };
    let (mut a, mut b) = (new(1, &config), new(2, &config));
    let mut now = Reading::wall(START_MS);
    a.connect(LINK, now);
    b.connect(LINK, now);
    talk(&mut a, &mut b, &mut now, 10_000);
    write(&mut a, now, &[1; 3_000]);
    let former = said(&mut a, now);
    hear(&mut b, &former, now);
    talk(&mut a, &mut b, &mut now, 10_000);
    let token = write(&mut a, now, &[2; 4_000]);
    let parts = said(&mut a, now);
    hear(&mut b, &parts[..2], now);
    let late = said(&mut b, now);
    // A part of another transfer comes late, so this one begins anew: while it is said to be further.
    hear(&mut b, &former[..1], now);
    hear(&mut b, &parts[..1], now);
    said(&mut b, now);
    hear(&mut a, &late, now);
    talk(&mut a, &mut b, &mut now, 600_000);
    assert!(b.covers(&token));
}

#[test]
fn a_change_that_is_long_for_what_is_told_along_with_it_waits_for_the_one_before() {
    let config = Config { max_message: 1_024, ..Config::volatile() };
    let (mut a, mut b) = (new(1, &config), new(2, &config));
    let mut now = Reading::wall(START_MS);
    // Openings of others, which every message may have to tell of.
    for seed in 3..10 {
        let mut other = new(seed, &config);
        a.connect(LINK, now);
        other.connect(LINK, now);
        write(&mut other, now, &[u8::try_from(seed).expect("few")]);
        talk(&mut a, &mut other, &mut now, 10_000);
    }
    a.connect(LINK, now);
    b.connect(LINK, now);
    talk(&mut a, &mut b, &mut now, 10_000);
    write(&mut a, now, &[1; 4_000]);
    let token = write(&mut a, now, &[2; 800]);
    talk(&mut a, &mut b, &mut now, 60_000);
    assert!(b.covers(&token));
}

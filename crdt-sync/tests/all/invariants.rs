//! What has to hold at every moment, by name.
//!
//! | what holds | where it is checked |
//! |---|---|
//! | the join is associative, commutative, idempotent; equal states have equal bytes | law kit, every type's `tests/laws.rs` |
//! | a mutator does what merging its delta does; a delta kills only what it is about | law kit; `crdt-core/tests/causal_rules.rs` |
//! | `merge_novel` and `delta_since` are exact and least, from any pair of states | law kit; `src/reconcile/tests/exact.rs` |
//! | what is live has been seen; fingerprints are those of the state | `crdt-core/tests/dotmap_oracle.rs`, law kit |
//! | deltas in any order, repeated, in groups make one state | law kit, `tests/exhaustive.rs` of the types |
//! | equal states exchange a few bytes, then there is silence | `cost.rs`, `lattices.rs`; here |
//! | what counts as included has arrived, at every break | here; the simulator |
//! | what was acknowledged by or for another opening counts for nothing | here |
//! | nothing is told before it is durable | here |
//! | after a crash nothing that was ever told is written anew | here; `records.rs` |
//! | a store that was restored or copied is found out when it meets somebody | `identity.rs` |
//! | nobody counts as included what it lacks, whoever relayed what | here; the simulator |
//! | what may not hold a scope deletes nothing in it | here |
//! | timestamps increase, across restarts and clocks that step back | here; `crdt-core/tests/clock.rs` |
//! | a timestamp from too far ahead moves neither clock nor state | here; `crdt-core/tests/clock.rs`, `quarantine.rs` |
//! | of two writes to a register one wins, in any order and by any way | here; law kit |
//! | a token that is covered is visible, removals included | here; the simulator |
//! | a write that is durable at k members survives the loss of any k − 1 | here |
//! | no bytes make decoding panic or take more than its budget | law kit; `crdt-core/tests/wire.rs`, `damage.rs` |
//! | quarantine drains | here; `quarantine.rs`, the simulator |
//! | taking in a change costs what the change costs | `operations.rs` |

use std::collections::{BTreeMap, BTreeSet};

use crdt_core::{Merge, Reading, Timestamp};
use crdt_document::{Author, Document, WriteError};
use crdt_registers::LwwRegister;
use crdt_sets::{GSet, OrSet};
use crdt_sync::{
    Config, Durability, Event, Holders, Message, Opening, Peer, Replica, Scopes, Token,
    WriteError as Refused,
};

use crate::support::{Fleet, START_MS, Set, Store, add};

const LONG: u64 = 60_000;

fn remove(fleet: &mut Fleet<Set>, number: usize, element: u64) -> Token {
    let now = fleet.now();
    fleet.replicas[number].write(now, |set, _| set.remove(&element)).expect("open")
}

/// `SplitMix64`.
struct Random(u64);

impl Random {
    fn below(&mut self, bound: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ self.0 >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ mixed >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
        (mixed ^ mixed >> 31) % bound
    }

    fn index(&mut self, bound: usize) -> usize {
        usize::try_from(self.below(bound as u64)).expect("fits")
    }
}

/// Three replicas in a triangle whose messages are lost, repeated and late, with what each write
/// has brought about.
struct Storm {
    fleet: Fleet<Set>,
    under_way: Vec<(usize, Message)>,
    /// After each write, what was there: a state that covers the token has at least that.
    written: Vec<(Token, Set)>,
    random: Random,
}

impl Storm {
    fn new(seed: u64, config: &Config) -> Self {
        let mut fleet = Fleet::new(3, config);
        fleet.connect_all();
        fleet.run(100);
        Self { fleet, under_way: Vec::new(), written: Vec::new(), random: Random(seed) }
    }

    fn step(&mut self) {
        let number = self.random.index(3);
        let now = self.fleet.now();
        match self.random.below(10) {
            0 | 1 => {
                // Few elements, so that all write the same.
                let element = self.random.below(6);
                let token = if self.random.below(3) == 0 {
                    remove(&mut self.fleet, number, element)
                } else {
                    add(&mut self.fleet, number, element)
                };
                self.written.push((token, self.fleet.replicas[number].state().clone()));
            }
            2 => self.fleet.persist(number),
            3 => self.fleet.now_ms += 1 + self.random.below(400),
            4 | 5 => {
                let replica = &mut self.fleet.replicas[number];
                let said = std::iter::from_fn(|| replica.next_message(now)).map(|m| (number, m));
                self.under_way.extend(said);
            }
            _ if self.under_way.is_empty() => {}
            _ => {
                let place = self.random.index(self.under_way.len());
                let (from, message) = match self.random.below(4) {
                    0 => self.under_way[place].clone(),
                    _ => self.under_way.swap_remove(place),
                };
                if self.random.below(4) > 0 {
                    let to = usize::try_from(message.to.0).expect("small");
                    let to = &mut self.fleet.replicas[to];
                    // One of old may be refused.
                    let _refused = to.receive(Peer(from as u64), &message.bytes, now);
                }
            }
        }
    }

    /// Whether every replica that covers a token shows what was there when it was given.
    fn check(&self) {
        for (number, replica) in self.fleet.replicas.iter().enumerate() {
            for (token, state) in &self.written {
                if replica.covers(token) {
                    let mut joined = replica.state().clone();
                    assert!(!joined.merge_ref(state), "{number} covers {token} and lacks of it");
                }
            }
        }
    }
}

fn configs() -> [Config; 3] {
    let short = Config { max_message: 1_024, forward_delay_ms: 0, ..Config::default() };
    [
        Config::default(),
        Config { log_bytes: 0, ..Config::default() },
        Config { log_bytes: 40, ..short },
    ]
}

#[test]
fn a_covered_token_is_visible_at_every_moment_removals_and_equal_writes_included() {
    for config in configs() {
        for seed in 0..30 {
            let mut storm = Storm::new(seed, &config);
            for _ in 0..400 {
                storm.step();
                storm.check();
            }
            storm.under_way.clear();
            storm.fleet.run(10 * LONG);
            storm.check();
            assert!(storm.fleet.are_equal(), "seed {seed}");
            let all = |replica: &Replica<Set>| storm.written.iter().all(|(t, _)| replica.covers(t));
            assert!(storm.fleet.replicas.iter().all(all), "seed {seed}: in the end all is covered");
        }
    }
}

/// Three nodes and equal writes: one that relays what it had already written itself must not claim the
/// other's without having it.
#[test]
fn nobody_counts_as_included_what_it_lacks_when_equal_writes_are_relayed() {
    type Pair = (GSet<u8>, LwwRegister<u8>);
    let stamp = Timestamp::from_millis(START_MS).expect("in range");
    let mut fleet = Fleet::<Pair>::new(3, &Config::default());
    let mut tokens = Vec::new();
    for number in [0, 2] {
        let now = fleet.now();
        let write = |(set, register): &mut Pair, me| {
            (set.add(1), register.set(me, stamp, 1).expect("a stamp"))
        };
        tokens.push(fleet.replicas[number].write(now, write).expect("open"));
    }
    fleet.connect(0, 1);
    fleet.run(1_000);
    fleet.disconnect(0, 1);
    // The second has both, and neither was news to it in full.
    fleet.connect(1, 2);
    fleet.run(1_000);
    let greatest = fleet.replicas[1].state().clone();
    for number in [1, 2] {
        assert!(*fleet.replicas[number].state() == greatest);
        assert!(tokens.iter().all(|token| fleet.replicas[number].covers(token)), "at {number}");
    }
    assert!(!fleet.replicas[0].covers(&tokens[1]));
    fleet.connect(0, 2);
    fleet.run(1_000);
    assert!(fleet.are_equal());
    assert!(fleet.replicas[0].covers(&tokens[1]));
}

/// A stream of parts that breaks after each of them in turn.
#[test]
fn a_change_in_parts_counts_as_included_when_its_last_part_is_there_and_not_before() {
    type Long = GSet<Vec<u8>>;
    let config = Config { max_message: 1_024, ..Config::default() };
    for breaks_after in 0..24 {
        let mut fleet = Fleet::<Long>::new(2, &config);
        fleet.connect(0, 1);
        fleet.run(1_000);
        let now = fleet.now();
        let token = fleet.replicas[0].write(now, |set, _| set.add(vec![7; 10_000])).expect("open");
        let mut left = breaks_after;
        loop {
            let now = fleet.now();
            fleet.persist(0);
            fleet.persist(1);
            let Some(message) = fleet.replicas[0].next_message(now).filter(|_| left > 0) else {
                break;
            };
            left -= 1;
            fleet.replicas[1].receive(Peer(0), &message.bytes, now).expect("in order");
            assert_eq!(fleet.replicas[1].covers(&token), !fleet.replicas[1].state().is_empty());
            fleet.persist(1);
            while let Some(message) = fleet.replicas[1].next_message(now) {
                fleet.replicas[0].receive(Peer(1), &message.bytes, now).expect("in order");
            }
        }
        // The receiver ends and begins again, with what was durable.
        let store = fleet.stores[1].clone();
        let covered = fleet.replicas[1].covers(&token);
        fleet.reopen(1, &store);
        assert_eq!(fleet.replicas[1].covers(&token), covered);
        fleet.connect(0, 1);
        fleet.run(LONG);
        assert!(fleet.are_equal() && fleet.replicas[1].covers(&token), "after {breaks_after}");
    }
}

/// The acknowledgement of an opening that lost what it acknowledged must not be believed of the next:
/// the store went back to an earlier state.
#[test]
fn what_an_earlier_opening_acknowledged_counts_for_nothing() {
    let mut fleet = Fleet::<Set>::new(2, &Config::default());
    fleet.connect(0, 1);
    add(&mut fleet, 0, 1);
    fleet.run(1_000);
    let old = fleet.stores[1].clone();
    let lost = add(&mut fleet, 0, 2);
    let now = fleet.now();
    fleet.persist(0);
    while let Some(message) = fleet.replicas[0].next_message(now) {
        fleet.replicas[1].receive(Peer(0), &message.bytes, now).expect("in order");
    }
    fleet.persist(1);
    let later = Reading::wall(fleet.now_ms + 100);
    let stale: Vec<_> = std::iter::from_fn(|| fleet.replicas[1].next_message(later)).collect();
    assert!(!stale.is_empty(), "it acknowledges");
    assert!(fleet.replicas[1].covers(&lost));

    fleet.reopen(1, &old);
    fleet.connect(0, 1);
    fleet.now_ms += 100;
    let replica = fleet.replicas[1].id();
    fleet.persist(1);
    let greeting = fleet.replicas[1].next_message(later).expect("a greeting");
    // Before the greeting of the new opening and after it.
    for known in [false, true] {
        if known {
            fleet.replicas[0].receive(Peer(1), &greeting.bytes, later).expect("in order");
            assert_eq!(fleet.replicas[0].replica_of(Peer(1)), Some(replica));
        }
        for message in &stale {
            let received = fleet.replicas[0].receive(Peer(1), &message.bytes, later);
            assert!(received.is_err() == known);
        }
        assert!(!fleet.replicas[0].durable_at(&lost).any(|at| at == replica));
    }
    fleet.run(LONG);
    assert!(fleet.are_equal());
    assert!(fleet.replicas[1].covers(&lost));
    assert!(fleet.replicas[1].state().contains(&2));
}

/// Lets messages arrive between two for a while; the first is never told that anything is durable.
fn talk(fleet: &mut Fleet<Set>, (one, other): (usize, usize)) {
    for _ in 0..40 {
        fleet.now_ms += 100;
        let now = fleet.now();
        for (from, to) in [(one, other), (other, one)] {
            if from == other {
                fleet.persist(from);
            }
            while let Some(message) = fleet.replicas[from].next_message(now) {
                if message.to == Peer(to as u64) {
                    let received =
                        fleet.replicas[to].receive(Peer(from as u64), &message.bytes, now);
                    received.expect("in order");
                }
            }
        }
    }
}

/// Written here, relayed, or part of what a newcomer gets: a crash could still take it back.
#[test]
fn nothing_leaves_a_replica_before_it_is_durable() {
    for config in configs() {
        // To one that it is linked with, or that comes new, or that both have something of.
        for (has_met, has_own) in [(true, false), (false, false), (false, true)] {
            let mut fleet = Fleet::<Set>::new(3, &config);
            fleet.persist(0);
            if has_met {
                fleet.connect(0, 1);
                fleet.run(1_000);
            }
            if has_own {
                add(&mut fleet, 1, 1);
            }
            // One element of its own, and one that it has from somebody.
            add(&mut fleet, 0, 2);
            add(&mut fleet, 2, 3);
            fleet.connect(0, 2);
            talk(&mut fleet, (0, 2));
            // Without a log it would have to say what it holds itself, to learn what the other does.
            assert!(fleet.replicas[0].state().contains(&3) || config.log_bytes < 100);
            if !has_met {
                fleet.connect(0, 1);
            }
            talk(&mut fleet, (0, 1));
            for other in [1, 2] {
                let state = fleet.replicas[other].state();
                assert!(
                    !state.contains(&2),
                    "{has_met} {has_own}: not durable where it was written"
                );
            }
            assert!(!fleet.replicas[1].state().contains(&3), "{has_met} {has_own}: nor relayed");
            fleet.run(LONG);
            assert!(fleet.are_equal());
        }
    }
}

/// Every dot that was ever told has one content: whatever is durable when the process ends.
#[test]
fn after_a_crash_at_any_record_no_dot_that_was_told_is_written_anew() {
    let mut fleet = Fleet::<OrSet<(u64, u64)>>::new(2, &Config::default());
    fleet.connect(0, 1);
    fleet.run(1_000);
    // What each dot was seen with at the peer, who sees all that is ever told.
    let mut seen: BTreeMap<_, BTreeSet<(u64, u64)>> = BTreeMap::new();
    for round in 0..40 {
        // Some records are durable, and some messages told, when it ends; a crash loses the others.
        for step in 0..3 {
            let now = fleet.now();
            let write = |set: &mut OrSet<(u64, u64)>, me| set.add(me, (round, step));
            fleet.replicas[0].write(now, write).expect("open");
            if step < round % 4 {
                let record = fleet.replicas[0].next_record();
                if let Some(record) = record {
                    fleet.stores[0].records.push(record.bytes);
                    if round % 3 > 0 {
                        fleet.replicas[0].persisted(record.number);
                    }
                }
            }
            while let Some(message) = fleet.replicas[0].next_message(now) {
                let _refused = fleet.replicas[1].receive(Peer(0), &message.bytes, now);
            }
            note(&fleet.replicas[1], &mut seen);
        }
        let store = fleet.stores[0].clone();
        fleet.reopen(0, &store);
        fleet.connect(0, 1);
        if round % 5 == 0 {
            fleet.run(1_000);
        }
    }
    fleet.run(LONG);
    assert!(fleet.are_equal());
    note(&fleet.replicas[1], &mut seen);
    for (dot, contents) in &seen {
        assert_eq!(contents.len(), 1, "{dot:?} was {contents:?}");
    }
    assert!(seen.len() > 15, "{}", seen.len());
}

fn note(
    replica: &Replica<OrSet<(u64, u64)>>,
    seen: &mut BTreeMap<(crdt_core::ReplicaId, u64), BTreeSet<(u64, u64)>>,
) {
    let set = replica.state();
    for author in set.context().replicas() {
        for counter in set.context().runs(author).flatten() {
            let mut dot = crdt_core::CausalContext::new();
            dot.insert_run(author, counter..=counter);
            let dots = <OrSet<(u64, u64)> as crdt_core::Delta>::dots().expect("causal");
            let alone = dots.restrict(set, &dot);
            seen.entry((author, counter)).or_default().extend(alone.iter().copied());
        }
    }
}

/// Virginia may not hold what is European. Whatever it relays, it takes nothing away there.
#[test]
fn who_may_not_hold_a_scope_deletes_nothing_in_it_when_relaying() {
    let now_ms = Reading::wall(START_MS);
    let names = ["dublin", "virginia", "frankfurt"];
    let mut regions: Vec<Scopes<Set>> = Vec::new();
    for (seed, name) in (0..).zip(names) {
        let replica = |scope: u128| {
            Replica::new(&Opening::new(10 * seed + scope, now_ms), Config::volatile())
        };
        let mut scopes = Scopes::new();
        scopes.add("global", replica(1), Holders::anyone(), Reading::wall(START_MS));
        if name != "virginia" {
            scopes.add(
                "european",
                replica(2),
                Holders::only(["dublin", "frankfurt"]),
                Reading::wall(START_MS),
            );
        }
        regions.push(scopes);
    }
    // All that dublin and frankfurt hear of each other comes by way of virginia, at first.
    let run = |regions: &mut Vec<Scopes<Set>>, from_ms: u64| {
        for tick in 0..100 {
            let now = Reading::wall(from_ms + 100 * tick);
            for from in 0..3 {
                while let Some(message) = regions[from].next_message(now) {
                    let to = usize::try_from(message.to.0).expect("small");
                    let received = regions[to].receive(Peer(from as u64), &message.bytes, now);
                    received.expect("understood");
                }
            }
        }
    };
    let connect = |regions: &mut Vec<Scopes<Set>>, one: usize, other: usize, now: Reading| {
        regions[one].connect(Peer(other as u64), names[other], now);
        regions[other].connect(Peer(one as u64), names[one], now);
    };
    let write =
        |regions: &mut Vec<Scopes<Set>>, at: usize, scope: &str, element: u64, now: Reading| {
            let replica = regions[at].get_mut(scope).expect("there");
            replica.write(now, |set, me| set.add(me, element)).expect("open");
        };
    connect(&mut regions, 0, 1, now_ms);
    connect(&mut regions, 1, 2, now_ms);
    for (at, scope, element) in [
        (0, "global", 1),
        (0, "european", 2),
        (1, "global", 3),
        (2, "european", 4),
        (2, "global", 5),
    ] {
        write(&mut regions, at, scope, element, now_ms);
    }
    run(&mut regions, START_MS);
    for region in &regions {
        assert_eq!(region.get("global").expect("there").state().len(), 3);
    }
    let later = Reading::wall(START_MS + LONG);
    connect(&mut regions, 0, 2, later);
    run(&mut regions, START_MS + LONG);
    for region in [&regions[0], &regions[2]] {
        assert_eq!(region.get("european").expect("there").state().len(), 2);
        assert_eq!(region.get("global").expect("there").state().len(), 3);
    }
    assert!(regions[1].get("european").is_none());
}

#[test]
fn no_timestamp_is_given_out_twice_however_the_replica_ends_and_its_clock_runs() {
    type Name = LwwRegister<u64>;
    let mut random = Random(3);
    let mut store = Store::default();
    let mut latest = Timestamp::MIN;
    let mut given = 0;
    let mut wall_ms = START_MS;
    for opening in 0..60u128 {
        // The wall clock steps back now and then; what is durable of the records is up to chance.
        wall_ms = wall_ms + random.below(5_000) - random.below(4_000);
        let mut monotonic_ms = 1_000;
        let at = |wall_ms, monotonic_ms| Reading { wall_ms, monotonic_ms };
        let records = store.records.iter().map(Vec::as_slice);
        let begin = Opening::new(opening, at(wall_ms, monotonic_ms));
        let mut replica = Replica::<Name>::open(None, records, &begin, Config::default())
            .expect("a store in order");
        for _ in 0..20 {
            let passed = random.below(2_000);
            monotonic_ms += passed;
            wall_ms += passed;
            let now = at(wall_ms, monotonic_ms);
            let mut minted = None;
            let written = replica.write_stamped(now, |name, me, stamp| {
                minted = Some(stamp);
                name.set(me, stamp, 1).expect("a stamp")
            });
            assert!(matches!(written, Ok(_) | Err(Refused::Clock(_))));
            if let Some(stamp) = minted {
                assert!(stamp > latest, "{stamp:?} after {latest:?}, opening {opening}");
                latest = stamp;
                given += 1;
            }
            if random.below(3) > 0 {
                while let Some(record) = replica.next_record() {
                    store.records.push(record.bytes);
                    replica.persisted(record.number);
                }
            }
        }
        if random.below(3) == 0 {
            replica.close();
        }
        while let Some(record) = replica.next_record() {
            if random.below(2) == 0 {
                break;
            }
            store.records.push(record.bytes);
        }
    }
    assert!(given > 500, "{given}");
}

#[test]
fn a_refused_timestamp_moves_neither_clock_nor_state() {
    type Pair = (GSet<u8>, LwwRegister<u8>);
    let mut fleet = Fleet::<Pair>::new(2, &Config::default());
    fleet.connect(0, 1);
    fleet.run(1_000);
    let now = fleet.now();
    let far = Timestamp::from_millis(now.wall_ms + 1_000 * 3_600_000).expect("in range");
    let write =
        |(_, register): &mut Pair, me| (GSet::new(), register.set(me, far, 1).expect("a stamp"));
    fleet.replicas[0].write(now, write).expect("open");
    fleet.persist(0);
    let before = fleet.replicas[1].snapshot();
    let message = fleet.replicas[0].next_message(now).expect("the change");
    fleet.replicas[1].receive(Peer(0), &message.bytes, now).expect("understood");
    let is_refused = |event| matches!(event, Event::ValueRefused { .. });
    assert!(std::iter::from_fn(|| fleet.replicas[1].next_event()).any(is_refused));
    assert_eq!(fleet.replicas[1].snapshot(), before);
    let stamped = |(_, register): &mut Pair, me, stamp: Timestamp| {
        assert!(stamp.millis() <= now.wall_ms + 1, "{stamp:?} at {}", now.wall_ms);
        (GSet::default(), register.set(me, stamp, 2).expect("a stamp"))
    };
    fleet.replicas[1].write_stamped(now, stamped).expect("open");
}

#[test]
fn of_two_writes_the_same_wins_by_whatever_way_they_come() {
    let stamp = Timestamp::from_millis(START_MS).expect("in range");
    let mut winners = BTreeSet::new();
    // The ways: along a chain, by the middle first, by digest.
    let ways: [&[(usize, usize)]; 3] =
        [&[(0, 1), (1, 2), (2, 3)], &[(1, 2), (0, 3), (3, 1)], &[(2, 0), (3, 2), (1, 3)]];
    for config in configs() {
        for way in ways {
            let mut fleet = Fleet::<Document>::new(4, &config);
            for number in 0..4 {
                let now = fleet.now();
                let write = |doc: &mut Document, me| {
                    let written = doc.transact(Author::new(me, stamp), |tx| {
                        tx.register("name").set(format!("value {number}"))
                    });
                    written.map_err(|error: WriteError| error).expect("in order")
                };
                fleet.replicas[number].write(now, write).expect("open");
            }
            for (one, other) in way {
                fleet.connect(*one, *other);
                fleet.run(1_000);
            }
            fleet.run(LONG);
            assert!(fleet.are_equal());
            let winner = fleet.replicas[0].state().register("name").get().cloned();
            winners.insert(format!("{winner:?}"));
        }
    }
    assert_eq!(winners.len(), 1, "{winners:?}");
}

#[test]
fn a_write_that_two_members_hold_durably_survives_the_loss_of_any_one() {
    for lost in 0..3 {
        let mut fleet = Fleet::<Set>::new(3, &Config::default());
        let ids: Vec<_> = fleet.replicas.iter().map(Replica::id).collect();
        fleet.replicas[0].set_members(ids);
        fleet.connect(0, 1);
        fleet.run(1_000);
        let token = add(&mut fleet, 0, 7);
        assert!(!fleet.replicas[0].is_durable(&token, Durability::Members(1)));
        // The peer has merged it, and not made it durable.
        let now = fleet.now();
        fleet.persist(0);
        while let Some(message) = fleet.replicas[0].next_message(now) {
            fleet.replicas[1].receive(Peer(0), &message.bytes, now).expect("in order");
        }
        let later = Reading::wall(fleet.now_ms + 100);
        while let Some(message) = fleet.replicas[1].next_message(later) {
            fleet.replicas[0].receive(Peer(1), &message.bytes, later).expect("in order");
        }
        assert!(!fleet.replicas[0].is_durable(&token, Durability::Members(1)));
        fleet.run(1_000);
        assert!(fleet.replicas[0].is_durable(&token, Durability::Members(1)));

        // One loses all it has; the others begin again with what was durable.
        for number in 0..3 {
            let store =
                if number == lost { Store::default() } else { fleet.stores[number].clone() };
            fleet.reopen(number, &store);
        }
        fleet.connect_all();
        fleet.run(LONG);
        for replica in &fleet.replicas {
            assert!(replica.state().contains(&7) && replica.covers(&token), "without {lost}");
        }
    }
}

#[test]
fn quarantine_drains_and_tokens_come_after_it() {
    type Pair = (GSet<u64>, LwwRegister<u64>);
    let pauses = [3, 25, 500, 3_000];
    for (config, pause_ms) in configs().iter().flat_map(|c| pauses.map(|pause_ms| (c, pause_ms))) {
        let mut fleet = Fleet::<Pair>::new(4, config);
        for (one, other) in [(0, 1), (1, 2), (2, 0), (2, 3)] {
            fleet.connect(one, other);
        }
        fleet.run(1_000);
        let mut tokens = Vec::new();
        for value in 0..10 {
            let now = fleet.now();
            let ahead = Timestamp::from_millis(now.wall_ms + 100_000 * value).expect("in range");
            let write = |(set, register): &mut Pair, me| {
                (set.add(value), register.set(me, ahead, value).expect("a stamp"))
            };
            tokens.push(fleet.replicas[0].write(now, write).expect("open"));
            fleet.run(pause_ms);
        }
        assert!(fleet.replicas[1].quarantined().0 > 0);
        for _ in 0..100 {
            fleet.run(12_000);
            for (value, token) in (0..).zip(&tokens) {
                for replica in &fleet.replicas {
                    let (set, register) = replica.state();
                    let shows = set.contains(&value) && register.get() >= Some(&value);
                    assert!(shows || !replica.covers(token), "{value}");
                }
            }
        }
        assert!(fleet.are_equal());
        for replica in &fleet.replicas {
            assert_eq!(replica.quarantined(), (0, 0));
            assert!(tokens.iter().all(|token| replica.covers(token)));
        }
    }
}

#[test]
fn there_is_an_end_to_what_is_said_in_every_topology() {
    let topologies: [&[(usize, usize)]; 4] = [
        &[(0, 1), (1, 2), (2, 3), (3, 4)],
        &[(0, 1), (1, 2), (2, 3), (3, 4), (4, 0)],
        &[(0, 1), (0, 2), (0, 3), (0, 4)],
        &[(0, 1), (0, 2), (0, 3), (1, 2), (1, 3), (2, 3), (3, 4)],
    ];
    for config in configs() {
        for topology in topologies {
            let mut fleet = Fleet::<Set>::new(5, &config);
            for (one, other) in topology {
                fleet.connect(*one, *other);
            }
            for round in 0..5 {
                for number in 0..5 {
                    add(&mut fleet, number, round);
                    fleet.run(7);
                }
                remove(&mut fleet, 2, round);
                fleet.run(50);
            }
            fleet.run(10 * LONG);
            assert!(fleet.are_equal());
            fleet.forget_counts();
            fleet.run(100 * LONG);
            assert_eq!(fleet.total(), 0, "{topology:?}");
            for replica in &fleet.replicas {
                assert_eq!(replica.log_bytes(), 0, "{topology:?}");
            }
        }
    }
}

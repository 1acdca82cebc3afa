//! Data that may not go everywhere.

use std::collections::BTreeMap;

use crdt_core::Reading;
use crdt_sets::OrSet;
use crdt_sync::{Config, Holders, Opening, Peer, RelocateError, Replica, ScopeError, Scopes};

type Set = OrSet<String>;

const SECRET: &str = "eu-patients";

/// Scopes as each region has them, by name, all linked to all.
struct World {
    regions: BTreeMap<&'static str, Scopes<Set>>,
    now_ms: u64,
    /// All that each was ever sent.
    heard: BTreeMap<&'static str, Vec<u8>>,
}

const NAMES: [&str; 3] = ["dublin", "frankfurt", "virginia"];

impl World {
    fn new() -> Self {
        let now_ms = crate::support::START_MS;
        let mut world = Self { regions: BTreeMap::new(), now_ms, heard: BTreeMap::new() };
        for (place, name) in NAMES.into_iter().enumerate() {
            let replica = |seed: u128| {
                let opening = Opening::new(seed + 10 * place as u128, Reading::wall(now_ms));
                Replica::<Set>::new(&opening, Config::volatile())
            };
            let mut scopes = Scopes::new();
            scopes.add("global", replica(1), Holders::anyone(), Reading::wall(now_ms));
            if name != "virginia" {
                let holders = Holders::only(["dublin", "frankfurt"]);
                scopes.add(SECRET, replica(2), holders, Reading::wall(now_ms));
            }
            world.regions.insert(name, scopes);
        }
        for (name, scopes) in &mut world.regions {
            for (number, other) in (0..).zip(NAMES) {
                if *name != other {
                    scopes.connect(Peer(number), other, Reading::wall(now_ms));
                }
            }
        }
        world
    }

    fn now(&self) -> Reading {
        Reading::wall(self.now_ms)
    }

    fn write(&mut self, region: &str, scope: &str, element: &str) {
        let now = self.now();
        let replica = self.regions.get_mut(region).and_then(|scopes| scopes.get_mut(scope));
        let replica = replica.expect("it is there");
        replica.write(now, |set, me| set.add(me, element.into())).expect("open");
    }

    fn run(&mut self) {
        for _ in 0..100 {
            self.now_ms += 100;
            let now = self.now();
            let mut under_way = Vec::new();
            for (name, scopes) in &mut self.regions {
                while let Some(message) = scopes.next_message(now) {
                    under_way.push((*name, message));
                }
            }
            for (from, message) in under_way {
                let to = NAMES[usize::try_from(message.to.0).expect("small")];
                let number = NAMES.iter().position(|name| *name == from).expect("known");
                self.heard.entry(to).or_default().extend(&message.bytes);
                let scopes = self.regions.get_mut(to).expect("known");
                let received = scopes.receive(Peer(number as u64), &message.bytes, now);
                received.expect("understood");
            }
        }
    }

    fn holds(&self, region: &str, scope: &str, element: &str) -> bool {
        let replica = self.regions[region].get(scope);
        replica.is_some_and(|replica| replica.state().contains(element))
    }
}

fn contains(bytes: &[u8], text: &str) -> bool {
    bytes.windows(text.len()).any(|window| window == text.as_bytes())
}

#[test]
fn neither_bytes_nor_names_of_a_scope_reach_who_may_not_hold_it() {
    let mut world = World::new();
    world.write("dublin", SECRET, "alice");
    world.write("dublin", "global", "tea");
    world.run();
    assert!(world.holds("frankfurt", SECRET, "alice"));
    assert!(world.holds("virginia", "global", "tea"));
    let heard = &world.heard["virginia"];
    assert!(contains(heard, "tea"));
    assert!(!contains(heard, "alice") && !contains(heard, SECRET));
    let secret = world.regions["dublin"].get(SECRET).expect("there").id();
    let is_named = heard.windows(16).any(|window| window == secret.as_bytes());
    assert!(!is_named, "not even the ids that write there");
}

#[test]
fn a_forbidden_scope_is_refused_as_an_unknown_one_is() {
    let mut world = World::new();
    world.run();
    let now = world.now();
    let outsider = Peer(2);
    let mut told = Vec::new();
    for name in [SECRET, "eu-nothing!"] {
        // What a peer that guesses names would send.
        let mut guessing = Scopes::new();
        let opening = Opening::new(77, now);
        guessing.add(
            name,
            Replica::<Set>::new(&opening, Config::volatile()),
            Holders::anyone(),
            now,
        );
        guessing.connect(Peer(0), "dublin", now);
        let message = guessing.next_message(now).expect("a greeting");
        let dublin = world.regions.get_mut("dublin").expect("known");
        let refused = dublin.receive(outsider, &message.bytes, now).expect_err("not for virginia");
        assert_eq!(refused, ScopeError::Unavailable { name: name.into() });
        let answer = dublin.next_message(now).expect("why");
        assert_eq!(answer.to, outsider);
        let heard = guessing.receive(Peer(0), &answer.bytes, now).expect_err("a refusal");
        assert_eq!(heard, ScopeError::RefusedByPeer { name: name.into() });
        told.push(answer.bytes.len());
    }
    assert_eq!(told[0], told[1]);
}

#[test]
fn a_policy_that_becomes_stricter_ends_links_at_once() {
    let mut world = World::new();
    world.run();
    let now = world.now();
    let dublin = world.regions.get_mut("dublin").expect("known");
    assert!(dublin.set_holders(SECRET, Holders::only(["dublin"]), now));
    world.write("dublin", SECRET, "bob");
    let dublin = world.regions.get_mut("dublin").expect("known");
    while let Some(message) = dublin.next_message(now) {
        assert!(!contains(&message.bytes, SECRET));
    }
}

#[test]
fn what_moves_between_scopes_is_in_one_of_them() {
    let mut world = World::new();
    world.write("dublin", SECRET, "alice");
    world.run();
    let now = world.now();
    let dublin = world.regions.get_mut("dublin").expect("known");
    let moved = dublin.write_both((SECRET, "global"), now, |here, there, me, _| {
        let element = here.iter().next().cloned().ok_or("nothing to move")?;
        Ok::<_, &str>((here.remove(&element), there.add(me, element)))
    });
    moved.expect("both are there");
    world.run();
    assert!(world.holds("virginia", "global", "alice"));
    assert!(!world.holds("frankfurt", SECRET, "alice"));

    let dublin = world.regions.get_mut("dublin").expect("known");
    let again = dublin.write_both((SECRET, "global"), now, |here, there, me, _| {
        let element = here.iter().next().cloned().ok_or("nothing to move")?;
        Ok::<_, &str>((here.remove(&element), there.add(me, element)))
    });
    assert_eq!(again, Err(RelocateError::Change("nothing to move")));
    let nowhere = dublin.write_both((SECRET, "mars"), now, |_, _, _, _| Err("not called"));
    assert_eq!(nowhere, Err(RelocateError::NoSuchScope("mars".into())));
}

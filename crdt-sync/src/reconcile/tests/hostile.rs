//! Probes that no honest peer sends.

use alloc::collections::BTreeMap;
use alloc::string::String;
use alloc::sync::Arc;
use alloc::vec::Vec;

use crdt_core::wire::Wire;
use crdt_core::{CausalContext, ContentKey, Dotted};
use crdt_counters::GCounter;
use crdt_sets::{GSet, OrSet};

use super::super::probe::{Tag, begin, open};
use super::super::{ProbeError, Session};
use super::history::{Random, Written, replica, states};
use super::run;

/// Plays one end with probes of an honest one, of which one is tampered with.
fn tamper<S: Written>(seed: u64, steps: usize, keys: u64) {
    let states = states::<S>(seed, steps, keys);
    let (a, b) = (Arc::new(states[0].clone()), Arc::new(states[1].clone()));
    let honest = run(&a, &b, 1, 1).probes;
    let mut random = Random(seed);
    for _ in 0..300 {
        let target = random.index(honest.len());
        let mut probes: Vec<Vec<u8>> = honest.clone();
        let bytes = &mut probes[target];
        match random.below(4) {
            0 => bytes.truncate(random.index(bytes.len())),
            1 => bytes.push(0),
            _ => {
                let place = random.index(bytes.len());
                bytes[place] ^= 1 << random.below(8);
            }
        }
        if random.below(8) == 0 {
            probes.swap(target, random.index(honest.len()));
        }
        let Ok((mut end_b, _)) = Session::answer(b.clone(), b.clone(), 1, &probes[0]) else {
            continue;
        };
        let (mut end_a, _) = Session::open(a.clone(), a.clone(), ContentKey::from_u128(1), 1);
        for (place, probe) in probes.iter().enumerate().skip(1) {
            let heard = if place % 2 == 1 { end_a.hear(probe) } else { end_b.hear(probe) };
            if heard.is_err() {
                let again = if place % 2 == 1 { end_a.hear(probe) } else { end_b.hear(probe) };
                assert!(again.is_err(), "after an error a session is over");
            }
        }
    }
}

#[test]
fn tampered_probes_never_panic() {
    for seed in 0..6 {
        tamper::<OrSet<u64>>(seed, 40, 8);
        tamper::<GSet<u64>>(seed, 40, 100);
        tamper::<BTreeMap<String, GCounter>>(seed, 40, 8);
    }
    tamper::<OrSet<u64>>(7, 3_000, 2_000);
    tamper::<GSet<u64>>(7, 3_000, 20_000);
}

/// A run of 2^48 dots is one run to everything that looks at it.
#[test]
fn a_peer_that_claims_all_dots_is_answered_at_once() {
    let mut all = CausalContext::new();
    for number in 0..200 {
        all.insert_run(replica(number), 1..=1 << 48);
    }
    let forged = Arc::new(OrSet::<u64>::dead(all.clone()));
    let mut honest = OrSet::<u64>::new();
    for n in 0..1_000 {
        honest.add(replica(n % 7), n);
    }
    let honest = Arc::new(honest);
    for (a, b) in [(&forged, &honest), (&honest, &forged), (&forged, &forged)] {
        run(a, b, 3, 1);
        run(a, b, 3, 0);
    }

    // All of them live, which no state can hold, and told as it was announced.
    let key = ContentKey::from_u128(1);
    let mut seen = begin(Tag::Seen, &[]);
    key.write_to(&mut seen);
    false.write_to(&mut seen);
    all.write_to(&mut seen);
    let seen = seen.into_parts().0;
    let (mut session, _) =
        Session::answer(forged.clone(), forged.clone(), 1, &seen).expect("a first probe");
    let mut plain = begin(Tag::Plain, &[]);
    plain.varint(u64::MAX);
    plain.raw(&key.hash(&all).to_le_bytes());
    all.write_within(&all, &mut plain);
    let step = session.hear(&plain.into_parts().0).expect("nothing is wrong with it");
    assert_eq!(step.for_peer.as_ref(), Some(&*forged), "all are dead here");
}

#[test]
fn numbers_that_are_not_those_announced_are_refused() {
    let own: GSet<u64> = (0..50).collect();
    let own = Arc::new(own);
    let (mut session, _) = Session::open(own.clone(), own.clone(), ContentKey::from_u128(1), 1);
    let mut plain = begin(Tag::Plain, &[]);
    plain.varint(3);
    plain.raw(&[1; 16]);
    Vec::<u64>::from([1, 2, 3]).write_to(&mut plain);
    assert!(matches!(session.hear(&plain.into_parts().0), Err(ProbeError::Inconsistent)));
}

#[test]
fn many_cells_or_few_at_a_time_are_not_told() {
    let own: GSet<u64> = (0..5_000).collect();
    let own = Arc::new(own);
    let open = || {
        let key = ContentKey::from_u128(1);
        let (mut session, _) = Session::open(own.clone(), own.clone(), key, 1);
        let mut turn = begin(Tag::Turn, &[]);
        turn.varint(5_000);
        let step = session.hear(&turn.into_parts().0).expect("a turn");
        assert!(step.say.expect("cells").len() < 1_000);
        session
    };
    let more = |cells| {
        let mut more = begin(Tag::More, &[]);
        more.varint(cells);
        more.into_parts().0
    };
    assert!(matches!(open().hear(&more(1)), Err(ProbeError::Unexpected)));
    let mut session = open();
    let told = session.hear(&more(u64::MAX)).expect("all instead").say.expect("all");
    assert!(told.len() < 8 * 5_000 + 100, "all numbers, once");
    assert!(matches!(session.hear(&more(100)), Err(ProbeError::Unexpected)));
}

#[test]
fn a_peer_of_the_first_version_is_not_asked_for_sketches() {
    let own = Arc::new(GSet::<u64>::from_iter([1]));
    let (_, first) = Session::open(own.clone(), own.clone(), ContentKey::from_u128(1), 1);
    let refused = Session::answer(own.clone(), own, 0, &first).map(|_| ());
    assert_eq!(refused, Err(ProbeError::Unexpected));
}

/// What a sketch decodes to is a guess until the hash says that it is right.
#[test]
fn a_guess_that_the_hash_refutes_is_not_acted_on() {
    let states = states::<GSet<u64>>(7, 3_000, 20_000);
    let (a, b) = (Arc::new(states[0].clone()), Arc::new(states[1].clone()));
    let key = ContentKey::from_u128(1);
    let (mut opener, first) = Session::open(a.clone(), a.clone(), key, 1);
    let (mut answerer, step) = Session::answer(b.clone(), b.clone(), 1, &first).expect("honest");
    let (mut said, mut is_for_opener) = (step.say.expect("something"), true);
    let mut forged = false;
    loop {
        if open(&said, &[]).expect("a probe").0 == Tag::First {
            // The version, the tag, the number, and then the hash.
            let hash = 2 + if a.len().min(b.len()) < 1 << 14 { 2 } else { 3 };
            said[hash] ^= 1;
            forged = true;
        }
        let end = if is_for_opener { &mut opener } else { &mut answerer };
        let step = end.hear(&said).expect("it asks for all, then");
        said = step.say.expect("something");
        is_for_opener = !is_for_opener;
        let tag = open(&said, &[]).expect("a probe").0;
        assert!(step.for_peer.is_none() && step.for_me.is_none() && tag != Tag::Found);
        if tag == Tag::Plain {
            break;
        }
    }
    assert!(forged);
}

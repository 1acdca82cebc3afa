//! The bytes of probes, as they were released. Those of digests have golden files of their own, with
//! their types.

use alloc::string::String;
use alloc::sync::Arc;
use alloc::vec::Vec;
use core::fmt::Debug;

use crdt_core::laws::golden_bytes;
use crdt_core::{ContentKey, Delta};
use crdt_sets::{GSet, OrSet};

use super::super::probe::Tag;
use super::history::replica;
use super::run;

/// A session with key 7 says what is in the file, probe by probe.
fn check<S: Delta + Debug>(golden: &str, a: S, b: S) {
    let outcome = run(&Arc::new(a), &Arc::new(b), 7, 1);
    let mut said = outcome.probes.iter();
    for probe in golden.split("# probe: ").skip(1) {
        let (_, bytes) = probe.split_once('\n').expect("bytes");
        assert_eq!(said.next(), Some(&golden_bytes(bytes)), "{}", hex(&outcome.probes));
    }
    assert_eq!(said.next(), None, "{}", hex(&outcome.probes));
}

fn hex(probes: &[Vec<u8>]) -> String {
    use core::fmt::Write;
    let mut text = String::new();
    for probe in probes {
        text.push_str("\n# probe:\n");
        for byte in probe {
            let _infallible = write!(text, "{byte:02x}");
        }
    }
    text
}

fn set(elements: &[u8]) -> OrSet<u8> {
    let mut set = OrSet::new();
    for element in elements {
        set.add(replica(1), *element);
    }
    set
}

fn g_set(elements: impl IntoIterator<Item = u64>) -> GSet<u64> {
    elements.into_iter().collect()
}

#[test]
fn dots() {
    let (mut a, mut b) = (set(&[1, 2, 3]), set(&[1, 2, 3]));
    a.remove(&1);
    a.add(replica(2), 4);
    b.remove(&2);
    check(include_str!("../../../tests/golden/session_dots.hex"), a, b);
}

#[test]
fn equal_dots() {
    let equal = set(&[1, 2, 3]);
    check(include_str!("../../../tests/golden/session_equal.hex"), equal.clone(), equal);
}

#[test]
fn parts() {
    let (a, b) = (g_set([1, 2, 3]), g_set([3, 4]));
    check(include_str!("../../../tests/golden/session_parts.hex"), a, b);
}

/// Cells take too much room to be looked at: their hash stands for them.
#[test]
fn sketches() {
    let few = g_set(0..5_000u64);
    let many = g_set((100..5_000u64).chain(10_000..10_200));
    let outcome = run(&Arc::new(few), &Arc::new(many), 7, 1);
    for tag in [Tag::Turn, Tag::First, Tag::More, Tag::Cells, Tag::Found] {
        assert!(outcome.has_said(tag), "{tag:?}");
    }
    let hash = ContentKey::from_u128(7).hash(&outcome.probes);
    assert_eq!(hash, 0xfa97_de50_f490_7a3a_b783_db1d_9e6a_dccb, "{hash:#x}");
}

/// Where nearly all differs, the cells asked for would be longer than what they tell of.
#[test]
fn numbers_instead_of_cells() {
    let (a, b) = (g_set(0..500u64), g_set(10_000..10_600u64));
    let outcome = run(&Arc::new(a), &Arc::new(b), 7, 1);
    assert!(outcome.has_said(Tag::Plainly) && outcome.has_said(Tag::Plain));
    let hash = ContentKey::from_u128(7).hash(&outcome.probes);
    assert_eq!(hash, 0x5a68_fc08_dd72_4d3c_e03a_7743_db70_b2b4, "{hash:#x}");
}

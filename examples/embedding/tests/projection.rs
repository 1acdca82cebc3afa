//! The rows of a table of one's own are what is in the cart, whatever has happened.

mod support;

use core::mem::replace;

use embedding::Store;
use support::{Disk, items, meet};

const NOW: u64 = 1_000_000;

/// The rows, read from the database, and the cart, from memory.
fn assert_equal(store: &Store, when: &str) {
    assert_eq!(store.items_from("").unwrap(), items(store), "{when}");
}

/// A sequence that looks random and is the same every time (Vigna 2015, splitmix64).
struct Chance(u64);

impl Chance {
    fn below(&mut self, bound: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (mixed ^ (mixed >> 31)) % bound
    }

    fn index(&mut self, length: usize) -> usize {
        usize::try_from(self.below(length as u64)).unwrap()
    }
}

/// Three stores that write, meet, crash, and come back from backups under an id that is in use.
#[test]
fn the_rows_equal_the_cart_after_every_step_of_random_histories() {
    let (mut vanished, mut renewals) = (0, 0_u32);
    for seed in 0..32 {
        let mut chance = Chance(seed);
        let mut disks = [(); 3].map(|()| Disk::default());
        let mut stores = disks.each_ref().map(Disk::open);
        let mut backup = disks[0].image();
        for step in 0..64 {
            let at = chance.index(3);
            let item = ["apple", "fig", "pear", "plum"][chance.index(4)];
            match chance.below(16) {
                0..5 => stores[at].add(item).unwrap(),
                5..8 => stores[at].remove(item).unwrap(),
                8..12 => {
                    let [one, other] = stores.get_disjoint_mut([at, (at + 1) % 3]).unwrap();
                    let before = one.items_from("").unwrap();
                    let renewals_before = one.renewals() + other.renewals();
                    meet(one, other, NOW).unwrap();
                    renewals += one.renewals() + other.renewals() - renewals_before;
                    assert_equal(other, &format!("seed {seed}, step {step}, who was met"));
                    let gone = before.iter().filter(|item| !one.cart().contains(item.as_str()));
                    vanished += gone.count();
                }
                12 => stores[at].compact().unwrap(),
                13 => {
                    disks[at] = Disk::holding(disks[at].image_after(disks[at].syncs()));
                    stores[at] = disks[at].open();
                }
                14 => {
                    let (disk, elsewhere) = (disks[at].clone(), Disk::default().open());
                    replace(&mut stores[at], elsewhere).close().unwrap();
                    backup = disk.image();
                    stores[at] = disk.open();
                }
                _ => {
                    disks[at] = Disk::holding(backup.clone());
                    stores[at] = disks[at].open();
                }
            }
            assert_equal(&stores[at], &format!("seed {seed}, step {step}"));
        }
    }
    assert!(vanished > 50, "merges took things away: {vanished}");
    assert!(renewals > 10, "ids were found to be in use: {renewals}");
}

#[test]
fn the_rows_are_as_durable_as_the_log() {
    let disk = Disk::default();
    let mut store = disk.open();
    let opened = disk.syncs();
    for n in 0..9 {
        store.add(&format!("item {}", n % 4)).unwrap();
        store.remove(&format!("item {}", n % 3)).unwrap();
    }
    for sync in opened..=disk.syncs() {
        let survivor = Disk::holding(disk.image_after(sync)).open();
        assert_equal(&survivor, &format!("after sync {sync}"));
    }
}

#[test]
fn rows_are_found_by_their_first_letters() {
    let mut store = Disk::default().open();
    assert_eq!(store.items_from("p").unwrap(), [""; 0]);
    for item in ["plum", "apple", "pear", "quince"] {
        store.add(item).unwrap();
    }
    assert_eq!(store.items_from("p").unwrap(), ["pear", "plum"]);
    store.remove("pear").unwrap();
    assert_eq!(store.items_from("p").unwrap(), ["plum"]);
}

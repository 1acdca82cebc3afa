//! Every library crate, used without the standard library.
//!
//! This crate brings a panic handler and an allocator of its own. The standard library brings a
//! panic handler as well, and there may be only one: as soon as any crate below links `std`, the
//! build stops with `found duplicate lang item panic_impl`. To see it happen, add
//! `features = ["std"]` to a library in `Cargo.toml`.

#![no_std]

extern crate alloc;

use alloc::string::String;
use alloc::vec::Vec;
use core::panic::PanicInfo;

use crdt_core::wire::DecodeError;
use crdt_core::{Delta, Merge, Reading, ReplicaId, Timestamp, Wire};
use crdt_counters::{GCounter, PnCounter, ResettableCounter};
use crdt_document::{Author, Document};
use crdt_registers::{LwwRegister, MvRegister};
use crdt_sets::{GSet, OrSet};
use crdt_sync::{Config, Opening, Peer, ReceiveError, Replica};

#[global_allocator]
static ALLOCATOR: dlmalloc::GlobalDlmalloc = dlmalloc::GlobalDlmalloc;

#[panic_handler]
fn stop(_: &PanicInfo<'_>) -> ! {
    loop {
        core::hint::spin_loop();
    }
}

type Counters = (GCounter, PnCounter, ResettableCounter);
type Sets = (GSet<String>, OrSet<String>);
type Registers = (LwwRegister<u64>, MvRegister<u64>);
type State = (Counters, Sets, Registers, Document);

/// One write to a value of every type, encoded.
pub fn write(me: ReplicaId, timestamp: Timestamp) -> Vec<u8> {
    let mut state = State::default();
    let (counters, sets, registers, document) = &mut state;
    let _ = counters.0.increment(me);
    let _ = counters.1.decrement(me);
    let _ = counters.2.increment(me);
    counters.2.reset();
    sets.0.add("urgent".into());
    sets.1.add(me, "apple".into());
    sets.1.remove("apple");
    let _ = registers.0.set(me, timestamp, 1);
    registers.1.set(me, 2);
    let _ = document.transact(Author::new(me, timestamp), |tx| {
        tx.counter("likes").increment(1)?;
        tx.set("cart").add("apple")?;
        tx.register("name").set("Alice")
    });
    state.encode()
}

/// What the second lacks of the first, merged and encoded.
///
/// # Errors
///
/// When the bytes are not what [`write`] returns.
pub fn bring_up_to_date(ahead: &[u8], behind: &[u8]) -> Result<Vec<u8>, DecodeError> {
    let ahead = State::decode(ahead)?;
    let mut behind = State::decode(behind)?;
    behind.merge(ahead.delta_since(&behind.digest()));
    Ok(behind.encode())
}

/// A replica of the state, and what it says to a peer that has sent it `message`.
///
/// # Errors
///
/// When it refuses the message.
pub fn answer(seed: u128, message: &[u8], wall_ms: u64) -> Result<Vec<Vec<u8>>, ReceiveError> {
    let (now, peer) = (Reading::wall(wall_ms), Peer(0));
    let mut replica = Replica::<Document>::new(&Opening::new(seed, now), Config::volatile());
    replica.connect(peer, now);
    replica.receive(peer, message, now)?;
    Ok(core::iter::from_fn(|| replica.next_message(now)).map(|message| message.bytes).collect())
}

//! Two replicas that never meet: a memory stick is carried between them, and messages are files.
//!
//! Any transport will do for a replica: slow, one-way at a time, with copies and losses. What is
//! carried by hand takes hours, and arrives as it can. `cargo run -p crdt-sync --example folder`,
//! with a folder of your own as an argument if you want to see the files.
//!
//! The replicas live on while the stick is under way: a message is addressed to the opening of a
//! replica that asked for it, so one that was closed and opened again begins with a new greeting.
//! Programs that end after every visit carry snapshots: `Replica::merge_snapshot`.

use std::error::Error;
use std::fs;
use std::path::Path;

use crdt_core::Reading;
use crdt_counters::GCounter;
use crdt_sync::{Config, Opening, Peer, Replica};

type Likes = GCounter;

const HOUR_MS: u64 = 3_600_000;

/// One end of the way: a replica, and the name under which its mail is found on the stick.
struct Station {
    name: &'static str,
    other: &'static str,
    replica: Replica<Likes>,
    /// How many files it has written.
    written: u64,
}

/// The only peer there is.
const OTHER: Peer = Peer(0);

impl Station {
    fn new(name: &'static str, other: &'static str, random_bits: u128, now: Reading) -> Self {
        let mut replica = Replica::new(&Opening::new(random_bits, now), Config::volatile());
        // A link is there for as long as sticks are carried.
        replica.connect(OTHER, now);
        Self { name, other, replica, written: 0 }
    }

    /// The stick is plugged in: takes in what is addressed here, and leaves what is to be said.
    /// Returns how many files there are for the other.
    fn visit(&mut self, stick: &Path, now: Reading) -> Result<u64, Box<dyn Error>> {
        let mail = format!("to-{}-", self.name);
        let mut files = Vec::new();
        for file in fs::read_dir(stick)? {
            let path = file?.path();
            let name = path.file_name().unwrap_or_default().to_string_lossy();
            if name.starts_with(&mail) {
                files.push(path);
            }
        }
        files.sort();
        for path in files {
            // A stick that was pulled out early leaves half a file: that is refused, as a whole, and
            // what it said is said again.
            if let Err(why) = self.replica.receive(OTHER, &fs::read(&path)?, now) {
                println!("{}: {} is refused: {why}", self.name, path.display());
            }
            fs::remove_file(path)?;
        }
        let before = self.written;
        while let Some(message) = self.replica.next_message(now) {
            self.written += 1;
            let name = format!("to-{}-{:06}", self.other, self.written);
            fs::write(stick.join(name), &message.bytes)?;
        }
        Ok(self.written - before)
    }
}

fn carry(stick: &Path) -> Result<(), Box<dyn Error>> {
    let mut now = Reading::wall(1_700_000_000_000);
    let mut berlin = Station::new("berlin", "lima", 1, now); // random bits, in earnest
    let mut lima = Station::new("lima", "berlin", 2, now);
    let count = |likes: &mut Likes, me, by| likes.increment_by(me, by).unwrap_or_default();
    berlin.replica.write(now, |likes, me| count(likes, me, 50))?;
    lima.replica.write(now, |likes, me| count(likes, me, 30))?;

    for trip in 1.. {
        let files = berlin.visit(stick, now)?;
        if trip == 2 {
            // Half of one file is lost on the way.
            damage(stick, "to-lima-")?;
        }
        now = Reading::wall(now.wall_ms + HOUR_MS);
        let answers = lima.visit(stick, now)?;
        now = Reading::wall(now.wall_ms + HOUR_MS);
        let (here, there) = (berlin.replica.state().value(), lima.replica.state().value());
        println!("trip {trip}: {files} files there, {answers} back; berlin {here}, lima {there}");
        if files == 0 && answers == 0 {
            break;
        }
    }

    // Nobody has anything left to say, and both count the same.
    assert_eq!(berlin.replica.state().value(), 80);
    assert_eq!(berlin.replica.state(), lima.replica.state());
    Ok(())
}

/// Cuts one file short, if there is one.
fn damage(stick: &Path, start: &str) -> Result<(), Box<dyn Error>> {
    for file in fs::read_dir(stick)? {
        let path = file?.path();
        if path.file_name().unwrap_or_default().to_string_lossy().starts_with(start) {
            let bytes = fs::read(&path)?;
            return Ok(fs::write(&path, &bytes[..bytes.len() / 2])?);
        }
    }
    Ok(())
}

fn main() -> Result<(), Box<dyn Error>> {
    match std::env::args_os().nth(1) {
        Some(folder) => carry(Path::new(&folder)),
        None => carry(tempfile::tempdir()?.path()),
    }
}

#[test]
fn both_count_the_same_in_the_end() {
    carry(tempfile::tempdir().expect("a folder").path()).expect("runs");
}

//! What happens in a run, step by step.

use alloc::vec::Vec;
use core::fmt;

use super::dice::Dice;
use super::setup::{Setup, Troubles};

/// One thing that happens. Each brings its own seed, so that it means the same when others before
/// it are left out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Step {
    pub(super) what: What,
    pub(super) seed: u64,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum What {
    /// Some writes, one after the other.
    Write {
        host: usize,
        times: u64,
    },
    /// Time passes.
    Pass {
        ms: u64,
    },
    /// One direction carries nothing any more.
    Cut {
        from: usize,
        to: usize,
    },
    /// It carries again.
    Mend {
        from: usize,
        to: usize,
    },
    /// How messages fare from here on: chances in percent, and the longest delay.
    Weather {
        loss: u64,
        repeat: u64,
        damage: u64,
        delay_ms: u64,
    },
    /// The connection between two is gone, or there anew. `one_sided`: one end does not notice.
    Link {
        one: usize,
        other: usize,
        one_sided: bool,
    },
    Unlink {
        one: usize,
        other: usize,
        one_sided: bool,
    },
    Crash {
        host: usize,
    },
    /// A process ends in good order.
    Close {
        host: usize,
    },
    Start {
        host: usize,
    },
    /// The host stores a snapshot.
    Snapshot {
        host: usize,
    },
    /// A copy of the disk is put aside …
    Backup {
        host: usize,
    },
    /// … and takes the place of the disk.
    Restore {
        host: usize,
    },
    /// A copy of the disk becomes one of another host, after a clean end or a crash.
    Copy {
        host: usize,
        clean: bool,
    },
    /// The wall clock jumps, and the operator may say that it is right.
    Jump {
        host: usize,
        ms: i64,
        confirmed: bool,
    },
    /// A host comes that has nothing yet.
    Join,
    /// A host is gone for good.
    Leave {
        host: usize,
    },
    /// One host waits no more for another.
    Retire {
        host: usize,
        other: usize,
    },
    /// What waits in quarantine is dropped: of this host, or of the first where something waits.
    Discard {
        host: usize,
    },
    /// A process ends, and goes on with the newest minor version.
    Upgrade {
        host: usize,
    },
}

impl What {
    /// The greatest number of a host that it is about.
    pub(super) fn last_host(&self) -> usize {
        match *self {
            Self::Pass { .. } | Self::Weather { .. } | Self::Join => 0,
            Self::Cut { from, to } | Self::Mend { from, to } => from.max(to),
            Self::Link { one, other, .. } | Self::Unlink { one, other, .. } => one.max(other),
            Self::Retire { host, other } => host.max(other),
            Self::Write { host, .. }
            | Self::Crash { host }
            | Self::Close { host }
            | Self::Start { host }
            | Self::Snapshot { host }
            | Self::Backup { host }
            | Self::Restore { host }
            | Self::Copy { host, .. }
            | Self::Jump { host, .. }
            | Self::Leave { host }
            | Self::Discard { host }
            | Self::Upgrade { host } => host,
        }
    }
}

impl fmt::Display for Step {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = Name;
        match &self.what {
            What::Write { host, times: 1 } => write!(f, "{} writes", name(*host)),
            What::Write { host, times } => write!(f, "{} writes {times} times", name(*host)),
            What::Pass { ms } => write!(f, "{ms} ms pass"),
            What::Cut { from, to } => {
                write!(f, "nothing gets from {} to {}", name(*from), name(*to))
            }
            What::Mend { from, to } => {
                write!(f, "messages get from {} to {} again", name(*from), name(*to))
            }
            What::Weather { loss, repeat, damage, delay_ms } => write!(
                f,
                "from now on {loss} % of messages are lost, {repeat} % repeated, {damage} % \
                 damaged, all up to {delay_ms} ms late"
            ),
            What::Link { one, other, one_sided } => {
                write!(f, "{} and {} connect{}", name(*one), name(*other), unnoticed(*one_sided))
            }
            What::Unlink { one, other, one_sided } => {
                write!(f, "{} and {} disconnect{}", name(*one), name(*other), unnoticed(*one_sided))
            }
            What::Crash { host } => write!(f, "{} crashes", name(*host)),
            What::Close { host } => write!(f, "{} is closed", name(*host)),
            What::Start { host } => write!(f, "{} starts", name(*host)),
            What::Snapshot { host } => write!(f, "{} stores a snapshot", name(*host)),
            What::Backup { host } => write!(f, "a backup is made of {}", name(*host)),
            What::Restore { host } => write!(f, "{} is restored from its backup", name(*host)),
            What::Copy { host, clean: true } => {
                write!(f, "{} is closed, its disk copied, and both copies start", name(*host))
            }
            What::Copy { host, clean: false } => {
                write!(f, "the disk of {} is copied, and the copy starts too", name(*host))
            }
            What::Jump { host, ms, confirmed } => write!(
                f,
                "the clock of {} jumps by {ms} ms{}",
                name(*host),
                if *confirmed { ", which is confirmed" } else { "" }
            ),
            What::Join => f.write_str("somebody comes who has nothing yet"),
            What::Leave { host } => write!(f, "{} is gone for good", name(*host)),
            What::Retire { host, other } => {
                write!(f, "{} waits no more for {}", name(*host), name(*other))
            }
            What::Discard { host } => write!(f, "{} empties its quarantine", name(*host)),
            What::Upgrade { host } => write!(f, "{} is upgraded", name(*host)),
        }
    }
}

const fn unnoticed(one_sided: bool) -> &'static str {
    if one_sided { ", which the second does not notice" } else { "" }
}

/// The letter of a host.
pub(super) struct Name(pub(super) usize);

impl fmt::Display for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let letter = u8::try_from(self.0).ok().filter(|place| *place < 26);
        match letter {
            Some(place) => write!(f, "{}", char::from(b'A' + place)),
            None => write!(f, "#{}", self.0),
        }
    }
}

/// The most hosts that there are, latecomers and copies among them.
pub(super) const MOST_HOSTS: usize = 7;

/// The steps of a run.
pub(super) fn schedule(setup: &Setup, steps: usize) -> Vec<Step> {
    let mut dice = Dice::new(setup.seed, 2);
    let (hosts, kinds) = (setup.configs.len(), kinds(setup.troubles));
    // Those that come later, copies of disks among them, take part as soon as they are there.
    let may_grow = setup.troubles.copies || setup.troubles.membership;
    let most = if may_grow { MOST_HOSTS } else { hosts };
    let step = |_| Step { what: draw(&mut dice, hosts, most, &kinds), seed: dice.bits() };
    (0..steps).map(step).collect()
}

#[derive(Clone, Copy)]
enum Kind {
    Write,
    Pass,
    Wait,
    Cut,
    Mend,
    Weather,
    Link,
    Unlink,
    Crash,
    Close,
    Start,
    Snapshot,
    Backup,
    Restore,
    Copy,
    Jump,
    Join,
    Leave,
    Retire,
    Discard,
    Upgrade,
}

/// The kinds that there are, each as often as it is to be drawn.
fn kinds(troubles: Troubles) -> Vec<Kind> {
    let mut kinds = Vec::new();
    let mut add = |is_on: bool, times: usize, kind: Kind| {
        kinds.extend(core::iter::repeat_n(kind, if is_on { times } else { 0 }));
    };
    let ends = troubles.crashes || troubles.restores || troubles.copies || troubles.versions;
    add(true, 30, Kind::Write);
    add(true, 22, Kind::Pass);
    add(true, 3, Kind::Wait);
    add(troubles.cuts, 5, Kind::Cut);
    add(troubles.cuts, 6, Kind::Mend);
    add(troubles.datagrams, 4, Kind::Weather);
    add(troubles.relinks, 5, Kind::Unlink);
    add(troubles.relinks, 7, Kind::Link);
    add(troubles.crashes, 5, Kind::Crash);
    add(troubles.crashes, 3, Kind::Close);
    add(ends, 9, Kind::Start);
    add(true, 3, Kind::Snapshot);
    add(troubles.restores, 4, Kind::Backup);
    add(troubles.restores, 3, Kind::Restore);
    add(troubles.copies, 2, Kind::Copy);
    add(troubles.clocks, 6, Kind::Jump);
    add(troubles.clocks, 8, Kind::Discard);
    add(troubles.membership, 2, Kind::Join);
    add(troubles.membership, 1, Kind::Leave);
    add(troubles.membership, 2, Kind::Retire);
    add(troubles.versions, 2, Kind::Upgrade);
    kinds
}

fn draw(dice: &mut Dice, hosts: usize, most: usize, kinds: &[Kind]) -> What {
    let hosts = if most > hosts && dice.percent(30) { most.min(hosts + 2) } else { hosts };
    let host = dice.place(hosts);
    let other = (host + 1 + dice.place(hosts - 1)) % hosts;
    let one_sided = dice.percent(30);
    match dice.one_of(kinds) {
        Kind::Write => What::Write { host, times: dice.one_of(&[1, 1, 1, 2, 5]) },
        Kind::Pass => What::Pass { ms: dice.one_of(&[1, 5, 20, 100, 500, 2_000]) },
        Kind::Wait => What::Pass { ms: dice.one_of(&[10_000, 30_000, 120_000]) },
        Kind::Cut => What::Cut { from: host, to: other },
        Kind::Mend => What::Mend { from: host, to: other },
        Kind::Weather => What::Weather {
            loss: dice.one_of(&[0, 0, 10, 30, 60]),
            repeat: dice.one_of(&[0, 10, 50]),
            damage: dice.one_of(&[0, 0, 10]),
            delay_ms: dice.one_of(&[1, 20, 200, 3_000]),
        },
        Kind::Link => What::Link { one: host, other, one_sided },
        Kind::Unlink => What::Unlink { one: host, other, one_sided },
        Kind::Crash => What::Crash { host },
        Kind::Close => What::Close { host },
        Kind::Start => What::Start { host },
        Kind::Snapshot => What::Snapshot { host },
        Kind::Backup => What::Backup { host },
        Kind::Restore => What::Restore { host },
        Kind::Copy => What::Copy { host, clean: dice.percent(60) },
        Kind::Jump => {
            let ms = dice.one_of(&[-600_000, -5_000, -500, 500, 5_000, 50_000, 600_000]);
            What::Jump { host, ms, confirmed: dice.percent(50) }
        }
        Kind::Join => What::Join,
        Kind::Leave => What::Leave { host },
        Kind::Retire => What::Retire { host, other },
        Kind::Discard => What::Discard { host },
        Kind::Upgrade => What::Upgrade { host },
    }
}

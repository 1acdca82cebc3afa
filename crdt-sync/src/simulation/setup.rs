//! What kind of world a seed stands for: who is in it, who is linked to whom, what goes wrong.

use alloc::collections::BTreeSet;
use alloc::vec::Vec;

use crdt_core::Limits;

use super::dice::Dice;
use crate::{Config, MINOR};

/// Who is linked to whom.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Topology {
    /// Everybody with everybody.
    Mesh,
    /// Each with the next, and the last with the first.
    Ring,
    /// All with the first.
    Star,
    /// Each with the next.
    Chain,
}

impl Topology {
    pub(super) fn links(self, hosts: usize) -> BTreeSet<(usize, usize)> {
        let pairs = (0..hosts).flat_map(|one| (one + 1..hosts).map(move |other| (one, other)));
        let is_there = |(one, other): &(usize, usize)| match self {
            Self::Mesh => true,
            Self::Ring => *other == one + 1 || (*one == 0 && *other == hosts - 1),
            Self::Star => *one == 0,
            Self::Chain => *other == one + 1,
        };
        pairs.filter(is_there).collect()
    }
}

/// Which kinds of trouble there are in a world. All that a seed draws are on for about half of the
/// worlds, so that each kind is also met without the others.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(clippy::struct_excessive_bools, reason = "each is there or not")]
pub struct Troubles {
    /// Messages are lost, repeated, reordered and late, and arrive after their connection is gone.
    /// Otherwise links are like those of TCP: in order, and whole while they last.
    pub datagrams: bool,
    /// Links carry nothing for a while, in one direction or both.
    pub cuts: bool,
    /// Links come and go.
    pub relinks: bool,
    /// Processes end without warning, and lose what their disk had not synced.
    pub crashes: bool,
    /// Disks are replaced by older copies of themselves.
    pub restores: bool,
    /// Disks are copied, and both copies go on.
    pub copies: bool,
    /// Wall clocks jump, both ways.
    pub clocks: bool,
    /// Hosts come late, or leave for good.
    pub membership: bool,
    /// Messages are so small that changes are cut up, and logs so short that states are compared.
    pub tightness: bool,
    /// Some speak the minor version before this one.
    pub versions: bool,
}

impl Troubles {
    /// All there are.
    pub const ALL: Self = Self {
        datagrams: true,
        cuts: true,
        relinks: true,
        crashes: true,
        restores: true,
        copies: true,
        clocks: true,
        membership: true,
        tightness: true,
        versions: true,
    };

    /// None: everybody is up, and everything arrives.
    pub const NONE: Self = Self {
        datagrams: false,
        cuts: false,
        relinks: false,
        crashes: false,
        restores: false,
        copies: false,
        clocks: false,
        membership: false,
        tightness: false,
        versions: false,
    };

    fn draw(self, dice: &mut Dice) -> Self {
        let mut draw = |is_on: bool, chance| dice.percent(chance) && is_on;
        Self {
            datagrams: draw(self.datagrams, 60),
            cuts: draw(self.cuts, 60),
            relinks: draw(self.relinks, 50),
            crashes: draw(self.crashes, 60),
            restores: draw(self.restores, 30),
            copies: draw(self.copies, 25),
            clocks: draw(self.clocks, 35),
            membership: draw(self.membership, 30),
            tightness: draw(self.tightness, 50),
            versions: draw(self.versions, 35),
        }
    }
}

/// What a seed stands for, before anything has happened.
#[derive(Clone, Debug)]
pub(super) struct Setup {
    pub(super) seed: u64,
    pub(super) topology: Topology,
    pub(super) troubles: Troubles,
    /// Whether everybody listens to what all others say to everybody, besides the links.
    pub(super) is_broadcast: bool,
    pub(super) configs: Vec<Config>,
}

impl Setup {
    pub(super) fn draw(
        seed: u64,
        hosts: Option<usize>,
        topology: Option<Topology>,
        troubles: Troubles,
        template: &Config,
    ) -> Self {
        let mut dice = Dice::new(seed, 1);
        let all = [Topology::Mesh, Topology::Ring, Topology::Star, Topology::Chain];
        let drawn = dice.one_of(&all);
        let troubles = troubles.draw(&mut dice);
        let hosts = hosts.unwrap_or_else(|| dice.one_of(&[2, 2, 3, 3, 3, 4, 5]));
        let is_tight = troubles.tightness;
        let max_message = if is_tight { dice.one_of(&[1_024, 1_400, 4_096]) } else { 1 << 20 };
        let configs = (0..hosts).map(|_| {
            let logs: &[usize] =
                if is_tight { &[0, 40, 200, 1_000, 100_000] } else { &[1_000, 16 << 20] };
            Config {
                max_message,
                log_bytes: dice.one_of(logs),
                forward_delay_ms: dice.one_of(&[0, 20, 100]),
                ack_delay_ms: dice.one_of(&[0, 5, 50]),
                resend_ms: dice.one_of(&[200, 1_000]),
                max_resend_ms: dice.one_of(&[2_000, 20_000]),
                quiet_ms: dice.one_of(&[500, 5_000]),
                ceiling_ms: dice.one_of(&[100, 10_000]),
                limits: Limits::default().with_max_ahead_ms(dice.one_of(&[1_000, 60_000])),
                quarantine_horizon_ms: dice.one_of(&[120_000, 24 * 3_600_000]),
                quarantine_items: dice.one_of(&[2, 1_024]),
                minor: if troubles.versions { dice.one_of(&[MINOR, MINOR - 1]) } else { MINOR },
                ..template.clone()
            }
        });
        let configs = configs.collect();
        let is_broadcast = Dice::new(seed, 7).percent(30);
        Self { seed, topology: topology.unwrap_or(drawn), troubles, is_broadcast, configs }
    }
}

//! A world in which replicas live: hosts, a network, a clock, and what is known of what was written.
//!
//! | file | what it answers |
//! |---|---|
//! | `act` | what each step does |
//! | `disks` | what becomes of disks, and what is lost with them |
//! | `time` | what happens as time passes |
//! | `observe` | what is checked of what a replica tells, and after each step |
//! | `heal` | what has to hold in the end |
//! | `again` | … and when all meet again, or begin again |

mod act;
mod again;
mod disks;
mod heal;
mod observe;
mod time;

use alloc::collections::BTreeSet;
use alloc::string::String;
use alloc::vec::Vec;
use core::marker::PhantomData;

use crdt_core::ReplicaId;
use crdt_core::laws::Model;

use super::dice::Dice;
use super::host::Host;
use super::ledger::Ledger;
use super::network::{Network, Weather};
use super::report::{Counts, Law, Report, Violation};
use super::setup::Setup;
use super::step::Step;
use super::store::Disk;
use super::story::Story;
use crate::{Lattice, Replica};

pub(super) struct World<M: Model> {
    setup: Setup,
    now_ms: u64,
    /// How many things have happened.
    moments: u64,
    hosts: Vec<Host<M::State>>,
    network: Network,
    ledger: Ledger<M::State>,
    dice: Dice,
    /// Who should be connected now, lesser first …
    linked: BTreeSet<(usize, usize)>,
    /// … and who ever was.
    met: BTreeSet<(usize, usize)>,
    /// Ids that two copies of one disk may have used.
    shared: BTreeSet<ReplicaId>,
    /// Whether any disk was ever replaced or copied.
    is_any_replaced: bool,
    /// By how much a clock was wrong at most.
    most_ahead_ms: u64,
    counts: Counts,
    story: Story,
    model: PhantomData<M>,
}

impl<M: Model<State: Lattice>> World<M> {
    /// A world in which all hosts run and hold nothing.
    pub(super) fn new(setup: Setup, story: Story) -> Result<Self, Violation> {
        let linked = setup.topology.links(setup.configs.len());
        let hosts = setup.configs.iter().map(|config| Host::new(config.clone(), Disk::default()));
        let mut world = Self {
            now_ms: 0,
            moments: 0,
            hosts: hosts.collect(),
            network: Network::new(setup.troubles.datagrams),
            ledger: Ledger::new(),
            dice: Dice::new(setup.seed, 3),
            met: linked.clone(),
            linked,
            shared: BTreeSet::new(),
            is_any_replaced: false,
            most_ahead_ms: 0,
            counts: Counts::default(),
            story,
            model: PhantomData,
            setup,
        };
        if world.setup.troubles.datagrams {
            world.network.weather = Weather { loss: 5, repeat: 5, damage: 1, delay_ms: 50 };
        }
        for host in 0..world.hosts.len() {
            world.start(host)?;
        }
        world.set_members();
        Ok(world)
    }

    /// Does what the steps say, then heals, then checks.
    pub(super) fn run(mut self, steps: &[Step]) -> Result<Report, Violation> {
        for step in steps {
            self.story.tell(self.now_ms, format_args!("* {step}"));
            self.take(step)?;
            self.check_some()?;
        }
        self.heal()
    }

    fn replica(&mut self, host: usize) -> Option<&mut Replica<M::State>> {
        self.hosts[host].replica.as_mut()
    }

    /// Those that are not gone for good.
    fn present(&self) -> impl Iterator<Item = usize> + use<M> {
        let present = self.hosts.iter().enumerate().filter(|(_, host)| !host.is_gone);
        present.map(|(place, _)| place).collect::<Vec<_>>().into_iter()
    }
}

/// How many characters of what shows it are told: states can be long.
const LONGEST_EVIDENCE: usize = 2_000;

/// What does not hold.
fn violated<T>(law: Law, evidence: impl Into<String>) -> Result<T, Violation> {
    let mut evidence: String = evidence.into();
    if let Some((end, _)) = evidence.char_indices().nth(LONGEST_EVIDENCE) {
        evidence.truncate(end);
        evidence.push('…');
    }
    Err(Violation { law, evidence })
}

/// Two hosts, lesser first.
fn pair(one: usize, other: usize) -> (usize, usize) {
    (one.min(other), one.max(other))
}

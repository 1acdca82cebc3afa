//! The account in its database: opened, changed, closed.

use std::collections::BTreeMap;

use crdt_registers::{Clock, LwwRegister, Reading, Timestamp};
use crdt_sets::wire::{Budget, Wire};
use crdt_sets::{Change, Delta, Limits, Merge, OrSet, ReplicaId};
use redb::{Database, ReadableDatabase, ReadableTable, TableDefinition};
use uuid::Uuid;

use crate::{StoreError, projection};

/// What is replicated: a cart and a name. A tuple of lattices is a lattice.
pub type Account = (OrSet<String>, LwwRegister<String>);

/// The account as it was when the log was last shortened.
const STATE: TableDefinition<'_, (), &[u8]> = TableDefinition::new("state");
/// The changes that the account took in, its own and others', by their positions.
const LOG: TableDefinition<'_, u64, &[u8]> = TableDefinition::new("log");
/// Who writes here, and how far ahead the clock is reserved.
const IDENTITY: TableDefinition<'_, &str, u128> = TableDefinition::new("identity");
const REPLICA: &str = "replica";
const CLOSED: &str = "closed";
const CEILING: &str = "ceiling";

/// The log never holds more entries than this.
const LOG_ENTRIES: u64 = 256;
/// How far ahead the clock is reserved: one more commit in half that time.
const RESERVED_MS: u64 = 10_000;

/// An account in a database. Every change is durable when its method returns.
#[derive(Debug)]
pub struct Store {
    pub(crate) database: Database,
    /// Cleared while a commit is under way, so that one that fails leaves it cleared.
    usable: bool,
    pub(crate) account: Account,
    pub(crate) me: ReplicaId,
    pub(crate) clock: Clock,
    /// Names this opening: positions mean nothing beyond it.
    pub(crate) opening: Uuid,
    /// The log holds the entries from `start`, exclusive, to `end`, inclusive.
    pub(crate) start: u64,
    pub(crate) end: u64,
    /// The account without what this opening wrote: all that is certain should the id turn out to
    /// be in use elsewhere too. What this opening did to the cart is in `written`.
    pub(crate) without_mine: Account,
    written: BTreeMap<String, Written>,
    renewals: u32,
}

#[derive(Clone, Copy, Debug)]
enum Written {
    Added,
    Removed,
}

impl Store {
    /// Opens the account, an empty one at first.
    ///
    /// It goes on under its replica id only if it was [closed](Store::close); otherwise, and at
    /// first, under a new one. The mark of the closing is consumed before anything is written, so
    /// a copy of an open store, or of one that crashed, never has it.
    ///
    /// # Errors
    ///
    /// When the database fails, or holds something else than an account.
    pub fn open(database: Database, reading: Reading) -> Result<Self, StoreError> {
        let transaction = database.begin_write()?;
        let mut account = Account::default();
        let (mut before_log, mut end) = (None, 0);
        let (me, ceiling);
        {
            let mut identity = transaction.open_table(IDENTITY)?;
            let was_closed = identity.remove(CLOSED)?.is_some();
            let former = identity.get(REPLICA)?.map(|id| ReplicaId::from_u128(id.value()));
            me = former.filter(|_| was_closed).unwrap_or_else(ReplicaId::random);
            identity.insert(REPLICA, me.as_u128())?;
            ceiling = identity.get(CEILING)?.map_or(0, |ceiling| ceiling.value());

            if let Some(bytes) = transaction.open_table(STATE)?.get(())? {
                account = Account::decode_within(bytes.value(), &Budget::unbounded())?;
            }
            for entry in transaction.open_table(LOG)?.iter()? {
                let (position, bytes) = entry?;
                account.merge(Account::decode_within(bytes.value(), &Budget::unbounded())?);
                end = position.value();
                before_log.get_or_insert(end - 1);
            }
        }
        projection::begin(&transaction, &account.0)?;
        transaction.commit()?;

        let reserved = u64::try_from(ceiling).unwrap_or(u64::MAX);
        let mut clock = Clock::durable(Timestamp::from_bits(reserved));
        if let Some(timestamp) = account.1.timestamp() {
            // It was admitted once. If the wall clock was set back since, `set` still exceeds it.
            let _ = clock.observe(reading, timestamp, &Limits::default());
        }
        let opening = Uuid::new_v4();
        let (without_mine, written) = (account.clone(), BTreeMap::new());
        Ok(Self {
            database,
            usable: true,
            account,
            me,
            clock,
            opening,
            start: before_log.unwrap_or(end),
            end,
            without_mine,
            written,
            renewals: 0,
        })
    }

    /// Closes the account with the mark that lets it go on under its id.
    ///
    /// # Errors
    ///
    /// When the database fails, or has failed before.
    pub fn close(self) -> Result<(), StoreError> {
        self.check_usable()?;
        let transaction = self.database.begin_write()?;
        transaction.open_table(IDENTITY)?.insert(CLOSED, 1)?;
        transaction.commit()?;
        Ok(())
    }

    /// What is in the cart.
    pub fn cart(&self) -> &OrSet<String> {
        &self.account.0
    }

    /// Whose it is.
    pub fn name(&self) -> &LwwRegister<String> {
        &self.account.1
    }

    /// Under which id this store writes.
    pub fn replica(&self) -> ReplicaId {
        self.me
    }

    /// How often this opening has found out that its id was in use elsewhere too. Tell the
    /// operator: somebody restored or cloned a store that had been closed.
    pub fn renewals(&self) -> u32 {
        self.renewals
    }

    /// Puts an item into the cart.
    ///
    /// # Errors
    ///
    /// When the database fails, or has failed before.
    pub fn add(&mut self, item: &str) -> Result<(), StoreError> {
        self.check_usable()?;
        self.written.insert(item.into(), Written::Added);
        let delta = self.account.0.add(self.me, item.into());
        self.record(&(delta, LwwRegister::new()), &[Change::Appeared(item.into())])
    }

    /// Takes an item out of the cart.
    ///
    /// # Errors
    ///
    /// When the database fails, or has failed before.
    pub fn remove(&mut self, item: &str) -> Result<(), StoreError> {
        self.check_usable()?;
        self.written.insert(item.into(), Written::Removed);
        let delta = self.account.0.remove(item);
        self.record(&(delta, LwwRegister::new()), &[Change::Vanished(item.into())])
    }

    /// Names the account.
    ///
    /// # Errors
    ///
    /// When the clock gives no timestamp, or the database fails or has failed before.
    pub fn rename(&mut self, name: &str, reading: Reading) -> Result<(), StoreError> {
        self.check_usable()?;
        if let Some(ceiling) = self.clock.wants_ceiling(reading, RESERVED_MS) {
            self.usable = false;
            let transaction = self.database.begin_write()?;
            transaction.open_table(IDENTITY)?.insert(CEILING, u128::from(ceiling.to_bits()))?;
            transaction.commit()?;
            self.usable = true;
            self.clock.raise_ceiling(ceiling);
        }
        let now = self.clock.now(reading)?;
        let delta = self.account.1.set(self.me, now, name.into())?;
        self.record(&(OrSet::new(), delta), &[])
    }

    /// Writes the state anew, and its projection, and empties the log, in one transaction.
    ///
    /// It happens by itself when the log is long; call it before a backup, say.
    ///
    /// # Errors
    ///
    /// When the database fails, or has failed before.
    pub fn compact(&mut self) -> Result<(), StoreError> {
        self.check_usable()?;
        self.usable = false;
        let transaction = self.database.begin_write()?;
        transaction.open_table(STATE)?.insert((), self.account.encode().as_slice())?;
        transaction.open_table(LOG)?.retain(|_, _| false)?;
        projection::make_anew(&transaction, &self.account.0)?;
        transaction.open_table(IDENTITY)?.insert(REPLICA, self.me.as_u128())?;
        transaction.commit()?;
        self.usable = true;
        self.start = self.end;
        Ok(())
    }

    /// Appends a change that the account has taken in to the log, and does to the projection what
    /// it did to the cart. It is durable afterwards, and only then may bytes that hold it be sent.
    pub(crate) fn record(
        &mut self,
        change: &Account,
        seen: &[Change<String>],
    ) -> Result<(), StoreError> {
        if change.is_bottom() {
            return Ok(());
        }
        let (mut start, end) = (self.start, self.end + 1);
        self.usable = false;
        let transaction = self.database.begin_write()?;
        {
            let mut log = transaction.open_table(LOG)?;
            log.insert(end, change.encode().as_slice())?;
            if end - start > LOG_ENTRIES {
                // The newer half stays, for peers that are only a little behind.
                start = end - LOG_ENTRIES / 2;
                transaction.open_table(STATE)?.insert((), self.account.encode().as_slice())?;
                log.retain_in(..=start, |_, _| false)?;
            }
        }
        projection::follow(&transaction, seen)?;
        transaction.commit()?;
        self.usable = true;
        (self.start, self.end) = (start, end);
        Ok(())
    }

    /// Goes on under a new id, as this one is in use elsewhere too.
    ///
    /// What this opening wrote under the old id is taken back first: those dots name other writes
    /// elsewhere, and to keep them would be to claim, and so to delete, what this copy never had.
    /// Then it is written again.
    pub(crate) fn renew(&mut self) -> Result<(), StoreError> {
        let old = core::mem::replace(&mut self.account, self.without_mine.clone());
        self.me = ReplicaId::random();
        self.opening = Uuid::new_v4();
        self.renewals += 1;
        for (item, written) in &self.written {
            match written {
                Written::Added => drop(self.account.0.add(self.me, item.clone())),
                Written::Removed => drop(self.account.0.remove(item)),
            }
        }
        // A name keeps the time at which it was given. One that is not this opening's is known.
        if let (Some(name), Some(timestamp)) = (old.1.get(), old.1.timestamp())
            && old.1.timestamp() > self.account.1.timestamp()
        {
            let again = LwwRegister::new().set(self.me, timestamp, name.clone())?;
            self.account.1.merge(again);
        }
        self.compact()
    }

    /// The encoded changes after a position of this opening.
    pub(crate) fn log_after(&self, position: u64) -> Result<Account, StoreError> {
        let mut changes = Account::default();
        let log = self.database.begin_read()?.open_table(LOG)?;
        for entry in log.range(position + 1..)? {
            changes.merge(Account::decode_within(entry?.1.value(), &Budget::unbounded())?);
        }
        Ok(changes)
    }

    pub(crate) fn check_usable(&self) -> Result<(), StoreError> {
        if self.usable { Ok(()) } else { Err(StoreError::Failed) }
    }
}

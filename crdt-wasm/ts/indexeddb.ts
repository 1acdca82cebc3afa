/**
 * A replica whose store is an IndexedDB database of the browser.
 *
 * Each open tab has a store of its own in it, numbered from 0, which it leases with a Web Lock for as long
 * as it lives: so no replica id is ever used by two tabs. A tab takes the first that is free, so
 * there are never more of them than tabs were open at once. One that was closed in good order goes on under its id; one
 * that was not, under another, as crdt-sync demands.
 */

import type { ReplicaConfig } from "./config.js";
import { asCrdtError, ended, openDatabase, read, slotsOf, type Row, type Snapshot, type Stored } from "./database.js";
import { CrdtError } from "./errors.js";
import { fieldsOf, functionOf, textOf } from "./given.js";
import { leaseFirst, leaseOf, type Lease } from "./lease.js";
import type { ReplicaOptions, StoredRecord } from "./opening.js";
import type { Replica } from "./replica.js";
import { Handlers } from "./subscribers.js";

export interface IndexedDbOptions {
  readonly config?: ReplicaConfig;
  /**
   * Whether a write counts as stored once it is on the disk (`strict`, the default), or once the browser
   * has it, which survives the end of a tab or of the browser but not a loss of power (`relaxed`).
   */
  readonly durability?: "strict" | "relaxed";
}

/** A replica and its store. */
export interface StoredReplica {
  readonly replica: Replica;
  /** Which of the stores of this database it is. */
  readonly slot: number;
  /** Resolves once all that has been written so far is stored; rejects as {@link onError} tells. */
  stored(): Promise<void>;
  /**
   * Calls `handler` with `quota` when the browser's room is used up, and with `store` when it fails otherwise.
   * The replica stays usable; nothing is sent that could not be stored. It is tried again with the next
   * write, and every few seconds. With `closed` when the page was left and came back as it was, by the
   * back button: the store was closed when it was left, so load the page again, or open the store anew; also
   * when the database is deleted while it is open.
   * Returns what ends that.
   */
  onError(handler: (error: CrdtError) => void): () => void;
  /** Ends the replica in good order, and gives the store back. */
  close(): Promise<void>;
}

/** So many records are kept before a snapshot stands for them. */
const MANY_RECORDS = 512;
const MANY_BYTES = 1 << 20;
/** When to try again after a failure. */
const AGAIN_MS = 5_000;

/**
 * Opens the database `name`, and a replica on the first store in it that no other tab uses. What tabs
 * that are gone have stored there is merged; what those have that are open comes over `connectTabs`. Cost: that of reading all of it; each store holds the document,
 * and up to 512 writes or a megabyte of them since.
 *
 * ```js
 * const { replica } = await openReplica("shop", (options) => new Replica(options));
 * ```
 * What is given to `make` is what is stored, which the replica has to be opened with.
 * @throws {CrdtError} `store` if there is no IndexedDB, or no Web Locks (they need https), or if what
 * is stored cannot be read; `option` if the replica was not made with what was given.
 */
export async function openReplica(
  name: string,
  make: (options: ReplicaOptions) => Replica,
  options: IndexedDbOptions = {},
): Promise<StoredReplica> {
  textOf(name, "option", "the name of a database");
  functionOf(make, "what makes the replica");
  fieldsOf(options, "the options of a store", ["config", "durability"]);
  const locks = globalThis.navigator?.locks;
  if (typeof indexedDB === "undefined" || locks === undefined) {
    throw new CrdtError("store", "IndexedDB and Web Locks are needed: serve the page over https");
  }
  const database = await openDatabase(`crdt-wasm ${name}`);
  let lease: Lease | undefined;
  try {
    lease = await leaseFirst(locks, name, await slotsOf(database));
    const mine = await read(database, lease.slot);
    const { config } = options;
    let isOpened = false;
    const replica = make({
      get store() {
        isOpened = true;
        return { snapshot: mine.snapshot?.bytes, records: mine.records.map(({ bytes }) => bytes) };
      },
      ...(config && { config }),
    });
    if (!isOpened || typeof replica?.records !== "function") {
      const sentence = "nothing would be stored: pass on what is given, `(options) => new Replica(options)`";
      throw new CrdtError("option", sentence);
    }
    const store = new Store(database, lease, replica, options.durability ?? "strict", mine);
    await mergeOthers(locks, name, database, lease.slot, replica, make, config);
    store.begin();
    return store;
  } catch (error) {
    lease?.release();
    database.close();
    throw asCrdtError(error);
  }
}

class Store implements StoredReplica {
  readonly replica: Replica;
  readonly slot: number;
  readonly #database: IDBDatabase;
  readonly #lease: Lease;
  readonly #durability: "strict" | "relaxed";
  readonly #handlers = new Handlers<CrdtError>();
  /** Taken from the replica, and not yet stored. */
  #waiting: StoredRecord[] = [];
  /** The place of the last record of the openings before. */
  readonly #base: number;
  /** The number of the last record that was taken, and of the last that is stored. */
  #taken = 0;
  #reported = 0;
  #records: number;
  #bytes: number;
  #isWriting = false;
  /** After a failure: whether to try with a snapshot. */
  #tryInstead: boolean | undefined;
  #waiters: { number: number; resolve: () => void; reject: (error: CrdtError) => void }[] = [];
  #timer: ReturnType<typeof setTimeout> | undefined;
  #stopListening = (): void => {};
  #isClosing = false;
  #closing: Promise<void> | undefined;
  /** Whoever listens to errors hears of one. */
  readonly #end = (): void => {
    this.close().catch(() => {});
  };
  /** A page that is left may end without another word: so it is closed even if the page may come back. */
  readonly #leave = (): void => {
    globalThis.addEventListener("pageshow", this.#back, { once: true });
    this.#end();
  };
  readonly #back = (): void => {
    const sentence = "the store was closed when the page was left: load the page again, or open it anew";
    this.#handlers.tell(new CrdtError("closed", sentence));
  };

  /** Another page deletes the database, or brings it to a newer form; or the browser does. */
  readonly #lost = (): void => {
    // What waits still goes into it, if it can.
    this.#end();
    this.#database.close();
    const sentence = "the database was taken from this page, to be deleted or renewed: open the store anew";
    this.#handlers.tell(new CrdtError("closed", sentence));
  };

  constructor(
    database: IDBDatabase,
    lease: Lease,
    replica: Replica,
    durability: "strict" | "relaxed",
    { snapshot, records }: Stored,
  ) {
    this.#database = database;
    this.#lease = lease;
    this.replica = replica;
    this.slot = lease.slot;
    this.#durability = durability;
    this.#records = records.length;
    this.#bytes = records.reduce((sum, { bytes }) => sum + bytes.length, 0);
    this.#base = records.at(-1)?.place ?? snapshot?.place ?? 0;
    database.onversionchange = database.onclose = this.#lost;
  }

  begin(): void {
    this.#stopListening = this.replica.onOutgoing(() => {
      if (this.replica.isClosed) this.#end();
      else this.#write();
    });
    globalThis.addEventListener?.("pagehide", this.#leave);
    this.#write();
  }

  async stored(): Promise<void> {
    this.#write();
    const number = this.#taken;
    if (this.#reported >= number) return;
    await new Promise<void>((resolve, reject) => this.#waiters.push({ number, resolve, reject }));
  }

  onError(handler: (error: CrdtError) => void): () => void {
    return this.#handlers.add(handler);
  }

  close(): Promise<void> {
    return (this.#closing ??= this.#close());
  }

  async #close(): Promise<void> {
    globalThis.removeEventListener?.("pagehide", this.#leave);
    this.#stopListening();
    this.replica.close();
    this.#isClosing = true;
    try {
      await this.stored();
    } finally {
      clearTimeout(this.#timer);
      this.#database.close();
      this.#lease.release();
    }
  }

  /** Stores what waits; what comes meanwhile waits for the next time. */
  #write(): void {
    this.#take();
    // What closes the store goes at once, also what is under way again: a page that is hidden has no other turn.
    if ((this.#isWriting && !this.#isClosing) || this.#waiting.length === 0) return;
    clearTimeout(this.#timer);
    const isMany = this.#records > MANY_RECORDS || this.#bytes > MANY_BYTES;
    const withSnapshot = (this.#tryInstead ?? isMany) && !this.#isClosing;
    this.#isWriting = true;
    const records = [...this.#waiting];
    void this.#store(records, withSnapshot).then(
      () => this.#wrote(records),
      (error: unknown) => {
        // It may be shorter than the records, or longer.
        this.#tryInstead = !withSnapshot;
        this.#failed(asCrdtError(error));
      },
    );
  }

  #take(): void {
    const records = this.replica.records();
    this.#waiting.push(...records);
    this.#taken = records.at(-1)?.number ?? this.#taken;
  }

  /** At once as far as the request to the database, so that it is made even when the page goes. */
  async #store(records: readonly StoredRecord[], withSnapshot: boolean): Promise<void> {
    const slot = this.slot;
    const snapshot = withSnapshot ? this.replica.storedSnapshot() : undefined;
    const transaction = this.#database.transaction(["snapshots", "records"], "readwrite", {
      durability: this.#durability,
    });
    const done = ended(transaction);
    const rows = transaction.objectStore("records");
    if (snapshot !== undefined) {
      const place = this.#base + snapshot.number;
      transaction.objectStore("snapshots").put({ slot, place, bytes: snapshot.bytes } satisfies Snapshot);
      rows.delete(IDBKeyRange.bound([slot, 0], [slot, place]));
    }
    const last = records.at(-1)?.number;
    const added = records.filter(({ number }) => snapshot === undefined || number > snapshot.number);
    for (const { number, bytes } of added) {
      const isClosing = this.#isClosing && number === last;
      rows.put({ slot, place: this.#base + number, bytes, isClosing } satisfies Row);
    }
    transaction.commit();
    await done;
    if (snapshot !== undefined) this.#records = this.#bytes = 0;
    this.#records += added.length;
    this.#bytes += added.reduce((sum, { bytes }) => sum + bytes.length, 0);
  }

  #wrote(records: readonly StoredRecord[]): void {
    this.#isWriting = false;
    this.#tryInstead = undefined;
    this.#reported = Math.max(records.at(-1)?.number ?? 0, this.#reported);
    this.#waiting = this.#waiting.filter(({ number }) => number > this.#reported);
    const isThere = ({ number }: { number: number }): boolean => number <= this.#reported;
    const settled = this.#waiters.filter(isThere);
    this.#waiters = this.#waiters.filter((waiter) => !isThere(waiter));
    for (const { resolve } of settled) resolve();
    try {
      this.replica.persisted(this.#reported);
      this.#write();
    } catch {
      // It was freed.
    }
  }

  #failed(error: CrdtError): void {
    this.#isWriting = false;
    if (!this.#isClosing) this.#timer = setTimeout(() => this.#write(), AGAIN_MS);
    const waiters = this.#waiters;
    this.#waiters = [];
    for (const { reject } of waiters) reject(error);
    this.#handlers.tell(error);
  }
}

/** Takes in what was stored by tabs that are no longer there. */
async function mergeOthers(
  locks: LockManager,
  name: string,
  database: IDBDatabase,
  mine: number,
  replica: Replica,
  make: (options: ReplicaOptions) => Replica,
  config: ReplicaConfig | undefined,
): Promise<void> {
  for (const slot of await slotsOf(database)) {
    if (slot === mine) continue;
    const lease = await leaseOf(locks, name, slot);
    if (lease === undefined) continue; // A tab uses it, and can be talked to.
    try {
      const { snapshot, records } = await read(database, slot);
      let bytes = snapshot?.bytes;
      if (records.some(({ isClosing }) => !isClosing)) {
        const other = make({
          store: { snapshot: bytes, records: records.map((record) => record.bytes) },
          ...(config && { config }),
        });
        bytes = other.storedSnapshot().bytes;
        try {
          await conclude(database, slot, other);
        } catch (error) {
          // It stays as it is until there is room.
          if (asCrdtError(error).code !== "quota") throw error;
        } finally {
          other.free();
        }
      }
      if (bytes !== undefined) replica.mergeSnapshot(bytes);
    } finally {
      lease.release();
    }
  }
}

/** Closes a replica, with a snapshot in place of its records: the next time it can be taken as it is. */
async function conclude(database: IDBDatabase, slot: number, replica: Replica): Promise<void> {
  const snapshot = replica.storedSnapshot();
  replica.close();
  const transaction = database.transaction(["snapshots", "records"], "readwrite");
  const done = ended(transaction);
  const { number: place, bytes } = snapshot;
  transaction.objectStore("snapshots").put({ slot, place, bytes } satisfies Snapshot);
  const rows = transaction.objectStore("records");
  rows.delete(IDBKeyRange.bound([slot, 0], [slot, Infinity]));
  for (const record of replica.records()) {
    if (record.number <= place) continue;
    rows.put({ slot, place: record.number, bytes: record.bytes, isClosing: true } satisfies Row);
  }
  transaction.commit();
  await done;
}

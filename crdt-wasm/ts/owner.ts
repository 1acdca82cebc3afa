import { Views } from "./containers.js";
import { CrdtError } from "./errors.js";
import { Handle } from "./handle.js";
import type { Kind } from "./kinds.js";
import { Program } from "./program.js";
import { ask, readNamed } from "./question.js";
import { Snapshots, type Snapshot } from "./snapshot.js";
import { Subscribers, type Change } from "./subscribers.js";
import { monotonic } from "./time.js";
import { Reader } from "./wire.js";

/** What a document is to the module. */
export interface RawOwner {
  /** Returns the change, or a token. */
  apply(program: Uint8Array, wall: number, monotonic: number): unknown;
  ask(question: Uint8Array): Uint8Array;
  askAfter(program: Uint8Array, question: Uint8Array, wall: number, monotonic: number): Uint8Array;
  encode(): Uint8Array<ArrayBuffer>;
  free(): void;
}

/**
 * A transaction: what is written through it becomes one change, or nothing at all. Each read runs what was
 * written before it once more: of many writes, read before the first.
 */
export class Transaction extends Views<void> {
  /** @internal */
  readonly program = new Program();
  readonly #read: (program: Uint8Array, question: Uint8Array) => Uint8Array;
  #isOver = false;

  /** @internal */
  constructor(read: (program: Uint8Array, question: Uint8Array) => Uint8Array) {
    super();
    this.#read = read;
  }

  /** @internal What is written so far is seen. */
  ask(question: Uint8Array): Uint8Array {
    return this.#read(this.program.bytes(), question);
  }

  /** @internal */
  write(operation: (program: Program) => void): void {
    if (this.#isOver) {
      throw new CrdtError("in-transaction", "the transaction is over: begin another");
    }
    operation(this.program);
  }

  /** @internal */
  end(): void {
    this.#isOver = true;
  }
}

/**
 * Named values of every kind: what a document and a replica have in common. `C` is what a write
 * returns: of a document the change, of a replica a token.
 */
export abstract class Owner<C, R extends RawOwner> extends Handle<R> {
  #isInTransaction = false;
  readonly #snapshots = new Snapshots();
  readonly #subscribers = new Subscribers();

  /**
   * Writes all that `write` writes through the transaction as one change, or nothing if it throws. Cost:
   * O(log n) for each value written.
   *
   * ```js
   * doc.transact((tx) => {
   *   tx.set("cart").add("apple");
   *   tx.counter("orders").increment();
   * });
   * ```
   */
  transact(write: (transaction: Transaction) => void): C {
    this.#refuseNested();
    const { raw } = this;
    const transaction = new Transaction((program, question) =>
      raw.askAfter(program, question, Date.now(), monotonic()),
    );
    this.#isInTransaction = true;
    try {
      const returned: unknown = write(transaction);
      if (returned instanceof Promise) {
        returned.catch(() => {});
        throw new CrdtError("in-transaction", "a transaction cannot wait: await first, write then");
      }
    } finally {
      this.#isInTransaction = false;
      transaction.end();
    }
    return this.#apply(transaction.program);
  }

  /** The names, in order. Cost: O(names). */
  names(): string[] {
    return new Reader(this.raw.ask(ask.names())).texts();
  }

  /**
   * The names that are used as more than one kind; both are kept, and each is read by its own. Cost: where
   * there is none O(1), else O(names).
   */
  conflicts(): Map<string, Kind[]> {
    return this.#snapshots.conflicts(this.raw);
  }

  /**
   * All that there is to see, as it is now: the same frozen object until something changes, with a
   * number that grows. Made for `useSyncExternalStore`. Cost: where nothing has changed O(1), else O(names) and
   * a copy of what is under those that have changed.
   */
  snapshot(): Snapshot {
    const { raw } = this;
    return this.#snapshots.take((name) => readNamed(new Reader(raw.ask(ask.name(name)))), () => this.names());
  }

  /**
   * All that there is to see, for `JSON.stringify`: numbers beyond 2^53 as decimal strings, bytes as
   * base64, a name that is used as several kinds as an object of them. Cost: that of {@link snapshot}, and a
   * copy of all.
   */
  toJSON(): Record<string, unknown> {
    return this.#snapshots.toJson(this.snapshot());
  }

  /**
   * Calls `handler` after something has changed, here or at a peer, and after the call that changed it
   * has returned; it may write. Changes that follow each other in one task are told at once. Returns what ends that.
   */
  subscribe(handler: (change: Change) => void): () => void {
    return this.#subscribers.add(handler);
  }

  /** The canonical bytes of the document: equal ones for equal contents, here and in Rust. Cost: O(n). */
  encode(): Uint8Array<ArrayBuffer> {
    return this.raw.encode();
  }

  /** @internal */
  ask(question: Uint8Array): Uint8Array {
    return this.raw.ask(question);
  }

  /** @internal */
  write(operation: (program: Program) => void): C {
    this.#refuseNested();
    const program = new Program();
    operation(program);
    return this.#apply(program);
  }

  /** @internal Something has changed. */
  protected changed(names: Iterable<string>, origin: Change["origin"]): void {
    const version = this.#snapshots.changed(names);
    this.#subscribers.tell(names, origin, version);
  }

  #apply(program: Program): C {
    const change = this.raw.apply(program.bytes(), Date.now(), monotonic()) as C;
    if (!program.isEmpty) this.changed(program.names, "local");
    this.after();
    return change;
  }

  /** @internal What follows a write. */
  protected after(): void {}

  #refuseNested(): void {
    if (this.#isInTransaction) {
      throw new CrdtError("in-transaction", "a transaction is under way: write through it");
    }
  }
}

export interface Owner<C, R extends RawOwner> extends Views<C> {}

// A class has one parent: what the other would give is copied.
const { constructor: _, ...views } = Object.getOwnPropertyDescriptors(Views.prototype);
Object.defineProperties(Owner.prototype, views);

import type { RawReplica } from "#raw";

import { CrdtError } from "./errors.js";
import { eventOf, told, type Events } from "./events.js";
import { bytesOf, countOf, idOf, listOf, peerOf, said, tokenOf } from "./given.js";
import { readLag, type Lag } from "./lag.js";
import { ready } from "./module.js";
import { numbered, open, type ReplicaOptions, type StoredRecord } from "./opening.js";
import { Owner } from "./owner.js";
import type { ReplicaId } from "./replica-id.js";
import { Handlers } from "./subscribers.js";
import { monotonic } from "./time.js";
import { WaitingRoom } from "./waiting.js";
import { Reader } from "./wire.js";

declare const brand: unique symbol;

/**
 * What a write returns: whichever replica covers it shows the write. It is a plain string, to be
 * given to a user, stored, and shown to any other replica.
 */
export type Token = string & { readonly [brand]: "Token" };

/** A connection, by any name that the application likes. */
export type Peer = string | number;

/** The longest that a timer can wait. */
const LONGEST_MS = 0x7fff_ffff;
/** When to look again at what is due, and was not taken: a socket may be full. */
const OVERDUE_MS = 50;

/**
 * A document that is kept together with those of its peers: it knows what each of them has, sends what
 * they lack, and can tell its user what it knows. It does no I/O itself: the providers do.
 *
 * A write costs O(log n) for each value in it, n being all values, and each peer its bytes and some thirty more.
 * In memory it is the document, the log of what peers have not acknowledged (`config.logBytes`) and a few hundred
 * bytes a peer; while one is compared with or sent everything, the first write copies the document once.
 *
 * ```js
 * const replica = new Replica();
 * replica.onOutgoing(() => {
 *   if (replica.isClosed || socket.readyState !== WebSocket.OPEN) return;
 *   for (const bytes of replica.outgoing("server")) socket.send(bytes);
 * });
 * socket.binaryType = "arraybuffer";
 * socket.onopen = () => replica.connect("server");
 * socket.onmessage = ({ data }) => {
 *   try {
 *     replica.receive("server", data);
 *   } catch {} // as if lost: `on("refused", …)` tells why
 * };
 * socket.onclose = () => replica.disconnect("server");
 *
 * const token = replica.set("cart").add("apple");
 * ```
 */
export class Replica extends Owner<Token, RawReplica> {
  readonly #links = new Map<Peer, number>();
  readonly #peers = new Map<number, Peer>();
  #nextLink = 1;
  readonly #outgoing = new Handlers<void>();
  readonly #handlers = new Map<string, Handlers<never>>();
  readonly #waiting = new WaitingRoom();
  /** The greatest number of what was given to be stored. */
  #given = 0;
  #isAnnounced = false;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #isClosed = false;

  /**
   * Cost: that of merging what is stored.
   * @throws {CrdtError} `store` if what is stored cannot be read; `option`, `replica-id`.
   */
  constructor(options: ReplicaOptions = {}) {
    ready();
    super(open(options));
    this.after();
  }

  /** The id that writes bear; it changes when it turns out to be in use twice. */
  get id(): ReplicaId {
    return this.raw.id() as ReplicaId;
  }

  /** Whether it was closed, or freed. */
  get isClosed(): boolean {
    return this.#isClosed;
  }

  /**
   * A connection begins. One of the same name ends. Cost: a greeting of some 20 bytes for each replica id that
   * ever wrote, each way.
   * @throws {CrdtError} `closed`.
   */
  connect(peer: Peer): void {
    this.#refuseClosed();
    let link = this.#links.get(peerOf(peer));
    if (link === undefined) {
      link = this.#nextLink++;
      this.#links.set(peer, link);
      this.#peers.set(link, peer);
    }
    this.raw.connect(link, Date.now(), monotonic());
    this.after();
  }

  /** A connection has ended. */
  disconnect(peer: Peer): void {
    const link = this.#links.get(peer);
    if (link === undefined) return;
    this.raw.disconnect(link);
    this.#links.delete(peer);
    this.after();
    this.#peers.delete(link);
  }

  /**
   * Takes in a message. One that is refused changes nothing, and is as if lost: go on. Cost: O(log n) for each
   * value in it.
   * @throws {CrdtError} which says why it was refused; the peer is told, too.
   */
  receive(peer: Peer, bytes: Uint8Array | ArrayBuffer): void {
    const link = this.#link(peer);
    const message = bytesOf(bytes, "malformed", "a message");
    if (message.length === 0) throw new CrdtError("malformed", "a message is not empty: give it as it was sent");
    try {
      this.raw.receive(link, message, Date.now(), monotonic());
    } finally {
      this.after();
    }
  }

  /**
   * What is to be sent to a peer now, in order. Cost: O(its bytes); for a peer that was away for longer than the
   * log reaches back, O(n) once.
   */
  outgoing(peer: Peer): Uint8Array<ArrayBuffer>[] {
    const link = this.#link(peer);
    const messages: Uint8Array<ArrayBuffer>[] = [];
    for (;;) {
      const message = this.raw.outgoing(link, Date.now(), monotonic());
      if (message === undefined) break;
      messages.push(message);
    }
    this.#arm();
    return messages;
  }

  /**
   * Calls `handler` when there may be something to send or to persist, after the call that brought it
   * about has returned; and once it is closed or freed, as {@link isClosed} says. Returns what ends that.
   */
  onOutgoing(handler: () => void): () => void {
    const stop = this.#outgoing.add(handler);
    this.#announce();
    return stop;
  }

  /** Calls `handler` at events of this name. Returns what ends that. */
  on<Name extends keyof Events>(name: Name, handler: (event: Events[Name]) => void): () => void {
    let handlers = this.#handlers.get(eventOf(name));
    if (handlers === undefined) this.#handlers.set(name, (handlers = new Handlers()));
    return handlers.add(handler as (event: never) => void);
  }

  /** Where the document is now: whichever replica covers it shows no less than this one. Cost: O(1). */
  token(): Token {
    return this.raw.token() as Token;
  }

  /** Whether what the token stands for is visible here. Cost: O(log openings). @throws {CrdtError} `token`. */
  isCovered(token: Token): boolean {
    return this.raw.covers(tokenOf(token));
  }

  /**
   * Resolves once what the token stands for is visible here: *read your writes*, in any region. Whoever waits
   * is looked through at each change: bound the wait with a signal.
   * @throws {CrdtError} `token`; `closed`; or what the signal is aborted with.
   */
  async covers(token: Token, options: { signal?: AbortSignal } = {}): Promise<void> {
    if (this.isCovered(token)) return;
    this.raw.awaitToken(token);
    try {
      await this.#wait(`covered ${token}`, options.signal);
    } catch (error) {
      if (!this.#isClosed && !this.#waiting.has(`covered ${token}`)) this.raw.forgetToken(token);
      throw error;
    }
  }

  /**
   * Whether so many of the members hold it durably, or all: where {@link setMembers} has named none, "all" is
   * true at once. Cost: O(members).
   * @throws {CrdtError} `token`, `option`.
   */
  isDurable(token: Token, members: number | "all"): boolean {
    return this.raw.isDurable(tokenOf(token), countOf(members));
  }

  /** Resolves once so many of the members hold it durably, or all. Cost and wait as for {@link covers}. */
  async durable(token: Token, members: number | "all", options: { signal?: AbortSignal } = {}): Promise<void> {
    if (this.isDurable(token, members)) return;
    this.raw.awaitDurable(token, countOf(members));
    await this.#wait(`durable ${token} ${members}`, options.signal);
  }

  /** Who counts for {@link durable}. @throws {CrdtError} `replica-id`. */
  setMembers(members: Iterable<ReplicaId>): void {
    this.raw.setMembers(listOf(members, "replica-id", "the members").map(idOf));
    this.after();
  }

  /** Says that a replica will not come back. @throws {CrdtError} `replica-id`. */
  retire(id: ReplicaId): void {
    this.raw.retire(idOf(id));
    this.after();
  }

  /** Who is at the other end, once it has said so. */
  replicaOf(peer: Peer): ReplicaId | undefined {
    const link = this.#links.get(peer);
    return link === undefined ? undefined : (this.raw.replicaOf(link) as ReplicaId | undefined);
  }

  /** How far behind a peer is; `undefined` before it has said who it is. Cost: O(changes that it lacks). */
  lag(peer: Peer): Lag | undefined {
    const link = this.#links.get(peer);
    const bytes = link === undefined ? undefined : this.raw.lag(link, Date.now(), monotonic());
    return bytes && readLag(bytes);
  }

  /** How many changes wait, as they bear timestamps too far ahead. */
  get quarantined(): number {
    return this.raw.quarantined();
  }

  /** Drops what waits; says how many changes that was. Cost: O(that). */
  discardQuarantine(): number {
    const dropped = this.raw.discardQuarantine(Date.now(), monotonic());
    this.after();
    return dropped;
  }

  /** Says that the wall clock is right although it jumped ahead. */
  confirmClock(): void {
    this.raw.confirmClock(Date.now(), monotonic());
  }

  /** What is to be persisted now, in order. Cost: O(its bytes). */
  records(): StoredRecord[] {
    const records: StoredRecord[] = [];
    for (;;) {
      const record = this.raw.nextRecord();
      if (record === undefined) return records;
      records.push(this.#give(numbered(record)));
    }
  }

  /** Says that the records up to this number are durable. @throws {CrdtError} `option` if there was none yet. */
  persisted(number: number): void {
    if (!Number.isSafeInteger(number) || number < 0 || number > this.#given) {
      const sentence = `give the number of a record that was taken, up to ${this.#given}, not ${said(number)}`;
      throw new CrdtError("option", sentence);
    }
    this.raw.persisted(number);
    this.after();
  }

  /** What can be stored in place of all records up to its number. Cost: O(n). */
  storedSnapshot(): StoredRecord {
    return this.#give(numbered(this.raw.snapshot()));
  }

  /**
   * Takes in the snapshot of another replica, which need not be open. Cost: O(n).
   * @throws {CrdtError} which says why it was refused.
   */
  mergeSnapshot(bytes: Uint8Array): void {
    this.raw.mergeSnapshot(bytesOf(bytes, "malformed", "a snapshot: give its `bytes`"), Date.now(), monotonic());
    this.after();
  }

  /**
   * Ends this replica in good order: persist its last records, and the store can be opened again
   * under the same id. It can still be read.
   */
  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.raw.close();
    this.#stop();
    this.#announce();
  }

  override free(): void {
    if (!this.#isClosed) {
      this.#isClosed = true;
      this.#stop();
      this.#announce();
    }
    super.free();
  }

  /** @internal */
  protected override after(): void {
    for (;;) {
      const bytes = this.raw.nextEvent();
      if (bytes === undefined) break;
      this.#hear(new Reader(bytes).texts());
    }
    this.#announce();
    this.#arm();
  }

  #give(record: StoredRecord): StoredRecord {
    this.#given = Math.max(this.#given, record.number);
    return record;
  }

  #hear(texts: string[]): void {
    const event = told(texts, (link) => this.#peers.get(Number(link)) ?? link);
    if (event === undefined) return;
    switch (event.name) {
      case "changed":
        this.changed(event.names, "remote");
        return;
      case "covered":
        this.#waiting.settle(`covered ${event.token}`);
        return;
      case "durable":
        this.#waiting.settle(`durable ${event.token} ${event.members}`);
        return;
      default: {
        const { name, event: content } = event;
        const handlers = this.#handlers.get(name);
        if (handlers === undefined || handlers.isEmpty) return;
        queueMicrotask(() => handlers.tell(content as never));
      }
    }
  }

  #announce(): void {
    if (this.#isAnnounced || this.#outgoing.isEmpty) return;
    this.#isAnnounced = true;
    queueMicrotask(() => {
      this.#isAnnounced = false;
      this.#outgoing.tell();
    });
  }

  /** Looks again when something is due. */
  #arm(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    if (this.#isClosed || this.#links.size === 0 && this.raw.quarantined() === 0) return;
    const deadline = this.raw.deadline();
    if (deadline === undefined) return;
    const left = deadline - monotonic();
    const delay = left > 0 ? Math.min(left, LONGEST_MS) : OVERDUE_MS;
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      this.after();
    }, delay);
    // In Node: what is due later keeps no process from ending, unless somebody waits for it.
    if (this.#waiting.isEmpty) (this.#timer as { unref?: () => void }).unref?.();
  }

  #refuseClosed(): void {
    if (!this.#isClosed) return;
    void this.raw; // What was freed says so.
    throw new CrdtError("closed", "the replica was closed before: open its store anew");
  }

  #link(peer: Peer): number {
    this.#refuseClosed();
    const link = this.#links.get(peer);
    if (link === undefined) {
      throw new CrdtError("unknown-peer", `no peer ${said(peer)} is connected: connect it first`);
    }
    return link;
  }

  #wait(what: string, signal: AbortSignal | undefined): Promise<void> {
    const waiting = this.#waiting.wait(what, signal);
    this.#arm();
    return waiting;
  }

  #stop(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#links.clear();
    this.#waiting.rejectAll(new CrdtError("closed", "the replica was closed before"));
  }
}

/** A replica kept together with a server's over a WebSocket: reconnects by itself, and works offline. */

import { CrdtError } from "./errors.js";
import { atLeast, bytesOf, functionOf, objectOf, peerOf, said } from "./given.js";
import type { Peer, Replica } from "./replica.js";
import { Handlers } from "./subscribers.js";
import { Watch } from "./watch.js";

/** How it stands with a connection. */
export type WebSocketStatus =
  /** It is being made. */
  | "connecting"
  /** It is there. */
  | "open"
  /** It broke, or could not be made, and is tried again after a while. */
  | "waiting"
  /** It was closed, for good. */
  | "closed";

/** What of a `WebSocket` is used: the browser's, or one of a package for Node. */
export interface Socket {
  binaryType: string;
  readonly readyState: number;
  readonly bufferedAmount: number;
  onopen: ((event: never) => void) | null;
  onmessage: ((event: never) => void) | null;
  onclose: ((event: never) => void) | null;
  onerror: ((event: never) => void) | null;
  send(data: Uint8Array<ArrayBuffer>): void;
  close(code?: number, reason?: string): void;
}

export interface WebSocketOptions {
  /**
   * The name of the connection in the replica: the address by default, or "server" where that is asked for. Two
   * connections of one replica have two names.
   */
  readonly peer?: Peer;
  readonly protocols?: string | string[];
  /** How sockets are made; the global `WebSocket` by default. In Node 20: that of the package `ws`. */
  readonly socket?: (url: string | URL, protocols: string | string[] | undefined) => Socket;
  /** How long the first wait after a failure is at most; each further one twice as long. 500 ms. */
  readonly minDelayMs?: number;
  /** The longest wait. 30 s. */
  readonly maxDelayMs?: number;
  /**
   * After how much silence the server is greeted again; if it is silent for as long after that, the connection
   * counts as broken, and so does one that is not there after twice as long. 30 s; with `Infinity` only what
   * the socket tells counts. A message has to arrive in that time: on a slow line set `maxMessage`, too.
   */
  readonly silenceMs?: number;
}

/** How much may wait in a socket before no more is given to it. */
const FULL_BYTES = 1 << 20;
/** When to look again whether a full socket has sent something. */
const LOOK_AGAIN_MS = 50;
/** A connection that lasted so long was a good one: the next failure is the first again. */
const GOOD_MS = 5_000;
const OPEN = 1;

/**
 * Connects a replica to a server, and again whenever the connection breaks, after waits that grow and
 * are drawn at random up to their bound; at once when the browser says that it is online again. A
 * connection that was cut without a word is noticed after a while of silence.
 *
 * ```js
 * const link = connectWebSocket(replica, "wss://example.org/v1/sync");
 * ```
 * @throws {CrdtError} `option` for what can never work, and for a name that is in use; `closed` if the replica was closed.
 */
export function connectWebSocket(
  replica: Replica,
  /** The address, or what tells it before each attempt: with a fresh ticket, say. */
  url: string | URL | (() => string | URL | Promise<string | URL>),
  options: WebSocketOptions = {},
): WebSocketLink {
  return new WebSocketLink(replica, url, options);
}

/** The names of the connections that each replica has. */
const links = new WeakMap<Replica, Set<Peer>>();

/** What can never work is said at once; what may work later is tried again, and {@link WebSocketLink.reason} says why. */
function refuse(replica: Replica, url: unknown, options: WebSocketOptions): void {
  const fail = (sentence: string): never => {
    throw new CrdtError("option", sentence);
  };
  if (typeof replica?.onOutgoing !== "function") fail(`give a replica, and then an address, not ${said(replica)}`);
  if (replica.isClosed) throw new CrdtError("closed", "the replica was closed before: open its store anew");
  objectOf(options, "the options of a connection");
  const { minDelayMs = 500, maxDelayMs = 30_000, silenceMs = 30_000, socket } = options;
  atLeast(1, minDelayMs, "minDelayMs");
  atLeast(1, maxDelayMs, "maxDelayMs");
  atLeast(1, silenceMs, "silenceMs");
  if (socket !== undefined) functionOf(socket, "the option `socket`");
  else if (typeof WebSocket === "undefined") fail("there is no WebSocket here: give one with the option `socket`");
  if (typeof url === "function") return;
  if (typeof url !== "string" && !(url instanceof URL)) fail(`give an address, not ${said(url)}`);
  // Of a socket of the application's own the application knows which addresses there are.
  if (socket !== undefined) return;
  try {
    const { protocol } = new URL(url as string | URL, globalThis.location?.href);
    if (/^(ws|http)s?:$/.test(protocol)) return;
  } catch {}
  fail(`${said(String(url))} is no address of a WebSocket: it begins with wss:// and a host`);
}

export class WebSocketLink {
  /** The name of the connection in the replica. */
  readonly peer: Peer;
  readonly #replica: Replica;
  readonly #names: Set<Peer>;
  readonly #url: () => string | URL | Promise<string | URL>;
  readonly #options: WebSocketOptions;
  readonly #handlers = new Handlers<WebSocketStatus>();
  readonly #stopListening: () => void;
  readonly #retryNow = (): void => {
    if (this.#status === "waiting") this.#open();
    else this.#watch?.ask();
  };
  #status: WebSocketStatus = "connecting";
  #socket: Socket | undefined;
  #watch: Watch | undefined;
  #failures = 0;
  #reason: unknown;
  #openedAt = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;

  /** @internal */
  constructor(
    replica: Replica,
    url: string | URL | (() => string | URL | Promise<string | URL>),
    options: WebSocketOptions,
  ) {
    refuse(replica, url, options);
    this.#replica = replica;
    this.#url = typeof url === "function" ? url : () => url;
    this.#options = options;
    this.peer = peerOf(options.peer ?? (typeof url === "function" ? "server" : String(url)));
    this.#names = links.get(replica) ?? new Set();
    if (this.#names.has(this.peer)) {
      const sentence = `there is a connection ${said(this.peer)} already: close it, or name this one with the option \`peer\``;
      throw new CrdtError("option", sentence);
    }
    links.set(replica, this.#names.add(this.peer));
    this.#stopListening = replica.onOutgoing(() => this.#send());
    globalThis.addEventListener?.("online", this.#retryNow);
    this.#open();
  }

  get status(): WebSocketStatus {
    return this.#status;
  }

  /**
   * Why it is not open, as far as that is known: what the last attempt threw, or the event that ended it. While
   * it is open: what was wrong with the last thing that came and was no bytes.
   */
  get reason(): unknown {
    return this.#reason;
  }

  /** Calls `handler` when the status is another. Returns what ends that. */
  subscribe(handler: (status: WebSocketStatus) => void): () => void {
    return this.#handlers.add(handler);
  }

  /** Ends the connection for good. The replica stays. */
  close(): void {
    if (this.#status === "closed") return;
    this.#become("closed");
    this.#names.delete(this.peer);
    globalThis.removeEventListener?.("online", this.#retryNow);
    this.#stopListening();
    this.#drop();
  }

  #open(): void {
    clearTimeout(this.#timer);
    this.#become("connecting");
    void this.#connect().catch((error: unknown) => this.#failed(error));
  }

  async #connect(): Promise<void> {
    const url = await this.#url();
    if (this.#status !== "connecting") return;
    const make = this.#options.socket ?? ((to, protocols) => new WebSocket(to, protocols) as Socket);
    const socket = make(url, this.#options.protocols);
    if (typeof socket !== "object" || socket === null) {
      throw new CrdtError("option", `the option \`socket\` is to return a socket, not ${said(socket)}`);
    }
    this.#socket = socket;
    const watch = new Watch(socket, this.#options.silenceMs ?? 30_000, () => this.#failed("the other end is silent"));
    this.#watch = watch;
    socket.binaryType = "arraybuffer";
    socket.onopen = () => {
      if (socket !== this.#socket || this.#isOver()) return;
      watch.heard();
      this.#openedAt = Date.now();
      this.#reason = undefined;
      this.#become("open");
      this.#replica.connect(this.peer);
      this.#send();
    };
    socket.onmessage = ({ data }: { data: unknown }) => {
      if (socket !== this.#socket) return;
      watch.heard();
      this.#receive(data);
    };
    socket.onclose = (event?: unknown) => {
      if (socket === this.#socket) this.#failed(event);
    };
    // What follows an error is a close.
    socket.onerror = () => {};
  }

  #receive(data: unknown): void {
    let bytes: Uint8Array;
    try {
      bytes = bytesOf(data, "malformed", "the server's messages");
    } catch (error) {
      // It speaks of something else, too.
      this.#reason = error;
      return;
    }
    try {
      this.#replica.receive(this.peer, bytes);
    } catch {
      // What is refused is as if lost; the replica tells of it, here and there.
      this.#isOver();
    }
  }

  /** A replica that is closed takes the connection with it. */
  #isOver(): boolean {
    if (this.#replica.isClosed) this.close();
    return this.#status === "closed";
  }

  #send(): void {
    if (this.#isOver()) return;
    const socket = this.#socket;
    if (this.#status !== "open" || socket?.readyState !== OPEN) return;
    if (socket.bufferedAmount > FULL_BYTES) {
      clearTimeout(this.#timer);
      this.#timer = setTimeout(() => this.#send(), LOOK_AGAIN_MS);
      return;
    }
    for (const bytes of this.#replica.outgoing(this.peer)) {
      socket.send(bytes);
      this.#watch?.sent(bytes);
    }
  }

  #failed(reason: unknown): void {
    if (this.#status === "closed") return;
    this.#reason = reason;
    if (this.#status === "open" && Date.now() - this.#openedAt > GOOD_MS) this.#failures = 0;
    this.#drop();
    this.#become("waiting");
    const { minDelayMs = 500, maxDelayMs = 30_000 } = this.#options;
    const bound = Math.min(minDelayMs * 2 ** this.#failures++, maxDelayMs);
    this.#timer = setTimeout(this.#retryNow, bound * (0.5 + Math.random() / 2));
  }

  #drop(): void {
    clearTimeout(this.#timer);
    this.#watch?.stop();
    const socket = this.#socket;
    this.#socket = this.#watch = undefined;
    socket?.close();
    this.#replica.disconnect(this.peer);
  }

  #become(status: WebSocketStatus): void {
    if (status === this.#status) return;
    this.#status = status;
    this.#handlers.tell(status);
  }
}

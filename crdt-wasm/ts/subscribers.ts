import { functionOf } from "./given.js";

/** What has changed. */
export interface Change {
  /** The names. */
  readonly names: readonly string[];
  /** Whether it was written here, or came from a peer. */
  readonly origin: "local" | "remote";
  /** The number of the snapshot that shows it. */
  readonly version: number;
}

interface Pending {
  readonly names: Set<string>;
  readonly origin: Change["origin"];
  version: number;
}

/** Those who want to hear of something. One that is added twice hears twice. */
export class Handlers<T> {
  readonly #handlers = new Set<{ handle: (told: T) => void }>();

  get isEmpty(): boolean {
    return this.#handlers.size === 0;
  }

  /** Returns what ends it. @throws {CrdtError} `option` if it is no function. */
  add(handle: (told: T) => void): () => void {
    functionOf(handle, "a handler");
    const entry = { handle };
    this.#handlers.add(entry);
    return () => {
      this.#handlers.delete(entry);
    };
  }

  tell(told: T): void {
    for (const { handle } of [...this.#handlers]) callSafely(() => handle(told));
  }
}

/** Those who want to hear of changes, and what they have not heard yet. */
export class Subscribers {
  readonly #handlers = new Handlers<Change>();
  #pending: Pending[] = [];

  add(handle: (change: Change) => void): () => void {
    return this.#handlers.add(handle);
  }

  /** Tells it once the running code has come to its end; what comes of one origin in a row is told at once. */
  tell(names: Iterable<string>, origin: Change["origin"], version: number): void {
    if (this.#handlers.isEmpty) return;
    const last = this.#pending.at(-1);
    if (last?.origin === origin) {
      for (const name of names) last.names.add(name);
      last.version = version;
      return;
    }
    this.#pending.push({ names: new Set(names), origin, version });
    if (this.#pending.length === 1) queueMicrotask(() => this.#deliver());
  }

  #deliver(): void {
    const pending = this.#pending;
    this.#pending = [];
    for (const { names, origin, version } of pending) {
      const change: Change = Object.freeze({ names: Object.freeze([...names].sort()), origin, version });
      this.#handlers.tell(change);
    }
  }
}

/** An error in a handler is the handler's: it is reported, and keeps nobody else from hearing. */
function callSafely(handler: () => void): void {
  try {
    handler();
  } catch (error) {
    if (typeof reportError === "function") reportError(error);
    else {
      setTimeout(() => {
        throw error;
      });
    }
  }
}

/// <reference lib="esnext.disposable" preserve="true" />
// For users whose own libraries do not know of `using`.

import { CrdtError } from "./errors.js";

/** What is held in the module's memory, until it is freed. */
interface Held {
  free(): void;
}

/**
 * An object whose content is in the module's memory. It is freed with {@link free}, at the end of a
 * `using`, or, where there is a `FinalizationRegistry`, some time after the last reference to it went.
 */
export abstract class Handle<R extends Held> {
  #raw: R | undefined;

  /** @internal */
  constructor(raw: R) {
    this.#raw = raw;
  }

  /** @internal */
  protected get raw(): R {
    if (this.#raw === undefined) {
      throw new CrdtError("freed", "this object was freed: make another");
    }
    return this.#raw;
  }

  /** Gives the memory back; the object is of no use afterwards. Twice is as once. Cost: O(what it holds). */
  free(): void {
    this.#raw?.free();
    this.#raw = undefined;
  }
}

export interface Handle<R extends Held> {
  [Symbol.dispose](): void;
}

// Where `using` is known. Elsewhere `Symbol.dispose` is missing, and would name a method "undefined".
if (typeof Symbol.dispose === "symbol") {
  Object.defineProperty(Handle.prototype, Symbol.dispose, {
    value(this: Handle<Held>): void {
      this.free();
    },
    configurable: true,
    writable: true,
  });
}

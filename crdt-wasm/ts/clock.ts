import { RawClock } from "#raw";

import { timestampOf } from "./given.js";
import { Handle } from "./handle.js";
import { ready } from "./module.js";
import { monotonic } from "./time.js";

declare const brand: unique symbol;

/** An instant of the hybrid logical clock: milliseconds since 1970, a point, a counter. */
export type Timestamp = string & { readonly [brand]: "Timestamp" };

/**
 * A hybrid logical clock: close to `Date.now()`, never twice the same, and past all that it has observed. Every
 * call costs O(1).
 */
export class Clock extends Handle<RawClock> {
  constructor() {
    ready();
    super(new RawClock());
  }

  /**
   * The next timestamp.
   * @throws {CrdtError} `clock-jumped` if the wall clock has jumped ahead.
   */
  now(): Timestamp {
    return this.raw.now(Date.now(), monotonic()) as Timestamp;
  }

  /**
   * Sees to it that the next one exceeds `seen`.
   * @throws {CrdtError} `clock` if it is too far ahead of the wall clock; `timestamp` if it is none.
   */
  observe(seen: Timestamp): void {
    this.raw.observe(timestampOf(seen), Date.now(), monotonic());
  }

  /** Says that the wall clock is right although it jumped ahead. */
  confirm(): void {
    this.raw.confirm(Date.now(), monotonic());
  }

  /** The greatest one given out or observed. */
  get last(): Timestamp {
    return this.raw.last() as Timestamp;
  }
}

import { RawGCounter, RawPnCounter } from "#raw";

import { CrdtError } from "./errors.js";
import { bytesOf, idOf, said } from "./given.js";
import { Lattice } from "./lattice.js";
import { ready } from "./module.js";
import type { ReplicaId } from "./replica-id.js";

/** An amount to count: whole, from 0 to 2^64 - 1. */
export function amountOf(amount: number | bigint): bigint {
  if (typeof amount !== "bigint" && !Number.isSafeInteger(amount)) {
    throw new CrdtError("value", `${said(amount)} cannot be counted: give a whole number, from 2^53 on a bigint`);
  }
  const whole = BigInt(amount);
  if (whole < 0n || whole >= 2n ** 64n) {
    throw new CrdtError("value", `${whole} cannot be counted: the least amount is 0, the most 2^64 - 1`);
  }
  return whole;
}

/**
 * A counter that only grows: each replica counts for itself, and the sum is what all have counted. It grows
 * with the replica ids that counted, not with what they count.
 *
 * ```js
 * const likes = new GCounter(ReplicaId.random());
 * const delta = likes.increment();
 * ```
 */
export class GCounter extends Lattice<RawGCounter> {
  /** An empty one; with an id it can count, without it only merges and reads. */
  constructor(replica?: ReplicaId);
  /** @internal */
  constructor(from?: ReplicaId | RawGCounter);
  constructor(from: ReplicaId | RawGCounter | undefined) {
    ready();
    super(from instanceof RawGCounter ? from : new RawGCounter(idOf(from)));
  }

  /**
   * The counter that {@link encode} wrote.
   * @throws {CrdtError} `malformed`, `version`.
   */
  static decode(bytes: Uint8Array, replica?: ReplicaId): GCounter {
    ready();
    return new GCounter(RawGCounter.decode(bytesOf(bytes), idOf(replica)));
  }

  /**
   * Counts; returns the change. Cost: O(log replica ids).
   * @throws {CrdtError} `overflow` above 2^64 - 1 for one replica; `replica-id` without one.
   */
  increment(amount: number | bigint = 1): Uint8Array<ArrayBuffer> {
    return this.raw.increment(amountOf(amount));
  }

  /** What all have counted; beyond 2^53 the nearest number. Cost: O(replica ids). */
  get value(): number {
    return Number(this.raw.value());
  }

  /** What all have counted, exactly. Cost: O(replica ids). */
  get bigValue(): bigint {
    return this.raw.value();
  }

  /** What each has counted. Cost: O(replica ids). */
  counts(): Map<ReplicaId, bigint> {
    const counts = this.raw.counts();
    return new Map(this.raw.ids().map((id, index) => [id as ReplicaId, counts[index] as bigint]));
  }
}

/** A counter that goes up and down: each replica's ups and downs are counted apart. It grows as a GCounter. */
export class PnCounter extends Lattice<RawPnCounter> {
  /** An empty one; with an id it can count, without it only merges and reads. */
  constructor(replica?: ReplicaId);
  /** @internal */
  constructor(from?: ReplicaId | RawPnCounter);
  constructor(from: ReplicaId | RawPnCounter | undefined) {
    ready();
    super(from instanceof RawPnCounter ? from : new RawPnCounter(idOf(from)));
  }

  /**
   * The counter that {@link encode} wrote.
   * @throws {CrdtError} `malformed`, `version`.
   */
  static decode(bytes: Uint8Array, replica?: ReplicaId): PnCounter {
    ready();
    return new PnCounter(RawPnCounter.decode(bytesOf(bytes), idOf(replica)));
  }

  /**
   * Counts up; returns the change. Cost: O(log replica ids).
   * @throws {CrdtError} `overflow` above 2^64 - 1 ups for one replica; `replica-id` without one.
   */
  increment(amount: number | bigint = 1): Uint8Array<ArrayBuffer> {
    return this.raw.increment(amountOf(amount));
  }

  /**
   * Counts down; returns the change. Cost: O(log replica ids).
   * @throws {CrdtError} `overflow` above 2^64 - 1 downs for one replica; `replica-id` without one.
   */
  decrement(amount: number | bigint = 1): Uint8Array<ArrayBuffer> {
    return this.raw.decrement(amountOf(amount));
  }

  /** The sum; beyond 2^53 the nearest number. Cost: O(replica ids). */
  get value(): number {
    return Number(this.raw.value());
  }

  /** The sum, exactly. Cost: O(replica ids). */
  get bigValue(): bigint {
    return this.raw.value();
  }

  /** What each has counted, ups less downs. Cost: O(replica ids). */
  counts(): Map<ReplicaId, bigint> {
    const counted = this.raw.counts().map((text) => text.split("=") as [string, string]);
    return new Map(counted.map(([id, count]) => [id as ReplicaId, BigInt(count)]));
  }
}

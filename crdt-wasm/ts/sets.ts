import { RawGSet, RawOrSet } from "#raw";

import { bytesOf, idOf } from "./given.js";
import { Lattice } from "./lattice.js";
import { ready } from "./module.js";
import type { ReplicaId } from "./replica-id.js";
import { callWithText } from "./scratch.js";
import { packValue, packValues, unpackValues, type Value } from "./value.js";

/** A set that only grows. It needs no replica id: what is added is the same whoever adds it. */
export class GSet extends Lattice<RawGSet> {
  /** An empty one. */
  constructor();
  /** @internal */
  constructor(raw?: RawGSet);
  constructor(raw?: RawGSet) {
    ready();
    // An id, which the others take, is not needed.
    super(raw instanceof RawGSet ? raw : new RawGSet(""));
  }

  /**
   * The set that {@link encode} wrote.
   * @throws {CrdtError} `malformed`, `version`.
   */
  static decode(bytes: Uint8Array): GSet {
    ready();
    return new GSet(RawGSet.decode(bytesOf(bytes), ""));
  }

  /**
   * Adds; returns the change.
   * @throws {CrdtError} `value` if it cannot be an element.
   */
  add(element: Value): Uint8Array<ArrayBuffer> {
    return this.raw.add(packValue(element));
  }

  /** Adds all of them in one call; returns the change. */
  addAll(elements: Iterable<Value>): Uint8Array<ArrayBuffer> {
    return this.raw.addAll(packValues(elements));
  }

  has(element: Value): boolean {
    return this.raw.has(packValue(element));
  }

  get size(): number {
    return this.raw.size();
  }

  /** The elements, in order. */
  values(): Value[] {
    return unpackValues(this.raw.values());
  }

  [Symbol.iterator](): IterableIterator<Value> {
    return this.values().values();
  }
}

/**
 * A set to add to and to remove from: what is added survives a removal that had not seen it.
 *
 * ```js
 * const cart = new OrSet(ReplicaId.random());
 * const delta = cart.add("apple");
 * ```
 */
export class OrSet extends Lattice<RawOrSet> {
  /** An empty one; with an id it can be added to, without it only merged, read and removed from. */
  constructor(replica?: ReplicaId);
  /** @internal */
  constructor(from?: ReplicaId | RawOrSet);
  constructor(from: ReplicaId | RawOrSet | undefined) {
    ready();
    super(from instanceof RawOrSet ? from : new RawOrSet(idOf(from)));
  }

  /**
   * The set that {@link encode} wrote.
   * @throws {CrdtError} `malformed`, `version`.
   */
  static decode(bytes: Uint8Array, replica?: ReplicaId): OrSet {
    ready();
    return new OrSet(RawOrSet.decode(bytesOf(bytes), idOf(replica)));
  }

  /**
   * Adds; returns the change.
   * @throws {CrdtError} `value` if it cannot be an element; `replica-id` without one.
   */
  add(element: Value): Uint8Array<ArrayBuffer> {
    const { raw } = this;
    if (typeof element === "string") {
      const change = callWithText(element, (scratch, length) => raw.addText(scratch, length));
      if (change !== undefined) return change;
    }
    return raw.add(packValue(element));
  }

  /** Adds all of them in one call; returns the change. */
  addAll(elements: Iterable<Value>): Uint8Array<ArrayBuffer> {
    return this.raw.addAll(packValues(elements));
  }

  /** Removes what is there; returns the change. */
  remove(element: Value): Uint8Array<ArrayBuffer> {
    return this.raw.remove(packValue(element));
  }

  /** Removes all of them in one call; returns the change. */
  removeAll(elements: Iterable<Value>): Uint8Array<ArrayBuffer> {
    return this.raw.removeAll(packValues(elements));
  }

  /** Removes what is there; returns the change. */
  clear(): Uint8Array<ArrayBuffer> {
    return this.raw.clear();
  }

  has(element: Value): boolean {
    return this.raw.has(packValue(element));
  }

  get size(): number {
    return this.raw.size();
  }

  /** The elements, in the order of their additions: by replica, then one after the other. */
  values(): Value[] {
    return unpackValues(this.raw.values());
  }

  [Symbol.iterator](): IterableIterator<Value> {
    return this.values().values();
  }
}

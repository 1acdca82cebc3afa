import { RawLwwRegister, RawMvRegister } from "#raw";

import type { Timestamp } from "./clock.js";
import { bytesOf, idOf, timestampOf } from "./given.js";
import { Lattice } from "./lattice.js";
import { ready } from "./module.js";
import type { ReplicaId } from "./replica-id.js";
import { packValue, unpackValues, type Value } from "./value.js";

/**
 * A register of which the later write stays. It holds one value, its timestamp and its writer, and every call
 * costs O(1) and a copy of the value.
 */
export class LwwRegister extends Lattice<RawLwwRegister> {
  /** One that was never written; with an id it can be, without it only merged and read. */
  constructor(replica?: ReplicaId);
  /** @internal */
  constructor(from?: ReplicaId | RawLwwRegister);
  constructor(from: ReplicaId | RawLwwRegister | undefined) {
    ready();
    super(from instanceof RawLwwRegister ? from : new RawLwwRegister(idOf(from)));
  }

  /**
   * The register that {@link encode} wrote.
   * @throws {CrdtError} `malformed`, `version`.
   */
  static decode(bytes: Uint8Array, replica?: ReplicaId): LwwRegister {
    ready();
    return new LwwRegister(RawLwwRegister.decode(bytesOf(bytes), idOf(replica)));
  }

  /**
   * Writes; returns the change. The timestamp is what the writer's clock says: `clock.now()`.
   * @throws {CrdtError} `value`, `timestamp`; `replica-id` without one.
   */
  set(value: Value, at: Timestamp): Uint8Array<ArrayBuffer> {
    return this.raw.set(packValue(value), timestampOf(at));
  }

  /** The value; `undefined` before the first write. */
  get value(): Value | undefined {
    return unpackValues(this.raw.values())[0];
  }

  /** When it was written, for a clock to `observe`. */
  get timestamp(): Timestamp | undefined {
    return this.raw.timestamp() as Timestamp | undefined;
  }

  /** Who wrote it. */
  get writer(): ReplicaId | undefined {
    return this.raw.writer() as ReplicaId | undefined;
  }
}

/**
 * A register of which all concurrent writes stay, until one is chosen. It holds these values, and some 20 bytes
 * for each replica id that wrote; every call costs O(values).
 */
export class MvRegister extends Lattice<RawMvRegister> {
  /** An empty one; with an id it can be written, without it only merged and read. */
  constructor(replica?: ReplicaId);
  /** @internal */
  constructor(from?: ReplicaId | RawMvRegister);
  constructor(from: ReplicaId | RawMvRegister | undefined) {
    ready();
    super(from instanceof RawMvRegister ? from : new RawMvRegister(idOf(from)));
  }

  /**
   * The register that {@link encode} wrote.
   * @throws {CrdtError} `malformed`, `version`.
   */
  static decode(bytes: Uint8Array, replica?: ReplicaId): MvRegister {
    ready();
    return new MvRegister(RawMvRegister.decode(bytesOf(bytes), idOf(replica)));
  }

  /**
   * Writes in place of all that is there; returns the change.
   * @throws {CrdtError} `value`; `replica-id` without one.
   */
  set(value: Value): Uint8Array<ArrayBuffer> {
    return this.raw.set(packValue(value));
  }

  /** Chooses one of the values, or makes one of them; returns the change. */
  resolve(choose: (values: Value[]) => Value): Uint8Array<ArrayBuffer> {
    return this.set(choose(this.values()));
  }

  /** Removes what is there; returns the change. */
  clear(): Uint8Array<ArrayBuffer> {
    return this.raw.clear();
  }

  /** The values, in the order of their bytes: several when there were concurrent writes. */
  values(): Value[] {
    return unpackValues(this.raw.values());
  }

  /** Whether there are several values. */
  get isConflicted(): boolean {
    return this.values().length > 1;
  }
}

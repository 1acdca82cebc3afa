/** What a replica is opened with, and what it has stored. */

import { RawReplica } from "#raw";

import { rawConfig, type ReplicaConfig } from "./config.js";
import { bytesOf, fieldsOf, idOf, listOf, objectOf } from "./given.js";
import type { ReplicaId } from "./replica-id.js";
import { monotonic } from "./time.js";
import { Writer } from "./wire.js";

/** What is to be persisted, in order; with `Replica.persisted` its number is reported. */
export interface StoredRecord {
  readonly number: number;
  readonly bytes: Uint8Array<ArrayBuffer>;
}

/** What a store holds: a snapshot, or none, and the records since. */
export interface Stored {
  readonly snapshot?: Uint8Array | undefined;
  readonly records?: readonly Uint8Array[];
}

export interface ReplicaOptions {
  /** The id to begin under; drawn if there is none. A store that was closed goes on under its own. */
  readonly id?: ReplicaId;
  /**
   * What the store holds, empty for a new one. Then nothing is sent before it was persisted:
   * take `Replica.records`, and report them. Without it nothing is stored.
   */
  readonly store?: Stored;
  readonly config?: ReplicaConfig;
}

/**
 * Opens a store, or begins without one.
 * @throws {CrdtError} `option` for what is none: a store that is misread would be opened as an empty one.
 */
export function open(options: ReplicaOptions): RawReplica {
  const { id, store, config = {} } = fieldsOf(options, "the options of a replica", ["id", "store", "config"]);
  if (store !== undefined) fieldsOf(store, "the option `store`", ["snapshot", "records"]);
  const snapshot = bytesOf(store?.snapshot ?? new Uint8Array(), "option", "`store.snapshot`, the `bytes` of one");
  const [high, low] = crypto.getRandomValues(new BigUint64Array(2)) as unknown as [bigint, bigint];
  const records = new Writer();
  const stored = listOf(store?.records ?? [], "option", "`store.records`");
  records.varint(stored.length);
  for (const given of stored) {
    const record = bytesOf(given, "option", "`store.records`, the `bytes` of each");
    records.varint(record.length);
    records.raw(record);
  }
  return new RawReplica(
    snapshot,
    records.bytes(),
    (high << 64n) | low,
    idOf(id),
    Date.now(),
    monotonic(),
    rawConfig(store !== undefined, objectOf(config, "the option `config`")),
  );
}

/** A number of eight bytes, and what follows it. */
export function numbered(bytes: Uint8Array): StoredRecord {
  const view = new DataView(bytes.buffer, bytes.byteOffset);
  return { number: Number(view.getBigUint64(0, true)), bytes: bytes.slice(8) };
}

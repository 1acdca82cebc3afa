/** What an IndexedDB database holds of the stores in it, and how it fails. */

import { CrdtError } from "./errors.js";

/**
 * Where something is in a store: places grow from opening to opening, where a replica counts its records
 * from 1 in each.
 */
interface Place {
  readonly slot: number;
  readonly place: number;
}

/** It stands for the records up to its place. */
export interface Snapshot extends Place {
  readonly bytes: Uint8Array;
}

export interface Row extends Place {
  readonly bytes: Uint8Array;
  /** Whether it is the one with which the store was closed. */
  readonly isClosing: boolean;
}

export interface Stored {
  readonly snapshot: Snapshot | undefined;
  readonly records: Row[];
}

export async function read(database: IDBDatabase, slot: number): Promise<Stored> {
  const transaction = database.transaction(["snapshots", "records"]);
  const snapshot = answered(transaction.objectStore("snapshots").get(slot) as IDBRequest<Snapshot | undefined>);
  const range = IDBKeyRange.bound([slot, 0], [slot, Infinity]);
  const records = answered<Row[]>(transaction.objectStore("records").getAll(range));
  return { snapshot: await snapshot, records: await records };
}

/** The stores that there are, in order. */
export async function slotsOf(database: IDBDatabase): Promise<Set<number>> {
  const transaction = database.transaction(["snapshots", "records"]);
  const snapshots = answered(transaction.objectStore("snapshots").getAllKeys());
  const records = answered(transaction.objectStore("records").getAllKeys());
  const slots = [...(await snapshots), ...(await records).map((key) => (key as number[])[0])] as number[];
  return new Set(slots.sort((one, other) => one - other));
}

export function openDatabase(name: string): Promise<IDBDatabase> {
  return new Promise((resolve, reject) => {
    const request = indexedDB.open(name, 1);
    request.onupgradeneeded = () => {
      request.result.createObjectStore("snapshots", { keyPath: "slot" });
      request.result.createObjectStore("records", { keyPath: ["slot", "place"] });
    };
    request.onsuccess = () => {
      const database = request.result;
      // Another tab wants to delete it, or to bring it to a newer form. A store that is open sees to it itself.
      database.onversionchange = () => database.close();
      resolve(database);
    };
    request.onerror = () => reject(asCrdtError(request.error));
  });
}

function answered<T>(request: IDBRequest<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(asCrdtError(request.error));
  });
}

export function ended(transaction: IDBTransaction): Promise<void> {
  return new Promise((resolve, reject) => {
    transaction.oncomplete = () => resolve();
    transaction.onabort = () => reject(asCrdtError(transaction.error));
  });
}

export function asCrdtError(error: unknown): CrdtError {
  if (error instanceof CrdtError) return error;
  if (error instanceof Error && error.name === "QuotaExceededError") {
    const sentence = "the browser has no room left for this site: remove something, or ask for more room";
    return new CrdtError("quota", sentence, { cause: error });
  }
  const why = error instanceof Error ? error.message : String(error);
  return new CrdtError("store", `the browser's database failed: ${why}`, { cause: error });
}

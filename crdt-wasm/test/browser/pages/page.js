// The package, for what the tests evaluate.

import * as broadcast from "/dist/broadcast.js";
import * as main from "/dist/index.js";
import * as indexeddb from "/dist/indexeddb.js";
import * as websocket from "/dist/websocket.js";

const { Replica } = main;

/** How many bytes a store holds. */
globalThis.storedBytes = async (name) => {
  const settled = (request) =>
    new Promise((resolve, reject) => {
      request.onsuccess = () => resolve(request.result);
      request.onerror = () => reject(request.error);
    });
  const database = await settled(indexedDB.open(`crdt-wasm ${name}`));
  const rows = ["snapshots", "records"].map((store) => settled(database.transaction(store).objectStore(store).getAll()));
  const all = (await Promise.all(rows)).flat();
  database.close();
  return all.reduce((sum, { bytes }) => sum + bytes.length, 0);
};

globalThis.crdt = {
  ...main,
  ...broadcast,
  ...indexeddb,
  ...websocket,
  /** Opens the stored replica of this name, as globals. */
  async open(name, options = {}) {
    const store = await indexeddb.openReplica(name, (given) => new Replica(given), options);
    Object.assign(globalThis, { store, replica: store.replica });
    globalThis.problems = [];
    store.onError(({ code }) => problems.push(code));
    return { id: replica.id, slot: store.slot, values: replica.toJSON() };
  },
};

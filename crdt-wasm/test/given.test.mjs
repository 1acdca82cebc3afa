/** What is given by mistake is refused at once, with a sentence that says what to give. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { runInNewContext } from "node:vm";

import { CrdtError, Replica } from "crdt-wasm";

const failsWith = (code, words = /./) => (error) =>
  error instanceof CrdtError && error.code === code && words.test(error.message);

test("a message is bytes or their buffer; anything else is refused at once", () => {
  const [here, there] = [new Replica(), new Replica()];
  here.connect("there");
  there.connect("here");
  const [greeting] = here.outgoing("there");
  for (const wrong of [undefined, null, "hello", 5, {}, { length: -1 }, [1, 2], new Blob(["x"]), new Uint16Array(4)]) {
    assert.throws(() => there.receive("here", wrong), failsWith("malformed", /give a Uint8Array, not .*binaryType/));
  }
  assert.throws(() => there.receive("here", new Uint8Array()), failsWith("malformed", /not empty/));
  there.receive("here", greeting.slice().buffer);
  assert.equal(there.replicaOf("here"), here.id);
  // As what another frame has made.
  there.receive("here", runInNewContext("(bytes) => new Uint8Array(bytes)")([...greeting]));
  assert.throws(() => there.mergeSnapshot(here.storedSnapshot()), failsWith("malformed", /`bytes`/));
});

test("a store is a snapshot and records, as bytes: nothing else opens, least of all as an empty one", () => {
  const kept = new Replica({ store: {} });
  kept.set("cart").add("apple");
  const records = kept.records();
  const snapshot = kept.storedSnapshot();
  const json = JSON.parse(JSON.stringify(snapshot.bytes));
  for (const store of [
    { snapshot },
    { snapshot: json },
    { snapshot: "bytes" },
    { records },
    { records: records[0].bytes },
    { records: 5 },
    { snapshots: snapshot.bytes },
    snapshot,
    snapshot.bytes,
    new Uint8Array(3),
    new ArrayBuffer(3),
    [],
    null,
    "shop",
  ]) {
    assert.throws(() => new Replica({ store }), failsWith("option", /store/));
  }
  const bytes = records.map((record) => record.bytes);
  const cart = { cart: ["apple"] };
  assert.deepEqual(new Replica({ store: { records: bytes } }).toJSON(), cart);
  assert.deepEqual(new Replica({ store: { snapshot: snapshot.bytes.slice().buffer } }).toJSON(), cart);
  assert.deepEqual(new Replica({ store: { snapshot: undefined, records: [] } }).toJSON(), {});
});

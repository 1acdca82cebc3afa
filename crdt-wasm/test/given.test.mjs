/** What is given by mistake is refused at once, with a sentence that says what to give. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { runInNewContext } from "node:vm";

import { CrdtError, Replica, ReplicaId } from "crdt-wasm";

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

test("members are a whole number or all, and a record is one that was taken", async () => {
  const replica = new Replica({ store: {} });
  const token = replica.counter("likes").increment();
  for (const wrong of [-1, 1.5, NaN, Infinity, "some", "1", undefined, null]) {
    assert.throws(() => replica.isDurable(token, wrong), failsWith("option", /whole number or "all"/));
    await assert.rejects(replica.durable(token, wrong), failsWith("option"));
  }
  const [{ number }] = replica.records().slice(-1);
  for (const wrong of [number + 1, 99, "1", NaN, -1, 0.5, undefined]) {
    assert.throws(() => replica.persisted(wrong), failsWith("option", /that was taken/));
  }
  replica.persisted(number);
  replica.counter("likes").increment();
  replica.persisted(replica.storedSnapshot().number);
  for (const wrong of [replica.id, 5, [5], undefined]) {
    assert.throws(() => replica.setMembers(wrong), failsWith("replica-id"));
  }
  for (const wrong of [undefined, 5, {}]) {
    assert.throws(() => replica.retire(wrong), failsWith("replica-id"));
    assert.throws(() => replica.isCovered(wrong), failsWith("token"));
    await assert.rejects(replica.covers(wrong), failsWith("token"));
  }
});

test("who wants to hear names an event that there is, and gives a function", () => {
  const replica = new Replica();
  for (const wrong of ["nope", "toString", "changed", undefined, 5]) {
    assert.throws(() => replica.on(wrong, () => {}), failsWith("option", /no event .* but connected, lag/));
  }
  for (const wrong of [undefined, null, {}, "lag"]) {
    assert.throws(() => replica.on("lag", wrong), failsWith("option", /function/));
    assert.throws(() => replica.subscribe(wrong), failsWith("option", /function/));
    assert.throws(() => replica.onOutgoing(wrong), failsWith("option", /function/));
  }
  replica.on("lag", () => {})();
});

test("a replica's options are those that there are, and its peers have names", () => {
  for (const wrong of [ReplicaId.random(), null, 5, [], { stroe: {} }, { id: 5 }, { id: {} }]) {
    assert.throws(() => new Replica(wrong), failsWith(wrong?.id === undefined ? "option" : "replica-id"));
  }
  for (const config of [{ logBytes: -1 }, { logBytes: "1" }, { gossipMs: NaN }, { maxMessage: null }, { speed: 1 }, null, 5, []]) {
    assert.throws(() => new Replica({ config }), failsWith("option"), JSON.stringify(config));
  }
  const replica = new Replica({ id: undefined, store: undefined, config: { tokenLifeMs: Infinity, maxMessage: undefined } });
  for (const wrong of [undefined, null, {}, 5n]) {
    assert.throws(() => replica.connect(wrong), failsWith("option", /a string or a number/));
    assert.throws(() => replica.outgoing(wrong), failsWith("unknown-peer"));
  }
});

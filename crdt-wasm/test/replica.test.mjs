import assert from "node:assert/strict";
import { after, test } from "node:test";

import { CrdtError, Replica } from "crdt-wasm";

/** The module's memory, once it is loaded: at the first use. */
let memory;
WebAssembly.Instance = new Proxy(WebAssembly.Instance, {
  construct(target, given) {
    const instance = new target(...given);
    memory = instance.exports.memory;
    return instance;
  },
});

const failsWith = (code) => (error) => error instanceof CrdtError && error.code === code;
const later = () => new Promise((resolve) => setTimeout(resolve));

// Somebody who waits with `AbortSignal.timeout` alone keeps no process from ending.
const alive = setInterval(() => {}, 1_000);
after(() => clearInterval(alive));

/** Two replicas, and what carries their messages in the microtasks after each call. */
function linked(here, there) {
  const stops = [
    here.onOutgoing(() => here.outgoing("there").forEach((bytes) => there.receive("here", bytes))),
    there.onOutgoing(() => there.outgoing("here").forEach((bytes) => here.receive("there", bytes))),
  ];
  here.connect("there");
  there.connect("here");
  return () => {
    stops.forEach((stop) => stop());
    here.disconnect("there");
    there.disconnect("here");
  };
}

test("replicas that are connected become equal, and their users are told", async () => {
  const here = new Replica();
  const there = new Replica();
  const changes = [];
  const met = [];
  there.subscribe(({ names, origin }) => changes.push([origin, ...names]));
  there.on("connected", ({ peer, replica }) => met.push([peer, replica]));
  const token = here.set("cart").add("apple");
  assert.ok(here.isCovered(token) && !there.isCovered(token));
  const cut = linked(here, there);
  await there.covers(token);
  assert.deepEqual(there.toJSON(), { cart: ["apple"] });
  await later();
  assert.deepEqual(changes, [["remote", "cart"]]);
  assert.deepEqual(met, [["here", here.id]]);
  assert.equal(there.replicaOf("here"), here.id);

  const second = there.transact((tx) => {
    tx.counter("likes").increment();
    tx.register("name").set("Alice");
  });
  await here.covers(second, { signal: AbortSignal.timeout(5_000) });
  assert.deepEqual(here.encode(), there.encode());
  here.setMembers([there.id]);
  await here.durable(here.token(), 1, { signal: AbortSignal.timeout(5_000) });
  assert.ok(here.isDurable(token, "all"));
  assert.equal(here.lag("there").level, "fine");
  assert.equal(here.lag("there").positions, 0);
  cut();
  here.counter("likes").increment();
  assert.equal(here.lag("there"), undefined);
  here.free();
  there.free();
});

test("waiting for a token ends with its signal, and with the replica", async () => {
  const here = new Replica();
  const there = new Replica();
  const token = here.counter("likes").increment();
  const late = new AbortController();
  setTimeout(() => late.abort(new DOMException("too late", "TimeoutError")));
  await assert.rejects(there.covers(token, { signal: late.signal }), { name: "TimeoutError" });
  const waiting = there.covers(token);
  there.close();
  await assert.rejects(waiting, failsWith("closed"));
  await assert.rejects(here.covers("no token"), failsWith("token"));
  assert.throws(() => there.counter("likes").increment(), failsWith("closed"));
  assert.throws(() => here.receive("nobody", new Uint8Array([1])), failsWith("unknown-peer"));
  assert.throws(() => new Replica({ config: { speed: 1 } }), failsWith("option"));
});

test("a store that was closed goes on under its id, one that was not under another", async () => {
  const stored = [];
  const keep = (replica) => {
    for (const record of replica.records()) {
      stored.push(record.bytes);
      replica.persisted(record.number);
    }
  };
  const first = new Replica({ store: {} });
  const token = first.set("cart").addAll(["apple", "pear"]);
  first.close();
  keep(first);
  const second = new Replica({ store: { records: stored } });
  assert.equal(second.id, first.id);
  assert.ok(second.isCovered(token));
  assert.deepEqual(second.toJSON(), { cart: ["apple", "pear"] });
  keep(second);
  const third = new Replica({ store: { records: stored } });
  assert.notEqual(third.id, first.id);
  assert.deepEqual(third.toJSON(), { cart: ["apple", "pear"] });
  const snapshot = third.storedSnapshot();
  const fourth = new Replica({ store: { snapshot: snapshot.bytes } });
  assert.deepEqual(fourth.toJSON(), third.toJSON());
  const fifth = new Replica();
  fifth.mergeSnapshot(snapshot.bytes);
  assert.deepEqual(fifth.toJSON(), third.toJSON());
  assert.throws(() => new Replica({ store: { records: [new Uint8Array([1, 2, 3])] } }), failsWith("store"));
});

test("nothing is sent before it is stored", async () => {
  const here = new Replica({ store: {} });
  const there = new Replica();
  linked(here, there);
  const token = here.counter("likes").increment();
  await later();
  assert.equal(there.counter("likes").value, 0);
  for (const { number } of here.records()) here.persisted(number);
  await there.covers(token, { signal: AbortSignal.timeout(5_000) });
});

test("a message that was damaged is refused, and both ends are told", async () => {
  const here = new Replica();
  const there = new Replica();
  const refused = [];
  there.on("refused", ({ peer, why }) => refused.push([peer, why]));
  here.connect("there");
  there.connect("here");
  const [greeting] = here.outgoing("there");
  greeting[5] ^= 1;
  assert.throws(() => there.receive("here", greeting), CrdtError);
  await later();
  assert.equal(refused.length, 1);
});

test("a replica that was freed says so, and not that it was closed", () => {
  const replica = new Replica();
  replica.connect("peer");
  replica.free();
  const calls = [() => replica.connect("peer"), () => replica.outgoing("peer"), () => replica.receive("peer", new Uint8Array(1))];
  for (const call of calls) assert.throws(call, failsWith("freed"));
});

test("20,000 documents that are freed leave the memory as it was", () => {
  const grown = () => {
    for (let index = 0; index < 20_000; index++) {
      const replica = new Replica();
      replica.set("cart").addAll(["apple", "pear", "x".repeat(1_000)]);
      replica.free();
    }
    return memory.buffer.byteLength;
  };
  const before = grown();
  assert.equal(grown(), before);
});

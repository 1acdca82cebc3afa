import assert from "node:assert/strict";
import { test } from "node:test";

import { CrdtError, Document, ReplicaId } from "crdt-wasm";

const one = ReplicaId.parse("00000000-0000-4000-8000-000000000001");
const two = ReplicaId.parse("00000000-0000-4000-8000-000000000002");
const failsWith = (code) => (error) => error instanceof CrdtError && error.code === code;
const later = () => new Promise((resolve) => setTimeout(resolve));

test("named values of every kind, and the change of each write", () => {
  const here = new Document(one);
  const there = new Document(two);
  const deltas = [
    here.counter("likes").increment(2),
    here.pnCounter("stock").decrement(),
    here.gSet("tags").addAll(["new", "old"]),
    here.set("cart").add("apple"),
    here.register("name").set("Alice"),
    here.mvRegister("address").set("A Street"),
  ];
  for (const delta of deltas.reverse()) assert.equal(there.merge(delta), true);
  assert.deepEqual(there.encode(), here.encode());
  assert.deepEqual(there.toJSON(), {
    address: ["A Street"],
    cart: ["apple"],
    likes: 2,
    name: "Alice",
    stock: -1,
    tags: ["new", "old"],
  });
  assert.equal(there.counter("likes").value, 2);
  assert.equal(there.register("name").stamp.by, one);
  assert.deepEqual([...there.gSet("tags")], ["new", "old"]);
  assert.ok(there.set("cart").has("apple") && !there.set("cart").has("pear"));
  assert.equal(there.set("cart").size, 1);
  assert.deepEqual(there.names(), ["address", "cart", "likes", "name", "stock", "tags"]);
});

test("a transaction is all or nothing, and sees what it has written", () => {
  const doc = new Document(one);
  doc.set("cart").add("pear");
  const delta = doc.transact((tx) => {
    tx.set("cart").add("apple");
    tx.counter("orders").increment();
    assert.deepEqual(tx.set("cart").values(), ["apple", "pear"]);
    assert.deepEqual(doc.set("cart").values(), ["pear"]);
    assert.throws(() => doc.set("cart").add("no"), failsWith("in-transaction"));
  });
  const there = new Document(two);
  there.merge(delta);
  assert.deepEqual(there.toJSON(), { cart: ["apple"], orders: 1 });

  const before = doc.encode();
  assert.throws(() => doc.transact((tx) => {
    tx.set("cart").add("late");
    throw new Error("no");
  }), /no/);
  assert.throws(() => doc.transact((tx) => {
    tx.set("cart").add("late");
    tx.remove("orders").length;
  }));
  assert.throws(() => doc.transact(async (tx) => tx.set("cart").add("late")), failsWith("in-transaction"));
  assert.throws(() => doc.transact((tx) => {
    tx.counter("big").increment(2n ** 64n - 1n);
    tx.counter("big").increment();
  }), failsWith("overflow"));
  assert.deepEqual(doc.encode(), before);
});

test("two kinds under one name are both kept, and told", () => {
  const here = new Document(one);
  const there = new Document(two);
  here.set("guests").add("Alice");
  there.counter("guests").increment();
  here.merge(there.encode());
  assert.deepEqual(here.conflicts(), new Map([["guests", ["counter", "set"]]]));
  assert.deepEqual(here.toJSON(), { guests: { counter: 1, set: ["Alice"] } });
  here.removeKind("guests", "set");
  assert.deepEqual(here.toJSON(), { guests: 1 });
  here.gSet("for good").add(1);
  assert.throws(() => here.remove("for good"), failsWith("grow-only"));
});

test("subscribers hear after the call has returned, and may write", async () => {
  const doc = new Document(one);
  const heard = [];
  const stop = doc.subscribe((change) => {
    heard.push([change.origin, ...change.names]);
    if (heard.length === 1) doc.counter("heard").increment();
  });
  doc.subscribe(() => {});
  doc.set("cart").add("apple");
  doc.register("name").set("Alice");
  assert.deepEqual(heard, []);
  await later();
  assert.deepEqual(heard, [["local", "cart", "name"], ["local", "heard"]]);
  const there = new Document(two);
  doc.merge(there.counter("likes").increment());
  doc.merge(there.counter("likes").increment());
  await later();
  assert.deepEqual(heard.at(-1), ["remote", "likes"]);
  stop();
  doc.counter("likes").increment();
  await later();
  assert.equal(heard.length, 3);
});

test("a snapshot is the same frozen object until something changes", () => {
  const doc = new Document(one);
  doc.set("cart").add("apple");
  doc.set("empty later").add(1);
  const first = doc.snapshot();
  assert.equal(doc.snapshot(), first);
  assert.ok(Object.isFrozen(first) && Object.isFrozen(first.values) && Object.isFrozen(first.values.cart));
  doc.set("cart").add("pear");
  doc.set("empty later").clear();
  doc.register("__proto__").set("a name like any other");
  const second = doc.snapshot();
  assert.notEqual(second, first);
  assert.ok(second.version > first.version);
  assert.deepEqual(first.values.cart, ["apple"]);
  assert.deepEqual(second.values.cart, ["apple", "pear"]);
  assert.deepEqual(Object.keys(second.values).sort(), ["__proto__", "cart"]);
  const same = Document.decode(doc.encode()).snapshot();
  assert.deepEqual(same.values, second.values);
});

test("JSON says what JavaScript's numbers cannot", () => {
  const doc = new Document(one);
  doc.counter("many").increment(2n ** 60n);
  doc.register("bytes").set(new Uint8Array([1, 2, 3]));
  assert.equal(JSON.stringify(doc), '{"bytes":"AQID","many":"1152921504606846976"}');
  assert.equal(doc.snapshot().values.many, 2n ** 60n);
});

test("JSON has bytes of any length", () => {
  const doc = new Document(one);
  const bytes = Uint8Array.from({ length: 1_000_000 }, (_, index) => index % 251);
  doc.register("bytes").set(bytes);
  assert.ok(Buffer.from(doc.toJSON().bytes, "base64").equals(bytes));
});

test("a document without an id only reads", () => {
  const doc = new Document();
  assert.equal(doc.id, undefined);
  assert.throws(() => doc.counter("likes").increment(), failsWith("replica-id"));
  assert.throws(() => doc.merge(new Uint8Array([1, 2])), CrdtError);
  assert.deepEqual(doc.toJSON(), {});
});

test("equal documents look equal, in whichever order their names came about", () => {
  const here = new Document(one);
  const there = new Document(two);
  here.counter("middle").increment();
  assert.deepEqual(Object.keys(here.toJSON()), ["middle"]);
  here.set("last").add("apple");
  here.set("first").add("apple");
  here.set("last").remove("apple");
  there.merge(here.encode());
  assert.equal(JSON.stringify(here), JSON.stringify(there));
  assert.deepEqual(Object.keys(here.toJSON()), ["first", "middle"]);
});

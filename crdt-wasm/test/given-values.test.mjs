/** Bytes, names, ids, timestamps and values that are none are refused with a sentence, and never reach the module. */

import assert from "node:assert/strict";
import { test } from "node:test";

import {
  Clock,
  CrdtError,
  Document,
  GCounter,
  GSet,
  LwwRegister,
  MvRegister,
  OrSet,
  PnCounter,
  Replica,
  ReplicaId,
} from "crdt-wasm";
import { connectTabs } from "crdt-wasm/broadcast";

const failsWith = (code, words = /./) => (error) =>
  error instanceof CrdtError && error.code === code && words.test(error.message);
const id = ReplicaId.random();
const NO_BYTES = [undefined, null, "bytes", 5, {}, { length: -1 }, [1], new Uint16Array(4)];
const NO_TEXT = [5, 5n, true, {}, ["a"], Symbol("a"), () => {}];

for (const Type of [GCounter, PnCounter, GSet, OrSet, LwwRegister, MvRegister, Document]) {
  test(`${Type.name}: bytes and ids are what they have to be`, () => {
    const one = new Type(id);
    for (const wrong of NO_BYTES) {
      assert.throws(() => one.merge(wrong), failsWith("malformed", /give a Uint8Array/));
      assert.throws(() => one.deltaSince(wrong), failsWith("malformed", /give a Uint8Array/));
      assert.throws(() => Type.decode(wrong, id), failsWith("malformed", /give a Uint8Array/));
    }
    one.merge(new Type(id).encode().slice().buffer);
    if (Type === GSet) return;
    for (const wrong of NO_TEXT) {
      assert.throws(() => new Type(wrong), failsWith("replica-id", /is a string/));
      assert.throws(() => Type.decode(one.encode(), wrong), failsWith("replica-id", /is a string/));
    }
  });
}

test("names, timestamps, amounts, kinds and elements are what they have to be", () => {
  const doc = new Document(id);
  for (const wrong of [undefined, null, ...NO_TEXT]) {
    for (const view of ["counter", "pnCounter", "gSet", "set", "register", "mvRegister", "remove", "removeKind"]) {
      assert.throws(() => doc[view](wrong, "set"), failsWith("value", /a name is a string/));
    }
    assert.throws(() => new LwwRegister(id).set("a", wrong), failsWith("timestamp", /is a string/));
    assert.throws(() => new Clock().observe(wrong), failsWith("timestamp", /is a string/));
    assert.throws(() => ReplicaId.parse(wrong), failsWith("replica-id", /is a string/));
  }
  for (const wrong of ["1", true, null, {}, 1.5, 2 ** 53, NaN]) {
    assert.throws(() => doc.counter("likes").increment(wrong), failsWith("value", /from 2\^53 on a bigint/));
    assert.throws(() => new PnCounter(id).decrement(wrong), failsWith("value"));
  }
  assert.throws(() => doc.removeKind("cart", "sets"), failsWith("option", /"sets", but counter/));
  for (const wrong of [5, undefined, null, {}, "apple"]) {
    assert.throws(() => doc.set("cart").addAll(wrong), failsWith("value", /give an array/));
    assert.throws(() => doc.gSet("tags").addAll(wrong), failsWith("value", /give an array/));
    assert.throws(() => new OrSet(id).addAll(wrong), failsWith("value", /give an array/));
    assert.throws(() => new OrSet(id).removeAll(wrong), failsWith("value", /give an array/));
  }
  assert.throws(() => doc.register("name").set({ deep: 1 }), failsWith("value", /not an object \(Object\)/));
  assert.throws(() => new OrSet(id).add(undefined), failsWith("value", /not undefined/));
  assert.deepEqual(doc.names(), []);
  doc.set("cart").addAll(new Set(["apple"]));
  assert.deepEqual(doc.toJSON(), { cart: ["apple"] });
});

test("what is refused in a transaction, and caught there, leaves nothing behind in it", () => {
  const doc = new Document(id);
  doc.transact((tx) => {
    tx.counter("likes").increment();
    assert.throws(() => tx.removeKind("likes", "sets"), CrdtError);
    assert.throws(() => tx.remove(5), CrdtError);
    tx.set("cart").add("apple");
  });
  assert.deepEqual(doc.toJSON(), { cart: ["apple"], likes: 1 });
});

test("tabs are connected by a replica and a name, in this order", () => {
  const replica = new Replica();
  assert.throws(() => connectTabs("shop", replica), failsWith("option", /give a replica, and then a name/));
  assert.throws(() => connectTabs(replica), failsWith("option"));
});

import assert from "node:assert/strict";
import { test } from "node:test";

import * as entry from "crdt-wasm";
import * as types from "crdt-wasm/types";

for (const [name, { Clock, CrdtError, GCounter, GSet, LwwRegister, MvRegister, OrSet, PnCounter, ReplicaId }] of [
  ["crdt-wasm", entry],
  ["crdt-wasm/types", types],
]) {
  const failsWith = (code) => (error) => error instanceof CrdtError && error instanceof Error && error.code === code;
  const one = ReplicaId.parse("00000000-0000-4000-8000-000000000001");
  const two = ReplicaId.parse("00000000-0000-4000-8000-000000000002");

  test(`${name}: counters count what each has counted, once`, () => {
    const here = new GCounter(one);
    const there = new GCounter(two);
    const delta = here.increment(3);
    there.increment();
    assert.equal(there.merge(delta), true);
    assert.equal(there.merge(delta), false);
    assert.equal(there.value, 4);
    assert.deepEqual(there.counts(), new Map([[one, 3n], [two, 1n]]));

    const balance = new PnCounter(one);
    balance.increment(2);
    balance.decrement(5);
    assert.equal(balance.value, -3);
    assert.deepEqual(balance.counts(), new Map([[one, -3n]]));
  });

  test(`${name}: a count beyond 2^53 is exact as a bigint`, () => {
    const counter = new GCounter(one);
    counter.increment(2n ** 53n);
    counter.increment();
    assert.equal(counter.bigValue, 2n ** 53n + 1n);
    assert.equal(counter.value, 2 ** 53);
    assert.throws(() => counter.increment(2n ** 64n - 1n), failsWith("overflow"));
    assert.throws(() => counter.increment(1.5), failsWith("value"));
    assert.throws(() => counter.increment(-1), failsWith("value"));
    assert.equal(counter.bigValue, 2n ** 53n + 1n);
  });

  test(`${name}: what is added survives a removal that had not seen it`, () => {
    const here = new OrSet(one);
    const there = new OrSet(two);
    there.merge(here.add("apple"));
    const added = here.add("apple");
    there.merge(there.remove("apple"));
    assert.deepEqual(there.values(), []);
    there.merge(added);
    here.merge(there.deltaSince(here.digest()));
    assert.deepEqual([...here], ["apple"]);
    assert.equal(here.has("apple"), true);
    assert.deepEqual(here.encode(), there.encode());
  });

  test(`${name}: elements are every scalar, and 1 is one element`, () => {
    const all = [null, false, true, -5, 0, 1, 2 ** 53 - 1, -(2n ** 63n), 2n ** 63n - 1n, -0, 0.5, NaN, Infinity];
    const texts = ["", "é", "日本", "a".repeat(127), "a".repeat(128), "😀".repeat(50)];
    const set = new OrSet(one);
    set.addAll([...all, ...texts, new Uint8Array([0, 255])]);
    const back = new Set(set.values());
    for (const value of [...all, ...texts]) assert.ok(back.has(value) && set.has(value), String(value));
    assert.equal(set.size, all.length + texts.length + 1);
    assert.ok(set.has(new Uint8Array([0, 255])));
    assert.ok(set.has(1n) && set.has(1));
    assert.throws(() => set.add({}), failsWith("value"));
    assert.throws(() => set.add(2n ** 63n), failsWith("value"));
    assert.throws(() => set.add(undefined), failsWith("value"));
    set.removeAll(set.values());
    assert.equal(set.size, 0);
  });

  test(`${name}: texts are the same elements whichever way they go in`, () => {
    const ascii = ["", "\0", "a", "a\0b", "z".repeat(127), "z".repeat(128), "z".repeat(129), "z".repeat(5_000), "b", "c"];
    for (const texts of [ascii, [...ascii, "é", "日本", "é".repeat(64), "\ud800"], [...ascii, 1, "d"], ascii.slice(0, 3)]) {
      const [one_by_one, at_once, peer] = [new OrSet(one), new OrSet(one), new OrSet()];
      for (const text of texts) peer.merge(one_by_one.add(text));
      const delta = at_once.addAll(texts);
      assert.deepEqual(at_once.encode(), one_by_one.encode());
      assert.deepEqual(peer.encode(), one_by_one.encode());
      assert.deepEqual(delta, at_once.encode());
      assert.deepEqual(at_once.values(), texts.map((text) => (text === "\ud800" ? "\ufffd" : text)));
      const alike = new GSet();
      alike.addAll(texts);
      assert.equal(alike.size, texts.length);
      one_by_one.removeAll(texts);
      assert.equal(one_by_one.size, 0);
    }
    assert.throws(() => new OrSet().add("a"), failsWith("replica-id"));
    const freed = new OrSet(one);
    freed.free();
    assert.throws(() => freed.add("a"), failsWith("freed"));
  });

  test(`${name}: a change stays as it is when others are made`, () => {
    const set = new OrSet(one);
    const first = set.add("a");
    const copy = first.slice();
    set.add("b");
    set.addAll(Array.from({ length: 50_000 }, (_, index) => `element ${index}`));
    set.add("c");
    assert.deepEqual(first, copy);
    assert.deepEqual(OrSet.decode(set.encode()).values().slice(0, 2), ["a", "b"]);
  });

  test(`${name}: a grow-only set`, () => {
    const here = new GSet();
    const there = new GSet();
    there.merge(here.addAll(["b", "a"]));
    assert.deepEqual([...there], ["a", "b"]);
    assert.equal(there.add("a").length < here.encode().length, true);
    assert.equal(there.has("a") && !there.has("c"), true);
    assert.equal(there.size, 2);
  });

  test(`${name}: registers`, () => {
    const clock = new Clock();
    const here = new LwwRegister(one);
    const there = new LwwRegister(two);
    assert.equal(here.value, undefined);
    const first = clock.now();
    const second = clock.now();
    there.set("late", second);
    there.merge(here.set("early", first));
    assert.equal(there.value, "late");
    assert.equal(there.timestamp, second);
    assert.equal(there.writer, two);
    assert.throws(() => here.set("x", "yesterday"), failsWith("timestamp"));

    const [left, right] = [new MvRegister(one), new MvRegister(two)];
    left.set("a");
    right.set("b");
    left.merge(right.encode());
    assert.deepEqual(left.values(), ["a", "b"]);
    assert.ok(left.isConflicted);
    left.resolve((values) => values.join(""));
    assert.deepEqual(left.values(), ["ab"]);
    left.clear();
    assert.deepEqual(left.values(), []);
  });

  test(`${name}: bad input is refused with a code and a sentence, and changes nothing`, () => {
    const set = new OrSet(one);
    set.add("apple");
    const bytes = set.encode();
    for (let length = 0; length < bytes.length; length++) {
      assert.throws(() => OrSet.decode(bytes.subarray(0, length)), CrdtError);
      assert.throws(() => set.merge(bytes.subarray(0, length)), CrdtError);
    }
    assert.throws(() => OrSet.decode(new Uint8Array([9, 9])), failsWith("version"));
    assert.throws(() => set.deltaSince(new Uint8Array([1])), failsWith("malformed"));
    assert.deepEqual(set.encode(), bytes);
    assert.throws(() => new OrSet().add(1), failsWith("replica-id"));
    assert.throws(() => new OrSet("me"), failsWith("replica-id"));
    assert.throws(() => ReplicaId.parse("me"), failsWith("replica-id"));
    try {
      OrSet.decode(bytes.subarray(0, 3));
    } catch (error) {
      assert.equal(error.name, "CrdtError");
      assert.match(error.message, /end inside/);
    }
  });

  test(`${name}: what was freed says so, and can be freed twice`, () => {
    const set = new OrSet(one);
    set.free();
    set.free();
    assert.throws(() => set.size, failsWith("freed"));
    assert.equal(typeof OrSet.prototype[Symbol.dispose ?? "free"], "function");
  });

  test(`${name}: an id is one of its own`, () => {
    assert.notEqual(ReplicaId.random(), ReplicaId.random());
    assert.match(ReplicaId.random(), /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  });
}

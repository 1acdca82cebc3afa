/** The bytes are those of Rust: what it wrote is read and written again the same, and the other way round. */

import assert from "node:assert/strict";
import { test } from "node:test";

import * as entry from "crdt-wasm";
import * as types from "crdt-wasm/types";

import { checkGolden, golden } from "./support/golden.mjs";

/** What `crdt-wasm/tests/golden.rs` knows as well. */
const SCALARS = [
  null, false, true, -(2n ** 63n), -5, 0, 2 ** 53 - 1, 2n ** 63n - 1n, -0, 0.5, Infinity, NaN,
  "", "日本", "a".repeat(128), new Uint8Array([0, 255]),
];
const eu = entry.ReplicaId.parse("00000000-0000-0000-0000-000000000001");
const us = entry.ReplicaId.parse("00000000-0000-0000-0000-000000000002");

for (const [name, { GCounter, GSet, LwwRegister, MvRegister, OrSet, PnCounter, ReplicaId }] of [
  ["crdt-wasm", entry],
  ["crdt-wasm/types", types],
]) {
  test(`${name}: what Rust wrote is read, and written the same`, () => {
    for (const [type, path, values] of [
      [GCounter, "crdt-counters/tests/golden/empty.hex"],
      [PnCounter, "crdt-counters/tests/golden/empty.hex"],
      [GCounter, "crdt-counters/tests/golden/g_counter.hex"],
      [PnCounter, "crdt-counters/tests/golden/pn_counter.hex"],
      [GSet, "crdt-sets/tests/golden/g_set_empty.hex", []],
      [OrSet, "crdt-sets/tests/golden/or_set_empty.hex", []],
      [GSet, "crdt-wasm/tests/golden/g_set.hex", [null, 7, "billing", "urgent"]],
      [OrSet, "crdt-wasm/tests/golden/or_set.hex", ["b", "d", 1.5, "a"]],
      [LwwRegister, "crdt-registers/tests/golden/lww_register_empty.hex"],
      [LwwRegister, "crdt-wasm/tests/golden/lww_register.hex"],
      [MvRegister, "crdt-registers/tests/golden/mv_register_empty.hex", []],
      [MvRegister, "crdt-wasm/tests/golden/mv_register.hex", [new Uint8Array([0, 255]), "x"]],
    ]) {
      const bytes = golden(path);
      const read = type.decode(bytes);
      assert.deepEqual(read.encode(), bytes, path);
      if (values !== undefined) assert.deepEqual(read.values(), values, path);
      const merged = new type();
      merged.merge(bytes);
      assert.deepEqual(merged.encode(), bytes, path);
    }
    assert.equal(GCounter.decode(golden("crdt-counters/tests/golden/g_counter.hex")).bigValue, 50n + 2n ** 64n - 1n);
    assert.equal(PnCounter.decode(golden("crdt-counters/tests/golden/pn_counter.hex")).value, -200);
    const register = LwwRegister.decode(golden("crdt-wasm/tests/golden/lww_register.hex"));
    assert.deepEqual([register.value, register.timestamp, register.writer], ["Alice", "1000.1", eu]);
  });

  test(`${name}: a digest that Rust wrote says what is there, and nothing is sent again`, () => {
    for (const [type, file] of [[GSet, "g_set"], [OrSet, "or_set"], [LwwRegister, "lww_register"], [MvRegister, "mv_register"]]) {
      const digest = golden(`crdt-wasm/tests/golden/${file}_digest.hex`);
      const read = type.decode(golden(`crdt-wasm/tests/golden/${file}.hex`));
      assert.deepEqual(new type().merge(read.deltaSince(digest)), false, file);
      assert.equal(new type().merge(read.deltaSince(new type().digest())), true, file);
    }
    // Those of dots have no key, and are the same bytes.
    for (const [type, file] of [[OrSet, "or_set"], [MvRegister, "mv_register"]]) {
      const read = type.decode(golden(`crdt-wasm/tests/golden/${file}.hex`));
      assert.deepEqual(read.digest(), golden(`crdt-wasm/tests/golden/${file}_digest.hex`));
    }
  });

  test(`${name}: the same operations write the bytes that Rust does`, () => {
    const tags = new GSet();
    tags.addAll(["urgent", "billing", 7, null]);
    assert.deepEqual(tags.encode(), golden("crdt-wasm/tests/golden/g_set.hex"));

    const [cart, cartUs] = [new OrSet(eu), new OrSet(us)];
    cart.addAll(["a", "b", "c", "d"]);
    cartUs.merge(cart.encode());
    cart.merge(cartUs.add(1.5));
    cart.merge(cartUs.add("a"));
    cart.remove("c");
    assert.deepEqual(cart.encode(), golden("crdt-wasm/tests/golden/or_set.hex"));

    const likes = new GCounter(eu);
    const likesUs = new GCounter(ReplicaId.parse("6e0f1b8a-7f3c-4c9e-9d0e-3a5b1c2d4e5f"));
    likes.increment(50);
    likes.merge(likesUs.increment(2n ** 64n - 1n));
    assert.deepEqual(likes.encode(), golden("crdt-counters/tests/golden/g_counter.hex"));

    const register = new LwwRegister(eu);
    register.set("Alice", "1000.1");
    assert.deepEqual(register.encode(), golden("crdt-wasm/tests/golden/lww_register.hex"));

    const [address, addressUs] = [new MvRegister(eu), new MvRegister(us)];
    address.set("old");
    address.set("x");
    address.merge(addressUs.set(new Uint8Array([0, 255])));
    assert.deepEqual(address.encode(), golden("crdt-wasm/tests/golden/mv_register.hex"));
  });

  test(`${name}: what it writes is what was released, for Rust to read`, () => {
    const likes = new GCounter(eu);
    likes.increment(3);
    likes.merge(new GCounter(us).increment(2n ** 64n - 1n));
    checkGolden("crdt-wasm/test/golden/g_counter.hex", likes.encode());

    const stock = new PnCounter(eu);
    stock.increment(5);
    stock.decrement(7);
    stock.merge(new PnCounter(us).increment(300));
    checkGolden("crdt-wasm/test/golden/pn_counter.hex", stock.encode());

    const tags = new GSet();
    tags.addAll(SCALARS);
    checkGolden("crdt-wasm/test/golden/g_set.hex", tags.encode());

    const cart = new OrSet(eu);
    cart.addAll(SCALARS);
    cart.merge(new OrSet(us).add(0.5));
    cart.remove(true);
    checkGolden("crdt-wasm/test/golden/or_set.hex", cart.encode());

    const register = new LwwRegister(us);
    register.set("Alice", "2000.1");
    checkGolden("crdt-wasm/test/golden/lww_register.hex", register.encode());

    const address = new MvRegister(eu);
    address.set("1 Main St");
    address.merge(new MvRegister(us).set("2 High St"));
    checkGolden("crdt-wasm/test/golden/mv_register.hex", address.encode());
  });
}

const { Document } = entry;

test("a document that Rust wrote is read, and written the same", () => {
  for (const file of ["document_empty", "document", "document_values", "document_removal"]) {
    const bytes = golden(`crdt-document/tests/golden/${file}.hex`);
    assert.deepEqual(Document.decode(bytes).encode(), bytes, file);
  }
  const document = Document.decode(golden("crdt-document/tests/golden/document.hex"));
  const digest = golden("crdt-document/tests/golden/document_digest.hex");
  assert.deepEqual(document.digest(), digest);
  assert.equal(new Document().merge(document.deltaSince(digest)), false);
  assert.deepEqual(document.toJSON(), {
    cart: ["apple"],
    likes: 3,
    name: { mvRegister: [null], register: "Alice" },
    stock: 0,
    tags: ["new"],
  });
  document.merge(golden("crdt-document/tests/golden/document_removal.hex"));
  assert.deepEqual(document.set("cart").values(), []);
  const values = Document.decode(golden("crdt-document/tests/golden/document_values.hex"));
  assert.deepEqual(values.set("").values(), [null, false, true, -1, 0, 64, 1.5, NaN, "é", new Uint8Array([0, 255])]);
});

test("a document is written as it was released, for Rust to read", (t) => {
  t.mock.method(Date, "now", () => 2_000);
  t.mock.method(performance, "now", () => 2_000);
  const here = new Document(eu);
  const there = new Document(us);
  here.transact((tx) => {
    tx.counter("likes").increment(2);
    tx.pnCounter("stock").increment(5);
    tx.gSet("tags").addAll(["new", "old"]);
    tx.set("all").addAll([...SCALARS, "gone"]);
    tx.register("name").set("Bob");
    tx.mvRegister("address").set("1 Main St");
  });
  there.merge(here.pnCounter("stock").reset());
  here.merge(there.pnCounter("stock").decrement());
  here.merge(there.register("name").set("Alice"));
  here.merge(there.mvRegister("address").set("2 High St"));
  here.set("all").remove("gone");
  checkGolden("crdt-wasm/test/golden/document.hex", here.encode());
});

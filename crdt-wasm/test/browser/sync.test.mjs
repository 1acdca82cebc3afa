import assert from "node:assert/strict";
import { test } from "node:test";

import { browse, kill } from "./chromium.mjs";
import { relay } from "./relay.mjs";

const shared = browse();
const { skip } = shared;

/** Waits until all tabs show what `expected` says of the document. */
async function allShow(tabs, expected) {
  const json = JSON.stringify(expected);
  await Promise.all(
    tabs.map((tab) => tab.waitForFunction((wanted) => JSON.stringify(replica.toJSON()) === wanted, json)),
  );
}

const bytesOf = (tab) => tab.evaluate(() => [...replica.encode()]);

/** Nothing went wrong in a tab without anybody having been told. */
function assertNoProblems(...tabs) {
  for (const tab of tabs) assert.deepEqual(tab.problems, []);
}

test("two contexts write offline, reconnect, and are equal", { skip }, async (t) => {
  const server = await relay(t);
  const contexts = await Promise.all([1, 2].map(() => shared.context(t)));
  const tabs = await Promise.all(contexts.map((context) => shared.tab(context)));
  for (const tab of tabs) {
    await tab.evaluate((address) => {
      globalThis.replica = new crdt.Replica();
      globalThis.link = crdt.connectWebSocket(replica, address, { minDelayMs: 20, maxDelayMs: 100 });
    }, server.address);
    await tab.waitForFunction(() => link.status === "open");
  }
  await tabs[0].evaluate(() => void replica.set("cart").addAll(["apple", "pear"]));
  await allShow(tabs, { cart: ["apple", "pear"] });

  // Nobody can be reached: both go on.
  await server.close();
  await Promise.all(tabs.map((tab) => tab.waitForFunction(() => link.status !== "open")));
  await tabs[0].evaluate(() => void replica.transact((tx) => {
    tx.set("cart").remove("apple");
    tx.counter("likes").increment(2);
  }));
  const token = await tabs[1].evaluate(() => {
    replica.set("cart").add("plum");
    replica.register("name").set("Alice");
    return replica.counter("likes").increment();
  });
  assert.equal(await tabs[0].evaluate((written) => replica.isCovered(written), token), false);

  const again = await relay(t, server.replica, server.port);
  await tabs[0].evaluate((written) => replica.covers(written, { signal: AbortSignal.timeout(60_000) }), token);
  await allShow(tabs, { cart: ["pear", "plum"], likes: 3, name: "Alice" });
  const [one, other] = await Promise.all(tabs.map(bytesOf));
  assert.deepEqual(one, other);
  assert.deepEqual(one, [...again.replica.encode()]);
  assertNoProblems(...tabs);
});

test("two tabs write apart, meet, and are equal", { skip }, async (t) => {
  const context = await shared.context(t);
  const tabs = [await shared.tab(context), await shared.tab(context)];
  for (const [index, tab] of tabs.entries()) {
    await tab.evaluate((element) => {
      globalThis.replica = new crdt.Replica();
      replica.set("cart").add(element);
      replica.counter("likes").increment();
    }, `apple ${index}`);
  }
  for (const tab of tabs) await tab.evaluate(() => void (globalThis.tabs = crdt.connectTabs(replica, "shop")));
  await allShow(tabs, { cart: ["apple 0", "apple 1"], likes: 2 });
  assert.deepEqual(await bytesOf(tabs[0]), await bytesOf(tabs[1]));

  // One leaves, both go on, and it comes back.
  await tabs[1].evaluate(() => globalThis.tabs.close());
  await tabs[0].waitForFunction(() => globalThis.tabs.size === 0);
  for (const tab of tabs) await tab.evaluate(() => void replica.counter("likes").increment());
  await allShow(tabs, { cart: ["apple 0", "apple 1"], likes: 3 });
  await tabs[1].evaluate(() => void (globalThis.tabs = crdt.connectTabs(replica, "shop")));
  await allShow(tabs, { cart: ["apple 0", "apple 1"], likes: 4 });
  assertNoProblems(...tabs);
});

test("a tab that was killed is noticed, and so is one that was closed", { skip }, async (t) => {
  const context = await shared.context(t);
  const tabs = [];
  for (let index = 0; index < 3; index++) {
    const tab = await shared.tab(context);
    await tab.evaluate(() => {
      globalThis.replica = new crdt.Replica();
      globalThis.tabs = crdt.connectTabs(replica, "shop");
    });
    tabs.push(tab);
  }
  await tabs[0].waitForFunction(() => globalThis.tabs.size === 2);
  await kill(tabs[1]);
  await tabs[0].waitForFunction(() => globalThis.tabs.size === 1);
  await tabs[2].close();
  await tabs[0].waitForFunction(() => globalThis.tabs.size === 0);
  assertNoProblems(tabs[0]);
});

test("a replica that is closed or freed ends what connects it, without an error", { skip }, async (t) => {
  const server = await relay(t);
  const context = await shared.context(t);
  const tabs = [await shared.tab(context), await shared.tab(context)];
  for (const end of ["close", "free"]) {
    for (const tab of tabs) {
      await tab.evaluate((address) => {
        globalThis.replica = new crdt.Replica();
        globalThis.link = crdt.connectWebSocket(replica, address);
        globalThis.tabs = crdt.connectTabs(replica, "shop");
      }, server.address);
    }
    await Promise.all(tabs.map((tab) => tab.waitForFunction(() => globalThis.tabs.size === 1 && link.status === "open")));
    await tabs[0].evaluate((how) => replica[how](), end);
    await tabs[0].waitForFunction(() => link.status === "closed" && globalThis.tabs.size === 0);
    await tabs[1].waitForFunction(() => globalThis.tabs.size === 0);
    // What is written elsewhere is nothing to it.
    await tabs[1].evaluate(() => void replica.counter("likes").increment());
    await tabs[1].evaluate(() => {
      link.close();
      globalThis.tabs.close();
    });
  }
  assertNoProblems(...tabs);
});

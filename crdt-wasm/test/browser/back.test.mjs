/** Pages that are left, and come back as they were, by the back button. */

import assert from "node:assert/strict";
import { test } from "node:test";

import { browse, FOLDERS } from "./chromium.mjs";
import { relay } from "./relay.mjs";

const shared = browse(FOLDERS, {}, { ignoreDefaultArgs: ["--disable-back-forward-cache"] });
const { skip } = shared;

/** A tab that keeps in mind whether it came back as it was. */
async function remembering(context) {
  const tab = await shared.tab(context);
  await tab.evaluate(() => addEventListener("pageshow", ({ persisted }) => (globalThis.isBack = persisted)));
  return tab;
}

const leave = (tab) => tab.goto(`${shared.site.address}csp/with.html`);

/** Goes back, to the page that was there; one that was made anew remembers nothing. */
async function back(tab) {
  await tab.goBack({ waitUntil: "commit" });
  await tab.waitForFunction(() => globalThis.isBack === true);
}

test("a page that comes back is told that its store was closed, reads on, and can open it anew", { skip }, async (t) => {
  const server = await relay(t);
  const tab = await remembering(await shared.context(t));
  const { id } = await tab.evaluate(() => crdt.open("shop"));
  await tab.evaluate((address) => {
    globalThis.link = crdt.connectWebSocket(replica, address);
    globalThis.tabs = crdt.connectTabs(replica, "shop");
    globalThis.told = [];
    store.onError((error) => told.push([error instanceof crdt.CrdtError, error.code]));
    replica.set("cart").add("apple");
  }, server.address);
  await leave(tab);
  await back(tab);
  const shown = await tab.evaluate(async () => {
    const written = (() => {
      try {
        return replica.set("cart").add("plum");
      } catch (error) {
        return error.code;
      }
    })();
    await store.stored();
    return { told, written, values: replica.toJSON(), link: link.status, tabs: tabs.size, isClosed: replica.isClosed };
  });
  const cart = { cart: ["apple"] };
  const expected = { told: [[true, "closed"]], written: "closed", values: cart, link: "closed", tabs: 0, isClosed: true };
  assert.deepEqual(shown, expected);
  await tab.evaluate(() => store.close());
  assert.deepEqual(await tab.evaluate(() => crdt.open("shop")), { id, slot: 0, values: cart });
  assert.deepEqual(tab.problems, []);
});

test("the store of a page that was left is another's, which has all of it, before the page comes back", { skip }, async (t) => {
  const context = await shared.context(t);
  const [tab, other] = [await remembering(context), await shared.tab(context)];
  const { id } = await tab.evaluate(() => crdt.open("shop"));
  await tab.evaluate(() => {
    replica.set("cart").add("apple");
    globalThis.under = store.stored();
  });
  const left = tab.waitForURL("**/csp/with.html");
  await tab.evaluate(() => {
    // Under way when the page is left.
    replica.set("cart").add("pear");
    location.href = "/csp/with.html";
  });
  await left;
  const cart = { cart: ["apple", "pear"] };
  assert.deepEqual(await other.evaluate(() => crdt.open("shop")), { id, slot: 0, values: cart });
  // As it was, or made anew: a browser may give up a page that rests.
  await tab.goBack({ waitUntil: "commit" });
  await tab.waitForFunction(() => globalThis.crdt !== undefined);
  const { slot, id: mine } = await tab.evaluate(() => crdt.open("shop"));
  assert.deepEqual([slot, mine === id], [1, false]);
  assert.deepEqual([...tab.problems, ...other.problems], []);
});

test("a page without a store comes back to its server and to the other tabs", { skip }, async (t) => {
  const server = await relay(t);
  const context = await shared.context(t);
  const [tab, other] = [await remembering(context), await shared.tab(context)];
  for (const each of [tab, other]) {
    await each.evaluate(() => {
      globalThis.replica = new crdt.Replica();
      globalThis.tabs = crdt.connectTabs(replica, "shop");
    });
  }
  await tab.evaluate((address) => {
    globalThis.link = crdt.connectWebSocket(replica, address, { minDelayMs: 10 });
  }, server.address);
  await tab.waitForFunction(() => link.status === "open" && tabs.size === 1);
  await leave(tab);
  await other.waitForFunction(() => tabs.size === 0);
  await other.evaluate(() => void replica.set("cart").add("apple"));
  server.replica.set("cart").add("pear");
  await back(tab);
  await tab.waitForFunction(() => replica.set("cart").size === 2 && link.status === "open" && tabs.size === 1);
  await tab.evaluate(() => void replica.set("cart").add("plum"));
  await other.waitForFunction(() => replica.set("cart").size === 3);
  // Those that were left for good stay left.
  await tab.evaluate(() => tabs.close());
  await leave(tab);
  await back(tab);
  assert.equal(await tab.evaluate(() => tabs.size), 0);
  await other.waitForFunction(() => tabs.size === 0);
  assert.deepEqual([...tab.problems, ...other.problems], []);
});

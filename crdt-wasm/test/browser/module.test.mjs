import assert from "node:assert/strict";
import { test } from "node:test";

import { browse, FOLDERS } from "./chromium.mjs";

/** What the pages below /csp/ allow, by their names. */
const POLICIES = {
  "/csp/with.html": "script-src 'self' 'wasm-unsafe-eval'",
  "/csp/without.html": "script-src 'self'",
};
const shared = browse(
  FOLDERS,
  { headers: (url) => (POLICIES[url] ? { "content-security-policy": POLICIES[url] } : {}) },
);
const { skip } = shared;

test("a page allows it with 'wasm-unsafe-eval'; without, the error says so", { skip }, async (t) => {
  const context = await shared.context(t);
  for (const [path, expected] of [
    ["csp/with.html", /^ok 1$/],
    ["csp/without.html", /^CrdtError module .*(WebAssembly|wasm)/],
  ]) {
    const page = await context.newPage();
    const said = page.waitForEvent("console");
    await page.goto(shared.site.address + path);
    assert.match((await said).text(), expected);
  }
});

test("it works in a worker, as a module and with its own replica", { skip }, async (t) => {
  const tab = await shared.tab(await shared.context(t));
  const answer = await tab.evaluate(async () => {
    const worker = new Worker("/worker.js", { type: "module" });
    globalThis.replica = new crdt.Replica();
    replica.set("cart").add("apple");
    crdt.connectTabs(replica, "worker");
    const heard = new Promise((resolve, reject) => {
      worker.onmessage = ({ data }) => resolve(data);
      worker.onerror = (event) => reject(new Error(event.message));
    });
    const { token, seen } = await heard;
    await replica.covers(token, { signal: AbortSignal.timeout(60_000) });
    return { seen, here: replica.toJSON() };
  });
  assert.deepEqual(answer, { seen: ["apple"], here: { cart: ["apple", "pear"] } });
  assert.deepEqual(tab.problems, []);
});

test("the slim entry takes the module from an address, an answer and compiled", { skip }, async (t) => {
  const context = await shared.context(t);
  for (const how of ["address", "url", "answer", "promise", "bytes", "compiled"]) {
    const tab = await shared.tab(context);
    const value = await tab.evaluate(async (given) => {
      const slim = await import("/dist/slim.js");
      const bytes = () => fetch("/dist/crdt.wasm").then((response) => response.arrayBuffer());
      const sources = {
        address: () => "/dist/crdt.wasm",
        url: () => new URL("/dist/crdt.wasm", location.href),
        answer: () => fetch("/dist/crdt.wasm"),
        promise: () => fetch("/dist/crdt.wasm"),
        bytes,
        compiled: async () => WebAssembly.compile(await bytes()),
      };
      const source = sources[given]();
      await slim.init(given === "promise" ? source : await source);
      const doc = new slim.Document(slim.ReplicaId.random());
      doc.counter("likes").increment();
      return doc.counter("likes").value;
    }, how);
    assert.equal(value, 1, how);
  }
  const tab = await shared.tab(context);
  const code = await tab.evaluate(async () => {
    const slim = await import("/dist/slim.js");
    return slim.init("/dist/nothing.wasm").catch((error) => error.code);
  });
  assert.equal(code, "module");
});

test("20,000 documents that are made and freed in a page leave its memory as it was", { skip }, async (t) => {
  const context = await shared.context(t);
  await context.addInitScript(() => {
    WebAssembly.Instance = new Proxy(WebAssembly.Instance, {
      construct(target, given) {
        const instance = new target(...given);
        globalThis.memory = instance.exports.memory;
        return instance;
      },
    });
  });
  const tab = await shared.tab(context);
  const grow = () =>
    tab.evaluate(() => {
      for (let index = 0; index < 10_000; index++) {
        const doc = new crdt.Document(crdt.ReplicaId.random());
        doc.set("cart").addAll(["apple", "x".repeat(1_000)]);
        doc.free();
        const replica = new crdt.Replica();
        replica.set("cart").addAll(["apple", "x".repeat(1_000)]);
        replica.free();
      }
    });
  /** What the page holds after its garbage is collected: of its own, and of the module's. */
  const held = async () => {
    await tab.devtools.send("HeapProfiler.collectGarbage");
    const { usedSize } = await tab.devtools.send("Runtime.getHeapUsage");
    return { usedSize, module: await tab.evaluate(() => memory.buffer.byteLength) };
  };
  await grow();
  const before = await held();
  await grow();
  const after = await held();
  assert.ok(after.usedSize - before.usedSize < 1 << 20, JSON.stringify({ before, after }));
  assert.equal(after.module, before.module);
  // Nor was it ever much: what is not freed at once takes tens of MiB here.
  assert.ok(after.module < 8 << 20, `${after.module}`);
});

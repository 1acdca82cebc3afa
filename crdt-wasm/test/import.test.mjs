import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { test } from "node:test";
import { promisify } from "node:util";

const run = (script) =>
  promisify(execFile)(process.execPath, ["--input-type=module", "--eval", script], { cwd: import.meta.dirname });

test("every entry is imported without WebAssembly, and without a side effect", async () => {
  const script = `
    for (const name of ["WebAssembly", "crypto", "navigator", "BroadcastChannel", "fetch"]) delete globalThis[name];
    const before = Reflect.ownKeys(globalThis).length;
    const entries = ["", "/slim", "/types", "/types/slim", "/websocket", "/broadcast", "/indexeddb"];
    const modules = [];
    for (const entry of entries) modules.push(await import("crdt-wasm" + entry));
    if (Reflect.ownKeys(globalThis).length !== before) throw new Error("a global was added");
    const [{ Document }] = modules;
    try { new Document(); } catch (error) { console.log(error.name, error.code); }
  `;
  assert.equal((await run(script)).stdout, "CrdtError module\n");
});

test("where there are neither IndexedDB nor locks, the error says what is needed", async () => {
  const script = `
    import { Replica } from "crdt-wasm";
    import { openReplica } from "crdt-wasm/indexeddb";
    await openReplica("shop", (options) => new Replica(options)).catch(({ code, message }) => console.log(code, message));
  `;
  assert.match((await run(script)).stdout, /^store .*https/);
});

test("without a FinalizationRegistry objects work, and are freed by hand", async () => {
  const script = `
    delete globalThis.FinalizationRegistry;
    const { OrSet, Replica, ReplicaId } = await import("crdt-wasm");
    for (let index = 0; index < 2_000; index++) {
      const replica = new Replica();
      replica.set("cart").add("x".repeat(10_000));
      replica.free();
    }
    const set = new OrSet(ReplicaId.random());
    set.add("apple");
    console.log(set.values().join());
    set.free();
    try { set.size } catch ({ code }) { console.log(code); }
  `;
  assert.equal((await run(script)).stdout, "apple\nfreed\n");
});

test("a module that cannot be loaded is told with the code `module`, whatever it was that failed", async () => {
  const script = `
    import { init, initSync } from "crdt-wasm/slim";
    const html = new Response("<!doctype html>", { headers: { "content-type": "text/html" } });
    const none = new Response("", { status: 404, statusText: "Not Found" });
    const given = [undefined, 5, {}, new Uint8Array(3), "no address", "file:///nowhere.wasm", html, none];
    for (const from of [...given, { then: (_, reject) => reject(new TypeError("no network")) }]) {
      const told = await init(from).then(() => "loaded", ({ name, code }) => name + " " + code);
      console.log(told);
    }
    for (const from of [undefined, {}, new Uint8Array(3)]) {
      try { initSync(from) } catch ({ name, code }) { console.log(name, code); }
    }
  `;
  assert.equal((await run(script)).stdout, "CrdtError module\n".repeat(12));
});

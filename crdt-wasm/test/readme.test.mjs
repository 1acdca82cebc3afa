/** What the README shows runs, and gives what it says; what needs a browser, in `browser/readme.test.mjs`. */

import assert from "node:assert/strict";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { test } from "node:test";

import { Replica } from "crdt-wasm";
import { connectWebSocket } from "crdt-wasm/websocket";
import WebSocket from "ws";

const file = (path) => readFileSync(new URL(`../${path}`, import.meta.url), "utf8");
const readme = file("README.md");
const blocks = [...readme.matchAll(/(<!-- [\w ]+ -->\n)?```js\n(.*?)```/gs)];

test("the README has examples", () => {
  assert.ok(blocks.length >= 6);
});

for (const [, need, code] of blocks) {
  if (need !== undefined) continue;
  const line = readme.slice(0, readme.indexOf(code)).split("\n").length;
  test(`the example in line ${line} of the README`, async () => {
    // `expression; // → value` is a promise to be kept.
    const [checked, promises] = [
      code.replace(/^( *)(.*); \/\/ → (.*)$/gm, "$1same($2, $3);"),
      code.match(/\/\/ →/g)?.length ?? 0,
    ];
    const resolved = checked.replace(/"(crdt-wasm[^"]*)"/g, (_, name) => JSON.stringify(import.meta.resolve(name)));
    let kept = 0;
    globalThis.same = (actual, expected) => {
      assert.deepEqual(actual, expected);
      kept++;
    };
    const source = `const same = globalThis.same;\n${resolved.replace(/import\.meta\.resolve\((.*?)\)/g, "$1")}`;
    await import(`data:text/javascript,${encodeURIComponent(source)}`);
    assert.equal(kept, promises);
  });
}

test("the server of the README keeps replicas together", async (t) => {
  const [, code] = readme.match(/<!-- a server -->\n```js\n(.*?)```/s);
  const source = `${code
    .replace(/"(crdt-wasm|ws)"/g, (_, name) => JSON.stringify(import.meta.resolve(name)))
    .replace("port: 8080", 'port: 0, host: "127.0.0.1"')}\nexport { server };`;
  const { server } = await import(`data:text/javascript,${encodeURIComponent(source)}`);
  t.after(() => server.close());
  await once(server, "listening");
  const address = `ws://127.0.0.1:${server.address().port}`;
  // Who speaks no WebSocket is no reason to end.
  const stranger = new WebSocket(address);
  await once(stranger, "open");
  stranger._socket.write(Buffer.from([0xff, 0xff]));
  await once(stranger, "close");
  const [here, there] = [1, 2].map(() => {
    const replica = new Replica();
    const link = connectWebSocket(replica, address, { socket: (url) => new WebSocket(url) });
    t.after(() => link.close());
    return replica;
  });
  await there.covers(here.set("cart").add("apple"), { signal: AbortSignal.timeout(10_000) });
  assert.deepEqual(there.toJSON(), { cart: ["apple"] });
});

test("the README has every code of an error, and every entry", () => {
  const codes = [...file("ts/errors.ts").matchAll(/^ {2}\| "([a-z-]+)"/gm)].map(([, code]) => code);
  const listed = [...readme.matchAll(/^\| `([a-z-]+)` \| /gm)].map(([, code]) => code).filter((code) => code !== "crdt-wasm");
  assert.deepEqual(listed, codes);
  for (const entry of Object.keys(JSON.parse(file("package.json")).exports)) {
    assert.ok(readme.includes(`\`${entry.replace(/^\./, "crdt-wasm")}\``), entry);
  }
});

import assert from "node:assert/strict";
import { connect } from "node:net";
import { join } from "node:path";
import { test } from "node:test";

import { serve } from "../serve.mjs";

const here = join(import.meta.dirname, "..");

test("files are served with their types, on this machine alone", async (t) => {
  const site = await serve({ "/": join(here, "test/browser/pages"), "/dist/": join(here, "dist") });
  t.after(() => site.close());
  assert.match(site.address, /^http:\/\/127\.0\.0\.1:\d+\/$/);
  const typeOf = async (path) => {
    const response = await fetch(site.address + path);
    await response.arrayBuffer();
    return [response.status, response.headers.get("content-type").split(";")[0]];
  };
  assert.deepEqual(await typeOf("page.html"), [200, "text/html"]);
  assert.deepEqual(await typeOf("page.js?fresh"), [200, "text/javascript"]);
  assert.deepEqual(await typeOf("dist/index.js"), [200, "text/javascript"]);
  assert.deepEqual(await typeOf("dist/crdt.wasm"), [200, "application/wasm"]);
  for (const path of ["nothing.html", "", "dist/nothing.js", "%", "%00"]) {
    assert.deepEqual(await typeOf(path), [404, "text/plain"], path);
  }
});

test("nothing outside the folders is served", async (t) => {
  const site = await serve({ "/": join(here, "test/browser/pages") });
  t.after(() => site.close());
  for (const path of ["/../chromium.mjs", "/%2e%2e/chromium.mjs", "/..%2fchromium.mjs", "//../chromium.mjs"]) {
    // As it is, which `fetch` would not say.
    const answer = await new Promise((resolve, reject) => {
      const socket = connect(new URL(site.address).port, "127.0.0.1");
      socket.write(`GET ${path} HTTP/1.1\r\nHost: here\r\nConnection: close\r\n\r\n`);
      socket.setEncoding("utf8").once("data", resolve).once("error", reject);
    });
    assert.match(answer, /^HTTP\/1\.1 404 /, path);
  }
});

test("a port that is taken is no obstacle", async (t) => {
  const sites = [await serve({ "/": here })];
  const { port } = new URL(sites[0].address);
  sites.push(await serve({ "/": here }, { port: Number(port) }));
  t.after(() => sites.forEach((site) => site.close()));
  assert.notEqual(sites[0].address, sites[1].address);
});

import assert from "node:assert/strict";
import { cp, mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { after, before, test } from "node:test";

import { serve } from "../../serve.mjs";
import { launch, skip } from "../browser/chromium.mjs";
import { install, page, run, SAYS, tool } from "./install.mjs";

let app;
let browser;
before(async () => {
  app = await install();
  if (!skip) browser = await launch();
});
after(async () => {
  await browser?.close();
  await app?.remove();
});

/** What the page of a folder says in its console. */
async function said(folder) {
  const site = await serve({ "/": folder });
  const tab = await browser.newPage();
  try {
    const heard = Promise.race([
      tab.waitForEvent("console").then((message) => message.text()),
      tab.waitForEvent("pageerror").then((error) => `${error}`),
    ]);
    await tab.goto(site.address);
    return await heard;
  } finally {
    await tab.close();
    site.close();
  }
}

test("it holds what is needed, and nothing else", () => {
  const odd = app.files.filter((path) => !/^(dist\/[\w-]+\.(js|d\.ts|wasm)|README\.md|package\.json|LICENSE-(MIT|APACHE))$/.test(path));
  assert.deepEqual(odd, []);
  for (const path of ["README.md", "LICENSE-APACHE", "LICENSE-MIT"]) assert.ok(app.files.includes(path), path);
});

test("Node imports it", async () => {
  assert.equal(await run(app.folder, process.execPath, "app.mjs"), SAYS);
});

test("Node requires it", async () => {
  const script = `const { GCounter, ReplicaId } = require("crdt-wasm"); new GCounter(ReplicaId.random()).increment(); console.log("ok")`;
  assert.equal(await run(app.folder, process.execPath, "--experimental-require-module", "--no-warnings", "--input-type=commonjs", "--eval", script), "ok");
});

test("a page imports it without a bundler", { skip }, async () => {
  const folder = join(app.folder, "plain");
  await mkdir(folder);
  await cp(join(app.folder, "app.mjs"), join(folder, "app.mjs"));
  await cp(join(app.folder, "node_modules"), join(folder, "node_modules"), { recursive: true });
  const names = ["", "/types", "/websocket"];
  const imports = names.map((name) => [`crdt-wasm${name}`, `/node_modules/crdt-wasm/dist${name || "/index"}.js`]);
  const map = JSON.stringify({ imports: Object.fromEntries(imports) });
  await writeFile(
    join(folder, "index.html"),
    page(`<script type="importmap">${map}</script>\n  <script type="module" src="/app.mjs"></script>`),
  );
  assert.equal(await said(folder), SAYS);
});

test("Vite builds it without configuration", { skip }, async () => {
  await writeFile(join(app.folder, "index.html"), page(`<script type="module" src="/app.mjs"></script>`));
  await run(app.folder, process.execPath, tool("vite/bin/vite.js"), "build", "--logLevel", "error");
  assert.equal(await said(join(app.folder, "dist")), SAYS);
});

test("esbuild bundles it without configuration", { skip }, async () => {
  const folder = join(app.folder, "bundled");
  await mkdir(folder);
  await run(app.folder, tool(".bin/esbuild"), "app.mjs", "--bundle", "--format=esm", "--outfile=bundled/app.js");
  await writeFile(join(folder, "index.html"), page(`<script type="module" src="/app.js"></script>`));
  assert.equal(await said(folder), SAYS);
});

for (const [module, resolution] of [["nodenext", "nodenext"], ["esnext", "bundler"]]) {
  test(`its types are right, as ${resolution} finds them`, async () => {
    const source = join(import.meta.dirname, "../types/every-export.ts");
    await cp(source, join(app.folder, "every-export.ts"));
    const words = ["--strict", "--exactOptionalPropertyTypes", "--noUncheckedIndexedAccess", "--noEmit"];
    const target = ["--target", "es2022", "--module", module, "--moduleResolution", resolution];
    await run(app.folder, process.execPath, tool("typescript/bin/tsc"), ...words, ...target, "every-export.ts");
  });
}

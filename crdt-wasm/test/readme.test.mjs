/** What the README shows runs, and gives what it says; what needs a browser, in `browser/readme.test.mjs`. */

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";

const file = (path) => readFileSync(new URL(`../${path}`, import.meta.url), "utf8");
const readme = file("README.md");
const blocks = [...readme.matchAll(/(<!-- needs a browser -->\n)?```js\n(.*?)```/gs)];

test("the README has examples", () => {
  assert.ok(blocks.length >= 6);
});

for (const [, browser, code] of blocks) {
  if (browser !== undefined) continue;
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

test("the README has every code of an error, and every entry", () => {
  const codes = [...file("ts/errors.ts").matchAll(/^ {2}\| "([a-z-]+)"/gm)].map(([, code]) => code);
  const listed = [...readme.matchAll(/^\| `([a-z-]+)` \| /gm)].map(([, code]) => code).filter((code) => code !== "crdt-wasm");
  assert.deepEqual(listed, codes);
  for (const entry of Object.keys(JSON.parse(file("package.json")).exports)) {
    assert.ok(readme.includes(`\`${entry.replace(/^\./, "crdt-wasm")}\``), entry);
  }
});

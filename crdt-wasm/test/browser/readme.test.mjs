/** The example of the README that needs a browser. */

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";

import { noBrowser, withBrowser } from "../support/page.mjs";

const readme = readFileSync(new URL("../../README.md", import.meta.url), "utf8");
const [, code] = readme.match(/<!-- needs a browser -->\n```js\n(.*?)```/s);

test("the README's providers run in a browser", { skip: noBrowser }, () =>
  withBrowser(async (browser, address) => {
    const page = await browser.newPage();
    const body = `${code
      .replace(/"crdt-wasm\/(.*)"/g, '"/dist/$1.js"')
      .replace('"crdt-wasm"', '"/dist/index.js"')
      .replace("wss://example.org/sync", `${address.replace("http", "ws")}sync`)}\nexport { link, replica };`;
    await page.route("**/example.js", (route) => route.fulfill({ body, contentType: "text/javascript" }));
    await page.goto(`${address}examples/cart/`);
    const shown = await page.evaluate(async () => {
      const { link, replica } = await import("/example.js");
      const waiting = new Promise((resolve) => link.subscribe((status) => status === "waiting" && resolve(status)));
      replica.set("cart").add("apple");
      return [replica.toJSON(), await waiting];
    });
    assert.deepEqual(shown, [{ cart: ["apple"] }, "waiting"]);
  }),
);

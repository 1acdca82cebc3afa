// `npm run try-webpack`: bundles the application with webpack, without configuration, and runs it in the
// browser. It fetches webpack from the registry, so it is no part of the tests.

import { cp, mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";

import { serve } from "../../serve.mjs";
import { launch, skip } from "../browser/chromium.mjs";
import { install, page, run, SAYS } from "./install.mjs";

const app = await install();
try {
  await run(app.folder, "npm", "install", "--no-audit", "--no-fund", "webpack", "webpack-cli");
  await mkdir(join(app.folder, "src"));
  await cp(join(app.folder, "app.mjs"), join(app.folder, "src/index.js"));
  await run(app.folder, join(app.folder, "node_modules/.bin/webpack"), "--mode", "production");
  await writeFile(join(app.folder, "dist/index.html"), page(`<script src="/main.js" defer></script>`));
  if (skip) {
    console.log(`webpack has bundled it; it was not run: ${skip}`);
  } else {
    const site = await serve({ "/": join(app.folder, "dist") });
    const browser = await launch();
    const tab = await browser.newPage();
    const heard = tab.waitForEvent("console");
    await tab.goto(site.address);
    const said = (await heard).text();
    await browser.close();
    site.close();
    if (said !== SAYS) throw new Error(`it says ${JSON.stringify(said)}, not ${JSON.stringify(SAYS)}`);
    console.log("webpack has bundled it, and it runs in the browser");
  }
} finally {
  await app.remove();
}

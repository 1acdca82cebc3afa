/** The whole browser is killed, and started again with what it left behind. */

import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";

import { chromium } from "playwright-core";

import { serve } from "../../serve.mjs";
import { executable, FLAGS, FOLDERS, load, skip } from "./chromium.mjs";

/** A browser with processes and data of its own, and a tab in it. */
async function start(profile, address) {
  await rm(join(profile, "DevToolsActivePort"), { force: true });
  const flags = [...FLAGS, "--headless", "--no-first-run", "--remote-debugging-port=0", `--user-data-dir=${profile}`];
  const child = spawn(executable, flags, { detached: true, stdio: "ignore" });
  const ended = once(child, "exit");
  const kill = async () => {
    // The process and those that it has started.
    if (child.exitCode === null && child.signalCode === null) process.kill(-child.pid, "SIGKILL");
    await ended;
  };
  try {
    const port = await until(async () => {
      const text = await readFile(join(profile, "DevToolsActivePort"), "utf8").catch(() => "");
      return text.includes("\n") && text.split("\n")[0];
    });
    const browser = await chromium.connectOverCDP(`http://127.0.0.1:${port}`, { timeout: 120_000 });
    const tab = await browser.contexts()[0].newPage();
    // It finds its data in disorder, and has just begun.
    tab.setDefaultTimeout(60_000);
    await load(tab, address);
    return { browser, tab, kill };
  } catch (error) {
    await kill();
    throw error;
  }
}

test("a browser that is killed in mid-write loses nothing that was reported as stored", { skip }, async (t) => {
  const site = await serve(FOLDERS);
  const profile = await mkdtemp(join(tmpdir(), "crdt-wasm-"));
  let killLast = async () => {};
  t.after(async () => {
    await killLast();
    site.close();
    await rm(profile, { recursive: true, force: true, maxRetries: 10 });
  });
  const reported = new Set();
  const ids = new Set();
  const begin = async (options) => {
    const begun = await start(profile, `${site.address}page.html`);
    killLast = begun.kill;
    const { id, values } = await begun.tab.evaluate((given) => crdt.open("shop", given), options);
    assert.ok(!ids.has(id), "the id of a replica that was killed is not used again");
    ids.add(id);
    const kept = new Set(values.cart);
    assert.deepEqual([...reported].filter((element) => !kept.has(element)).map((lost) => lost.slice(0, 20)), []);
    return begun;
  };
  for (const [round, durability] of ["strict", "relaxed", "strict"].entries()) {
    const { browser, tab, kill } = await begin({ durability });
    await tab.exposeFunction("report", (element) => void reported.add(element));
    const before = reported.size;
    await tab.evaluate((number) => {
      const write = async (element) => {
        replica.set("cart").add(element);
        await store.stored();
        void report(element);
      };
      // One after another, and many at once. Long, so that snapshots are written as well.
      globalThis.under = (async () => {
        for (let count = 0; ; count++) {
          await Promise.all([0, 1, 2].map((of) => write(`${number} ${count} ${of} ${"x".repeat(2_000)}`)));
        }
      })();
    }, round);
    await until(() => reported.size > before + 100);
    await kill();
    await browser.close();
  }
  const { browser, kill } = await begin({});
  await kill();
  await browser.close();
});

/** Looks again until there is something. */
async function until(look) {
  for (const end = Date.now() + 60_000; ; ) {
    const found = await look();
    if (found) return found;
    assert.ok(Date.now() < end, "it takes too long");
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

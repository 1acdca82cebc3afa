// The console in a browser, over a demonstration of three regions: the whole story.
//
// `cargo xtask test console` runs it, with the npm package built; by hand:
// CRDT_NODE=target/debug/crdt-node node --test crdt-node/console/test/

import assert from "node:assert/strict";
import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";

const WASM = process.env.CRDT_WASM ?? join(import.meta.dirname, "../../../crdt-wasm");
const NODE = process.env.CRDT_NODE ?? join(import.meta.dirname, "../../../target/debug/crdt-node");
const CHROMIUM = process.env.CHROMIUM ?? "/usr/bin/chromium";
const REGIONS = ["eu-west", "us-east", "ap-northeast"];

const missing = [CHROMIUM, NODE, join(WASM, "dist/index.js")].find((path) => !existsSync(path));
const skip = missing === undefined ? false : `there is no ${missing}`;

let demo, browser, address;
const problems = [];

before(async () => {
  if (skip) return;
  demo = spawn(NODE, ["demo", "--console", join(WASM, "dist")], { stdio: ["ignore", "pipe", "inherit"] });
  let said = "";
  await new Promise((resolve) => {
    // It goes on to be read, as the demo ends when nobody reads what it says.
    demo.stdout.setEncoding("utf8").on("data", (text) => {
      said += text;
      if (said.includes("Ctrl-C")) resolve();
    });
    demo.once("exit", resolve);
  });
  address = /^console: (\S+)$/m.exec(said)?.[1];
  assert.ok(address, said);
  const { chromium } = createRequire(join(WASM, "package.json"))("playwright-core");
  const args = ["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"];
  browser = await chromium.launch({ executablePath: CHROMIUM, headless: true, args });
});

after(async () => {
  await browser?.close();
  demo?.kill("SIGINT");
});

async function open(path = "", options = {}) {
  const context = await browser.newContext(options);
  context.setDefaultTimeout(20_000);
  const page = await context.newPage();
  page.on("pageerror", (error) => problems.push(error.message));
  page.on("console", (message) => {
    // What cannot be reached is told by the browser too.
    if (message.type() === "error" && !/ERR_|WebSocket/.test(message.text())) problems.push(message.text());
  });
  await page.goto(address + path);
  return page;
}

const card = (page, name) => page.locator(`article[data-name="${name}"]`);

async function add(page, name, text) {
  await card(page, name).getByRole("textbox").fill(text);
  await card(page, name).getByRole("textbox").press("Enter");
}

/** All pages show these elements of a set. */
async function converge(pages, name, values) {
  for (const page of pages) {
    const items = card(page, name).locator("li > span");
    await page.waitForFunction(
      ([name, values]) => {
        const spans = document.querySelectorAll(`article[data-name="${name}"] li > span`);
        return JSON.stringify([...spans].map((span) => span.textContent)) === values;
      },
      [name, JSON.stringify(values)],
    );
    assert.deepEqual(await items.allTextContents(), values);
  }
}

const synced = (page) => page.locator("#state[data-is=synced]").waitFor();
const link = (page, names) => page.getByRole("switch", { name: `${names} are linked` });

async function turn(page, names, isOn) {
  await link(page, names).click();
  await page.locator(`[role=switch][aria-label="${names} are linked"][aria-checked=${isOn}]`).waitFor();
}

test("three regions are edited, cut apart, edited on both sides, healed, and converge", { skip }, async () => {
  const pages = [];
  for (const region of REGIONS) pages.push(await open(`?region=${region}`));
  const [eu, us, ap] = pages;
  for (const page of pages) await synced(page);

  await add(eu, "cart", "apple");
  await add(us, "tags", "urgent");
  await card(ap, "likes").getByRole("button", { name: "One more" }).click();
  await card(us, "visits").getByRole("button", { name: "One more" }).click();
  await add(ap, "title", "Shopping");
  await converge(pages, "cart", ["apple"]);
  await converge(pages, "tags", ["urgent"]);
  for (const page of pages) {
    await card(page, "likes").getByText("1", { exact: true }).waitFor();
    await card(page, "visits").getByText("1", { exact: true }).waitFor();
    await page.waitForFunction(() => document.querySelector('article[data-name="title"] input').value === "Shopping");
  }

  // ap-northeast would carry everything around.
  await turn(eu, "eu-west and us-east", false);
  await turn(eu, "ap-northeast and eu-west", false);
  await add(eu, "cart", "bread");
  await add(us, "cart", "cheese");
  await add(eu, "address", "1 Main Street");
  await add(us, "address", "2 Oak Avenue");
  for (const page of pages) await synced(page);
  await converge([eu], "cart", ["apple", "bread"]);
  await converge([us, ap], "cart", ["apple", "cheese"]);
  await eu.locator("#equal", { hasText: "They differ" }).waitFor();
  await eu.locator("#links .way", { hasText: /us-east: \d changes?, \d/ }).first().waitFor();

  // The page is written also while it is itself away.
  await us.getByRole("switch", { name: "Online" }).click();
  await add(us, "cart", "dates");
  await us.locator("#state", { hasText: "Offline. 1 change is not yet in us-east." }).waitFor();
  await us.getByRole("switch", { name: "Online" }).click();
  await synced(us);

  await turn(eu, "eu-west and us-east", true);
  await turn(eu, "ap-northeast and eu-west", true);
  await converge(pages, "cart", ["apple", "bread", "cheese", "dates"]);
  for (const page of pages) {
    const keep = card(page, "address").getByRole("button", { name: /Keep/ });
    await keep.nth(1).waitFor();
    assert.deepEqual(await keep.allTextContents(), ["Keep “1 Main Street”", "Keep “2 Oak Avenue”"]);
  }
  await card(ap, "address").getByRole("button", { name: "Keep “2 Oak Avenue”" }).click();
  for (const page of pages) {
    await page.waitForFunction(() => document.querySelector('article[data-name="address"] input').value === "2 Oak Avenue");
    assert.equal(await card(page, "address").getByRole("button", { name: /Keep/ }).count(), 0);
  }
  await eu.locator("#equal", { hasText: "All that run hold the same" }).waitFor();
  assert.deepEqual(problems, []);
});

test("a region is stopped and started, and what its page wrote meanwhile is not lost", { skip }, async () => {
  const us = await open("?region=us-east&document=stopped");
  const eu = await open("?region=eu-west&document=stopped");
  await synced(us);
  await add(us, "cart", "apple");
  await converge([eu], "cart", ["apple"]);
  await us.getByRole("button", { name: "Stop us-east" }).click();
  await us.getByRole("button", { name: "Start us-east" }).waitFor();
  await add(us, "cart", "bread");
  await us.locator("#state", { hasText: "us-east cannot be reached: trying again. 1 change is not yet" }).waitFor();
  await us.getByRole("button", { name: "Start us-east" }).click();
  await synced(us);
  await converge([us, eu], "cart", ["apple", "bread"]);
  assert.deepEqual(problems, []);
});

test("a node shows the console by itself, in which a hostile name is text", { skip }, async () => {
  const { regions } = await (await fetch(`${address}demo`)).json();
  const context = await browser.newContext();
  const page = await context.newPage();
  page.on("pageerror", (error) => problems.push(error.message));
  await page.goto(`http://${regions[0].address}/?document=names`);
  await synced(page);
  const hostile = '<img src=x onerror="document.title=1">';
  await page.locator("#new-name").fill(hostile);
  await page.locator("#new-kind").selectOption("set");
  await page.locator("#add button").click();
  await page.getByRole("textbox", { name: `Add to ${hostile}` }).fill(hostile);
  await page.getByRole("textbox", { name: `Add to ${hostile}` }).press("Enter");
  await page.locator("li > span", { hasText: hostile }).waitFor();
  assert.equal(await page.locator("img").count(), 0);
  await page.locator("#links tr").nth(1).waitFor();
  await page.getByText("this one").waitFor();
  assert.deepEqual(problems, []);
});

test("what a node refuses is said, with why", { skip }, async () => {
  const folder = mkdtempSync(join(tmpdir(), "console-"));
  const hash = execFileSync(NODE, ["hash-token"], { input: "reads" }).toString().trim();
  const config = join(folder, "node.toml");
  writeFileSync(config, `[scope.global]\n[[token]]\nhash = "${hash}"\nscopes = ["global"]\nmay = "read"\n`);
  const options = ["--region", "eu", "--listen", "127.0.0.1:0", "--data", folder, "--config", config];
  const node = spawn(NODE, ["run", ...options, "--console", join(WASM, "dist")], { stdio: ["ignore", "pipe", "ignore"] });
  try {
    const [said] = await once(node.stdout.setEncoding("utf8"), "data");
    const own = `http://${said.trim().split(" ").at(-1)}/`;
    const page = await (await browser.newContext()).newPage();
    const show = async (token) => {
      await page.locator("#token").fill(token);
      await page.locator("#token-form button").click();
    };
    await page.goto(own);
    await show("guessed");
    await page.getByText("The node does not know this token.").waitFor();
    await show("reads");
    await page.locator("#state", { hasText: "eu refuses the document" }).waitFor();
    assert.match(await page.locator("#state").textContent(), /global/);
    await page.goto(`${own}?scope=mars`);
    await page.locator("#state", { hasText: "mars" }).waitFor();
  } finally {
    node.kill();
    await once(node, "exit");
    rmSync(folder, { recursive: true });
  }
});

for (const colorScheme of ["light", "dark"]) {
  for (const [name, width] of [["desktop", 1280], ["phone", 360]]) {
    test(`nothing is wider than the page: ${name}, ${colorScheme}`, { skip }, async () => {
      const page = await open("?region=eu-west", { colorScheme, viewport: { width, height: 800 } });
      await synced(page);
      await add(page, "tags", "a tag that is long enough to be broken in the middle, wherever it stands: ".repeat(2) + "x".repeat(80));
      await page.locator("#links .way").first().waitFor();
      assert.equal(await page.evaluate(() => document.documentElement.scrollWidth - innerWidth), 0);
      if (process.env.SHOTS) await page.waitForTimeout(3_000);
      if (process.env.SHOTS) await page.screenshot({ path: join(process.env.SHOTS, `${name}-${colorScheme}.png`), fullPage: true });
    });
  }
}

// The browser that the tests drive, where there is one.

import { existsSync } from "node:fs";
import { join } from "node:path";
import { after, before } from "node:test";

import { chromium } from "playwright-core";

import { serve } from "../../serve.mjs";

const EXECUTABLE = process.env.CHROMIUM ?? "/usr/bin/chromium";
export const FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"];

/** Why a test in a browser is skipped, or `false`: made for the options of a test. */
export const skip = existsSync(EXECUTABLE) ? false : `there is no ${EXECUTABLE}: install chromium, or set CHROMIUM`;
export const executable = EXECUTABLE;

const packageFolder = join(import.meta.dirname, "../..");
/** What the tests' pages are served from. */
export const FOLDERS = { "/": join(import.meta.dirname, "pages"), "/dist/": join(packageFolder, "dist") };

/** A browser and a server of the tests' pages for all tests of a file. */
export function browse(folders = FOLDERS, options = {}, launching = {}) {
  const shared = {
    skip,
    browser: undefined,
    site: undefined,
    /** What two browsers are to each other, until the test is over. */
    async context(test) {
      const context = await this.browser.newContext();
      context.setDefaultTimeout(60_000);
      test.after(() => context.close());
      return context;
    },
    /** A tab of this context, with the package in its global `crdt`. What goes wrong in it unheard fails the test. */
    async tab(context, page = "page.html") {
      const tab = await context.newPage();
      tab.problems = [];
      tab.on("pageerror", (error) => tab.problems.push(error));
      tab.devtools = await context.newCDPSession(tab);
      await load(tab, this.site.address + page);
      return tab;
    },
  };
  if (skip) return shared;
  before(async () => {
    shared.site = await serve(folders, options);
    shared.browser = await launch(launching);
  });
  after(async () => {
    await shared.browser?.close();
    shared.site?.close();
  });
  return shared;
}

export function launch(options = {}) {
  return chromium.launch({ executablePath: EXECUTABLE, headless: true, args: FLAGS, ...options });
}

/** Goes to an address, until the package is there. */
export async function load(tab, address) {
  await tab.goto(address);
  await tab.waitForFunction(() => globalThis.crdt !== undefined);
}

/** Ends the process of a tab. */
export async function kill(tab) {
  const crashed = tab.waitForEvent("crash");
  tab.devtools.send("Page.crash").catch(() => {});
  await crashed;
}

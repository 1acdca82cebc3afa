/** The package's folder on a port of this machine, and Chromium to look at its pages. */

import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import { extname } from "node:path";
import { fileURLToPath } from "node:url";

import { chromium } from "playwright-core";

const TYPES = { ".html": "text/html", ".js": "text/javascript", ".wasm": "application/wasm" };
/** What a page has to allow, and no more. */
const POLICY = "default-src 'self'; script-src 'self' 'wasm-unsafe-eval'; style-src 'unsafe-inline'; img-src data:";
const executablePath = process.env.CHROMIUM ?? "/usr/bin/chromium";

/** Why there is no browser here; `false` if there is one. */
export const noBrowser = existsSync(executablePath) ? false : `${executablePath} is missing: install chromium`;

/** Runs `use` with a browser and the address of the package's folder. */
export async function withBrowser(use) {
  const root = new URL("../../", import.meta.url);
  const server = createServer(async (request, answer) => {
    const { pathname } = new URL(request.url, "http://localhost");
    const path = pathname.endsWith("/") ? `${pathname}index.html` : pathname;
    try {
      const bytes = await readFile(fileURLToPath(new URL(`.${path}`, root)));
      const type = TYPES[extname(path)] ?? "text/plain";
      answer.writeHead(200, { "content-type": type, "content-security-policy": POLICY }).end(bytes);
    } catch {
      answer.writeHead(404).end();
    }
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  const args = ["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"];
  try {
    const browser = await chromium.launch({ executablePath, args });
    try {
      await use(browser, `http://127.0.0.1:${server.address().port}/`);
    } finally {
      await browser.close();
    }
  } finally {
    server.closeAllConnections();
    server.close();
  }
}

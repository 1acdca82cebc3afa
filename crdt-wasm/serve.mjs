// Serves files on 127.0.0.1. `node serve.mjs` shows examples/cart/; the tests serve their own pages.

import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import { extname, join, normalize, sep } from "node:path";

const TYPES = {
  ".css": "text/css; charset=utf-8",
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".json": "application/json",
  ".mjs": "text/javascript; charset=utf-8",
  ".svg": "image/svg+xml",
  ".wasm": "application/wasm",
};
/** Data in a browser belongs to an address with its port: one that stays keeps it. */
const PORT = 4173;

/** The file that an address stands for: of the longest prefix that fits; none outside its folder. */
function fileOf(folders, url) {
  let path;
  try {
    path = decodeURIComponent(new URL(url, "http://127.0.0.1").pathname);
  } catch {
    return undefined;
  }
  const prefixes = Object.keys(folders).filter((prefix) => path.startsWith(prefix));
  const prefix = prefixes.sort((one, other) => other.length - one.length)[0];
  if (prefix === undefined || path.includes("\0")) return undefined;
  const folder = normalize(folders[prefix] + sep);
  const file = normalize(join(folder, path.slice(prefix.length)));
  if (!file.startsWith(folder)) return undefined;
  return file.endsWith(sep) ? join(file, "index.html") : file;
}

/**
 * Serves `folders`, by the prefix of their addresses, each ending in a slash. `headers` may add some to
 * an answer, by its address.
 */
export async function serve(folders, { port = 0, headers = () => ({}) } = {}) {
  const server = createServer(async (request, response) => {
    const file = fileOf(folders, request.url);
    try {
      const content = await readFile(file);
      const type = TYPES[extname(file)] ?? "application/octet-stream";
      response.writeHead(200, { "content-type": type, "cache-control": "no-cache", ...headers(request.url) });
      response.end(request.method === "HEAD" ? undefined : content);
    } catch {
      response.writeHead(404, { "content-type": "text/plain" }).end("there is no such file\n");
    }
  });
  await new Promise((resolve, reject) => {
    server.once("error", (error) => {
      if (error.code !== "EADDRINUSE" || port === 0) reject(error);
      else server.listen(0, "127.0.0.1");
    });
    server.once("listening", resolve);
    server.listen(port, "127.0.0.1");
  });
  return {
    server,
    address: `http://127.0.0.1:${server.address().port}/`,
    close() {
      server.close();
      server.closeAllConnections();
    },
  };
}

if (import.meta.main ?? process.argv[1] === import.meta.filename) {
  const here = import.meta.dirname;
  const folders = { "/": join(here, "examples/cart"), "/dist/": join(here, "dist") };
  const { address } = await serve(folders, { port: PORT });
  console.log(`${address} shows examples/cart; Ctrl-C ends it`);
}

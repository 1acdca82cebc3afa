/** What is below the public API: the classes of the module, and what writes their programs. */

import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";

import { build } from "esbuild";

const root = fileURLToPath(new URL("../..", import.meta.url));

const { outputFiles } = await build({
  stdin: {
    contents: `
      export * from "#raw";
      export { CrdtError } from "./errors.js";
      export { Program } from "./program.js";
      export { Reader, Writer } from "./wire.js";
    `,
    resolveDir: `${root}/ts`,
    loader: "ts",
  },
  plugins: [
    {
      name: "raw",
      setup({ onResolve }) {
        onResolve({ filter: /^#raw$/ }, () => ({ path: `${root}/wasm/crdt.js` }));
      },
    },
  ],
  bundle: true,
  format: "esm",
  write: false,
  logOverride: { "empty-import-meta": "silent" },
});
const [{ text }] = outputFiles;

export const raw = await import(`data:text/javascript;base64,${Buffer.from(text).toString("base64")}`);

raw.initSync({ module: await readFile(`${root}/wasm/crdt.wasm`) });

// Bundles `ts/` and the modules of `wasm/` into `dist/`. Called by `cargo xtask wasm`.

import { copyFile, mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { deflateRawSync } from "node:zlib";

import { build } from "esbuild";

/**
 * The JavaScript of a module, and the module itself: deflated first, since what travels is compressed,
 * and base64 compresses badly.
 */
const module = (name) => ({
  name: "module",
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^#raw$/ }, () => ({ path: `${import.meta.dirname}/wasm/${name}.js` }));
    onResolve({ filter: /^#wasm$/ }, () => ({ path: name, namespace: "wasm" }));
    onLoad({ filter: /.*/, namespace: "wasm" }, async () => {
      const bytes = await readFile(`${import.meta.dirname}/wasm/${name}.wasm`);
      const deflated = deflateRawSync(bytes, { level: 9 });
      return { contents: `export default "${deflated.toString("base64")}"` };
    });
  },
});

const bundle = (name, entries) =>
  build({
    absWorkingDir: import.meta.dirname,
    entryPoints: entries.map((entry) => `ts/${entry}.ts`),
    outdir: "dist",
    chunkNames: `${name}-[hash]`,
    bundle: true,
    splitting: true,
    format: "esm",
    target: "es2022",
    minify: true,
    plugins: [module(name)],
  });

await rm(`${import.meta.dirname}/dist`, { recursive: true, force: true });
await mkdir(`${import.meta.dirname}/dist`, { recursive: true });
await bundle("crdt", ["index", "slim", "websocket", "broadcast", "indexeddb"]);
await bundle("types", ["types", "types-slim"]);
for (const name of ["crdt", "types"]) {
  await copyFile(`${import.meta.dirname}/wasm/${name}.wasm`, `${import.meta.dirname}/dist/${name}.wasm`);
}
// What is packed has to be in this folder.
for (const name of ["LICENSE-APACHE", "LICENSE-MIT"]) {
  await copyFile(`${import.meta.dirname}/../${name}`, `${import.meta.dirname}/${name}`);
}
// What the module returns is a copy in a buffer of its own, never a view of its memory: `WebSocket.send` takes no other.
const raw = await readFile(`${import.meta.dirname}/wasm/crdt.d.ts`, "utf8");
await writeFile(`${import.meta.dirname}/dist/raw.d.ts`, raw.replaceAll(/(?<=\)): Uint8Array/g, ": Uint8Array<ArrayBuffer>"));

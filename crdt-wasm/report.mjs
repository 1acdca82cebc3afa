// Sizes and times beside the peers, from one run: `cargo xtask wasm --report`.

import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { performance } from "node:perf_hooks";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";

import * as automerge from "@automerge/automerge";
import { build } from "esbuild";
import * as loro from "loro-crdt";
import * as yjs from "yjs";

import { Document, OrSet, ReplicaId } from "crdt-wasm";

const here = import.meta.dirname;
const N = 10_000;
const ids = (first) => Array.from({ length: N }, (_, index) => `${first}lement-${String(index).padStart(8, "0")}`);
const [left, right] = [ids("e"), ids("E")];

await sizes();
times();

/** What a page loads that imports everything of an entry. */
async function sizes() {
  const rows = [["slim", 60, "crdt.wasm"], ["index", 85], ["types-slim", 28, "types.wasm"], ["types", undefined]];
  console.log("what a page loads, bytes".padEnd(38), "raw".padStart(9), "gzip -9".padStart(9), "brotli".padStart(9), "to reach".padStart(9));
  for (const [entry, budget, module] of rows) {
    const parts = [await bundled(`${here}/dist/${entry}.js`)];
    if (module !== undefined) parts.push(await readFile(`${here}/dist/${module}`));
    show(`crdt-wasm: ${entry}${module === undefined ? "" : ` + ${module}`}`, parts, budget);
  }
  show("yjs", [await bundled("yjs")]);
  const required = createRequire(import.meta.url);
  const automergeWasm = required.resolve("@automerge/automerge/automerge.wasm");
  show("@automerge/automerge: slim + wasm", [await bundled("@automerge/automerge/slim"), await readFile(automergeWasm)]);
  const loroFolder = required.resolve("loro-crdt/package.json").replace("package.json", "web/");
  show("loro-crdt: web + wasm", [await bundled(`${loroFolder}index.js`), await readFile(`${loroFolder}loro_wasm_bg.wasm`)]);
}

async function bundled(entry) {
  const result = await build({
    stdin: { contents: `export * from ${JSON.stringify(entry)}`, resolveDir: here },
    bundle: true,
    minify: true,
    format: "esm",
    write: false,
    logLevel: "silent",
    loader: { ".wasm": "empty" },
  });
  return Buffer.from(result.outputFiles[0].contents);
}

function show(name, parts, budget) {
  const sum = (of) => parts.reduce((total, part) => total + of(part), 0);
  const raw = sum((part) => part.length);
  const gzip = sum((part) => gzipSync(part, { level: 9 }).length);
  const brotli = sum((part) => brotliCompressSync(part, { params: { [constants.BROTLI_PARAM_QUALITY]: 11 } }).length);
  const target = budget === undefined ? "" : `${budget} KB`;
  console.log(name.padEnd(38), ...[raw, gzip, brotli, target].map((column) => String(column).padStart(9)));
}

/** The same work for each, the least of several runs. */
function times() {
  console.log(`\n${"milliseconds, least of several runs".padEnd(38)}`, "crdt-wasm".padStart(9), "yjs".padStart(9), "automerge".padStart(9), "loro".padStart(9));
  const row = (name, ...columns) => console.log(name.padEnd(38), ...columns.map((column) => (column ?? "").toString().padStart(9)));
  const ms = (of) => (of === undefined ? "" : of.toFixed(2));

  const theirs = {
    yjs: (elements) => {
      const doc = new yjs.Doc();
      const set = doc.getMap("set");
      doc.transact(() => elements.forEach((element) => set.set(element, true)));
      return doc;
    },
    automerge: (elements) =>
      automerge.change(automerge.init(), (doc) => {
        doc.set = {};
        for (const element of elements) doc.set[element] = true;
      }),
    loro: (elements) => {
      const doc = new loro.LoroDoc();
      const set = doc.getMap("set");
      elements.forEach((element) => set.set(element, true));
      doc.commit();
      return doc;
    },
  };
  const peers = (of) => [of(theirs.yjs), of(theirs.automerge), of(theirs.loro)];
  const adds = peers((make) => ms(least(() => make(left))));
  row("10,000 adds, one call each", ms(least(() => freed(new OrSet(ReplicaId.random()), (set) => left.forEach((id) => set.add(id))))), ...adds);
  row("10,000 adds, addAll", ms(least(() => freed(new OrSet(ReplicaId.random()), (set) => set.addAll(left)))), ...adds);
  row("… in a document, addAll", ms(least(() => freed(new Document(ReplicaId.random()), (doc) => doc.set("set").addAll(left)))), ...adds);

  const [ours, other] = [left, right].map((elements) => {
    const set = new OrSet(ReplicaId.random());
    set.addAll(elements);
    return set.encode();
  });
  const [yjsOurs, yjsOther] = [left, right].map((elements) => yjs.encodeStateAsUpdate(theirs.yjs(elements)));
  const [autoOurs, autoOther] = [left, right].map((elements) => automerge.save(theirs.automerge(elements)));
  const [loroOurs, loroOther] = [left, right].map((elements) => theirs.loro(elements).export({ mode: "snapshot" }));
  row(
    "merge 10,000 + 10,000, from bytes",
    ms(least(() => freed(OrSet.decode(ours), (set) => set.merge(other)))),
    ms(least(() => [yjsOurs, yjsOther].reduce((doc, update) => (yjs.applyUpdate(doc, update), doc), new yjs.Doc()))),
    ms(least(() => automerge.merge(automerge.load(autoOurs), automerge.load(autoOther)))),
    ms(least(() => new loro.LoroDoc().importBatch([loroOurs, loroOther]))),
  );
  row("encoded set of 10,000, bytes", ours.length, yjsOurs.length, autoOurs.length, loroOurs.length);

  const large = new OrSet(ReplicaId.random());
  large.addAll(Array.from({ length: 100_000 }, (_, index) => `element ${index}`));
  const writer = OrSet.decode(large.encode(), ReplicaId.random());
  const deltas = Array.from({ length: 1_000 }, (_, index) => writer.add(`new ${index}`));
  const begun = performance.now();
  for (const delta of deltas) large.merge(delta);
  row("a delta of one on 100,000, µs", (((performance.now() - begun) * 1_000) / deltas.length).toFixed(1));
}

function freed(object, use) {
  use(object);
  object.free();
}

function least(run) {
  let best = Infinity;
  const end = performance.now() + 1_500;
  for (let round = 0; round < 3 || performance.now() < end; round++) {
    const begun = performance.now();
    run();
    best = Math.min(best, performance.now() - begun);
  }
  return best;
}

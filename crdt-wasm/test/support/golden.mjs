/** Golden files: hexadecimal digits, white space, and after `#` on a line words for the reader. */

import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";

const here = (path) => new URL(`../../../${path}`, import.meta.url);

/** The bytes of a golden file, by its path in the repository. */
export function golden(path) {
  const digits = readFileSync(here(path), "utf8").replace(/#.*/g, "").replace(/\s/g, "");
  assert.match(digits, /^([0-9a-f]{2})*$/, path);
  return new Uint8Array(Buffer.from(digits, "hex"));
}

/**
 * Checks that these bytes are those of a golden file. With `CRDT_WRITE_GOLDEN=1` it is written: what was
 * released stays as it is, so only where there was none.
 */
export function checkGolden(path, bytes) {
  if (process.env.CRDT_WRITE_GOLDEN === "1") {
    const lines = Buffer.from(bytes).toString("hex").match(/.{1,64}/g);
    writeFileSync(here(path), `# Written by the package: test/bytes.test.mjs says of what.\n${lines.join("\n")}\n`);
  }
  assert.deepEqual(Buffer.from(bytes).toString("hex"), Buffer.from(golden(path)).toString("hex"), path);
}

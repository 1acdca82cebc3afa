// The package as it is published, in a folder of its own.

import { execFile } from "node:child_process";
import { cp, mkdtemp, realpath, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";

const packageFolder = join(import.meta.dirname, "../..");
/** What `app.mjs` says. */
export const SAYS = "pear and apple, function";

/** Runs a program to its end; what it says if it fails. */
export async function run(folder, program, ...words) {
  try {
    const { stdout } = await promisify(execFile)(program, words, { cwd: folder });
    return stdout.trim();
  } catch (error) {
    throw new Error(`${program} ${words.join(" ")}: ${error.stdout}\n${error.stderr}`, { cause: error });
  }
}

/** The program of a package of `devDependencies`. */
export const tool = (path) => join(packageFolder, "node_modules", path);

/** Packs the package, and installs it in a fresh folder beside the application. */
export async function install() {
  const folder = await realpath(await mkdtemp(join(tmpdir(), "crdt-wasm-")));
  const packed = await run(packageFolder, "npm", "pack", "--json", "--ignore-scripts", "--pack-destination", folder);
  const answer = JSON.parse(packed);
  const [{ filename, files }] = Array.isArray(answer) ? answer : Object.values(answer);
  await writeFile(join(folder, "package.json"), JSON.stringify({ name: "app", private: true, type: "module" }));
  await run(folder, "npm", "install", "--offline", "--no-audit", "--no-fund", `./${filename}`);
  await cp(join(import.meta.dirname, "app.mjs"), join(folder, "app.mjs"));
  return { folder, files: files.map(({ path }) => path), remove: () => rm(folder, { recursive: true, force: true }) };
}

/** A page with one script. */
export const page = (head) => `<!doctype html>
<html lang="en">
  <meta charset="utf-8">
  <title>app</title>
  ${head}
</html>
`;

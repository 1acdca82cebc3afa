/** The package with its module inside: loaded at the first use, at once. */

import wasm from "#wasm";

import { provide } from "./module.js";
import { unpack } from "./unpack.js";

export * from "./all.js";

provide(() => unpack(wasm));

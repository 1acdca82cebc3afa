/** The package with its module inside: loaded at the first use, at once. */

import wasm from "#wasm";

import { provide, unpack } from "./module.js";

export * from "./all.js";

provide(() => unpack(wasm));

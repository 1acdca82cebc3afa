/** The single data types with their own, smaller module inside. */

import wasm from "#wasm";

import { provide, unpack } from "./module.js";

export * from "./single.js";

provide(() => unpack(wasm));

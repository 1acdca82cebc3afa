/** The single data types with their own, smaller module inside. */

import wasm from "#wasm";

import { provide } from "./module.js";
import { unpack } from "./unpack.js";

export * from "./single.js";

provide(() => unpack(wasm));

/** The WebAssembly module: loaded at the first use, or when it is given. */

import { initSync, seed } from "#raw";

import { CrdtError } from "./errors.js";
import { said } from "./given.js";

/** What a module can be made of at once. */
export type ModuleSource = BufferSource | WebAssembly.Module;

let source: (() => ModuleSource) | undefined;
let isReady = false;
let memory: WebAssembly.Memory;
let view = new Uint8Array(0);

/** Says where the module comes from when it is needed. */
export function provide(from: () => ModuleSource): void {
  source = from;
}

/** Whatever it was that failed, as an error of this package. */
export function notLoaded(error: unknown): CrdtError {
  if (error instanceof CrdtError) return error;
  const why = error instanceof Error ? error.message : String(error);
  return new CrdtError("module", `the WebAssembly module cannot be loaded: ${why}`, { cause: error });
}

/** Loads the module, if it is not there yet. */
export function start(module: ModuleSource): void {
  if (isReady) return;
  try {
    ({ memory } = initSync({ module }));
  } catch (error) {
    throw notLoaded(error);
  }
  const random = crypto.getRandomValues(new BigUint64Array(2));
  seed(random[0] as bigint, random[1] as bigint);
  isReady = true;
}

/** The module's memory, until it grows; that is at a call at the earliest. */
export function memoryView(): Uint8Array {
  // The view of a memory that has grown since is empty.
  if (view.length === 0) view = new Uint8Array(memory.buffer);
  return view;
}

/** Makes sure that the module is there. */
export function ready(): void {
  if (isReady) return;
  if (source === undefined) {
    throw new CrdtError("module", "call init() or initSync() first: this entry brings no module along");
  }
  if (typeof WebAssembly === "undefined") {
    throw new CrdtError("module", "there is no WebAssembly here: use the package in a browser or in Node");
  }
  start(source());
}

/** Loads the module from its bytes, its address or an answer to a request. */
export async function fetched(
  from: ModuleSource | string | URL | Response | PromiseLike<Response>,
): Promise<ModuleSource> {
  const given = await from;
  if (given instanceof WebAssembly.Module || given instanceof ArrayBuffer || ArrayBuffer.isView(given)) {
    return given as ModuleSource;
  }
  const isAddress = typeof given === "string" || given instanceof URL;
  if (!isAddress && !(given instanceof Response)) {
    const sentence = `give the module's bytes, its address, an answer to a request or a compiled module, not ${said(given)}`;
    throw new CrdtError("module", sentence);
  }
  const response = isAddress ? await fetch(given) : given;
  if (!response.ok) {
    const from = response.url === "" ? "the answer" : response.url;
    throw new CrdtError("module", `there is no module: ${from}: ${response.status} ${response.statusText}`);
  }
  return response.arrayBuffer();
}

import { fetched, notLoaded, start, type ModuleSource } from "./module.js";

/**
 * Loads the module: from its bytes, its address, an answer to a request, or compiled. Once is enough. Bytes
 * are compiled beside the page's own thread.
 * @throws {CrdtError} `module` if it cannot be loaded.
 */
export async function init(
  from: ModuleSource | string | URL | Response | PromiseLike<Response>,
): Promise<void> {
  try {
    const module = await fetched(from);
    start(module instanceof WebAssembly.Module ? module : await WebAssembly.compile(module as BufferSource));
  } catch (error) {
    throw notLoaded(error);
  }
}

/**
 * Loads the module at once, from its bytes or compiled. Bytes are compiled while the page waits, some
 * milliseconds; a browser may refuse that for a module of many megabytes.
 * @throws {CrdtError} `module` if it cannot be loaded.
 */
export function initSync(from: ModuleSource): void {
  start(from);
}

/** The package without its module, which is given by the application. */

export * from "./all.js";
export { init, initSync } from "./init.js";

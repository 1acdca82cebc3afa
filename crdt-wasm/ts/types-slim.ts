/** The single data types without their module, which is given by the application. */

export * from "./single.js";
export { init, initSync } from "./init.js";

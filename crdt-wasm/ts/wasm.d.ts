declare module "#wasm" {
  /** The module, deflated, as base64. */
  const base64: string;
  export default base64;
}

import { inflateSync } from "fflate";

/** The module of an entry that brings it along: deflated, as base64. */
export function unpack(base64: string): Uint8Array<ArrayBuffer> {
  const text = atob(base64);
  const compressed = new Uint8Array(text.length);
  for (let index = 0; index < compressed.length; index++) compressed[index] = text.charCodeAt(index);
  return inflateSync(compressed) as Uint8Array<ArrayBuffer>;
}

import { RawScratch } from "#raw";

import { memoryView } from "./module.js";

/** So many bytes can be put in. */
const ROOM = 128;

let scratch: RawScratch | undefined;
let input = 0;

/**
 * Has `call` take a short ASCII text from the scratch, and returns what it has put out there: the bytes
 * whose number it returns. `undefined` if the text is of another kind, or that number is 0.
 *
 * A call that passes bytes and returns bytes allocates both in the module and frees both.
 */
export function callWithText(
  text: string,
  call: (scratch: RawScratch, length: number) => number,
): Uint8Array<ArrayBuffer> | undefined {
  const { length } = text;
  if (length > ROOM) return undefined;
  if (scratch === undefined) {
    scratch = new RawScratch();
    input = scratch.input();
  }
  const bytes = memoryView();
  for (let index = 0; index < length; index++) {
    const unit = text.charCodeAt(index);
    if (unit >= 0x80) return undefined;
    bytes[input + index] = unit;
  }
  const written = call(scratch, length);
  if (written === 0) return undefined;
  const from = scratch.output();
  return memoryView().slice(from, from + written);
}

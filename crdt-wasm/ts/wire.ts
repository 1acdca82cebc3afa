/**
 * The part of the family's wire format that crosses the boundary to the module: bytes, varints, texts
 * and values (`docs/FORMAT.md` of the repository).
 */

import { CrdtError } from "./errors.js";
import { said } from "./given.js";
import type { Value } from "./value.js";

/** The version byte that begins every message. */
const VERSION = 1;

const NULL = 0;
const FALSE = 1;
const TRUE = 2;
const INTEGER = 3;
const FLOAT = 4;
const TEXT = 5;
const BYTES = 6;
/** With the length in the lower seven bits. */
const SHORT_TEXT = 0x80;

/** How several values are written: see {@link Writer.values}. */
const ONE_BY_ONE = 0;
const AT_ONCE = 1;
/** From so many on it pays to write texts at once. */
const MANY = 8;

const encoder = new TextEncoder();
const decoder = new TextDecoder("utf-8", { ignoreBOM: true });

const MAX_I64 = 2n ** 63n - 1n;
const MIN_I64 = -(2n ** 63n);

/** Writes one message. */
export class Writer {
  #bytes = new Uint8Array(64);
  #length = 0;

  constructor() {
    this.byte(VERSION);
  }

  /** How long it is so far. */
  get length(): number {
    return this.#length;
  }

  /** What was written; valid until something else is. */
  bytes(): Uint8Array {
    return this.#bytes.subarray(0, this.#length);
  }

  /** As new, for another message; so that short ones need no memory of their own. */
  clear(): void {
    this.#length = 1;
  }

  /** Forgets what was written beyond a length. */
  shorten(length: number): void {
    this.#length = length;
  }

  byte(byte: number): void {
    this.#reserve(1);
    this.#bytes[this.#length++] = byte;
  }

  raw(bytes: Uint8Array): void {
    this.#reserve(bytes.length);
    this.#bytes.set(bytes, this.#length);
    this.#length += bytes.length;
  }

  /** A whole number up to 2^53. */
  varint(number: number): void {
    this.#reserve(8);
    while (number >= 0x80) {
      this.#bytes[this.#length++] = (number % 0x80) | 0x80;
      number = Math.floor(number / 0x80);
    }
    this.#bytes[this.#length++] = number;
  }

  /** A whole number of 64 bits. */
  bigVarint(number: bigint): void {
    this.#reserve(10);
    while (number >= 0x80n) {
      this.#bytes[this.#length++] = Number(number & 0x7fn) | 0x80;
      number >>= 7n;
    }
    this.#bytes[this.#length++] = Number(number);
  }

  text(text: string): void {
    if (this.#shortText(text, 0)) return;
    const encoded = encoder.encode(text);
    this.varint(encoded.length);
    this.raw(encoded);
  }

  /** A text as a value: a short one has its length in its tag. */
  #textValue(text: string): void {
    if (this.#shortText(text, SHORT_TEXT)) return;
    const encoded = encoder.encode(text);
    if (encoded.length < SHORT_TEXT) {
      this.byte(SHORT_TEXT | encoded.length);
    } else {
      this.byte(TEXT);
      this.varint(encoded.length);
    }
    this.raw(encoded);
  }

  /** Short texts are mostly ASCII, which is copied sooner than an encoder is called. */
  #shortText(text: string, tag: number): boolean {
    const { length } = text;
    if (length >= 0x80) return false;
    this.#reserve(length + 1);
    const bytes = this.#bytes;
    let end = this.#length + 1;
    for (let index = 0; index < length; index++) {
      const unit = text.charCodeAt(index);
      if (unit >= 0x80) return false;
      bytes[end++] = unit;
    }
    bytes[this.#length] = tag | length;
    this.#length = end;
    return true;
  }

  value(value: Value): void {
    switch (typeof value) {
      case "string":
        this.#textValue(value);
        return;
      case "number":
        this.#number(value);
        return;
      case "boolean":
        this.byte(value ? TRUE : FALSE);
        return;
      case "bigint":
        if (value > MAX_I64 || value < MIN_I64) {
          throw new CrdtError("value", `${value} does not fit in 64 bits: keep it as a string`);
        }
        this.byte(INTEGER);
        this.bigVarint(BigInt.asUintN(64, (value << 1n) ^ (value >> 63n)));
        return;
      default:
        if (value === null) {
          this.byte(NULL);
        } else if (value instanceof Uint8Array) {
          this.byte(BYTES);
          this.varint(value.length);
          this.raw(value);
        } else {
          throw new CrdtError(
            "value",
            `a value is null, a boolean, a number, a bigint, a string or a Uint8Array, not ${said(value)}: ` +
              "give what is deeper names of its own, or encode it",
          );
        }
    }
  }

  /** One after the other, or all at once where they are many ASCII texts. */
  values(values: readonly Value[]): void {
    if (values.length >= MANY && this.#texts(values)) return;
    this.byte(ONE_BY_ONE);
    this.varint(values.length);
    for (const value of values) this.value(value);
  }

  /** Texts as their lengths and then all as one; leaves nothing behind if they are not all ASCII. */
  #texts(values: readonly Value[]): boolean {
    const begun = this.#length;
    this.byte(AT_ONCE);
    this.varint(values.length);
    let sum = 0;
    for (let index = 0; index < values.length; index++) {
      const value = values[index];
      if (typeof value !== "string") {
        this.#length = begun;
        return false;
      }
      sum += value.length;
      this.varint(value.length);
    }
    const all = values.join("");
    this.#reserve(sum);
    const room = this.#bytes.subarray(this.#length, this.#length + sum);
    // What is not ASCII takes more bytes than it has units.
    if (all.length !== sum || encoder.encodeInto(all, room).read !== sum) {
      this.#length = begun;
      return false;
    }
    this.#length += sum;
    return true;
  }

  /** What is whole and exact as an integer, everything else as a float. */
  #number(number: number): void {
    if (Number.isSafeInteger(number) && !Object.is(number, -0)) {
      this.byte(INTEGER);
      const doubled = number < 0 ? -2 * number - 1 : 2 * number;
      if (Number.isSafeInteger(doubled)) this.varint(doubled);
      else this.bigVarint(number < 0 ? -2n * BigInt(number) - 1n : 2n * BigInt(number));
      return;
    }
    this.byte(FLOAT);
    this.#reserve(8);
    // There is one NaN.
    new DataView(this.#bytes.buffer).setFloat64(this.#length, Number.isNaN(number) ? NaN : number, true);
    this.#length += 8;
  }

  #reserve(more: number): void {
    const needed = this.#length + more;
    if (needed <= this.#bytes.length) return;
    const larger = new Uint8Array(Math.max(needed, 2 * this.#bytes.length));
    larger.set(this.bytes());
    this.#bytes = larger;
  }
}

/** Reads one message that the module has written, and which is therefore right. */
export class Reader {
  readonly #bytes: Uint8Array;
  #at = 1;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  get isAtEnd(): boolean {
    return this.#at >= this.#bytes.length;
  }

  byte(): number {
    return this.#bytes[this.#at++] as number;
  }

  /** A whole number up to 2^53. */
  varint(): number {
    let number = 0;
    for (let scale = 1; ; scale *= 0x80) {
      const byte = this.byte();
      number += (byte & 0x7f) * scale;
      if (byte < 0x80) return number;
    }
  }

  bigVarint(): bigint {
    let number = 0n;
    for (let shift = 0n; ; shift += 7n) {
      const byte = this.byte();
      number |= BigInt(byte & 0x7f) << shift;
      if (byte < 0x80) return number;
    }
  }

  raw(length: number): Uint8Array {
    const from = this.#at;
    this.#at += length;
    return this.#bytes.slice(from, this.#at);
  }

  text(): string {
    return this.#text(this.varint());
  }

  #text(length: number): string {
    const from = this.#at;
    const end = from + length;
    this.#at = end;
    if (length < 0x20) {
      let text = "";
      let index = from;
      for (; index < end; index++) {
        const unit = this.#bytes[index] as number;
        if (unit >= 0x80) break;
        text += String.fromCharCode(unit);
      }
      if (index === end) return text;
    }
    return decoder.decode(this.#bytes.subarray(from, end));
  }

  value(): Value {
    const tag = this.byte();
    if (tag >= SHORT_TEXT) return this.#text(tag & 0x7f);
    switch (tag) {
      case NULL:
        return null;
      case FALSE:
        return false;
      case TRUE:
        return true;
      case INTEGER:
        return this.#integer();
      case FLOAT: {
        const at = this.#bytes.byteOffset + this.#at;
        this.#at += 8;
        return new DataView(this.#bytes.buffer).getFloat64(at, true);
      }
      case TEXT:
        return this.text();
      case BYTES:
        return this.raw(this.varint());
      default:
        throw new CrdtError("malformed", `there is no value of type ${tag}: update the package`);
    }
  }

  values(): Value[] {
    const values = new Array<Value>(this.varint());
    for (let index = 0; index < values.length; index++) values[index] = this.value();
    return values;
  }

  texts(): string[] {
    const texts = new Array<string>(this.varint());
    for (let index = 0; index < texts.length; index++) texts[index] = this.text();
    return texts;
  }

  /** A number while it is exact. */
  #integer(): number | bigint {
    const bits = this.bigVarint();
    const number = (bits >> 1n) ^ -(bits & 1n);
    return exact(number);
  }
}

/** A number where it is exact, otherwise what it is. */
export function exact(number: bigint): number | bigint {
  const rounded = Number(number);
  return Number.isSafeInteger(rounded) ? rounded : number;
}

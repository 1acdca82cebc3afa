import { listOf } from "./given.js";
import { Reader, Writer } from "./wire.js";

/**
 * What an element of a set, or the value of a register, can be. Numbers that are whole and exact are
 * stored as integers, all others as floats; a `bigint` has to fit in 64 bits, and is a `number` when it
 * is read back if that is exact. The number 1 is one element, whether Rust wrote it as `1` or as `1.0`.
 */
export type Value = null | boolean | number | bigint | string | Uint8Array;

const short = new Writer();

/** One value, for the module; valid until the next one is packed. */
export function packValue(value: Value): Uint8Array {
  if (value instanceof Uint8Array || (typeof value === "string" && value.length > 64)) {
    const writer = new Writer();
    writer.value(value);
    return writer.bytes();
  }
  short.clear();
  short.value(value);
  return short.bytes();
}

/** The values to be added or removed. @throws {CrdtError} `value` if there are not several. */
export function elementsOf(given: Iterable<Value>): readonly Value[] {
  return listOf(given, "value", "the elements");
}

/** Several values, for the module. */
export function packValues(values: Iterable<Value>): Uint8Array {
  const writer = new Writer();
  writer.values(elementsOf(values));
  return writer.bytes();
}

/** Several values, from the module. */
export function unpackValues(bytes: Uint8Array): Value[] {
  return new Reader(bytes).values();
}

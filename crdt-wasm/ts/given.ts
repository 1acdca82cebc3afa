/** Whether what an application gives is what it should be: without types nobody else looks. */

import { CrdtError, type ErrorCode } from "./errors.js";

/** What was given, in a few words, for the sentence of an error. */
export function said(given: unknown): string {
  switch (typeof given) {
    case "string":
      return JSON.stringify(given.length > 40 ? `${given.slice(0, 40)}…` : given);
    case "bigint":
      return `${given}n`;
    case "function":
    case "symbol":
      return `a ${typeof given}`;
    case "object":
      return given === null ? "null" : `an object (${Object.prototype.toString.call(given).slice(8, -1)})`;
    default:
      return String(given);
  }
}

/** Also those of another frame. @throws {CrdtError} */
export function bytesOf(given: unknown, code: ErrorCode = "malformed", what = "the bytes"): Uint8Array {
  if (given instanceof Uint8Array) return given;
  const tag = Object.prototype.toString.call(given);
  if (tag === "[object Uint8Array]" && ArrayBuffer.isView(given)) return given as Uint8Array;
  if (tag === "[object ArrayBuffer]") return new Uint8Array(given as ArrayBuffer);
  throw new CrdtError(
    code,
    `${what}: give a Uint8Array, not ${said(given)}; a socket has them with \`binaryType = "arraybuffer"\``,
  );
}

/** @throws {CrdtError} with the code of what it should have been. */
export function textOf(given: unknown, code: ErrorCode, what: string): string {
  if (typeof given === "string") return given;
  throw new CrdtError(code, `${what} is a string, not ${said(given)}`);
}

export function nameOf(given: unknown): string {
  return textOf(given, "value", "a name");
}

/** For the module, to which no id is an empty text. */
export function idOf(given: unknown): string {
  return textOf(given ?? "", "replica-id", "a replica id");
}

export function timestampOf(given: unknown): string {
  return textOf(given, "timestamp", "a timestamp");
}

export function tokenOf(given: unknown): string {
  return textOf(given, "token", "a token");
}

/** All of them; of a text, which is one, nobody means the letters. @throws {CrdtError} */
export function listOf<T>(given: Iterable<T>, code: ErrorCode, what: string): readonly T[] {
  if (Array.isArray(given)) return given;
  const isMany = typeof given !== "string" && typeof (given as Partial<Iterable<T>> | null | undefined)?.[Symbol.iterator] === "function";
  if (!isMany) throw new CrdtError(code, `${what}: give an array, not ${said(given)}`);
  return [...given];
}

/** @throws {CrdtError} `option`. */
export function objectOf<T extends object>(given: T, what: string): T {
  // Buffers, arrays and promises have no fields of their own, and might pass for something that is empty.
  if (Object.prototype.toString.call(given) === "[object Object]") return given;
  throw new CrdtError("option", `${what}: give an object, not ${said(given)}`);
}

/** An object with these fields at most. @throws {CrdtError} `option`. */
export function fieldsOf<T extends object>(given: T, what: string, fields: readonly (keyof T & string)[]): T {
  for (const name of Object.keys(objectOf(given, what))) {
    if ((fields as readonly string[]).includes(name)) continue;
    throw new CrdtError("option", `${what}: there is no ${said(name)}, but ${fields.join(", ")}`);
  }
  return given;
}

/** @throws {CrdtError} `option`. */
export function atLeast(least: number, given: unknown, what: string): number {
  if (typeof given === "number" && given >= least) return given;
  throw new CrdtError("option", `${what}: give a number from ${least} on, not ${said(given)}`);
}

/** @throws {CrdtError} `option`. */
export function functionOf<F>(given: F, what: string): F {
  if (typeof given === "function") return given;
  throw new CrdtError("option", `${what}: give a function, not ${said(given)}`);
}

/** So many members, for the module, to which all are -1. @throws {CrdtError} `option`. */
export function countOf(members: number | "all"): number {
  if (members === "all") return -1;
  if (Number.isInteger(members) && members >= 0 && members < 2 ** 31) return members;
  throw new CrdtError("option", `members: give a whole number or "all", not ${said(members)}`);
}

/** The name of a connection. @throws {CrdtError} `option`. */
export function peerOf(given: string | number): string | number {
  if (typeof given === "string" || typeof given === "number") return given;
  throw new CrdtError("option", `a peer is named by a string or a number, not by ${said(given)}`);
}

import { CrdtError } from "./errors.js";
import { said, textOf } from "./given.js";

declare const brand: unique symbol;

/**
 * Who writes: 128 random bits, written as a UUID. Every copy that writes needs one of its own; two that
 * write under the same id lose writes. It is a plain string, and compares as one.
 */
export type ReplicaId = string & { readonly [brand]: "ReplicaId" };

const FORM = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

export const ReplicaId = {
  /** An id that nobody else has, from `crypto.getRandomValues`. */
  random(): ReplicaId {
    const bytes = crypto.getRandomValues(new Uint8Array(16));
    // A UUID of version 4.
    bytes[6] = ((bytes[6] as number) & 0x0f) | 0x40;
    bytes[8] = ((bytes[8] as number) & 0x3f) | 0x80;
    const digits = Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
    const lengths = [8, 4, 4, 4, 12];
    let from = 0;
    return lengths.map((length) => digits.slice(from, (from += length))).join("-") as ReplicaId;
  },

  /**
   * The id that a text names.
   * @throws {CrdtError} `replica-id` if it names none.
   */
  parse(text: string): ReplicaId {
    const id = textOf(text, "replica-id", "a replica id").toLowerCase();
    if (!FORM.test(id)) {
      throw new CrdtError("replica-id", `${said(text)} is no replica id: it has to be a UUID`);
    }
    return id as ReplicaId;
  },
};

/** What can go wrong, as {@link CrdtError.code} says it. */
export type ErrorCode =
  /** A replica's own clock has worn out, or shows a time before 1970. */
  | "clock"
  /** The wall clock has jumped ahead: call `confirmClock` if it is right. */
  | "clock-jumped"
  /** The replica was closed: open its store anew. */
  | "closed"
  /** The bytes are not those that were sent. */
  | "damaged"
  /** The object was freed. */
  | "freed"
  /** A timestamp is too far ahead of the clock here. */
  | "from-the-future"
  /** What only grows cannot be removed. */
  | "grow-only"
  /** The replica id is in use twice: go on under a new one. */
  | "id-in-use"
  /** The replica id has made as many writes as one can. */
  | "id-used-up"
  /** A transaction is under way: write through it. */
  | "in-transaction"
  /** The bytes are none of this format, or not in its one form. */
  | "malformed"
  /** The module was not loaded, or cannot be. */
  | "module"
  /** The peer is this very replica. */
  | "oneself"
  /** There is no such option, or not with this value. */
  | "option"
  /** A count would exceed what a counter holds. */
  | "overflow"
  /** The store has no room left; the state here stays usable. */
  | "quota"
  /** The text is no replica id, or one is missing. */
  | "replica-id"
  /** The store cannot be read or written. */
  | "store"
  /** The text is no timestamp. */
  | "timestamp"
  /** The text is no token. */
  | "token"
  /** The message, or a value in it, is longer than is accepted. */
  | "too-long"
  /** The message does not fit what was said before. */
  | "unexpected"
  /** There is no such peer: connect it first. */
  | "unknown-peer"
  /** It cannot be an element or a value. */
  | "value"
  /** The bytes are of another version of the format or of the protocol. */
  | "version";

/** An error of this package: a code to branch on, and a sentence that says what to do. */
export class CrdtError extends Error {
  override readonly name = "CrdtError";

  constructor(
    /** Which error it is; codes stay what they are from version to version. */
    readonly code: ErrorCode,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}

/** Called by the module, which throws what it returns. */
export function failure(code: string, sentence: string): CrdtError {
  return new CrdtError(code as ErrorCode, sentence);
}

/** How far behind a peer is. */

import type { LagLevel } from "./events.js";
import { Reader } from "./wire.js";

/** How far behind a peer is, as far as it has said. */
export interface Lag {
  /** How many changes it has not taken in durably. */
  readonly positions: number;
  /** How many bytes of them are still in the log. */
  readonly bytes: number;
  /** For how long the oldest of them has been there. */
  readonly ageMs: number;
  /** Whether the log no longer reaches back to where it is. */
  readonly isBeyondLog: boolean;
  readonly level: LagLevel;
}

/** The lag that the module has written. */
export function readLag(bytes: Uint8Array): Lag {
  const [positions, length, ageMs, isBeyondLog, level] = new Reader(bytes).texts();
  return {
    positions: Number(positions),
    bytes: Number(length),
    ageMs: Number(ageMs),
    isBeyondLog: isBeyondLog === "true",
    level: level as LagLevel,
  };
}

import { RawConfig } from "#raw";

import { atLeast } from "./given.js";

/**
 * What can be set of a replica; sizes are bytes, times milliseconds. The default is said at each. It is the
 * `Config` of the Rust crate crdt-sync, and what has to be the same everywhere is the same there.
 */
export interface ReplicaConfig {
  /** The longest message; what is longer travels in pieces. The same everywhere. 1 MiB, at least 1,024. */
  maxMessage?: number;
  /** The longest value, and the most that is held for a peer of what comes in pieces. 64 MiB. */
  maxTransfer?: number;
  /** How much of what peers have not acknowledged is kept as it was written. 16 MiB. */
  logBytes?: number;
  /** How long a change from one peer waits before it is passed on to another. 20. */
  forwardDelayMs?: number;
  /** How long an acknowledgement waits for something to travel with. 5. */
  ackDelayMs?: number;
  /** How long news of what is known wait for a change to travel with. 250. */
  gossipMs?: number;
  /** When what went unacknowledged is sent again, at first; each time after twice as long. 1,000. */
  resendMs?: number;
  /** The longest pause between two attempts. 60,000. */
  maxResendMs?: number;
  /** After how much silence equal replicas make sure, once, that they are equal. 5,000. */
  quietMs?: number;
  /** From which lag on a peer is told of as `warn`. 1,000. */
  lagWarnMs?: number;
  /** From which lag on it is `critical`. 5,000. */
  lagCriticalMs?: number;
  /** For how long tokens of a store that was opened anew since are good. 30 days. */
  tokenLifeMs?: number;
  /** How far ahead of the clock here a value may be to wait; what is beyond is refused. 24 hours. */
  quarantineHorizonMs?: number;
  /** How many changes may wait so. 1,024. */
  quarantineItems?: number;
  /** How many bytes of them. 4 MiB. */
  quarantineBytes?: number;
}

/** For the module. @throws {CrdtError} `option` for what there is not, or is no number from 0 on. */
export function rawConfig(isDurable: boolean, config: ReplicaConfig): RawConfig {
  const raw = new RawConfig(isDurable);
  for (const [name, value] of Object.entries(config)) {
    if (value !== undefined) raw.set(name, atLeast(0, value, `config.${name}`));
  }
  return raw;
}

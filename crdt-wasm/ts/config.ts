import { RawConfig } from "#raw";

import { atLeast } from "./given.js";

/** What can be set of a replica; sizes are bytes, times milliseconds. Everything has a default. */
export interface ReplicaConfig {
  /** The longest message; what is longer travels in pieces. 1 MiB. */
  maxMessage?: number;
  /** The longest value. 64 MiB. */
  maxTransfer?: number;
  /** How much of what peers have not acknowledged is kept as it was written. */
  logBytes?: number;
  /** How long a change from one peer waits before it is passed on to another. */
  forwardDelayMs?: number;
  /** How long an acknowledgement waits for something to travel with. */
  ackDelayMs?: number;
  /** How often what is known is told, when nothing else is. */
  gossipMs?: number;
  /** When what went unacknowledged is sent again, at first and at most. */
  resendMs?: number;
  maxResendMs?: number;
  /** After how much silence equal replicas make sure that they are equal. */
  quietMs?: number;
  /** From which lag on a peer is told of. */
  lagWarnMs?: number;
  lagCriticalMs?: number;
  /** For how long tokens are good. */
  tokenLifeMs?: number;
  /** How far ahead a value may be to wait, and how much may. */
  quarantineHorizonMs?: number;
  quarantineItems?: number;
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

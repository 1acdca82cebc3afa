/** The single data types. */

export { Clock, type Timestamp } from "./clock.js";
export { GCounter, PnCounter } from "./counters.js";
export { CrdtError, type ErrorCode } from "./errors.js";
export { LwwRegister, MvRegister } from "./registers.js";
export { ReplicaId } from "./replica-id.js";
export { GSet, OrSet } from "./sets.js";
export type { Value } from "./value.js";

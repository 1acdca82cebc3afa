/** What both entries have. */

export type { ReplicaConfig } from "./config.js";
export { Counter, GSetView, MvRegisterView, PnCounterView, RegisterView, SetView } from "./containers.js";
export { Document } from "./document.js";
export type { Events, LagLevel } from "./events.js";
export type { Kind } from "./kinds.js";
export type { Lag } from "./lag.js";
export { Transaction } from "./owner.js";
export type { ReplicaOptions, Stored, StoredRecord } from "./opening.js";
export { Replica, type Peer, type Token } from "./replica.js";
export type { Snapshot } from "./snapshot.js";
export type { Change } from "./subscribers.js";
export * from "./single.js";

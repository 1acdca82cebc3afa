import { CrdtError } from "./errors.js";
import { said } from "./given.js";
import type { ReplicaId } from "./replica-id.js";
import type { Peer, Token } from "./replica.js";

/** How much a lag is a reason to worry. */
export type LagLevel = "fine" | "warn" | "critical";

/** What a replica tells, by name. */
export interface Events {
  /** A peer is there, and the versions fit. */
  connected: { readonly peer: Peer; readonly replica: ReplicaId };
  /** A peer's lag has reached another level. */
  lag: { readonly replica: ReplicaId; readonly level: LagLevel };
  /** A part of a change bears timestamps too far ahead of the clock here, and waits. */
  quarantined: { readonly peer: Peer | undefined; readonly waiting: number };
  /** A part of a change bears timestamps too far ahead even to wait. The rest was merged. */
  valueRefused: { readonly peer: Peer | undefined; readonly why: string };
  /** A message was refused here. */
  refused: { readonly peer: Peer; readonly why: string };
  /** A peer has refused a message of ours, or a value in it. */
  refusedByPeer: { readonly peer: Peer; readonly why: string };
  /** The store was restored from an older copy, as peers hold more of what it was. */
  restored: { readonly held: number; readonly peerHas: number };
  /** The store was copied, or restored: another opening continues the same one. */
  forked: Record<never, never>;
  /** The replica id was in use twice: this replica goes on under another. */
  renewed: { readonly from: ReplicaId; readonly to: ReplicaId; readonly atRisk: readonly string[] };
  /** A value is longer than peers accept. */
  tooLong: { readonly peer: Peer; readonly length: number; readonly most: number };
  /** Two replicas that should have been equal were not, and are brought together. */
  diverged: { readonly peer: Peer };
}

const NAMES: Record<keyof Events, true> = {
  connected: true,
  lag: true,
  quarantined: true,
  valueRefused: true,
  refused: true,
  refusedByPeer: true,
  restored: true,
  forked: true,
  renewed: true,
  tooLong: true,
  diverged: true,
};

/** @throws {CrdtError} `option` if there is no such event. */
export function eventOf<Name extends keyof Events>(name: Name): Name {
  if (Object.hasOwn(NAMES, name)) return name;
  throw new CrdtError("option", `there is no event ${said(name)}, but ${Object.keys(NAMES).join(", ")}`);
}

/** An event of the module, told apart. */
export type Told =
  | { readonly name: "changed"; readonly names: string[] }
  | { readonly name: "covered"; readonly token: Token }
  | { readonly name: "durable"; readonly token: Token; readonly members: string }
  | { [Name in keyof Events]: { readonly name: Name; readonly event: Events[Name] } }[keyof Events]
  | undefined;

/** Reads the texts of the module's `event.rs`. */
export function told(texts: string[], peerOf: (link: string) => Peer): Told {
  const [name, ...fields] = texts;
  const [one = "", two = "", three = ""] = fields;
  const from = one === "" ? undefined : peerOf(one);
  switch (name) {
    case "changed":
      return { name, names: fields.slice(1) };
    case "covered":
      return { name, token: one as Token };
    case "durable":
      return { name, token: one as Token, members: two };
    case "connected":
      return { name, event: { peer: peerOf(one), replica: two as ReplicaId } };
    case "lag":
      return { name, event: { replica: one as ReplicaId, level: two as LagLevel } };
    case "quarantined":
      return { name, event: { peer: from, waiting: Number(two) } };
    case "valueRefused":
      return { name, event: { peer: from, why: two } };
    case "refused":
    case "refusedByPeer":
      return { name, event: { peer: peerOf(one), why: two } };
    case "restored":
      return { name, event: { held: Number(one), peerHas: Number(two) } };
    case "forked":
      return { name, event: {} };
    case "renewed":
      return { name, event: { from: one as ReplicaId, to: two as ReplicaId, atRisk: fields.slice(2) } };
    case "tooLong":
      return { name, event: { peer: peerOf(one), length: Number(two), most: Number(three) } };
    case "diverged":
      return { name, event: { peer: peerOf(one) } };
    default:
      return undefined;
  }
}

// Uses every export of every entry, so that `tsc --strict` checks what is declared.

import {
  Clock,
  Counter,
  CrdtError,
  Document,
  GCounter,
  GSet,
  GSetView,
  LwwRegister,
  MvRegister,
  MvRegisterView,
  OrSet,
  PnCounter,
  PnCounterView,
  RegisterView,
  Replica,
  ReplicaId,
  SetView,
  Transaction,
  type Change,
  type ErrorCode,
  type Events,
  type Kind,
  type Lag,
  type LagLevel,
  type Peer,
  type ReplicaConfig,
  type ReplicaOptions,
  type Snapshot,
  type Stored,
  type StoredRecord,
  type Timestamp,
  type Token,
  type Value,
} from "crdt-wasm";
import { connectTabs, type Tabs } from "crdt-wasm/broadcast";
import { openReplica, type IndexedDbOptions, type StoredReplica } from "crdt-wasm/indexeddb";
import * as slim from "crdt-wasm/slim";
import * as types from "crdt-wasm/types";
import * as typesSlim from "crdt-wasm/types/slim";
import {
  connectWebSocket,
  WebSocketLink,
  type Socket,
  type WebSocketOptions,
  type WebSocketStatus,
} from "crdt-wasm/websocket";

const me: ReplicaId = ReplicaId.random();
const other: ReplicaId = ReplicaId.parse(me);
// @ts-expect-error: any text is no id.
const none: ReplicaId = "me";
// @ts-expect-error: nor is it a token.
const noToken: Token = me;

export function singleTypes(): Uint8Array[] {
  const likes = new GCounter(me);
  const count: number = likes.value;
  const exact: bigint = likes.bigValue;
  const stock = new PnCounter(me);
  const tags = new GSet();
  const cart = new OrSet(me);
  const clock = new Clock();
  const at: Timestamp = clock.now();
  clock.observe(at);
  const name = new LwwRegister(me);
  const address = new MvRegister(me);
  const values: Value[] = [null, true, count, exact, "text", new Uint8Array(), ...tags, ...cart];
  // @ts-expect-error: an object is no value.
  cart.add({});
  const deltas = [
    likes.increment(),
    stock.decrement(2n),
    tags.addAll(values),
    cart.add("apple"),
    name.set("Alice", at),
    address.resolve(([first]) => first ?? null),
  ];
  const merged: boolean = OrSet.decode(cart.encode(), other).merge(cart.deltaSince(cart.digest()));
  if (merged) likes.free();
  return deltas;
}

export function documents(): Record<string, unknown> {
  const doc = new Document(me);
  const counter: Counter<Uint8Array> = doc.counter("likes");
  const pn: PnCounterView<Uint8Array> = doc.pnCounter("stock");
  const grown: GSetView<Uint8Array> = doc.gSet("tags");
  const cart: SetView<Uint8Array> = doc.set("cart");
  const name: RegisterView<Uint8Array> = doc.register("name");
  const address: MvRegisterView<Uint8Array> = doc.mvRegister("address");
  const delta: Uint8Array = counter.increment();
  pn.reset();
  grown.add("new");
  cart.removeAll(["apple"]);
  const value: Value | undefined = name.value;
  address.set(value ?? null);
  const transacted: Uint8Array = doc.transact((tx: Transaction) => {
    const nothing: void = tx.set("cart").add("apple");
    return nothing;
  });
  const stop: () => void = doc.subscribe(({ names, origin, version }: Change) => {
    console.log(names.length, origin === "local", version);
  });
  stop();
  const snapshot: Snapshot = doc.snapshot();
  const kinds: Map<string, Kind[]> = doc.conflicts();
  doc.merge(delta);
  doc.merge(transacted);
  console.log(snapshot.version, kinds.size);
  return doc.toJSON();
}

export async function replicas(): Promise<Token> {
  const config: ReplicaConfig = { logBytes: 1 << 20 };
  const store: Stored = { records: [] };
  const options: ReplicaOptions = { id: me, store, config };
  const replica = new Replica(options);
  const records: StoredRecord[] = replica.records();
  replica.persisted(records.at(-1)?.number ?? 0);
  const peer: Peer = "server";
  replica.connect(peer);
  const lag: Lag | undefined = replica.lag(peer);
  const level: LagLevel = lag?.level ?? "fine";
  replica.on("refused", (event: Events["refused"]) => console.log(event.peer, event.why, level));
  const token: Token = replica.set("cart").add("apple");
  await replica.covers(token, { signal: AbortSignal.timeout(10) });
  await replica.durable(token, "all");
  return token;
}

export async function providers(replica: Replica): Promise<void> {
  const socketOptions: WebSocketOptions = { minDelayMs: 1, socket: (url): Socket => new WebSocket(url) };
  const link: WebSocketLink = connectWebSocket(replica, new URL("wss://example.org"), socketOptions);
  link.subscribe((status: WebSocketStatus) => console.log(status));
  const tabs: Tabs = connectTabs(replica, "shop");
  const stored: IndexedDbOptions = { durability: "relaxed", config: {} };
  const opened: StoredReplica = await openReplica("shop", (options) => new Replica(options), stored);
  await opened.stored();
  const slimStored = await openReplica("shop", (options) => new slim.Replica(options));
  connectTabs(slimStored.replica, "shop");
  link.close();
  tabs.close();
}

export async function entries(): Promise<number> {
  await slim.init(fetch("/crdt.wasm"));
  slim.initSync(new Uint8Array());
  await typesSlim.init("/types.wasm");
  typesSlim.initSync(new Uint8Array());
  const counters = [new slim.GCounter(me), new types.GCounter(me), new typesSlim.GCounter(me)];
  return counters.map((counter) => counter.value).reduce((one, two) => one + two);
}

export function errors(reason: unknown): ErrorCode | undefined {
  return reason instanceof CrdtError ? reason.code : undefined;
}

console.log(none, noToken);

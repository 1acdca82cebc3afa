/** Replicas of several tabs, kept together over a `BroadcastChannel`. */

import { CrdtError } from "./errors.js";
import type { Replica } from "./replica.js";

type Said =
  /** A tab is there, and asks who else is. */
  | { readonly kind: "hello"; readonly from: string }
  /** A tab answers that it is there. */
  | { readonly kind: "here"; readonly from: string; readonly to: string }
  | { readonly kind: "bye"; readonly from: string }
  | { readonly kind: "message"; readonly from: string; readonly to: string; readonly bytes: Uint8Array };

/** The other tabs. */
export interface Tabs {
  /** How many are connected. */
  readonly size: number;
  /** Leaves them. The replica stays. */
  close(): void;
}

/**
 * Connects a replica with those of all tabs, frames and workers of the same origin that say the same name.
 * Each needs a replica of its own. Tabs that were killed are noticed by the Web Lock that each
 * holds, where there are any; otherwise a tab says good-bye when its page is left. A page that comes back as
 * it was, by the back button, joins them again. Each tab hears each change from about one other, and greets all.
 *
 * ```js
 * const tabs = connectTabs(replica, "shop");
 * ```
 * In Node it keeps the process from ending until it is closed.
 * @throws {CrdtError} `option` if it is no replica, or no name.
 */
export function connectTabs(replica: Replica, name: string): Tabs {
  if (typeof replica?.onOutgoing !== "function" || typeof name !== "string") {
    throw new CrdtError("option", 'give a replica, and then a name: connectTabs(replica, "shop")');
  }
  const me = Array.from(crypto.getRandomValues(new Uint32Array(4)), (word) => word.toString(36)).join("");
  const lockOf = (tab: string): string => `crdt-wasm ${name} ${tab}`;
  const locks = globalThis.navigator?.locks;
  /** What ends the wait for a tab's end. */
  const tabs = new Map<string, AbortController>();
  /** Where they are heard, while this page is not left. */
  let channel: BroadcastChannel | undefined;
  let stopSending = (): void => {};
  let release = (): void => {};

  const say = (said: Said): void => channel?.postMessage(said);
  const send = (): void => {
    if (replica.isClosed) {
      close();
      return;
    }
    for (const tab of tabs.keys()) {
      for (const bytes of replica.outgoing(tab)) say({ kind: "message", from: me, to: tab, bytes });
    }
  };
  const meet = (tab: string): void => {
    if (tabs.has(tab)) return;
    const watch = new AbortController();
    tabs.set(tab, watch);
    replica.connect(tab);
    // Granted once the tab no longer holds it.
    locks?.request(lockOf(tab), { signal: watch.signal }, () => part(tab)).catch(() => {});
  };
  const part = (tab: string): void => {
    const watch = tabs.get(tab);
    if (watch === undefined) return;
    tabs.delete(tab);
    watch.abort();
    replica.disconnect(tab);
  };
  const leave = (): void => {
    if (channel === undefined) return;
    stopSending();
    say({ kind: "bye", from: me });
    channel.close();
    channel = undefined;
    for (const tab of [...tabs.keys()]) part(tab);
    release();
  };
  const close = (): void => {
    globalThis.removeEventListener?.("pagehide", leave);
    globalThis.removeEventListener?.("pageshow", join);
    leave();
  };

  const hear = ({ data }: MessageEvent<Said>): void => {
    if (data.from === me || channel === undefined) return;
    if (replica.isClosed) {
      close();
      return;
    }
    switch (data.kind) {
      case "hello":
        // A tab that says it again has forgotten: it was reloaded, or its page came back.
        part(data.from);
        meet(data.from);
        say({ kind: "here", from: me, to: data.from });
        send();
        return;
      case "here":
        if (data.to === me) {
          meet(data.from);
          send();
        }
        return;
      case "bye":
        part(data.from);
        return;
      case "message":
        if (data.to !== me || !tabs.has(data.from)) return;
        try {
          replica.receive(data.from, data.bytes);
        } catch {
          // What is refused is as if lost; the replica tells of it, here and there.
        }
    }
  };
  const join = (): void => {
    if (channel !== undefined || replica.isClosed) return;
    channel = new BroadcastChannel(`crdt-wasm ${name}`);
    channel.onmessage = hear;
    stopSending = replica.onOutgoing(send);
    const greet = (): void => say({ kind: "hello", from: me });
    if (locks === undefined) {
      greet();
      return;
    }
    // Nobody is told of this tab before it holds its lock.
    const held = new Promise<void>((resolve) => (release = resolve));
    locks.request(lockOf(me), () => {
      greet();
      return held;
    }).catch(() => {});
  };
  globalThis.addEventListener?.("pagehide", leave);
  globalThis.addEventListener?.("pageshow", join);
  join();
  return {
    get size() {
      return tabs.size;
    },
    close,
  };
}

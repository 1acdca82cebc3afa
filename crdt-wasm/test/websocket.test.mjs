import assert from "node:assert/strict";
import { test } from "node:test";

import { Replica } from "crdt-wasm";
import { connectWebSocket } from "crdt-wasm/websocket";
import WebSocket from "ws";

import { relay } from "./browser/relay.mjs";

const soon = () => ({ signal: AbortSignal.timeout(10_000) });
const socket = (url) => new WebSocket(url);

/** Resolves when a link has this status. */
const becomes = (link, status) =>
  new Promise((resolve, reject) => {
    if (link.status === status) return resolve();
    const timer = setTimeout(() => reject(new Error(`it is ${link.status}, not ${status}`)), 10_000);
    const stop = link.subscribe((now) => {
      if (now !== status) return;
      clearTimeout(timer);
      stop();
      resolve();
    });
  });

test("a server goes away and comes back, and what was written meanwhile arrives", async (t) => {
  const server = await relay(t);
  const replica = new Replica();
  const link = connectWebSocket(replica, server.address, { socket, minDelayMs: 10, maxDelayMs: 50 });
  t.after(() => link.close());
  assert.equal(link.status, "connecting");
  await server.replica.covers(replica.set("cart").add("apple"), soon());
  assert.equal(link.status, "open");
  assert.equal(replica.replicaOf(link.peer), server.replica.id);

  await server.close();
  await becomes(link, "waiting");
  assert.equal(replica.replicaOf(link.peer), undefined);
  const here = replica.set("cart").add("pear");
  const there = server.replica.set("cart").add("plum");
  const again = await relay(t, server.replica, server.port);
  await replica.covers(there, soon());
  await again.replica.covers(here, soon());
  assert.deepEqual(replica.encode(), again.replica.encode());
});

test("an address that cannot be told, or none at all, is tried again", async (t) => {
  const server = await relay(t);
  let asked = 0;
  const address = async () => {
    if (++asked === 1) throw new Error("no ticket");
    return asked === 2 ? "no address" : server.address;
  };
  const link = connectWebSocket(new Replica(), address, { socket, minDelayMs: 1, maxDelayMs: 5 });
  t.after(() => link.close());
  await becomes(link, "open");
  assert.equal(asked, 3);
});

test("a replica that is closed or freed closes its connection, and nothing is thrown", async (t) => {
  const server = await relay(t);
  for (const end of ["close", "free"]) {
    const replica = new Replica();
    const link = connectWebSocket(replica, server.address, { socket });
    await becomes(link, "open");
    replica[end]();
    await becomes(link, "closed");
    assert.throws(() => replica.connect("anybody"), { code: end === "free" ? "freed" : "closed" });
  }
  // Also one that is closed before it was reached.
  const replica = new Replica();
  const link = connectWebSocket(replica, server.address, { socket });
  replica.close();
  await becomes(link, "closed");
});

test("what is refused is as if lost, and the connection stays", async (t) => {
  const server = await relay(t);
  const replica = new Replica();
  const link = connectWebSocket(replica, server.address, {
    socket: (url) => {
      const made = new WebSocket(url);
      const { onmessage } = made;
      assert.equal(onmessage, null);
      setTimeout(() => {
        made.onmessage({ data: new Uint8Array([1, 2, 3]).buffer });
        made.onmessage({ data: "text" });
      }, 100);
      return made;
    },
  });
  t.after(() => link.close());
  await new Promise((resolve) => replica.on("refused", resolve));
  assert.equal(link.status, "open");
  await replica.covers(server.replica.counter("likes").increment(), soon());
});

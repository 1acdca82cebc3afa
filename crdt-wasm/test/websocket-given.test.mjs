import assert from "node:assert/strict";
import { test } from "node:test";

import { CrdtError, Replica } from "crdt-wasm";
import { connectWebSocket } from "crdt-wasm/websocket";

const failsWith = (code) => (error) => error instanceof CrdtError && error.code === code;
const socket = () => ({ close() {} });

test("a connection that can never work is refused at once", (t) => {
  const closed = new Replica();
  closed.close();
  const connect = (...given) => {
    const link = connectWebSocket(...given);
    t.after(() => link.close());
  };
  const replica = new Replica();
  assert.throws(() => connect(closed, "ws://a", { socket }), failsWith("closed"));
  assert.throws(() => connect("ws://a", replica, { socket }), failsWith("option"));
  for (const url of [undefined, null, 5, {}]) assert.throws(() => connect(replica, url, { socket }), failsWith("option"));
  for (const options of [null, { socket: 5 }, ...[-5, 0, NaN, "1"].map((minDelayMs) => ({ socket, minDelayMs }))]) {
    assert.throws(() => connect(replica, "ws://a", options), failsWith("option"));
  }
  const { WebSocket } = globalThis;
  t.after(() => (globalThis.WebSocket = WebSocket));
  globalThis.WebSocket = undefined;
  assert.throws(() => connect(replica, "ws://a"), failsWith("option"));
  globalThis.WebSocket = socket;
  for (const url of ["ftp://x", "wss://", ""]) assert.throws(() => connect(replica, url), failsWith("option"));
});

test("why a connection is not there is told", async (t) => {
  const why = new Error("no ticket");
  const link = connectWebSocket(new Replica(), () => Promise.reject(why), { socket });
  t.after(() => link.close());
  const status = await new Promise((resolve) => link.subscribe(resolve));
  assert.equal(status, "waiting");
  assert.equal(link.reason, why);
});

test("a server that sends text is told of by the link", async (t) => {
  const made = { readyState: 1, bufferedAmount: 0, send() {}, close() {} };
  const replica = new Replica();
  const link = connectWebSocket(replica, "ws://text", { socket: () => made });
  t.after(() => link.close());
  for (let turn = 0; turn < 10; turn++) await undefined;
  made.onopen();
  made.onmessage({ data: '{"kind":"welcome"}' });
  assert.equal(link.status, "open");
  assert.equal(link.reason.code, "malformed");
  assert.match(link.reason.message, /binaryType/);
});

test("a factory that returns no socket is told of", async (t) => {
  const link = connectWebSocket(new Replica(), "ws://nothing", { socket: () => undefined });
  t.after(() => link.close());
  assert.equal(await new Promise((resolve) => link.subscribe(resolve)), "waiting");
  assert.equal(link.reason.code, "option");
});

test("two connections of a replica need two names, until one is closed", (t) => {
  const replica = new Replica();
  const first = connectWebSocket(replica, "ws://same", { socket });
  assert.throws(() => connectWebSocket(replica, "ws://same", { socket }), failsWith("option"));
  const second = connectWebSocket(replica, "ws://same", { socket, peer: "second" });
  const elsewhere = connectWebSocket(new Replica(), "ws://same", { socket });
  first.close();
  const third = connectWebSocket(replica, "ws://same", { socket });
  t.after(() => [second, third, elsewhere].forEach((link) => link.close()));
  assert.equal(third.peer, first.peer);
});

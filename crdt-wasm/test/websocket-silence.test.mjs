/** Connections that die without a close event, and those that are only silent. */

import assert from "node:assert/strict";
import { test } from "node:test";

import { Replica } from "crdt-wasm";
import { connectWebSocket } from "crdt-wasm/websocket";
import WebSocket from "ws";

import { relay } from "./browser/relay.mjs";
import { cable } from "./support/cable.mjs";

const soon = () => ({ signal: AbortSignal.timeout(20_000) });
const isGreeting = (bytes) => bytes[1] === 0;

test("a line that was cut without a word is noticed, also by who only reads, and made anew", async (t) => {
  const server = await relay(t);
  const line = await cable(t, server.port);
  const replica = new Replica();
  const link = connectWebSocket(replica, line.address, {
    socket: (url) => new WebSocket(url),
    minDelayMs: 1,
    silenceMs: 200,
  });
  t.after(() => link.close());
  const said = [];
  link.subscribe((status) => said.push(status));
  await replica.covers(server.replica.set("cart").add("apple"), soon());
  line.cut();
  await replica.covers(server.replica.set("cart").add("pear"), soon());
  assert.deepEqual(said.slice(0, 4), ["open", "waiting", "connecting", "open"]);
});

test("a server that has nothing to say is asked, answers, and is kept", { timeout: 20_000 }, async (t) => {
  const server = await relay(t);
  const replica = new Replica();
  let greetings = 0;
  let resolve;
  const asked = new Promise((settle) => (resolve = settle));
  const link = connectWebSocket(replica, server.address, {
    socket: (url) => {
      const made = new WebSocket(url);
      const send = made.send.bind(made);
      made.send = (bytes) => {
        if (isGreeting(bytes) && ++greetings === 5) resolve();
        send(bytes);
      };
      return made;
    },
    silenceMs: 500,
  });
  t.after(() => link.close());
  const said = [];
  link.subscribe((status) => said.push(status));
  await asked;
  assert.deepEqual([said, server.met], [["open"], 1]);
});

/** A link whose socket is only looked at, and the time in its hands. */
async function held(t, options) {
  t.mock.timers.enable({ apis: ["setTimeout", "Date"] });
  t.mock.method(Math, "random", () => 1);
  const sent = [];
  const made = { readyState: 0, bufferedAmount: 0, isClosed: false };
  const socket = Object.assign(made, { send: (bytes) => sent.push(bytes), close: () => (made.isClosed = true) });
  const link = connectWebSocket(new Replica(), "ws://held", { socket: () => socket, ...options });
  t.after(() => link.close());
  for (let turn = 0; turn < 10; turn++) await undefined;
  const open = () => {
    made.readyState = 1;
    made.onopen();
  };
  return { link, made, sent, open };
}

test("half a minute of silence is asked about, and as much after that is the end", async (t) => {
  const { link, made, sent, open } = await held(t, {});
  open();
  const greeting = sent[0];
  const again = () => sent.filter((bytes) => Buffer.compare(bytes, greeting) === 0).length;
  t.mock.timers.tick(29_999);
  const before = again();
  t.mock.timers.tick(1);
  assert.equal(again(), before + 1);
  // Anything is an answer, whatever it says.
  made.onmessage({ data: new ArrayBuffer(1) });
  t.mock.timers.tick(30_000);
  assert.equal(again(), before + 2);
  t.mock.timers.tick(29_999);
  assert.equal(link.status, "open");
  t.mock.timers.tick(1);
  assert.deepEqual([link.status, made.isClosed], ["waiting", true]);
});

test("a connection that is never made is given up and tried again", async (t) => {
  const { link } = await held(t, { silenceMs: 100 });
  t.mock.timers.tick(100);
  t.mock.timers.tick(99);
  assert.equal(link.status, "connecting");
  t.mock.timers.tick(1);
  assert.equal(link.status, "waiting");
});

test("a socket that sends slowly is no dead one, until it stands still", async (t) => {
  const { link, made, open } = await held(t, { silenceMs: 100 });
  open();
  made.bufferedAmount = 1_000;
  for (let round = 0; round < 20; round++) {
    t.mock.timers.tick(100);
    made.bufferedAmount -= 10;
  }
  assert.equal(link.status, "open");
  t.mock.timers.tick(100);
  t.mock.timers.tick(100);
  assert.equal(link.status, "waiting");
});

test("no silence is too long where only the socket's word counts", async (t) => {
  const delays = [];
  const real = globalThis.setTimeout;
  t.mock.method(globalThis, "setTimeout", (handler, delay) => {
    delays.push(delay);
    return real(handler, delay);
  });
  const link = connectWebSocket(new Replica(), "ws://held", { socket: () => ({ close() {} }), silenceMs: Infinity });
  for (let turn = 0; turn < 10; turn++) await undefined;
  link.close();
  // What is longer fires at once.
  assert.deepEqual(delays, [2 ** 31 - 1]);
});

test("who comes back online asks at once", async (t) => {
  const listeners = [];
  globalThis.addEventListener = (name, listener) => name === "online" && listeners.push(listener);
  globalThis.removeEventListener = (name, listener) => listeners.splice(listeners.indexOf(listener), 1);
  t.after(() => {
    delete globalThis.addEventListener;
    delete globalThis.removeEventListener;
  });
  const { link, sent, open } = await held(t, {});
  open();
  const before = sent.filter(isGreeting).length;
  for (const listener of [...listeners]) listener();
  assert.equal(sent.filter(isGreeting).length, before + 1);
  link.close();
  assert.deepEqual(listeners, []);
});

import assert from "node:assert/strict";
import { test } from "node:test";

import { Replica } from "crdt-wasm";
import { connectWebSocket } from "crdt-wasm/websocket";

test("the waits between attempts grow up to their bound, and close ends them", async (t) => {
  t.mock.timers.enable({ apis: ["setTimeout", "Date"] });
  t.mock.method(Math, "random", () => 1);
  const sockets = [];
  const link = connectWebSocket(new Replica(), () => `ws://ticket/${sockets.length}`, {
    socket: (url) => {
      const made = { url, readyState: 0, bufferedAmount: 0, send() {}, close() {} };
      sockets.push(made);
      return made;
    },
  });
  assert.equal(link.peer, "server");
  const settle = async () => {
    for (let turn = 0; turn < 10; turn++) await undefined;
  };
  await settle();
  for (const wait of [500, 1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000]) {
    const made = sockets.length;
    sockets.at(-1).onclose();
    assert.equal(link.status, "waiting");
    t.mock.timers.tick(wait - 1);
    await settle();
    assert.equal(sockets.length, made, `before ${wait} ms`);
    t.mock.timers.tick(1);
    await settle();
    assert.equal(sockets.length, made + 1, `after ${wait} ms`);
    assert.equal(sockets.at(-1).url, `ws://ticket/${made}`, "the address is asked for anew");
  }
  // One that lasted was a good one: the next wait is the first again.
  sockets.at(-1).readyState = 1;
  sockets.at(-1).onopen();
  t.mock.timers.tick(5_001);
  const made = sockets.length;
  sockets.at(-1).onclose();
  t.mock.timers.tick(500);
  await settle();
  assert.equal(sockets.length, made + 1);
  sockets.at(-1).onclose();
  link.close();
  t.mock.timers.tick(100_000);
  await settle();
  assert.equal(sockets.length, made + 1);
  assert.equal(link.status, "closed");
});

test("however the dice fall, half of a wait is waited", async (t) => {
  t.mock.timers.enable({ apis: ["setTimeout", "Date"] });
  t.mock.method(Math, "random", () => 0);
  const sockets = [];
  const socket = () => sockets[sockets.push({ close() {} }) - 1];
  const link = connectWebSocket(new Replica(), "ws://dice", { socket });
  t.after(() => link.close());
  const settle = async () => {
    for (let turn = 0; turn < 10; turn++) await undefined;
  };
  await settle();
  sockets[0].onclose();
  t.mock.timers.tick(249);
  await settle();
  assert.equal(sockets.length, 1);
  t.mock.timers.tick(1);
  await settle();
  assert.equal(sockets.length, 2);
});

test("a socket that is full gets no more until it has sent something", async (t) => {
  t.mock.timers.enable({ apis: ["setTimeout"] });
  const sent = [];
  const made = { readyState: 0, bufferedAmount: 0, send: (bytes) => sent.push(bytes), close() {} };
  const replica = new Replica();
  const link = connectWebSocket(replica, "ws://full", { socket: () => made });
  t.after(() => link.close());
  await undefined;
  await undefined;
  made.readyState = 1;
  made.bufferedAmount = 2 << 20;
  made.onopen();
  t.mock.timers.tick(1_000);
  assert.equal(sent.length, 0);
  made.bufferedAmount = 0;
  t.mock.timers.tick(50);
  assert.ok(sent.length > 0);
});

test("a deadline that passes while nothing can be sent is looked at again after a while, not at once", (t) => {
  t.mock.timers.enable({ apis: ["setTimeout"] });
  let now = 1_000;
  t.mock.method(performance, "now", () => now);
  const replica = new Replica();
  let looks = 0;
  const real = globalThis.setTimeout;
  t.mock.method(globalThis, "setTimeout", (...given) => {
    // At once, and so without end.
    assert.ok(++looks < 1_000);
    return real(...given);
  });
  t.after(() => replica.free());
  replica.connect("server");
  for (let step = 0; step < 1_000; step++) {
    now += 1;
    t.mock.timers.tick(1);
  }
  assert.ok(looks >= 1 && looks < 50, `${looks} times in a second`);
});

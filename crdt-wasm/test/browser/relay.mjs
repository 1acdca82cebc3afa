// A server that runs a replica of its own.

import { Replica } from "crdt-wasm";
import { WebSocketServer } from "ws";

/** Connects what knocks at `port` with the replica, until it is closed or the test is over; a port of 0 is any. */
export async function relay(test, replica = new Replica(), port = 0) {
  const server = new WebSocketServer({ host: "127.0.0.1", port });
  await new Promise((resolve) => server.once("listening", resolve));
  const sockets = new Map();
  let met = 0;
  const send = () => {
    for (const [peer, socket] of sockets) replica.outgoing(peer).forEach((bytes) => socket.send(bytes));
  };
  const stop = replica.onOutgoing(send);
  server.on("connection", (socket) => {
    const peer = `client ${++met}`;
    sockets.set(peer, socket);
    replica.connect(peer);
    socket.on("message", (bytes) => {
      if (!sockets.has(peer)) return;
      try {
        replica.receive(peer, new Uint8Array(bytes));
      } catch {
        // As if lost.
      }
    });
    socket.on("close", () => {
      if (sockets.delete(peer)) replica.disconnect(peer);
    });
  });
  const relayed = {
    replica,
    port: server.address().port,
    address: `ws://127.0.0.1:${server.address().port}`,
    get connections() {
      return sockets.size;
    },
    get met() {
      return met;
    },
    async close() {
      stop();
      for (const [peer, socket] of sockets) {
        socket.terminate();
        replica.disconnect(peer);
      }
      sockets.clear();
      await new Promise((resolve) => server.close(resolve));
    },
  };
  test.after(() => relayed.close());
  return relayed;
}

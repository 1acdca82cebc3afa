// What is bundled, and run in Node and in a browser: two replicas that converge, and a single type.

import { Replica, ReplicaId } from "crdt-wasm";
import { OrSet } from "crdt-wasm/types";
import { connectWebSocket } from "crdt-wasm/websocket";

const [here, there] = [new Replica(), new Replica()];
for (const [one, other, name] of [[here, there, "there"], [there, here, "here"]]) {
  const back = name === "there" ? "here" : "there";
  one.onOutgoing(() => one.outgoing(name).forEach((bytes) => other.receive(back, bytes)));
}
here.connect("there");
there.connect("here");
await there.covers(here.set("cart").add("apple"));
const cart = new OrSet(ReplicaId.random());
cart.addAll(["pear", ...there.set("cart")]);
console.log(`${[...cart].join(" and ")}, ${typeof connectWebSocket}`);

// A replica in a worker, which waits for what the page has written and answers.

import { connectTabs } from "/dist/broadcast.js";
import { Replica } from "/dist/index.js";

const replica = new Replica();
const stop = replica.subscribe(({ origin }) => {
  if (origin !== "remote") return;
  stop();
  const seen = replica.set("cart").values();
  postMessage({ seen, token: replica.set("cart").add("pear") });
});
connectTabs(replica, "worker");

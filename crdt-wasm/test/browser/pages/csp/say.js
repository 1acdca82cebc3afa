// Says in one line of the console whether the package works.

import { GCounter, ReplicaId } from "/dist/index.js";

try {
  const likes = new GCounter(ReplicaId.random());
  likes.increment();
  console.log(`ok ${likes.value}`);
} catch (error) {
  console.log(`${error.name} ${error.code} ${error.message}`);
}

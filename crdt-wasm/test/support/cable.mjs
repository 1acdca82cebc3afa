/** A line to a server that can be cut without either end being told. */

import { connect, createServer } from "node:net";

/** A port of this machine that leads to another, until the test is over. */
export async function cable(test, port) {
  const lines = new Set();
  const server = createServer((near) => {
    const far = connect(port, "127.0.0.1");
    const line = { isCut: false };
    lines.add(line);
    for (const [from, to] of [[near, far], [far, near]]) {
      from.on("data", (bytes) => {
        if (!line.isCut) to.write(bytes);
      });
      from.on("close", () => {
        if (!line.isCut) to.destroy();
      });
      from.on("error", () => {});
    }
    test.after(() => [near, far].forEach((end) => end.destroy()));
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  test.after(() => server.close());
  return {
    address: `ws://127.0.0.1:${server.address().port}`,
    /** What is connected now hears nothing any more; what connects later does. */
    cut: () => lines.forEach((line) => (line.isCut = true)),
  };
}

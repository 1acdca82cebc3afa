/** The longest that a running page stays without a look at its clocks. */
const ASLEEP_MS = 30_000;

let offset = 0;
let last: { wall: number; steady: number } | undefined;

/**
 * A clock that only runs forward, in milliseconds. While a device sleeps, `performance.now()` stands
 * still in some browsers: what the wall clock has run ahead of it at a stretch counts as time that
 * passed. So a wall clock that is set ahead is taken for sleep here, where in Rust it is an error.
 */
export function monotonic(): number {
  const now = { wall: Date.now(), steady: performance.now() };
  if (last !== undefined) {
    const ahead = now.wall - last.wall - (now.steady - last.steady);
    if (ahead > ASLEEP_MS) offset += ahead;
  }
  last = now;
  return now.steady + offset;
}

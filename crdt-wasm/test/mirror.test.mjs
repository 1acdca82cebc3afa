/**
 * Replicas in WebAssembly and replicas in Rust live through the same random schedules, with the same random
 * bits and clocks, and say, store and hold the same bytes.
 *
 * `CRDT_SEED=… node --test test/mirror.test.mjs` repeats one schedule, `CRDT_CASES=…` says how many are tried.
 */

import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { test } from "node:test";
import { fileURLToPath } from "node:url";

import { Node, Story } from "./support/mirror.mjs";

const NODES = [0, 1, 2];
const NAMES = ["", "a", "cart", "é", "日本"];
const KINDS = ["counter", "pnCounter", "gSet", "set", "register", "mvRegister"];
const VALUES = [
  null, true, false, 0, 1, -1, 2 ** 53 - 1, -(2 ** 53), 2n ** 63n - 1n, -(2n ** 63n), -0, 0.5, NaN, -Infinity, 2 ** 60,
  "", "apple", "日本", "x".repeat(127), "x".repeat(128), "long ".repeat(300), new Uint8Array(), new Uint8Array([0, 255]),
];

/** Random numbers that a seed repeats. */
function randomOf(seed) {
  let state = seed >>> 0;
  const next = () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return (mixed ^ (mixed >>> 14)) >>> 0;
  };
  const below = (bound) => next() % bound;
  const bits = () => [0, 0, 0, 0].reduce((all) => (all << 32n) | BigInt(next()), 0n);
  return { below, bits, one: (items) => items[below(items.length)], chance: (of) => below(of) === 0 };
}

function operation(random) {
  const name = random.one(NAMES);
  const amount = random.chance(40) ? 2n ** 64n - 1n : BigInt(random.below(300));
  const values = () => Array.from({ length: random.below(4) }, () => (random.chance(2) ? random.below(50) : random.one(VALUES)));
  return random.one([
    () => ["increment", name, amount],
    () => ["incrementPn", name, amount],
    () => ["decrementPn", name, amount],
    () => ["resetPn", name],
    () => ["addToGSet", name, values()],
    () => ["addToSet", name, values()],
    () => ["addToSet", name, values()],
    () => ["removeFromSet", name, values()],
    () => ["clearSet", name],
    () => ["setRegister", name, random.one(VALUES)],
    () => ["clearRegister", name],
    () => ["setMvRegister", name, random.one(VALUES)],
    () => ["clearMvRegister", name],
    () => (random.chance(4) ? ["remove", name] : ["clearSet", name]),
    () => ["removeKind", name, random.one(KINDS)],
  ])();
}

/** Three nodes, what is under way between them, and clocks of their own. */
class World {
  story = new Story();
  nodes = NODES.map((index) => new Node(this.story, index));
  /** What is under way, by `from` and `to`. */
  ways = new Map();
  elapsed = 0;

  constructor(seed) {
    this.random = randomOf(seed);
    const { below, one } = this.random;
    // Some are wrong by so much that values have to wait.
    this.ahead = NODES.map(() => one([0, below(1_000), 10 * 60_000, -60_000]));
    // The longest message is the same everywhere, how much a log keeps need not be.
    const maxMessage = one([1_024, 4_096, 1 << 20]);
    this.settings = NODES.map(() => [maxMessage, one([200, 5_000, 1 << 20])]);
    for (const index of NODES) this.open(index);
  }

  clock(index) {
    return [1_700_000_000_000 + this.elapsed + this.ahead[index], 5_000 + this.elapsed];
  }

  open(index) {
    this.nodes[index].open(this.random.bits(), ...this.clock(index), ...this.settings[index]);
    assert.ok(this.nodes[index].isOpen);
  }

  /** Ends it, in good order or not, and opens its store again. */
  restart(index, isClosed) {
    for (const other of NODES) this.disconnect(index, other);
    const node = this.nodes[index];
    if (isClosed) {
      node.close();
      node.persist();
    }
    node.crash();
    this.open(index);
  }

  connect(one, two) {
    if (one === two || this.ways.has(`${one} ${two}`)) return;
    this.ways.set(`${one} ${two}`, []);
    this.ways.set(`${two} ${one}`, []);
    this.nodes[one].connect(two, ...this.clock(one));
    this.nodes[two].connect(one, ...this.clock(two));
  }

  disconnect(one, two) {
    if (!this.ways.delete(`${one} ${two}`)) return;
    this.ways.delete(`${two} ${one}`);
    this.nodes[one].disconnect(two);
    this.nodes[two].disconnect(one);
  }

  send(from, to) {
    const way = this.ways.get(`${from} ${to}`);
    way?.push(...this.nodes[from].send(to, ...this.clock(from)));
  }

  deliver(from, to) {
    const message = this.ways.get(`${from} ${to}`)?.shift();
    if (message === undefined) return false;
    this.nodes[to].receive(from, message, ...this.clock(to));
    return true;
  }

  /** As a network may deliver: not at all, twice, later, damaged. */
  deliverSomehow(from, to) {
    const way = this.ways.get(`${from} ${to}`) ?? [];
    const { chance, below } = this.random;
    if (chance(10)) way.shift();
    if (way.length === 0) return;
    if (chance(10)) way.unshift(way[0]);
    if (chance(10)) way.push(way.shift());
    if (chance(30)) {
      const damaged = way[0].slice();
      damaged[below(damaged.length)] ^= 1 << below(8);
      way[0] = chance(2) ? damaged : damaged.subarray(0, below(damaged.length));
    }
    this.deliver(from, to);
  }

  step() {
    const { below, chance, one } = this.random;
    const index = one(NODES);
    const other = (index + 1 + below(2)) % 3;
    const node = this.nodes[index];
    this.elapsed += one([0, 1, 10, 100, 1_000, chance(20) ? 120_000 : 0]);
    // Set by somebody: the clock that runs on it refuses that until it is told to believe it.
    if (chance(300)) this.ahead[index] = 7 * 24 * 3_600_000;
    one([
      () => node.write(Array.from({ length: 1 + below(3) }, () => operation(this.random)), ...this.clock(index)),
      () => node.write([operation(this.random)], ...this.clock(index)),
      () => node.persist(),
      () => this.send(index, other),
      () => this.deliverSomehow(other, index),
      ...Array(6).fill(() => {
        node.persist();
        this.send(index, other);
        this.deliverSomehow(index, other);
      }),
      () => this.connect(index, other),
      () => (chance(4) ? this.disconnect(index, other) : this.connect(index, other)),
      () => (chance(10) ? this.restart(index, chance(2)) : node.events()),
      () => (chance(4) ? node.snapshot() : node.look(other, ...this.clock(index))),
    ])();
  }

  /** All are connected, their clocks agree, and nothing is lost any more. */
  settle() {
    this.ahead.fill(Math.max(...this.ahead));
    for (const index of NODES) this.nodes[index].confirm(...this.clock(index));
    for (const [from, to] of [[0, 1], [1, 2], [2, 0]]) {
      this.disconnect(from, to);
      this.connect(from, to);
    }
    for (let round = 0; round < 60; round++) {
      this.elapsed += 60_000;
      for (let isQuiet = false; !isQuiet; ) {
        for (const node of this.nodes) node.persist();
        const ways = [...this.ways.keys()].map((way) => way.split(" ").map(Number));
        for (const [from, to] of ways) this.send(from, to);
        isQuiet = ways.every(([from, to]) => {
          let count = 0;
          while (this.deliver(from, to)) count++;
          return count === 0;
        });
      }
      for (const node of this.nodes) node.events();
      const states = this.nodes.map((node, index) => node.look((index + 1) % 3, ...this.clock(index)));
      if (round > 2 && new Set(states).size === 1) return states;
    }
    return this.nodes.map((node, index) => node.look((index + 1) % 3, ...this.clock(index)));
  }
}

/** What the replicas in Rust answer. */
function mirrored(lines) {
  const words = ["run", "--quiet", "--locked", "--package", "crdt-wasm", "--example", "mirror"];
  const cwd = fileURLToPath(new URL("../..", import.meta.url));
  const options = { cwd, input: `${lines.join("\n")}\n`, maxBuffer: 1 << 30, encoding: "utf8" };
  return execFileSync(process.env.CARGO ?? "cargo", words, options).split("\n");
}

test("replicas in WebAssembly and in Rust write the same bytes", () => {
  const given = process.env.CRDT_SEED;
  const first = given === undefined ? Math.floor(Math.random() * 2 ** 31) : Number(given);
  const cases = Number(process.env.CRDT_CASES ?? (given === undefined ? 40 : 1));
  const stories = Array.from({ length: cases }, (_, index) => {
    const seed = first + index;
    const world = new World(seed);
    for (let step = 0; step < 300; step++) world.step();
    const [one, ...others] = world.settle();
    for (const other of others) assert.equal(other, one, `CRDT_SEED=${seed}: they do not converge`);
    return { seed, ...world.story };
  });
  const answers = mirrored(stories.flatMap(({ told }) => told));
  let at = 0;
  for (const { seed, told, answers: expected } of stories) {
    for (const [index, line] of told.entries()) {
      assert.equal(answers[at++].trim(), expected[index], `CRDT_SEED=${seed}, line ${index}: ${line}`);
    }
  }
});

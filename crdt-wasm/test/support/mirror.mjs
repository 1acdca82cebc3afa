/**
 * Does with the module's classes what `examples/mirror.rs` does in Rust, and writes down each line that
 * it was told and what it answered.
 */

import { raw } from "./raw.mjs";

const hex = (bytes) => Buffer.from(bytes).toString("hex");
const textHex = (text) => hex(new TextEncoder().encode(text));
const words = (name) => textHex(name) || "-";

/** A value as a word of the mirror. */
function valueWord(value) {
  if (value === null) return "n";
  if (typeof value === "boolean") return value ? "y" : "x";
  if (typeof value === "string") return `t${textHex(value)}`;
  if (value instanceof Uint8Array) return `b${hex(value)}`;
  if (typeof value === "bigint" || (Number.isSafeInteger(value) && !Object.is(value, -0))) return `i${value}`;
  const bytes = Buffer.alloc(8);
  bytes.writeDoubleBE(value);
  return `f${bytes.toString("hex")}`;
}

/** How an operation of a program is told to the mirror. */
const OPERATIONS = {
  increment: "count",
  incrementPn: "up",
  decrementPn: "down",
  resetPn: "reset",
  addToGSet: "grow",
  addToSet: "add",
  removeFromSet: "remove",
  clearSet: "clear",
  setRegister: "set",
  clearRegister: "unset",
  setMvRegister: "mv-set",
  clearMvRegister: "mv-unset",
  remove: "delete",
  removeKind: "delete-kind",
};

function operationWords([method, name, given]) {
  const content = {
    increment: () => given,
    incrementPn: () => given,
    decrementPn: () => given,
    addToGSet: () => given.map(valueWord).join(" "),
    addToSet: () => given.map(valueWord).join(" "),
    removeFromSet: () => given.map(valueWord).join(" "),
    setRegister: () => valueWord(given),
    setMvRegister: () => valueWord(given),
    removeKind: () => given,
  };
  return `${OPERATIONS[method]} ${words(name)} ${content[method]?.() ?? ""};`;
}

/** All that was told, and answered. */
export class Story {
  told = [];
  answers = [];

  tell(line, answer) {
    this.told.push(line);
    this.answers.push(String(answer).trim());
    return answer;
  }
}

const said = (run) => {
  try {
    return run();
  } catch (error) {
    if (error instanceof raw.CrdtError) return `error ${error.message}`;
    throw error;
  }
};

/** A store, and the replica that has it open. */
export class Node {
  #replica;
  #snapshot = new Uint8Array();
  #records = [];

  constructor(story, name) {
    this.story = story;
    this.name = name;
    story.tell(`forget ${name}`, "");
  }

  get isOpen() {
    return this.#replica !== undefined;
  }

  open(seed, wall, monotonic, maxMessage, logBytes) {
    const config = new raw.RawConfig(true);
    config.set("maxMessage", maxMessage);
    config.set("logBytes", logBytes);
    const records = new raw.Writer();
    records.varint(this.#records.length);
    for (const { bytes } of this.#records) {
      records.varint(bytes.length);
      records.raw(bytes);
    }
    const answer = said(() => {
      this.#replica = new raw.RawReplica(this.#snapshot, records.bytes(), seed, "", wall, monotonic, config);
      return this.#replica.id();
    });
    const line = `open ${this.name} ${seed.toString(16)} ${wall} ${monotonic} ${maxMessage} ${logBytes}`;
    return this.story.tell(line, answer);
  }

  crash() {
    this.#replica.free();
    this.#replica = undefined;
    this.story.tell(`crash ${this.name}`, "");
  }

  close() {
    this.#replica.close();
    this.story.tell(`close ${this.name}`, "");
  }

  confirm(wall, monotonic) {
    this.#replica.confirmClock(wall, monotonic);
    this.story.tell(`confirm ${this.name} ${wall} ${monotonic}`, "");
  }

  /** Operations are methods of a program and what they are given. */
  write(operations, wall, monotonic) {
    const program = new raw.Program();
    for (const [method, ...given] of operations) program[method](...given);
    const answer = said(() => this.#replica.apply(program.bytes(), wall, monotonic));
    const line = operations.map(operationWords).join(" ");
    return this.story.tell(`write ${this.name} ${wall} ${monotonic} ${line}`, answer);
  }

  connect(link, wall, monotonic) {
    this.#replica.connect(link, wall, monotonic);
    this.story.tell(`connect ${this.name} ${link} ${wall} ${monotonic}`, "");
  }

  disconnect(link) {
    this.#replica.disconnect(link);
    this.story.tell(`disconnect ${this.name} ${link}`, "");
  }

  receive(link, bytes, wall, monotonic) {
    const answer = said(() => {
      this.#replica.receive(link, bytes, wall, monotonic);
      return "taken";
    });
    return this.story.tell(`receive ${this.name} ${link} ${wall} ${monotonic} ${hex(bytes) || "-"}`, answer);
  }

  send(link, wall, monotonic) {
    const messages = [];
    for (let message; (message = this.#replica.outgoing(link, wall, monotonic)) !== undefined; ) {
      messages.push(message);
    }
    this.story.tell(`send ${this.name} ${link} ${wall} ${monotonic}`, messages.map(hex).join(" "));
    return messages;
  }

  persist() {
    const taken = [];
    for (let record; (record = this.#replica.nextRecord()) !== undefined; ) taken.push(numbered(record));
    this.#records.push(...taken);
    const last = this.#records.at(-1);
    if (last !== undefined) this.#replica.persisted(last.number);
    this.story.tell(`persist ${this.name}`, taken.map(({ number, bytes }) => `${number}:${hex(bytes)}`).join(" "));
  }

  snapshot() {
    const { number, bytes } = numbered(this.#replica.snapshot());
    this.#snapshot = bytes;
    this.#records = this.#records.filter((record) => record.number > number);
    this.story.tell(`snapshot ${this.name}`, `${number}:${hex(bytes)}`);
  }

  events() {
    const events = [];
    for (let bytes; (bytes = this.#replica.nextEvent()) !== undefined; ) {
      const [name, ...fields] = new raw.Reader(bytes).texts();
      const shown = {
        changed: () => fields.slice(1).map(textHex).join(","),
        connected: () => fields[1],
        lag: () => fields[0],
        quarantined: () => fields[1],
        restored: () => fields.join(":"),
        renewed: () => fields.slice(0, 2).join(":"),
      }[name]?.();
      events.push(shown === undefined ? name : `${name}:${shown}`);
    }
    this.story.tell(`events ${this.name}`, events.join(" "));
    return events;
  }

  look(link, wall, monotonic) {
    const lag = this.#replica.lag(link, wall, monotonic);
    const deadline = this.#replica.deadline();
    const answer = [
      hex(this.#replica.encode()),
      this.#replica.token(),
      deadline === undefined ? "None" : `Some(${deadline})`,
      this.#replica.quarantined(),
      lag === undefined ? "" : new raw.Reader(lag).texts().slice(0, 3).join(" "),
    ];
    this.story.tell(`look ${this.name} ${link} ${wall} ${monotonic}`, answer.join(" "));
    return answer[0];
  }
}

function numbered(bytes) {
  const view = new DataView(bytes.buffer, bytes.byteOffset);
  return { number: Number(view.getBigUint64(0, true)), bytes: bytes.slice(8) };
}

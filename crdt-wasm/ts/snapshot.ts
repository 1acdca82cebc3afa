import type { Kind } from "./kinds.js";
import { ask, shownContent, type Named } from "./question.js";
import { KINDS } from "./kinds.js";
import { Reader } from "./wire.js";

/** What there was to see at one moment; frozen. */
export interface Snapshot {
  /** Grows with each change. */
  readonly version: number;
  /**
   * By name: a number (beyond 2^53 a bigint) for a counter, an array for a set and for a register that
   * keeps all concurrent writes, a value for a register. A name that is used as several kinds has an object of
   * them, by kind. The bytes of a `Uint8Array` cannot be frozen, and are shared with snapshots to come: copy
   * them before you write into them.
   */
  readonly values: Readonly<Record<string, unknown>>;
}

/** Keeps the last snapshot, and what has changed since. */
export class Snapshots {
  #version = 0;
  #last: Snapshot | undefined;
  readonly #changed = new Set<string>();

  /** The version from now on. */
  changed(names: Iterable<string>): number {
    for (const name of names) this.#changed.add(name);
    return ++this.#version;
  }

  take(read: (name: string) => Named, names: () => string[]): Snapshot {
    if (this.#last?.version === this.#version) return this.#last;
    const last = this.#last?.values;
    const values: Record<string, unknown> = Object.create(null);
    // A name that is new has its place among the others, so that equal documents look equal.
    const hasSame = last !== undefined && [...this.#changed].every((name) => name in last);
    for (const name of hasSame ? Object.keys(last) : names()) {
      if (last !== undefined && name in last && !this.#changed.has(name)) {
        values[name] = last[name];
        continue;
      }
      const { contents } = read(name);
      if (contents.length > 0) values[name] = shown(contents);
    }
    this.#changed.clear();
    this.#last = Object.freeze({ version: this.#version, values: Object.freeze(values) });
    return this.#last;
  }

  toJson(snapshot: Snapshot): Record<string, unknown> {
    return Object.fromEntries(Object.entries(snapshot.values).map(([name, value]) => [name, plain(value)]));
  }

  conflicts(raw: { ask(question: Uint8Array): Uint8Array }): Map<string, Kind[]> {
    const reader = new Reader(raw.ask(ask.conflicts()));
    const conflicts = new Map<string, Kind[]>();
    for (let left = reader.varint(); left > 0; left--) {
      const name = reader.text();
      const kinds = Array.from({ length: reader.varint() }, () => KINDS[reader.byte()] as Kind);
      conflicts.set(name, kinds);
    }
    return conflicts;
  }
}

function shown(contents: Named["contents"]): unknown {
  const [only] = contents;
  if (contents.length === 1 && only !== undefined) return shownContent(only);
  return Object.freeze(Object.fromEntries(contents.map((content) => [content.kind, shownContent(content)])));
}

/** As JSON can say it. */
function plain(value: unknown): unknown {
  if (typeof value === "bigint") return value.toString();
  if (value instanceof Uint8Array) return base64(value);
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value === "object" && value !== null) {
    return Object.fromEntries(Object.entries(value).map(([kind, content]) => [kind, plain(content)]));
  }
  return value;
}

/** So many bytes fit into one call as its arguments. */
const AT_ONCE = 1 << 13;

function base64(bytes: Uint8Array): string {
  let text = "";
  for (let from = 0; from < bytes.length; from += AT_ONCE) {
    text += String.fromCharCode(...bytes.subarray(from, from + AT_ONCE));
  }
  return btoa(text);
}

import { KINDS, tagOf, type Kind } from "./kinds.js";
import type { Value } from "./value.js";
import { exact, Reader, Writer } from "./wire.js";

/** What there is under a name as one kind; a count as it is, otherwise values. */
export interface Content {
  readonly kind: Kind;
  readonly count: bigint;
  readonly values: Value[];
}

/** A name and what there is of it. */
export interface Named {
  readonly name: string;
  readonly contents: Content[];
}

/** Questions for the module; the numbers are those of its `answer.rs`. */
export const ask = {
  all: (): Uint8Array => begin(0).bytes(),
  name: (name: string): Uint8Array => named(begin(1), name),
  content: (kind: Kind, name: string): Uint8Array => named(of(2, kind), name),
  has: (kind: Kind, name: string, value: Value): Uint8Array => {
    const writer = of(3, kind);
    writer.text(name);
    writer.value(value);
    return writer.bytes();
  },
  size: (kind: Kind, name: string): Uint8Array => named(of(4, kind), name),
  stamp: (name: string): Uint8Array => named(begin(5), name),
  names: (): Uint8Array => begin(6).bytes(),
  conflicts: (): Uint8Array => begin(7).bytes(),
};

function begin(question: number): Writer {
  const writer = new Writer();
  writer.byte(question);
  return writer;
}

function of(question: number, kind: Kind): Writer {
  const writer = begin(question);
  writer.byte(tagOf(kind));
  return writer;
}

function named(writer: Writer, name: string): Uint8Array {
  writer.text(name);
  return writer.bytes();
}

export function readContent(reader: Reader): Content {
  const kind = KINDS[reader.byte()] as Kind;
  const isCount = kind === "counter" || kind === "pnCounter";
  return isCount
    ? { kind, count: BigInt(reader.text()), values: [] }
    : { kind, count: 0n, values: reader.values() };
}

export function readNamed(reader: Reader): Named {
  const name = reader.text();
  const contents = Array.from({ length: reader.varint() }, () => readContent(reader));
  return { name, contents };
}

/** As an application sees it. */
export function shownContent(content: Content): unknown {
  switch (content.kind) {
    case "counter":
    case "pnCounter":
      return exact(content.count);
    case "register":
      return content.values[0];
    default:
      return Object.freeze(content.values);
  }
}

import { tagOf, type Kind } from "./kinds.js";
import type { Value } from "./value.js";
import { Writer } from "./wire.js";

/** The operations of a transaction, for the module to run; the numbers are those of its `program.rs`. */
export class Program {
  readonly #writer = new Writer();
  /** The names that are written. */
  readonly names = new Set<string>();

  bytes(): Uint8Array {
    return this.#writer.bytes();
  }

  get isEmpty(): boolean {
    return this.names.size === 0;
  }

  increment(name: string, amount: bigint): void {
    this.#begin(0, name).bigVarint(amount);
  }

  incrementPn(name: string, amount: bigint): void {
    this.#begin(1, name).bigVarint(amount);
  }

  decrementPn(name: string, amount: bigint): void {
    this.#begin(2, name).bigVarint(amount);
  }

  resetPn(name: string): void {
    this.#begin(3, name);
  }

  addToGSet(name: string, elements: readonly Value[]): void {
    this.#write(4, name, (writer) => writer.values(elements));
  }

  addToSet(name: string, elements: readonly Value[]): void {
    this.#write(5, name, (writer) => writer.values(elements));
  }

  removeFromSet(name: string, elements: readonly Value[]): void {
    this.#write(6, name, (writer) => writer.values(elements));
  }

  clearSet(name: string): void {
    this.#begin(7, name);
  }

  setRegister(name: string, value: Value): void {
    this.#write(8, name, (writer) => writer.value(value));
  }

  clearRegister(name: string): void {
    this.#begin(9, name);
  }

  setMvRegister(name: string, value: Value): void {
    this.#write(10, name, (writer) => writer.value(value));
  }

  clearMvRegister(name: string): void {
    this.#begin(11, name);
  }

  remove(name: string): void {
    this.#begin(12, name);
  }

  removeKind(name: string, kind: Kind): void {
    const tag = tagOf(kind);
    this.#begin(13, name).byte(tag);
  }

  #begin(operation: number, name: string): Writer {
    this.#writer.byte(operation);
    this.#writer.text(name);
    this.names.add(name);
    return this.#writer;
  }

  /** What cannot be written leaves nothing behind. */
  #write(operation: number, name: string, write: (writer: Writer) => void): void {
    const { length } = this.#writer;
    try {
      write(this.#begin(operation, name));
    } catch (error) {
      this.#writer.shorten(length);
      throw error;
    }
  }
}

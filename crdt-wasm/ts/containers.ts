import { amountOf } from "./counters.js";
import type { Timestamp } from "./clock.js";
import { nameOf } from "./given.js";
import type { Kind } from "./kinds.js";
import type { Program } from "./program.js";
import { ask, readContent, type Content } from "./question.js";
import type { ReplicaId } from "./replica-id.js";
import { elementsOf, type Value } from "./value.js";
import { Reader } from "./wire.js";

/** What the views below read from and write to; `C` is what a write returns. */
export interface Names<C> {
  /** @internal */
  ask(question: Uint8Array): Uint8Array;
  /** @internal */
  write(operation: (program: Program) => void): C;
}

/**
 * What is under a name as one kind: a view, which holds nothing itself. Each call asks the module, and
 * finds the name in O(log n), n being all values of all names together.
 */
abstract class View<C> {
  /** @internal */
  protected readonly of: Names<C>;
  /** The name. */
  readonly name: string;

  /** @internal */
  constructor(of: Names<C>, name: string) {
    this.of = of;
    this.name = nameOf(name);
  }

  /** @internal */
  protected content(kind: Kind): Content {
    return readContent(new Reader(this.of.ask(ask.content(kind, this.name))));
  }
}

/** A counter that only grows. */
export class Counter<C> extends View<C> {
  /** What all have counted; beyond 2^53 the nearest number. Cost: O(replica ids that counted). */
  get value(): number {
    return Number(this.bigValue);
  }

  /** What all have counted, exactly. Cost as for {@link value}. */
  get bigValue(): bigint {
    return this.content("counter").count;
  }

  /** Counts. Cost: O(log n); the change is one count, however often was counted before. */
  increment(amount: number | bigint = 1): C {
    const whole = amountOf(amount);
    return this.of.write((program) => program.increment(this.name, whole));
  }
}

/** A counter that goes up and down, and can be reset. */
export class PnCounterView<C> extends View<C> {
  /** The sum; beyond 2^53 the nearest number. Cost: O(replica ids that counted). */
  get value(): number {
    return Number(this.bigValue);
  }

  /** The sum, exactly. Cost as for {@link value}. */
  get bigValue(): bigint {
    return this.content("pnCounter").count;
  }

  /** Counts up. Cost: O(log n); the change is one count, however often was counted before. */
  increment(amount: number | bigint = 1): C {
    const whole = amountOf(amount);
    return this.of.write((program) => program.incrementPn(this.name, whole));
  }

  /** Counts down. Cost as for {@link increment}. */
  decrement(amount: number | bigint = 1): C {
    const whole = amountOf(amount);
    return this.of.write((program) => program.decrementPn(this.name, whole));
  }

  /**
   * Takes back what was counted, as far as it is known here. Cost: O(replica ids that counted), and a cell
   * of each stays.
   */
  reset(): C {
    return this.of.write((program) => program.resetPn(this.name));
  }
}

abstract class Elements<C> extends View<C> {
  /** @internal */
  protected abstract readonly kind: Kind;

  /** Whether the element is there. Cost: O(log n). */
  has(element: Value): boolean {
    return new Reader(this.of.ask(ask.has(this.kind, this.name, element))).byte() === 1;
  }

  /** How many elements there are. Cost: O(log n), as finding the name. */
  get size(): number {
    return new Reader(this.of.ask(ask.size(this.kind, this.name))).varint();
  }

  /** The elements, in order. Cost: O(elements); each call copies them. */
  values(): Value[] {
    return this.content(this.kind).values;
  }

  /** Those of {@link values}. */
  [Symbol.iterator](): IterableIterator<Value> {
    return this.values().values();
  }
}

/** A set that only grows. */
export class GSetView<C> extends Elements<C> {
  /** @internal */
  protected readonly kind = "gSet";

  /** Adds an element. Cost: O(log n), and a change of its own: for many there is {@link addAll}. */
  add(element: Value): C {
    return this.addAll([element]);
  }

  /** Adds all of them as one change. Cost: O(log n) for each; the change has their bytes. */
  addAll(elements: Iterable<Value>): C {
    const all = elementsOf(elements);
    return this.of.write((program) => program.addToGSet(this.name, all));
  }
}

/** A set to add to and to remove from: what is added survives a removal that had not seen it. */
export class SetView<C> extends Elements<C> {
  /** @internal */
  protected readonly kind = "set";

  /** Adds an element. Cost: O(log n), and a change of its own: for many there is {@link addAll}. */
  add(element: Value): C {
    return this.addAll([element]);
  }

  /** Adds all of them as one change. Cost: O(log n) for each; the change has their bytes. */
  addAll(elements: Iterable<Value>): C {
    const all = elementsOf(elements);
    return this.of.write((program) => program.addToSet(this.name, all));
  }

  /** Removes what is seen here of an element. Cost: O(log n); nothing of it stays. */
  remove(element: Value): C {
    return this.removeAll([element]);
  }

  /** Removes all of them as one change. Cost: O(log n) for each. */
  removeAll(elements: Iterable<Value>): C {
    const all = elementsOf(elements);
    return this.of.write((program) => program.removeFromSet(this.name, all));
  }

  /** Removes what is there. Cost: O(log n) for each element. */
  clear(): C {
    return this.of.write((program) => program.clearSet(this.name));
  }
}

/** A register of which the later write stays. */
export class RegisterView<C> extends View<C> {
  /** The value; `undefined` if there is none. Cost: O(log n), and a copy of it. */
  get value(): Value | undefined {
    return this.content("register").values[0];
  }

  /** When and by whom it was written. Cost: O(log n). */
  get stamp(): { readonly at: Timestamp; readonly by: ReplicaId } | undefined {
    const reader = new Reader(this.of.ask(ask.stamp(this.name)));
    if (reader.isAtEnd) return undefined;
    return { at: reader.text() as Timestamp, by: reader.text() as ReplicaId };
  }

  /** Writes. Cost: O(log n); the change has the bytes of the value, and what it replaces leaves nothing. */
  set(value: Value): C {
    return this.of.write((program) => program.setRegister(this.name, value));
  }

  /** Removes the value. Cost: O(log n). */
  clear(): C {
    return this.of.write((program) => program.clearRegister(this.name));
  }
}

/** A register of which all concurrent writes stay, until one is chosen. */
export class MvRegisterView<C> extends View<C> {
  /** The values, in order: several when there were concurrent writes. Cost: O(log n), and a copy of them. */
  values(): Value[] {
    return this.content("mvRegister").values;
  }

  /** Whether there are several. Cost as for {@link values}. */
  get isConflicted(): boolean {
    return this.values().length > 1;
  }

  /** Writes in place of all that is there. Cost: O(log n) for each value that was. */
  set(value: Value): C {
    return this.of.write((program) => program.setMvRegister(this.name, value));
  }

  /** Chooses one of the values, or makes one of them. Cost: that of {@link values} and {@link set}. */
  resolve(choose: (values: Value[]) => Value): C {
    return this.set(choose(this.values()));
  }

  /** Removes all values. Cost: O(log n) for each. */
  clear(): C {
    return this.of.write((program) => program.clearMvRegister(this.name));
  }
}

/**
 * What there is under names: the views, which cost nothing to make, and what removes it, in O(log n) for
 * each value that is there.
 */
export abstract class Views<C> implements Names<C> {
  /** @internal */
  abstract ask(question: Uint8Array): Uint8Array;
  /** @internal */
  abstract write(operation: (program: Program) => void): C;

  /** A counter that only grows. */
  counter(name: string): Counter<C> {
    return new Counter(this, name);
  }

  /** A counter that goes up and down, and can be reset. */
  pnCounter(name: string): PnCounterView<C> {
    return new PnCounterView(this, name);
  }

  /** A set that only grows. */
  gSet(name: string): GSetView<C> {
    return new GSetView(this, name);
  }

  /** A set to add to and to remove from. */
  set(name: string): SetView<C> {
    return new SetView(this, name);
  }

  /** A register of which the later write stays. */
  register(name: string): RegisterView<C> {
    return new RegisterView(this, name);
  }

  /** A register of which all concurrent writes stay. */
  mvRegister(name: string): MvRegisterView<C> {
    return new MvRegisterView(this, name);
  }

  /**
   * Removes what is under a name, of all kinds, or nothing.
   * @throws {CrdtError} `grow-only` if one of them only grows: {@link removeKind} removes the others.
   */
  remove(name: string): C {
    return this.write((program) => program.remove(nameOf(name)));
  }

  /** Removes what is under a name as one kind, and leaves the others. */
  removeKind(name: string, kind: Kind): C {
    return this.write((program) => program.removeKind(nameOf(name), kind));
  }
}

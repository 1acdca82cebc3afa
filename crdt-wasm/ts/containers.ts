import { amountOf } from "./counters.js";
import type { Timestamp } from "./clock.js";
import type { Kind } from "./kinds.js";
import type { Program } from "./program.js";
import { ask, readContent, type Content } from "./question.js";
import type { ReplicaId } from "./replica-id.js";
import type { Value } from "./value.js";
import { Reader } from "./wire.js";

/** What the views below read from and write to; `C` is what a write returns. */
export interface Names<C> {
  /** @internal */
  ask(question: Uint8Array): Uint8Array;
  /** @internal */
  write(operation: (program: Program) => void): C;
}

/** What is under a name as one kind: a view, which holds nothing itself. */
abstract class View<C> {
  /** @internal */
  protected readonly of: Names<C>;
  /** The name. */
  readonly name: string;

  /** @internal */
  constructor(of: Names<C>, name: string) {
    this.of = of;
    this.name = name;
  }

  /** @internal */
  protected content(kind: Kind): Content {
    return readContent(new Reader(this.of.ask(ask.content(kind, this.name))));
  }
}

/** A counter that only grows. */
export class Counter<C> extends View<C> {
  /** What all have counted; beyond 2^53 the nearest number. */
  get value(): number {
    return Number(this.bigValue);
  }

  /** What all have counted, exactly. */
  get bigValue(): bigint {
    return this.content("counter").count;
  }

  increment(amount: number | bigint = 1): C {
    const whole = amountOf(amount);
    return this.of.write((program) => program.increment(this.name, whole));
  }
}

/** A counter that goes up and down, and can be reset. */
export class PnCounterView<C> extends View<C> {
  /** The sum; beyond 2^53 the nearest number. */
  get value(): number {
    return Number(this.bigValue);
  }

  /** The sum, exactly. */
  get bigValue(): bigint {
    return this.content("pnCounter").count;
  }

  increment(amount: number | bigint = 1): C {
    const whole = amountOf(amount);
    return this.of.write((program) => program.incrementPn(this.name, whole));
  }

  decrement(amount: number | bigint = 1): C {
    const whole = amountOf(amount);
    return this.of.write((program) => program.decrementPn(this.name, whole));
  }

  /** Takes back what was counted, as far as it is known here. */
  reset(): C {
    return this.of.write((program) => program.resetPn(this.name));
  }
}

abstract class Elements<C> extends View<C> {
  /** @internal */
  protected abstract readonly kind: Kind;

  has(element: Value): boolean {
    return new Reader(this.of.ask(ask.has(this.kind, this.name, element))).byte() === 1;
  }

  get size(): number {
    return new Reader(this.of.ask(ask.size(this.kind, this.name))).varint();
  }

  /** The elements, in order. */
  values(): Value[] {
    return this.content(this.kind).values;
  }

  [Symbol.iterator](): IterableIterator<Value> {
    return this.values().values();
  }
}

/** A set that only grows. */
export class GSetView<C> extends Elements<C> {
  /** @internal */
  protected readonly kind = "gSet";

  add(element: Value): C {
    return this.addAll([element]);
  }

  addAll(elements: Iterable<Value>): C {
    const all = [...elements];
    return this.of.write((program) => program.addToGSet(this.name, all));
  }
}

/** A set to add to and to remove from: what is added survives a removal that had not seen it. */
export class SetView<C> extends Elements<C> {
  /** @internal */
  protected readonly kind = "set";

  add(element: Value): C {
    return this.addAll([element]);
  }

  addAll(elements: Iterable<Value>): C {
    const all = [...elements];
    return this.of.write((program) => program.addToSet(this.name, all));
  }

  remove(element: Value): C {
    return this.removeAll([element]);
  }

  removeAll(elements: Iterable<Value>): C {
    const all = [...elements];
    return this.of.write((program) => program.removeFromSet(this.name, all));
  }

  /** Removes what is there. */
  clear(): C {
    return this.of.write((program) => program.clearSet(this.name));
  }
}

/** A register of which the later write stays. */
export class RegisterView<C> extends View<C> {
  /** The value; `undefined` if there is none. */
  get value(): Value | undefined {
    return this.content("register").values[0];
  }

  /** When and by whom it was written. */
  get stamp(): { readonly at: Timestamp; readonly by: ReplicaId } | undefined {
    const reader = new Reader(this.of.ask(ask.stamp(this.name)));
    if (reader.isAtEnd) return undefined;
    return { at: reader.text() as Timestamp, by: reader.text() as ReplicaId };
  }

  set(value: Value): C {
    return this.of.write((program) => program.setRegister(this.name, value));
  }

  clear(): C {
    return this.of.write((program) => program.clearRegister(this.name));
  }
}

/** A register of which all concurrent writes stay, until one is chosen. */
export class MvRegisterView<C> extends View<C> {
  /** The values, in order: several when there were concurrent writes. */
  values(): Value[] {
    return this.content("mvRegister").values;
  }

  get isConflicted(): boolean {
    return this.values().length > 1;
  }

  /** Writes in place of all that is there. */
  set(value: Value): C {
    return this.of.write((program) => program.setMvRegister(this.name, value));
  }

  /** Chooses one of the values, or makes one of them. */
  resolve(choose: (values: Value[]) => Value): C {
    return this.set(choose(this.values()));
  }

  clear(): C {
    return this.of.write((program) => program.clearMvRegister(this.name));
  }
}

/** What there is under names: the views, and what removes it. */
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

  /** Removes what is under a name, whatever it is. What only grows cannot be removed. */
  remove(name: string): C {
    return this.write((program) => program.remove(name));
  }

  /** Removes what is under a name as one kind, and leaves the others. */
  removeKind(name: string, kind: Kind): C {
    return this.write((program) => program.removeKind(name, kind));
  }
}

// A document of any names and kinds, shown and written.

import { button, field, make, say, showIn } from "/console/dom.js";

/** The kinds, as they are called in the page; each is the name of the method that reads it. */
export const KINDS = {
  counter: "Counter",
  pnCounter: "Counter, both ways",
  gSet: "Set that grows",
  set: "Set",
  register: "Register, the later stays",
  mvRegister: "Register, none is lost",
};

/** Names to begin with, so that there is one of every kind. */
const EXAMPLES = [
  ["cart", "set"],
  ["likes", "pnCounter"],
  ["visits", "counter"],
  ["tags", "gSet"],
  ["title", "register"],
  ["address", "mvRegister"],
];

export class DocumentView {
  #cards = new Map();
  /** Names that nobody has written yet, here or elsewhere. */
  #drafts = new Map(EXAMPLES.map(([name, kind]) => [`${kind} ${name}`, { name, kind }]));

  /** `wrote` hears of the token of every write; `notice` is told to people. */
  constructor(root, replica, wrote, notice) {
    Object.assign(this, { root, replica, wrote, notice });
  }

  add(name, kind) {
    this.#drafts.set(`${kind} ${name}`, { name, kind });
    this.show();
    this.#cards.get(`${kind} ${name}`)?.element.querySelector("input, button")?.focus();
  }

  show() {
    const wanted = new Map(this.#drafts);
    for (const name of this.replica.names()) {
      for (const kind of this.#kindsOf(name)) wanted.set(`${kind} ${name}`, { name, kind });
    }
    const keys = [...wanted.keys()].sort((one, other) => this.#order(one) - this.#order(other) || (one < other ? -1 : 1));
    for (const [key, card] of this.#cards) if (!wanted.has(key)) (card.element.remove(), this.#cards.delete(key));
    for (const [place, key] of keys.entries()) {
      if (!this.#cards.has(key)) this.#cards.set(key, this.#card(wanted.get(key)));
      const { element, show } = this.#cards.get(key);
      if (this.root.children[place] !== element) this.root.insertBefore(element, this.root.children[place] ?? null);
      show();
    }
  }

  #order(key) {
    const at = EXAMPLES.findIndex(([name, kind]) => `${kind} ${name}` === key);
    return at < 0 ? EXAMPLES.length : at;
  }

  /** What is under a name: a number of zero is there too. */
  #kindsOf(name) {
    const { replica } = this;
    const has = {
      counter: replica.counter(name).bigValue !== 0n,
      pnCounter: replica.pnCounter(name).bigValue !== 0n,
      gSet: replica.gSet(name).size > 0,
      set: replica.set(name).size > 0,
      register: replica.register(name).value !== undefined,
      mvRegister: replica.mvRegister(name).values().length > 0,
    };
    const kinds = Object.keys(has).filter((kind) => has[kind]);
    return kinds.length > 0 ? kinds : ["pnCounter"];
  }

  #write(act) {
    try {
      this.wrote(act());
    } catch (error) {
      if (error.name !== "CrdtError") throw error;
      this.notice(error.message);
    }
  }

  #card({ name, kind }) {
    const title = make("h3", {}, name, " ", make("small", { textContent: KINDS[kind] }));
    const { body, show } = this[`_${kind}`](this.replica[kind](name), name);
    const element = make("article", { className: "value" }, title, ...body);
    element.dataset.name = name;
    element.dataset.kind = kind;
    return { element, show };
  }

  _counter(view, name) {
    const total = make("strong");
    const more = button("+1", () => this.#write(() => view.increment()));
    more.setAttribute("aria-label", `One more of ${name}`);
    return { body: [make("div", { className: "number" }, total, more)], show: () => say(total, view.bigValue.toLocaleString("en")) };
  }

  _pnCounter(view, name) {
    const total = make("strong");
    const less = button("−1", () => this.#write(() => view.decrement()));
    const more = button("+1", () => this.#write(() => view.increment()));
    const reset = button("Reset", () => this.#write(() => view.reset()));
    less.setAttribute("aria-label", `One less of ${name}`);
    more.setAttribute("aria-label", `One more of ${name}`);
    reset.setAttribute("aria-label", `Reset ${name}`);
    const body = make("div", { className: "number" }, total, less, more, reset);
    return { body: [body], show: () => say(total, view.bigValue.toLocaleString("en")) };
  }

  _gSet(view, name) {
    return this.#elements(view, name, () => []);
  }

  _set(view, name) {
    return this.#elements(view, name, (value) => {
      const remove = button("Remove", () => this.#write(() => view.remove(value)));
      remove.setAttribute("aria-label", `Remove ${value} from ${name}`);
      return [remove];
    });
  }

  #elements(view, name, actions) {
    const { form, input } = field(`Add to ${name}`, "Add", () => {
      const text = input.value.trim();
      input.value = "";
      if (text !== "") this.#write(() => view.add(text));
    });
    const list = make("ul");
    list.setAttribute("aria-label", name);
    const empty = make("p", { className: "soft", textContent: "Empty." });
    let shown;
    const show = () => {
      const values = view.values();
      const now = JSON.stringify(values.map(String));
      empty.hidden = values.length > 0;
      if (now === shown) return;
      const focused = [...list.children].findIndex((line) => line.contains(document.activeElement));
      shown = now;
      list.replaceChildren(...values.map((value) => make("li", {}, make("span", { textContent: String(value) }), ...actions(value))));
      if (focused >= 0) (list.children[Math.min(focused, values.length - 1)]?.querySelector("button") ?? input).focus();
    };
    return { body: [form, list, empty], show };
  }

  _register(view, name) {
    const { form, input } = field(name, "Save", () => this.#write(() => view.set(input.value.trim())));
    return { body: [form], show: () => showIn(input, String(view.value ?? "")) };
  }

  _mvRegister(view, name) {
    const choices = make("div", { className: "choices" });
    const conflict = make("fieldset", { hidden: true }, make("legend", { textContent: "Written in several places at once. Which one is right?" }), choices);
    const { form, input } = field(name, "Save", () => {
      const text = input.value.trim();
      if (text !== "") this.#write(() => view.set(text));
    });
    let shown;
    const show = () => {
      const values = view.values();
      const now = JSON.stringify(values.map(String));
      input.placeholder = values.length > 1 ? "Or write another" : "";
      showIn(input, values.length === 1 ? String(values[0]) : "");
      if (now === shown) return;
      const hadFocus = choices.contains(document.activeElement);
      if (values.length > 1) this.notice(`${name} has ${values.length} values: choose one.`);
      shown = now;
      conflict.hidden = values.length < 2;
      choices.replaceChildren(
        ...(values.length < 2 ? [] : values).map((value) =>
          button(`Keep “${value}”`, () => this.#write(() => view.resolve(() => value))),
        ),
      );
      if (hadFocus) (choices.firstElementChild ?? input).focus();
    };
    return { body: [conflict, form], show };
  }
}

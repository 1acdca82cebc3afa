// Two replicas of one document in one page, and what carries their messages. In an application there is
// one of them; the other end is `connectWebSocket(replica, url)` away.

import { Replica } from "/dist/index.js";

/** So that one can see that a message is under way. */
const TRAVEL_MS = 120;
const SHOWN_MESSAGES = 12;
/** What each replica calls its connection. */
const PEER = "the other";

const find = (id) => document.getElementById(id);
const bytesText = (count) => `${count.toLocaleString("en")} ${count === 1 ? "byte" : "bytes"}`;

const wire = { messages: 0, bytes: 0 };

/** One half of the page: a replica, and what it shows of it. */
class Pane {
  replica = new Replica();
  isOnline = true;
  /** Writes that the other is not known to have. */
  #unsynced = [];
  #isDue = false;

  constructor(name) {
    this.name = name;
    const content = find("pane").content.cloneNode(true);
    const id = (part) => `${name.toLowerCase()}-${part}`;
    for (const element of content.querySelectorAll("[data-id]")) element.id = id(element.dataset.id);
    for (const label of content.querySelectorAll("[data-for]")) label.htmlFor = id(label.dataset.for);
    for (const labelled of content.querySelectorAll("[data-labels]")) {
      labelled.setAttribute("aria-labelledby", id(labelled.dataset.labels));
    }
    this.parts = Object.fromEntries(
      [...content.querySelectorAll("[data-is]")].map((element) => [element.dataset.is, element]),
    );
    for (const part of ["item", "name", "address"]) this.parts[part] = content.getElementById(id(part));
    content.getElementById(id("title")).textContent = name;
    find("panes").append(content);
    this.#listen();
  }

  /** Every write returns a token: whichever replica covers it shows the write. */
  #wrote(token) {
    this.#unsynced.push(token);
    this.show();
  }

  #listen() {
    const { replica, parts } = this;
    const onSubmit = (form, act) =>
      form.addEventListener("submit", (event) => {
        event.preventDefault();
        act();
      });
    onSubmit(parts.add, () => {
      const item = parts.item.value.trim();
      parts.item.value = "";
      parts.item.focus();
      if (item !== "") this.#wrote(replica.set("cart").add(item));
    });
    parts.like.addEventListener("click", () => this.#wrote(replica.counter("likes").increment()));
    onSubmit(parts["save-name"], () => this.#wrote(replica.register("name").set(parts.name.value.trim())));
    onSubmit(parts["save-address"], () => {
      const text = parts.address.value.trim();
      const address = replica.mvRegister("address");
      if (text !== "") this.#wrote(address.set(text));
      else if (!address.isConflicted) this.#wrote(address.clear());
    });
    parts.online.addEventListener("click", () => {
      this.isOnline = !this.isOnline;
      parts.online.setAttribute("aria-checked", this.isOnline);
      connect();
    });
    // Changes of the other come here, and so does what is to be sent.
    replica.subscribe(() => this.show());
    replica.onOutgoing(() => this.show());
  }

  /** Shows what there is, once the running code has come to its end. */
  show() {
    if (this.#isDue) return;
    this.#isDue = true;
    queueMicrotask(() => {
      this.#isDue = false;
      this.#showState();
      this.#showItems();
      this.parts.likes.textContent = this.replica.counter("likes").value;
      showIn(this.parts.name, this.replica.register("name").value ?? "");
      this.#showAddress();
      showWire();
    });
  }

  #showState() {
    // The other one holds what it has acknowledged.
    this.#unsynced = this.#unsynced.filter((token) => !this.replica.isDurable(token, 1));
    const { length } = this.#unsynced;
    const other = otherOf(this);
    const unsynced = `${length} ${length === 1 ? "change is" : "changes are"} not yet at the ${other.name.toLowerCase()}.`;
    let [is, text] = ["synced", `Everything written here is at the ${other.name.toLowerCase()}.`];
    if (!isLinked()) {
      const why = this.isOnline ? `The ${other.name.toLowerCase()} is offline.` : "Offline.";
      [is, text] = length === 0 ? ["offline", why] : ["waiting", `${why} ${unsynced}`];
    } else if (length > 0) {
      [is, text] = ["waiting", `Sending: ${unsynced}`];
    } else if (this.replica.lag(PEER) === undefined) {
      [is, text] = ["offline", "Connecting."];
    }
    say(this.parts.state, text);
    this.parts.state.dataset.is = is;
  }

  #showItems() {
    const { items, empty, item: field } = this.parts;
    const cart = this.replica.set("cart").values().map(String);
    const lines = new Map([...items.children].map((line) => [line.dataset.item, line]));
    const focused = [...items.children].findIndex((line) => line.contains(document.activeElement));
    const isGone = focused >= 0 && !cart.includes(items.children[focused].dataset.item);
    // Lines that stay are kept, and with them the focus.
    for (const [name, line] of lines) if (!cart.includes(name)) line.remove();
    for (const [place, name] of cart.entries()) {
      const line = lines.get(name) ?? this.#line(name);
      if (items.children[place] !== line) items.insertBefore(line, items.children[place] ?? null);
    }
    empty.hidden = cart.length > 0;
    if (isGone) (items.children[Math.min(focused, cart.length - 1)]?.querySelector("button") ?? field).focus();
  }

  #line(name) {
    const line = document.createElement("li");
    line.dataset.item = name;
    const text = document.createElement("span");
    text.textContent = name;
    const remove = button("Remove", () => this.#wrote(this.replica.set("cart").remove(name)));
    remove.setAttribute("aria-label", `Remove ${name}`);
    line.append(text, remove);
    return line;
  }

  #showAddress() {
    const { conflict, choices, address: field, notice } = this.parts;
    const address = this.replica.mvRegister("address");
    const values = address.values().map(String);
    const hadFocus = choices.contains(document.activeElement);
    conflict.hidden = values.length < 2;
    say(notice, conflict.hidden ? "" : `There are ${values.length} addresses: choose one.`);
    const shown = [...choices.children].map((choice) => choice.dataset.value);
    if (conflict.hidden || shown.join("\n") !== values.join("\n")) {
      choices.replaceChildren(
        ...(conflict.hidden ? [] : values).map((value) => {
          const choice = button(`Keep “${value}”`, () => this.#wrote(address.resolve(() => value)));
          choice.dataset.value = value;
          return choice;
        }),
      );
      if (hadFocus) (choices.firstElementChild ?? field).focus();
    }
    field.placeholder = conflict.hidden ? "" : "Or write another";
    showIn(field, values.length === 1 ? values[0] : "");
  }
}

function button(text, act) {
  const made = document.createElement("button");
  made.type = "button";
  made.textContent = text;
  made.addEventListener("click", act);
  return made;
}

/** What somebody is typing is left alone. */
function showIn(field, value) {
  if (document.activeElement === field && field.value !== field.dataset.shown) return;
  field.value = field.dataset.shown = value;
}

/** A live region says again what is written to it again. */
function say(region, text) {
  if (region.textContent !== text) region.textContent = text;
}

function showWire() {
  const [one, two] = panes.map(({ replica }) => replica.encode());
  const isEqual = one.length === two.length && one.every((byte, at) => byte === two[at]);
  find("equal").textContent = isEqual ? "Both hold the same bytes" : "They differ at the moment";
  find("messages").textContent = wire.messages.toLocaleString("en");
  find("bytes").textContent = bytesText(wire.bytes);
  find("whole").textContent = bytesText(one.length);
}

/** Writes down a message. */
function note(from, to, bytes) {
  wire.messages++;
  wire.bytes += bytes.length;
  const line = document.createElement("li");
  for (const text of [`${from.name} to ${to.name.toLowerCase()}`, bytesText(bytes.length)]) {
    line.append(Object.assign(document.createElement("span"), { textContent: text }));
  }
  const log = find("log");
  log.prepend(line);
  while (log.children.length > SHOWN_MESSAGES) log.lastElementChild.remove();
}

/** The connection, while there is one: what ends it. */
let cut;
const isLinked = () => cut !== undefined;
const otherOf = (pane) => panes.find((other) => other !== pane);

/** There is one while both are online. */
function connect() {
  const isWanted = panes.every(({ isOnline }) => isOnline);
  if (isWanted && !isLinked()) {
    let isUp = true;
    const stops = panes.map((from) => {
      const to = otherOf(from);
      from.replica.connect(PEER);
      return from.replica.onOutgoing(() => {
        for (const bytes of from.replica.outgoing(PEER)) {
          note(from, to, bytes);
          setTimeout(() => isUp && to.replica.receive(PEER, bytes), TRAVEL_MS);
        }
      });
    });
    cut = () => {
      isUp = false;
      for (const stop of stops) stop();
      for (const { replica } of panes) replica.disconnect(PEER);
    };
  } else if (!isWanted && isLinked()) {
    cut();
    cut = undefined;
  }
  for (const pane of panes) pane.show();
}

const panes = [new Pane("Laptop"), new Pane("Phone")];
for (const pane of panes) pane.replica.setMembers([otherOf(pane).replica.id]);
panes[0].replica.transact((tx) => {
  tx.set("cart").addAll(["Apples", "Bread"]);
  tx.counter("likes").increment(2);
  tx.register("name").set("Alice");
  tx.mvRegister("address").set("1 Main Street");
});
connect();

// The regions and their links, and the switches of a demonstration.

import { button, bytesText, find, make, say, toggle } from "/console/dom.js";
import { Plot } from "/console/plot.js";

/** Between two looks, and for how many of them a lag is plotted: a minute. */
const LOOK_MS = 500;
const SAMPLES = 120;

const LEVELS = { fine: "fine", unknown: "not known of all documents", warning: "behind", critical: "far behind" };

/** What the page is told of the regions: by the node itself, or by the supervisor of a demonstration. */
export class Regions {
  #rows = new Map();
  #links = new Map();
  #notify;
  #headers;
  state = { regions: [], cuts: [] };

  constructor(here, headers, notify) {
    this.here = here;
    this.#headers = headers;
    this.#notify = notify;
    if (here.supervised) find("region-does").textContent = "Process";
    this.#look();
  }

  /** Where a region listens; none while it does not run. */
  addressOf(region) {
    if (!this.here.supervised) return location.host;
    return this.state.regions.find((one) => one.region === region)?.address;
  }

  async #look() {
    try {
      await this.#ask();
    } finally {
      setTimeout(() => this.#look(), LOOK_MS);
    }
  }

  async #ask() {
    const { supervised, region } = this.here;
    let told;
    try {
      const answer = await fetch(supervised ? "/demo" : "/v1/regions", { headers: this.#headers() });
      if (answer.status === 401) return this.#notify({ needsToken: true });
      if (!answer.ok) throw new Error(answer.statusText);
      told = await answer.json();
    } catch {
      say(find("equal"), supervised ? "The demo has ended." : "The node cannot be reached.");
      return;
    }
    this.state = supervised ? told : { regions: [{ region, runs: true, regions: told.regions }], cuts: [] };
    this.#show();
    this.#notify({ state: this.state });
  }

  #show() {
    for (const region of this.state.regions) this.#showRegion(region);
    for (const one of this.state.regions) {
      for (const other of this.here.supervised ? this.state.regions : (one.regions ?? [])) {
        if (one.region < other.region || !this.here.supervised) this.#showLink(one, other);
      }
    }
    find("no-links").hidden = this.#links.size > 0;
    if (!this.here.supervised) return say(find("equal"), "");
    const running = this.state.regions.filter(({ runs }) => runs);
    const isEqual = running.every(({ fingerprint }) => fingerprint === running[0].fingerprint);
    say(find("equal"), running.length < 2 ? "" : isEqual ? "All that run hold the same." : "They differ at the moment.");
  }

  #showRegion({ region, runs, process, address }) {
    let row = this.#rows.get(region);
    if (!row) {
      row = { state: make("td"), does: make("td") };
      const name = make("th", { scope: "row", textContent: region });
      find("regions").append(make("tr", {}, name, row.state, row.does));
      this.#rows.set(region, row);
      if (this.here.supervised) {
        row.button = button("", () => this.#errand(`regions/${region}/${row.runs ? "stop" : "start"}`));
        row.does.append(row.button);
      }
    }
    row.runs = runs;
    row.state.dataset.is = runs ? "good" : "off";
    const where = process === undefined ? "" : `, process ${process}`;
    say(row.state, runs ? `runs${where}` : "stopped");
    if (row.button) {
      say(row.button, runs ? "Stop" : "Start");
      row.button.setAttribute("aria-label", `${runs ? "Stop" : "Start"} ${region}`);
      row.button.title = runs ? `As kill -9 does; it listens at ${address}` : "";
    } else say(row.does, "this one");
  }

  #showLink(one, other) {
    const names = [one.region, other.region];
    const key = names.join(" ");
    let row = this.#links.get(key);
    if (!row) {
      row = { state: make("td"), lag: make("td"), bytes: make("td"), ways: new Map() };
      const name = make("th", { scope: "row", textContent: names.join(" – ") });
      find("links").append(make("tr", {}, name, row.state, row.lag, row.bytes));
      row.text = make("span");
      row.state.append(row.text);
      this.#links.set(key, row);
      if (this.here.supervised) {
        row.toggle = toggle("Linked", () => this.#errand(`links/${names.join("/")}/${row.isCut ? "heal" : "cut"}`));
        row.toggle.setAttribute("aria-label", `${names.join(" and ")} are linked`);
        row.state.append(row.toggle);
      }
    }
    const isHere = (cut) => names.every((name) => cut.includes(name));
    row.isCut = this.state.cuts.some(isHere);
    row.toggle?.setAttribute("aria-checked", !row.isCut);
    const seen = [seenFrom(one, other.region), seenFrom(other, one.region)];
    const isConnected = seen.some((way) => way?.connected);
    row.text.dataset.is = isConnected ? "good" : "off";
    say(row.text, row.isCut ? "cut" : isConnected ? "connected" : "not connected");
    names.forEach((ahead, at) => {
      const way = seen[at];
      if (way === undefined && !this.here.supervised) return;
      this.#showWay(row, ahead, names[1 - at], way);
    });
  }

  /** How far one is behind the other, as the other says. */
  #showWay(row, ahead, behind, way) {
    let shown = row.ways.get(ahead);
    if (!shown) {
      shown = { plot: new Plot(SAMPLES), text: make("span"), bytes: make("div") };
      row.ways.set(ahead, shown);
      row.lag.append(make("div", { className: "way" }, shown.plot.element, shown.text));
      row.bytes.append(shown.bytes);
    }
    const { lag } = way ?? {};
    if (lag) shown.plot.add(lag.age_ms, lag.level);
    let text = `${ahead} does not run`;
    if (way && way.unmet_documents > 0) text = `${behind} has not been met`;
    else if (lag?.changes === 0) text = `${behind}: none`;
    else if (lag) text = `${behind}: ${lag.changes} ${lag.changes === 1 ? "change" : "changes"}, ${seconds(lag.age_ms)}`;
    if (lag && lag.level !== "fine") text += `, ${LEVELS[lag.level]}`;
    say(shown.text, text);
    if (way) {
      const sent = `${bytesText(way.bytes.sent)} to ${behind}`;
      say(shown.bytes, this.here.supervised ? sent : `${sent}, ${bytesText(way.bytes.received)} back`);
    }
  }

  async #errand(path) {
    await fetch(`/demo/${path}`, { method: "POST" }).catch(() => {});
    await this.#ask();
  }
}

function seenFrom(region, other) {
  return region?.regions?.find?.((one) => one.region === other);
}

const seconds = (ms) => `${(ms / 1000).toFixed(1)} s`;

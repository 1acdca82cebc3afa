// A lag as a running plot: its age over the last minute.

const NAMESPACE = "http://www.w3.org/2000/svg";
const WIDTH = 120;
const HEIGHT = 28;
/** From here on a lag is a warning; the plot is at least as high. */
const WARNING_MS = 1_000;

export class Plot {
  #samples = [];
  #line = document.createElementNS(NAMESPACE, "polyline");
  element = document.createElementNS(NAMESPACE, "svg");

  constructor(most) {
    this.most = most;
    this.element.setAttribute("viewBox", `0 0 ${WIDTH} ${HEIGHT}`);
    this.element.setAttribute("class", "plot");
    // What it shows now stands beside it as text.
    this.element.setAttribute("aria-hidden", "true");
    this.element.append(this.#line);
  }

  /** The age of the lag now, in milliseconds, and how bad that is. */
  add(ageMs, level) {
    this.#samples.push(ageMs);
    if (this.#samples.length > this.most) this.#samples.shift();
    const highest = Math.max(WARNING_MS, ...this.#samples);
    const points = this.#samples.map((sample, at) => {
      const x = WIDTH - ((this.#samples.length - 1 - at) * WIDTH) / (this.most - 1);
      return `${x.toFixed(1)},${(HEIGHT - 2 - (sample / highest) * (HEIGHT - 4)).toFixed(1)}`;
    });
    this.#line.setAttribute("points", points.join(" "));
    this.element.dataset.level = level;
  }
}

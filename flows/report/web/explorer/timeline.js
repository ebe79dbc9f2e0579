// The timeline: how many rows begin in each day, month or year, and a brush that chooses a period.

import { element } from "dateline/shared/dom.js";
import { moduleOf } from "dateline/shared/packed.js";
import { counted, dayText, several } from "dateline/explorer/words.js";

const DAY = 86_400_000;
const HEIGHT = 96;
const FOOT = 20;
const SIDE = 16;
const MOST_BINS = 160;
// Days of a few rows far from all others would leave no room for the rest; they are counted beside the chart.
const TAIL = 0.03;

/** Draw the timeline in an element; `choose(from, to)` is called with days, or with nulls. */
export async function openTimeline(container, choose) {
  return new Timeline(container, choose, await moduleOf("maps"));
}

class Timeline {
  constructor(container, choose, library) {
    Object.assign(this, { container, choose, library, width: 0, known: new Map() });
    this.svg = library.select(container).append("svg").attr("role", "img").attr("height", HEIGHT);
    this.bars = new Map(["out", "in"].map((name) => [name, this.svg.append("path").attr("class", name)]));
    this.axis = this.svg.append("g").attr("class", "axis").attr("transform", `translate(0,${HEIGHT - FOOT})`);
    this.brush = library.brushX().on("start brush end", (event) => this.brushed(event));
    this.overlay = this.svg.append("g").attr("class", "brush");
    this.note = element("span");
    this.nearer = element("button", { type: "button", class: "link", onclick: () => this.near(true) }, "Show the chosen period alone");
    this.wider = element("button", { type: "button", class: "link", onclick: () => this.near(false) }, "Show the whole time");
    container.append(element("p", { class: "note" }, this.note, " ", this.nearer, this.wider));
    new ResizeObserver(() => this.resize()).observe(container);
  }

  /** Take the rows of a kind: what the bins are, and in which each row is. */
  show(rows) {
    if (!this.known.has(rows)) this.known.set(rows, { whole: wholeOf(rows.first), bins: null });
    this.rows = rows;
    this.domain = this.whole = this.known.get(rows).whole;
    this.filters = null;
    if (this.domain) this.divide();
  }

  /** Draw the chosen period alone, or all of the time. */
  near(isNear) {
    const { from, to } = this.state;
    this.domain = isNear ? [from ?? this.edges[0], (to ?? this.edges.at(-1) - 1) + 1] : this.whole;
    this.divide();
    this.update(this.state, this.filters);
    (isNear ? this.wider : this.nearer).focus();
  }

  divide() {
    const [from, to] = this.domain.map((day) => new Date(day * DAY));
    const span = this.domain[1] - this.domain[0];
    const { utcDay, utcMonth, utcYear } = this.library;
    this.unit = span <= MOST_BINS ? "day" : span <= MOST_BINS * 30 ? "month" : "year";
    const interval = { day: utcDay, month: utcMonth, year: utcYear }[this.unit];
    const starts = interval.range(interval.floor(from), to);
    this.edges = [...starts, interval.offset(starts.at(-1), 1)].map((each) => each.getTime() / DAY);
    this.bins = this.binned();
    this.counts = new Uint32Array(this.edges.length - 1);
    this.scale = this.library.scaleUtc([this.edges[0] * DAY, this.edges.at(-1) * DAY], [1, 1]);
    this.counted = false;
    this.fit();
  }

  /** Return in which bin each row is; of the whole time they are kept, for a reader who goes from view to view. */
  binned() {
    const known = this.known.get(this.rows);
    if (this.domain === this.whole && known.bins !== null) return known.bins;
    const bins = Int32Array.from(this.rows.first, (day) => this.bin(day));
    if (this.domain === this.whole) known.bins = bins;
    return bins;
  }

  bin(day) {
    if (!(day >= this.edges[0])) return Number.isNaN(day) ? -3 : -1;
    if (day >= this.edges.at(-1)) return -2;
    let [low, high] = [0, this.edges.length - 1];
    while (high - low > 1) {
      const middle = (low + high) >> 1;
      if (this.edges[middle] <= day) low = middle;
      else high = middle;
    }
    return low;
  }

  resize() {
    const width = this.container.clientWidth;
    if (width === 0 || width === this.width) return;
    this.width = width;
    this.fit();
  }

  /** Make what is drawn as wide as the page was found to be: asking for it now would lay out the page once more. */
  fit() {
    const { width } = this;
    if (!this.domain || width === 0) return;
    this.svg.attr("width", width).attr("viewBox", `0 0 ${width} ${HEIGHT}`);
    this.scale.range([SIDE, width - SIDE]);
    this.axis.call(this.library.axisBottom(this.scale).ticks(Math.max(2, Math.floor(width / 90))).tickSizeOuter(0));
    this.brush.extent([[SIDE, 0], [width - SIDE, HEIGHT - FOOT]]);
    this.overlay.call(this.brush);
    if (this.counted) this.draw();
  }

  /** Count the rows that pass all but the period, and show them with the period of a state. */
  update(state, filters) {
    Object.assign(this, { state, filters });
    this.nearer.hidden = (state.from === null && state.to === null) || this.domain !== this.whole;
    this.wider.hidden = this.domain === this.whole;
    this.container.hidden = !this.domain;
    if (!this.domain) return;
    const { failing } = filters;
    const others = ~filters.bits.get("period");
    const beside = { "-1": 0, "-2": 0, "-3": 0 };
    this.counts.fill(0);
    for (let row = 0; row < failing.length; row++) {
      if ((failing[row] & others) !== 0) continue;
      const bin = this.bins[row];
      if (bin >= 0) this.counts[bin]++;
      else beside[bin]++;
    }
    this.counted = true;
    this.describe(beside);
    if (this.width) this.draw();
  }

  describe(beside) {
    const most = this.counts.indexOf(Math.max(...this.counts));
    const total = this.counts.reduce((sum, count) => sum + count, 0);
    const { one, many } = this.rows.kind;
    const others = [beside[-1] && `${counted(beside[-1])} earlier`, beside[-2] && `${counted(beside[-2])} later`, beside[-3] && `${counted(beside[-3])} without a time`].filter(Boolean);
    this.note.textContent = `${several(total, one, many)} by the first ${this.unit} of their time${total > 0 ? `; most, ${counted(this.counts[most])}, in ${this.binText(most)}` : ""}.${others.length ? ` Not drawn: ${others.join(", ")}.` : ""}`;
    this.svg.attr("aria-label", this.note.textContent);
  }

  binText(bin) {
    return dayText(this.edges[bin]).slice(0, { day: 10, month: 7, year: 4 }[this.unit]);
  }

  draw() {
    const most = Math.max(1, ...this.counts);
    const { from, to } = this.state;
    const inside = (at) => (from === null || this.edges[at + 1] > from) && (to === null || this.edges[at] <= to);
    const full = HEIGHT - FOOT - 4;
    const paths = { in: "", out: "" };
    this.counts.forEach((count, at) => {
      if (count === 0) return;
      const [left, right] = [this.scale(this.edges[at] * DAY), this.scale(this.edges[at + 1] * DAY)];
      paths[inside(at) ? "in" : "out"] += bar(left + 0.5, Math.max(1, right - left - 1), Math.max(1.5, (full * count) / most));
    });
    for (const [name, path] of this.bars) path.attr("d", paths[name]);
    this.place();
  }

  /** Put the brush where the period of the state is, unless it is being moved. */
  place() {
    if (this.moving) return;
    const { from, to } = this.state;
    const clamped = (day) => Math.min(this.width - SIDE, Math.max(SIDE, this.scale(day * DAY)));
    const area = from === null && to === null ? null : [clamped(from ?? this.edges[0]), clamped(to === null ? this.edges.at(-1) : to + 1)];
    this.overlay.call(this.brush.move, area && area[1] > area[0] ? area : null);
  }

  brushed({ type, sourceEvent, selection }) {
    if (!sourceEvent) return;
    this.moving = type !== "end";
    const days = selection?.map((x) => this.scale.invert(x).getTime() / DAY);
    cancelAnimationFrame(this.frame);
    this.frame = requestAnimationFrame(() => (days ? this.choose(...this.snapped(days)) : type === "end" && this.choose(null, null)));
  }

  /** Return the first and the last day of the bins that two ends touch. */
  snapped([from, to]) {
    const first = Math.max(0, this.bin(from));
    const last = this.bin(to - 1e-6);
    return [this.edges[first], (last < 0 ? this.edges.at(-1) : this.edges[Math.max(first, last) + 1]) - 1];
  }
}

/** Return the outline of a bar on the axis; all of one look are one path, as a browser takes long for an element each. */
function bar(left, width, height) {
  return `M${left.toFixed(1)} ${HEIGHT - FOOT}v${-height.toFixed(1)}h${width.toFixed(1)}v${height.toFixed(1)}z`;
}

/** Return the first day and the day after the last, without the days far from all others; null if there is none. */
function wholeOf(first) {
  const days = first.filter((day) => !Number.isNaN(day)).sort();
  return days.length === 0 ? null : [days[Math.floor(days.length * TAIL)], days[Math.ceil((days.length - 1) * (1 - TAIL))] + 1];
}

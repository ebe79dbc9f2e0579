// Numbers of claims as bars on one logarithmic scale.

import { element } from "dateline/shared/dom.js";
import { counted, numberText } from "dateline/explorer/words.js";

/** A scale from 0 to a number, by the logarithm of each number and one, so that 0 has a place. */
export class Scale {
  constructor(greatest) {
    this.top = Math.max(1, Math.ceil(Math.log10(Math.max(1, greatest) + 1)));
  }

  /** Return where a number stands, from 0 to 1. */
  at(number) {
    return Math.log10(number + 1) / this.top;
  }

  /** Return the numbers that are written at the scale: 0 and powers of ten, every second one of many. */
  get ticks() {
    const powers = Array.from({ length: this.top }, (_, power) => 10 ** power);
    return [0, ...(this.top > 4 ? powers.filter((_, power) => power % 2 === 0 && power > 0) : powers)];
  }

  /** Draw the numbers of the scale. */
  axis() {
    return element("span", { class: "axis", "aria-hidden": "true" }, this.ticks.map((number) => placed(element("i", {}, short(number)), this.at(number))));
  }

}

/** The range of a claim on a scale: a band from low to high, open where it has no end, and a mark at the best number. */
export class Bar {
  constructor(scale) {
    this.scale = scale;
    this.band = element("i", { class: "band", hidden: true });
    this.mark = element("i", { class: "best", hidden: true });
    this.track = element("span", { class: "bar", "aria-hidden": "true" }, this.band, this.mark);
  }

  show({ low, best, high }) {
    const { band, mark, scale } = this;
    const from = low ?? (high === null ? best : 0);
    const to = high ?? (low === null ? best : null);
    const isBand = from !== null && (to === null || to > from);
    show(band, isBand);
    if (isBand) {
      band.className = to === null ? "band open" : "band";
      placed(band, scale.at(from));
      band.style.width = `${100 * ((to === null ? 1 : scale.at(to)) - scale.at(from))}%`;
    }
    const at = best ?? (from === to ? from : null);
    show(mark, at !== null);
    if (at !== null) placed(mark, scale.at(at));
    return this;
  }
}

function show(part, isShown) {
  if (part.hidden === isShown) part.hidden = !isShown;
}

/** A scale on which equal differences are equally wide, for numbers of one size. */
export class EvenScale extends Scale {
  constructor(greatest) {
    super(greatest);
    const power = 10 ** Math.floor(Math.log10(Math.max(1, greatest)));
    this.end = [1, 2, 4, 5, 8, 10].map((times) => times * power).find((end) => end >= greatest);
  }

  at(number) {
    return number / this.end;
  }

  get ticks() {
    return this.end % 2 === 0 ? [0, this.end / 2, this.end] : [0, this.end];
  }
}

function placed(made, share) {
  made.style.insetInlineStart = `${100 * share}%`;
  return made;
}

function short(number) {
  return number >= 1e9 ? `${number / 1e9}bn` : number >= 1e6 ? `${number / 1e6}m` : number >= 1e3 ? `${number / 1e3}k` : counted(number);
}

/** Return the range of a claim: low, best, high and the vague term, each null where the words leave it open. */
export function rangeOf(table, row) {
  const range = { low: table.value("low", row), best: table.value("best", row), high: table.value("high", row), vague: table.value("vague", row) };
  return { ...range, text: numberText(range.low, range.best, range.high, range.vague) };
}

/** Return the greatest number of a table of claims. */
export function greatest(table) {
  return Math.max(0, ...["low", "best", "high"].map((name) => table.most(name) ?? 0));
}

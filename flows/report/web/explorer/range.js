// Numbers of claims as bars on one logarithmic scale.

import { element } from "dateline/shared/dom.js";
import { counted, numberText } from "dateline/explorer/words.js";

/** A scale from 0 to a number; where a number stands is a share of the width, by the logarithm of it and one. */
export class Scale {
  constructor(greatest) {
    this.top = Math.max(1, Math.ceil(Math.log10(Math.max(1, greatest) + 1)));
  }

  /** Return where a number stands, from 0 to 1. */
  at(number) {
    return Math.log10(number + 1) / this.top;
  }

  /** Draw the powers of ten under the bars. */
  axis() {
    const ticks = [0, ...Array.from({ length: this.top }, (_, power) => 10 ** (power + (this.top > 5 ? 1 : 0)))].filter((number) => number === 0 || this.at(number) <= 1);
    const shown = this.top > 4 ? ticks.filter((number, at) => at % 2 === 0) : ticks;
    return element("span", { class: "axis", "aria-hidden": "true" }, shown.map((number) => placed(element("i", {}, short(number)), this.at(number))));
  }

  /** Draw the range of a claim: a band from low to high, open where it has no end, and a mark at the best number. */
  bar({ low, best, high }) {
    const track = element("span", { class: "bar", "aria-hidden": "true" });
    const from = low ?? (high === null ? best : 0);
    const to = high ?? (low === null ? best : null);
    if (from !== null && (to === null || to > from)) {
      const band = placed(element("i", { class: `band${high === null && best !== to ? " open" : ""}` }), this.at(from));
      band.style.width = `${100 * ((to === null ? 1 : this.at(to)) - this.at(from))}%`;
      track.append(band);
    }
    const mark = best ?? (from === to ? from : null);
    if (mark !== null) track.append(placed(element("i", { class: "best" }), this.at(mark)));
    return track;
  }
}

function placed(made, share) {
  made.style.insetInlineStart = `${100 * share}%`;
  return made;
}

function short(number) {
  return number >= 1e6 ? `${number / 1e6}m` : number >= 1e3 ? `${number / 1e3}k` : counted(number);
}

/** Return the range of a claim: low, best, high and the vague term, each null where the words leave it open. */
export function rangeOf(table, row) {
  const range = { low: table.value("low", row), best: table.value("best", row), high: table.value("high", row), vague: table.value("vague", row) };
  return { ...range, text: numberText(range.low, range.best, range.high, range.vague) };
}

/** Return the greatest number of a table of claims. */
export function greatest(table) {
  let most = 0;
  for (const name of ["low", "best", "high"]) for (const number of table.numbers(name)) if (number > most) most = number;
  return most;
}

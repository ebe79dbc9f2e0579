// Which rows pass: one bit for each dimension that a row fails. A facet is counted when somebody looks at it.

import { folded } from "dateline/explorer/words.js";

/**
 * The filters of one kind. A dimension is a facet, or the search, the period, the confidence or what is hidden.
 *
 * A row is counted in a facet if it fails no other dimension, so that the counts of a facet say what else can be chosen.
 */
export class Filters {
  constructor(rows) {
    this.rows = rows;
    this.failing = new Int32Array(rows.count);
    this.dimensions = [
      ...rows.facets.map((facet) => ({ key: facet.key, asked: (state) => JSON.stringify([...(state.chosen.get(facet.key) ?? [])]), fails: (state) => this.facet(facet, state) })),
      { key: "search", asked: (state) => state.query, fails: (state) => this.search(state.query) },
      { key: "period", asked: (state) => `${state.from} ${state.to}`, fails: (state) => this.period(state) },
      { key: "confidence", asked: (state) => `${state.confidence}`, fails: (state) => this.confidence(state.confidence) },
      { key: "hidden", asked: (state) => [...state.hidden].join(" "), fails: (state) => this.hidden(state.hidden) },
    ];
    this.dimensions.forEach((dimension, at) => Object.assign(dimension, { bit: 1 << at, last: null }));
    this.bits = new Map(this.dimensions.map(({ key, bit }) => [key, bit]));
    this.counted = new Map();
    this.flagged = new Map(rows.kind.flags.map(([name]) => [name, rowsWith(rows.table.numbers(name))]));
    this.texts = [];
  }

  /** Filter by a state; return how many rows pass, of how many articles: the same object while no filter changes. */
  apply(state) {
    let changed = this.found === undefined;
    for (const dimension of this.dimensions) {
      const asked = dimension.asked(state);
      if (asked === dimension.last) continue;
      this.mark(dimension.bit, dimension.fails(state));
      dimension.last = asked;
      changed = true;
    }
    if (changed) this.found = this.count();
    return this.found;
  }

  mark(bit, fails) {
    const { failing } = this;
    if (fails === null) for (let row = 0; row < failing.length; row++) failing[row] &= ~bit;
    else for (let row = 0; row < failing.length; row++) failing[row] = fails(row) ? failing[row] | bit : failing[row] & ~bit;
  }

  count() {
    const { failing, rows } = this;
    this.counted.clear();
    const seen = new Uint8Array(rows.articles.count);
    let passing = 0;
    let articles = 0;
    for (let row = 0; row < failing.length; row++) {
      if (failing[row] !== 0) continue;
      passing++;
      const article = rows.article[row];
      if (article < 0 || seen[article] === 1) continue;
      seen[article] = 1;
      articles++;
    }
    return { passing, articles };
  }

  /** Return how many rows have each code of a facet. */
  counts(facet) {
    if (!this.counted.has(facet.key)) this.counted.set(facet.key, tally(this.failing, this.bits.get(facet.key), facet));
    return this.counted.get(facet.key);
  }

  /** Return how many rows have a flag. */
  flagCount(name) {
    const others = ~this.bits.get("hidden");
    const flagged = this.flagged.get(name);
    let count = 0;
    for (let at = 0; at < flagged.length; at++) if ((this.failing[flagged[at]] & others) === 0) count++;
    return count;
  }

  facet(facet, state) {
    const chosen = state.chosen.get(facet.key);
    if (!chosen?.size) return null;
    const { values, codes, starts } = facet;
    const wanted = new Uint8Array(values.length + 1);
    values.forEach((value, at) => (wanted[at + 1] = chosen.has(value) ? 1 : 0));
    wanted[0] = chosen.has("") ? 1 : 0;
    if (!starts) return (row) => wanted[codes[row]] === 0;
    return (row) => {
      for (let at = starts[row]; at < starts[row + 1]; at++) if (wanted[codes[at]] === 1) return false;
      return true;
    };
  }

  /** Every word of the query must be in one of the searched columns; a value is searched once for all its rows. */
  search(query) {
    const words = folded(query).split(/\s+/).filter(Boolean);
    if (words.length === 0) return null;
    const failing = new Uint8Array(this.rows.count);
    for (const word of words) {
      const missing = new Uint8Array(failing.length).fill(1);
      for (const [at] of this.rows.kind.search.entries()) {
        const { texts, codes } = this.searched(at);
        const matching = Uint8Array.from(texts, (text) => (text.includes(word) ? 1 : 0));
        if (matching.includes(1)) for (let row = 0; row < codes.length; row++) if (matching[codes[row]] === 1) missing[row] = 0;
      }
      for (let row = 0; row < failing.length; row++) failing[row] |= missing[row];
    }
    return (row) => failing[row] === 1;
  }

  /** Return one of the columns that a search reads, folded; made once, 0 is null. */
  searched(at) {
    if (!this.texts[at]) {
      const { values, codes } = this.rows.column(...this.rows.kind.search[at]);
      this.texts[at] = { codes, texts: ["", ...values.map(folded)] };
    }
    return this.texts[at];
  }

  /** A row passes if its time overlaps the period. */
  period({ from, to }) {
    if (from === null && to === null) return null;
    const { first, last } = this.rows;
    const begin = from ?? -Infinity;
    const end = to ?? Infinity;
    return (row) => !(last[row] >= begin && first[row] <= end);
  }

  confidence(least) {
    const { confidence } = this.rows;
    return least > 0 ? (row) => !(confidence[row] >= least) : null;
  }

  hidden(names) {
    const left = [...names].filter((name) => this.flagged.has(name));
    if (left.length === 0) return null;
    const failing = new Uint8Array(this.rows.count);
    for (const name of left) for (const row of this.flagged.get(name)) failing[row] = 1;
    return (row) => failing[row] === 1;
  }
}

/** Return the rows of which a flag is set. */
function rowsWith(flag) {
  const found = [];
  for (let row = 0; row < flag.length; row++) if (flag[row] === 1) found.push(row);
  return Uint32Array.from(found);
}

/** Count the codes of the rows that fail nothing, or nothing but the dimension of a bit. */
function tally(failing, bit, { values, codes, starts }) {
  const found = new Uint32Array(values.length + 1);
  const others = ~bit;
  for (let row = 0; row < failing.length; row++) {
    if ((failing[row] & others) !== 0) continue;
    if (starts) for (let at = starts[row]; at < starts[row + 1]; at++) found[codes[at]]++;
    else found[codes[row]]++;
  }
  return found;
}

// The order of the rows in a table: sorted once for each column, so that a filter only has to walk along it.

// Whole numbers that lie no further apart than this times their count are their own ranks.
const SPARSE = 4;
const collator = new Intl.Collator("en", { numeric: true, sensitivity: "base" });

/** Orders of the rows of one kind. */
export class Orders {
  constructor(rows) {
    this.rows = rows;
    this.known = new Map();
    this.ranked = new Map();
  }

  /** Return all rows in the order of a column, nulls last; without one, the newest first. */
  of(key, down) {
    const name = `${down} ${key}`;
    if (!this.known.has(name)) this.known.set(name, this.sorted(key, down));
    return this.known.get(name);
  }

  sorted(key, down) {
    const column = this.rows.kind.columns.find((each) => each.key === key);
    const values = column ? this.ranks(column) : this.rows.first;
    return inOrder(values, down || !column);
  }

  /** Return a number for each row by which a column is sorted, NaN where it is null. */
  ranks(column) {
    if (!this.ranked.has(column.key)) this.ranked.set(column.key, this.rank(column));
    return this.ranked.get(column.key);
  }

  rank({ text, number, article, place }) {
    const { rows } = this;
    if (number === "best") return numbersOf(rows.table);
    if (number) return rows.table.numbers(number);
    const { values, codes } = article ? rows.column("article", article) : place ? rows.column("place", "name") : rows.column("row", text);
    const sorted = values.map((_, at) => at).sort((a, b) => collator.compare(values[a], values[b]));
    const rank = new Float64Array(values.length + 1).fill(NaN);
    sorted.forEach((at, place) => (rank[at + 1] = place));
    const ranks = new Float64Array(codes.length);
    for (let row = 0; row < codes.length; row++) ranks[row] = rank[codes[row]];
    return ranks;
  }
}

/** Return the number by which a claim is sorted: the best one, or the least, or the greatest. */
function numbersOf(table) {
  const [low, best, high] = ["low", "best", "high"].map((name) => table.numbers(name));
  return best.map((number, row) => (Number.isNaN(number) ? (Number.isNaN(low[row]) ? high[row] : low[row]) : number));
}

/** Return the rows in the order of their values, NaN last: each goes behind those of lesser values, so that no two are compared. */
function inOrder(values, down) {
  const { ranks, count } = ranked(values);
  const next = new Uint32Array(count + 2);
  for (let row = 0; row < ranks.length; row++) {
    if (down && ranks[row] < count) ranks[row] = count - 1 - ranks[row];
    next[ranks[row] + 1]++;
  }
  for (let rank = 0; rank < count; rank++) next[rank + 1] += next[rank];
  const rows = new Uint32Array(ranks.length);
  for (let row = 0; row < ranks.length; row++) rows[next[ranks[row]]++] = row;
  return rows;
}

/** Return a whole number for each value, in the same order and below `count`; `count` itself where it is NaN. */
function ranked(values) {
  const ranks = new Uint32Array(values.length);
  let [least, most, isWhole] = [Infinity, -Infinity, true];
  for (let row = 0; row < values.length; row++) {
    const value = values[row];
    if (Number.isNaN(value)) continue;
    if (value < least) least = value;
    if (value > most) most = value;
    if (!Number.isInteger(value)) isWhole = false;
  }
  if (isWhole && most - least <= SPARSE * values.length) {
    const count = most < least ? 0 : most - least + 1;
    for (let row = 0; row < values.length; row++) ranks[row] = Number.isNaN(values[row]) ? count : values[row] - least;
    return { ranks, count };
  }
  const distinct = Float64Array.from(new Set(values)).filter((value) => !Number.isNaN(value)).sort();
  const places = new Map(Array.from(distinct, (value, at) => [value, at]));
  for (let row = 0; row < values.length; row++) ranks[row] = places.get(values[row]) ?? distinct.length;
  return { ranks, count: distinct.length };
}

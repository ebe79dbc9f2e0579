// The order of the rows in a table: sorted once for each column, so that a filter only has to walk along it.

const collator = new Intl.Collator("en", { numeric: true, sensitivity: "base" });

/** Orders of the rows of one kind. */
export class Orders {
  constructor(rows) {
    this.rows = rows;
    this.known = new Map();
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
  ranks({ text, number, article, place }) {
    const { rows } = this;
    if (number === "best") return numbersOf(rows.table);
    if (number) return rows.table.numbers(number);
    const { values, codes } = article ? rows.column("article", article) : place ? rows.column("place", "name") : rows.column("row", text);
    const sorted = values.map((_, at) => at).sort((a, b) => collator.compare(values[a], values[b]));
    const rank = new Float64Array(values.length + 1).fill(NaN);
    sorted.forEach((at, place) => (rank[at + 1] = place));
    return Float64Array.from(codes, (code) => rank[code]);
  }
}

/** Return the number by which a claim is sorted: the best one, or the least, or the greatest. */
function numbersOf(table) {
  const [low, best, high] = ["low", "best", "high"].map((name) => table.numbers(name));
  return best.map((number, row) => (Number.isNaN(number) ? (Number.isNaN(low[row]) ? high[row] : low[row]) : number));
}

/** Return the rows in the order of their values, NaN last: each goes behind those of lesser values, so that no two are compared. */
function inOrder(values, down) {
  const distinct = Float64Array.from(new Set(values)).filter((value) => !Number.isNaN(value)).sort();
  const ranks = new Map(Array.from(distinct, (value, at) => [value, down ? distinct.length - 1 - at : at]));
  const ranked = Uint32Array.from(values, (value) => ranks.get(value) ?? distinct.length);
  const next = new Uint32Array(distinct.length + 2);
  for (const rank of ranked) next[rank + 1]++;
  for (let rank = 0; rank < distinct.length; rank++) next[rank + 1] += next[rank];
  const rows = new Uint32Array(values.length);
  for (let row = 0; row < ranked.length; row++) rows[next[ranked[row]]++] = row;
  return rows;
}

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
    const ranks = column ? this.ranks(column) : this.rows.first;
    const sign = down || !column ? -1 : 1;
    const rows = Uint32Array.from({ length: this.rows.count }, (_, row) => row);
    return rows.sort((a, b) => {
      const [left, right] = [ranks[a], ranks[b]];
      if (Number.isNaN(left) || Number.isNaN(right)) return Number.isNaN(left) - Number.isNaN(right) || a - b;
      return sign * (left - right) || a - b;
    });
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

// Columnar tables of the page, as typed arrays.

/** A table: text columns are codes into values, -1 where null; number columns are NaN where null. */
export class Table {
  constructor({ count, columns }) {
    this.count = count;
    this.columns = new Map();
    for (const [name, column] of Object.entries(columns)) {
      this.columns.set(name, column.codes ? { values: column.values, codes: Int32Array.from(column.codes) } : { numbers: numeric(column.numbers) });
    }
  }

  /** Return the names of the columns, in the order of the table. */
  get names() {
    return [...this.columns.keys()];
  }

  /** Return a text column, `{values, codes}`; all null where the table has none of this name. */
  text(name) {
    return this.columns.get(name) ?? { values: [], codes: new Int32Array(this.count).fill(-1) };
  }

  /** Return a number column; all NaN where the table has none of this name. */
  numbers(name) {
    return this.columns.get(name)?.numbers ?? new Float64Array(this.count).fill(NaN);
  }

  /** Return a value of a row: a string, a number or null. */
  value(name, row) {
    const column = this.columns.get(name);
    if (column === undefined || row < 0) return null;
    if (column.codes) return column.codes[row] < 0 ? null : column.values[column.codes[row]];
    const number = column.numbers[row];
    return Number.isNaN(number) ? null : number;
  }
}

function numeric(numbers) {
  const made = new Float64Array(numbers.length);
  for (let row = 0; row < numbers.length; row++) made[row] = numbers[row] ?? NaN;
  return made;
}

/** Return the rows that a number column refers to, -1 where null. */
export function references(numbers) {
  const made = new Int32Array(numbers.length);
  for (let row = 0; row < numbers.length; row++) made[row] = Number.isNaN(numbers[row]) ? -1 : numbers[row];
  return made;
}

// Columnar tables of the page, as typed arrays: see flows/report/column_bytes.py.

const ALIGNED = 8;
const decoder = new TextDecoder();

/** A table, of which a column is read when it is first asked for. */
export class Table {
  #buffer;
  #start;
  #known = new Map();

  constructor(buffer) {
    const length = new DataView(buffer).getUint32(0, true);
    const { count, columns } = JSON.parse(decoder.decode(new Uint8Array(buffer, 4, length)));
    this.count = count;
    this.declared = columns;
    this.#buffer = buffer;
    this.#start = 4 + length;
    if (this.#start % ALIGNED !== 0) throw new Error(`found columns at ${this.#start}, wanted a multiple of ${ALIGNED}`);
  }

  /** Return the names of the columns, in the order of the table. */
  get names() {
    return Object.keys(this.declared);
  }

  /** Return whether a column has a value in any row. */
  isFilled(name) {
    const column = this.declared[name];
    return column !== undefined && (this.isText(name) ? column.texts > 0 : column.most !== null);
  }

  isText(name) {
    return this.declared[name]?.texts !== undefined;
  }

  /** Return the greatest number of a column, null if there is none. */
  most(name) {
    return this.declared[name]?.most ?? null;
  }

  /** Return a text column: `codes`, 0 where null, and the `values` of the codes from 1; all null where the table has none of this name. */
  text(name) {
    return this.#once(name, () => (this.isText(name) ? new Texts(this.declared[name].texts, this.#array(name), () => this.#values(name)) : new Texts(0, new Uint8Array(this.count), () => [])));
  }

  /** Return a number column, NaN where null; all NaN where the table has none of this name. */
  numbers(name) {
    return this.#once(name, () => (this.declared[name] ? numeric(this.#array(name)) : new Float64Array(this.count).fill(NaN)));
  }

  /** Return a value of a row: a string, a number or null. */
  value(name, row) {
    if (this.declared[name] === undefined || row < 0) return null;
    if (this.isText(name)) {
      const { codes, values } = this.text(name);
      return codes[row] === 0 ? null : values[codes[row] - 1];
    }
    const number = this.numbers(name)[row];
    return Number.isNaN(number) ? null : number;
  }

  #once(name, make) {
    if (!this.#known.has(name)) this.#known.set(name, make());
    return this.#known.get(name);
  }

  #array(name) {
    const { type, at } = this.declared[name];
    return new globalThis[`${type}Array`](this.#buffer, this.#start + at, this.count);
  }

  #values(name) {
    const [at, length] = this.declared[name].values;
    return JSON.parse(decoder.decode(new Uint8Array(this.#buffer, this.#start + at, length)));
  }
}

/** A text column of `size` values, which are read when they are first asked for. */
class Texts {
  #values = null;
  #read;

  constructor(size, codes, read) {
    this.size = size;
    this.codes = codes;
    this.#read = read;
  }

  get values() {
    return (this.#values ??= this.#read());
  }
}

function numeric(stored) {
  if (stored instanceof Float64Array) return stored;
  const nothing = -(2 ** (8 * stored.BYTES_PER_ELEMENT - 1));
  const made = new Float64Array(stored.length);
  for (let row = 0; row < stored.length; row++) made[row] = stored[row] === nothing ? NaN : stored[row];
  return made;
}

/** Return the rows that a number column refers to, -1 where null. */
export function references(numbers) {
  const made = new Int32Array(numbers.length);
  for (let row = 0; row < numbers.length; row++) made[row] = Number.isNaN(numbers[row]) ? -1 : numbers[row];
  return made;
}

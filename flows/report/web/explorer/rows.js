// The rows of one kind, joined with their articles and places, as columns of codes.

import { references } from "dateline/explorer/tables.js";
import { countryName, plain } from "dateline/explorer/words.js";

/** Claims or events; every text column is `{values, codes}`, with code 0 where it is null. */
export class Rows {
  constructor(kind, table, articles, places) {
    this.kind = kind;
    this.table = table;
    this.articles = articles;
    this.places = places;
    this.count = table.count;
    this.article = references(table.numbers("article"));
    this.place = references(table.numbers("place"));
    this.first = table.numbers("first_day");
    this.last = table.numbers("last_day");
    this.confidence = table.numbers("confidence");
    this.isRated = table.isFilled("confidence");
    this.columns = kind.columns.filter((column) => this.isFilled(column));
    this.facets = kind.facets.map((declared) => new Facet(declared, this));
  }

  /** Return whether a column has a value in any row. */
  isFilled({ key, text, number, article }) {
    if (key === "number" || !(text || number || article)) return true;
    return (article ? this.articles : this.table).isFilled(article ?? text ?? number);
  }

  /** Return a text column of the rows, of their articles or of their places. */
  column(of, name) {
    if (of === "row") return this.table.text(name);
    return of === "article" ? new Joined(this.articles.text(name), this.article) : new Joined(this.places.text(name), this.place);
  }

  placeColumn() {
    const { places } = this;
    const values = placeKeys(places);
    let known = null;
    const named = (value) => {
      known ??= new Map(values.map((each, at) => [each, at]));
      return known.has(value) ? placeLabel(places, known.get(value)) : value;
    };
    return { values, size: places.count, codes: this.place.map((at) => at + 1), named };
  }

  /** Return a column whose texts are lists apart by `; `: the codes of a row are those from starts[row] to starts[row + 1]. */
  listColumn(name) {
    const { values: lists, codes: listCodes } = this.articles.text(name);
    const values = [];
    const known = new Map();
    const parts = lists.map((list) =>
      [...new Set(list.split(";").map((part) => part.trim()).filter(Boolean))].map((part) => {
        if (!known.has(part)) known.set(part, values.push(part));
        return known.get(part);
      }),
    );
    const none = [0];
    const of = [none, ...parts.map((part) => (part.length > 0 ? part : none))];
    const starts = new Uint32Array(this.count + 1);
    const codes = [];
    for (let row = 0; row < this.count; row++) {
      for (const code of of[this.article[row] < 0 ? 0 : listCodes[this.article[row]]]) codes.push(code);
      starts[row + 1] = codes.length;
    }
    return { values, size: values.length, codes: Int32Array.from(codes), starts };
  }

  /** Return a value of a row. */
  value(name, row) {
    return this.table.value(name, row);
  }
}

/** A text column of the articles or places that rows point at; `by` is the number of each, -1 for none. */
class Joined {
  #texts;
  #by;
  #codes = null;

  constructor(texts, by) {
    this.#texts = texts;
    this.#by = by;
  }

  get values() {
    return this.#texts.values;
  }

  get size() {
    return this.#texts.size;
  }

  get codes() {
    return (this.#codes ??= this.#joined());
  }

  #joined() {
    const { codes } = this.#texts;
    const by = this.#by;
    const made = new codes.constructor(by.length);
    for (let row = 0; row < by.length; row++) made[row] = by[row] < 0 ? 0 : codes[by[row]];
    return made;
  }
}

/** What rows are filtered by: a column of the rows, of their articles or of their places, which is read when it is first needed. */
class Facet {
  #rows;
  #column = null;

  constructor(declared, rows) {
    Object.assign(this, { ...declared });
    this.#rows = rows;
  }

  #read() {
    const { key, of, column, several } = this;
    return (this.#column ??= key === "place" ? this.#rows.placeColumn() : several ? this.#rows.listColumn(column) : this.#rows.column(of, column));
  }

  get values() {
    return this.#read().values;
  }

  /** The codes of the rows; a row of a list has those from starts[row] to starts[row + 1]. */
  get codes() {
    return this.#read().codes;
  }

  get starts() {
    return this.#read().starts;
  }

  /** Return how a value is written. */
  name(value) {
    return (this.named ?? this.#read().named ?? String)(value);
  }

  /** Return whether there is anything to choose. */
  get isUseful() {
    const { size } = this.#read();
    return size > 1 || (size === 1 && (this.key === "effect" || this.codes.includes(0)));
  }
}

const keysOf = new WeakMap();

/** Return what each of the places is called in the address; made once. */
export function placeKeys(places) {
  if (!keysOf.has(places)) keysOf.set(places, Array.from({ length: places.count }, (_, at) => placeKey(places, at)));
  return keysOf.get(places);
}

/** Return what a place is called in the address: its GeoNames id, or where it lies, and its precision. */
export function placeKey(places, at) {
  const id = places.value("geonameid", at) ?? `${places.value("latitude", at)},${places.value("longitude", at)}`;
  return `${id}-${places.value("precision", at)}`;
}

/** Return the name of a place with its country and how precisely it is known. */
export function placeLabel(places, at) {
  const country = places.value("country", at);
  const precision = places.value("precision", at);
  const name = places.value("name", at) ?? "unnamed";
  if (precision === "country") return `${name} (country)`;
  return [name, country && countryName(country)].filter(Boolean).join(", ") + (precision === null ? "" : ` (${plain(String(precision))})`);
}

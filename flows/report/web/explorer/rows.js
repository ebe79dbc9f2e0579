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
    this.isRated = this.confidence.some((each) => !Number.isNaN(each));
    this.columns = kind.columns.filter((column) => this.isFilled(column));
    this.facets = kind.facets
      .map((declared) => ({ ...declared, ...this.coded(declared) }))
      .filter((facet) => facet.values.length > 0 && (facet.values.length > 1 || facet.counts[0] > 0 || facet.key === "effect"));
  }

  /** Return whether a column has a value in any row. */
  isFilled({ key, text, number, article }) {
    if (key === "number" || !(text || number || article)) return true;
    if (number) return this.table.numbers(number).some((each) => !Number.isNaN(each));
    return (article ? this.articles : this.table).text(article ?? text).values.length > 0;
  }

  /** Return a text column of the rows, of their articles or of their places. */
  column(of, name) {
    const [table, by] = { row: [this.table, null], article: [this.articles, this.article], place: [this.places, this.place] }[of];
    const { values, codes } = table.text(name);
    const made = new Int32Array(this.count);
    for (let row = 0; row < this.count; row++) {
      const at = by === null ? row : by[row];
      made[row] = at < 0 ? 0 : codes[at] + 1;
    }
    return { values, codes: made };
  }

  /** Return the codes of a facet, how many rows have each, and how a value is written. */
  coded({ key, of, column, several, named }) {
    const made = key === "place" ? this.placeColumn() : several ? this.listColumn(column) : this.column(of, column);
    made.named ??= named ?? ((value) => value);
    made.counts = new Uint32Array(made.values.length + 1);
    if (made.starts) for (const code of made.codes) made.counts[code]++;
    else for (let row = 0; row < this.count; row++) made.counts[made.codes[row]]++;
    return made;
  }

  placeColumn() {
    const { places } = this;
    const values = placeKeys(places);
    let known = null;
    const named = (value) => {
      known ??= new Map(values.map((each, at) => [each, at]));
      return known.has(value) ? placeLabel(places, known.get(value)) : value;
    };
    return { values, codes: this.place.map((at) => at + 1), named };
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
    const starts = new Uint32Array(this.count + 1);
    const codes = [];
    for (let row = 0; row < this.count; row++) {
      const at = this.article[row] < 0 ? -1 : listCodes[this.article[row]];
      if (at < 0 || parts[at].length === 0) codes.push(0);
      else codes.push(...parts[at]);
      starts[row + 1] = codes.length;
    }
    return { values, codes: Int32Array.from(codes), starts };
  }

  /** Return a value of a row. */
  value(name, row) {
    return this.table.value(name, row);
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

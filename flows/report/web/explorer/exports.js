// What is filtered, as a file: CSV, GeoJSON or Parquet, made in the browser.

import { moduleOf } from "dateline/shared/packed.js";
import { dayText } from "dateline/explorer/words.js";

const FLAG = /^is_/;
const DAY_NAME = /^(.*)_day$/;
// Columns that point at other tables or into the text of the page; what they point at is written instead.
const INTERNAL = new Set(["article", "place", "conflict", "start", "end", "chunk", "row"]);
// Columns of decimals, also where all of their values are whole or null: the type of a column is that of every export.
const DECIMAL = new Set(["confidence", "latitude", "longitude", "radius_km", "tone"]);
// What a spreadsheet takes for a formula when a cell begins with it.
const FORMULA = /^[=+\-@\t\r\n\uff1d\uff0b\uff0d\uff20]/u;

/**
 * Return the columns of rows with their articles and places: `{name, type, value(row)}`.
 *
 * Types are text, number, integer, flag and day; a value is null where there is none.
 */
export function columnsOf(rows) {
  return [
    ...taken(rows.table, (row) => row, (name) => name),
    ...taken(rows.places, (row) => rows.place[row], (name) => (name === "name" ? "place_name" : name)),
    ...taken(rows.articles, (row) => rows.article[row], (name) => name),
  ];
}

function taken(table, at, renamed) {
  return table.names.filter((name) => !INTERNAL.has(name)).map((name) => {
    const day = DAY_NAME.exec(name);
    const type = table.isText(name) ? "text" : FLAG.test(name) ? "flag" : day ? "day" : DECIMAL.has(name) || !whole(table.numbers(name)) ? "number" : "integer";
    const value = (row) => {
      const found = table.value(name, at(row));
      return found === null ? null : type === "flag" ? found === 1 : type === "day" ? dayText(found) : found;
    };
    return { name: day ? `${renamed(day[1])}_on` : renamed(name), type, value };
  });
}

function whole(numbers) {
  return numbers.every((number) => Number.isNaN(number) || Number.isInteger(number));
}

/** Return CSV as of RFC 4180, in UTF-8 with a byte order mark; text that a spreadsheet would run gets an apostrophe before it. */
export function csv(columns, rows) {
  const lines = [columns.map(({ name }) => name)];
  for (const row of rows) lines.push(columns.map(({ type, value }) => cell(value(row), type)));
  return new Blob(["\ufeff", lines.map((line) => `${line.join(",")}\r\n`).join("")], { type: "text/csv;charset=utf-8" });
}

function cell(value, type) {
  if (value === null) return "";
  const text = type === "text" && FORMULA.test(value) ? `'${value}` : String(value);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** Return GeoJSON as of RFC 7946: a feature for each row, of which the geometry is null where it has no place. */
export function geojson(columns, rows) {
  const [longitude, latitude] = ["longitude", "latitude"].map((wanted) => columns.find(({ name }) => name === wanted).value);
  const features = rows.map((row) => ({
    type: "Feature",
    geometry: longitude(row) === null || latitude(row) === null ? null : { type: "Point", coordinates: [longitude(row), latitude(row)] },
    properties: Object.fromEntries(columns.map(({ name, value }) => [name, value(row)])),
  }));
  return new Blob([JSON.stringify({ type: "FeatureCollection", features })], { type: "application/geo+json" });
}

const PARQUET = {
  text: { type: "BYTE_ARRAY", converted_type: "UTF8" },
  number: { type: "DOUBLE" },
  integer: { type: "INT64" },
  flag: { type: "BOOLEAN" },
  day: { type: "INT32", converted_type: "DATE" },
};

/** Return Parquet; days are dates, and integers have 64 bits. */
export async function parquet(columns, rows) {
  const { parquetWriteBuffer } = await moduleOf("parquet");
  const stored = (value, type) => (value === null ? null : type === "integer" ? BigInt(value) : type === "day" ? Date.parse(value) / 86_400_000 : value);
  const schema = [{ name: "root", num_children: columns.length }, ...columns.map(({ name, type }) => ({ name, repetition_type: "OPTIONAL", ...PARQUET[type] }))];
  const columnData = columns.map(({ name, type, value }) => ({ name, data: Array.from(rows, (row) => stored(value(row), type)) }));
  return new Blob([parquetWriteBuffer({ columnData, schema })], { type: "application/vnd.apache.parquet" });
}

export const FORMATS = { csv, geojson, parquet };

/** Hand a file to the reader. */
export function download(blob, name) {
  const address = URL.createObjectURL(blob);
  const link = document.createElement("a");
  link.href = address;
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(address), 60_000);
}

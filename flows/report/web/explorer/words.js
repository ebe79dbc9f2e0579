// Numbers, days, countries and codes, as a reader sees them.

const counts = new Intl.NumberFormat("en");
let countries = {};
const DAY = 86_400_000;

/** Write a number with thousands separators. */
export function counted(number) {
  return counts.format(number);
}

/** Write a count with its noun. */
export function several(number, one, many = `${one}s`) {
  return `${counted(number)} ${number === 1 ? one : many}`;
}

/** Write a day, counted from 1970-01-01, as `2020-02-20`; empty if there is none. */
export function dayText(day) {
  return day === null || Number.isNaN(day) ? "" : new Date(day * DAY).toISOString().slice(0, 10);
}

/** Read `2020-02-20` as days since 1970-01-01; null if it is no day. */
export function dayOf(text) {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(text ?? "")) return null;
  const time = Date.parse(`${text}T00:00:00Z`);
  return Number.isNaN(time) ? null : time / DAY;
}

/** Write a period of days: one day, a whole month, a whole year, or its ends. */
export function period(first, last) {
  const from = dayText(first);
  const to = dayText(last);
  if (from === to) return from;
  if (from.endsWith("-01") && from.slice(0, 7) === to.slice(0, 7) && dayText(last + 1).endsWith("-01")) return from.slice(0, 7);
  if (from.endsWith("-01-01") && to.endsWith("-12-31") && from.slice(0, 4) === to.slice(0, 4)) return from.slice(0, 4);
  return `${from} – ${to}`;
}

/** Take the names of countries by ISO 3166-1 alpha-2 code. */
export function nameCountries(names) {
  countries = names;
}

/** Return the name of a country; its code if it has none. */
export function countryName(code) {
  return Object.hasOwn(countries, code) ? countries[code] : code;
}

/** Write a code in words: `shot_down` is shown as `shot down`. */
export function plain(code) {
  return code.replaceAll("_", " ");
}

/** Fold case and accents, for a search. */
export function folded(text) {
  if (!/[^\0-\x7f]/.test(text)) return text.toLowerCase();
  return text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();
}

/** Write the number of a claim: `12`, `10–12`, `at least 10`, `up to 12`, or the vague term. */
export function numberText(low, best, high, vague) {
  if (vague !== null) return vague;
  if (best !== null && high === null && low !== null) return `at least ${counted(best)}`;
  if (best !== null && low === null && high !== null) return `up to ${counted(best)}`;
  if (best !== null && (low !== high)) return `${counted(best)} (${counted(low)}–${counted(high)})`;
  if (best !== null) return counted(best);
  if (low !== null && high !== null) return low === high ? counted(low) : `${counted(low)}–${counted(high)}`;
  if (low !== null) return `at least ${counted(low)}`;
  if (high !== null) return `up to ${counted(high)}`;
  return "not counted";
}

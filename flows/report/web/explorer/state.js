// What the reader has chosen, kept in the address after `#`, so that a view can be sent to somebody.

import { KINDS } from "dateline/explorer/kinds.js";
import { dayOf, dayText } from "dateline/explorer/words.js";

export const VIEWS = ["claims", "events", "conflicts"];
const FACETS = new Set(Object.values(KINDS).flatMap(({ facets }) => facets.map(({ key }) => key)));
const FLAGS = new Set(Object.values(KINDS).flatMap(({ flags }) => flags.map(([name]) => name)));

/** Return the state of a page that was just opened. */
export function initial() {
  return { view: "claims", query: "", chosen: new Map(), from: null, to: null, confidence: 0, hidden: new Set(), sort: "", down: false, page: 0, open: "" };
}

/** Return the kind of the rows that a view filters: conflicts are made of claims. */
export function kindOf(view) {
  return view === "events" ? "events" : "claims";
}

/** Write a state as the part of an address after `#`. */
export function written(state) {
  const parts = new URLSearchParams();
  if (state.view !== "claims") parts.set("view", state.view);
  if (state.query) parts.set("q", state.query);
  for (const [key, values] of state.chosen) for (const value of values) parts.append(key, value);
  if (state.from !== null) parts.set("from", dayText(state.from));
  if (state.to !== null) parts.set("to", dayText(state.to));
  if (state.confidence > 0) parts.set("confidence", String(state.confidence));
  for (const name of state.hidden) parts.append("hide", name);
  if (state.sort) parts.set("sort", (state.down ? "-" : "") + state.sort);
  if (state.page) parts.set("page", String(state.page + 1));
  if (state.open) parts.set("open", state.open);
  return parts.toString();
}

/** Read a state from the part of an address after `#`; what it does not understand is left out. */
export function read(hash) {
  const state = initial();
  const parts = new URLSearchParams(hash.replace(/^#/, ""));
  if (VIEWS.includes(parts.get("view"))) state.view = parts.get("view");
  state.query = parts.get("q") ?? "";
  for (const key of FACETS) if (parts.has(key)) state.chosen.set(key, new Set(parts.getAll(key)));
  state.from = dayOf(parts.get("from"));
  state.to = dayOf(parts.get("to"));
  const confidence = Number(parts.get("confidence"));
  if (confidence > 0 && confidence <= 1) state.confidence = confidence;
  state.hidden = new Set(parts.getAll("hide").filter((name) => FLAGS.has(name)));
  const sort = parts.get("sort") ?? "";
  state.down = sort.startsWith("-");
  state.sort = sort.replace(/^-/, "");
  const page = Number(parts.get("page"));
  if (Number.isInteger(page) && page > 1) state.page = page - 1;
  state.open = parts.get("open") ?? "";
  return state;
}

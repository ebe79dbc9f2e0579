// The active filters as chips, each of which removes one.

import { element } from "dateline/shared/dom.js";
import { dayText } from "dateline/explorer/words.js";

/** Return the active filters of a state: a label, and the change of the state that removes it. */
export function active(state, rows) {
  const found = [];
  if (state.query) found.push({ label: `“${state.query}”`, without: { query: "" } });
  for (const facet of rows.facets) {
    for (const value of state.chosen.get(facet.key) ?? []) {
      found.push({ label: `${facet.label}: ${value === "" ? facet.absent : facet.name(value)}`, without: { chosen: less(state.chosen, facet.key, value) } });
    }
  }
  if (state.from !== null || state.to !== null) {
    found.push({ label: `${state.from === null ? "until" : dayText(state.from)}${state.from !== null && state.to !== null ? " – " : state.to === null ? " or later" : " "}${dayText(state.to)}`, without: { from: null, to: null } });
  }
  if (state.confidence > 0) found.push({ label: `Confidence at least ${state.confidence}`, without: { confidence: 0 } });
  for (const [name, label] of rows.kind.flags) {
    if (state.hidden.has(name)) found.push({ label: `Without ${label}`, without: { hidden: new Set([...state.hidden].filter((each) => each !== name)) } });
  }
  return found;
}

function less(chosen, key, value) {
  const left = new Map(chosen);
  const values = new Set([...left.get(key)].filter((each) => each !== value));
  if (values.size > 0) left.set(key, values);
  else left.delete(key);
  return left;
}

/** Draw the chips; removing one leaves the focus on its neighbour, or where `otherwise` says. */
export function drawChips(container, state, rows, { asked, clear, otherwise }) {
  const found = active(state, rows);
  const remove = ({ without }, at) => {
    asked({ ...without, page: 0 });
    (container.querySelectorAll("button")[at] ?? otherwise()).focus();
  };
  const chips = found.map((each, at) =>
    element("li", {}, element("button", { type: "button", class: "chip", "aria-label": `Remove the filter ${each.label}`, onclick: () => remove(each, at) }, element("bdi", {}, each.label), element("span", { "aria-hidden": "true" }, "×"))));
  if (found.length > 0) {
    chips.push(element("li", {}, element("button", { type: "button", class: "link", onclick: () => { clear(); otherwise().focus(); } }, "Clear all")));
  }
  container.replaceChildren(...chips);
  container.hidden = found.length === 0;
}

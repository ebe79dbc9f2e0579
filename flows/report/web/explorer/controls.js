// The controls that are the same for every kind: search, views, period, confidence, export, and the panel of filters on a small screen.

import { counted, dayOf, dayText } from "dateline/explorer/words.js";

const PAUSE = 120;
const WIDE = matchMedia("(min-width: 60rem)");

const part = (id) => document.getElementById(id);

/** Bind them; `asked(change)` is called with what the reader changes of the state, `save(format)` with what to export. */
export function bindControls({ asked, save, counts }) {
  const search = part("search");
  let pause = 0;
  search.addEventListener("input", () => {
    clearTimeout(pause);
    pause = setTimeout(() => asked({ query: search.value.trim(), page: 0 }), PAUSE);
  });
  part("find").addEventListener("submit", (event) => {
    event.preventDefault();
    clearTimeout(pause);
    asked({ query: search.value.trim(), page: 0 });
  });
  const views = [...document.querySelectorAll('input[name="view"]')];
  for (const view of views) {
    view.addEventListener("change", () => asked({ view: view.value, page: 0, sort: "", down: false }));
    view.parentElement.querySelector(".count").textContent = counted(counts[view.value]);
  }
  const [from, to] = [part("from"), part("to")];
  const between = () => asked({ from: dayOf(from.value), to: dayOf(to.value), page: 0 });
  from.addEventListener("change", between);
  to.addEventListener("change", between);
  const confidence = part("confidence");
  confidence.addEventListener("input", () => asked({ confidence: Number(confidence.value), page: 0 }));
  for (const button of document.querySelectorAll("button[data-format]")) button.addEventListener("click", () => save(button.dataset.format));
  const filters = part("filters");
  const fold = () => (filters.open = WIDE.matches);
  WIDE.addEventListener("change", fold);
  fold();
  return {
    /** Show a state in the controls. */
    update(state, rows, found) {
      part("surely").hidden = !rows.isRated;
      if (document.activeElement !== search || search.value.trim() !== state.query) search.value = state.query;
      for (const view of views) view.checked = view.value === state.view;
      if (document.activeElement !== from) from.value = dayText(state.from);
      if (document.activeElement !== to) to.value = dayText(state.to);
      confidence.value = String(state.confidence);
      part("least").textContent = state.confidence > 0 ? state.confidence.toFixed(2) : "any";
      part("exported").textContent = found;
    },
  };
}

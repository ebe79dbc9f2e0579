// The table of claims or of events, a page of rows at a time.

import { element } from "dateline/shared/dom.js";
import { TableRow } from "dateline/explorer/cells.js";
import { greatest, Scale } from "dateline/explorer/range.js";
import { counted } from "dateline/explorer/words.js";

export const PAGE_ROWS = 25;

/** The table, of which `parts` are the elements. `asked(change)` is called with what the reader changes of the state; `open(row)` with a row to read. */
export class Results {
  constructor(rows, orders, { asked, open }) {
    Object.assign(this, { rows, asked, open, orders, scale: new Scale(greatest(rows.table)), lines: [] });
    this.body = element("tbody");
    this.body.addEventListener("click", (event) => this.clicked(event));
    this.heads = rows.columns.map((column) => this.head(column));
    this.pages = element("nav", { class: "pages", "aria-label": "Pages of the table" });
    this.empty = element("p", { class: "empty" });
    this.table = element("table", { class: `results ${rows.kind.layer}s` },
      element("caption", { class: "hidden" }, `The ${rows.kind.many} that pass the filters; the button of a row opens its article`),
      element("thead", {}, element("tr", {}, this.heads)), this.body);
    this.parts = [this.table, this.empty, this.pages];
  }

  head(column) {
    const button = element("button", { type: "button", onclick: () => this.sort(column.key) }, column.label);
    return element("th", { scope: "col", class: column.key }, button, column.key === "number" ? this.scale.axis() : null);
  }

  sort(key) {
    const { sort, down } = this.state;
    const first = ["number", "time", "confidence"].includes(key);
    this.asked(sort === key ? { down: !down, page: 0 } : { sort: key, down: first, page: 0 });
  }

  clicked(event) {
    const row = event.target.closest("tr");
    if (row && getSelection().isCollapsed) this.open(Number(row.dataset.row), row.querySelector("button"));
  }

  /** Show the rows that pass, in the order of the state. */
  update(state, failing, passing) {
    this.state = state;
    const last = Math.max(0, Math.ceil(passing / PAGE_ROWS) - 1);
    const page = Math.min(state.page, last);
    const shown = this.shown(state, failing, page * PAGE_ROWS);
    this.fill(shown);
    this.heads.forEach((head, at) => {
      const sorted = this.rows.columns[at].key === state.sort;
      if (sorted) head.setAttribute("aria-sort", state.down ? "descending" : "ascending");
      else head.removeAttribute("aria-sort");
    });
    this.table.hidden = passing === 0;
    this.empty.textContent = passing > 0 ? "" : this.rows.count === 0 ? `This output has no ${this.rows.kind.many}.` : `No ${this.rows.kind.many} pass the filters. Remove one of them, or clear all.`;
    this.drawPages(page, last, passing);
  }

  fill(shown) {
    while (this.lines.length < shown.length) this.lines.push(new TableRow(this.rows, this.scale));
    shown.forEach((row, at) => this.lines[at].show(row));
    while (this.body.childElementCount > shown.length) this.body.lastElementChild.remove();
    for (let at = this.body.childElementCount; at < shown.length; at++) this.body.append(this.lines[at].made);
  }

  shown(state, failing, from) {
    const shown = [];
    let passed = 0;
    for (const row of this.orders.of(state.sort, state.down)) {
      if (failing[row] !== 0) continue;
      if (passed++ >= from && shown.push(row) === PAGE_ROWS) break;
    }
    return shown;
  }

  /** Return all rows that pass, in the order of the state. */
  all(failing) {
    return this.orders.of(this.state.sort, this.state.down).filter((row) => failing[row] === 0);
  }

  drawPages(page, last, passing) {
    const step = (label, to, stands) => element("button", { type: "button", disabled: !stands, onclick: () => this.asked({ page: to }, label) }, label);
    this.pages.hidden = last === 0;
    const from = page * PAGE_ROWS;
    const focused = this.pages.contains(document.activeElement) ? document.activeElement.textContent : null;
    this.pages.replaceChildren(
      step("First", 0, page > 0), step("Previous", page - 1, page > 0),
      element("span", {}, `${counted(from + 1)}–${counted(Math.min(from + PAGE_ROWS, passing))} of ${counted(passing)}`),
      step("Next", page + 1, page < last), step("Last", last, page < last),
    );
    if (focused) [...this.pages.querySelectorAll("button:enabled")].sort((a, b) => (b.textContent === focused) - (a.textContent === focused))[0]?.focus();
  }
}

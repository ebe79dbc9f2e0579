// The filters beside the results: lists of values with counts, what is hidden, the confidence and the period.

import { element } from "dateline/shared/dom.js";
import { counted, folded } from "dateline/explorer/words.js";

const FEW = 6;
const MANY = 100;

/** The lists of one kind in an element; `asked(change)` is called with what the reader changes of the state. */
export class Facets {
  constructor(container, rows, filters, asked) {
    Object.assign(this, { rows, filters, asked });
    this.lists = rows.facets.map((facet) => new List(facet, filters.counts.get(facet.key), (value, on) => this.choose(facet.key, value, on)));
    this.flags = rows.kind.flags.map(([name, label]) => this.flag(name, label));
    const hide = this.flags.length > 0 ? element("fieldset", { class: "facet flags" }, element("legend", {}, "Leave out"), this.flags.map(({ label }) => label)) : null;
    container.replaceChildren(...[hide, ...this.lists.map(({ details }) => details)].filter(Boolean));
  }

  choose(key, value, on) {
    const chosen = new Map(this.state.chosen);
    const values = new Set(chosen.get(key));
    if (on) values.add(value);
    else values.delete(value);
    if (values.size > 0) chosen.set(key, values);
    else chosen.delete(key);
    this.asked({ chosen, page: 0 });
  }

  flag(name, words) {
    const box = element("input", { type: "checkbox", onchange: () => this.hide(name, box.checked) });
    const count = element("span", { class: "count" });
    return { name, box, count, label: element("label", {}, box, element("span", { class: "value" }, words), count) };
  }

  hide(name, on) {
    const hidden = new Set(this.state.hidden);
    if (on) hidden.add(name);
    else hidden.delete(name);
    this.asked({ hidden, page: 0 });
  }

  /** Show the counts of a state. */
  update(state) {
    this.state = state;
    for (const list of this.lists) list.update(state.chosen.get(list.facet.key) ?? new Set());
    for (const { name, box, count } of this.flags) {
      box.checked = state.hidden.has(name);
      count.textContent = counted(this.filters.flagCounts.get(name));
    }
  }
}

/** One list of values; it is drawn while it is open. */
class List {
  constructor(facet, found, choose) {
    Object.assign(this, { facet, found, choose, all: false, chosen: new Set(), items: new Map() });
    this.sum = element("span", { class: "count" });
    this.list = element("ul");
    this.more = element("button", { type: "button", class: "link", onclick: () => this.toggle() });
    this.find = element("input", { type: "search", "aria-label": `Find in ${facet.label}`, placeholder: "Find in this list", oninput: () => this.draw() });
    this.details = element("details", { class: "facet", open: facet.open, ontoggle: () => this.draw() },
      element("summary", {}, element("span", { class: "value" }, facet.label), this.sum), this.find, this.list, this.more);
    this.find.hidden = facet.values.length <= 2 * FEW;
  }

  toggle() {
    this.all = !this.all;
    this.draw();
  }

  update(chosen) {
    this.chosen = chosen;
    this.sum.textContent = chosen.size > 0 ? `${chosen.size} chosen` : "";
    this.draw();
  }

  draw() {
    if (!this.details.open) return;
    const { values } = this.facet;
    const wanted = folded(this.find.value);
    const codes = [];
    for (let code = 0; code <= values.length; code++) {
      if (this.found[code] > 0 || this.chosen.has(code === 0 ? "" : values[code - 1])) codes.push(code);
    }
    const matching = wanted ? codes.filter((code) => folded(this.name(code)).includes(wanted)) : codes;
    matching.sort((a, b) => this.isChosen(b) - this.isChosen(a) || this.found[b] - this.found[a]);
    const least = Math.max(FEW, this.chosen.size);
    const shown = matching.slice(0, this.all ? MANY : least);
    const focused = this.list.contains(document.activeElement) ? document.activeElement : null;
    this.list.replaceChildren(...shown.map((code) => this.item(code)));
    focused?.focus({ preventScroll: true });
    this.more.hidden = matching.length <= least;
    this.more.textContent = this.all ? (matching.length > MANY ? `Show fewer (the first ${MANY} of ${counted(matching.length)})` : "Show fewer") : `Show ${matching.length > MANY ? `the first ${MANY} of ` : "all "}${counted(matching.length)}`;
    this.more.setAttribute("aria-label", `${this.more.textContent}: ${this.facet.label}`);
  }

  isChosen(code) {
    return this.chosen.has(code === 0 ? "" : this.facet.values[code - 1]) ? 1 : 0;
  }

  name(code) {
    return code === 0 ? this.facet.absent : this.facet.named(this.facet.values[code - 1]);
  }

  item(code) {
    if (!this.items.has(code)) {
      const value = code === 0 ? "" : this.facet.values[code - 1];
      const box = element("input", { type: "checkbox", onchange: () => this.choose(value, box.checked) });
      const count = element("span", { class: "count" });
      const name = element("bdi", { class: code === 0 ? "value absent" : "value" }, this.name(code));
      this.items.set(code, { box, count, item: element("li", {}, element("label", {}, box, name, count)) });
    }
    const { box, count, item } = this.items.get(code);
    box.checked = this.isChosen(code) === 1;
    count.textContent = counted(this.found[code]);
    return item;
  }
}

// The filters beside the results: lists of values with counts, what is hidden, the confidence and the period.

import { element } from "dateline/shared/dom.js";
import { counted, folded } from "dateline/explorer/words.js";

const FEW = 6;
const MANY = 100;
// More than there are rows, or values of a facet; twice its square is exact as a number.
const MOST = 2 ** 25;

/** The lists of one kind, of which `parts` are the elements; `asked(change)` is called with what the reader changes of the state. */
export class Facets {
  constructor(rows, filters, asked) {
    Object.assign(this, { rows, filters, asked });
    this.lists = rows.facets.filter(({ isUseful }) => isUseful).map((facet) => new List(facet, () => filters.counts(facet), (value, on) => this.choose(facet.key, value, on)));
    this.flags = rows.kind.flags.map(([name, label]) => this.flag(name, label));
    const hide = this.flags.length > 0 ? element("fieldset", { class: "facet flags" }, element("legend", {}, "Leave out"), this.flags.map(({ label }) => label)) : null;
    this.parts = [hide, ...this.lists.map(({ details }) => details)].filter(Boolean);
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
      write(count, counted(this.filters.flagCount(name)));
    }
  }
}

/** One list of values; it is counted and drawn while it is open, and only what of it is shown. */
class List {
  constructor(facet, count, choose) {
    Object.assign(this, { facet, count, choose, found: null, all: false, wanted: new Set(), chosen: new Set(), items: new Map(), shown: [], folded: null });
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

  /** Take the values that are chosen, and draw the list. */
  update(values) {
    this.wanted = values;
    write(this.sum, values.size > 0 ? `${values.size} chosen` : "");
    this.draw();
  }

  draw() {
    if (!this.details.open) return;
    this.found = this.count();
    this.chosen = this.codes(this.wanted);
    const matching = this.ordered();
    const least = Math.max(FEW, this.wanted.size);
    const shown = [...matching.subarray(0, this.all ? MANY : least)];
    const elements = shown.map((code) => this.item(code));
    if (shown.join() !== this.shown.join()) {
      const focused = this.list.contains(document.activeElement) ? document.activeElement : null;
      this.list.replaceChildren(...elements);
      focused?.focus({ preventScroll: true });
      this.shown = shown;
    }
    this.more.hidden = matching.length <= least;
    write(this.more, this.all ? (matching.length > MANY ? `Show fewer (the first ${MANY} of ${counted(matching.length)})` : "Show fewer") : `Show ${matching.length > MANY ? `the first ${MANY} of ` : "all "}${counted(matching.length)}`);
    this.more.setAttribute("aria-label", `${this.more.textContent}: ${this.facet.label}`);
  }

  /** Return the codes of values; two places can have one name in the address. */
  codes(values) {
    const codes = new Set(values.has("") ? [0] : []);
    if (values.size > 0) this.facet.values.forEach((value, at) => values.has(value) && codes.add(at + 1));
    return codes;
  }

  /** Return the codes of the list: first what is chosen, then what most rows have; of equals, first those with the lower code. */
  ordered() {
    const { chosen, found } = this;
    const wanted = folded(this.find.value);
    if (wanted) this.folded ??= Array.from(found, (_, code) => folded(this.name(code)));
    const keys = new Float64Array(found.length);
    let used = 0;
    for (let code = 0; code < found.length; code++) {
      const isChosen = chosen.has(code);
      if (found[code] === 0 && !isChosen) continue;
      if (wanted && !this.folded[code].includes(wanted)) continue;
      keys[used++] = ((isChosen ? 0 : MOST) + MOST - found[code]) * MOST + code;
    }
    return Uint32Array.from(keys.subarray(0, used).sort(), (key) => key % MOST);
  }

  name(code) {
    return code === 0 ? this.facet.absent : this.facet.name(this.facet.values[code - 1]);
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
    box.checked = this.chosen.has(code);
    write(count, counted(this.found[code]));
    return item;
  }
}

/** Write a text, if it is another: the page need not be laid out anew for the same. */
function write(made, text) {
  if (made.textContent !== text) made.textContent = text;
}

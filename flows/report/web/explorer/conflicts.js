// Claims about one effect in one story that do not agree, side by side on one scale.

import { element } from "dateline/shared/dom.js";
import { placeLabel } from "dateline/explorer/rows.js";
import { Bar, EvenScale, rangeOf, Scale } from "dateline/explorer/range.js";
import { counted, period, plain, several } from "dateline/explorer/words.js";

const FIRST = 20;
// Numbers further apart than this are compared on a logarithmic scale.
const FAR = 20;

/** The groups in an element; `open(row)` is called with a claim to read. */
export class Conflicts {
  constructor(container, conflicts, rows, open) {
    Object.assign(this, { container, conflicts, rows, open, shown: FIRST });
  }

  /** Return how many groups have a claim that passes. */
  passing(failing) {
    return this.conflicts.filter(({ claims }) => claims.some((row) => failing[row] === 0)).length;
  }

  /** Show the groups of which a claim passes, those that differ most first. */
  update(failing) {
    const groups = this.conflicts.filter(({ claims }) => claims.some((row) => failing[row] === 0));
    this.failing = failing;
    const more = groups.length > this.shown ? element("button", { type: "button", class: "link", onclick: () => this.showMore() }, `Show more of ${counted(groups.length)}`) : null;
    this.container.replaceChildren(
      ...groups.slice(0, this.shown).map((group) => this.group(group)),
      ...[more].filter(Boolean),
      ...(groups.length > 0 ? [] : [element("p", { class: "empty" }, this.conflicts.length === 0 ? "No claimants contradict each other in the stories of this output." : "No conflicting claims pass the filters.")]));
  }

  showMore() {
    const at = this.shown;
    this.shown += FIRST;
    this.update(this.failing);
    this.container.children[at]?.querySelector("button").focus();
  }

  group({ headline, effect, claims }) {
    const { rows } = this;
    const most = Math.max(...claims.map((row) => greatestOf(rows.table, row)), 1);
    const scale = most > FAR * Math.min(...claims.map((row) => least(rows.table, row))) ? new Scale(most) : new EvenScale(most);
    const places = [...new Set(claims.map((row) => rows.place[row]).filter((at) => at >= 0).map((at) => placeLabel(rows.places, at)))];
    const days = period(Math.min(...claims.map((row) => rows.first[row])), Math.max(...claims.map((row) => rows.last[row])));
    return element("article", { class: "conflict" },
      element("h3", {}, element("bdi", {}, headline ?? "Without a headline")),
      element("p", { class: "about" }, [plain(effect), places.join("; "), days].filter(Boolean).join(" · "), ` · ${several(claims.length, "claim")}`),
      element("table", {},
        element("caption", { class: "hidden" }, `Claims of ${plain(effect)} that do not agree`),
        element("thead", {}, element("tr", {}, element("th", { scope: "col" }, "Who says so"), element("th", { scope: "col" }, "Number"), element("th", { scope: "col", class: "scale" }, element("span", { class: "hidden" }, "On one scale"), scale.axis()), element("th", { scope: "col" }, "Words"))),
        element("tbody", {}, claims.toSorted((a, b) => least(rows.table, a) - least(rows.table, b)).map((row) => this.claim(row, scale)))));
  }

  claim(row, scale) {
    const { rows } = this;
    const range = rangeOf(rows.table, row);
    const source = rows.articles.value("source_name", rows.article[row]);
    const who = rows.value("claimant", row) ?? source ?? "the outlet itself";
    const told = [rows.value("claimant_type", row), rows.value("stance", row) === "asserts" ? null : rows.value("stance", row)].filter(Boolean).map(plain).join(", ");
    return element("tr", { class: this.failing[row] === 0 ? null : "filtered" },
      element("th", { scope: "row" }, element("button", { type: "button", class: "open", onclick: (event) => this.open(row, event.currentTarget) }, element("bdi", {}, who)), element("small", {}, element("bdi", {}, [told, source === who ? null : source].filter(Boolean).join(", ")))),
      element("td", { class: "number" }, range.text),
      element("td", { class: "scale" }, new Bar(scale).show(range).track),
      element("td", { class: "surface" }, element("q", { dir: "auto" }, rows.value("surface", row) ?? "")));
  }
}

function greatestOf(table, row) {
  const range = rangeOf(table, row);
  return Math.max(range.low ?? 0, range.best ?? 0, range.high ?? 0);
}

function least(table, row) {
  const { low, best, high } = rangeOf(table, row);
  return best ?? low ?? high ?? Infinity;
}

// An article in a panel: its text with every layer marked, and the evidence of what is marked.

import { element } from "dateline/shared/dom.js";
import { dataOf } from "dateline/shared/packed.js";
import { isWrapped, paragraphsOf } from "dateline/explorer/segments.js";
import { counted, dayText, plain } from "dateline/explorer/words.js";

const LAYERS = [
  ["claim", "Claims"], ["event", "Events"], ["quote", "Quotes"], ["place", "Places"], ["time", "Times"], ["mention", "Names"], ["topic", "Topics"], ["tone", "Tone"], ["segment", "Parts"],
];

// Facts that are numbers of people or things.
const COUNTED = new Set(["low", "best", "high", "inhabitants"]);

// Facts that are codes of the tables, such as `at_least`.
const CODED = new Set(["effect", "bound", "stance", "kind of claimant", "victims", "modality", "position"]);

/** The panel. Chunks of articles are unpacked when one of their articles is first read. */
export class ArticlePanel {
  constructor(dialog, articles, closed) {
    Object.assign(this, { dialog, articles, closed, chunks: new Map(), off: new Set(["tone", "segment"]), current: -1 });
    const marked = { onkeydown: (event) => this.pressed(event), onclick: (event) => this.clicked(event) };
    this.title = element("h2", { id: "article-title", dir: "auto", ...marked });
    this.about = element("p", { class: "about" });
    this.layers = element("fieldset", { class: "layers" });
    this.text = element("div", { class: "text", dir: "auto", ...marked });
    this.facts = element("div", { class: "cards", "aria-live": "polite" });
    this.counter = element("span", { class: "note" });
    const button = (label, act, attributes = {}) => element("button", { type: "button", onclick: act, ...attributes }, label);
    const walk = element("div", { class: "walk" }, button("← Previous", () => this.step(-1)), button("Next →", () => this.step(1)), this.counter);
    dialog.replaceChildren(
      element("header", {}, this.title, button("Close", () => dialog.close(), { class: "close" }), this.about),
      element("div", { class: "columns" },
        element("section", { class: "reading", "aria-label": "Text", tabindex: 0 }, this.layers, this.text),
        element("section", { class: "evidence", "aria-label": "Evidence", tabindex: 0 }, walk, this.facts)));
    dialog.addEventListener("close", () => this.closed());
    dialog.addEventListener("click", (event) => event.target === dialog && dialog.close());
  }

  /** Show an article, at a row of a layer if one is named. */
  async open(at, layer, id) {
    const { articles } = this;
    const shown = (name) => articles.value(name, at);
    this.title.textContent = shown("headline") ?? "Without a headline";
    const about = [shown("source_name"), dayText(shown("published_day")), shown("language"), shown("topics"), shown("tone") === null ? null : `tone ${signed(shown("tone"))}`].filter(Boolean);
    this.about.replaceChildren(...about.flatMap((each, place) => [place > 0 ? " · " : "", element("bdi", {}, each)]), ...address(shown("url"), about.length > 0), element("br"), element("code", {}, shown("uri") ?? ""));
    const asked = (this.asked = Symbol());
    this.text.replaceChildren();
    this.facts.replaceChildren();
    if (!this.dialog.open) this.dialog.showModal();
    const detail = await this.detail(shown("chunk"), shown("row"));
    if (asked !== this.asked) return;
    this.show(detail, this.title.textContent, layer, id);
  }

  async detail(chunk, row) {
    if (chunk === null || chunk < 0) return null;
    if (!this.chunks.has(chunk)) this.chunks.set(chunk, dataOf(`chunk-${chunk}`));
    return (await this.chunks.get(chunk))[row];
  }

  /** Show the items of the headline and then those of the text. */
  show(detail, headline, layer, id) {
    const [above, below] = [detail?.headline ?? [], detail?.layers ?? []].map((items) => items.toSorted((a, b) => a.start - b.start || a.end - b.end));
    this.items = [...above, ...below];
    this.marks = [];
    this.current = -1;
    this.dialog.classList.toggle("without", detail === null);
    if (detail === null) {
      this.layers.replaceChildren();
      this.counter.textContent = "";
      this.text.replaceChildren(element("p", { class: "empty" }, "The text of this article is not in this page, which holds a limited number of texts. Narrow it down with --where to have it."));
      return;
    }
    this.title.replaceChildren(...paragraphsOf(headline, above).flat().map((segment) => this.segment(headline, segment, 0)));
    this.text.replaceChildren(...paragraphsOf(detail.text, below).map((segments) => element("p", { dir: "auto" }, segments.map((segment) => this.segment(detail.text, segment, above.length)))));
    this.text.classList.toggle("wrapped", isWrapped(detail.text));
    this.drawLayers();
    const at = this.items.findIndex((item) => item.layer === layer && item.id === id);
    this.rove();
    if (at >= 0) this.go(at);
    else this.hint();
  }

  /** Return a segment as text, or as a mark; its items are counted from `first`. */
  segment(text, { start, end, items: found }, first) {
    const words = text.slice(start, end);
    if (found.length === 0) return words;
    const items = found.map((index) => index + first);
    const mark = element("span", { class: `mark ${[...new Set(items.map((index) => `l-${this.items[index].layer}`))].join(" ")}`, role: "button", tabindex: -1 }, words);
    this.marks.push({ mark, items, start, isBlank: words.trim() === "" });
    return mark;
  }

  drawLayers() {
    const count = (layer) => this.items.filter((item) => item.layer === layer).length;
    const boxes = LAYERS.filter(([layer]) => count(layer) > 0).map(([layer, label]) => {
      const box = element("input", { type: "checkbox", checked: !this.off.has(layer), onchange: () => this.toggle(layer, box.checked) });
      return element("label", {}, box, element("span", { class: `sample l-${layer}` }, label), element("span", { class: "count" }, counted(count(layer))));
    });
    this.layers.replaceChildren(element("legend", { class: "hidden" }, "Layers"), ...boxes);
    this.applyLayers();
  }

  toggle(layer, on) {
    if (on) this.off.delete(layer);
    else this.off.add(layer);
    this.applyLayers();
    this.rove();
  }

  applyLayers() {
    for (const [layer] of LAYERS) this.dialog.classList.toggle(`off-${layer}`, this.off.has(layer));
    for (const { mark, items, isBlank } of this.marks) {
      const on = !isBlank && items.some((index) => this.isOn(index));
      if (on) mark.setAttribute("role", "button");
      else mark.removeAttribute("role");
    }
    this.count();
  }

  isOn(index) {
    return !this.off.has(this.items[index].layer);
  }

  count() {
    const on = this.items.map((_, index) => index).filter((index) => this.isOn(index));
    const at = on.indexOf(this.current);
    this.counter.textContent = at < 0 ? `${counted(on.length)} marked` : `${counted(at + 1)} of ${counted(on.length)}`;
  }

  /** Keep one mark in the order of Tab: the current one, or the first. */
  rove() {
    const reachable = this.marks.filter(({ items, isBlank }) => !isBlank && items.some((index) => this.isOn(index)));
    const chosen = reachable.find(({ items }) => items.includes(this.current)) ?? reachable[0];
    for (const { mark } of this.marks) {
      if (mark === chosen?.mark) mark.tabIndex = 0;
      else if (reachable.some((each) => each.mark === mark)) mark.tabIndex = -1;
      else mark.removeAttribute("tabindex");
    }
  }

  step(direction) {
    const on = this.items.map((_, index) => index).filter((index) => this.isOn(index) && this.marks.some(({ items }) => items.includes(index)));
    if (on.length === 0) return;
    const at = on.indexOf(this.current);
    this.go(on[at < 0 ? (direction > 0 ? 0 : on.length - 1) : (at + direction + on.length) % on.length]);
  }

  /** Move to an item: mark it, bring it into view, and show its evidence. */
  go(index, focus = true) {
    this.current = index;
    for (const { mark, items } of this.marks) mark.classList.toggle("current", items.includes(index));
    this.rove();
    this.count();
    const first = this.marks.find(({ items, isBlank }) => !isBlank && items.includes(index));
    if (first) {
      first.mark.scrollIntoView({ block: "center", behavior: "instant" });
      if (focus && !this.dialog.querySelector(".walk").contains(document.activeElement)) first.mark.focus({ preventScroll: true });
      const others = first.items.filter((each) => each !== index && this.isOn(each));
      this.facts.replaceChildren(...[index, ...others].map((each) => this.card(this.items[each])));
    } else this.facts.replaceChildren(this.card(this.items[index]));
    this.facts.parentElement.scrollTop = 0;
  }

  hint() {
    this.facts.replaceChildren(element("p", { class: "empty" }, "Select a marked passage to see what was read in it, by which rule, and how sure that is."));
  }

  card({ layer, title, facts, confidence }) {
    const rows = facts.filter(([, value]) => value !== null && value !== "").map(([label, value]) => [element("dt", {}, label), element("dd", {}, element("bdi", {}, written(label, value)))]);
    if (confidence !== null && confidence !== undefined) rows.push([element("dt", {}, "confidence"), element("dd", {}, confidence.toFixed(2), element("meter", { min: 0, max: 1, value: confidence, "aria-hidden": "true" }))]);
    return element("article", { class: `card l-${layer}` }, element("h3", {}, element("span", { class: "kind" }, plain(layer)), element("bdi", {}, title)), element("dl", {}, rows.flat()));
  }

  clicked(event) {
    const found = this.marks.find(({ mark }) => mark === event.target);
    const index = found?.items.find((each) => this.isOn(each));
    if (index !== undefined) this.go(index);
  }

  pressed(event) {
    if (event.altKey || event.ctrlKey || event.metaKey) return;
    if (event.key === "ArrowRight" || event.key === "n") this.step(1);
    else if (event.key === "ArrowLeft" || event.key === "p") this.step(-1);
    else if (event.key === "Enter" || event.key === " ") this.clicked(event);
    else return;
    event.preventDefault();
  }
}

function written(label, value) {
  if (COUNTED.has(label)) return counted(value);
  return CODED.has(label) ? plain(String(value)) : String(value);
}

/** Write a number with its sign, as `+0.20`. */
function signed(number) {
  return `${number < 0 ? "\u2212" : "+"}${Math.abs(number).toFixed(2)}`;
}

/** Return a link to where an article was published, if it is an address of the web. */
function address(url, follows) {
  if (url === null || !/^https?:\/\//i.test(url)) return [];
  return [follows ? " · " : "", element("a", { href: url, rel: "noreferrer", target: "_blank" }, "where it was published")];
}

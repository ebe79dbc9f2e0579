// The map: outlines of countries, and a circle for each place, as wide as the place is uncertain.
//
// Equal Earth keeps areas, so that a circle of so many km covers the same area wherever it lies.

import { element } from "dateline/shared/dom.js";
import { dataOf, moduleOf } from "dateline/shared/packed.js";
import { Circle, drawCircles, shadesOf } from "dateline/explorer/circles.js";
import { coloursOf, inkOf, Land, middle } from "dateline/explorer/land.js";
import { Raster } from "dateline/explorer/raster.js";
import { counted, several } from "dateline/explorer/words.js";

const WORLD = { width: 1000, height: 487 };
const NEAREST = 600;
const STEP = 60;

/** Load what the map is drawn with, and draw it; `choose(at)` is called with a place that the reader selects. */
export async function openMap(container, places, choose) {
  const [library, countries] = await Promise.all([moduleOf("maps"), dataOf("countries")]);
  const map = new PlaceMap(container, places, choose, library);
  await map.land.outline(countries);
  map.drawn = null;
  map.draw();
  return map;
}

class PlaceMap {
  constructor(container, places, choose, library) {
    Object.assign(this, { container, choose, library, hover: -1, counts: new Uint32Array(places.count + 1), chosen: new Set(), noun: ["claim", "claims"] });
    const meridian = middle(places.numbers("longitude"));
    const projected = () => library.geoEqualEarth().rotate([-meridian, 0]).fitSize([WORLD.width, WORLD.height], { type: "Sphere" });
    const projection = projected();
    this.land = new Land(projected(), library); // one of its own, as it makes it coarser
    this.circles = Array.from({ length: places.count }, (_, at) => Circle.of(places, at, projection, library)).filter(Boolean).sort((a, b) => b.km - a.km);
    this.build();
    this.watch();
    this.fit();
  }

  build() {
    this.ground = element("canvas", { class: "land", "aria-hidden": "true" });
    this.top = element("canvas", { class: "places", tabindex: 0, role: "application", "aria-label": "Map of the places", "aria-describedby": "map-keys map-note" });
    this.tip = element("p", { class: "tip", hidden: true, role: "status" });
    const button = (label, sign, act) => element("button", { type: "button", "aria-label": label, title: label, onclick: act }, sign);
    this.buttons = element("div", { class: "zoom" },
      button("Zoom in", "+", () => this.scaleBy(2)), button("Zoom out", "−", () => this.scaleBy(0.5)), button("Show all that is found", "Fit", () => this.fit()));
    this.legend = element("div", { class: "legend" });
    this.container.replaceChildren(this.ground, this.top, this.tip, this.buttons);
    this.container.after(this.legend);
  }

  watch() {
    const { zoom, select } = this.library;
    this.zoom = zoom().scaleExtent([1, NEAREST]).filter((event) => this.takes(event)).on("zoom", ({ transform }) => {
      this.transform = transform;
      this.draw();
    });
    this.surface = select(this.top).call(this.zoom).on("dblclick.zoom", null);
    this.transform = this.library.zoomIdentity;
    this.top.addEventListener("pointermove", (event) => this.pointed(this.under(event)));
    this.top.addEventListener("pointerleave", () => this.pointed(-1));
    this.top.addEventListener("click", (event) => this.select(this.under(event)));
    this.top.addEventListener("keydown", (event) => this.pressed(event));
    this.top.addEventListener("blur", () => this.pointed(-1));
    new ResizeObserver(() => this.resize()).observe(this.container);
    for (const query of ["(prefers-color-scheme: dark)", "(forced-colors: active)"]) matchMedia(query).addEventListener("change", () => this.recolour());
    this.resize();
  }

  /** The wheel scrolls the page until the map has the focus; one finger scrolls it too. */
  takes(event) {
    if (event.type === "wheel") return event.ctrlKey || document.activeElement === this.top;
    if (event.type.startsWith("touch")) return event.touches.length > 1;
    return !event.button;
  }

  resize() {
    const { width, height } = this.container.getBoundingClientRect();
    if (width === 0 || height === 0 || (width === this.width && height === this.height)) return;
    const ratio = window.devicePixelRatio;
    for (const canvas of [this.ground, this.top]) Object.assign(canvas, { width: Math.round(width * ratio), height: Math.round(height * ratio) });
    this.raster = new Raster(this.top.width, this.top.height);
    Object.assign(this, { width, height, ratio, base: Math.max(width / WORLD.width, height / WORLD.height) });
    this.zoom.extent([[0, 0], [width, height]]).translateExtent([[0, 0], [WORLD.width * this.base, WORLD.height * this.base]]);
    this.draw();
  }

  recolour() {
    this.colours = this.ink = null;
    this.raster?.recolour();
    this.draw();
  }

  /** Zoom about the place that is pointed at, if there is one. */
  scaleBy(factor) {
    const circle = this.circles.find((each) => each.at === this.hover);
    if (circle) this.zoom.translateTo(this.surface, circle.x * this.base, circle.y * this.base);
    this.zoom.scaleBy(this.surface, factor);
  }

  /** Show all circles that are counted. */
  fit() {
    const shown = this.circles.filter(({ at }) => this.counts[at + 1] > 0);
    if (shown.length === 0 || !this.width) return this.surface.call(this.zoom.transform, this.library.zoomIdentity);
    const reach = ({ x, y, radius }) => [x - radius, y - radius, x + radius, y + radius];
    const [left, top, right, bottom] = shown.map(reach).reduce((a, b) => [Math.min(a[0], b[0]), Math.min(a[1], b[1]), Math.max(a[2], b[2]), Math.max(a[3], b[3])]);
    const scale = Math.min(60, Math.max(1, 0.9 * Math.min(this.width / (right - left) / this.base, this.height / (bottom - top) / this.base)));
    const [x, y] = [(this.base * (left + right)) / 2, (this.base * (top + bottom)) / 2];
    this.surface.call(this.zoom.transform, this.library.zoomIdentity.translate(this.width / 2, this.height / 2).scale(scale).translate(-x, -y));
  }

  /** Show counts of places, from 1; 0 counts rows without a place. */
  update({ counts, chosen, noun, first }) {
    Object.assign(this, { counts, chosen, noun });
    if (first) this.fit();
    else this.draw();
  }

  /** Draw before the next frame, once for all that changed. */
  draw() {
    this.frame ??= requestAnimationFrame(() => {
      this.frame = null;
      this.paint();
    });
  }

  paint() {
    if (!this.width) return;
    const { k, x, y } = this.transform;
    const view = { k: k * this.base, x, y, width: this.width, height: this.height };
    this.colours ??= coloursOf(this.container);
    this.ink ??= inkOf(this.colours);
    this.drawLand(view, this.colours);
    const shades = shadesOf(this.circles.reduce((most, { at }) => (this.counts[at + 1] > most ? this.counts[at + 1] : most), 0));
    this.raster.clear(`${k} ${x} ${y}`);
    drawCircles(this.raster, this.circles, { view, ink: this.ink, ratio: this.ratio, shades, counts: this.counts, chosen: this.chosen, hover: this.hover });
    this.raster.show(this.top.getContext("2d"));
    this.placeTip();
    this.drawLegend(shades);
  }

  drawLand(view, colours) {
    const key = [view.k, view.x, view.y, this.width, this.height, colours.land].join();
    if (key === this.drawn) return;
    this.drawn = key;
    const context = this.ground.getContext("2d");
    context.setTransform(this.ratio, 0, 0, this.ratio, 0, 0);
    context.clearRect(0, 0, this.width, this.height);
    context.transform(view.k, 0, 0, view.k, view.x, view.y);
    this.land.draw(context, view, colours, this.ratio);
  }

  drawLegend(shades) {
    const key = this.noun[1] + shades.map(({ least, most }) => `${least} ${most}`).join();
    if (key === this.keys) return;
    this.keys = key;
    if (shades.length === 0) return this.legend.replaceChildren(`None of these ${this.noun[1]} has a place on the map.`);
    this.legend.replaceChildren(
      element("ul", {}, shades.map(({ least, most, name }) => element("li", {}, element("i", { class: "swatch", style: `background: var(--${name})` }), least === most ? counted(least) : `${counted(least)}–${counted(most)}`))),
      element("ul", {}, element("li", {}, element("i", { class: "swatch ring" }), "known to a town, a district or a region"), element("li", {}, element("i", { class: "swatch dashed" }), "known to a country only")));
  }

  under(event) {
    const { left, top } = this.top.getBoundingClientRect();
    const [px, py] = [event.clientX - left, event.clientY - top];
    const { k, x, y } = this.transform;
    const hits = this.circles.filter((circle) => this.counts[circle.at + 1] > 0 && circle.holds((px - x) / (k * this.base), (py - y) / (k * this.base), k * this.base));
    return hits.length > 0 ? hits[hits.length - 1].at : -1;
  }

  pointed(at) {
    if (at === this.hover) return;
    this.hover = at;
    const circle = this.circles.find((each) => each.at === at);
    this.tip.hidden = circle === undefined;
    this.top.style.cursor = circle ? "pointer" : "";
    if (circle) this.tip.replaceChildren(element("bdi", {}, circle.label), element("br"), `${several(this.counts[at + 1], ...this.noun)}, within ${counted(Math.round(circle.km))} km`);
    this.draw();
  }

  /** Keep the words about a place beside it. */
  placeTip() {
    const circle = this.circles.find((each) => each.at === this.hover);
    if (!circle) return;
    const { k, x, y } = this.transform;
    this.tip.style.insetInlineStart = `${Math.min(Math.max(8, circle.x * k * this.base + x + 12), this.width - 220)}px`;
    this.tip.style.insetBlockStart = `${Math.min(Math.max(8, circle.y * k * this.base + y + 12), this.height - 64)}px`;
  }

  select(at) {
    if (at >= 0) this.choose(at);
  }

  pressed(event) {
    const move = { ArrowLeft: [STEP, 0], ArrowRight: [-STEP, 0], ArrowUp: [0, STEP], ArrowDown: [0, -STEP] }[event.key];
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (move) this.zoom.translateBy(this.surface, move[0] / this.transform.k, move[1] / this.transform.k);
    else if (event.key === "+" || event.key === "=") this.scaleBy(2);
    else if (event.key === "-") this.scaleBy(0.5);
    else if (event.key === "0") this.fit();
    else if (event.key === "n" || event.key === "p") this.walk(event.key === "n" ? 1 : -1);
    else if (event.key === "Enter") this.select(this.hover);
    else return;
    event.preventDefault();
  }

  /** Point at the next place that is in view, those with most rows first. */
  walk(step) {
    const { k, x, y } = this.transform;
    const seen = this.circles
      .filter((circle) => this.counts[circle.at + 1] > 0 && within(circle.x * k * this.base + x, this.width) && within(circle.y * k * this.base + y, this.height))
      .sort((a, b) => this.counts[b.at + 1] - this.counts[a.at + 1]);
    if (seen.length === 0) return;
    const at = seen.findIndex((circle) => circle.at === this.hover);
    this.pointed(seen[(at + step + seen.length) % seen.length].at);
  }
}

function within(position, size) {
  return position >= 0 && position <= size;
}

// Land and borders under the places of the map.

import { element } from "dateline/shared/dom.js";
import { SHADES } from "dateline/explorer/circles.js";

const SLICE = 8;
// Places within so many degrees of a meridian are drawn around it, where the projection bends least.
const SIDE = 75;

/** The outlines of countries, projected. */
export class Land {
  constructor(projection, library) {
    Object.assign(this, { projection, library, outlines: [] });
    this.sea = this.outlined({ type: "Sphere" });
  }

  /** Project the outlines of countries, of which the page stays usable meanwhile: there are 160,000 points. */
  async outline(countries) {
    this.projection.precision(0); // borders have points enough; lines between them need no more
    let pause = performance.now() + SLICE;
    for (const shape of this.library.feature(countries, countries.objects.countries).features) {
      this.outlines.push(this.outlined(shape));
      if (performance.now() < pause) continue;
      await new Promise((done) => setTimeout(done));
      pause = performance.now() + SLICE;
    }
  }

  outlined(shape) {
    const outline = new Outline();
    this.library.geoPath(this.projection, outline)(shape);
    outline.name = shape.properties?.name ?? "";
    return outline;
  }

  /** Draw what is in view; the context is that of the projected world. */
  draw(context, view, colours, ratio) {
    const [left, top, right, bottom] = [-view.x / view.k, -view.y / view.k, (view.width - view.x) / view.k, (view.height - view.y) / view.k];
    Object.assign(context, { fillStyle: colours.sea, strokeStyle: colours.border, lineWidth: 0.8 / view.k, lineJoin: "round" });
    context.fill(this.sea.path);
    context.fillStyle = colours.land;
    for (const { path, bounds } of this.outlines) {
      if (bounds[0] > right || bounds[2] < left || bounds[1] > bottom || bounds[3] < top) continue;
      context.fill(path);
      context.stroke(path);
    }
    this.nameCountries(context, view, colours, ratio);
  }

  /** Write the names of the countries that are wide enough on the screen, in the middle of their widest part. */
  nameCountries(context, view, colours, ratio) {
    context.setTransform(ratio, 0, 0, ratio, 0, 0);
    Object.assign(context, { fillStyle: colours.muted, font: "11px system-ui, sans-serif", textAlign: "center", textBaseline: "middle" });
    for (const { name, widest } of this.outlines) {
      const width = (widest[2] - widest[0]) * view.k;
      if (width > 12 * view.width || width < Math.max(70, 1.3 * context.measureText(name).width)) continue;
      context.fillText(name, ((widest[0] + widest[2]) / 2) * view.k + view.x, ((widest[1] + widest[3]) / 2) * view.k + view.y);
    }
  }
}

/** Return the longitude in the middle of places that are all on one side of the world; else that of Greenwich. */
export function middle(longitudes) {
  const known = longitudes.filter((each) => !Number.isNaN(each));
  if (known.length === 0) return 0;
  const radians = known.map((each) => (each * Math.PI) / 180);
  const sum = (part) => radians.reduce((total, each) => total + part(each), 0);
  const mean = Math.round((Math.atan2(sum(Math.sin), sum(Math.cos)) * 180) / Math.PI);
  return known.every((each) => Math.abs(((each - mean + 540) % 360) - 180) <= SIDE) ? mean : 0;
}

/** Return the colours of the page as they are now, light or dark. */
export function coloursOf(container) {
  const probe = element("i", { hidden: true });
  container.append(probe);
  const found = ["sea", "land", "border", "ink", "muted", "accent", ...SHADES].map((name) => {
    probe.style.color = `var(--${name})`;
    return [name, getComputedStyle(probe).color];
  });
  probe.remove();
  return Object.fromEntries(found);
}

/** Return the same colours as numbers, 0xBBGGRR. */
export function inkOf(colours) {
  const context = new OffscreenCanvas(1, 1).getContext("2d", { willReadFrequently: true });
  return Object.fromEntries(Object.entries(colours).map(([name, colour]) => {
    context.fillStyle = colour;
    context.fillRect(0, 0, 1, 1);
    const [red, green, blue] = context.getImageData(0, 0, 1, 1).data;
    return [name, (blue << 16) | (green << 8) | red];
  }));
}

const NOTHING = [Infinity, Infinity, -Infinity, -Infinity];

/** A projected shape, the box around it, and the box around its widest part. */
class Outline {
  path = new Path2D();
  bounds = NOTHING;
  widest = NOTHING;
  part = [...NOTHING];

  moveTo(x, y) {
    this.part = [x, y, x, y];
    this.path.moveTo(x, y);
  }

  lineTo(x, y) {
    const { part } = this;
    if (x < part[0]) part[0] = x;
    if (y < part[1]) part[1] = y;
    if (x > part[2]) part[2] = x;
    if (y > part[3]) part[3] = y;
    this.path.lineTo(x, y);
  }

  closePath() {
    const { bounds, part, widest } = this;
    this.bounds = [Math.min(bounds[0], part[0]), Math.min(bounds[1], part[1]), Math.max(bounds[2], part[2]), Math.max(bounds[3], part[3])];
    if (!(part[2] - part[0] <= widest[2] - widest[0])) this.widest = part;
    this.path.closePath();
  }
}

// A place on the map: a circle within which it lies, filled by how many rows name it.

import { tinted } from "dateline/explorer/raster.js";
import { placeLabel } from "dateline/explorer/rows.js";

const EARTH_KM = 6371.0088;
const LEAST_PIXELS = 4;
// Beyond these radii the outline is projected point by point; below them a circle of the same area looks like it.
const CURVED_KM = 80;
const CURVED_PIXELS = 16;
// Corners of a circle that is wide on the screen, but not on the Earth.
const CORNERS = 180;
const DASH = [5, 4];

export const SHADES = ["shade-1", "shade-2", "shade-3", "shade-4", "shade-5"];

export class Circle {
  #rings = null;

  /** Return the circle of a place, or null if it has no coordinates. */
  static of(places, at, projection, library) {
    const [longitude, latitude] = [places.value("longitude", at), places.value("latitude", at)];
    return longitude === null || latitude === null ? null : new Circle(places, at, [longitude, latitude], projection, library);
  }

  constructor(places, at, centre, projection, library) {
    const [x, y] = projection(centre);
    const km = places.value("radius_km", at) ?? 0;
    const isCountry = ["country", "international"].includes(places.value("precision", at));
    Object.assign(this, { places, at, km, isCountry, centre, projection, library, x, y, radius: (km / EARTH_KM) * projection.scale() });
  }

  get label() {
    return placeLabel(this.places, this.at);
  }

  /** The outline as closed rings of points of the world; projected when it is first drawn so wide that it shows. */
  get rings() {
    this.#rings ??= this.km > CURVED_KM ? this.projected() : [this.round()];
    return this.#rings;
  }

  projected() {
    const trace = new Trace();
    const outline = this.library.geoCircle().center(this.centre).radius((this.km / EARTH_KM) * (180 / Math.PI)).precision(3)();
    this.library.geoPath(this.projection, trace)(outline);
    return trace.rings;
  }

  round() {
    return Array.from({ length: CORNERS }, (_, at) => (2 * Math.PI * at) / CORNERS).flatMap((angle) => [this.x + this.radius * Math.cos(angle), this.y + this.radius * Math.sin(angle)]);
  }

  /** Return whether a position of the world lies within the circle as drawn; `scale` is pixels for each unit of the world. */
  holds(x, y, scale) {
    return Math.hypot(x - this.x, y - this.y) * scale <= Math.max(this.radius * scale, LEAST_PIXELS + 2);
  }
}

/** Return up to five classes of counts, each about as many times the one before. */
export function shadesOf(most) {
  const shades = [];
  let least = 1;
  for (let at = 0; at < SHADES.length && least <= most; at++) {
    const bound = at === SHADES.length - 1 ? most : Math.max(least, Math.round(most ** ((at + 1) / SHADES.length)));
    shades.push({ least, most: bound, name: SHADES[at] });
    least = bound + 1;
  }
  return shades;
}

/** Draw circles, the widest first, so that a town is seen on its country; `ink` are the colours as numbers, `ratio` pixels for each of CSS. */
export function drawCircles(raster, circles, { view, ink, ratio, shades, counts, chosen, hover }) {
  const looks = new Looks(ink, ratio);
  for (const circle of circles) {
    const count = counts[circle.at + 1];
    const isChosen = chosen.has(circle.at);
    if (count === 0 && !isChosen) continue;
    const x = circle.x * view.k + view.x;
    const y = circle.y * view.k + view.y;
    const radius = circle.radius * view.k;
    if (x + radius < -50 || y + radius < -50 || x - radius > view.width + 50 || y - radius > view.height + 50) continue;
    let shade = 0;
    if (count > 0) for (shade = 1; shade < shades.length && count > shades[shade - 1].most; ) shade++;
    const isMarked = isChosen || hover === circle.at;
    const style = looks.style(shade, circle.isCountry, isMarked, radius > LEAST_PIXELS);
    const look = looks.of(style);
    if (radius <= CURVED_PIXELS) {
      raster.circle(x * ratio, y * ratio, Math.max(radius, LEAST_PIXELS) * ratio, style, look);
    } else {
      const rings = () => circle.rings.map((ring) => onScreen(ring, view, ratio));
      if (look.alpha > 0) raster.fill(rings(), tinted(look.fill, look.alpha));
      raster.ink(raster.lines.around(2 * circle.at + (isMarked ? 1 : 0), rings, look), look.line);
    }
  }
}

/** How circles look: each look has a number. Shade 0 is that of a chosen place without rows. */
class Looks {
  constructor(ink, ratio) {
    Object.assign(this, { ink, ratio, known: [] });
  }

  style(shade, isCountry, isMarked, isWide) {
    return shade * 8 + (isCountry ? 4 : 0) + (isMarked ? 2 : 0) + (isWide ? 1 : 0);
  }

  of(style) {
    return (this.known[style] ??= this.made(style >> 3, (style & 4) !== 0, (style & 2) !== 0, (style & 1) !== 0));
  }

  made(shade, isCountry, isMarked, isWide) {
    const { ink, ratio } = this;
    const fill = shade === 0 ? ink.border : ink[SHADES[shade - 1]];
    return {
      fill,
      alpha: isCountry ? 0 : isWide ? 0.45 : 0.9,
      line: isMarked ? ink.accent : isCountry ? fill : ink.ink,
      width: (isMarked ? 2.5 : isCountry ? 1.75 : 0.75) * ratio,
      dash: isCountry ? DASH.map((length) => length * ratio) : null,
    };
  }
}

function onScreen(ring, { k, x, y }, ratio) {
  const made = new Float64Array(ring.length);
  for (let at = 0; at < ring.length; at += 2) {
    made[at] = (ring[at] * k + x) * ratio;
    made[at + 1] = (ring[at + 1] * k + y) * ratio;
  }
  return made;
}

/** A projected outline, of which the points are kept. */
class Trace {
  rings = [];

  moveTo(x, y) {
    this.rings.push([x, y]);
  }

  lineTo(x, y) {
    this.rings.at(-1).push(x, y);
  }

  closePath() {}
}

// A place on the map: a circle within which it lies, filled by how many rows name it.

import { placeLabel } from "dateline/explorer/rows.js";

const EARTH_KM = 6371.0088;
const LEAST_PIXELS = 4;
// Beyond these radii the outline is projected point by point; below them a circle of the same area looks like it.
const CURVED_KM = 80;
const CURVED_PIXELS = 16;

export const SHADES = ["shade-1", "shade-2", "shade-3", "shade-4", "shade-5"];

export class Circle {
  /** Return the circle of a place, or null if it has no coordinates. */
  static of(places, at, projection, library) {
    const [longitude, latitude] = [places.value("longitude", at), places.value("latitude", at)];
    if (longitude === null || latitude === null) return null;
    return new Circle(at, places.value("radius_km", at) ?? 0, placeLabel(places, at), ["country", "international"].includes(places.value("precision", at)), [longitude, latitude], projection, library);
  }

  constructor(at, km, label, isCountry, centre, projection, library) {
    const [x, y] = projection(centre);
    Object.assign(this, { at, km, label, isCountry, x, y, radius: (km / EARTH_KM) * projection.scale(), path: null });
    if (km > CURVED_KM) {
      this.path = new Trace();
      library.geoPath(projection, this.path)(library.geoCircle().center(centre).radius((km / EARTH_KM) * (180 / Math.PI)).precision(3)());
    }
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

/** Draw circles, the widest first, so that a town is seen on its country. */
export function drawCircles(context, circles, { view, colours, shades, counts, chosen, hover }) {
  const shadeOf = (count) => colours[(shades.find(({ most }) => count <= most) ?? shades.at(-1)).name];
  for (const circle of circles) {
    const count = counts[circle.at + 1];
    if (count === 0 && !chosen.has(circle.at)) continue;
    const [x, y, radius] = [circle.x * view.k + view.x, circle.y * view.k + view.y, circle.radius * view.k];
    if (x + radius < -50 || y + radius < -50 || x - radius > view.width + 50 || y - radius > view.height + 50) continue;
    const shade = count > 0 ? shadeOf(count) : colours.border;
    const marked = chosen.has(circle.at) || hover === circle.at;
    outline(context, circle, view, { x, y, radius: Math.max(radius, LEAST_PIXELS) });
    if (!circle.isCountry) {
      context.globalAlpha = radius > LEAST_PIXELS ? 0.45 : 0.9;
      context.fillStyle = shade;
      context.fill();
      context.globalAlpha = 1;
    }
    Object.assign(context, { lineWidth: marked ? 2.5 : circle.isCountry ? 1.75 : 0.75, strokeStyle: marked ? colours.accent : circle.isCountry ? shade : colours.ink });
    context.setLineDash(circle.isCountry ? [5, 4] : []);
    context.stroke();
  }
  context.setLineDash([]);
}

function outline(context, circle, view, { x, y, radius }) {
  context.beginPath();
  if (circle.path === null || radius <= CURVED_PIXELS) return context.arc(x, y, radius, 0, 2 * Math.PI);
  return circle.path.on(context, view);
}

/** A projected outline, of which the points are kept, so that its line is as wide at every zoom. */
class Trace {
  points = [];

  moveTo(x, y) {
    this.points.push(["moveTo", x, y]);
  }

  lineTo(x, y) {
    this.points.push(["lineTo", x, y]);
  }

  closePath() {
    this.points.push(["closePath"]);
  }

  on(context, { k, x, y }) {
    for (const [name, px, py] of this.points) {
      if (name === "closePath") context.closePath();
      else context[name](px * k + x, py * k + y);
    }
  }
}

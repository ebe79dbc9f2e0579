// Circles as pixels. A canvas takes about 20 microseconds to fill and to outline a small circle, and more for dashes; a map has
// tens of thousands of them, which are to be drawn anew with every filter. Here each takes less than one.
//
// A pixel is one word, 0xAABBGGRR, premultiplied by its alpha until it is shown.

import { dashed, Lines, overlap } from "dateline/explorer/lines.js";

// Circles up to this radius are placed by quarters of a pixel: rows of towns would look uneven by halves.
const FINE = 6;
const MOST_STYLES = 64;
const MOST_CROSSINGS = 8;
const MOST_STAMPS = 10_000;

/** Pixels of a canvas, drawn over each other in order. Lengths and positions are in pixels of the canvas. */
export class Raster {
  constructor(width, height) {
    Object.assign(this, { width, height, words: new Uint32Array(width * height), image: new ImageData(width, height), stamps: new Map() });
    this.shown = new Uint32Array(this.image.data.buffer);
    this.crossings = new Float32Array(height * MOST_CROSSINGS);
    this.crossed = new Uint8Array(height);
    this.lines = new Lines(width, height);
    this.steps = new Uint32Array(256);
  }

  /** Begin anew, where a map is; lines are kept as long as it stays there. */
  clear(view) {
    this.words.fill(0);
    this.lines.at(view);
    if (this.stamps.size > MOST_STAMPS) this.stamps.clear();
  }

  /** Forget the circles that were drawn in colours of before. */
  recolour() {
    this.stamps.clear();
  }

  /** Draw a circle; `style` is a number for each of its looks. It is moved to the next quarter of a pixel, a wide one to the next half. */
  circle(x, y, radius, style, look) {
    const step = radius > FINE ? 2 : 1;
    const right = step * Math.round((4 * x) / step);
    const below = step * Math.round((4 * y) / step);
    const size = step * Math.round((4 * radius) / step);
    const key = (((size * MOST_STYLES + style) * 4) + (right & 3)) * 4 + (below & 3);
    let stamp = this.stamps.get(key);
    if (stamp === undefined) this.stamps.set(key, (stamp = stamped(size / 4, look, (right & 3) / 4, (below & 3) / 4)));
    this.put(stamp, (right >> 2) - stamp.reach, (below >> 2) - stamp.reach);
  }

  put({ side, pixels }, left, top) {
    const { width, words } = this;
    const first = Math.max(0, -left);
    const count = Math.min(side, width - left) - first;
    const end = Math.min(side, this.height - top);
    for (let row = Math.max(0, -top); row < end; row++) {
      let from = row * side + first;
      let to = (top + row) * width + left + first;
      for (const stop = from + count; from < stop; from++, to++) {
        const above = pixels[from];
        if (above !== 0) words[to] = above >= 0xff000000 ? above : over(words[to], above);
      }
    }
  }

  /** Fill closed rings of points, one after the other in `[x, y, x, y …]`; what is inside an even number of them is left out. */
  fill(rings, colour) {
    const { crossed, crossings, height, width, words } = this;
    let [top, bottom] = [height, 0];
    for (const ring of rings) {
      for (let at = 0, before = ring.length - 2; at < ring.length; before = at, at += 2) {
        const down = ring[before + 1] < ring[at + 1];
        const [upper, lower] = down ? [before, at] : [at, before];
        const end = Math.min(height, Math.ceil(ring[lower + 1] - 0.5));
        const slope = (ring[lower] - ring[upper]) / (ring[lower + 1] - ring[upper + 1]);
        for (let row = Math.max(0, Math.ceil(ring[upper + 1] - 0.5)); row < end; row++) {
          if (crossed[row] === MOST_CROSSINGS) continue;
          crossings[row * MOST_CROSSINGS + crossed[row]++] = ring[upper] + (row + 0.5 - ring[upper + 1]) * slope;
          if (row < top) top = row;
          if (row >= bottom) bottom = row + 1;
        }
      }
    }
    for (let row = top; row < bottom; row++) {
      const found = crossings.subarray(row * MOST_CROSSINGS, row * MOST_CROSSINGS + crossed[row]).sort();
      for (let pair = 0; pair + 1 < found.length; pair += 2) {
        const stop = row * width + Math.min(width, Math.round(found[pair + 1]));
        for (let to = row * width + Math.max(0, Math.round(found[pair])); to < stop; to++) words[to] = over(words[to], colour);
      }
      crossed[row] = 0;
    }
  }

  /** Draw the pixels that a line covers, as `lines` found them. */
  ink([from, to], colour) {
    const { steps, words } = this;
    const { cells, shares } = this.lines;
    for (let share = 0; share < steps.length; share++) steps[share] = tinted(colour, share / 255);
    for (let at = from; at < to; at++) words[cells[at]] = over(words[cells[at]], steps[shares[at]]);
  }

  /** Show what was drawn on a canvas of this size. */
  show(context) {
    const { words, shown } = this;
    for (let at = 0; at < words.length; at++) {
      const word = words[at];
      shown[at] = word === 0 || word >= 0xff000000 ? word : divided(word);
    }
    context.putImageData(this.image, 0, 0);
  }
}

/** Return a colour, 0xBBGGRR, of which so much is seen, from 0 to 1, as a pixel. */
export function tinted(colour, alpha) {
  const share = Math.round(256 * alpha);
  return ((Math.min(255, share) << 24) | ((((colour & 0xff00ff) * share) >>> 8) & 0xff00ff) | ((((colour & 0xff00) * share) >>> 8) & 0xff00)) >>> 0;
}

/** Return a pixel over another; two channels are multiplied at once, and rounded, as there may be a hundred circles in one place. */
function over(below, above) {
  const alpha = above >>> 24;
  const left = 256 - alpha - (alpha >>> 7);
  const even = (Math.imul(below & 0xff00ff, left) + 0x800080) >>> 8;
  const odd = Math.imul((below >>> 8) & 0xff00ff, left) + 0x800080;
  return above + (even & 0xff00ff) + (odd & 0xff00ff00);
}

// A channel that is not premultiplied, by its alpha and what it is premultiplied.
const DIVIDED = Uint8ClampedArray.from({ length: 1 << 16 }, (_, at) => Math.floor((255 * (at & 255)) / Math.max(1, at >> 8)));

function divided(word) {
  const row = (word >>> 16) & 0xff00;
  return (word & 0xff000000) | (DIVIDED[row | ((word >>> 16) & 255)] << 16) | (DIVIDED[row | ((word >>> 8) & 255)] << 8) | DIVIDED[row | (word & 255)];
}

/** Return the pixels of a circle whose middle is so far right of and below the corner of a pixel. */
function stamped(radius, { fill, alpha, line, width, dash }, right, below) {
  const reach = Math.ceil(radius + width / 2 + 0.5);
  const side = 2 * reach + 2;
  const pixels = new Uint32Array(side * side);
  for (let row = 0, at = 0; row < side; row++) {
    for (let column = 0; column < side; column++, at++) {
      const [x, y] = [column + 0.5 - reach - right, row + 0.5 - reach - below];
      const away = Math.hypot(x, y);
      const within = alpha === 0 ? 0 : Math.min(1, Math.max(0, radius - away + 0.5));
      let covered = overlap(Math.abs(away - radius), width / 2);
      if (covered > 0 && dash) covered *= dashed(((Math.atan2(y, x) + 2 * Math.PI) % (2 * Math.PI)) * radius, dash);
      pixels[at] = over(tinted(fill, alpha * within), tinted(line, covered));
    }
  }
  return { reach, side, pixels };
}

// Which pixels the outlines of wide circles cover: found once, while the map stays where it is, as most of what is drawn are dashes.

/** Lines on a canvas of this size; each is the part of `cells` and `shares` from one position to another. */
export class Lines {
  constructor(width, height) {
    Object.assign(this, { width, height, known: new Map(), used: 0, cells: new Int32Array(1 << 16), shares: new Uint8Array(1 << 16) });
  }

  /** Forget all if the map was moved; `view` says where it is. */
  at(view) {
    if (view === this.view) return;
    this.view = view;
    this.known.clear();
    this.used = 0;
  }

  /** Return where the line around closed rings of points is kept; `rings()` is called if it is not known by this key. */
  around(key, rings, look) {
    let found = this.known.get(key);
    if (found === undefined) {
      const from = this.used;
      for (const ring of rings()) this.trace(ring, look.width / 2, look.dash);
      this.known.set(key, (found = [from, this.used]));
    }
    return found;
  }

  trace(ring, half, dash) {
    let passed = 0;
    for (let at = 0; at < ring.length; at += 2) {
      const next = at + 2 < ring.length ? at + 2 : 0;
      passed += this.piece(ring[at], ring[at + 1], ring[next], ring[next + 1], half, dash, passed);
    }
  }

  /** Find the pixels of a straight piece, column by column, or row by row if it is steep; return its length. */
  piece(fromX, fromY, toX, toY, half, dash, passed) {
    const length = Math.hypot(toX - fromX, toY - fromY);
    const isSteep = Math.abs(toY - fromY) > Math.abs(toX - fromX);
    const [u0, v0, u1, v1] = isSteep ? [fromY, fromX, toY, toX] : [fromX, fromY, toX, toY];
    if (u0 === u1) return length;
    const [most, across, stepU, stepV] = isSteep ? [this.height, this.width, this.width, 1] : [this.width, this.height, 1, this.width];
    const slope = (v1 - v0) / (u1 - u0);
    const cosine = Math.abs(u1 - u0) / length;
    const reach = (half + 0.5) / cosine;
    const end = Math.min(most, Math.ceil(Math.max(u0, u1) - 0.5));
    for (let u = Math.max(0, Math.ceil(Math.min(u0, u1) - 0.5)); u < end; u++) {
      const middle = v0 + (u + 0.5 - u0) * slope;
      const last = Math.min(across - 1, Math.floor(middle + reach - 0.5));
      for (let v = Math.max(0, Math.ceil(middle - reach - 0.5)); v <= last; v++) {
        const along = ((u + 0.5 - u0) * (u1 - u0) + (v + 0.5 - v0) * (v1 - v0)) / length;
        const share = overlap(Math.abs(v + 0.5 - middle) * cosine, half) * (dash === null ? 1 : dashed(passed + along, dash));
        if (share > 0) this.keep(u * stepU + v * stepV, share);
      }
    }
    return length;
  }

  keep(cell, share) {
    if (this.used === this.cells.length) this.grow();
    this.cells[this.used] = cell;
    this.shares[this.used++] = Math.round(255 * share);
  }

  grow() {
    for (const name of ["cells", "shares"]) {
      const more = new this[name].constructor(2 * this.used);
      more.set(this[name]);
      this[name] = more;
    }
  }
}

/** Return how much of a pixel is covered by a line, of which its middle is so far away. */
export function overlap(distance, half) {
  return Math.max(0, Math.min(distance + 0.5, half) - Math.max(distance - 0.5, -half));
}

/** Return how much of a pixel is covered by a dash, after so much of the line. */
export function dashed(passed, [on, off]) {
  const at = (passed + on + off) % (on + off);
  return Math.min(1, Math.max(0, Math.min(at + 0.5, on + 0.5 - at), at + 0.5 - on - off));
}

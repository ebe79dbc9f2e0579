// A text with overlapping layers, as segments that begin and end wherever a layer does.

const WIDEST_LINE = 100;

/** Return the pieces of an item: its own, or one from its start to its end. */
export function piecesOf(item) {
  return item.pieces?.length ? item.pieces : [[item.start, item.end]];
}

/**
 * Return the paragraphs of a text, each a list of segments `{start, end, items}` that cover it without a gap.
 *
 * Offsets are UTF-16 code units; `items` are indexes of the given items, those with the fewest words first.
 */
export function paragraphsOf(text, items) {
  const pieces = items.flatMap((item, index) => piecesOf(item).map(([start, end]) => ({ start, end, index }))).filter(({ start, end }) => end > start);
  pieces.sort((a, b) => a.start - b.start);
  const found = [];
  let open = [];
  let next = 0;
  for (const [start, end] of blocks(text)) {
    while (next < pieces.length && pieces[next].start < end) open.push(pieces[next++]);
    open = open.filter((piece) => piece.end > start);
    found.push(segmented(start, end, open, items));
  }
  return found;
}

/** Paragraphs end at an empty line, and before a line that is indented. */
function* blocks(text) {
  let start = 0;
  for (const { index, 0: gap } of [...text.matchAll(/\n(?:[ \t\r]*\n)+|\n(?=[ \t]{2,}\S)/g), { index: text.length, 0: "" }]) {
    if (text.slice(start, index).trim() !== "") yield [start, index];
    start = index + gap.length;
  }
}

/** Return whether a text is broken into lines of one width, which then mean nothing. */
export function isWrapped(text) {
  const lengths = text.split("\n").map((line) => line.trim().length).filter(Boolean).sort((a, b) => a - b);
  return lengths.length > 3 && lengths.at(-1) <= WIDEST_LINE && lengths[lengths.length >> 1] >= WIDEST_LINE / 2;
}

function segmented(start, end, pieces, items) {
  const bounds = new Set([start, end]);
  for (const piece of pieces) {
    if (piece.start > start && piece.start < end) bounds.add(piece.start);
    if (piece.end > start && piece.end < end) bounds.add(piece.end);
  }
  const sorted = [...bounds].sort((a, b) => a - b);
  return sorted.slice(0, -1).map((from, at) => ({
    start: from,
    end: sorted[at + 1],
    items: [...new Set(pieces.filter((piece) => piece.start <= from && piece.end >= sorted[at + 1]).map(({ index }) => index))].sort((a, b) => length(items[a]) - length(items[b])),
  }));
}

function length({ start, end }) {
  return end - start;
}

// The explorer: what the page holds, what the reader chose, and the views of it.

import { bytesOf, dataOf } from "dateline/shared/packed.js";
import { ArticlePanel } from "dateline/explorer/article.js";
import { drawChips } from "dateline/explorer/chips.js";
import { Conflicts } from "dateline/explorer/conflicts.js";
import { columnsOf, download, FORMATS } from "dateline/explorer/exports.js";
import { Facets } from "dateline/explorer/facets.js";
import { Filters } from "dateline/explorer/filters.js";
import { afterFrame, painted, whenIdle } from "dateline/explorer/idle.js";
import { KINDS } from "dateline/explorer/kinds.js";
import { openMap } from "dateline/explorer/map.js";
import { Orders } from "dateline/explorer/order.js";
import { Results } from "dateline/explorer/results.js";
import { placeKeys, Rows } from "dateline/explorer/rows.js";
import { initial, kindOf, read, written } from "dateline/explorer/state.js";
import { Table } from "dateline/explorer/tables.js";
import { openTimeline } from "dateline/explorer/timeline.js";
import { bindControls } from "dateline/explorer/controls.js";
import { counted, nameCountries, several } from "dateline/explorer/words.js";

const part = (id) => document.getElementById(id);
const kinds = new Map();
const blocks = {};
let address = location.hash;
let state = read(address);
let shown = null;
let map = null;
let timeline = null;
let panel = null;
let controls = null;
let keeping = 0;
let drawn = {};
let isFurnished = false;
let isStale = false;

/** Take a change of the state: the table and the counts are in the next frame, the map and the timeline in one after it. */
function asked(change) {
  performance.mark("dateline/asked");
  state = { ...state, ...change };
  update();
  const measured = (name) => performance.measure(name, { start: "dateline/asked", detail: Object.keys(change).join(" ") });
  afterFrame(() => measured("dateline/filter"));
  requestAnimationFrame(() => {
    requestAnimationFrame(() => {
      draw();
      requestAnimationFrame(() => afterFrame(() => measured("dateline/drawn")));
    });
  });
}

/** Return the rows, filters and views of a kind; made when it is first shown. */
function kindFor(name) {
  if (!kinds.has(name)) {
    const rows = new Rows(KINDS[name], blocks[name], blocks.articles, blocks.places);
    kinds.set(name, { rows, filters: new Filters(rows), orders: new Orders(rows) });
  }
  return kinds.get(name);
}

function show(name) {
  const kind = kindFor(name);
  if (shown === kind) return;
  shown = kind;
  const read = (row, from) => open(name, row, from);
  kind.results ??= new Results(kind.rows, kind.orders, { asked, open: read });
  if (name === "claims") kind.conflicts ??= new Conflicts(part("conflicts"), blocks.conflicts, kind.rows, read);
  part("results").replaceChildren(...kind.results.parts);
  if (isFurnished) furnish();
}

/** Show the lists of values of the kind that is shown. */
function furnish() {
  isFurnished = true;
  shown.facets ??= new Facets(shown.rows, shown.filters, asked);
  part("facets").replaceChildren(...shown.facets.parts);
}

function update() {
  show(kindOf(state.view));
  const { rows, filters, facets, results, conflicts } = shown;
  const found = filters.apply(state);
  const { passing, articles } = found;
  results.update(state, filters.failing, passing);
  keep();
  if (drawn.found === found && drawn.view === state.view) return;
  drawn = { found, view: state.view };
  isStale = true;
  facets?.update(state);
  if (state.view === "conflicts") conflicts.update(filters.failing);
  part("results").hidden = state.view === "conflicts";
  part("conflicts").hidden = state.view !== "conflicts";
  drawChips(part("chips"), state, rows, { asked, clear, otherwise: () => part("search") });
  controls.update(state, rows, several(passing, rows.kind.one, rows.kind.many));
  status(passing, articles, conflicts);
}

/** Draw the map and the timeline, if another filter has changed them. */
function draw() {
  if (!isStale) return;
  isStale = false;
  drawMap();
  drawTimeline();
}

function drawTimeline() {
  if (timeline === null) return;
  if (timeline.rows !== shown.rows) timeline.show(shown.rows);
  timeline.update(state, shown.filters);
}

function status(passing, articles, conflicts) {
  const { one, many } = shown.rows.kind;
  const groups = state.view === "conflicts" ? `${several(conflicts.passing(shown.filters.failing), "disagreement")} among ` : "";
  part("status").textContent = `${groups}${counted(passing)} of ${several(shown.rows.count, one, many)}, in ${several(articles, "article")}`;
}

function drawMap(first = false) {
  if (map === null) return;
  const { rows, filters } = shown;
  const counts = filters.counts(rows.facets.find(({ key }) => key === "place"));
  map.update({ counts, chosen: chosenPlaces(), noun: [rows.kind.one, rows.kind.many], first });
}

/** Return the places that are chosen: all of one name in the address. */
function chosenPlaces() {
  const keys = state.chosen.get("place");
  const found = new Set();
  if (keys) placeKeys(blocks.places).forEach((key, at) => keys.has(key) && found.add(at));
  return found;
}

function choosePlace(at) {
  const key = placeKeys(blocks.places)[at];
  const values = new Set(state.chosen.get("place"));
  if (!values.delete(key)) values.add(key);
  const chosen = new Map(state.chosen);
  if (values.size > 0) chosen.set("place", values);
  else chosen.delete("place");
  asked({ chosen, page: 0 });
}

function clear() {
  asked({ ...initial(), view: state.view, sort: state.sort, down: state.down });
}

/** Write the address, a moment after the last change: browsers refuse it to those who write too often. */
function keep() {
  clearTimeout(keeping);
  keeping = setTimeout(writeAddress, 200);
}

function writeAddress() {
  if (location.hash !== address) return; // the reader went elsewhere, and the page is about to follow
  const hash = written(state);
  if (hash !== address.replace(/^#/, "")) history.replaceState(null, "", hash ? `#${hash}` : location.pathname + location.search);
  address = location.hash;
}

/** Show what the address says. */
function follow() {
  address = location.hash;
  state = read(address);
  if (shown === null) return;
  if (!state.open) part("article").close();
  update();
  draw();
  openNamed();
}

/** Open the article of a row; closing it gives the focus back to where the row is. */
function open(name, row, from) {
  const { rows } = kinds.get(name);
  const id = rows.value(rows.kind.id, row);
  panel.from = { element: from, row };
  state = { ...state, open: id };
  keep();
  return panel.open(rows.article[row], rows.kind.layer, id);
}

function closed() {
  const { element, row } = panel.from ?? {};
  state = { ...state, open: "" };
  keep();
  const isThere = element?.isConnected && [undefined, String(row)].includes(element.closest("tr")?.dataset.row);
  (isThere ? element : part("results").querySelector(`tr[data-row="${row}"] button`) ?? part("search")).focus();
}

/** Open what the address names, if the page has it. */
function openNamed() {
  if (!state.open) return;
  const { rows } = shown;
  const { values, codes } = rows.table.text(rows.kind.id);
  const code = values.indexOf(state.open) + 1;
  if (code > 0) open(kindOf(state.view), codes.indexOf(code), null);
}

async function save(format) {
  const { rows, filters, results } = shown;
  const blob = await FORMATS[format](columnsOf(rows), [...results.all(filters.failing)]);
  download(blob, `dateline-${rows.kind.many}.${format}`);
}

/** Show the table first, then the lists of values, the timeline and the map; each is painted before the next is begun. */
async function start() {
  const read = [...["claims", "events", "articles", "places"].map(tableOf), ...["conflicts", "meta"].map(dataOf)];
  [blocks.claims, blocks.events, blocks.articles, blocks.places, blocks.conflicts, blocks.meta] = await Promise.all(read);
  nameCountries(blocks.meta.countries ?? {});
  panel = new ArticlePanel(part("article"), blocks.articles, closed);
  controls = bindControls({ asked, save, counts: { claims: blocks.claims.count, events: blocks.events.count, conflicts: blocks.conflicts.length } });
  update();
  openNamed();
  document.body.classList.remove("loading");
  performance.mark("dateline/table");
  await painted();
  furnish();
  shown.facets.update(state);
  performance.mark("dateline/facets");
  await painted();
  timeline = await openTimeline(part("timeline"), (from, to) => asked({ from, to, page: 0 }));
  drawTimeline();
  map = await openMap(part("map"), blocks.places, choosePlace);
  drawMap(true);
  performance.mark("dateline/ready");
  document.body.dataset.ready = "";
  await whenIdle(Object.keys(KINDS).flatMap(prepared));
}

async function tableOf(name) {
  return new Table(await bytesOf(name));
}

/** Return what the first search, the first sorting and the other view need of a kind, in pieces. */
function prepared(name) {
  const kind = () => kindFor(name);
  return [
    ...KINDS[name].search.map((_, at) => () => kind().filters.searched(at)),
    ...KINDS[name].facets.map(({ key }) => () => kind().filters.counts(kind().rows.facets.find((facet) => facet.key === key))),
    ...KINDS[name].columns.map((column) => () => kind().orders.ranks(column)),
  ];
}

addEventListener("hashchange", follow);
await start();

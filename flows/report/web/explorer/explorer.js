// The explorer: what the page holds, what the reader chose, and the views of it.

import { dataOf } from "dateline/shared/packed.js";
import { ArticlePanel } from "dateline/explorer/article.js";
import { drawChips } from "dateline/explorer/chips.js";
import { Conflicts } from "dateline/explorer/conflicts.js";
import { columnsOf, download, FORMATS } from "dateline/explorer/exports.js";
import { Facets } from "dateline/explorer/facets.js";
import { Filters } from "dateline/explorer/filters.js";
import { KINDS } from "dateline/explorer/kinds.js";
import { openMap } from "dateline/explorer/map.js";
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

/** Take a change of the state, and show it before the next frame. */
function asked(change) {
  performance.mark("dateline/asked");
  state = { ...state, ...change };
  update();
  const done = new MessageChannel();
  done.port1.onmessage = () => performance.measure("dateline/filter", { start: "dateline/asked", detail: Object.keys(change).join(" ") });
  requestAnimationFrame(() => done.port2.postMessage(null));
}

/** Return the rows, filters and views of a kind; made when it is first shown. */
function kindFor(name) {
  if (!kinds.has(name)) {
    const rows = new Rows(KINDS[name], blocks[name], blocks.articles, blocks.places);
    const filters = new Filters(rows);
    kinds.set(name, { rows, filters });
  }
  return kinds.get(name);
}

function show(name) {
  const kind = kindFor(name);
  if (shown === kind) return;
  shown = kind;
  const read = (row, from) => open(name, row, from);
  kind.facets ??= new Facets(kind.rows, kind.filters, asked);
  kind.results ??= new Results(kind.rows, { asked, open: read });
  if (name === "claims") kind.conflicts ??= new Conflicts(part("conflicts"), blocks.conflicts, kind.rows, read);
  part("facets").replaceChildren(...kind.facets.parts);
  part("results").replaceChildren(...kind.results.parts);
  timeline?.show(kind.rows);
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
  facets.update(state);
  if (state.view === "conflicts") conflicts.update(filters.failing);
  part("results").hidden = state.view === "conflicts";
  part("conflicts").hidden = state.view !== "conflicts";
  drawChips(part("chips"), state, rows, { asked, clear, otherwise: () => part("search") });
  controls.update(state, rows, several(passing, rows.kind.one, rows.kind.many));
  status(passing, articles, conflicts);
  drawMap();
  timeline?.update(state, filters);
}

function status(passing, articles, conflicts) {
  const { one, many } = shown.rows.kind;
  const groups = state.view === "conflicts" ? `${several(conflicts.passing(shown.filters.failing), "disagreement")} among ` : "";
  part("status").textContent = `${groups}${counted(passing)} of ${several(shown.rows.count, one, many)}, in ${several(articles, "article")}`;
}

function drawMap(first = false) {
  if (map === null) return;
  const { rows, filters } = shown;
  const counts = filters.counts.get("place") ?? new Uint32Array(blocks.places.count + 1);
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
  (element?.isConnected ? element : part("results").querySelector(`tr[data-row="${row}"] button`) ?? part("search")).focus();
}

/** Open what the address names, if the page has it. */
function openNamed() {
  const { rows } = shown;
  const { values, codes } = rows.table.text(rows.kind.id);
  const code = values.indexOf(state.open);
  if (state.open && code >= 0) open(kindOf(state.view), codes.indexOf(code), null);
}

async function save(format) {
  const { rows, filters, results } = shown;
  const blob = await FORMATS[format](columnsOf(rows), [...results.all(filters.failing)]);
  download(blob, `dateline-${rows.kind.many}.${format}`);
}

async function start() {
  const names = ["claims", "events", "articles", "places", "conflicts", "meta"];
  const found = await Promise.all(names.map(dataOf));
  names.forEach((name, at) => (blocks[name] = found[at].columns ? new Table(found[at]) : found[at]));
  nameCountries(blocks.meta.countries ?? {});
  panel = new ArticlePanel(part("article"), blocks.articles, closed);
  controls = bindControls({ asked, save, counts: { claims: blocks.claims.count, events: blocks.events.count, conflicts: blocks.conflicts.length } });
  update();
  openNamed();
  document.body.classList.remove("loading");
  performance.mark("dateline/table");
  timeline = await openTimeline(part("timeline"), (from, to) => asked({ from, to, page: 0 }));
  timeline.show(shown.rows);
  timeline.update(state, shown.filters);
  map = await openMap(part("map"), blocks.places, choosePlace);
  drawMap(true);
  performance.mark("dateline/ready");
  document.body.dataset.ready = "";
  for (const name of Object.keys(KINDS)) setTimeout(() => kindFor(name).filters.searched()); // what the first search and the other view need
}

addEventListener("hashchange", follow);
await start();

// The charts of a run report. Everything else of the page is there without them.

import { charts, colour, draw } from "dateline/shared/charts.js";
import { dataOf } from "dateline/shared/packed.js";

const COUNT = { type: "quantitative", axis: { title: null, format: "~s", tickCount: 4 } };

function specification(values, rest) {
  return {
    data: { values },
    width: "container",
    ...rest,
  };
}

/** Return horizontal bars in the order of their values, each with its number. */
function bars(values, { field = "count", format = ",", usual = null } = {}) {
  const names = { field: "name", type: "nominal", sort: null, axis: { title: null, ticks: false, domain: false, labelLimit: 150, labelPadding: 8, labelFontSize: 12 } };
  const length = { ...COUNT, field, scale: { domainMin: 0 }, axis: { ...COUNT.axis, grid: false, labels: false, ticks: false, domain: false } };
  const layer = [
    {
      mark: { type: "bar", height: { band: 0.72 } },
      encoding: {
        x: length,
        color: { condition: { test: "datum.is_none", value: colour("--muted") }, value: colour("--accent") },
        tooltip: [{ field: "name", title: "of" }, { field, format, title: "number" }],
      },
    },
    {
      mark: { type: "text", align: "left", fontSize: 12, dx: usual ? 8 : 5, color: colour("--ink") },
      encoding: { x: usual ? { ...length, field: "label_at" } : length, text: { field, type: "quantitative", format } },
    },
  ];
  if (usual) {
    layer.push({
      transform: [{ filter: `datum.${usual} !== null` }],
      mark: { type: "tick", thickness: 2, height: 20, color: colour("--ink") },
      encoding: { x: { ...length, field: usual } },
    });
  }
  return specification(values, { height: 24 * values.length, encoding: { y: names }, layer });
}

const MAX_MONTHS = 120;

/** Return months on an axis of time, so that gaps between them are seen; years where they are more than MAX_MONTHS. */
function months(values) {
  const numbers = values.map((each) => Number(each.name.slice(0, 4)) * 12 + Number(each.name.slice(5)));
  const isLong = Math.max(...numbers) - Math.min(...numbers) > MAX_MONTHS;
  return specification(
    values.map((each) => ({ ...each, month: `${each.name}-01` })),
    {
      height: 220,
      mark: { type: "bar", color: colour("--accent"), tooltip: true },
      encoding: {
        x: {
          field: "month",
          type: "temporal",
          timeUnit: isLong ? "utcyear" : "utcyearmonth",
          axis: { title: isLong ? "year" : "month", grid: false, labelOverlap: true, format: isLong ? "%Y" : "%b %Y", tickCount: 5 },
        },
        y: { ...COUNT, field: "count", aggregate: "sum", axis: { ...COUNT.axis, tickMinStep: 1 } },
      },
    },
  );
}

/** Return a line over the runs; this run is the marked one at its end. */
function line(values, field, format) {
  const known = values.filter((each) => each[field] !== null);
  return specification(known, {
    height: 160,
    encoding: {
      x: {
        field: "number",
        type: "quantitative",
        scale: { domain: [1, Math.max(2, values.length)], nice: false },
        axis: { title: "run", grid: false, format: "d", tickMinStep: 1, tickCount: Math.min(10, values.length) },
      },
      y: { field, type: "quantitative", scale: { domainMin: 0 }, axis: { title: null, format, tickCount: 4 } },
      tooltip: [
        { field: "run", title: "run" },
        { field: "started", title: "began" },
        { field, format, title: "value" },
      ],
    },
    layer: [
      { mark: { type: "line", color: colour("--accent"), strokeWidth: 1.5 } },
      {
        mark: { type: "point", filled: true, opacity: 1 },
        encoding: {
          size: { condition: { test: "datum.is_this", value: 90 }, value: 25 },
          color: { condition: { test: "datum.is_this", value: colour("--ink") }, value: colour("--accent") },
        },
      },
    ],
  });
}

function chartsOf({ stages, runs, columns }) {
  const most = Math.max(...stages.map((each) => each.each));
  const timed = stages.map((each) => ({ ...each, name: each.stage, label_at: Math.max(each.each, Math.min(each.usual ?? 0, most)) }));
  return {
    stages: () => bars(timed, { field: "each", format: ",.2f", usual: "usual" }),
    rate: () => line(runs, "rate", ",.1~f"),
    dispatches: () => line(runs, "dispatches", ",d"),
    reject_share: () => line(runs, "reject_share", ".1~%"),
    language: () => bars(columns.language),
    source_name: () => bars(columns.source_name),
    format: () => bars(columns.format),
    published_on: () => months(columns.published_on.filter((each) => !each.is_none)),
  };
}

/** Open what is folded while the page is printed. */
function unfoldForPrint() {
  let folded = [];
  addEventListener("beforeprint", () => {
    folded = [...document.querySelectorAll("details:not([open])")];
    for (const each of folded) each.open = true;
  });
  addEventListener("afterprint", () => {
    for (const each of folded) each.open = false;
  });
}

unfoldForPrint();
const data = await dataOf("run");
await charts();
for (const [name, make] of Object.entries(chartsOf(data))) {
  const container = document.getElementById(`chart-${name}`);
  // The element of the chart says what it is; its figures are in its caption and in a table.
  if (container !== null) await draw(container, make, () => container.firstElementChild.setAttribute("aria-hidden", "true"));
}
document.documentElement.dataset.drawn = "true";

// Charts of Vega-Lite, in the colours of the page, drawn again when it turns light or dark.

import { moduleOf } from "dateline/shared/packed.js";

const dark = matchMedia("(prefers-color-scheme: dark)");
let library = null;

/** Load Vega; the block is `charts`. */
export function charts() {
  library ??= moduleOf("charts");
  return library;
}

/** Return the value of a custom property of the page, such as `--ink`. */
export function colour(name) {
  return getComputedStyle(document.documentElement).getPropertyValue(name).trim();
}

function theme() {
  const quiet = { labelColor: colour("--muted"), titleColor: colour("--muted") };
  return {
    background: null,
    font: "system-ui, sans-serif",
    view: { stroke: null },
    mark: { color: colour("--accent") },
    axis: { ...quiet, gridColor: colour("--line"), domainColor: colour("--line"), tickColor: colour("--line"), titleFontWeight: "normal" },
    legend: quiet,
    title: { color: colour("--ink") },
  };
}

/**
 * Draw a chart in an element, and return its view, of which `data` and `signal` change what it shows.
 *
 * A specification that has colours of the page is given as a function, which is called again when they change.
 * `changed` is called with each new view: the first, and one whenever the colours change.
 */
export async function draw(container, specification, changed = () => {}) {
  const { compile, parse, View, expressionInterpreter, None } = await charts();
  let view = null;
  async function again() {
    view?.finalize();
    const asked = typeof specification === "function" ? specification() : specification;
    const compiled = asked.$schema?.includes("/vega/") ? asked : compile(asked, { config: theme() }).spec;
    view = new View(parse(compiled, null, { ast: true }), {
      expr: expressionInterpreter,
      renderer: "svg",
      container,
      logLevel: None,
    });
    await view.runAsync();
    changed(view);
  }
  await again();
  dark.addEventListener("change", again);
  return view;
}

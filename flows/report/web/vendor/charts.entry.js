// Vega needs `eval` unless its expressions are interpreted, and the pages allow none.
export { expressionInterpreter } from "vega-interpreter";
export { compile } from "vega-lite";
export { feature } from "topojson-client";
export { None, View, Warn, parse } from "vega";

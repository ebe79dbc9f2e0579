// The map and the timeline of the explorer: projections, axes, zooming and brushing.
export { axisBottom } from "d3-axis";
export { brushX } from "d3-brush";
export { geoCircle, geoEqualEarth, geoGraticule10, geoPath } from "d3-geo";
export { scaleLinear, scaleUtc } from "d3-scale";
export { select } from "d3-selection";
export { utcDay, utcMonth, utcYear } from "d3-time";
export { zoom, zoomIdentity } from "d3-zoom";
export { feature, mesh } from "topojson-client";

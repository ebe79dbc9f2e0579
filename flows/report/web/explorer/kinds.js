// What the page shows of claims and of events: the facets that filter them, and the columns of their tables.

import { countryName, plain } from "dateline/explorer/words.js";

// A facet counts the values of a column of the row, of its article or of its place. `absent` is what null means.
const SHARED = [
  { key: "country", label: "Country", of: "place", column: "country", absent: "no place", named: countryName },
  { key: "place", label: "Place", of: "place", absent: "no place" },
  { key: "source", label: "Source", of: "article", column: "source_name", absent: "not stated" },
  { key: "topic", label: "Topic", of: "article", column: "topics", absent: "none", several: true },
  { key: "language", label: "Language", of: "article", column: "language", absent: "not known" },
];

export const KINDS = {
  claims: {
    id: "claim_id",
    layer: "claim",
    one: "claim",
    many: "claims",
    search: [["row", "surface"], ["row", "object"], ["row", "claimant"], ["article", "headline"], ["place", "name"]],
    facets: [
      { key: "effect", label: "Effect", of: "row", column: "effect", absent: "not stated", named: plain, open: true },
      { key: "claimant_type", label: "Claimant type", of: "row", column: "claimant_type", absent: "not stated", named: plain, open: true },
      { key: "claimant", label: "Claimant", of: "row", column: "claimant", absent: "the outlet itself" },
      { key: "stance", label: "Stance", of: "row", column: "stance", absent: "not stated", named: plain },
      { key: "victim_side", label: "Victim side", of: "row", column: "victim_side", absent: "not stated", named: plain },
      { key: "victim_type", label: "Victim type", of: "row", column: "victim_type", absent: "not stated", named: plain },
      { key: "perpetrator_side", label: "Perpetrator side", of: "row", column: "perpetrator_side", absent: "not stated", named: plain },
      ...SHARED,
    ],
    flags: [
      ["is_negated", "negated"],
      ["is_hypothetical", "hypothetical"],
      ["is_historical", "historical"],
      ["is_repeated", "repeated in the article"],
      ["is_part", "part of another number"],
    ],
    columns: [
      { key: "effect", label: "Effect", text: "effect" },
      { key: "number", label: "Number", number: "best" },
      { key: "victim", label: "Whom or what", text: "object" },
      { key: "claimant", label: "Claimant", text: "claimant" },
      { key: "place", label: "Place", place: true },
      { key: "time", label: "Time", number: "first_day" },
      { key: "source", label: "Source", article: "source_name" },
      { key: "confidence", label: "Confidence", number: "confidence" },
    ],
  },
  events: {
    id: "event_id",
    layer: "event",
    one: "event",
    many: "events",
    search: [["row", "cameo_name"], ["row", "source"], ["row", "target"], ["article", "headline"], ["place", "name"]],
    facets: [
      { key: "acled", label: "ACLED event type", of: "row", column: "acled_event_type", absent: "none in ACLED", open: true },
      { key: "acled_sub", label: "ACLED sub-event type", of: "row", column: "acled_sub_event_type", absent: "none in ACLED" },
      { key: "cameo", label: "CAMEO event", of: "row", column: "cameo_name", absent: "not coded", open: true },
      { key: "plover", label: "PLOVER type", of: "row", column: "plover", absent: "not coded", named: plain },
      { key: "actor", label: "Source actor", of: "row", column: "source_code", absent: "not named" },
      { key: "target", label: "Target actor", of: "row", column: "target_code", absent: "not named" },
      { key: "modality", label: "Modality", of: "row", column: "modality", absent: "not stated", named: plain },
      ...SHARED,
    ],
    flags: [],
    columns: [
      { key: "event", label: "Event", text: "cameo_name" },
      { key: "actor", label: "Source actor", text: "source" },
      { key: "target", label: "Target actor", text: "target" },
      { key: "modality", label: "Modality", text: "modality" },
      { key: "place", label: "Place", place: true },
      { key: "time", label: "Time", number: "first_day" },
      { key: "source", label: "Source", article: "source_name" },
      { key: "confidence", label: "Confidence", number: "confidence" },
    ],
  },
};

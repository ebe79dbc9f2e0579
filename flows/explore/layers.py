"""What is highlighted in an article: a layer for each table, with a title and the facts of each row of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from flows.enrich.lexicons import table
from flows.schema import Row
from flows.tables import BY_NAME

Entry = dict[str, Any]

COMMON = ("article_id", "char_start", "char_end", "surface", "confidence", "method", "rule_id", "null_reason")


LINKED = ("claim", "event")
"""Layers whose rows are rows of the page too, found by their ids."""

SHORT_ID = 8
"""Digits of other ids: as many as `dateline explain` needs. Whole ids take a fifth of a page."""


@dataclass(frozen=True, slots=True)
class Layer:
    """The rows of a table as spans: `facts` are its columns with their labels, in the order in which they are read."""

    name: str
    table: str
    title: Callable[[Row], str]
    facts: Mapping[str, str]
    more: Sequence[str] = ()
    """Columns that the title needs and that are no facts."""

    @property
    def key(self) -> str:
        """The column of the id."""
        return BY_NAME[self.table].key[0]

    @property
    def columns(self) -> list[str]:
        """The columns that are read."""
        return list(dict.fromkeys((self.key, *COMMON, *self.facts, *self.more)))

    def entry(self, row: Row) -> Entry:
        """Return a row as the page shows it; `start` and `end` are still in code points."""
        facts = [[label, _shown(row[name])] for name, label in self.facts.items() if _is_said(row[name])]
        facts.append(["rule", row["rule_id"]])
        if row["null_reason"]:
            facts.append(["why not more", row["null_reason"]])
        entry: Entry = {
            "layer": self.name,
            "id": row[self.key] if self.name in LINKED else row[self.key][:SHORT_ID],
            "start": row["char_start"],
            "end": row["char_end"],
            "title": on_one_line(self.title(row)),
            "facts": facts,
            "confidence": row["confidence"],
        }
        if len(row.get("content") or ()) > 1:
            entry["pieces"] = [[piece["char_start"], piece["char_end"]] for piece in row["content"]]
        return entry


def _is_said(value: Any) -> bool:
    return value is not None and value is not False and value != [] and value != ""


def _shown(value: Any) -> str | int | float:
    """Return a value as text, or as the number that it is."""
    if value is True:
        return "yes"
    if isinstance(value, list):
        return ", ".join(map(str, value))
    return value if isinstance(value, int | float) else on_one_line(str(value))


def on_one_line(text: str) -> str:
    """Return a text with one space for line ends and spaces."""
    return " ".join(text.split())


def count_of(row: Row) -> str:
    """Return the number of a claim in words and figures: `12`, `10 to 15`, `at least 50`, `dozens`."""
    low, best, high = row["low"], row["best"], row["high"]
    if row["vague"]:
        return str(row["vague"])
    if row["bound"] == "at_least" and low is not None:
        return f"at least {low:,}"
    if row["bound"] == "at_most" and high is not None:
        return f"at most {high:,}"
    if best is not None:
        return f"about {best:,}" if row["bound"] == "about" else f"{best:,}"
    if low is not None and high is not None:
        return f"{low:,} to {high:,}"
    return "a number that the text leaves open"


def segments(article: Row) -> list[Entry]:
    """Return the parts of a text that belong to the wire and not to the news."""
    return [
        {
            "layer": "segment",
            "id": f"{article['article_id']}-{each['char_start']}",
            "start": each["char_start"],
            "end": each["char_end"],
            "title": each["kind"].replace("_", " "),
            "facts": [],
            "confidence": None,
        }
        for each in article["segments"]
    ]


def words_of_topics(article: Row, column: str) -> list[Entry]:
    """Return the words that speak for a topic of the article: those of `topic_words`, or of `headline_topic_words`."""
    topics = {each["code"]: each for each in article["topics"] or ()}
    return [
        _word("topic", each, topics[each["kind"]]["name"], [
            ["topic code", each["kind"]],
            ["part of all topic words of the article", f"{topics[each['kind']]['score']:.0%}"],
        ])
        for each in article[column] or ()
    ]  # fmt: skip


def words_of_tone(article: Row) -> list[Entry]:
    """Return the words of the strongest valence."""
    facts = [] if article["tone"] is None else [["tone of the article", f"{article['tone']:+.2f}"]]
    return [_word("tone", each, f"{each['kind']} word", facts) for each in article["tone_words"] or ()]


def _word(layer: str, span: Row, title: str, facts: list[list[str]]) -> Entry:
    return {
        "layer": layer,
        "id": f"{layer}-{span['char_start']}",
        "start": span["char_start"],
        "end": span["char_end"],
        "title": title,
        "facts": facts,
        "confidence": None,
    }


def _claim(row: Row) -> str:
    """`killed: about 12 soldiers (cumulative)`, `killed: Ann Lee`, `missing: 340 people`."""
    kinds = [word for word in ("negated", "hypothetical", "historical", "cumulative") if row[f"is_{word}"]]
    is_bare = row["number"] is not None and row["object"].lower() == row["number"].lower()
    counted = (count_of(row) if row["number"] else "", row["unit"] if is_bare else row["object"])
    said = f"{row['effect'].replace('_', ' ')}: {' '.join(filter(None, counted))}"
    return f"{said} ({', '.join(kinds)})" if kinds else said


def _event(row: Row) -> str:
    """`Demand: the army → the rebels`; the words of the trigger where no actor is named."""
    actors = [row["source"], row["target"]]
    done = " → ".join(each or "?" for each in actors) if any(actors) else row["trigger"]
    return f"{_names_of_codes().get(row['cameo_code'], row['cameo_code'])}: {done}"


@cache
def _names_of_codes() -> Mapping[str, str]:
    return {row["code"]: row["name"] for row in table("cameo")}


TYPE_NAMES = {
    "PER": "person", "ORG": "organisation", "GPE": "country or town", "LOC": "place", "FAC": "building", "NORP": "group",
    "WEAPON": "weapon", "EVENT": "named event", "PRODUCT": "product", "WORK": "work", "LAW": "law", "LANGUAGE": "language",
}  # fmt: skip

LAYERS = (
    Layer(
        "mention", "mentions", lambda row: f"{TYPE_NAMES[row['type']]}: {row['canonical_name']}",
        {"canonical_name": "entity", "type": "type", "kind": "form", "role_title": "title", "country": "country", "sector": "sector"},
    ),
    Layer(
        "place", "places", lambda row: ", ".join(filter(None, (row["name"] or row["within"] or row["surface"], row["country"]))),
        {
            "name": "place", "within": "lies in", "geonameid": "GeoNames id", "feature_code": "feature", "country": "country", "latitude": "latitude",
            "longitude": "longitude", "population": "inhabitants", "relation": "position", "distance_km": "kilometres from it", "direction": "direction",
            "geo_precision": "ACLED precision", "where_prec": "UCDP precision", "is_adjective": "demonym", "candidates": "candidates",
        },
    ),
    Layer(
        "time", "times", lambda row: row["value"],
        {
            "type": "TIMEX3 type", "value": "TIMEX3 value", "start_on": "first day", "end_on": "last day", "precision": "precision",
            "anchor": "counted from", "anchor_on": "which is",
        },
    ),
    Layer(
        "quote", "quotes", lambda row: f"{row['type']} speech: {row['speaker_name'] or row['speaker'] or 'nobody named'}",
        {"type": "type", "speaker": "speaker", "speaker_name": "who that is", "cue": "verb", "addressee": "said to", "venue": "where"},
        ("content",),
    ),
    Layer(
        "claim", "claims", _claim,
        {
            "effect": "effect", "effect_word": "by the word", "low": "low", "best": "best", "high": "high", "bound": "bound", "number": "number as written",
            "object": "who or what", "object_type": "kind", "victim_type": "victims", "nationality": "nationality", "perpetrator": "by whom",
            "weapon": "weapon", "claimant": "who says so", "claimant_type": "kind of claimant", "cue": "verb", "stance": "stance",
            "claimant_rule": "claimant found by", "since": "counted since", "is_cumulative": "cumulative", "is_negated": "negated",
            "is_hypothetical": "hypothetical", "is_historical": "historical", "is_part": "part of another claim", "place_reason": "place from",
            "time_reason": "time from",
        },
        ("vague", "unit"),
    ),
    Layer(
        "event", "events", _event,
        {
            "trigger": "by the words", "cameo_code": "CAMEO", "plover_type": "PLOVER", "plover_mode": "mode", "acled_event_type": "ACLED type",
            "acled_sub_event_type": "ACLED sub-type", "goldstein": "Goldstein", "source": "source", "source_code": "source code", "target": "target",
            "target_code": "target code", "modality": "modality", "is_main": "main event of the sentence", "place_name": "place",
            "place_reason": "place from", "start_on": "first day", "end_on": "last day", "time_reason": "time from", "speaker": "reported by",
        },
    ),
)  # fmt: skip
"""The layers of every article, beside `segment`, `topic` and `tone`, which are columns of the article."""

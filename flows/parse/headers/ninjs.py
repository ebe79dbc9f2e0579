"""ninjs 1, 2 and 3: the JSON of the IPTC."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from flows.parse.decode import decode_dispatch
from flows.parse.formats import Format, Sample
from flows.parse.headers import jsonl
from flows.parse.html_trees import html_words
from flows.parse.keys import Pair, header_of
from flows.parse.records import as_text, mapping_of, objects_in, unclaimed
from flows.records import Parsed, RawDispatch

NAME = "ninjs"
VERSIONED = re.compile(r'"version(?:created|Created)"\s*:')
BODIES = ("body_text", "bodytext", "body_xhtml", "bodyxhtml", "body_html", "bodyhtml", "body_sportsml")
DESCRIPTIONS = (
    "description_text",
    "descriptiontext",
    "description_html",
    "description",
    "summary",
    "caption",
)


def parse(raw: RawDispatch) -> Parsed:
    """Read one ninjs item: names of all three versions; the longest body, or else its description.

    The publication date is versioncreated.

    Raises:
        BrokenRecord: not one JSON object.
        UnreadableField: a known key whose value cannot be read.

    Source: IPTC ninjs 1.4, 2.1 and 3.0 schemas.
    """
    decoded = decode_dispatch(raw)
    item = mapping_of(decoded.text, NAME)
    return Parsed(header_of(pairs_of(item), raw.source), text_of(item), decoded)


def pairs_of(item: Mapping[str, Any]) -> Iterator[Pair]:
    """Yield what an item says, by the names of all versions of ninjs."""
    low = {key.lower(): value for key, value in item.items()}
    for name in ("versioncreated", "contentcreated", "firstcreated"):
        yield Pair("date", as_text(low.get(name)))
    yield Pair("headline", line_of(low.get("headline")))
    yield Pair("headline", line_of(_main(low.get("headlines"))))
    yield Pair("headline", line_of(low.get("title")))
    yield Pair("byline", as_text(low.get("byline") or low.get("by")))
    yield Pair("byline", ", ".join(names_in(low.get("authors")) or names_in(low.get("creators"))))
    yield Pair("source", as_text(low.get("source") or low.get("provider")))
    for name in ("infosources", "infosource", "providers"):
        yield from (Pair("source", each) for each in names_in(low.get(name)))
    yield Pair("source", as_text(low.get("copyrightholder")))
    yield Pair("located", as_text(low.get("located")))
    yield Pair("dateline", as_text(low.get("dateline")))
    yield Pair("language", as_text(low.get("language")))
    for name in ("section", "service", "desk"):
        yield from (Pair("section", each) for each in names_in(low.get(name))[:1])
    words = [*names_in(low.get("keywords")), *names_in(low.get("keyword"))]
    words += [*names_in(low.get("subject")), *names_in(low.get("subjects"))]
    yield Pair("keywords", ", ".join(word.replace(",", " ") for word in words))
    urgency = as_text(low.get("urgency"))
    yield Pair("urgency" if re.fullmatch(r"[0-9]", urgency) else "stated urgency", urgency)
    yield Pair("copyright", as_text(low.get("copyrightnotice")))
    yield Pair("id", as_text(low.get("uri") or low.get("guid") or low.get("id")))
    yield Pair("url", as_text(low.get("url") or low.get("link")))
    yield Pair("version", as_text(low.get("version")))
    yield Pair("pub_status", as_text(low.get("pubstatus")))
    yield Pair("edition_note", as_text(low.get("ednote")))
    used = {"versioncreated", "headline", "byline", "by", "source", "located", "dateline", "language", "urgency",
            "copyrightnotice", "uri", "version", "pubstatus", "ednote", "headlines", "bodies", *BODIES}  # fmt: skip
    yield from unclaimed(low, used)


def text_of(item: Mapping[str, Any]) -> str:
    """Return the longest body that has paragraphs, or else the description."""
    low = {key.lower(): value for key, value in item.items()}
    bodies = [low[name] for name in BODIES if isinstance(low.get(name), str)]
    bodies += [each.get("value") for each in _objects(low.get("bodies"))]
    texts = [words_of(each) for each in bodies if isinstance(each, str)]
    described = [low[name] for name in DESCRIPTIONS if isinstance(low.get(name), str)]
    described += [each.get("value") for each in _objects(low.get("descriptions"))]
    # The first that has paragraphs, for a plain copy of the text often has none.
    best = max(texts, key=lambda text: (text.count("\n\n") > 0, len(text)), default="")
    return best.strip() or next(
        (words_of(each).strip() for each in described if isinstance(each, str) and each.strip()), ""
    )


def words_of(value: str) -> str:
    """Return the words of a value that may be HTML."""
    return html_words(value) if re.search(r"</?[a-zA-Z][^<>]*>|&[a-z]+;", value) else value


def line_of(value: Any) -> str:
    """Return the words of a value in one line; empty if it is not text."""
    return " ".join(words_of(value).split()) if isinstance(value, str) else ""


def _objects(value: Any) -> list[Mapping[str, Any]]:
    return [each for each in value if isinstance(each, dict)] if isinstance(value, list) else []


def _main(headlines: Any) -> Any:
    objects = _objects(headlines)
    chosen = next((each for each in objects if each.get("role") == "main"), objects[0] if objects else {})
    return chosen.get("value")


def names_in(value: Any) -> list[str]:
    """Return the names in a list of words or of objects that have one."""
    if isinstance(value, (str, dict)):
        value = [value]
    found = []
    for each in value if isinstance(value, list) else []:
        name = (
            each.get("name") or each.get("literal") or each.get("title") if isinstance(each, dict) else each
        )
        if isinstance(name, str) and name.strip():
            found.append(name.strip())
    return found


def matches(sample: Sample) -> bool:
    """A JSON object with ninjs's date of version."""
    return is_object(sample) and VERSIONED.search(sample.text) is not None


def is_object(sample: Sample) -> bool:
    """Return True if the JSON is one value, and False if each line is one."""
    is_json = re.match(r"\{\s*\"|\[\s*\{\s*\"", sample.text) is not None
    return is_json and not (jsonl.matches(sample) and len(sample.text.splitlines()) > 1)


FORMAT = Format(
    name=NAME,
    yields="version date, headline, byline, source, place, subjects, urgency, status, note to editors, text",
    matches=matches,
    split=objects_in,
    parse=parse,
    has_envelope=True,
)

"""Header keys: the names that sources use, the name that Dateline uses, how a value is read."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any, NamedTuple

from flows.errors import UnreadableField, WrongUse, nearest_of
from flows.parse.dates import read_date
from flows.records import Header, PublishedAt, Source


class Pair(NamedTuple):
    """One key of a header with its value as written, and its line (from 1)."""

    key: str
    value: str
    line: int = 1


@dataclass(frozen=True, slots=True)
class Key:
    """A field of `Header`, the keys that fill it, and the reader of its value."""

    field: str
    aliases: tuple[str, ...]
    read: Callable[[Pair, Source], Any]


MAX_CACHED_CHARS = 80


def _text(pair: Pair, _: Source) -> str | None:
    return " ".join(pair.value.split()) or None


def _keywords(pair: Pair, _: Source) -> tuple[str, ...]:
    parts = re.split(r"[,;]", pair.value)
    return tuple(dict.fromkeys(word for part in parts if (word := " ".join(part.split()))))


def _urgency(pair: Pair, _: Source) -> int:
    value = pair.value.strip()
    if not re.fullmatch(r"[0-9]", value):
        raise UnreadableField(pair.line, pair.key, pair.value[:200], "one digit from 0 to 9")
    return int(value)


def _published(pair: Pair, source: Source) -> PublishedAt:
    read = _date_once if len(pair.value) <= MAX_CACHED_CHARS else _date
    return read(pair.value, pair.key, pair.line, source.rules.date_order, source.fetched_at)


def _date(value: str, key: str, line: int, order: str | None, not_after: datetime) -> PublishedAt:
    return read_date(value, key=key, line=line, order=order, not_after=not_after)


_date_once = lru_cache(maxsize=4096)(_date)
"""Many dispatches of a file have the same day."""


# The first name of each line is ninjs's or schema.org's; the others are used by sources. Keys are
# compared in lower case with `-`, `.` and blanks as `_`.
KEYS: tuple[Key, ...] = (
    Key("published", ("published_at", "date", "published", "pubdate", "pub_date", "date_published", "date_publish",
                      "datepublished", "publication_date", "datetime", "timestamp", "versioncreated", "sqldate", "dateadded", "article_date"),
        _published),
    Key("headline", ("headline", "title", "subject", "hl", "article_title"), _text),
    Key("byline", ("byline", "author", "authors", "by", "from", "creator"), _text),
    Key("source_name", ("source_name", "source", "infosource", "publisher", "organization", "source_domain", "sourcecommonname",
                        "organisation", "newspaper", "agency"), _text),
    Key("located", ("located", "location", "place", "city"), _text),
    Key("dateline", ("dateline",), _text),
    Key("language", ("language", "lang", "content_language", "inlanguage"), _text),
    Key("section", ("section", "category", "articlesection", "desk", "newsgroups"), _text),
    Key("keywords", ("keywords", "tags", "topics"), _keywords),
    Key("urgency", ("urgency", "priority"), _urgency),
    Key("copyright_notice", ("copyright_notice", "copyright", "rights", "copyrightnotice"), _text),
    Key("document_identifier", ("document_identifier", "id", "guid", "message_id", "article_id",
                                "identifier", "uri"), _text),
    Key("url", ("url", "link", "canonical_url", "permalink", "article_url", "sourceurl", "documentidentifier"), _text),
    Key("version", ("version", "edition"), _text),
    Key("pub_status", ("pub_status", "pubstatus", "status"), _text),
    Key("edition_note", ("edition_note", "ednote", "editorial_note", "note"), _text),
)  # fmt: skip

BODY_KEYS = ("text", "body", "body_text", "maintext", "content", "articlebody", "article", "full_text",
             "doc_text", "article_text", "fulltext", "body_html", "content_html", "html")  # fmt: skip
"""Keys of a record that hold its text; the first that is present is used."""

BY_ALIAS = {alias: key for key in KEYS for alias in key.aliases}


def fold(name: str) -> str:
    """Return the normalized key, by which keys are compared."""
    return _folded_once(name) if len(name) <= MAX_CACHED_CHARS else _folded(name)


def _folded(name: str) -> str:
    return re.sub(r"[-.\s]+", "_", name.strip().lower())


_folded_once = lru_cache(maxsize=4096)(_folded)
"""The records of a file have the same keys."""


def refuse_unknown(name: str) -> None:
    """Refuse a name that is no key of a header and no key of a text, as one that a column is to be read as.

    Raises:
        WrongUse: with the nearest key, or all of them.
    """
    known = [*(key.aliases[0] if key.field != "published" else "date" for key in KEYS), BODY_KEYS[0]]
    folded = fold(name)
    if folded not in BY_ALIAS and folded not in BODY_KEYS:
        raise WrongUse("key", name, nearest_of(folded, known, "keys", [*BY_ALIAS, *BODY_KEYS]))


def is_known(name: str) -> bool:
    """Return True if Dateline maps the key to a field."""
    return fold(name) in BY_ALIAS


def header_of(pairs: Iterable[Pair], source: Source) -> Header:
    """Map the pairs to a header; `source` says the order of days and months, and when it was fetched.

    If two pairs claim the same field, the first is used; the other, and every key that no field claims,
    are kept in `rest` as written. A key without a value is skipped, and so is one that repeats
    the same value.

    Raises:
        UnreadableField: a known key whose value cannot be read.
    """
    claimed: dict[str, Any] = {}
    used: dict[str, str] = {}
    rest: dict[str, str] = {}
    copies: Counter[str] = Counter()
    for pair in pairs:
        key = BY_ALIAS.get(fold(pair.key))
        value = pair.value.strip()
        if not value or (key and used.get(key.field) == value):
            continue
        if key is None or key.field in claimed:
            copies[pair.key] += 1
            rest[pair.key if copies[pair.key] == 1 else f"{pair.key}#{copies[pair.key]}"] = pair.value
        else:
            claimed[key.field] = key.read(pair, source)
            used[key.field] = value
    return Header(rest=rest, **claimed)

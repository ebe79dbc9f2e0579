"""Articles in the JSON-LD of a web page: their dates, people and other properties as pairs of a header."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

from flows.parse.html_trees import html_tree
from flows.parse.keys import Pair
from flows.parse.xml_trees import Element, one_line

ARTICLE = re.compile(
    r"(?:News|Reportage|Opinion|Analysis|Review|Background|AskPublic|Live)?(?:Article|BlogPosting|NewsArticle)$"
)
PREPOSITION = re.compile(r"^(?:by|von|par|di|por)\s+", re.I)
BETWEEN_PEOPLE = re.compile(r"\s*(?:,| and | & |;|\|)\s*")
NO_PERSON = re.compile(r"https?://|^@|^(?:staff|admin|editor|newsroom|none|null|n/a)$", re.I)
MAX_OBJECTS = 50
MAX_LIST = 200


def articles_in(root: Element) -> list[dict[str, Any]]:
    """Return the JSON-LD objects of a page that are articles, the most complete first.

    A script that is not JSON is skipped: other scripts and the meta elements may still be read.
    """
    found: list[dict[str, Any]] = []
    for script in root.iter("script"):
        if "ld+json" not in (script.get("type") or "") or not script.text:
            continue
        try:
            loaded = json.loads(script.text.strip().rstrip(";"), strict=False)
        except (ValueError, RecursionError):
            continue
        waiting = [loaded]
        while waiting and len(found) < MAX_OBJECTS:
            each = waiting.pop(0)
            if isinstance(each, list):
                waiting += each[:MAX_LIST]
            elif isinstance(each, dict):
                kinds = each.get("@type")
                kinds = kinds if isinstance(kinds, list) else [kinds]
                if any(isinstance(kind, str) and ARTICLE.search(kind) for kind in kinds):
                    found.append(each)
                waiting += [
                    each[key]
                    for key in ("@graph", "mainEntity", "mainEntityOfPage")
                    if isinstance(each.get(key), (dict, list))
                ]
    return sorted(
        found,
        key=lambda each: -sum(key in each for key in ("headline", "datePublished", "author", "articleBody")),
    )


def pairs_of(articles: list[dict[str, Any]]) -> Iterator[Pair]:
    """Yield the properties of the first article; none where there is no article."""
    for each in articles[:1]:
        yield Pair("date", text_of(each.get("datePublished")))
        yield Pair("date", text_of(each.get("dateCreated")))
        yield Pair("headline", headline_of(each))
        yield Pair("byline", ", ".join(people_in(each.get("author")) or people_in(each.get("creator"))))
        yield Pair("source", ", ".join(names_in(each.get("publisher"))))
        yield Pair("section", ", ".join(names_in(each.get("articleSection"))[:1]))
        yield Pair("keywords", ", ".join(names_in(each.get("keywords"))))
        yield Pair("language", text_of(each.get("inLanguage")))
        yield Pair("url", text_of(each.get("url")))
        yield Pair("id", text_of(each.get("identifier")))
        yield Pair("dateline", text_of(each.get("dateline")))
        yield Pair("located", ", ".join(names_in(each.get("locationCreated"))))
        yield Pair("copyright", text_of(each.get("copyrightNotice")))
        yield Pair("modified", text_of(each.get("dateModified")))


def headline_of(article: dict[str, Any]) -> str:
    """Return the headline of an article, or else its name, without markup."""
    return clean(text_of(article.get("headline") or article.get("name")))


def text_of(value: Any) -> str:
    """Return a JSON-LD value as text: of a list the first, of an object its name or value."""
    if isinstance(value, list):
        value = value[0] if value else ""
    if isinstance(value, dict):
        value = value.get("name") or value.get("@value") or value.get("value") or ""
    return str(value) if isinstance(value, (str, int, float)) else ""


def names_in(value: Any) -> list[str]:
    """Return the texts of a value or of a list of values, without markup."""
    values = value if isinstance(value, list) else [value]
    return [clean(text) for each in values if (text := text_of(each)).strip()]


def people_in(value: Any) -> list[str]:
    """Return the names of people, each once: `By A and B` is two."""
    names = []
    for name in names_in(value):
        parts = BETWEEN_PEOPLE.split(PREPOSITION.sub("", name)) if len(name) < 200 else [name]
        names += [part.strip() for part in parts if part.strip() and not NO_PERSON.search(part.strip())]
    return list(dict.fromkeys(names))


def clean(value: str) -> str:
    """Return a text in one line, without markup and entities."""
    if "&" in value or "<" in value:
        root = html_tree(value)
        value = one_line(root) if root is not None else value
    return " ".join(value.split())
